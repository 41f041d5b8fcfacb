"""The dialogue's memory between two turns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.acts import Offer
from domain.booking import Booking, BookingCode
from domain.venue import ResourceId, ServiceId
from domain.when import TimeExpression, When

# After this long a "change it" no longer means the booking just made, and a greeting is one.
PAUSE = timedelta(minutes=30)


class Task(StrEnum):
    """What is being arranged."""

    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"
    CHECK = "check"
    WAIT = "wait"
    """Getting onto the waitlist."""


class Expecting(StrEnum):
    """What the last reply asked for: how a short answer is to be read."""

    NOTHING = "nothing"
    SERVICE = "service"
    PARTY_SIZE = "party_size"
    DATE = "date"
    TIME = "time"
    NAME = "name"
    PHONE = "phone"
    OFFER = "offer"
    """One of several offers, or a yes or no to a single one."""
    CANCEL_YES = "cancel_yes"
    WHICH_BOOKING = "which_booking"
    NEW_TIME = "new_time"
    """To when a booking shall be moved."""
    CODE = "code"
    LAST4 = "last4"
    SUGGESTED_DAY = "suggested_day"
    """A yes or no to the day suggested instead of an impossible one."""
    MENU = "menu"
    """A number of `acts.Menu`."""
    WAITLIST = "waitlist"
    """A yes or no to being put on the waitlist."""
    COMING = "coming"
    """Whether they come, asked by a reminder: only a router sees this, see `as_asked`."""
    PLACE = "place"
    """Whether they take a freed place: likewise."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of the booking being arranged."""

    service: ServiceId | None = None
    covers: int | None = None
    days: tuple[date, ...] = ()
    """The days that suit; one where the guest named one."""
    time: TimeExpression | None = None
    """As said: what it means depends on the day."""
    name: str = ""
    phone: str = ""
    email: str = ""
    resource: ResourceId | None = None
    requests: tuple[str, ...] = ()
    preferences: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Everything that one turn leaves to the next. A value; stored as JSON."""

    language: str = ""
    task: Task | None = None
    queued: tuple[Task, ...] = ()
    """Wishes of the same message that wait for the present task to end."""
    details: Details = field(default_factory=Details)
    previous: When = field(default_factory=When)
    """How the guest referred to the booking to move or cancel: "la del viernes"."""
    expecting: Expecting = Expecting.NOTHING
    offers: tuple[Offer, ...] = ()
    waitable: bool = False
    """The offers are alternatives to a wish for which the guest could wait."""
    accepted: str = ""
    """The id of the offer the guest has agreed to, while a name or phone is still missing."""
    target: Booking | None = None
    """The booking being moved or cancelled, as it was read."""
    candidates: tuple[Booking, ...] = ()
    """The bookings named when "which one?" was asked."""
    claimed: BookingCode | None = None
    """A booking made elsewhere whose owner the guest has yet to show to be."""
    verify_tries: int = 0
    day_options: tuple[date, ...] = ()
    time_options: tuple[int, ...] = ()
    failures: int = 0
    """Turns in a row that brought nothing."""
    asked: int = 0
    """How often in a row the present question has been put."""
    last_booking: BookingCode | None = None
    escalated: bool = False
    updated_at: datetime | None = None


def contact_only(details: Details) -> Details:
    """What stays known of a guest from one arrangement to the next."""
    return Details(name=details.name, phone=details.phone, email=details.email)


def cleared(state: DialogueState) -> DialogueState:
    """The state with nothing asked and nothing arranged, the number of failures and the like as before."""
    return replace(
        state,
        task=None,
        queued=(),
        details=contact_only(state.details),
        previous=When(),
        expecting=Expecting.NOTHING,
        offers=(),
        waitable=False,
        accepted="",
        target=None,
        candidates=(),
        claimed=None,
        day_options=(),
        time_options=(),
        asked=0,
    )


def silenced(state: DialogueState, *, now: datetime) -> DialogueState:
    """The state once a person has the conversation: what was being arranged is theirs."""
    return replace(finished(state), failures=0, escalated=True, updated_at=now)


def finished(state: DialogueState) -> DialogueState:
    """The state when a task has ended: only who the guest is stays."""
    return DialogueState(
        language=state.language,
        details=contact_only(state.details),
        verify_tries=state.verify_tries,
        failures=state.failures,
        last_booking=state.last_booking,
        escalated=state.escalated,
        updated_at=state.updated_at,
    )
