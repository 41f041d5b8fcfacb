"""Warm sheets: who wants the same at once waits for one reading, and nobody is hurt by another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from application.errors import StoreUnavailable
from application.ports.cache import Namespace
from application.ports.clock import Clock
from application.sheets import Read, WarmSheets
from domain.floor import Allocation
from domain.venue import VenueId
from infrastructure.caching.near import Near
from infrastructure.caching.tier import Entry
from infrastructure.caching.tiered import TieredCache
from infrastructure.memory.cache import MemoryTier
from tests.fakes.clock import StillClock
from tests.unit.domain.houses import restaurant

FRIDAY = date(2026, 11, 27)
SATURDAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUSE = restaurant()


class SlowDays:
    """Days on which something was claimed, whose claims come when they are let go."""

    def __init__(self) -> None:
        self.reads = 0
        self.revision = 1
        self.let_go = asyncio.Event()
        self.failure: Exception | None = None

    async def revisions(self, *, venue: VenueId, utc_days: Iterable[int]) -> Mapping[int, int]:
        return dict.fromkeys(utc_days, self.revision)

    async def allocations(
        self,
        *,
        venue: VenueId,
        first_cell: int,
        end_cell: int,
        now: datetime,
    ) -> Sequence[Allocation]:
        self.reads += 1
        await self.let_go.wait()
        if self.failure is not None:
            raise self.failure
        return ()


class SlowTier(MemoryTier):
    """Writes when it is let go."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.let_go = asyncio.Event()

    async def write(
        self, namespace: Namespace[Any], key: str, entry: Entry, *, keep_s: float
    ) -> None:
        await self.let_go.wait()
        await super().write(namespace, key, entry, keep_s=keep_s)


async def waiting(sheets: WarmSheets, *days: date) -> asyncio.Task[Read]:
    """A reading that has come as far as it can."""
    task = asyncio.create_task(sheets.read(HOUSE, days or (FRIDAY,), now=NOW))
    for _ in range(10):
        await asyncio.sleep(0)
    return task


async def test_who_wants_the_same_sheet_at_once_waits_for_one_reading() -> None:
    days = SlowDays()
    sheets = WarmSheets(days)
    readings = [await waiting(sheets) for _ in range(5)]
    days.let_go.set()
    found = await asyncio.gather(*readings)
    assert days.reads == 1
    assert {each.source for each in found} == {"ledger"}
    assert (await sheets.read(HOUSE, [FRIDAY], now=NOW)).source == "cache"


async def test_only_the_days_that_nobody_reads_yet_are_read_besides() -> None:
    days = SlowDays()
    sheets = WarmSheets(days)
    one = await waiting(sheets, FRIDAY)
    both = await waiting(sheets, FRIDAY, SATURDAY)
    other = await waiting(sheets, SATURDAY)
    days.let_go.set()
    await asyncio.gather(one, both, other)
    assert days.reads == 2
    assert set(both.result().sheets) == {FRIDAY, SATURDAY}


async def test_who_asks_after_a_change_does_not_wait_for_a_reading_from_before_it() -> None:
    days = SlowDays()
    sheets = WarmSheets(days)
    before = await waiting(sheets)
    days.revision += 1
    after = await waiting(sheets)
    assert days.reads == 2
    days.let_go.set()
    await asyncio.gather(before, after)


async def test_whoever_gives_up_leaves_the_others_their_reading() -> None:
    days = SlowDays()
    sheets = WarmSheets(days)
    first, second = await waiting(sheets), await waiting(sheets)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    days.let_go.set()
    assert FRIDAY in (await second).sheets
    assert days.reads == 1


async def test_all_who_wait_hear_of_a_failure_and_the_next_reads_again() -> None:
    days = SlowDays()
    sheets = WarmSheets(days)
    readings = [await waiting(sheets, FRIDAY, SATURDAY), await waiting(sheets, SATURDAY)]
    days.failure = StoreUnavailable("the ledger does not answer")
    days.let_go.set()
    heard = await asyncio.gather(*readings, return_exceptions=True)
    assert [type(each) for each in heard] == [StoreUnavailable] * 2
    days.failure = None
    assert FRIDAY in (await sheets.read(HOUSE, [FRIDAY], now=NOW)).sheets


async def test_no_reading_is_left_behind() -> None:
    days = SlowDays()
    sheets = WarmSheets(days)
    reading = await waiting(sheets)
    await sheets.aclose()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_guest_does_not_wait_until_others_can_read_it_too() -> None:
    clock = StillClock()
    tier = SlowTier(clock)
    cache = TieredCache(tier, clock=clock, near=Near(size=1))
    days = SlowDays()
    days.let_go.set()
    sheets = WarmSheets(days, cache)
    assert (await sheets.read(HOUSE, [FRIDAY, SATURDAY], now=NOW)).source == "ledger"
    assert cache.stats().operations["set"].hits == 0
    tier.let_go.set()
    await asyncio.sleep(0.01)
    assert cache.stats().operations["set"].hits == 2
    await sheets.aclose()
    other = WarmSheets(days, cache)
    assert (await other.read(HOUSE, [FRIDAY, SATURDAY], now=NOW)).source == "cache"
    assert days.reads == 1
