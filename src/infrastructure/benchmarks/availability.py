"""How long availability takes: 40 tables with combinations, 300 bookings a day, a month of days.

All arithmetic, no store: a search on sheets that are already there (what follows from venue and day
alone has been worked out once), and building a sheet from its bookings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median, quantiles
from time import perf_counter
from zoneinfo import ZoneInfo

from domain.availability import Wish, find_slots, place
from domain.floor import LAST_MINUTE, Allocation, DaySheet, Placement, build_sheet
from domain.venue import (
    Combination,
    Interval,
    PacingRule,
    Policy,
    Resource,
    ResourceId,
    ResourceKind,
    Service,
    ServiceId,
    TurnTime,
    Venue,
    VenueId,
    VenueKind,
    WeeklyHours,
)

TABLES = 40
BOOKINGS = 300
DAYS = 31
_REPEAT = 500
_FIRST_DAY = date(2026, 11, 28)
_NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
_SEED = 7
_DINNER = ServiceId("dinner")

_EXACT = Wish(_FIRST_DAY, 2, 1260, 1260, 1260, _DINNER)
_EVENING = Wish(_FIRST_DAY, 4, 1080, LAST_MINUTE, 1260, _DINNER, frozenset({"terrace"}))
_LARGE = Wish(_FIRST_DAY, 8, 0, LAST_MINUTE, 1260)
_WHOLE_DAY = Wish(_FIRST_DAY, 4, 0, LAST_MINUTE, 1260)


def run(*, days: int = DAYS, repeat: int = _REPEAT) -> dict[str, object]:
    """Milliseconds a search or a sheet: median and 95th percentile, and the size of the problem."""
    venue = _venue()
    bookings = {day: _bookings(venue, day) for day in _days(days)}
    sheets = {day: build_sheet(venue, day, bookings[day], now=_NOW) for day in bookings}
    day = sheets[_FIRST_DAY]
    return {
        "tables": TABLES,
        "combinations": len(venue.combinations),
        "bookings_a_day": round(median(len(each) for each in bookings.values())),
        "days": days,
        "exact_time_ms": _measured(lambda: _search(venue, day, _EXACT), repeat=repeat),
        "evening_ms": _measured(lambda: _search(venue, day, _EVENING), repeat=repeat),
        "large_party_ms": _measured(lambda: _search(venue, day, _LARGE), repeat=repeat),
        "whole_day_ms": _measured(lambda: _search(venue, day, _WHOLE_DAY), repeat=repeat),
        "month_ms": _measured(
            lambda: _search_month(venue, sheets, _WHOLE_DAY), repeat=repeat // 10
        ),
        "sheet_build_ms": _measured(
            lambda: build_sheet(venue, _FIRST_DAY, bookings[_FIRST_DAY], now=_NOW),
            repeat=repeat // 2,
        ),
    }


def _search(venue: Venue, sheet: DaySheet, wish: Wish) -> None:
    find_slots(venue, sheet, wish, now=_NOW)


def _search_month(venue: Venue, sheets: Mapping[date, DaySheet], wish: Wish) -> None:
    for day, sheet in sheets.items():
        find_slots(venue, sheet, replace(wish, day=day), now=_NOW)


def _measured(work: Callable[[], object], *, repeat: int) -> dict[str, float]:
    work()
    times = []
    for _ in range(repeat):
        started = perf_counter()
        work()
        times.append((perf_counter() - started) * 1000)
    return {"p50": round(median(times), 4), "p95": round(quantiles(times, n=20)[-1], 4)}


def _days(count: int) -> list[date]:
    return [_FIRST_DAY + timedelta(days=index) for index in range(count)]


def _bookings(venue: Venue, day: date) -> list[Allocation]:
    """A full day: parties of every size, each at the free start nearest to the hour it asks for."""
    random = Random(_SEED + day.toordinal())  # noqa: S311 - the same day at every run, no secret
    sheet = build_sheet(venue, day, [], now=_NOW)
    allocations: list[Allocation] = []
    for attempt in range(4 * BOOKINGS):
        covers = random.choice((2, 2, 3, 4, 4, 6))
        wish = Wish(day, covers, 0, LAST_MINUTE, random.randrange(720, 1440))
        slots = find_slots(venue, sheet, wish, now=_NOW, limit=1).slots
        if slots:
            allocations.append(_allocation(f"{day}-{attempt}", place(venue, slots[0])))
            sheet = sheet.add(allocations[-1])
        if len(allocations) == BOOKINGS:
            break
    return allocations


def _allocation(name: str, placement: Placement) -> Allocation:
    return Allocation(name, placement.claims, placement.charges)


def _venue() -> Venue:
    tables = tuple(_table(number) for number in range(1, TABLES + 1))
    pairs = zip(tables[::2], tables[1::2], strict=True)
    return Venue(
        id=VenueId("benchmark"),
        name="Benchmark",
        kind=VenueKind.RESTAURANT,
        zone=ZoneInfo("Europe/Madrid"),
        languages=("es",),
        country="ES",
        currency="EUR",
        services=(_service("lunch", 720, 1080), _service("dinner", 1080, 1500)),
        resources=tables,
        combinations=tuple(
            Combination(
                (left.id, right.id), left.max_covers + 1, left.max_covers + right.max_covers
            )
            for left, right in pairs
        ),
        policy=Policy(
            booking_window=timedelta(days=90),
            max_party=12,
            max_waste=4,
            pacing=(PacingRule("kitchen", timedelta(minutes=30), max_covers=60, max_parties=18),),
        ),
    )


def _table(number: int) -> Resource:
    seats = (2, 2, 4, 4, 4, 6)[number % 6]
    return Resource(
        id=ResourceId(f"T{number:02}"),
        kind=ResourceKind.TABLE,
        name=f"Table {number}",
        max_covers=seats,
        area="terrace" if number % 4 == 0 else "inside",
    )


def _service(name: str, start: int, end: int) -> Service:
    return Service(
        id=ServiceId(name),
        names={"es": name},
        aliases={},
        hours=WeeklyHours({iso: (Interval(start, end),) for iso in range(1, 8)}),
        turn_times=(
            TurnTime(2, timedelta(minutes=60)),
            TurnTime(4, timedelta(minutes=75)),
            TurnTime(12, timedelta(minutes=105)),
        ),
        needs=(ResourceKind.TABLE,),
    )
