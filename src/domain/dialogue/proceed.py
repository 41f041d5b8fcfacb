"""Taking the present task one step on: ask what is missing, or ask for an action."""

from __future__ import annotations

from dataclasses import replace

from domain.acts import (
    Act,
    Ask,
    AskCancel,
    AskLast4,
    AskNewTime,
    AskWaitlist,
    AskWhichBooking,
    AskWhichDay,
    AskWhichTime,
    Detail,
    Menu,
    NoBookings,
    NoSuchDay,
    Noted,
    Offer,
    Offered,
    Purpose,
)
from domain.dialogue.choosing import refers_to
from domain.dialogue.details import (
    Doubt,
    is_closed,
    missing_details,
    plan_search,
    question_for,
    take_down,
)
from domain.dialogue.here import Here
from domain.dialogue.state import Details, DialogueState, Expecting, Task
from domain.dialogue.steps import BookOffer, FindBookings, KeepOffer, MoveBooking, Step
from domain.dialogue.waiting import proceed_waiting
from domain.when import DayTrouble, When

PURPOSE = {Task.MOVE: Purpose.MOVE, Task.CANCEL: Purpose.CANCEL, Task.CHECK: Purpose.CHECK}


def proceed(state: DialogueState, here: Here, *said: Act) -> Step:
    """The next step of the task in `state.task`; `said` are acts that come first."""
    match state.task:
        case Task.WAIT if not state.accepted:
            return proceed_waiting(state, here, *said)
        case Task.BOOK | Task.WAIT:
            return _proceed_booking(state, here, said)
        case Task.MOVE:
            return _proceed_moving(state, here, said)
        case Task.CANCEL if state.target is not None:
            asking = replace(state, expecting=Expecting.CANCEL_YES, asked=1)
            return Step(asking, (*said, AskCancel(state.target)))
        case Task.CANCEL | Task.CHECK:
            return Step(state, said, FindBookings(PURPOSE[state.task], here.said.code))
        case None:
            return Step(replace(state, expecting=Expecting.NOTHING), said)


def _proceed_booking(state: DialogueState, here: Here, said: tuple[Act, ...]) -> Step:
    if state.accepted:
        return complete_offer(state, here, *said)
    wish = (Detail.SERVICE, Detail.PARTY_SIZE, Detail.DATE, Detail.TIME)
    missing = [d for d in missing_details(state, here.venue, phone=here.phone) if d in wish]
    if missing[:1] == [Detail.DATE] and state.day_options:
        return _ask_which_day(state, said)
    if missing and not (missing == [Detail.TIME] and is_closed(state, here)):
        state, question = question_for(missing[0], state, here)
        return Step(state, (*said, question))
    return _search(state, here, said)


def _proceed_moving(state: DialogueState, here: Here, said: tuple[Act, ...]) -> Step:
    target = state.target
    if target is None:
        return Step(state, said, FindBookings(Purpose.MOVE, here.said.code))
    state = _with_new_time(state, here)
    if state.day_options:
        return _ask_which_day(state, said)
    if not names_a_change(state.details):
        asking = replace(state, expecting=Expecting.NEW_TIME, asked=1)
        return Step(asking, (*said, AskNewTime(target)))
    return _search(state, here, said)


def _with_new_time(state: DialogueState, here: Here) -> DialogueState:
    """What sounded like a reference to a booking, but fits not even the only one, is its new time.

    "Cambiar mi reserva el sábado": of several bookings that is one, of a single one on Friday it
    says where it shall go.
    """
    target, said, time = state.target, state.previous, state.details.time
    if target is None or not said or refers_to(said, target, here):
        return state
    if state.details.days or (time is not None and said.day is None):
        return state  # it has been told where to
    new = When(said.day, time or said.time)
    meant = replace(here, said=replace(here.said, when=new, previous=When()))
    return take_down(replace(state, previous=When()), meant).state


def _ask_which_day(state: DialogueState, said: tuple[Act, ...]) -> Step:
    """The day is still open between the same ones: the same question, not a new one."""
    asking = replace(state, expecting=Expecting.DATE, asked=state.asked + 1)
    return Step(asking, (*said, AskWhichDay(state.day_options, DayTrouble.TODAY_OR_NEXT)))


def names_a_change(details: Details) -> bool:
    """Whether anything has been said that a move could change."""
    return bool(
        details.days or details.time or details.covers or details.service or details.resource
    )


def _search(state: DialogueState, here: Here, said: tuple[Act, ...]) -> Step:
    planned = plan_search(state, here)
    release = held_by(state)
    if isinstance(planned, Doubt):
        return Step(planned.state, (*said, planned.question), release=release)
    searching = replace(state, offers=(), accepted="", time_options=(), day_options=())
    # A repeated "Anotado" before the offer says twice what the offer is about to say.
    kept = tuple(act for act in said if not (isinstance(act, Noted) and not act.requests))
    return Step(searching, kept, planned, release)


def held_by(state: DialogueState) -> tuple[str, ...]:
    """The holds of the offers on the table."""
    return tuple(offer.hold_id for offer in state.offers if offer.hold_id)


def accept(state: DialogueState, offer: Offer, here: Here, *said: Act) -> Step:
    """The guest has agreed to this offer."""
    return complete_offer(replace(state, accepted=offer.id, asked=0), here, *said)


def complete_offer(state: DialogueState, here: Here, *said: Act) -> Step:
    """Book or move to the accepted offer; where a name or phone is missing, keep it and ask."""
    offer = next(o for o in state.offers if o.id == state.accepted)
    others = tuple(o.hold_id for o in state.offers if o.hold_id and o.id != offer.id)
    if state.task is Task.MOVE and state.target is not None:
        return Step(state, said, MoveBooking(state.target, offer), others)
    if missing_details(state, here.venue, phone=here.phone):
        return Step(state, said, KeepOffer(offer), others)
    details = state.details
    booking = BookOffer(
        offer,
        name=details.name,
        phone=details.phone or here.phone,
        email=details.email,
        notes="; ".join(details.requests),
    )
    return Step(state, said, booking, others)


def ask_again(state: DialogueState, here: Here) -> tuple[Act, ...]:
    """The pending question once more, after a digression; empty where none is pending."""
    target = state.target
    match state.expecting:
        case Expecting.OFFER if state.offers:
            moving = target if state.task is Task.MOVE else None
            return (Offered(state.offers, moving=moving, reminder=True),)
        case Expecting.CANCEL_YES if target is not None:
            return (AskCancel(target),)
        case Expecting.NEW_TIME if target is not None:
            return (AskNewTime(target),)
        case Expecting.WHICH_BOOKING if state.candidates:
            purpose = PURPOSE.get(state.task, Purpose.CHECK) if state.task else Purpose.CHECK
            return (AskWhichBooking(state.candidates, purpose),)
        case Expecting.DATE if state.day_options:
            return (AskWhichDay(state.day_options, DayTrouble.TODAY_OR_NEXT),)
        case Expecting.SUGGESTED_DAY if state.day_options:
            return (NoSuchDay(DayTrouble.NO_SUCH_DATE, None, state.day_options[0]),)
        case Expecting.TIME if state.time_options:
            day = state.details.days[0] if state.details.days else None
            return (AskWhichTime(state.time_options, day),)
        case Expecting.MENU:
            return (Menu(),)
        case Expecting.CODE:
            return (NoBookings(asked_code=state.asked > 1),)
        case Expecting.LAST4:
            return (AskLast4(),)
        case Expecting.WAITLIST if state.details.days:
            return (AskWaitlist(state.details.days[0], state.details.covers or 1),)
        case Expecting.NOTHING:
            return ()
        case expecting if expecting.value in set(Detail):
            return (_plain_question(Detail(expecting.value), state, here),)
        case _:
            return ()


def _plain_question(detail: Detail, state: DialogueState, here: Here) -> Act:
    _, question = question_for(detail, replace(state, asked=0), here)
    return question if not isinstance(question, Ask) else replace(question, tries=1)
