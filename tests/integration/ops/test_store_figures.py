"""Figures of the booking store: each booking's way into it, the queue before it, the wire to it."""

from __future__ import annotations

from pathlib import Path

from application.errors import StoreUnavailable
from application.ports.allowance import Grant, Stop
from application.ports.outbox import Backlog
from infrastructure.airtable.errors import AirtableAway
from infrastructure.airtable.health import Pulse, WireHealth
from infrastructure.clock import OffsetClock
from infrastructure.metrics import Watched, open_figures, open_measurements
from infrastructure.metrics.figures import Figures
from tests.fakes.clock import StillClock
from tests.support.office import NOW, open_house
from tests.support.scraping import Scraped


async def exposed(figures: Figures) -> Scraped:
    return Scraped((await figures.exposition()).decode())


async def test_a_booking_is_counted_on_its_way_into_the_store(tmp_path: Path) -> None:
    measurements = open_measurements(clock=OffsetClock(NOW))
    async with (
        open_house(tmp_path, deadline_s=0.3, heard=measurements.commit) as house,
        open_figures(
            measurements,
            Watched(backlog=house.ledger.outbox.backlog, activity=house.ledger.activity),
        ) as figures,
    ):
        await house.book("T7")
        first = await exposed(figures)
        assert first("store_writes_total", outcome="stored") == 1
        assert first("store_settled_seconds_count") == 1
        assert first("outbox_waiting", queue="bookings") == 0
        assert first("watched_part_up", part="outbox") == 1
        house.store.away = True
        await house.book("T8")

        async def waits() -> bool:
            told = await figures.dashboard()
            return bool(told["queue_depth"] and told["queue_oldest_s"] < 60)

        await house.until(waits)
        house.store.away = False
        await house.quiet()
        last = await exposed(figures)
    assert last("store_writes_total", outcome="unavailable") >= 1
    assert last("store_writes_total", outcome="stored") == 2
    assert last("store_settled_seconds_count") == 2


async def test_the_wires_requests_and_its_allowance_are_shown() -> None:
    clock = StillClock()
    pulse = Pulse(clock=clock, monthly_allowance=1000)
    measurements = open_measurements(clock=clock)

    def health() -> WireHealth:
        return pulse.health(waiting=3)

    async with open_figures(measurements, Watched(store=health)) as figures:
        pulse.granted(Grant(month_requests=850))
        pulse.succeeded("list")
        pulse.succeeded("list")
        pulse.failed("create", AirtableAway("timeout"))
        seen = await exposed(figures)
        pulse.succeeded("list")
        pulse.stopped(Stop.FROZEN, 30)
        later = await exposed(figures)
        told = await figures.dashboard()
    requests = "airtable_requests_total"
    assert seen(requests, kind="list", outcome="ok") == 2
    assert seen(requests, kind="create", outcome="timeout") == 1
    assert seen("airtable_requests_waiting", store="airtable") == 3
    assert seen("airtable_allowance_remaining", store="airtable") == 150
    assert seen("airtable_allowance_remaining_ratio", store="airtable") == 0.15
    assert seen("airtable_state", store="airtable") == 3
    assert later(requests, kind="list", outcome="ok") == 3, "what was counted is not counted again"
    assert later("airtable_state", store="airtable") == 1
    assert told["booking_store"] == {
        "state": "frozen",
        "requests_this_month": 850,
        "remaining_this_month": 150,
        "waiting": 3,
    }


async def test_where_there_is_no_limit_and_no_queue_their_alerts_have_nothing_to_go_by() -> None:
    clock = StillClock()
    measurements = open_measurements(clock=clock)
    pulse = Pulse(clock=clock, monthly_allowance=None)
    async with open_figures(
        measurements, Watched(store=lambda: pulse.health(waiting=0))
    ) as figures:
        seen = await exposed(figures)
    assert not seen.families["airtable_allowance_remaining_ratio"].samples
    assert not seen.families["outbox_waiting"].samples
    assert seen("airtable_state", store="airtable") == 0


async def test_a_queue_that_cannot_be_asked_keeps_its_last_figure_and_says_that_it_is_old() -> None:
    clock = StillClock()
    measurements = open_measurements(clock=clock)
    away = False

    async def backlog() -> Backlog:
        if away:
            raise StoreUnavailable("away")
        return Backlog(waiting=12, oldest=clock.now())

    async with open_figures(measurements, Watched(backlog=backlog)) as figures:
        await figures.exposition()
        away = True
        clock.move(10)
        seen = await exposed(figures)
    assert seen("outbox_waiting", queue="bookings") == 12
    assert seen("watched_part_up", part="outbox") == 0
