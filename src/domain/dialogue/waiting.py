"""Getting onto the waitlist: what has to be known, and which hours a guest waits for.

The floor is looked at first. Where there is room the guest is offered that; where waiting would be
of no use, because the house is closed or the party too large, they hear why; and only then they wait.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.acts import Act, AskWhichDay, Detail
from domain.availability import RefusalCode, Wish, service_day, start_windows
from domain.dialogue.details import Doubt, missing_details, plan_search, question_for
from domain.dialogue.here import Here
from domain.dialogue.state import DialogueState, Expecting, Task
from domain.dialogue.steps import JoinWaitlist, Search, SearchDone, Step
from domain.waitlist import Wants
from domain.when import DayTrouble
from domain.zones import minute_of

WORTH_WAITING = frozenset({RefusalCode.NO_RESOURCE, RefusalCode.PACING, RefusalCode.HELD})
"""Refusals that other guests' cancellations can lift."""

AROUND = 60
"""Minutes before and after the time said that suit somebody who waits."""

_GRID = 15
"""Minutes between a start that was offered instead and the first one that is waited for."""

_MOST_DAYS = 3
"""Of several days that suit so many are put up for choice: one waits for one day."""


def proceed_waiting(state: DialogueState, here: Here, *said: Act) -> Step:
    """The next step towards a place on the list: what is missing, then a look at the floor."""
    wish = (Detail.SERVICE, Detail.PARTY_SIZE, Detail.DATE)
    missing = [d for d in missing_details(state, here.venue, phone=here.phone) if d in wish]
    if missing == [Detail.DATE] and state.day_options:
        return _ask_which_day(state, state.day_options, said)
    if missing:
        state, question = question_for(missing[0], state, here)
        return Step(state, (*said, question))
    if len(state.details.days) > 1:
        options = state.details.days[:_MOST_DAYS]
        return _ask_which_day(state, options, said)
    planned = plan_search(state, here)
    if isinstance(planned, Doubt):
        return Step(planned.state, (*said, planned.question))
    return Step(replace(state, time_options=(), day_options=()), said, planned)


def may_wait(found: SearchDone, here: Here) -> bool:
    """Whether what a search has brought is a reason to wait."""
    nothing = not found.offers and found.refusal is None
    return here.venue.policy.waitlist.enabled and (nothing or found.refusal in WORTH_WAITING)


def wait_for(state: DialogueState, action: Search, found: SearchDone, here: Here) -> Step:
    """Onto the list, once it is known who waits."""
    missing = missing_details(state, here.venue, phone=here.phone)
    if missing:
        state, question = question_for(missing[0], state, here)
        return Step(state, (question,))
    wish, details = action.wishes[0], state.details
    earliest, latest = _hours(action, found, here)
    joining = JoinWaitlist(
        day=wish.day,
        covers=wish.covers,
        earliest=earliest,
        latest=latest,
        service=wish.service,
        name=details.name,
        phone=details.phone or here.phone,
        email=details.email,
        notes="; ".join(details.requests),
        wants=Wants(wish.target, wish.resource, wish.required, wish.preferences),
    )
    return Step(state, (), joining)


def _hours(action: Search, found: SearchDone, here: Here) -> tuple[int, int]:
    """Between which service-day minutes a start would suit.

    The hours said; around one time an hour to either side, as far as the house is open and up to
    what was on offer beside it: somebody who waits for 21:00 has been told of 21:30.
    """
    wish = action.wishes[0]
    if not action.exact:
        return wish.earliest, wish.latest
    earliest, latest = wish.target - AROUND, wish.target + AROUND
    for first, end in start_windows(here.venue, wish.day, wish.service):
        if first <= wish.target < end:
            earliest, latest = max(earliest, first), min(latest, end)
    offered = _offered_on(wish, found, here)
    before = [minute + _GRID for minute in offered if minute < wish.target]
    after = [minute - _GRID for minute in offered if minute > wish.target]
    earliest = min(max([earliest, *before]), wish.target)
    return earliest, max(min([latest, *after]), wish.target)


def _offered_on(wish: Wish, found: SearchDone, here: Here) -> list[int]:
    """The starts offered on the day wished for, as its minutes."""
    starts = [offer.slot.start for offer in found.offers]
    zone = here.venue.zone
    return [minute_of(s, wish.day, zone) for s in starts if service_day(here.venue, s) == wish.day]


def books_instead(state: DialogueState, here: Here) -> DialogueState:
    """ "Then book the Saturday": another day ends the waiting for this one."""
    if state.task is Task.WAIT and state.details.days and here.said.when.day is not None:
        return replace(state, task=Task.BOOK)
    return state


def _ask_which_day(state: DialogueState, options: tuple[date, ...], said: tuple[Act, ...]) -> Step:
    asking = replace(
        state,
        details=replace(state.details, days=()),
        day_options=options,
        expecting=Expecting.DATE,
        asked=state.asked + 1,
    )
    return Step(asking, (*said, AskWhichDay(options, DayTrouble.TODAY_OR_NEXT)))
