"""A venue and its rules: when it opens, what it offers, who and what it has, what it allows.

Everything here is data. `domain.hours` reads opening hours, `domain.floor` the resources,
`domain.availability` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

VenueId = NewType("VenueId", str)
ServiceId = NewType("ServiceId", str)
ResourceId = NewType("ResourceId", str)

MINUTES_PER_DAY = 1440
LONGEST_BUFFER = timedelta(hours=2)
"""A buffer must end within the sheet of its day (see `floor.sheet_window`)."""
_CELL = timedelta(minutes=5)


class VenueKind(StrEnum):
    RESTAURANT = "restaurant"
    CLINIC = "clinic"


class ResourceKind(StrEnum):
    TABLE = "table"
    PRACTITIONER = "practitioner"
    ROOM = "room"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Wall-clock minutes after midnight of a service day, [start, end).

    `end` may pass 1440: an interval from 1200 to 1470 is 20:00 to 00:30 and all of it belongs to
    the day on which it began.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if (
            not 0 <= self.start < MINUTES_PER_DAY
            or not self.start < self.end <= 2 * MINUTES_PER_DAY
        ):
            raise ValueError(f"not an interval of a day: {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Intervals by ISO weekday (1 is Monday), sorted; a missing weekday is closed."""

    by_weekday: Mapping[int, tuple[Interval, ...]]

    def on(self, day: date) -> tuple[Interval, ...]:
        return self.by_weekday.get(day.isoweekday(), ())


@dataclass(frozen=True, slots=True)
class Closure:
    """The venue, or one of its services, is closed on these local days, both included."""

    first: date
    last: date
    reason: str = ""
    service: ServiceId | None = None


@dataclass(frozen=True, slots=True)
class SpecialHours:
    """On this day these hours replace the weekly ones (for one service, or for all)."""

    day: date
    intervals: tuple[Interval, ...]
    service: ServiceId | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """A practitioner is away, or a table out of use: aware instants, [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Resource:
    """Something a booking occupies: a table, a practitioner, a room."""

    id: ResourceId
    kind: ResourceKind
    name: str
    min_covers: int = 1
    max_covers: int = 1
    area: str = ""
    """`terrace`, `inside`, … ; empty where it does not matter."""
    features: frozenset[str] = frozenset()
    """`terrace`, `high_chair`, `wheelchair`, `quiet`, `window`, …"""
    services: frozenset[ServiceId] = frozenset()
    """What it can serve; empty means every service."""
    hours: WeeklyHours | None = None
    """A practitioner's own working hours; None means whenever the venue is open."""
    absences: tuple[Absence, ...] = ()
    buffer_before: timedelta = timedelta(0)
    """Kept free of other bookings before each one. It may lie outside the working hours."""
    buffer_after: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        if not 1 <= self.min_covers <= self.max_covers:
            raise ValueError(f"{self.id} seats from {self.min_covers} to {self.max_covers}")
        for buffer in (self.buffer_before, self.buffer_after):
            if not timedelta(0) <= buffer <= LONGEST_BUFFER:
                raise ValueError(
                    f"{self.id} has a buffer of {buffer}; the most is {LONGEST_BUFFER}"
                )


@dataclass(frozen=True, slots=True)
class Combination:
    """Tables that may be pushed together for one party."""

    members: tuple[ResourceId, ...]
    min_covers: int
    max_covers: int


@dataclass(frozen=True, slots=True)
class TurnTime:
    """How long a party of up to `max_covers` keeps its table (or a patient the chair)."""

    max_covers: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Service:
    """Something that can be booked: lunch, dinner, a check-up."""

    id: ServiceId
    names: Mapping[str, str]
    """Display name by language."""
    aliases: Mapping[str, tuple[str, ...]]
    """What guests call it, by language, lower case."""
    hours: WeeklyHours
    turn_times: tuple[TurnTime, ...]
    """Ascending by `max_covers`; the last one serves larger parties too."""
    needs: tuple[ResourceKind, ...]
    """One resource of each: `(TABLE,)`, or `(PRACTITIONER, ROOM)`."""
    slot_interval: timedelta = timedelta(minutes=15)
    last_seating: timedelta | None = None
    """How long before closing the last party may start, where that is earlier than its turn time before
    closing: nobody is seated longer than the house is open."""
    price: int | None = None
    """In the currency's minor unit; None where the venue does not say."""

    def __post_init__(self) -> None:
        if self.slot_interval < _CELL or self.slot_interval % _CELL:
            raise ValueError(f"{self.id} cannot start every {self.slot_interval}")
        if not self.turn_times or any(step.length <= timedelta(0) for step in self.turn_times):
            raise ValueError(f"{self.id} needs a turn time")
        if not self.needs:
            raise ValueError(f"{self.id} needs at least one kind of resource")

    def turn_time(self, covers: int) -> timedelta:
        for step in self.turn_times:
            if covers <= step.max_covers:
                return step.length
        return self.turn_times[-1].length


@dataclass(frozen=True, slots=True)
class PacingRule:
    """At most so many covers and parties may start in each window of the local day.

    Windows are counted from midnight of the service day, by the wall clock, and divide the day
    evenly, so that 00:30 falls into one window whether it is read as late or as early.
    """

    id: str
    window: timedelta
    max_covers: int | None = None
    max_parties: int | None = None
    service: ServiceId | None = None

    def __post_init__(self) -> None:
        if self.window < _CELL or timedelta(days=1) % self.window:
            raise ValueError(f"pacing windows of {self.window} do not divide a day")

    def window_start(self, minute: int) -> int:
        """The service-day minute at which the window of a start begins."""
        length = int(self.window.total_seconds()) // 60
        return minute // length * length


class ConfirmMode(StrEnum):
    EXPLICIT = "explicit"
    """A booking waits for the guest's yes to a stated offer."""
    IMPLICIT = "implicit"
    """A guest who names an exact free slot and says to book it has agreed already."""


class NoAnswer(StrEnum):
    """What becomes of a booking whose guest has not answered a reminder that asks."""

    KEEP = "keep"
    TELL_STAFF = "tell_staff"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class FollowUpPolicy:
    """What the house writes to its guests once they have booked."""

    confirmation: bool = True
    """A written confirmation, where it can be sent to somewhere else than the conversation."""
    reminders: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(hours=2))
    """How long before the start, descending. Whole days are days of the wall clock: a reminder a day
    before 21:00 comes at 21:00, whether the clocks change in between or not."""
    asks: bool = True
    """Whether the first reminder asks the guest to say that they come."""
    no_answer: NoAnswer = NoAnswer.KEEP
    answer_by: timedelta = timedelta(hours=4)
    """How long before the start `no_answer` is applied."""
    quiet: Interval | None = Interval(22 * 60, 33 * 60)
    """Wall-clock minutes in which nobody is written to of our own accord; may pass midnight."""


class WaitlistOrder(StrEnum):
    """Who of those that a freed place would suit is asked first."""

    FIRST = "first"
    """Whoever has waited longest."""
    LARGEST = "largest"
    """The largest party, then whoever has waited longest."""


@dataclass(frozen=True, slots=True)
class WaitlistPolicy:
    enabled: bool = True
    order: WaitlistOrder = WaitlistOrder.FIRST
    answer_time: timedelta = timedelta(minutes=30)
    """For how long a freed place is kept for the guest it is offered to."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the house allows."""

    lead_time: timedelta = timedelta(minutes=30)
    booking_window: timedelta = timedelta(days=90)
    min_party: int = 1
    max_party: int = 12
    """Larger parties go to staff."""
    cancel_cutoff: timedelta = timedelta(0)
    change_cutoff: timedelta = timedelta(0)
    hold_time: timedelta = timedelta(minutes=10)
    max_waste: int | None = None
    """Covers a party may leave empty at a table while smaller ones are free; None: no limit."""
    max_open_bookings: int = 5
    max_holds: int = 3
    confirm: ConfirmMode = ConfirmMode.EXPLICIT
    allow_split: bool = False
    """Whether a party may be offered two tables that are not a permitted combination."""
    closed_on_holidays: bool = False
    needs_phone: bool = False
    """Whether a booking needs a phone number (a channel that proves one counts)."""
    follow_up: FollowUpPolicy = field(default_factory=FollowUpPolicy)
    waitlist: WaitlistPolicy = field(default_factory=WaitlistPolicy)
    pacing: tuple[PacingRule, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseAnswer:
    """The venue's own answer to a question guests ask: parking, menu, insurance."""

    topic: str
    aliases: Mapping[str, tuple[str, ...]]
    """Words that ask for it, by language, lower case."""
    text: Mapping[str, str]
    """The answer, by language."""


@dataclass(frozen=True, slots=True)
class Contact:
    phone: str = ""
    email: str = ""
    address: str = ""
    map_url: str = ""


@dataclass(frozen=True, slots=True)
class Venue:
    """One house, with everything the engine needs to know about it."""

    id: VenueId
    name: str
    kind: VenueKind
    zone: ZoneInfo
    languages: tuple[str, ...]
    """Spoken there; the first is used where the guest's is unknown."""
    country: str
    """ISO 3166-1 alpha-2: how local phone numbers and public holidays are read."""
    currency: str
    services: tuple[Service, ...]
    resources: tuple[Resource, ...]
    combinations: tuple[Combination, ...] = ()
    policy: Policy = field(default_factory=Policy)
    closures: tuple[Closure, ...] = ()
    special_hours: tuple[SpecialHours, ...] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Public holidays by local day, fed from outside; they close the house only if its policy says so."""
    answers: tuple[HouseAnswer, ...] = ()
    contact: Contact = field(default_factory=Contact)
    widget_origins: tuple[str, ...] = ()
    """Pages that may show the chat in a frame, as origins: `https://laterraza.example`."""
    formal: bool = True
    """Whether the house says `usted` (True) or `tú`."""

    def __hash__(self) -> int:
        # Equality is by value; the hash only has to be quick, because what is derived from a venue
        # (units, the starts of a day) is cached by it.
        return hash(self.id)

    def service(self, service_id: ServiceId) -> Service:
        """Raises: KeyError for a service the venue does not offer."""
        for service in self.services:
            if service.id == service_id:
                return service
        raise KeyError(service_id)

    def resource(self, resource_id: ResourceId) -> Resource:
        """Raises: KeyError for a resource the venue does not have."""
        for resource in self.resources:
            if resource.id == resource_id:
                return resource
        raise KeyError(resource_id)

    @property
    def language(self) -> str:
        return self.languages[0]
