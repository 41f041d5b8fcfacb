"""The answer to what the house has asked of its own accord: a reminder, a freed place.

A prompt counts where it is the last thing that was said, or where nothing else is being asked. Then
a short answer is about it, and nobody is asked which booking they mean. Whatever else is said is
read as if there had been no prompt.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from domain.acts import AskCancel, Offer
from domain.availability import service_day
from domain.booking import Booking
from domain.dialogue.choosing import picked_offers, refers_to
from domain.dialogue.details import take_down
from domain.dialogue.here import Here
from domain.dialogue.proceed import accept, held_by, proceed
from domain.dialogue.prompts import PlaceFree, Prompt, Reminded
from domain.dialogue.state import PAUSE, DialogueState, Expecting, Task, cleared, contact_only
from domain.dialogue.steps import CancelBooking, KeepAppointment, LeaveWaitlist, Step
from domain.understanding import Intent, Understanding
from domain.when import ClockTime, When


def as_asked(state: DialogueState, prompt: Prompt | None, *, now: datetime) -> DialogueState:
    """The state as whoever reads the message should see it: what was asked last is the prompt."""
    if prompt is None or not counts(prompt, state):
        return state
    recent = state.updated_at is not None and now - state.updated_at <= PAUSE
    if recent and state.expecting is not Expecting.NOTHING:
        return state  # either may be answered; an open question has its own words
    seen = cleared(state)
    match prompt:
        case Reminded(booking=booking):
            return replace(
                seen, expecting=Expecting.COMING, target=booking, last_booking=booking.code
            )
        case PlaceFree():
            return replace(seen, expecting=Expecting.PLACE)
        case never:
            assert_never(never)


def counts(prompt: Prompt, state: DialogueState) -> bool:
    """Whether a short answer can be about this prompt; `state` as the last turn left it.

    Where a person was asked for or has written since, nobody knows what was asked last.
    """
    later = state.updated_at is None or prompt.sent_at > state.updated_at
    return later or (state.expecting is Expecting.NOTHING and not state.escalated)


def with_live_prompt(state: DialogueState, here: Here) -> Here:
    """Here, without a prompt that does not count."""
    live = here.prompt is not None and counts(here.prompt, state)
    return here if live else replace(here, prompt=None)


def answer_to_prompt(state: DialogueState, here: Here) -> Step | None:
    """What a message means as an answer to the prompt; None where it is none."""
    prompt = here.prompt
    match prompt:
        case None:
            return None
        case Reminded(booking=booking):
            step = _about_coming(state, booking, here)
        case PlaceFree():
            step = _about_place(state, prompt, here)
        case never:
            assert_never(never)
    return None if step is None else replace(step, answered=prompt.key)


# --- a reminder ----------------------------------------------------------------------------------

_OTHERWISE = frozenset(
    {Intent.BOOK, Intent.CHECK_BOOKING, Intent.WAITLIST, Intent.HANDOFF, Intent.OUT_OF_SCOPE}
)
"""Main intents that are no answer."""


def _about_coming(state: DialogueState, booking: Booking, here: Here) -> Step | None:
    said = here.said
    elsewhere = bool(said.previous) and not refers_to(said.previous, booking, here)
    if said.intent in _OTHERWISE or said.code or elsewhere or said.wants(Intent.BOOK):
        return None
    own = not said.when or refers_to(said.when, booking, here)
    if said.intent is Intent.CANCEL:
        return _not_coming(state, booking, here) if own else None
    if _changes_it(state, said, booking, own=own):
        return _moving(state, booking, here)
    if _refuses(said):
        return _not_coming(state, booking, here)
    if said.wants(Intent.AFFIRM) and own:
        return Step(state, (), KeepAppointment(booking))
    return None


def _changes_it(state: DialogueState, said: Understanding, booking: Booking, *, own: bool) -> bool:
    """ "¿Puede ser a las diez?", "mejor el sábado", "seremos cinco"."""
    if said.intent is Intent.RESCHEDULE:
        return True
    if said.intent in {Intent.GOODBYE, Intent.DENY} or (
        said.intent is Intent.ENQUIRE and said.topic
    ):
        return False
    if said.intent is not Intent.CORRECT and state.expecting is not Expecting.NOTHING:
        return False  # "el sábado": an answer to what else is being asked
    party = said.party
    others = party is not None and (party.low, party.high) != (booking.party_size.covers,) * 2
    return others or not own or bool(said.provider)


def _moving(state: DialogueState, booking: Booking, here: Here) -> Step:
    moving = replace(cleared(state), task=Task.MOVE, target=booking)
    if refers_to(here.said.when, booking, here):
        here = replace(here, said=replace(here.said, when=When()))
    taken = take_down(moving, here)
    step = (
        Step(taken.state, taken.question)
        if taken.question
        else proceed(taken.state, here, *(() if taken.noted is None else (taken.noted,)))
    )
    return replace(step, release=(*held_by(state), *step.release))


def _not_coming(state: DialogueState, booking: Booking, here: Here) -> Step:
    """Cancelled at once, as the reminder has said; a doubtful no is asked about."""
    said = here.said
    cancelling = replace(cleared(state), task=Task.CANCEL, target=booking)
    doubtful = (Intent.THANKS, Intent.GOODBYE, Intent.ENQUIRE)
    own = not said.when or refers_to(said.when, booking, here)
    if said.certain and own and not any(said.wants(intent) for intent in doubtful):
        return Step(cancelling, (), CancelBooking(booking), held_by(state))
    asking = replace(cancelling, expecting=Expecting.CANCEL_YES, asked=1)
    return Step(asking, (AskCancel(booking),), release=held_by(state))


# --- a freed place -------------------------------------------------------------------------------


def _about_place(state: DialogueState, prompt: PlaceFree, here: Here) -> Step | None:
    said, offer = here.said, prompt.offer
    if said.code or said.previous or _wants_another(offer, here):
        return None
    if _refuses(said):
        return Step(state, (), LeaveWaitlist(prompt.entry))
    takes = said.wants(Intent.AFFIRM) or (said.intent is Intent.BOOK and not said.when)
    return _taking(state, prompt, here) if takes else None


def _wants_another(offer: Offer, here: Here) -> bool:
    """Whether a time, day or party is said that is not the one of the place."""
    said, covers = here.said, offer.slot.covers
    another = bool(said.when) and not picked_offers((offer,), replace(said, choice=None), here)
    larger = said.party is not None and (said.party.low, said.party.high) != (covers, covers)
    return another or (larger and not here.is_clinic)


def _taking(state: DialogueState, prompt: PlaceFree, here: Here) -> Step:
    offer, slot, guest = prompt.offer, prompt.offer.slot, prompt.guest
    local = slot.start.astimezone(here.venue.zone)
    known = contact_only(state.details)
    if guest is not None:
        known = replace(
            known,
            name=known.name or guest.name,
            phone=known.phone or guest.phone,
            email=known.email or guest.email,
        )
    details = replace(
        known,
        service=slot.service,
        covers=slot.covers,
        days=(service_day(here.venue, slot.start),),
        time=ClockTime(local.hour, local.minute, twenty_four=True),
        requests=(prompt.notes,) if prompt.notes else (),
    )
    taking = replace(
        cleared(state),
        task=Task.BOOK,
        details=details,
        offers=(offer,),
        expecting=Expecting.OFFER,
    )
    meant = replace(here, said=replace(here.said, when=When(), party=None, service=""))
    step = accept(take_down(taking, meant).state, offer, here)
    return replace(step, release=(*held_by(state), *step.release))


# --- both ----------------------------------------------------------------------------------------


def _refuses(said: Understanding) -> bool:
    return said.wants(Intent.DENY) and not said.wants(Intent.AFFIRM)
