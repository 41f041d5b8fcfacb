"""What a reply says, before it has words: dialogue acts with their facts.

A reply is a sequence of acts. The human agent words them and adds nothing; the claim check holds
every sentence against the facts that stand here. So an act is made only from what the engine has
just established.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.availability import RefusalCode
from domain.booking import Booking
from domain.floor import Slot
from domain.venue import ResourceId, ServiceId
from domain.when import DayTrouble


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot put to the guest. While `hold_id` is set it is kept for them until `expires_at`."""

    id: str
    slot: Slot
    expires_at: datetime
    hold_id: str = ""
    waitlist: str = ""
    """The waitlist entry whose place this is (`domain.waitlist.WaitlistId`); empty for any other offer."""


class Detail(StrEnum):
    """What a booking needs to know; the names go out as `missing` in the chat answer."""

    SERVICE = "service"
    PARTY_SIZE = "party_size"
    DATE = "date"
    TIME = "time"
    NAME = "name"
    PHONE = "phone"


class Purpose(StrEnum):
    """What a booking is being looked up for."""

    MOVE = "move"
    CANCEL = "cancel"
    CHECK = "check"


# --- courtesies and questions about us ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Greet:
    """Welcome, and what one can do here."""


@dataclass(frozen=True, slots=True)
class WelcomeBack:
    """Takes up, days later, what was being arranged."""


@dataclass(frozen=True, slots=True)
class Thanked:
    """ "You're welcome"."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Goodbye; with the booking to come, where there is one."""

    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """What the guest can ask for here."""


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Yes, a machine; a person can be asked for."""


@dataclass(frozen=True, slots=True)
class Smalltalk:
    """A kind word, and back to business."""


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """Not something the house can help with here."""


@dataclass(frozen=True, slots=True)
class Sympathy:
    """The guest said what hurts: sympathy, no advice, an appointment offered; emergencies pointed on."""

    phone: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """We did not understand, for the `tries`-th time in a row."""

    tries: int = 1


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done here, by number: 1 book, 2 change or cancel, 3 a question, 4 a person."""


@dataclass(frozen=True, slots=True)
class KeepCalm:
    """The guest is insulting: stay polite, offer help or a person."""


@dataclass(frozen=True, slots=True)
class SayAgain:
    """The guest asked to repeat: the last reply, once more."""

    text: str


# --- collecting --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noted:
    """What has just been taken down or corrected, said back; None fields are not mentioned."""

    covers: int | None = None
    day: date | None = None
    minute: int | None = None
    """Service-day minute."""
    service: ServiceId | None = None
    name: str | None = None
    phone: str | None = None
    requests: tuple[str, ...] = ()
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks for one detail (with the day's opening, the services, … as `options`, ready to show)."""

    detail: Detail
    tries: int = 1
    options: tuple[str, ...] = ()
    day: date | None = None
    """The day already known, when the time is asked."""


@dataclass(frozen=True, slots=True)
class AskWhichDay:
    """The day can be one of several: which?"""

    options: tuple[date, ...]
    trouble: DayTrouble


@dataclass(frozen=True, slots=True)
class NoSuchDay:
    """That day does not exist or is past; `suggestion` may be meant."""

    trouble: DayTrouble
    said: date | None
    suggestion: date | None


@dataclass(frozen=True, slots=True)
class AskWhichTime:
    """Morning or evening? Service-day minutes."""

    options: tuple[int, ...]
    day: date | None


@dataclass(frozen=True, slots=True)
class NoSuchTime:
    """There is no such time of day."""


@dataclass(frozen=True, slots=True)
class AskHowMany:
    """ "8 o 9": which of the two?"""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AskWhichService:
    options: tuple[ServiceId, ...]


@dataclass(frozen=True, slots=True)
class ResourceUnknown:
    """A practitioner or table by that name is not here; these are."""

    said: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LargeParty:
    """More people than can be booked online: staff take it."""

    covers: int
    limit: int
    phone: str


# --- offering ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """These slots can be had.

    With `refusal` they are alternatives: what was wished (`wished`, an instant, or only a day) cannot
    be had for that reason. Without it and with one offer, that is what the guest asked for, and a
    yes books it. `reason` is one sentence of the logic agent about its first choice, checked like
    any other.
    """

    offers: tuple[Offer, ...]
    refusal: RefusalCode | None = None
    wished: datetime | None = None
    wished_day: date | None = None
    moving: Booking | None = None
    """The booking that one of these would replace."""
    reason: str = ""
    taken_meanwhile: bool = False
    """What the guest had picked went to somebody else in the meantime."""
    reminder: bool = False
    """The same offers as before, after a digression."""
    details_taken: bool = False
    """A reminder to a guest who gave a name or a phone where a yes was asked for."""
    some_hours: bool = False
    """The wish was for some hours of `wished_day` ("por la tarde"): the refusal is about these."""
    resource: ResourceId | None = None
    """The practitioner or table asked for by name: the refusal is about them."""


@dataclass(frozen=True, slots=True)
class NothingFree:
    """Nothing on the wished day nor near it; `code` says why the wish itself cannot be had."""

    code: RefusalCode
    wished: datetime | None = None
    day: date | None = None
    opening: tuple[tuple[int, int], ...] = ()
    """When the house is open that day, service-day minutes; empty where it is closed."""
    lead_minutes: int | None = None
    window_days: int | None = None
    waitlist: bool = False
    """Whether the guest may join the waitlist."""
    phone: str = ""
    some_hours: bool = False
    """As in `Offered`."""
    resource: ResourceId | None = None
    """As in `Offered`."""


@dataclass(frozen=True, slots=True)
class OfferGone:
    """The offer the guest refers to has lapsed; a new search follows or is offered."""


@dataclass(frozen=True, slots=True)
class ChooseOffer:
    """It is not clear which of the offers is meant."""

    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class NoneChosen:
    """The guest wants none of the offers: what else would suit?"""


# --- outcomes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Booked:
    """The booking is confirmed. `earlier` marks one made by a turn that was cut off before it said so."""

    booking: Booking
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """It is taken down, not confirmed yet; we will say so when it is."""

    booking: Booking
    what: Purpose | None = None
    """None: a new booking; MOVE or CANCEL: that change."""


class NoticeKind(StrEnum):
    """Why a guest has to hear of their booking without having asked."""

    CONFIRMED = "confirmed"
    """A booking or move that was "received" is in the store now."""
    NOT_CONFIRMED = "not_confirmed"
    """What was "received" cannot be had: staff had given the place away."""
    CANCELLATION_STORED = "cancellation_stored"
    """A cancellation that was "received" is in the store now."""
    MOVED = "moved"
    """Staff gave the booking another time or party size."""
    CANCELLED = "cancelled"
    """Staff cancelled it, or deleted its row."""
    STRANDED = "stranded"
    """Its place is taken twice, or the house is closed then: staff will be in touch."""


@dataclass(frozen=True, slots=True)
class News:
    """What has come of a booking since the guest last wrote. `before`: as they knew it, for moves."""

    kind: NoticeKind
    booking: Booking
    before: Booking | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    booking: Booking
    before: Booking


@dataclass(frozen=True, slots=True)
class Cancelled:
    booking: Booking


@dataclass(frozen=True, slots=True)
class Updated:
    """Notes, name or phone of a booking were changed."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Kept:
    """The guest does not want to cancel or move after all: the booking stands as it was."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was being arranged is dropped; nothing was booked."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The guest has said that they come: the house looks forward to it."""

    booking: Booking


# --- the waitlist --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskWaitlist:
    """Nothing is free: shall we put the guest on the waitlist for this day?"""

    day: date
    covers: int


@dataclass(frozen=True, slots=True)
class Waitlisted:
    """The guest is on the waitlist for a start between two service-day minutes, both included."""

    day: date
    covers: int
    earliest: int
    latest: int
    already: bool = False
    """They had been on it before."""


@dataclass(frozen=True, slots=True)
class OnWaitlist:
    """Beside their bookings: what the guest is waiting for."""

    day: date
    covers: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class WaitlistOver:
    """The guest waits for that day no longer."""

    day: date


@dataclass(frozen=True, slots=True)
class NotWaiting:
    """The guest wanted to leave a waitlist, and is on none."""


@dataclass(frozen=True, slots=True)
class NoWaitlist:
    """The house keeps no waitlist."""

    phone: str = ""


# --- existing bookings -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskCancel:
    """Shall this booking be cancelled?"""

    booking: Booking


@dataclass(frozen=True, slots=True)
class AskNewTime:
    """To when shall this booking be moved?"""

    booking: Booking


@dataclass(frozen=True, slots=True)
class ShowBookings:
    """The guest's bookings to come, by start; one or more."""

    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class NoBookings:
    """No booking of this guest is known here; the code would help."""

    asked_code: bool = False
    in_passing: bool = False
    """Asked beside something else that goes on: no code is asked for."""


@dataclass(frozen=True, slots=True)
class AskWhichBooking:
    bookings: tuple[Booking, ...]
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class AskLast4:
    """To touch a booking made elsewhere: the last four digits of its phone number."""

    tries: int = 1


@dataclass(frozen=True, slots=True)
class NotVerified:
    """It could not be shown that the booking is theirs."""


class Hindrance(StrEnum):
    TOO_LATE = "too_late"
    TOO_MANY_BOOKINGS = "too_many_bookings"
    TOO_MANY_HOLDS = "too_many_holds"
    NOT_OPEN = "not_open"
    """It was cancelled or is over."""
    CHANGED_MEANWHILE = "changed_meanwhile"
    STORE_DOWN = "store_down"
    SAME_TIME = "same_time"
    """It already is at that time and for that many."""


@dataclass(frozen=True, slots=True)
class CannotDo:
    """The house's rules stand against it; nothing was changed."""

    why: Hindrance
    booking: Booking | None = None
    limit: int | None = None
    phone: str = ""


# --- answers and people --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HouseSays:
    """The house's own answer to a question, in its own words."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When the house is open: by service, by day. Service-day minutes."""

    day: date | None
    services: tuple[tuple[ServiceId, tuple[tuple[int, int], ...]], ...]
    """For the day asked about, or (day None) for the coming week's typical days; see `weekly`."""
    weekly: tuple[tuple[ServiceId, int, tuple[tuple[int, int], ...]], ...] = ()
    """(service, ISO weekday, intervals) for every open weekday, when no day was asked about."""


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """Address, phone, prices, services, practitioners: the venue's own data, ready to show."""

    topic: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The house has not told us that; the phone number may help."""

    topic: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Escalated:
    """A person takes over."""

    phone: str = ""
    asked: bool = True
    """The guest asked for a person; False: we did not get any further."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something of ours is down; nothing was changed; please try again in a moment."""


Act = (
    Greet
    | WelcomeBack
    | Thanked
    | Farewell
    | Help
    | BotIdentity
    | Smalltalk
    | OutOfScope
    | Sympathy
    | NotUnderstood
    | Menu
    | KeepCalm
    | SayAgain
    | Noted
    | Ask
    | AskWhichDay
    | NoSuchDay
    | AskWhichTime
    | NoSuchTime
    | AskHowMany
    | AskWhichService
    | ResourceUnknown
    | LargeParty
    | Offered
    | NothingFree
    | OfferGone
    | ChooseOffer
    | NoneChosen
    | Booked
    | Received
    | News
    | Moved
    | Cancelled
    | Updated
    | Kept
    | Dropped
    | Expected
    | AskWaitlist
    | Waitlisted
    | OnWaitlist
    | WaitlistOver
    | NotWaiting
    | NoWaitlist
    | AskCancel
    | AskNewTime
    | ShowBookings
    | NoBookings
    | AskWhichBooking
    | AskLast4
    | NotVerified
    | CannotDo
    | HouseSays
    | OpeningHours
    | HouseFacts
    | NoAnswer
    | Escalated
    | Trouble
)
