"""One outcome in, one step out: what to tell the guest, or what to do next."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from domain.acts import (
    Act,
    AskLast4,
    AskWhichBooking,
    Booked,
    Cancelled,
    CannotDo,
    Dropped,
    Expected,
    Hindrance,
    Moved,
    NoBookings,
    NothingFree,
    NotVerified,
    NotWaiting,
    Offered,
    OnWaitlist,
    Purpose,
    Received,
    ShowBookings,
    Trouble,
    Updated,
    Waitlisted,
    WaitlistOver,
)
from domain.availability import RefusalCode, service_day, start_windows
from domain.booking import Booking, BookingStatus
from domain.dialogue.choosing import picked_bookings
from domain.dialogue.details import missing_details, question_for
from domain.dialogue.here import Here
from domain.dialogue.proceed import ask_again, complete_offer, held_by, proceed
from domain.dialogue.state import Details, DialogueState, Expecting, Task, finished
from domain.dialogue.steps import (
    Action,
    AppointmentKept,
    BookingDone,
    BookingsFound,
    BookOffer,
    CancelBooking,
    EditBooking,
    FindBookings,
    Hindered,
    KeepOffer,
    LeaveWaitlist,
    MoveBooking,
    OfferKept,
    OfferLost,
    Outcome,
    Search,
    SearchDone,
    Step,
    VerifyDone,
    WaitlistJoined,
    WaitlistLeft,
)
from domain.dialogue.waiting import may_wait, wait_for
from domain.understanding import Intent
from domain.venue import ConfirmMode
from domain.when import AnyTime, ClockTime

# A wrong number is forgiven twice; then only a person can help.
MAX_VERIFY_TRIES = 3


def conclude(state: DialogueState, action: Action, outcome: Outcome, here: Here) -> Step:
    """What follows from what came of an action. Pure, like `next_step`."""
    match outcome:
        case SearchDone():
            assert isinstance(action, Search)
            return _after_search(state, action, outcome, here)
        case OfferKept(offer=offer):
            offers = tuple(offer if o.id == offer.id else o for o in state.offers)
            return _ask_contact(replace(state, offers=offers), here)
        case OfferLost():
            return _look_again(state, action, here)
        case BookingDone():
            return _after_writing(state, action, outcome, here)
        case BookingsFound():
            assert isinstance(action, FindBookings)
            return _after_finding(state, action, outcome, here)
        case VerifyDone():
            return _after_verifying(state, outcome, here)
        case AppointmentKept(booking=booking):
            return _expected(state, booking, here)
        case WaitlistJoined():
            act = Waitlisted(
                outcome.day, outcome.covers, outcome.earliest, outcome.latest, outcome.already
            )
            return _then_queued(finished(state), state, here, act)
        case WaitlistLeft(days=days):
            left = tuple(WaitlistOver(day) for day in days) or (NotWaiting(),)
            ended = finished(state) if state.task in {Task.WAIT, Task.CANCEL} else state
            return Step(ended, left)
        case Hindered():
            return _after_hindrance(state, outcome, here)
        case never:
            assert_never(never)


# --- searching -----------------------------------------------------------------------------------


def _after_search(state: DialogueState, action: Search, found: SearchDone, here: Here) -> Step:
    if state.task is Task.WAIT:
        if may_wait(found, here):
            return wait_for(state, action, found, here)
        if found.refusal is not None:
            state = replace(state, task=Task.BOOK)  # waiting would be of no use
    if not found.offers:
        return _nothing_free(state, action, found, here)
    waitable = state.task is Task.BOOK and may_wait(found, here)
    offering = replace(
        state, offers=found.offers, expecting=Expecting.OFFER, asked=1, waitable=waitable
    )
    if _agreed_already(offering, action, found, here):
        return complete_offer(replace(offering, accepted=found.offers[0].id), here)
    same = _is_where_it_was(action, found)
    if same and action.moving is not None:
        return Step(
            replace(offering, offers=(), expecting=Expecting.NEW_TIME),
            (CannotDo(Hindrance.SAME_TIME, action.moving),),
            release=held_by(offering),
        )
    act = Offered(
        found.offers,
        refusal=found.refusal,
        wished=found.wished,
        wished_day=found.wished_day,
        moving=action.moving,
        reason=found.reason,
        taken_meanwhile=action.taken_meanwhile,
        some_hours=_wants_some_hours(state, action),
        resource=action.wishes[0].resource,
    )
    return Step(offering, (act,))


def _wants_some_hours(state: DialogueState, action: Search) -> bool:
    """Whether the guest named some hours of the day, so that a refusal is not about all of it."""
    return not action.exact and not isinstance(state.details.time, AnyTime | None)


def _agreed_already(state: DialogueState, action: Search, found: SearchDone, here: Here) -> bool:
    """Whether the house takes "book the 21:00 table" for a yes to it."""
    return (
        here.venue.policy.confirm is ConfirmMode.IMPLICIT
        and action.exact
        and found.refusal is None
        and len(found.offers) == 1
        and state.task is Task.BOOK
        and here.said.wants(Intent.BOOK)
        and not action.taken_meanwhile
    )


def _is_where_it_was(action: Search, found: SearchDone) -> bool:
    booking = action.moving
    return (
        booking is not None
        and found.refusal is None
        and len(found.offers) == 1
        and found.offers[0].slot.start == booking.start
        and found.offers[0].slot.covers == booking.party_size.covers
        and found.offers[0].slot.service == booking.service
    )


def _nothing_free(state: DialogueState, action: Search, found: SearchDone, here: Here) -> Step:
    policy = here.venue.policy
    code = found.refusal or RefusalCode.NO_RESOURCE
    day = found.wished_day or action.wishes[0].day
    waitlist = state.task is Task.BOOK and may_wait(found, here)
    act = NothingFree(
        code,
        wished=found.wished,
        day=day,
        opening=tuple(start_windows(here.venue, day)),
        lead_minutes=int(policy.lead_time.total_seconds() // 60),
        window_days=policy.booking_window.days,
        waitlist=waitlist,
        phone=here.venue.contact.phone,
        some_hours=_wants_some_hours(state, action),
        resource=action.wishes[0].resource,
    )
    expecting = Expecting.WAITLIST if waitlist else Expecting.DATE
    waiting = replace(state, offers=(), expecting=expecting, asked=1)
    return Step(waiting, (act,))


def _ask_contact(state: DialogueState, here: Here) -> Step:
    missing = missing_details(state, here.venue, phone=here.phone)
    if not missing:
        return complete_offer(state, here)
    state, question = question_for(missing[0], state, here)
    return Step(state, (question,))


def _look_again(state: DialogueState, action: Action, here: Here) -> Step:
    """The offer went to somebody else: look around its own time, not around the first wish."""
    assert isinstance(action, KeepOffer | BookOffer | MoveBooking)
    slot = action.offer.slot
    local = slot.start.astimezone(here.venue.zone)
    details = replace(
        state.details,
        days=(service_day(here.venue, slot.start),),
        time=ClockTime(local.hour, local.minute, twenty_four=True),
    )
    again = proceed(replace(state, details=details, offers=(), accepted=""), here)
    if isinstance(again.action, Search):
        return replace(again, action=replace(again.action, taken_meanwhile=True))
    return again


# --- written -------------------------------------------------------------------------------------


def _after_writing(state: DialogueState, action: Action, done: BookingDone, here: Here) -> Step:
    booking = done.booking
    act = _outcome(action, done)
    release = held_by(state) if isinstance(action, BookOffer | MoveBooking) else ()
    queued = state.queued
    last = None if booking.status is BookingStatus.CANCELLED else booking.code
    known = _known_guest(state.details, booking)
    if isinstance(action, EditBooking):
        return Step(replace(state, last_booking=booking.code), (act,))
    ended = replace(finished(state), details=known, last_booking=last)
    if not queued:
        return Step(ended, (act,), release=release)
    going_on = replace(
        ended,
        task=queued[0],
        queued=queued[1:],
        details=replace(state.details, name=known.name) if queued[0] is Task.BOOK else known,
        previous=state.previous,
    )
    following = proceed(going_on, here, act)
    return replace(following, release=(*release, *following.release))


def _outcome(action: Action, done: BookingDone) -> Act:
    booking = done.booking
    received = booking.status in {BookingStatus.RECEIVED, BookingStatus.CONFIRMING}
    match action:
        case MoveBooking(booking=before):
            return Received(booking, Purpose.MOVE) if received else Moved(booking, before)
        case CancelBooking():
            return Cancelled(booking) if done.settled else Received(booking, Purpose.CANCEL)
        case EditBooking():
            return Updated(booking)
        case _:
            return Received(booking) if received else Booked(booking)


def _expected(state: DialogueState, booking: Booking, here: Here) -> Step:
    """They come; what they ask for beside it is noted."""
    known = replace(state, last_booking=booking.code)
    notes = "; ".join(here.said.requests)
    return Step(known, (Expected(booking),), EditBooking(booking.code, notes) if notes else None)


def _known_guest(details: Details, booking: Booking) -> Details:
    return Details(
        name=booking.guest.name or details.name,
        phone=details.phone,
        email=details.email,
    )


# --- existing bookings ---------------------------------------------------------------------------


def _after_finding(
    state: DialogueState, action: FindBookings, found: BookingsFound, here: Here
) -> Step:
    if action.purpose is Purpose.CHECK and state.task not in {None, Task.CHECK}:
        return _told_in_passing(state, found, here)
    if found.foreign is not None:
        asking = replace(state, claimed=found.foreign, expecting=Expecting.LAST4, asked=1)
        return Step(asking, (AskLast4(),))
    if not found.bookings:
        return _none_found(state, action, found, here)
    if action.purpose is Purpose.CHECK:
        fitting = picked_bookings(found.bookings, state.previous, here) or found.bookings
        shown = replace(
            finished(state), last_booking=fitting[0].code if len(fitting) == 1 else None
        )
        return _then_queued(shown, state, here, ShowBookings(fitting), *_waiting_for(found))
    fitting = picked_bookings(found.bookings, state.previous, here)
    if len(fitting) == 1:
        return proceed(replace(state, target=fitting[0], candidates=()), here)
    candidates = fitting or found.bookings
    asking = replace(
        state, candidates=candidates, expecting=Expecting.WHICH_BOOKING, asked=state.asked + 1
    )
    return Step(asking, (AskWhichBooking(candidates, action.purpose),))


def _told_in_passing(state: DialogueState, found: BookingsFound, here: Here) -> Step:
    """The guest's bookings beside something else, which goes on where it was."""
    fitting = picked_bookings(found.bookings, here.said.previous, here) or found.bookings
    shown = (ShowBookings(fitting),) if fitting else ()
    told = (*shown, *_waiting_for(found)) or (NoBookings(in_passing=True),)
    return Step(state, (*told, *ask_again(state, here)))


def _waiting_for(found: BookingsFound) -> tuple[OnWaitlist, ...]:
    return tuple(OnWaitlist(w.day, w.covers, w.earliest, w.latest) for w in found.waiting)


def _none_found(
    state: DialogueState, action: FindBookings, found: BookingsFound, here: Here
) -> Step:
    if state.queued:
        return _then_queued(finished(state), state, here, NoBookings())
    if found.waiting and action.purpose is Purpose.CANCEL:
        return Step(state, (), LeaveWaitlist())
    if found.waiting:
        return Step(finished(state), _waiting_for(found))
    if action.code:
        asking = replace(state, expecting=Expecting.CODE, asked=state.asked + 1)
        return Step(asking, (NoBookings(asked_code=True),))
    if action.purpose is Purpose.CANCEL and held_by(state):
        return Step(finished(state), (Dropped(),), release=held_by(state))
    return Step(replace(state, expecting=Expecting.CODE, asked=1), (NoBookings(),))


def _then_queued(ended: DialogueState, before: DialogueState, here: Here, *acts: Act) -> Step:
    if not before.queued:
        return Step(ended, acts)
    task, *rest = before.queued
    going_on = replace(ended, task=task, queued=tuple(rest), details=before.details)
    return proceed(going_on, here, *acts)


def _after_verifying(state: DialogueState, done: VerifyDone, here: Here) -> Step:
    if done.booking is not None:
        proven = replace(state, claimed=None, verify_tries=0, target=done.booking)
        if done.purpose is Purpose.CHECK:
            ended = replace(finished(proven), last_booking=done.booking.code)
            return Step(ended, (ShowBookings((done.booking,)),))
        return proceed(proven, here)
    tries = state.verify_tries + 1
    if tries >= MAX_VERIFY_TRIES:
        return Step(replace(finished(state), verify_tries=tries), (NotVerified(),))
    return Step(replace(state, verify_tries=tries), (AskLast4(tries + 1),))


def _after_hindrance(state: DialogueState, hindered: Hindered, here: Here) -> Step:
    if hindered.why is Hindrance.STORE_DOWN:
        return Step(state, (Trouble(),))
    act = CannotDo(hindered.why, hindered.booking, hindered.limit, phone=here.venue.contact.phone)
    return Step(finished(state), (act,), release=held_by(state))
