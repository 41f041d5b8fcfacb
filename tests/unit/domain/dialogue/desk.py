"""A front desk without a floor: actions succeed unless a test says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from domain.acts import Act, Offer
from domain.availability import RefusalCode, Wish
from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.dialogue import (
    Action,
    AppointmentKept,
    BookingDone,
    BookingsFound,
    BookOffer,
    CancelBooking,
    CheckLast4,
    DialogueState,
    EditBooking,
    FindBookings,
    Here,
    JoinWaitlist,
    KeepAppointment,
    KeepOffer,
    LeaveWaitlist,
    MoveBooking,
    OfferKept,
    Outcome,
    Prompt,
    Search,
    SearchDone,
    VerifyDone,
    WaitlistJoined,
    WaitlistLeft,
    conclude,
    next_step,
)
from domain.floor import Slot
from domain.guest import Guest
from domain.understanding import Intent, Understanding
from domain.venue import ResourceId, ServiceId, Venue, VenueId
from domain.zones import instant_of
from tests.unit.domain.houses import restaurant

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
"""A Saturday."""

A = TypeVar("A")


def says(*intents: Intent, **details: Any) -> Understanding:
    return Understanding(intents or (Intent.INFORM,), details.pop("language", "es"), **details)


def booking(code: str = "AAA222CCC", *, days: int = 6, hour: int = 21, **own: Any) -> Booking:
    """A table for two, so many days after NOW, at an hour of Madrid's winter."""
    start = NOW.replace(hour=hour - 1) + timedelta(days=days)
    return Booking(
        **{
            "id": BookingId(f"id-{code}"),
            "code": BookingCode(code),
            "venue": VenueId("house"),
            "service": ServiceId("dinner"),
            "start": start,
            "end": start + timedelta(minutes=90),
            "party_size": PartySize(2),
            "resources": (ResourceId("T1"),),
            "status": BookingStatus.CONFIRMED,
            "guest": Guest("ana", "Ana"),
            "created_at": NOW,
            **own,
        }
    )


@dataclass
class Desk:
    """Plays one conversation and remembers what was asked for and said."""

    venue: Venue = field(default_factory=restaurant)
    now: datetime = NOW
    phone: str = ""
    full: set[int] = field(default_factory=set)
    """Service-day minutes that cannot be had."""
    closed_to: RefusalCode | None = None
    """Why nothing can be had at all."""
    waiting: tuple[WaitlistJoined, ...] = ()
    """What the guest is on the waitlist for."""
    prompt: Prompt | None = None
    answered: list[str] = field(default_factory=list)
    bookings: tuple[Booking, ...] = ()
    scripted: list[Outcome] = field(default_factory=list)
    """Outcomes that come before the usual ones."""
    state: DialogueState = field(default_factory=DialogueState)
    actions: list[Action] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def hears(self, said: Understanding) -> tuple[Act, ...]:
        here = Here(self.venue, self.now, said, self.phone, "the last reply", self.prompt)
        step = next_step(self.state, here)
        acts = list(step.acts)
        self.released.extend(step.release)
        if step.answered:
            self.answered.append(step.answered)
            self.prompt = None
        while step.action is not None:
            self.actions.append(step.action)
            outcome = self.scripted.pop(0) if self.scripted else self._usual(step.action)
            step = conclude(step.state, step.action, outcome, here)
            acts.extend(step.acts)
            self.released.extend(step.release)
        self.state = step.state
        return tuple(acts)

    def asked(self, kind: type[A]) -> A:
        """The last action of a kind. Raises: IndexError where there was none."""
        return [action for action in self.actions if isinstance(action, kind)][-1]

    def did(self, kind: type[Any]) -> bool:
        return any(isinstance(action, kind) for action in self.actions)

    def _usual(self, action: Action) -> Outcome:
        match action:
            case Search():
                return self._search(action)
            case KeepOffer(offer=offer):
                return OfferKept(replace(offer, hold_id="kept"))
            case BookOffer():
                return BookingDone(self._write(action))
            case MoveBooking(booking=before, offer=offer):
                moved = replace(before, start=offer.slot.start, end=offer.slot.end)
                return BookingDone(moved, before)
            case CancelBooking(booking=before):
                return BookingDone(replace(before, status=BookingStatus.CANCELLED), before)
            case FindBookings(code=code):
                fitting = tuple(b for b in self.bookings if code in {"", b.code})
                return BookingsFound(fitting, waiting=() if code else self.waiting)
            case CheckLast4(purpose=purpose):
                return VerifyDone(None, purpose)
            case EditBooking(notes=notes):
                return BookingDone(replace(booking(), notes=notes))
            case KeepAppointment(booking=kept):
                return AppointmentKept(kept)
            case JoinWaitlist(day=day, covers=covers, earliest=earliest, latest=latest):
                joined = WaitlistJoined(day, covers, earliest, latest)
                self.waiting = (*self.waiting, joined)
                return joined
            case LeaveWaitlist(days=days):
                left = tuple(w.day for w in self.waiting if not days or w.day in days)
                return WaitlistLeft(left)

    def _search(self, action: Search) -> SearchDone:
        wish = action.wishes[0]
        wished = instant_of(wish.day, wish.target, self.venue.zone)
        if self.closed_to is not None:
            return SearchDone((), self.closed_to, wished, wish.day)
        if action.exact and wish.target not in self.full:
            return SearchDone((self._offer(wish, wish.target, "1", held=True),), None, wished)
        free = (wish.target - 30, wish.target + 30, wish.target + 60)
        offers = tuple(self._offer(wish, minute, str(n)) for n, minute in enumerate(free, 1))
        refusal = RefusalCode.NO_RESOURCE if action.exact else None
        return SearchDone(offers, refusal, wished, wish.day)

    def _offer(self, wish: Wish, minute: int, name: str, *, held: bool = False) -> Offer:
        start = instant_of(wish.day, minute, self.venue.zone)
        service = wish.service or self.venue.services[-1].id
        slot = Slot(service, start, start + timedelta(minutes=90), wish.covers, (ResourceId("T1"),))
        return Offer(name, slot, self.now + timedelta(minutes=10), "held" if held else "")

    def _write(self, action: BookOffer) -> Booking:
        slot = action.offer.slot
        return booking(
            "NEW222NEW",
            start=slot.start,
            end=slot.end,
            party_size=PartySize(slot.covers),
            guest=Guest("ana", action.name, action.phone),
            notes=action.notes,
        )
