"""Carrying out what the dialogue asks for: each action becomes use cases, each result an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never

import structlog

from application.errors import DependencyError, StoreUnavailable
from application.ports.aftercare import GuestWaitlist
from application.ports.agents import AgentReceipt, LogicAgent
from application.ports.bookings import Once
from application.ports.search_observer import SearchObserver
from application.reservations import Candidates, Reservations, fingerprint, races_at
from domain.acts import Hindrance, Offer
from domain.booking import Booking, BookingCode, spoken_code
from domain.dialogue import (
    Action,
    AppointmentKept,
    BookingDone,
    BookingsFound,
    BookOffer,
    CancelBooking,
    CheckLast4,
    EditBooking,
    FindBookings,
    Hindered,
    JoinWaitlist,
    KeepAppointment,
    KeepOffer,
    LeaveWaitlist,
    MoveBooking,
    OfferKept,
    OfferLost,
    Outcome,
    Search,
    SearchDone,
    VerifyDone,
    WaitlistJoined,
    WaitlistLeft,
)
from domain.errors import (
    BookingChanged,
    BookingNotFound,
    IllegalTransition,
    PacingExceeded,
    SlotTaken,
    TooLateToChange,
    TooManyBookings,
    TooManyHolds,
)
from domain.floor import Slot
from domain.guest import Guest
from domain.venue import Venue
from domain.waitlist import WaitlistEntry, WaitlistId

# How many offers a reply can hold.
MAX_OFFERS = 3

log = structlog.get_logger()


@dataclass(slots=True)
class Errand:
    """For whom actions are carried out, and what came up on the way."""

    venue: Venue
    user_id: str
    channel: str
    phone: str
    language: str
    conversation_id: str
    turn: int
    message_id: str
    words: str
    now: datetime
    receipts: list[AgentReceipt] = field(default_factory=list)
    source: str = ""
    """Where the last search's knowledge came from; empty where nothing was searched."""
    age_s: float = 0.0
    """How old that knowledge was at most: sheets are checked against the ledger at every search, and
    what staff write elsewhere reaches the ledger a little later."""

    @property
    def holder(self) -> str:
        return f"{self.venue.id}:{self.user_id}"

    @property
    def hold_id(self) -> str:
        return f"{self.conversation_id}:{self.turn}"

    def once(self, what: str, *request: object) -> Once:
        """One write of this message, whichever worker carries it out and however often."""
        key = f"turn:{self.conversation_id}:{self.turn}:{self.message_id}:{what}"
        return Once(key, fingerprint(what, *request), self.conversation_id, self.turn)


class Actions:
    """Carries out actions through the use cases, asking the logic agent where there is a choice."""

    def __init__(
        self,
        *,
        reservations: Reservations,
        logic: LogicAgent,
        observer: SearchObserver | None = None,
        waitlist: GuestWaitlist | None = None,
    ) -> None:
        """Without `waitlist` nobody can be put on one: the guest hears that it cannot be done now."""
        self._reservations = reservations
        self._logic = logic
        self._observer = observer
        self._waitlist = waitlist

    async def carry_out(self, action: Action, errand: Errand) -> Outcome:
        """What came of an action. The house's refusals are outcomes too, and so is a ledger that
        cannot be reached; nothing was changed then."""
        try:
            return await self._carry_out(action, errand)
        except (SlotTaken, PacingExceeded):
            return OfferLost()
        except TooManyBookings as error:
            return Hindered(Hindrance.TOO_MANY_BOOKINGS, limit=error.limit)
        except TooLateToChange:
            return Hindered(Hindrance.TOO_LATE, _booking_of(action))
        except IllegalTransition:
            return Hindered(Hindrance.NOT_OPEN, _booking_of(action))
        except (BookingChanged, BookingNotFound):
            return Hindered(Hindrance.CHANGED_MEANWHILE)
        except StoreUnavailable:
            return Hindered(Hindrance.STORE_DOWN)

    async def _carry_out(self, action: Action, errand: Errand) -> Outcome:
        match action:
            case Search():
                found = await self._search(action, errand)
                if self._observer is not None:
                    self._observer.searched(errand.conversation_id, errand.venue, action, found)
                return found
            case KeepOffer(offer=offer):
                return OfferKept(await self._kept(offer, errand))
            case BookOffer():
                return await self._book(action, errand)
            case MoveBooking():
                return await self._move(action, errand)
            case CancelBooking(booking=booking):
                once = errand.once("cancel", booking.code)
                cancelled = await self._reservations.cancel(errand.venue, booking, once=once)
                settled = await self._reservations.is_settled(cancelled)
                return BookingDone(cancelled, booking, settled=settled)
            case FindBookings():
                return await self._find(action, errand)
            case CheckLast4():
                return await self._check(action, errand)
            case EditBooking():
                return await self._edit(action, errand)
            case KeepAppointment(booking=booking):
                return await self._keep(booking)
            case JoinWaitlist():
                return await self._join(action, errand)
            case LeaveWaitlist():
                return WaitlistLeft(await self._leave(action, errand))
            case never:
                assert_never(never)

    # --- searching -------------------------------------------------------------------------------

    async def _search(self, action: Search, errand: Errand) -> SearchDone:
        for _ in range(races_at(errand.venue)):
            found = await self._reservations.search(
                errand.venue,
                action.wishes,
                exact=action.exact,
                moving=None if action.moving is None else action.moving.code,
                own_hold=errand.hold_id,
            )
            errand.source = found.source
            errand.age_s = found.age_s
            exact = action.exact and found.refusal is None and len(found.slots) == 1
            if not exact:
                return await self._several(action, found, errand)
            offer = _offer(found.slots[0], 1, errand)
            try:
                kept = offer if _is_own(action, offer) else await self._kept(offer, errand)
            except (SlotTaken, PacingExceeded):
                continue
            return SearchDone((kept,), None, found.wished, found.wished_day)
        raise StoreUnavailable("every look was outrun by somebody else's hold")

    async def _several(self, action: Search, found: Candidates, errand: Errand) -> SearchDone:
        slots: Sequence[Slot] = found.slots
        reason = ""
        if len(slots) > 1:
            slots, reason = await self._weighed(action, found, errand)
        # The best ones, told in the order of the clock: "21:15, 20:30 or 22:00" is hard to hear.
        best = sorted(slots[:MAX_OFFERS], key=lambda slot: slot.start)
        offers = tuple(_offer(slot, number, errand) for number, slot in enumerate(best, 1))
        return SearchDone(offers, found.refusal, found.wished, found.wished_day, reason)

    async def _weighed(
        self, action: Search, found: Candidates, errand: Errand
    ) -> tuple[Sequence[Slot], str]:
        """The candidates as the logic agent ranks them; what it leaves out follows in our order."""
        try:
            ranked = await self._logic.run(
                venue=errand.venue,
                wish=action.wishes[0],
                words=errand.words,
                candidates=found.slots,
                language=errand.language,
            )
        except DependencyError:
            return found.slots, ""
        errand.receipts.append(ranked.receipt)
        chosen = [found.slots[i] for i in ranked.order if 0 <= i < len(found.slots)]
        rest = [slot for slot in found.slots if slot not in chosen]
        return [*chosen, *rest], ranked.reason

    async def _kept(self, offer: Offer, errand: Errand) -> Offer:
        """The offer with its slot held; unheld where the guest holds as many as the house allows."""
        try:
            hold = await self._reservations.hold(
                errand.venue,
                offer.slot,
                hold_id=offer.hold_id or errand.hold_id,
                holder=errand.holder,
            )
        except TooManyHolds:
            return offer
        if hold.placement.slot != offer.slot:
            # An earlier try of this turn held something else under this id.
            await self._reservations.release(hold.id)
            return await self._kept(replace(offer, hold_id=""), errand)
        return replace(offer, hold_id=hold.id, expires_at=hold.expires_at)

    # --- writing ---------------------------------------------------------------------------------

    async def _book(self, action: BookOffer, errand: Errand) -> Outcome:
        guest = Guest(errand.user_id, action.name, action.phone, action.email, errand.language)
        booking = await self._reservations.book(
            errand.venue,
            action.offer.slot,
            guest=guest,
            notes=action.notes,
            channel=errand.channel,
            hold_id=action.offer.hold_id or None,
            once=errand.once("book", action.offer.slot, action.name),
        )
        if action.offer.waitlist:
            await self._taken_up(WaitlistId(action.offer.waitlist), booking)
        return BookingDone(booking)

    async def _move(self, action: MoveBooking, errand: Errand) -> Outcome:
        moved = await self._reservations.move(
            errand.venue,
            action.booking,
            action.offer.slot,
            hold_id=action.offer.hold_id or None,
            once=errand.once("move", action.booking.code, action.offer.slot),
        )
        return BookingDone(moved, action.booking)

    async def _edit(self, action: EditBooking, errand: Errand) -> Outcome:
        booking = await self._reservations.get(action.code)
        notes = "; ".join(note for note in (booking.notes, action.notes) if note)
        guest = replace(
            booking.guest,
            name=action.name or booking.guest.name,
            phone=action.phone or booking.guest.phone,
        )
        changed = replace(booking, notes=notes, guest=guest)
        once = errand.once("edit", action)
        return BookingDone(await self._reservations.edit(changed, once=once), booking)

    # --- existing bookings -----------------------------------------------------------------------

    async def _find(self, action: FindBookings, errand: Errand) -> BookingsFound:
        own = await self._reservations.of_guest(
            errand.venue, user_id=errand.user_id, phone=errand.phone
        )
        if not action.code:
            waiting = tuple(_joined(entry) for entry in await self._waiting(errand))
            return BookingsFound(tuple(own), waiting=waiting)
        code = spoken_code(action.code)
        mine = tuple(booking for booking in own if booking.code == code)
        if mine:
            return BookingsFound(mine)
        booking = await self._foreign(code, errand)
        return BookingsFound((), foreign=None if booking is None else booking.code)

    async def _foreign(self, code: BookingCode, errand: Errand) -> Booking | None:
        """A booking of this house under that code that can still be changed, whoever made it."""
        try:
            booking = await self._reservations.get(code)
        except BookingNotFound:
            return None
        reachable = booking.venue == errand.venue.id and booking.is_open
        return booking if reachable and booking.start > errand.now else None

    async def _check(self, action: CheckLast4, errand: Errand) -> VerifyDone:
        booking = await self._foreign(action.code, errand)
        digits = "" if booking is None else "".join(filter(str.isdigit, booking.guest.phone))
        right = len(digits) >= 4 and digits[-4:] == action.digits
        return VerifyDone(booking if right else None, action.purpose)

    # --- what follows a booking ------------------------------------------------------------------

    async def _keep(self, booking: Booking) -> Outcome:
        now = await self._reservations.get(booking.code)
        return AppointmentKept(now) if now.is_open else Hindered(Hindrance.NOT_OPEN, now)

    async def _join(self, wish: JoinWaitlist, errand: Errand) -> Outcome:
        if self._waitlist is None:
            return Hindered(Hindrance.STORE_DOWN)
        entry = await self._waitlist.join(
            errand.venue,
            wish,
            guest=Guest(errand.user_id, wish.name, wish.phone, wish.email, errand.language),
            channel=errand.channel,
            now=errand.now,
        )
        return _joined(entry, already=entry.created_at < errand.now)

    async def _leave(self, action: LeaveWaitlist, errand: Errand) -> tuple[date, ...]:
        """The days that were waited for."""
        if self._waitlist is None:
            return ()
        if action.entry is not None:
            entries = [action.entry]
        else:
            waiting = await self._waiting(errand)
            entries = [e.id for e in waiting if not action.days or e.day in action.days]
        left = [await self._waitlist.decline(entry) for entry in entries]
        return tuple(sorted({entry.day for entry in left if entry is not None}))

    async def _waiting(self, errand: Errand) -> Sequence[WaitlistEntry]:
        if self._waitlist is None:
            return ()
        return await self._waitlist.of_guest(
            errand.venue, user_id=errand.user_id, phone=errand.phone
        )

    async def _taken_up(self, entry: WaitlistId, booking: Booking) -> None:
        """The booking stands, whatever becomes of this."""
        if self._waitlist is None:
            return
        try:
            await self._waitlist.take_up(entry, booking)
        except StoreUnavailable:
            log.warning("waitlist.not_noted", entry=entry)


def _joined(entry: WaitlistEntry, *, already: bool = False) -> WaitlistJoined:
    return WaitlistJoined(entry.day, entry.covers, entry.earliest, entry.latest, already)


def _offer(slot: Slot, number: int, errand: Errand) -> Offer:
    expires_at = errand.now + errand.venue.policy.hold_time
    return Offer(f"{errand.turn}-{number}", slot, expires_at)


def _is_own(action: Search, offer: Offer) -> bool:
    """Whether an offer overlaps the very booking it would replace.

    Then part of it is the guest's own and cannot be claimed twice: it is offered without a hold,
    and the move decides.
    """
    old, slot = action.moving, offer.slot
    if old is None or not set(old.resources) & set(slot.resources):
        return False
    return old.start < slot.end and slot.start < old.end


def _booking_of(action: Action) -> Booking | None:
    match action:
        case MoveBooking(booking=booking) | CancelBooking(booking=booking):
            return booking
        case _:
            return None
