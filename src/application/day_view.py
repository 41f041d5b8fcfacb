"""A service day as staff look at it: what is open, who is away, what is held, how full the kitchen is.

Pure: made from the day's sheet and its bookings, which somebody else has read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.booking import Booking, BookingCode
from domain.cells import CELL, CELLS_PER_HOUR, cell_after, cell_of, cells_in, start_of
from domain.floor import LAST_MINUTE, Allocation, DaySheet, sheet_window
from domain.hours import open_intervals
from domain.starts import hours_away, window_key
from domain.venue import PacingRule, ResourceId, ServiceId, Venue
from domain.zones import instant_of, minute_of

# What a day shows on which the house is closed and nobody comes: service-day minutes.
_CLOSED_DAY = (12 * 60, 22 * 60)

_HOUR = CELLS_PER_HOUR * int(CELL.total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Opening:
    """A service is open: aware UTC, [start, end)."""

    service: ServiceId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """A resource is not there, by its working hours or an absence, while the house is shown."""

    resource: ResourceId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Buffer:
    """A resource is kept free beside a booking or a hold."""

    resource: ResourceId
    start: datetime
    end: datetime
    booking: BookingCode | None


@dataclass(frozen=True, slots=True)
class Held:
    """A slot that a guest is being asked about, buffers left out."""

    id: str
    resources: tuple[ResourceId, ...]
    start: datetime
    end: datetime
    covers: int | None
    """None where no pacing rule counts them."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PacingUse:
    """How much of a pacing window is taken; a limit of None is no limit."""

    rule: str
    start: datetime
    end: datetime
    covers: int
    parties: int
    max_covers: int | None
    max_parties: int | None


@dataclass(frozen=True, slots=True)
class ClosedService:
    """A service that a closure shuts on this day; None shuts the house."""

    service: ServiceId | None
    reason: str


@dataclass(frozen=True, slots=True)
class DayView:
    """`start` and `end` are full hours of the house's clock around everything that is shown."""

    day: date
    start: datetime
    end: datetime
    openings: tuple[Opening, ...]
    away: tuple[Away, ...]
    buffers: tuple[Buffer, ...]
    holds: tuple[Held, ...]
    pacing: tuple[PacingUse, ...]
    closed: tuple[ClosedService, ...]


def day_view(
    venue: Venue, sheet: DaySheet, bookings: Sequence[Booking], *, now: datetime
) -> DayView:
    """The view of the sheet's day. `bookings` are those of that service day, in any status."""
    current = sheet.as_of(now)
    openings = tuple(_openings(venue, sheet.day))
    holds = tuple(_holds(venue, current))
    start, end = _span(venue, sheet.day, openings, bookings)
    return DayView(
        day=sheet.day,
        start=start,
        end=end,
        openings=openings,
        away=tuple(_away(venue, sheet.day, start, end)),
        buffers=tuple(_buffers(current, bookings, holds)),
        holds=holds,
        pacing=tuple(_pacing(venue, current)),
        closed=tuple(
            ClosedService(closure.service, closure.reason)
            for closure in venue.closures
            if closure.first <= sheet.day <= closure.last
        ),
    )


def _openings(venue: Venue, day: date) -> Iterator[Opening]:
    for service in venue.services:
        for interval in open_intervals(venue, day, service.id):
            yield Opening(
                service.id,
                instant_of(day, interval.start, venue.zone),
                instant_of(day, min(interval.end, LAST_MINUTE), venue.zone),
            )


def _span(
    venue: Venue, day: date, openings: Sequence[Opening], bookings: Iterable[Booking]
) -> tuple[datetime, datetime]:
    spans = [(each.start, each.end) for each in openings]
    spans += [(each.start, each.end) for each in bookings]
    if not spans:
        first, last = _CLOSED_DAY
    else:
        first = minute_of(min(start for start, _ in spans), day, venue.zone)
        last = minute_of(max(end for _, end in spans), day, venue.zone)
    return (
        instant_of(day, first // _HOUR * _HOUR, venue.zone),
        instant_of(day, -(-last // _HOUR) * _HOUR, venue.zone),
    )


def _away(venue: Venue, day: date, start: datetime, end: datetime) -> Iterator[Away]:
    first, stop = cell_of(start), cell_after(end)
    sheet_first, sheet_end = sheet_window(venue, day)
    for resource in venue.resources:
        bits = hours_away(venue, day, resource, sheet_first, sheet_end)
        for begins, ends in _runs(bits >> (first - sheet_first), stop - first):
            yield Away(resource.id, start_of(first + begins), start_of(first + ends))


def _runs(bits: int, length: int) -> Iterator[tuple[int, int]]:
    """The unbroken runs [first, end) of set bits among the first `length`."""
    begins: int | None = None
    for place in range(length + 1):
        is_set = place < length and bool(bits >> place & 1)
        if is_set and begins is None:
            begins = place
        elif not is_set and begins is not None:
            yield begins, place
            begins = None


def _holds(venue: Venue, sheet: DaySheet) -> Iterator[Held]:
    buffers = {
        each.id: (cells_in(each.buffer_before), cells_in(each.buffer_after))
        for each in venue.resources
    }
    for allocation in sheet.allocations.values():
        if allocation.expires_at is None:
            continue
        claim = allocation.claims[0]
        before, after = buffers.get(claim.resource, (0, 0))
        yield Held(
            id=allocation.id,
            resources=tuple(each.resource for each in allocation.claims),
            start=start_of(claim.first + before),
            end=start_of(claim.end - after),
            covers=allocation.charges[0].covers if allocation.charges else None,
            expires_at=allocation.expires_at,
        )


def _buffers(
    sheet: DaySheet, bookings: Iterable[Booking], holds: Iterable[Held]
) -> Iterator[Buffer]:
    """What the claims take beyond the turns they belong to."""
    booked = {each.code: (cell_of(each.start), cell_after(each.end)) for each in bookings}
    held = {each.id: (cell_of(each.start), cell_after(each.end)) for each in holds}
    for allocation in sheet.allocations.values():
        turn = booked.get(allocation.booking) if allocation.booking else held.get(allocation.id)
        if turn is not None:
            yield from _around(allocation, *turn)


def _around(allocation: Allocation, first: int, end: int) -> Iterator[Buffer]:
    for claim in allocation.claims:
        for begins, ends in ((claim.first, first), (end, claim.end)):
            if begins < ends:
                yield Buffer(claim.resource, start_of(begins), start_of(ends), allocation.booking)


def _pacing(venue: Venue, sheet: DaySheet) -> Iterator[PacingUse]:
    """Every window of every rule in which a service it counts is open, by rule and start."""
    for rule in venue.policy.pacing:
        for minute in sorted(_window_starts(venue, sheet.day, rule)):
            start = instant_of(sheet.day, minute, venue.zone)
            covers, parties = sheet.charges.get(window_key(venue, rule, sheet.day, minute), (0, 0))
            yield PacingUse(
                rule=rule.id,
                start=start,
                end=start + rule.window,
                covers=covers,
                parties=parties,
                max_covers=rule.max_covers,
                max_parties=rule.max_parties,
            )


def _window_starts(venue: Venue, day: date, rule: PacingRule) -> set[int]:
    length = int(rule.window.total_seconds()) // 60
    return {
        minute
        for service in venue.services
        if rule.service in (None, service.id)
        for interval in open_intervals(venue, day, service.id)
        for minute in range(
            rule.window_start(interval.start), min(interval.end, LAST_MINUTE), length
        )
    }
