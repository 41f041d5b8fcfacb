"""The floor: which resources can serve a party, and what they are already claimed for.

A *claim* keeps one resource for some cells; an *allocation* is all the claims of one hold or one
booking. A `DaySheet` holds the allocations of one service day as one Python integer per resource,
bit *i* being the *i*-th five-minute cell after `first_cell`. A *unit* is a set of resources that
can serve one party: a table, a permitted combination, a dentist with a room.

Claims, charges and allocations are named tuples, not dataclasses: days of them are read and written
as rows, which tuples are three times as quick at (docs/cache.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.booking import BookingCode
from domain.cells import cell_after, cell_of, cells_in, cells_mask
from domain.venue import (
    LONGEST_BUFFER,
    Resource,
    ResourceId,
    ResourceKind,
    Service,
    ServiceId,
    Venue,
)
from domain.zones import instant_of

LAST_MINUTE = 36 * 60
"""Noon of the day after: a service day that is still going on then is cut."""


class Claim(NamedTuple):
    """One resource for the cells [first, end), buffers included."""

    resource: ResourceId
    first: int
    end: int


class Charge(NamedTuple):
    """What an allocation takes from one pacing window.

    `key` names rule and window (`"rule@cell"`); the ledger keeps one counter for each key and
    refuses an allocation that would pass a limit. A limit of None is no limit.
    """

    key: str
    rule: str
    covers: int
    parties: int
    max_covers: int | None
    max_parties: int | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable start on certain resources: aware UTC, [start, end)."""

    service: ServiceId
    start: datetime
    end: datetime
    covers: int
    resources: tuple[ResourceId, ...]
    """Sorted."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A slot with everything it takes from the floor: what the ledger writes."""

    slot: Slot
    claims: tuple[Claim, ...]
    """Sorted by resource, so that two writers wait for each other instead of deadlocking."""
    charges: tuple[Charge, ...]


class Allocation(NamedTuple):
    """The claims of one hold or booking, as the ledger keeps them."""

    id: str
    claims: tuple[Claim, ...]
    charges: tuple[Charge, ...]
    expires_at: datetime | None = None
    """When a hold lapses; None for a booking."""
    booking: BookingCode | None = None

    def has_lapsed(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class DaySheet:
    """What is claimed on one service day, ready for bit arithmetic.

    Treated as a value: `add`, `remove` and `as_of` return new sheets that share what did not change.
    """

    day: date
    first_cell: int
    cells: int
    busy: Mapping[ResourceId, int]
    """Set bits are claimed by bookings and by holds; a resource without claims may be absent."""
    held: Mapping[ResourceId, int]
    """The part of `busy` that is only held."""
    charges: Mapping[str, tuple[int, int]]
    """Covers and parties already charged, by pacing key."""
    next_expiry: datetime | None
    """The first instant at which a hold in here lapses: after it `as_of` gives another sheet."""
    allocations: Mapping[str, Allocation] = field(default_factory=dict)
    """What the bits were made from, by id: needed to take one of them away again."""

    def add(self, allocation: Allocation) -> DaySheet:
        """The sheet with one more allocation; one with the same id is replaced."""
        sheet = self.remove(allocation.id)
        if not _touches(allocation, sheet.first_cell, sheet.first_cell + sheet.cells):
            return sheet
        return sheet._with(
            {**sheet.allocations, allocation.id: allocation},
            changed={claim.resource for claim in allocation.claims},
            charges=_charged([allocation], onto=sheet.charges),
        )

    def remove(self, allocation_id: str) -> DaySheet:
        """The sheet without an allocation; the same sheet where it is not on it."""
        gone = self.allocations.get(allocation_id)
        if gone is None:
            return self
        return self._with(
            {key: each for key, each in self.allocations.items() if key != allocation_id},
            changed={claim.resource for claim in gone.claims},
            charges=_charged([gone], onto=self.charges, sign=-1),
        )

    def as_of(self, now: datetime) -> DaySheet:
        """The sheet without the holds that have lapsed at `now`."""
        sheet = self
        if self.next_expiry is not None and self.next_expiry <= now:
            for allocation in self.allocations.values():
                if allocation.has_lapsed(now):
                    sheet = sheet.remove(allocation.id)
        return sheet

    def _with(
        self,
        allocations: Mapping[str, Allocation],
        *,
        changed: set[ResourceId],
        charges: Mapping[str, tuple[int, int]],
    ) -> DaySheet:
        busy, held = _claimed(allocations.values(), self.first_cell, self.cells, only=changed)
        kept_busy = {name: bits for name, bits in self.busy.items() if name not in changed}
        kept_held = {name: bits for name, bits in self.held.items() if name not in changed}
        return replace(
            self,
            busy=kept_busy | busy,
            held=kept_held | held,
            charges=charges,
            next_expiry=_next_expiry(allocations.values()),
            allocations=allocations,
        )


def sheet_window(venue: Venue, day: date) -> tuple[int, int]:
    """The cells [first, end) that the sheet of a service day spans.

    From local midnight of `day` to local noon of the day after, so that a night that runs past
    midnight is on one sheet, and the longest buffer to either side.
    """
    return _window(venue.zone, day)


def build_sheet(
    venue: Venue, day: date, allocations: Iterable[Allocation], *, now: datetime
) -> DaySheet:
    """The sheet of a day from its allocations; holds lapsed at `now` are left out.

    Allocations outside the window are ignored; those that cross its edge are cut.
    """
    first, end = sheet_window(venue, day)
    kept = {
        each.id: each
        for each in allocations
        if not each.has_lapsed(now) and _touches(each, first, end)
    }
    busy, held = _claimed(kept.values(), first, end - first)
    return DaySheet(
        day=day,
        first_cell=first,
        cells=end - first,
        busy=busy,
        held=held,
        charges=_charged(kept.values(), onto={}),
        next_expiry=_next_expiry(kept.values()),
        allocations=kept,
    )


# --- units ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """A resource with its buffers, in cells."""

    resource: ResourceId
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Unit:
    """Resources that together can serve one party."""

    seats: tuple[Seat, ...]
    """Sorted by resource."""
    min_covers: int
    max_covers: int
    size: int
    """The covers its resources would seat apart: what other parties lose by it."""
    features: frozenset[str]
    """What the party finds there, areas included: of tables pushed together, what all of them have."""

    @property
    def resources(self) -> tuple[ResourceId, ...]:
        return tuple(seat.resource for seat in self.seats)

    def seats_party(self, covers: int) -> bool:
        return self.min_covers <= covers <= self.max_covers


@lru_cache(maxsize=1024)
def units_of(venue: Venue, service_id: ServiceId) -> tuple[Unit, ...]:
    """Every unit that can serve a service, whatever the party: one part of each kind it needs."""
    service = venue.service(service_id)
    parts = [_parts(venue, service, kind) for kind in service.needs]
    return tuple(_joined(choice) for choice in product(*parts) if _are_disjoint(choice))


@lru_cache(maxsize=1024)
def split_units(venue: Venue, service_id: ServiceId, covers: int) -> tuple[Unit, ...]:
    """Two tables that are not a permitted combination, for a party that neither seats alone.

    Empty unless the venue allows a party to be split and the service needs nothing but a table.
    """
    service = venue.service(service_id)
    if not venue.policy.allow_split or service.needs != (ResourceKind.TABLE,):
        return ()
    permitted = {frozenset(combination.members) for combination in venue.combinations}
    tables = [each for each in venue.resources if _can_serve(each, service, ResourceKind.TABLE)]
    return tuple(
        _unit(pair, min_covers=2, max_covers=pair[0].max_covers + pair[1].max_covers)
        for pair in combinations(tables, 2)
        if frozenset((pair[0].id, pair[1].id)) not in permitted
        and max(pair[0].max_covers, pair[1].max_covers) < covers
        and pair[0].max_covers + pair[1].max_covers >= covers
    )


def _parts(venue: Venue, service: Service, kind: ResourceKind) -> list[Unit]:
    """The resources of one kind that can serve a service, alone and in permitted combinations."""
    eligible = {each.id: each for each in venue.resources if _can_serve(each, service, kind)}
    alone = [
        _unit((each,), min_covers=each.min_covers, max_covers=each.max_covers)
        for each in eligible.values()
    ]
    together = [
        _unit(
            [eligible[name] for name in combination.members],
            min_covers=combination.min_covers,
            max_covers=combination.max_covers,
        )
        for combination in venue.combinations
        if eligible.keys() >= set(combination.members)
    ]
    return alone + together


def _can_serve(resource: Resource, service: Service, kind: ResourceKind) -> bool:
    return resource.kind is kind and (not resource.services or service.id in resource.services)


def _unit(resources: Collection[Resource], *, min_covers: int, max_covers: int) -> Unit:
    """Resources of one kind, side by side."""
    return Unit(
        seats=tuple(
            Seat(each.id, cells_in(each.buffer_before), cells_in(each.buffer_after))
            for each in sorted(resources, key=lambda each: each.id)
        ),
        min_covers=min_covers,
        max_covers=max_covers,
        size=sum(each.max_covers for each in resources),
        features=frozenset.intersection(*(_features(each) for each in resources)),
    )


def _features(resource: Resource) -> frozenset[str]:
    return resource.features | {resource.area} if resource.area else resource.features


def _joined(parts: Collection[Unit]) -> Unit:
    """One part of each kind, at once: the smallest sets the limit, and every part's features count."""
    return Unit(
        seats=tuple(
            sorted((seat for part in parts for seat in part.seats), key=lambda seat: seat.resource)
        ),
        min_covers=max(part.min_covers for part in parts),
        max_covers=min(part.max_covers for part in parts),
        size=sum(part.size for part in parts),
        features=frozenset().union(*(part.features for part in parts)),
    )


def _are_disjoint(parts: Collection[Unit]) -> bool:
    names = [seat.resource for part in parts for seat in part.seats]
    return len(names) == len(set(names))


# --- bits -----------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _window(zone: ZoneInfo, day: date) -> tuple[int, int]:
    margin = LONGEST_BUFFER
    return (
        cell_of(instant_of(day, 0, zone) - margin),
        cell_after(instant_of(day, LAST_MINUTE, zone) + margin),
    )


def _touches(allocation: Allocation, first: int, end: int) -> bool:
    return any(claim.first < end and first < claim.end for claim in allocation.claims)


def _claimed(
    allocations: Iterable[Allocation],
    first: int,
    cells: int,
    *,
    only: set[ResourceId] | None = None,
) -> tuple[dict[ResourceId, int], dict[ResourceId, int]]:
    """Busy and held bits by resource. A cell that is also booked does not count as held."""
    booked: dict[ResourceId, int] = {}
    held: dict[ResourceId, int] = {}
    for allocation in allocations:
        bits_by_resource = booked if allocation.expires_at is None else held
        for claim in allocation.claims:
            name = claim.resource
            if only is None or name in only:
                bits = cells_mask(max(claim.first - first, 0), min(claim.end - first, cells))
                bits_by_resource[name] = bits_by_resource.get(name, 0) | bits
    if not held:
        return booked, held
    busy = booked | {name: booked.get(name, 0) | bits for name, bits in held.items()}
    only_held = {name: bits & ~booked.get(name, 0) for name, bits in held.items()}
    return busy, {name: bits for name, bits in only_held.items() if bits}


def _charged(
    allocations: Iterable[Allocation],
    *,
    onto: Mapping[str, tuple[int, int]],
    sign: int = 1,
) -> dict[str, tuple[int, int]]:
    totals = dict(onto)
    for allocation in allocations:
        for charge in allocation.charges:
            covers, parties = totals.get(charge.key, (0, 0))
            totals[charge.key] = (covers + sign * charge.covers, parties + sign * charge.parties)
    return totals


def _next_expiry(allocations: Iterable[Allocation]) -> datetime | None:
    return min(
        (each.expires_at for each in allocations if each.expires_at is not None), default=None
    )
