"""The starts of a service day: when a turn may begin, as bits beside those of the day sheet.

Starts lie on a grid of the service's slot interval, counted from each opening by the wall clock. A
wall time that does not exist is no start, and one that is shown twice is a start once, the first
time. What depends only on venue, day, service and length of turn is worked out once and kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from domain.cells import CELL_SECONDS, cell_after, cell_of, cells_in, cells_mask, spread_down
from domain.floor import LAST_MINUTE, sheet_window
from domain.hours import open_intervals
from domain.venue import Interval, PacingRule, Resource, ResourceId, Service, ServiceId, Venue
from domain.zones import instant_of, read_wall, wall_of

_CELL_MINUTES = CELL_SECONDS // 60


@dataclass(frozen=True, slots=True)
class Start:
    """A moment at which a turn may begin. `start` and `end` are aware UTC."""

    minute: int
    """After midnight of the service day, by the wall clock."""
    bit: int
    """Its cell on the day sheet."""
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PacingWindow:
    """The starts that one pacing rule counts together."""

    key: str
    rule: PacingRule
    starts: int


@dataclass(frozen=True, slots=True)
class DayStarts:
    """The starts of one service on one day for turns of one length. Masks are bits of the sheet."""

    first_cell: int
    length: int
    """Of a turn, in cells."""
    by_bit: Mapping[int, Start]
    minutes: tuple[int, ...]
    """Of every start, ascending."""
    bits: tuple[int, ...]
    """Of every start, beside `minutes`."""
    every: int
    bookable: int
    """Starts whose turn ends by closing and that are not after last seating."""
    away: Mapping[ResourceId, int]
    """Starts for which a resource is not there for the whole turn; absent where it always is."""
    windows: tuple[PacingWindow, ...]

    def between(self, earliest: int, latest: int) -> int:
        """The starts from one service-day minute to another, both included."""
        first = bisect_left(self.minutes, earliest)
        last = bisect_right(self.minutes, latest) - 1
        if first > last:
            return 0
        return self.every & cells_mask(self.bits[first], self.bits[last] + 1)

    def before(self, instant: datetime) -> int:
        """The starts before an instant."""
        return self.every & cells_mask(0, cell_after(instant) - self.first_cell)


@lru_cache(maxsize=2048)
def day_starts(venue: Venue, day: date, service_id: ServiceId, length: timedelta) -> DayStarts:
    """The starts of a service day. Raises: KeyError for a service the venue does not offer."""
    service = venue.service(service_id)
    first, end = sheet_window(venue, day)
    bookable: dict[int, bool] = {}
    starts: dict[int, Start] = {}
    for interval in open_intervals(venue, day, service_id):
        latest = _latest_start(venue, day, service, interval, length)
        for minute, instant in _grid(venue, day, service, interval):
            bit = cell_of(instant) - first
            starts[bit] = Start(minute, bit, instant, instant + length)
            bookable[bit] = bookable.get(bit, False) or instant <= latest
    every = _mask(starts)
    cells = cells_in(length)
    return DayStarts(
        first_cell=first,
        length=cells,
        by_bit=starts,
        minutes=tuple(starts[bit].minute for bit in sorted(starts)),
        bits=tuple(sorted(starts)),
        every=every,
        bookable=_mask(bit for bit, fits in bookable.items() if fits),
        away={
            resource.id: every & spread_down(hours, cells)
            for resource in venue.resources
            if (hours := hours_away(venue, day, resource, first, end))
        },
        windows=_windows(venue, day, service_id, starts),
    )


def window_key(venue: Venue, rule: PacingRule, day: date, minute: int) -> str:
    """The name of the pacing window that a start at a service-day minute falls into."""
    return f"{rule.id}@{cell_of(instant_of(day, rule.window_start(minute), venue.zone))}"


def rules_for(venue: Venue, service_id: ServiceId) -> Iterator[PacingRule]:
    """The pacing rules that count a service's starts."""
    return (rule for rule in venue.policy.pacing if rule.service in (None, service_id))


def _grid(
    venue: Venue, day: date, service: Service, interval: Interval
) -> Iterator[tuple[int, datetime]]:
    """Each minute of the slot interval's grid that exists, with its instant, while it is open."""
    step = int(service.slot_interval.total_seconds()) // 60
    opening = -(-interval.start // _CELL_MINUTES) * _CELL_MINUTES
    for minute in range(opening, min(interval.end, LAST_MINUTE), step):
        reading = read_wall(wall_of(day, minute), venue.zone)
        if reading.exists:
            yield minute, reading.instant


def _latest_start(
    venue: Venue, day: date, service: Service, interval: Interval, length: timedelta
) -> datetime:
    """The last instant at which a turn may begin: last seating, and all of it before closing."""
    closing = instant_of(day, min(interval.end, LAST_MINUTE), venue.zone)
    return closing - max(length, service.last_seating or length)


def hours_away(venue: Venue, day: date, resource: Resource, first: int, end: int) -> int:
    """The cells of a sheet at which a resource is not there, by its working hours and absences."""
    away = 0
    if resource.hours is not None:
        away = cells_mask(0, end - first)
        for shift in resource.hours.on(day):
            begins = cell_after(instant_of(day, shift.start, venue.zone)) - first
            ends = cell_of(instant_of(day, shift.end, venue.zone)) - first
            away &= ~cells_mask(begins, ends)
    for absence in resource.absences:
        begins = max(cell_of(absence.start) - first, 0)
        away |= cells_mask(begins, min(cell_after(absence.end), end) - first)
    return away


def _windows(
    venue: Venue, day: date, service_id: ServiceId, starts: Mapping[int, Start]
) -> tuple[PacingWindow, ...]:
    windows: dict[str, PacingWindow] = {}
    for rule in rules_for(venue, service_id):
        for bit, start in starts.items():
            key = window_key(venue, rule, day, start.minute)
            counted = windows[key].starts if key in windows else 0
            windows[key] = PacingWindow(key, rule, counted | 1 << bit)
    return tuple(windows.values())


def _mask(bits: Iterable[int]) -> int:
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return mask
