"""What guests say about the waitlist: that they want onto it, off it, or to know whether they are on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.acts import Ask, AskWaitlist, Detail, NoWaitlist, Purpose
from domain.availability import service_day
from domain.dialogue.details import take_down
from domain.dialogue.here import Here
from domain.dialogue.proceed import ask_again, held_by, proceed
from domain.dialogue.prompts import PlaceFree
from domain.dialogue.state import DialogueState, Expecting, Task, cleared, contact_only
from domain.dialogue.steps import FindBookings, LeaveWaitlist, Step
from domain.understanding import Intent, Understanding
from domain.when import KnownDays, UnclearDay, resolve_day

_FIRST = frozenset(
    {Intent.BOOK, Intent.CANCEL, Intent.RESCHEDULE, Intent.CHECK_BOOKING, Intent.ENQUIRE}
)
"""Main intents beside which the waitlist comes up by itself, where there is need of it."""


def wish_about_waitlist(state: DialogueState, here: Here) -> Step | None:
    """A wish to join, to leave or to hear of the waitlist."""
    said = here.said
    if not said.wants(Intent.WAITLIST) or said.intent in _FIRST:
        return None
    if said.wants(Intent.CANCEL):
        return _leaving(state, here)
    if said.wants(Intent.CHECK_BOOKING):
        looking = replace(cleared(state), task=Task.CHECK)
        return Step(looking, (), FindBookings(Purpose.CHECK), held_by(state))
    if not here.venue.policy.waitlist.enabled:
        return Step(state, (NoWaitlist(here.venue.contact.phone), *ask_again(state, here)))
    return _joining(state, here)


def answer_about_waiting(state: DialogueState, here: Here) -> Step | None:
    """The answer to "shall I put you on the waitlist, or would another day do?"."""
    said = here.said
    if said.choice is not None or _refuses(said):
        if said.wants(Intent.THANKS) or said.wants(Intent.GOODBYE) or said.when or said.party:
            return None
        open_again = replace(
            state,
            details=replace(state.details, days=()),
            expecting=Expecting.DATE,
            asked=1,
        )
        return Step(open_again, (Ask(Detail.DATE),))
    if said.wants(Intent.AFFIRM) and not (said.when or said.party or said.service):
        return _joining(state, here)
    return None


def ask_to_wait(state: DialogueState, here: Here) -> Step | None:
    """To a guest who wants none of the alternatives: waiting for what they had wished."""
    days = state.details.days
    if not state.waitable or len(days) != 1 or here.said.wants(Intent.THANKS):
        return None
    asking = replace(
        state, offers=(), waitable=False, accepted="", expecting=Expecting.WAITLIST, asked=1
    )
    question = AskWaitlist(days[0], state.details.covers or 1)
    return Step(asking, (question,), release=held_by(state))


def _joining(state: DialogueState, here: Here) -> Step:
    taken = take_down(_about_to_wait(state, here), here)
    release = held_by(state)
    acts = () if taken.noted is None else (taken.noted,)
    if taken.question:
        return Step(taken.state, (*acts, *taken.question), release=release)
    step = proceed(taken.state, here, *acts)
    return replace(step, release=(*release, *step.release))


def _about_to_wait(state: DialogueState, here: Here) -> DialogueState:
    """With what is known already: of a booking being arranged, of one being moved, or nothing."""
    details = contact_only(state.details)
    if state.task in {Task.BOOK, Task.WAIT}:
        details = state.details
    if state.task is Task.MOVE and state.target is not None:
        booking = state.target
        days = state.details.days or (service_day(here.venue, booking.start),)
        covers = state.details.covers or booking.party_size.covers
        name = state.details.name or booking.guest.name
        details = replace(state.details, covers=covers, days=days, name=name)
    return replace(
        cleared(state),
        task=Task.WAIT,
        queued=state.queued,
        details=details,
        day_options=state.day_options,
        time_options=state.time_options,
    )


def _leaving(state: DialogueState, here: Here) -> Step:
    days = _days_said(here)
    prompt = here.prompt
    if isinstance(prompt, PlaceFree) and not days:
        return Step(state, (), LeaveWaitlist(prompt.entry), answered=prompt.key)
    return Step(state, (), LeaveWaitlist(days=days))


def _days_said(here: Here) -> tuple[date, ...]:
    day = here.said.when.day or here.said.previous.day
    if day is None:
        return ()
    match resolve_day(day, today=here.today):
        case KnownDays(days=days) | UnclearDay(options=days):
            return days
        case _:
            return ()


def _refuses(said: Understanding) -> bool:
    return said.wants(Intent.DENY) and not said.wants(Intent.AFFIRM)
