"""What is free: opening hours, turn times, claims and pacing in; slots and refusals out.

Arithmetic only. No clock, no store, no model: everything comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from domain.cells import cell_after, cell_of, cells_in, each_bit, spread_down
from domain.floor import (
    LAST_MINUTE,
    Charge,
    Claim,
    DaySheet,
    Placement,
    Seat,
    Slot,
    Unit,
    split_units,
    units_of,
)
from domain.hours import open_minutes, service_day_of
from domain.starts import DayStarts, Start, day_starts, rules_for, window_key
from domain.venue import ResourceId, ServiceId, Venue, VenueKind
from domain.zones import instant_of, local_day, minute_of


class RefusalCode(StrEnum):
    """Why a start cannot be had."""

    CLOSED = "closed"
    TOO_LATE = "too_late"
    """The house is open, but nobody is seated so late: the turn would not end by closing, or last
    seating has passed."""
    OFF_GRID = "off_grid"
    """The house is open, but no start is offered at that very minute (21:07): take one beside it."""
    NO_RESOURCE = "no_resource"
    """Everything that could serve this party is booked."""
    HELD = "held"
    """Something would be free, but another guest is being asked about it: it may come back."""
    PACING = "pacing"
    """There is room, but too many start then already."""
    LEAD_TIME = "lead_time"
    TOO_FAR = "too_far"
    PARTY_TOO_LARGE = "party_too_large"
    PARTY_TOO_SMALL = "party_too_small"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the guest would like on one service day.

    Times are service-day minutes; any start from `earliest` to `latest` (both included) suits, and
    `target` suits best. `service` None means any that is open then.
    """

    day: date
    covers: int
    earliest: int
    latest: int
    target: int
    service: ServiceId | None = None
    preferences: frozenset[str] = frozenset()
    """Areas and features the guest would like: they rank, they never exclude."""
    required: frozenset[str] = frozenset()
    """Features a guest cannot do without (wheelchair): they exclude."""
    resource: ResourceId | None = None
    """A practitioner or table asked for by name."""
    moving: str | None = None
    """The id of the guest's own allocation that the new one would replace: it does not count."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a start, or the whole wish where `start` is None, cannot be had."""

    code: RefusalCode
    start: datetime | None = None
    service: ServiceId | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer to a wish on one day: slots best first, and why the wished start is not there.

    Where the wished start is free, `refusal` is None and the first slot is it.
    """

    slots: tuple[Slot, ...]
    refusal: Refusal | None = None
    refusals: tuple[Refusal, ...] = ()
    """Every start in the wish's range that cannot be had, ascending."""


def find_slots(
    venue: Venue, sheet: DaySheet, wish: Wish, *, now: datetime, limit: int = 12
) -> Availability:
    """The best slots for a wish on the sheet's day: one per start, on its best resources.

    Ranking: closeness of the start to the wish, then fit (covers left empty), then stated
    preferences, then keeping large tables and combinations free, then resource id.

    Raises: KeyError for a service the venue does not offer.
    """
    if (unwelcome := _party_refusal(venue, wish)) is not None:
        return Availability((), unwelcome)
    floor = _Floor.of(venue, sheet, now=now, moving=wish.moving)
    answers = [
        _ask(floor, wish, service, _ranked_units(venue, service, wish), order=order)
        for order, service in enumerate(_services(venue, wish))
    ]
    offers = _one_per_start(offer for answer in answers for offer in answer.offers)
    refused = _most_hopeful(answers, offered={offer.start.bit for offer in offers})
    return Availability(
        slots=tuple(offer.slot(wish.covers) for offer in offers[:limit]),
        refusal=_refusal_of_target(floor, wish, offers, refused),
        refusals=tuple(refusal.told() for refusal in refused),
    )


def nearest_alternatives(
    venue: Venue,
    sheets: Mapping[date, DaySheet],
    wish: Wish,
    *,
    now: datetime,
    limit: int = 3,
) -> tuple[Slot, ...]:
    """Real slots nearest to a wish that cannot be had, best first.

    The same meal that day first, then the party split over two tables, then the same meal on the
    days beside it (those in `sheets`) mixed with another meal that day, so that both kinds are
    among the first three; then, for a table or a practitioner asked for by name, the same without
    the name. The meal is the service asked for, or in a restaurant the one whose hours the wished
    time lies in. Never the same start twice; split only where the venue allows it; another service
    only in a restaurant, because a check-up does not replace an extraction. Beside the day, an hour
    by the clock weighs as much as a day.
    """
    any_time = replace(wish, earliest=0, latest=LAST_MINUTE)
    chosen: dict[datetime, Slot] = {}
    for slot in _alternatives(venue, sheets, any_time, now, limit):
        chosen.setdefault(slot.start, slot)
        if len(chosen) >= limit:
            break
    return tuple(chosen.values())[:limit]


def check_slot(
    venue: Venue, sheet: DaySheet, slot: Slot, *, now: datetime, moving: str | None = None
) -> Refusal | None:
    """Why this very slot cannot be had now, or None where it can.

    The sheet is that of the slot's service day. The slot's own length counts, even if the turn time
    has been changed since. The seat-fit rule does not: it chooses between tables, and this one has
    been chosen. `moving` is the id of an allocation that the slot would replace.
    """
    minute = minute_of(slot.start, sheet.day, venue.zone)
    wish = Wish(sheet.day, slot.covers, minute, minute, minute, slot.service, moving=moving)
    if (unwelcome := _party_refusal(venue, wish)) is not None:
        return unwelcome
    floor = _Floor.of(venue, sheet, now=now, moving=moving)
    if instant_of(sheet.day, minute, venue.zone) != slot.start:
        return Refusal(RefusalCode.OFF_GRID, slot.start, slot.service)
    units = _units_on(venue, slot)
    answer = _ask(floor, wish, slot.service, units, length=slot.end - slot.start)
    return _refusal_of_target(floor, wish, answer.offers, answer.refused)


def place(venue: Venue, slot: Slot) -> Placement:
    """Everything a slot takes from the floor: claims with buffers, charges on pacing windows."""
    day = service_day(venue, slot.start)
    minute = minute_of(slot.start, day, venue.zone)
    return Placement(
        slot=slot,
        claims=tuple(_claim(venue, name, slot) for name in sorted(slot.resources)),
        charges=tuple(
            Charge(
                key=window_key(venue, rule, day, minute),
                rule=rule.id,
                covers=slot.covers,
                parties=1,
                max_covers=rule.max_covers,
                max_parties=rule.max_parties,
            )
            for rule in rules_for(venue, slot.service)
        ),
    )


def service_day(venue: Venue, instant: datetime) -> date:
    """The service day an instant belongs to: 00:30 is last night's where the night runs past twelve."""
    return service_day_of(venue, instant)


def start_windows(
    venue: Venue, day: date, service: ServiceId | None = None
) -> Sequence[tuple[int, int]]:
    """When the venue is open on a service day, service-day minutes [start, end), ascending.

    Closures, special hours and holidays applied. Empty where it is closed.
    """
    return open_minutes(venue, day, service)


# --- asking one service ----------------------------------------------------------------------

Rank = tuple[int, int, int, int, tuple[ResourceId, ...]]
"""Covers left empty, preferences missed, resources taken, their size, their ids: less is better."""

RankedUnits = tuple[tuple[Rank, Unit], ...]


@dataclass(frozen=True, slots=True)
class _Floor:
    """The floor as one guest meets it at one moment."""

    venue: Venue
    sheet: DaySheet
    now: datetime

    @classmethod
    def of(cls, venue: Venue, sheet: DaySheet, *, now: datetime, moving: str | None) -> _Floor:
        current = sheet.as_of(now)
        return cls(venue, current.remove(moving) if moving is not None else current, now)

    def is_too_far(self, day: date) -> bool:
        """Whether a service day lies beyond the booking window, which ends with a whole day."""
        return day > local_day(self.now + self.venue.policy.booking_window, self.venue.zone)


class _Offer(NamedTuple):
    """A start that can be had. Offers sort best first."""

    distance: int
    rank: Rank
    bit: int
    order: int
    start: Start
    unit: Unit
    service: ServiceId

    def slot(self, covers: int) -> Slot:
        return Slot(self.service, self.start.start, self.start.end, covers, self.unit.resources)


class _Refused(NamedTuple):
    """A start on the grid that cannot be had. Refused starts sort by time."""

    bit: int
    code: RefusalCode
    start: Start
    service: ServiceId

    def told(self) -> Refusal:
        return Refusal(self.code, self.start.start, self.service)


@dataclass(frozen=True, slots=True)
class _Answer:
    offers: list[_Offer]
    refused: list[_Refused]


def _ask(
    floor: _Floor,
    wish: Wish,
    service: ServiceId,
    units: RankedUnits,
    *,
    order: int = 0,
    length: timedelta | None = None,
) -> _Answer:
    """Every start of one service in the wish's range: offered on its best unit, or refused."""
    turn = length if length is not None else floor.venue.service(service).turn_time(wish.covers)
    starts = day_starts(floor.venue, wish.day, service, turn)
    if starts.first_cell != floor.sheet.first_cell:
        raise ValueError(f"the sheet of {floor.sheet.day} is not one of {wish.day}")
    wanted = starts.between(wish.earliest, wish.latest)
    refused: dict[RefusalCode, int] = {}
    for code, barred in _bars(floor, wish.day, starts):
        refused[code] = wanted & barred
        wanted &= ~barred
    given, full = _first_free(units, starts, floor.sheet.busy, wanted)
    given, kept = _keep_the_seat_fit(floor, wish, service, starts, given)
    held = _only_held(units, starts, floor.sheet, full)
    paced = _paced(floor.sheet, starts, wish.covers)
    refused[RefusalCode.NO_RESOURCE] = (full & ~held) | kept
    refused[RefusalCode.PACING] = wanted & paced & ~refused[RefusalCode.NO_RESOURCE]
    refused[RefusalCode.HELD] = held & ~paced
    return _Answer(
        offers=[
            _Offer(abs(start.minute - wish.target), rank, bit, order, start, unit, service)
            for rank, unit, free in given
            for bit in each_bit(free & ~paced)
            for start in (starts.by_bit[bit],)
        ],
        refused=[
            _Refused(bit, code, starts.by_bit[bit], service)
            for code, barred in refused.items()
            for bit in each_bit(barred)
        ],
    )


def _bars(floor: _Floor, day: date, starts: DayStarts) -> Iterator[tuple[RefusalCode, int]]:
    """What rules starts out whatever is booked, and which; a start counts under the first."""
    yield RefusalCode.PAST, starts.before(floor.now)
    yield RefusalCode.TOO_FAR, starts.every if floor.is_too_far(day) else 0
    yield RefusalCode.TOO_LATE, starts.every & ~starts.bookable
    yield RefusalCode.LEAD_TIME, starts.before(floor.now + floor.venue.policy.lead_time)


def _first_free(
    units: RankedUnits, starts: DayStarts, busy: Mapping[ResourceId, int], wanted: int
) -> tuple[list[tuple[Rank, Unit, int]], int]:
    """The first unit in order that is free, for each wanted start; and the starts that have none."""
    taken: dict[ResourceId, int] = {}
    given: list[tuple[Rank, Unit, int]] = []
    for rank, unit in units:
        if not wanted:
            break
        free = wanted
        for seat in unit.seats:
            if seat.resource not in taken:
                taken[seat.resource] = _taken(seat, starts, busy)
            free &= ~taken[seat.resource]
        if free:
            given.append((rank, unit, free))
            wanted ^= free
    return given, wanted


def _taken(seat: Seat, starts: DayStarts, busy: Mapping[ResourceId, int]) -> int:
    """The starts at which a resource is claimed, or not there, for some of the turn or its buffers."""
    away = starts.away.get(seat.resource, 0)
    claimed = busy.get(seat.resource, 0)
    if not claimed:
        return away
    cells = seat.before + starts.length + seat.after
    return away | spread_down(claimed << seat.before, cells)


def _only_held(units: RankedUnits, starts: DayStarts, sheet: DaySheet, full: int) -> int:
    """Of the starts that have no unit, those that would have one if every hold lapsed."""
    if not full or not sheet.held:
        return 0
    booked = {name: sheet.busy[name] & ~held for name, held in sheet.held.items()}
    return full & ~_first_free(units, starts, {**sheet.busy, **booked}, full)[1]


def _paced(sheet: DaySheet, starts: DayStarts, covers: int) -> int:
    """The starts in pacing windows that have no room for such a party."""
    paced = 0
    for window in starts.windows:
        charged_covers, charged_parties = sheet.charges.get(window.key, (0, 0))
        rule = window.rule
        if (rule.max_covers is not None and charged_covers + covers > rule.max_covers) or (
            rule.max_parties is not None and charged_parties + 1 > rule.max_parties
        ):
            paced |= window.starts
    return paced


def _keep_the_seat_fit(
    floor: _Floor,
    wish: Wish,
    service: ServiceId,
    starts: DayStarts,
    given: list[tuple[Rank, Unit, int]],
) -> tuple[list[tuple[Rank, Unit, int]], int]:
    """Withdraw tables that are too large for the party while a fitting one is free.

    Also returns the starts withdrawn. Only a table asked for by name can break the rule: otherwise
    the fitting ones come first in order anyway.
    """
    limit = floor.venue.policy.max_waste
    if limit is None or wish.resource is None:
        return given, 0
    anyone = _ranking(floor.venue, service, wish.covers, wish.preferences, wish.required, None)
    fitting = tuple((rank, unit) for rank, unit in anyone if rank[0] <= limit)
    kept: list[tuple[Rank, Unit, int]] = []
    withdrawn = 0
    for rank, unit, free in given:
        allowed = free
        if rank[0] > limit:
            allowed = _first_free(fitting, starts, floor.sheet.busy, free)[1]
        kept.append((rank, unit, allowed))
        withdrawn |= free ^ allowed
    return kept, withdrawn


# --- which units -----------------------------------------------------------------------------


def _services(venue: Venue, wish: Wish) -> tuple[ServiceId, ...]:
    return (wish.service,) if wish.service is not None else tuple(s.id for s in venue.services)


def _ranked_units(venue: Venue, service: ServiceId, wish: Wish) -> RankedUnits:
    return _ranking(venue, service, wish.covers, wish.preferences, wish.required, wish.resource)


@lru_cache(maxsize=2048)
def _ranking(
    venue: Venue,
    service: ServiceId,
    covers: int,
    preferences: frozenset[str],
    required: frozenset[str],
    resource: ResourceId | None,
) -> RankedUnits:
    """The units that can serve a party, best first."""
    return _ranked(
        (
            unit
            for unit in units_of(venue, service)
            if unit.seats_party(covers)
            and required <= unit.features
            and (resource is None or resource in unit.resources)
        ),
        covers,
        preferences,
    )


def _ranked(units: Iterable[Unit], covers: int, preferences: frozenset[str]) -> RankedUnits:
    ranked = (
        (
            (
                unit.max_covers - covers,
                len(preferences - unit.features),
                len(unit.seats),
                unit.size,
                unit.resources,
            ),
            unit,
        )
        for unit in units
    )
    return tuple(sorted(ranked, key=lambda pair: pair[0]))


def _units_on(venue: Venue, slot: Slot) -> RankedUnits:
    """The one unit a slot occupies; empty where it is none, or not for such a party."""
    wanted = tuple(sorted(slot.resources))
    units = units_of(venue, slot.service) + split_units(venue, slot.service, slot.covers)
    exact = (u for u in units if u.resources == wanted and u.seats_party(slot.covers))
    return _ranked(exact, slot.covers, frozenset())


def _party_refusal(venue: Venue, wish: Wish) -> Refusal | None:
    """Why a party of this size cannot book here at all, or None where it can."""
    smallest, largest = _party_limits(venue, wish.service)
    if wish.covers < smallest:
        return Refusal(RefusalCode.PARTY_TOO_SMALL, service=wish.service)
    if wish.covers > venue.policy.max_party:
        return Refusal(RefusalCode.PARTY_TOO_LARGE, service=wish.service)
    if wish.covers > largest and not any(
        split_units(venue, service, wish.covers) for service in _services(venue, wish)
    ):
        return Refusal(RefusalCode.PARTY_TOO_LARGE, service=wish.service)
    return None


@lru_cache(maxsize=1024)
def _party_limits(venue: Venue, service: ServiceId | None) -> tuple[int, int]:
    """The smallest and the largest party that some unit seats, within the house's own minimum."""
    services = [service] if service is not None else [each.id for each in venue.services]
    units = [unit for each in services for unit in units_of(venue, each)]
    smallest = min((unit.min_covers for unit in units), default=1)
    largest = max((unit.max_covers for unit in units), default=0)
    return max(smallest, venue.policy.min_party), largest


# --- putting answers together ----------------------------------------------------------------

_HOPE = {
    code: hope
    for hope, code in enumerate(
        (
            RefusalCode.HELD,
            RefusalCode.PACING,
            RefusalCode.NO_RESOURCE,
            RefusalCode.LEAD_TIME,
            RefusalCode.TOO_LATE,
            RefusalCode.CLOSED,
            RefusalCode.TOO_FAR,
            RefusalCode.PAST,
        )
    )
}
"""Where two services refuse one start for different reasons, the more hopeful one is told."""


def _one_per_start(offers: Iterable[_Offer]) -> list[_Offer]:
    """The best offer for each start, best first."""
    best: dict[int, _Offer] = {}
    for offer in sorted(offers):
        best.setdefault(offer.bit, offer)
    return list(best.values())


def _most_hopeful(answers: Iterable[_Answer], *, offered: set[int]) -> list[_Refused]:
    """One refusal for each start that no service offers, by time."""
    hopeful: dict[int, _Refused] = {}
    for answer in answers:
        for refused in answer.refused:
            known = hopeful.get(refused.bit)
            if refused.bit not in offered and (
                known is None or _HOPE[refused.code] < _HOPE[known.code]
            ):
                hopeful[refused.bit] = refused
    return [hopeful[bit] for bit in sorted(hopeful)]


def _refusal_of_target(
    floor: _Floor, wish: Wish, offers: Sequence[_Offer], refused: Sequence[_Refused]
) -> Refusal | None:
    """Why the wished start cannot be had; None where it is offered."""
    target = min(max(wish.target, wish.earliest), wish.latest)
    if any(offer.start.minute == target for offer in offers):
        return None
    for each in refused:
        if each.start.minute == target:
            return each.told()
    return _refusal_off_the_grid(floor, wish, target)


def _refusal_off_the_grid(floor: _Floor, wish: Wish, target: int) -> Refusal:
    """Why there is no start at a minute of the day at all."""
    venue = floor.venue
    instant = instant_of(wish.day, target, venue.zone)
    spans = open_minutes(venue, wish.day, wish.service)
    if instant < floor.now:
        return Refusal(RefusalCode.PAST, instant, wish.service)
    if floor.is_too_far(wish.day):
        return Refusal(RefusalCode.TOO_FAR, instant, wish.service)
    if not spans:
        return Refusal(RefusalCode.CLOSED, service=wish.service)
    for start, end in spans:
        if start <= target < end:
            late = not _has_a_start(venue, wish, target, end)
            code = RefusalCode.TOO_LATE if late else RefusalCode.OFF_GRID
            return Refusal(code, instant, wish.service)
    return Refusal(RefusalCode.CLOSED, instant, wish.service)


def _has_a_start(venue: Venue, wish: Wish, first: int, end: int) -> bool:
    """Whether a turn may begin between two service-day minutes, [first, end)."""
    for service in _services(venue, wish):
        turn = venue.service(service).turn_time(wish.covers)
        starts = day_starts(venue, wish.day, service, turn)
        if starts.between(first, end - 1) & starts.bookable:
            return True
    return False


def _alternatives(
    venue: Venue, sheets: Mapping[date, DaySheet], wish: Wish, now: datetime, limit: int
) -> Iterator[Slot]:
    """The stages of `nearest_alternatives`, best first; starts may come twice."""
    same_meal = replace(wish, service=wish.service or _meal_at(venue, wish, sheets))
    sheet = sheets.get(wish.day)
    other_meal: tuple[Slot, ...] = ()
    if sheet is not None:
        yield from find_slots(venue, sheet, same_meal, now=now, limit=limit).slots
        yield from _split_slots(venue, sheet, same_meal, now, limit)
        if same_meal.service is not None and venue.kind is VenueKind.RESTAURANT:
            other = replace(wish, service=None)
            other_meal = find_slots(venue, sheet, other, now=now, limit=limit).slots
    yield from _mixed(_slots_beside(venue, sheets, same_meal, now, limit), other_meal)
    if wish.resource is not None:
        yield from _alternatives(venue, sheets, replace(wish, resource=None), now, limit)


def _meal_at(venue: Venue, wish: Wish, sheets: Iterable[date]) -> ServiceId | None:
    """The meal of a wish that names none: what is served at its time, that day or on one beside it."""
    if venue.kind is not VenueKind.RESTAURANT:
        return None
    for day in sorted(sheets, key=lambda day: abs((day - wish.day).days)):
        for service in venue.services:
            spans = open_minutes(venue, day, service.id)
            if any(start <= wish.target < end for start, end in spans):
                return service.id
    return None


_BEFORE_ANOTHER_MEAL = 2
"""So many starts of the same meal on other days come before each start of another meal that day."""


def _mixed(beside: Sequence[Slot], other_meal: Sequence[Slot]) -> Iterator[Slot]:
    """Both kinds of alternatives in turn, each in its own order."""
    others = iter(other_meal)
    for first in range(0, len(beside), _BEFORE_ANOTHER_MEAL):
        yield from beside[first : first + _BEFORE_ANOTHER_MEAL]
        yield from islice(others, 1)
    yield from others


def _split_slots(
    venue: Venue, sheet: DaySheet, wish: Wish, now: datetime, limit: int
) -> tuple[Slot, ...]:
    """Slots of the wish on two tables that are not a permitted combination."""
    if not venue.policy.allow_split or _party_refusal(venue, wish) is not None:
        return ()
    floor = _Floor.of(venue, sheet, now=now, moving=wish.moving)
    offers = _one_per_start(
        offer
        for order, service in enumerate(_services(venue, wish))
        for offer in _ask(
            floor, wish, service, _split_ranking(venue, service, wish), order=order
        ).offers
    )
    return tuple(offer.slot(wish.covers) for offer in offers[:limit])


def _split_ranking(venue: Venue, service: ServiceId, wish: Wish) -> RankedUnits:
    pairs = split_units(venue, service, wish.covers)
    suitable = (
        unit
        for unit in pairs
        if wish.required <= unit.features
        and (wish.resource is None or wish.resource in unit.resources)
    )
    return _ranked(suitable, wish.covers, wish.preferences)


def _slots_beside(
    venue: Venue, sheets: Mapping[date, DaySheet], wish: Wish, now: datetime, limit: int
) -> list[Slot]:
    """Slots on the other days; an hour by the clock weighs as much as a day."""
    weighed: list[tuple[int, datetime, Slot]] = []
    for day, sheet in sheets.items():
        if day != wish.day:
            there = replace(wish, day=day)
            for slot in find_slots(venue, sheet, there, now=now, limit=limit).slots:
                minutes = abs(minute_of(slot.start, day, venue.zone) - wish.target)
                weight = minutes + 60 * abs((day - wish.day).days)
                weighed.append((weight, slot.start, slot))
    return [slot for _, _, slot in sorted(weighed, key=lambda each: each[:2])[:limit]]


def _claim(venue: Venue, name: ResourceId, slot: Slot) -> Claim:
    resource = venue.resource(name)
    return Claim(
        resource=name,
        first=cell_of(slot.start) - cells_in(resource.buffer_before),
        end=cell_after(slot.end) + cells_in(resource.buffer_after),
    )
