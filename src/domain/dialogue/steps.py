"""What the dialogue asks the application to do, and what can come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from domain.acts import Act, Hindrance, Offer, Purpose
from domain.availability import RefusalCode, Wish
from domain.booking import Booking, BookingCode
from domain.dialogue.state import DialogueState
from domain.venue import ServiceId
from domain.waitlist import WaitlistId, Wants

# --- actions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Search:
    """Look for slots; one wish for each day that suits."""

    wishes: tuple[Wish, ...]
    exact: bool
    """One day and one time: where that is free it is the only offer."""
    moving: Booking | None = None
    taken_meanwhile: bool = False


@dataclass(frozen=True, slots=True)
class KeepOffer:
    """Hold an offer while the guest is asked for a name or phone."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class BookOffer:
    """Write the booking the guest has agreed to."""

    offer: Offer
    name: str
    phone: str
    email: str
    notes: str


@dataclass(frozen=True, slots=True)
class MoveBooking:
    booking: Booking
    offer: Offer


@dataclass(frozen=True, slots=True)
class CancelBooking:
    booking: Booking


@dataclass(frozen=True, slots=True)
class FindBookings:
    """The guest's open bookings; with `code`, that one."""

    purpose: Purpose
    code: str = ""


@dataclass(frozen=True, slots=True)
class CheckLast4:
    """Do these four digits end the phone number of that booking?"""

    code: BookingCode
    digits: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class EditBooking:
    """Add to a booking's notes, or put right its name or phone; empty fields stay as they are."""

    code: BookingCode
    notes: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class KeepAppointment:
    """The guest has said, when reminded, that they come."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class JoinWaitlist:
    """Put the guest on the waitlist of a day."""

    day: date
    """The service day."""
    covers: int
    earliest: int
    """Service-day minutes between which a start would suit, both included."""
    latest: int
    service: ServiceId | None
    name: str
    phone: str
    email: str
    notes: str
    wants: Wants = field(default_factory=Wants)


@dataclass(frozen=True, slots=True)
class LeaveWaitlist:
    """Take the guest off the waitlist: `entry`, or what they wait for on `days` (empty: on any)."""

    entry: WaitlistId | None = None
    days: tuple[date, ...] = ()


Action = (
    Search
    | KeepOffer
    | BookOffer
    | MoveBooking
    | CancelBooking
    | FindBookings
    | CheckLast4
    | EditBooking
    | KeepAppointment
    | JoinWaitlist
    | LeaveWaitlist
)

# --- outcomes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchDone:
    """What can be had. Without `refusal` the wish itself is among the offers."""

    offers: tuple[Offer, ...]
    refusal: RefusalCode | None = None
    wished: datetime | None = None
    """The start wished for, where it was exact."""
    wished_day: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OfferKept:
    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferLost:
    """Somebody else has it now."""


@dataclass(frozen=True, slots=True)
class BookingDone:
    """A booking was written; its status says whether it is confirmed. `before`: as it was."""

    booking: Booking
    before: Booking | None = None
    settled: bool = True
    """Whether the booking store has it: a cancellation is not said to be done before."""


@dataclass(frozen=True, slots=True)
class AppointmentKept:
    """The booking as it stands."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class WaitlistJoined:
    day: date
    covers: int
    earliest: int
    latest: int
    already: bool = False
    """They were on the list before: nothing new was written."""


@dataclass(frozen=True, slots=True)
class WaitlistLeft:
    """The days the guest waits for no longer; empty where they were on no list."""

    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class BookingsFound:
    bookings: tuple[Booking, ...]
    foreign: BookingCode | None = None
    """The code exists, but this guest has not shown that it is theirs."""
    waiting: tuple[WaitlistJoined, ...] = ()
    """What the guest is on the waitlist for, where all bookings were asked for."""


@dataclass(frozen=True, slots=True)
class VerifyDone:
    """`booking` where the digits were right, else None."""

    booking: Booking | None
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Hindered:
    """The rules or a fault stood against it; nothing was changed."""

    why: Hindrance
    booking: Booking | None = None
    limit: int | None = None


Outcome = (
    SearchDone
    | OfferKept
    | OfferLost
    | BookingDone
    | BookingsFound
    | VerifyDone
    | AppointmentKept
    | WaitlistJoined
    | WaitlistLeft
    | Hindered
)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: say `acts`, and carry out `action` where there is one."""

    state: DialogueState
    acts: tuple[Act, ...] = ()
    action: Action | None = None
    release: tuple[str, ...] = ()
    """Holds that nobody is waiting for any more."""
    answered: str = ""
    """The key of the prompt to which the message was the answer."""
