"""`GET /metrics/dashboard`: how the house does, also while parts of it are down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from application.errors import StoreUnavailable
from application.ports.activity import TurnFact
from application.ports.outbox import Backlog
from application.ports.turn_observer import CompletedTurn
from infrastructure.metrics import Watched, open_figures, open_measurements
from infrastructure.metrics.figures import Figures
from infrastructure.metrics.measurements import Measurements
from tests.fakes.clock import StillClock
from tests.integration.ops.conftest import book, say
from tests.support.house import House
from tests.support.scraping import Scraped

STAGES = {"turn", "begin", "router", "decide", "human", "save"}


async def dashboard(house: House) -> dict[str, Any]:
    return await house.get("/metrics/dashboard")


async def test_a_new_house_has_done_nothing_yet(house: House) -> None:
    told = await dashboard(house)
    assert told["active_conversations"] == told["turns_last_hour"] == told["queue_depth"] == 0
    assert told["success_rate"] is told["abandonment_rate"] is None
    assert told["tokens_per_confirmed_booking"] is told["cost_usd_per_confirmed_booking"] is None
    assert told["unavailable"] == []
    assert told["source"] == "ledger"


async def test_every_key_is_explained(house: House) -> None:
    operations = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()
    explained = operations.partition("## The dashboard's figures")[2].partition("\n## ")[0]
    for key in (await dashboard(house)).keys() - {"timestamp"}:
        assert f"`{key}`" in explained, key


async def test_what_guests_did_is_told(house: House) -> None:
    await book(house)
    await say(house, "una mesa para dos el sábado", guest="ana")
    told = await dashboard(house)
    assert told["active_conversations"] == 2
    assert told["turns_last_hour"] == 3
    assert told["confirmed_bookings_last_hour"] == 1
    assert told["success_rate"] == 1.0
    assert told["abandonment_rate"] == 0.0
    assert told["tokens_per_confirmed_booking"] == 0.0
    assert set(told["stages"]) == STAGES
    for stage in told["stages"].values():
        assert stage["count"] == 3
        assert 0 < stage["p50_ms"] <= stage["p95_ms"] <= stage["p99_ms"]


async def test_a_guest_who_falls_silent_half_way_has_abandoned(house: House) -> None:
    await book(house)
    await say(house, "una mesa para dos el sábado", guest="ana")
    house.clock.move(timedelta(minutes=16))
    told = await dashboard(house)
    assert told["active_conversations"] == 0
    assert told["success_rate"] == told["abandonment_rate"] == 0.5
    house.clock.move(timedelta(hours=1))
    told = await dashboard(house)
    assert (told["turns_last_hour"], told["abandonment_rate"]) == (0, None)


class Ledger:
    """A ledger's answers, or their absence."""

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock
        self.failure: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked = 0

    async def _answer(self) -> None:
        self.asked += 1
        await self.answers.wait()
        if self.failure:
            raise self.failure

    async def turns_since(self, since: datetime, *, limit: int) -> Sequence[TurnFact]:
        await self._answer()
        at = self._clock.now() - timedelta(minutes=1)
        return [
            TurnFact("c1", at, "offering", 300, 0.001),
            TurnFact("c1", at, "confirmed", 500, 0.002),
            TurnFact("c2", at, "escalated", 0, 0.0),
        ]

    async def open_conflicts(self) -> Mapping[str, int]:
        await self._answer()
        return {"moved": 2, "closed": 1}

    async def backlog(self) -> Backlog:
        await self._answer()
        return Backlog(waiting=4, oldest=self._clock.now() - timedelta(seconds=90))


@asynccontextmanager
async def watched() -> AsyncIterator[tuple[Figures, Measurements, Ledger, StillClock]]:
    clock = StillClock()
    measurements = open_measurements(clock=clock)
    ledger = Ledger(clock)
    async with open_figures(
        measurements, Watched(backlog=ledger.backlog, activity=ledger)
    ) as figures:
        yield figures, measurements, ledger, clock


async def test_the_ledger_speaks_for_all_processes() -> None:
    async with watched() as (figures, _, _, _):
        told = await figures.dashboard()
        scraped = Scraped((await figures.exposition()).decode())
    assert told["source"] == "ledger"
    assert told["tokens_per_confirmed_booking"] == 800
    assert told["cost_usd_per_confirmed_booking"] == 0.003
    assert told["success_rate"] == 0.5
    assert (told["queue_depth"], told["queue_oldest_s"]) == (4, 90.0)
    assert told["conflicts_open"] == 3
    assert scraped("outbox_waiting", queue="bookings") == 4
    assert scraped("outbox_oldest_seconds", queue="bookings") == 90
    assert scraped("conflicts_open", kind="moved") == 2
    assert scraped("conflicts_open", kind="refused") == 0


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_a_ledger_that_is_down_leaves_this_processes_own_figures(how: str) -> None:
    async with watched() as (figures, measurements, ledger, clock):
        if how == "fails":
            ledger.failure = StoreUnavailable("away")
        else:
            ledger.answers.clear()
        measurements.completed(CompletedTurn("c9", clock.now(), "confirmed", 0.2, (), ()))
        for _ in range(3):
            told = await figures.dashboard()
        scraped = Scraped((await figures.exposition()).decode())
        if how == "hangs":
            assert ledger.asked == 3, "one question of each kind, however often it is looked"
    assert told["source"] == "process"
    assert told["turns_last_hour"] == told["confirmed_bookings_last_hour"] == 1
    assert told["queue_depth"] is told["conflicts_open"] is None
    assert told["unavailable"] == ["turns", "outbox", "conflicts"]
    assert scraped("watched_part_up", part="outbox") == 0
    assert scraped("turn_duration_seconds_count") == 1


async def test_figures_are_back_when_the_ledger_is() -> None:
    async with watched() as (figures, _, ledger, clock):
        ledger.answers.clear()
        await figures.dashboard()
        ledger.answers.set()
        told = await figures.dashboard()
        assert told["unavailable"] == []
        ledger.failure = StoreUnavailable("away")
        assert (await figures.dashboard())["unavailable"] == [], "it was asked a moment ago"
        clock.move(60)
        assert (await figures.dashboard())["unavailable"] == ["turns", "outbox", "conflicts"]
