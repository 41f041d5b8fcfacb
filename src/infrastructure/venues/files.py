"""The shape of a venue file. `loader` turns it into a `Venue` and checks what spans several keys."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from domain.venue import (
    ConfirmMode,
    FollowUpPolicy,
    Interval,
    NoAnswer,
    ResourceKind,
    VenueKind,
    WaitlistOrder,
    WaitlistPolicy,
    WeeklyHours,
)
from infrastructure.venues.words import (
    read_duration,
    read_durations,
    read_intervals,
    read_moment,
    read_party_range,
    read_quiet,
    read_weekly_hours,
)

SHORTEST_NOTICE = timedelta(minutes=15)
SHORTEST_ANSWER_TIME = timedelta(minutes=5)


def _read_zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{name!r} is not a time zone such as Europe/Madrid") from None


def _read_turn_times(table: object) -> object:
    """One duration for every party, or a table of durations by largest party."""
    return table if isinstance(table, dict) else {1: table}


def _check_notice(length: timedelta) -> timedelta:
    if length < SHORTEST_NOTICE:
        raise ValueError(f"{length} before the start is too late: the least is {SHORTEST_NOTICE}")
    return length


def _check_answer_time(length: timedelta) -> timedelta:
    if length < SHORTEST_ANSWER_TIME:
        raise ValueError(f"{length} is too short to answer: the least is {SHORTEST_ANSWER_TIME}")
    return length


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Notice = Annotated[Duration, AfterValidator(_check_notice)]
Notices = Annotated[
    tuple[Annotated[timedelta, AfterValidator(_check_notice)], ...],
    BeforeValidator(read_durations),
]
AnswerTime = Annotated[Duration, AfterValidator(_check_answer_time)]
Quiet = Annotated[Interval | None, BeforeValidator(read_quiet)]
Hours = Annotated[WeeklyHours, BeforeValidator(read_weekly_hours)]
Intervals = Annotated[tuple[Interval, ...], BeforeValidator(read_intervals)]
Moment = Annotated[tuple[date, int | None], BeforeValidator(read_moment)]
PartyRange = Annotated[tuple[int, int], BeforeValidator(read_party_range)]
TurnTimes = Annotated[dict[int, Duration], BeforeValidator(_read_turn_times), Field(min_length=1)]
Zone = Annotated[ZoneInfo, BeforeValidator(_read_zone)]
Words = dict[str, str]
"""A text by language."""
Aliases = dict[str, tuple[str, ...]]
"""Words that guests use, by language."""
Identifier = Annotated[
    str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
]
# As a browser compares it: no path, nothing that would end the policy it is written into.
Origin = Annotated[
    str, Field(pattern=r"^https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$")
]
NO_TIME = timedelta(0)
_FOLLOW_UP = FollowUpPolicy()
_WAITLIST = WaitlistPolicy()


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class ContactEntry(_Entry):
    phone: str = ""
    email: str = ""
    address: str = ""
    map_url: str = ""


class PacingEntry(_Entry):
    id: Identifier = "pacing"
    window: Duration
    covers: int | None = Field(default=None, ge=1)
    parties: int | None = Field(default=None, ge=1)
    service: str | None = None


class FollowUpEntry(_Entry):
    """What the house writes to its guests once they have booked; see `domain.venue.FollowUpPolicy`."""

    confirmation: bool = _FOLLOW_UP.confirmation
    reminders: Notices = _FOLLOW_UP.reminders
    asks: bool = _FOLLOW_UP.asks
    no_answer: NoAnswer = _FOLLOW_UP.no_answer
    answer_by: Notice = _FOLLOW_UP.answer_by
    quiet: Quiet = _FOLLOW_UP.quiet

    @model_validator(mode="after")
    def _asks_before_it_waits(self) -> Self:
        if self.no_answer is NoAnswer.KEEP:
            return self
        if not self.asks or not self.reminders:
            raise ValueError(f"no_answer: {self.no_answer} needs a reminder that asks")
        if self.answer_by >= self.reminders[0]:
            raise ValueError(
                f"answer_by is {self.answer_by} before the start, when nobody has been asked yet: "
                f"the first reminder comes {self.reminders[0]} before"
            )
        return self


class WaitlistPolicyEntry(_Entry):
    enabled: bool = _WAITLIST.enabled
    order: WaitlistOrder = _WAITLIST.order
    answer_time: AnswerTime = _WAITLIST.answer_time


class PolicyEntry(_Entry):
    lead_time: Duration = timedelta(minutes=30)
    booking_window: Duration = timedelta(days=90)
    min_party: int = Field(default=1, ge=1)
    max_party: int = Field(default=12, ge=1)
    cancel_cutoff: Duration = NO_TIME
    change_cutoff: Duration = NO_TIME
    hold_time: Duration = timedelta(minutes=10)
    max_waste: int | None = Field(default=None, ge=0)
    max_open_bookings: int = Field(default=5, ge=1)
    max_holds: int = Field(default=3, ge=1)
    confirm: ConfirmMode = ConfirmMode.EXPLICIT
    allow_split: bool = False
    closed_on_holidays: bool = False
    needs_phone: bool = False
    follow_up: FollowUpEntry = FollowUpEntry()
    waitlist: WaitlistPolicyEntry = WaitlistPolicyEntry()
    pacing: tuple[PacingEntry, ...] = ()


class ServiceEntry(_Entry):
    id: Identifier
    names: Words
    aliases: Aliases = Field(default_factory=dict)
    hours: Hours
    turn_times: TurnTimes
    needs: tuple[ResourceKind, ...] | None = Field(default=None, min_length=1)
    slot_interval: Duration = timedelta(minutes=15)
    last_seating: Duration | None = None
    price: Decimal | None = Field(default=None, ge=0)


class AbsenceEntry(_Entry):
    """Whole days, both included, or from one time to another."""

    first: Moment = Field(alias="from")
    last: Moment = Field(alias="to")


class _ResourceEntry(_Entry):
    id: Identifier
    name: str = ""
    features: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    hours: Hours | None = None
    absences: tuple[AbsenceEntry, ...] = ()
    buffer_before: Duration = NO_TIME
    buffer_after: Duration = NO_TIME


class TableEntry(_ResourceEntry):
    seats: int = Field(ge=1)
    min_party: int = Field(default=1, ge=1)
    area: str = ""
    shared: bool = False
    """A bar counter or a long table: strangers sit side by side, each party on adjacent seats."""


class PractitionerEntry(_ResourceEntry):
    patients: int = Field(default=1, ge=1)


class RoomEntry(_ResourceEntry):
    patients: int = Field(default=1, ge=1)


class CombinationEntry(_Entry):
    tables: tuple[str, ...] = Field(min_length=2)
    party: PartyRange


class ClosureEntry(_Entry):
    first: date = Field(alias="from")
    last: date | None = Field(default=None, alias="to")
    reason: str = ""
    service: str | None = None


class SpecialHoursEntry(_Entry):
    day: date
    hours: Intervals
    service: str | None = None


class AnswerEntry(_Entry):
    topic: str = Field(min_length=1)
    aliases: Aliases = Field(default_factory=dict)
    text: Words


class VenueFile(_Entry):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
    name: str = Field(min_length=1)
    kind: VenueKind
    zone: Zone
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = Field(min_length=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    subdivision: str | None = None
    """Part of the country by ISO 3166-2, for its own holidays."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    formal: bool = True
    widget_origins: tuple[Origin, ...] = ()
    """The venue's own sites, which may show the chat in a frame."""
    contact: ContactEntry = ContactEntry()
    policy: PolicyEntry = PolicyEntry()
    services: tuple[ServiceEntry, ...] = Field(min_length=1)
    tables: tuple[TableEntry, ...] = ()
    practitioners: tuple[PractitionerEntry, ...] = ()
    rooms: tuple[RoomEntry, ...] = ()
    combinations: tuple[CombinationEntry, ...] = ()
    closures: tuple[ClosureEntry, ...] = ()
    special_hours: tuple[SpecialHoursEntry, ...] = ()
    answers: tuple[AnswerEntry, ...] = ()
