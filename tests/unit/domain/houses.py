"""Venues for tests: one restaurant and one clinic of fixed shape, and random small ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.availability import Wish, place
from domain.floor import LAST_MINUTE, Allocation, Slot
from domain.venue import (
    Absence,
    Closure,
    Combination,
    Interval,
    PacingRule,
    Policy,
    Resource,
    ResourceId,
    ResourceKind,
    Service,
    ServiceId,
    SpecialHours,
    TurnTime,
    Venue,
    VenueId,
    VenueKind,
    WeeklyHours,
)
from infrastructure.zones import use_packaged_zones
from tests.unit.domain.naive import Taken, first_instant, grid_of, groups_of

use_packaged_zones()

MADRID = ZoneInfo("Europe/Madrid")
LA_PAZ = ZoneInfo("America/La_Paz")
LUNCH = ServiceId("lunch")
DINNER = ServiceId("dinner")
CHECK_UP = ServiceId("check-up")
EXTRACTION = ServiceId("extraction")
FRIDAY = date(2026, 11, 27)
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
NINE = 21 * 60


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def every_day(*spans: tuple[int, int]) -> WeeklyHours:
    intervals = tuple(Interval(*span) for span in spans)
    return WeeklyHours(dict.fromkeys(range(1, 8), intervals))


def table(name: str, seats: int, **own: Any) -> Resource:
    return Resource(
        **{
            "id": ResourceId(name),
            "kind": ResourceKind.TABLE,
            "name": name,
            "max_covers": seats,
            **own,
        }
    )


def service(name: str, hours: WeeklyHours, *turns: tuple[int, int], **own: Any) -> Service:
    return Service(
        **{
            "id": ServiceId(name),
            "names": {"es": name},
            "aliases": {},
            "hours": hours,
            "turn_times": tuple(TurnTime(most, minutes(length)) for most, length in turns),
            "needs": (ResourceKind.TABLE,),
            **own,
        }
    )


def restaurant(**own: Any) -> Venue:
    """Dinner 20:00 to 00:30 every day, lunch 13:00 to 16:00; tables for 2, 2, 4 and 8."""
    return Venue(
        **{
            "id": VenueId("house"),
            "name": "House",
            "kind": VenueKind.RESTAURANT,
            "zone": MADRID,
            "languages": ("es",),
            "country": "ES",
            "currency": "EUR",
            "services": (
                service("lunch", every_day((780, 960)), (12, 90)),
                service("dinner", every_day((1200, 1470)), (2, 90), (12, 105)),
            ),
            "resources": (
                table("T1", 2, area="inside"),
                table("T2", 2, area="terrace"),
                table("T3", 4, area="inside", features=frozenset({"wheelchair"})),
                table("T4", 8, area="inside"),
            ),
            "combinations": (Combination((ResourceId("T1"), ResourceId("T2")), 3, 4),),
            **own,
        }
    )


def clinic(**own: Any) -> Venue:
    """Two practitioners, one of whom works mornings only, and two rooms."""
    hours = every_day((510, 750), (870, 1110))
    needs = (ResourceKind.PRACTITIONER, ResourceKind.ROOM)
    return Venue(
        **{
            "id": VenueId("clinic"),
            "name": "Clinic",
            "kind": VenueKind.CLINIC,
            "zone": LA_PAZ,
            "languages": ("es",),
            "country": "BO",
            "currency": "BOB",
            "services": (
                service("check-up", hours, (1, 30), needs=needs),
                service("extraction", hours, (1, 60), needs=needs),
            ),
            "resources": (
                table("DRA-A", 1, kind=ResourceKind.PRACTITIONER),
                table("DR-B", 1, kind=ResourceKind.PRACTITIONER, hours=every_day((510, 750))),
                table("ROOM-1", 1, kind=ResourceKind.ROOM, buffer_after=minutes(10)),
                table("ROOM-2", 1, kind=ResourceKind.ROOM),
            ),
            "policy": Policy(max_party=1),
            **own,
        }
    )


def exactly(minute: int, covers: int = 2, day: date = FRIDAY, **own: Any) -> Wish:
    return Wish(
        **{
            "day": day,
            "covers": covers,
            "earliest": minute,
            "latest": minute,
            "target": minute,
            **own,
        }
    )


def any_time(target: int, covers: int = 2, day: date = FRIDAY, **own: Any) -> Wish:
    return exactly(target, covers, day, **{"earliest": 0, "latest": LAST_MINUTE, **own})


def booked(
    venue: Venue, slot: Slot, *, name: str = "b1", expires_at: datetime | None = None
) -> Allocation:
    placement = place(venue, slot)
    return Allocation(name, placement.claims, placement.charges, expires_at)


# --- random small houses ----------------------------------------------------------------------

# Ordinary days, and days on which clocks change by an hour, by half an hour, and at midnight.
ZONED_DAYS = (
    ("Europe/Madrid", date(2026, 11, 27)),
    ("Europe/Madrid", date(2026, 10, 24)),
    ("Europe/Madrid", date(2026, 10, 25)),
    ("Europe/Madrid", date(2027, 3, 27)),
    ("Europe/Madrid", date(2027, 3, 28)),
    ("America/La_Paz", date(2026, 12, 1)),
    ("America/Havana", date(2027, 11, 6)),
    ("America/Havana", date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2027, 4, 29)),
    ("Africa/Cairo", date(2027, 4, 30)),
)
_FEATURES = st.frozensets(st.sampled_from(["quiet", "window", "wheelchair"]), max_size=2)
_BUFFERS = st.sampled_from([0, 0, 0, 5, 15]).map(minutes)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Interval, ...]:
    """One or two opening intervals of a day; the second may run past midnight."""
    first = draw(st.sampled_from([1, 0, 2, 7, 10])) * 60 + draw(st.sampled_from([0, 15, 30]))
    opening = Interval(first, first + draw(st.integers(24, 50)) * 5)
    if draw(st.booleans()):
        return (opening,)
    second = draw(st.integers(16, 23)) * 60
    return (opening, Interval(second, second + draw(st.integers(18, 80)) * 5))


@st.composite
def weekly(draw: st.DrawFn, day: date) -> WeeklyHours:
    """The same hours every day, but for a chance that the day itself is closed."""
    intervals = draw(spans())
    closed = day.isoweekday() if draw(st.integers(0, 9)) == 9 else 0
    return WeeklyHours({iso: intervals for iso in range(1, 8) if iso != closed})


@st.composite
def services(draw: st.DrawFn, day: date, needs: tuple[ResourceKind, ...]) -> tuple[Service, ...]:
    return tuple(
        service(
            name,
            draw(weekly(day)),
            (2, draw(st.sampled_from([25, 30, 60]))),
            (12, draw(st.sampled_from([60, 105]))),
            needs=needs,
            slot_interval=minutes(draw(st.sampled_from([15, 15, 20, 30]))),
            last_seating=draw(st.sampled_from([None, None, minutes(30), minutes(90)])),
        )
        for name in ("lunch", "dinner")[: draw(st.integers(1, 2))]
    )


@st.composite
def resources(
    draw: st.DrawFn, zone: ZoneInfo, day: date, kind: ResourceKind, prefix: str
) -> tuple[Resource, ...]:
    made: list[Resource] = []
    for number in range(1, draw(st.sampled_from([3, 2, 4, 1])) + 1):
        noon = datetime.combine(day, datetime.min.time(), zone) + timedelta(hours=12)
        away = draw(st.sampled_from([None, None, -180, 0, 480]))
        absence = None if away is None else (noon + minutes(away)).astimezone(UTC)
        smallest = draw(st.sampled_from([1, 1, 2]))
        made.append(
            table(
                f"{prefix}{number}",
                max(smallest, draw(st.sampled_from([2, 4, 4, 6, 3, 1]))),
                kind=kind,
                min_covers=smallest,
                area=draw(st.sampled_from(["", "terrace", "inside"])),
                features=draw(_FEATURES),
                services=frozenset({LUNCH}) if draw(st.integers(0, 5)) == 5 else frozenset(),
                hours=draw(weekly(day)) if draw(st.integers(0, 4)) == 4 else None,
                absences=() if absence is None else (Absence(absence, absence + minutes(95)),),
                buffer_before=draw(_BUFFERS),
                buffer_after=draw(_BUFFERS),
            )
        )
    return tuple(made)


@st.composite
def combinations_of(draw: st.DrawFn, tables: Sequence[Resource]) -> tuple[Combination, ...]:
    if len(tables) < 2 or draw(st.booleans()):
        return ()
    members = draw(st.permutations(tables).map(lambda order: order[:2]))
    return (Combination(tuple(each.id for each in members), draw(st.integers(1, 4)), 8),)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    rule = PacingRule(
        "kitchen",
        minutes(draw(st.sampled_from([15, 30, 60]))),
        max_covers=draw(st.sampled_from([4, 6, 8, None])),
        max_parties=draw(st.sampled_from([None, 2, 1])),
        service=draw(st.sampled_from([None, LUNCH])),
    )
    return Policy(
        lead_time=minutes(draw(st.sampled_from([0, 30, 120]))),
        booking_window=timedelta(days=draw(st.sampled_from([90, 90, 90, 90, 1, 0]))),
        max_party=8,
        max_waste=draw(st.sampled_from([None, 0, 1, 3])),
        closed_on_holidays=draw(st.booleans()),
        pacing=(rule,) if draw(st.integers(0, 2)) else (),
    )


@st.composite
def venues(draw: st.DrawFn) -> tuple[Venue, date]:
    """A small house and a day worth looking at."""
    zone_name, day = draw(st.sampled_from(ZONED_DAYS))
    zone = ZoneInfo(zone_name)
    is_clinic = draw(st.integers(0, 3)) == 3
    kinds = (ResourceKind.PRACTITIONER, ResourceKind.ROOM) if is_clinic else (ResourceKind.TABLE,)
    rooms = [draw(resources(zone, day, kind, kind[0].upper())) for kind in kinds]
    offered = draw(services(day, kinds))
    special = st.builds(SpecialHours, st.just(day), spans(), st.sampled_from([None, offered[0].id]))
    closure = st.builds(Closure, st.just(day), st.just(day), service=st.just(offered[-1].id))
    venue = Venue(
        id=VenueId("random"),
        name="Random",
        kind=VenueKind.CLINIC if is_clinic else VenueKind.RESTAURANT,
        zone=zone,
        languages=("es",),
        country="ES",
        currency="EUR",
        services=offered,
        resources=tuple(each for group in rooms for each in group),
        combinations=() if is_clinic else draw(combinations_of(rooms[0])),
        policy=draw(policies()),
        closures=(draw(closure),) if draw(st.integers(0, 9)) == 9 else (),
        special_hours=(draw(special),) if draw(st.integers(0, 5)) == 5 else (),
        holidays={day: "feast"} if draw(st.integers(0, 5)) == 5 else {},
    )
    return venue, day


@st.composite
def bookings(draw: st.DrawFn, venue: Venue, day: date, now: datetime) -> tuple[Taken, ...]:
    """What is booked and held that day and the night before; staff may have booked twice."""
    taken: list[Taken] = []
    for number in range(draw(st.sampled_from([4, 8, 2, 1, 0]))):
        offered = draw(st.sampled_from(venue.services))
        that_day = day - timedelta(days=1) if draw(st.integers(0, 4)) == 4 else day
        grid = [minute for minute, _ in grid_of(venue, offered, that_day)]
        groups = list(groups_of(venue, offered))
        if grid and groups:
            start = first_instant(venue, that_day, draw(st.sampled_from(grid)))
            length = minutes(draw(st.sampled_from([25, 60, 105])))
            names = draw(st.sampled_from(groups)).names
            slot = Slot(offered.id, start, start + length, draw(st.integers(1, 6)), names)
            lapse = draw(st.sampled_from([None, None, -5, 5]))
            expires_at = None if lapse is None else now + minutes(lapse)
            taken.append(Taken(f"b{number}", that_day, slot, expires_at))
    return tuple(taken)


@st.composite
def wishes(draw: st.DrawFn, venue: Venue, day: date, taken: Sequence[Taken]) -> Wish:
    earliest = draw(st.sampled_from([0, 0, 0, 600, 1200]))
    names = [each.id for each in venue.resources]
    return Wish(
        day=day,
        covers=draw(st.sampled_from([1, 2, 2, 2, 3, 4, 6])),
        earliest=earliest,
        latest=draw(st.sampled_from([LAST_MINUTE, LAST_MINUTE, LAST_MINUTE, 1300, earliest])),
        target=draw(st.integers(0, 30)) * 60,
        service=draw(st.sampled_from([None, *(each.id for each in venue.services)])),
        preferences=draw(st.frozensets(st.sampled_from(["terrace", "quiet", "view"]), max_size=2)),
        required=frozenset({"wheelchair"}) if draw(st.integers(0, 9)) == 9 else frozenset(),
        resource=draw(st.sampled_from(names)) if draw(st.integers(0, 4)) == 4 else None,
        moving=draw(st.sampled_from([None, *(each.id for each in taken)])),
    )


@st.composite
def moments(draw: st.DrawFn, venue: Venue, day: date) -> datetime:
    """A now on or before the day: hours before its noon."""
    noon = first_instant(venue, day, 720)
    return noon - minutes(draw(st.sampled_from([1500, 1500, 1500, 800, 4000, 300, 7, 0, -90])))
