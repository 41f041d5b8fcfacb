"""Availability worked out the slow way, to judge the fast one by.

Loops over five-minute instants and compares times; no bits, no masks, no plans. Wall times are
found by walking through the day and reading the clock, so that gaps and folds are met and not
computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from zoneinfo import ZoneInfo

from domain.availability import RefusalCode, Wish
from domain.floor import Slot
from domain.venue import Interval, PacingRule, Resource, ResourceId, Service, Venue

STEP = timedelta(minutes=5)
HOPE = [
    RefusalCode.HELD,
    RefusalCode.PACING,
    RefusalCode.NO_RESOURCE,
    RefusalCode.LEAD_TIME,
    RefusalCode.TOO_LATE,
    RefusalCode.CLOSED,
    RefusalCode.TOO_FAR,
    RefusalCode.PAST,
]


@dataclass(frozen=True)
class Taken:
    """A booking, or a hold that lapses."""

    id: str
    day: date
    slot: Slot
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Found:
    slots: list[Slot]
    refusals: list[tuple[datetime, RefusalCode]]


@dataclass(frozen=True)
class Group:
    """Resources that may serve a party together."""

    resources: tuple[Resource, ...]
    smallest: int
    largest: int
    features: frozenset[str]

    @property
    def names(self) -> tuple[ResourceId, ...]:
        return tuple(sorted(each.id for each in self.resources))


def first_instant(venue: Venue, day: date, minute: int) -> datetime:
    """When the wall clock first shows a service-day minute, or the first time after it."""
    return _first_showing(venue.zone, datetime.combine(day, time.min) + timedelta(minutes=minute))


@lru_cache(maxsize=100_000)
def _first_showing(zone: ZoneInfo, wall: datetime) -> datetime:
    instant = wall.replace(tzinfo=UTC) - timedelta(hours=16)
    while instant.astimezone(zone).replace(tzinfo=None) < wall:
        instant += STEP
    return instant


def grid_of(venue: Venue, service: Service, day: date) -> Iterator[tuple[int, Interval]]:
    """Every minute at which a turn of the service might begin while it is open."""
    for interval in hours_of(venue, service, day):
        for minute in range(interval.start, interval.end, 5):
            on_grid = (minute - interval.start) % (
                service.slot_interval // timedelta(minutes=1)
            ) == 0
            if on_grid and _clock_shows(venue, day, minute):
                yield minute, interval


def hours_of(venue: Venue, service: Service, day: date) -> Sequence[Interval]:
    for closure in venue.closures:
        if closure.first <= day <= closure.last and closure.service in (None, service.id):
            return ()
    for wanted in (service.id, None):
        for special in venue.special_hours:
            if special.day == day and special.service == wanted:
                return special.intervals
    if venue.policy.closed_on_holidays and day in venue.holidays:
        return ()
    return service.hours.by_weekday.get(day.isoweekday(), ())


def search(venue: Venue, wish: Wish, taken: Sequence[Taken], now: datetime) -> Found:
    """Every start in the wish's range, with its best slot or the reason why there is none."""
    live = [
        each
        for each in taken
        if (each.expires_at is None or each.expires_at > now) and each.id != wish.moving
    ]
    offers: dict[datetime, tuple[tuple[object, ...], Slot]] = {}
    refused: dict[datetime, RefusalCode] = {}
    for order, service in enumerate(venue.services):
        if wish.service in (None, service.id):
            for minute, interval in grid_of(venue, service, wish.day):
                if wish.earliest <= minute <= wish.latest:
                    _judge(
                        venue, wish, service, order, minute, interval, live, now, offers, refused
                    )
    best = sorted(offers.values(), key=lambda offer: (*offer[0][:2], offer[1].start))
    return Found(
        slots=[slot for _, slot in best],
        refusals=sorted((start, code) for start, code in refused.items() if start not in offers),
    )


def _judge(
    venue: Venue,
    wish: Wish,
    service: Service,
    order: int,
    minute: int,
    interval: Interval,
    live: Sequence[Taken],
    now: datetime,
    offers: dict[datetime, tuple[tuple[object, ...], Slot]],
    refused: dict[datetime, RefusalCode],
) -> None:
    start = first_instant(venue, wish.day, minute)
    end = start + service.turn_time(wish.covers)
    answer = _answer(venue, wish, service, minute, interval, start, end, live, now)
    if isinstance(answer, RefusalCode):
        if start not in refused or HOPE.index(answer) < HOPE.index(refused[start]):
            refused[start] = answer
        return
    key = (abs(minute - wish.target), _rank(answer, wish), order)
    slot = Slot(service.id, start, end, wish.covers, answer.names)
    if start not in offers or key < offers[start][0]:
        offers[start] = (key, slot)


def _answer(
    venue: Venue,
    wish: Wish,
    service: Service,
    minute: int,
    interval: Interval,
    start: datetime,
    end: datetime,
    live: Sequence[Taken],
    now: datetime,
) -> Group | RefusalCode:
    closing = first_instant(venue, wish.day, interval.end)
    last_day = (now + venue.policy.booking_window).astimezone(venue.zone).date()
    if start < now:
        return RefusalCode.PAST
    if wish.day > last_day:
        return RefusalCode.TOO_FAR
    if end > closing or (service.last_seating and start > closing - service.last_seating):
        return RefusalCode.TOO_LATE
    if start < now + venue.policy.lead_time:
        return RefusalCode.LEAD_TIME
    booked_only = [each for each in live if each.expires_at is None]
    best = _best_group(venue, wish, service, start, end, live)
    if best is None and _best_group(venue, wish, service, start, end, booked_only) is None:
        return RefusalCode.NO_RESOURCE
    if isinstance(best, RefusalCode):
        return best
    if _is_full(venue, service, wish, minute, live):
        return RefusalCode.PACING
    return best if best is not None else RefusalCode.HELD


def _best_group(
    venue: Venue,
    wish: Wish,
    service: Service,
    start: datetime,
    end: datetime,
    live: Sequence[Taken],
) -> Group | RefusalCode | None:
    suitable = [
        group
        for group in groups_of(venue, service)
        if group.smallest <= wish.covers <= group.largest
        and wish.required <= group.features
        and all(_is_free(venue, each, wish.day, start, end, live) for each in group.resources)
    ]
    named = [g for g in suitable if wish.resource is None or wish.resource in g.names]
    if not named:
        return None
    best = min(named, key=lambda group: _rank(group, wish))
    limit = venue.policy.max_waste
    if limit is None or best.largest - wish.covers <= limit:
        return best
    smaller_is_free = any(group.largest - wish.covers <= limit for group in suitable)
    return RefusalCode.NO_RESOURCE if smaller_is_free else best


def _rank(group: Group, wish: Wish) -> tuple[int, int, int, int, tuple[ResourceId, ...]]:
    return (
        group.largest - wish.covers,
        len([each for each in wish.preferences if each not in group.features]),
        len(group.resources),
        sum(each.max_covers for each in group.resources),
        group.names,
    )


def groups_of(venue: Venue, service: Service) -> Iterator[Group]:
    parts: list[list[Group]] = []
    for kind in service.needs:
        fit = {
            each.id: each
            for each in venue.resources
            if each.kind == kind and (not each.services or service.id in each.services)
        }
        part = [
            Group((each,), each.min_covers, each.max_covers, _found_at(each))
            for each in fit.values()
        ]
        for together in venue.combinations:
            if all(name in fit for name in together.members):
                tables = tuple(fit[name] for name in together.members)
                common = frozenset.intersection(*(_found_at(table) for table in tables))
                part.append(Group(tables, together.min_covers, together.max_covers, common))
        parts.append(part)
    for choice in product(*parts):
        resources = tuple(each for part in choice for each in part.resources)
        yield Group(
            resources,
            max(part.smallest for part in choice),
            min(part.largest for part in choice),
            frozenset().union(*(part.features for part in choice)),
        )


def _found_at(resource: Resource) -> frozenset[str]:
    return resource.features | ({resource.area} if resource.area else set())


def _is_free(
    venue: Venue,
    resource: Resource,
    day: date,
    start: datetime,
    end: datetime,
    live: Sequence[Taken],
) -> bool:
    instant = start
    while instant < end:
        if not _is_at_work(venue, resource, day, instant):
            return False
        instant += STEP
    wide = (start - resource.buffer_before, end + resource.buffer_after)
    return not any(
        resource.id in each.slot.resources
        and each.slot.start - resource.buffer_before < wide[1]
        and wide[0] < each.slot.end + resource.buffer_after
        for each in live
    )


def _is_at_work(venue: Venue, resource: Resource, day: date, instant: datetime) -> bool:
    if any(absence.start <= instant < absence.end for absence in resource.absences):
        return False
    if resource.hours is None:
        return True
    return any(
        first_instant(venue, day, shift.start) <= instant < first_instant(venue, day, shift.end)
        for shift in resource.hours.by_weekday.get(day.isoweekday(), ())
    )


def _is_full(
    venue: Venue, service: Service, wish: Wish, minute: int, live: Sequence[Taken]
) -> bool:
    for rule in venue.policy.pacing:
        if rule.service in (None, service.id):
            window = _window(venue, rule, wish.day, minute)
            there = [
                each.slot
                for each in live
                if rule.service in (None, each.slot.service)
                and _window(venue, rule, each.day, _minute_of(venue, each)) == window
            ]
            covers = sum(slot.covers for slot in there) + wish.covers
            if rule.max_covers is not None and covers > rule.max_covers:
                return True
            if rule.max_parties is not None and len(there) + 1 > rule.max_parties:
                return True
    return False


def _window(venue: Venue, rule: PacingRule, day: date, minute: int) -> datetime:
    while minute % (rule.window // timedelta(minutes=1)):
        minute -= 1
    return first_instant(venue, day, minute)


def _minute_of(venue: Venue, taken: Taken) -> int:
    wall = taken.slot.start.astimezone(venue.zone).replace(tzinfo=None)
    return (wall - datetime.combine(taken.day, time.min)) // timedelta(minutes=1)


def _clock_shows(venue: Venue, day: date, minute: int) -> bool:
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    shown = first_instant(venue, day, minute).astimezone(venue.zone).replace(tzinfo=None)
    return shown == wall
