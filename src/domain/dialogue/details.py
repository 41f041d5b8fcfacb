"""Taking down what the guest said.

Dates are resolved, services and people matched with the venue's own, and whatever stays open
becomes a question. What was known before is kept unless the guest said something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from domain.acts import (
    Act,
    Ask,
    AskHowMany,
    AskWhichDay,
    AskWhichService,
    AskWhichTime,
    Detail,
    LargeParty,
    NoSuchDay,
    NoSuchTime,
    Noted,
    ResourceUnknown,
)
from domain.availability import Wish, service_day, start_windows
from domain.booking import Booking
from domain.dialogue.here import Here
from domain.dialogue.state import Details, DialogueState, Expecting, Task
from domain.dialogue.steps import Search
from domain.names import closest_resource, closest_service
from domain.understanding import ByComparison, ByOrder, Intent, Relative
from domain.venue import Venue, VenueKind
from domain.when import (
    AnyTime,
    ClockTime,
    FromNow,
    ImpossibleDay,
    ImpossibleTime,
    KnownDays,
    KnownTime,
    PartOfDay,
    TimeExpression,
    UnclearDay,
    UnclearTime,
    resolve_day,
    resolve_time,
)

T = TypeVar("T")

# A wish for "some day next month" is searched on this many days at most: three weeks of choice is
# more than a reply can hold, and every day costs a sheet.
MAX_DAYS = 21

# "About nine" is half an hour to either side (`domain.when`).
ABOUT = 30

REQUIRED_FEATURES = frozenset({"wheelchair"})
"""Features without which the guest cannot come; the others are wishes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The state with what was said in it, and the question that stands in the way, if one does."""

    state: DialogueState
    noted: Noted | None = None
    question: tuple[Act, ...] = ()


def take_down(state: DialogueState, here: Here) -> Taken:
    """Everything in a message that belongs to the booking being arranged."""
    state = _take_contact(state, here)
    state = _take_time(state, here)
    taken = Taken(state)
    for take in (_take_service, _take_resource, _take_party, _take_day):
        taken = _first_question(taken, take(taken.state, here))
    return replace(taken, noted=_noted(state, taken.state, here))


def _first_question(before: Taken, after: Taken) -> Taken:
    return Taken(after.state, question=before.question or after.question)


def _take_contact(state: DialogueState, here: Here) -> DialogueState:
    said, details = here.said, state.details
    requests = (*details.requests, *(r for r in said.requests if r not in details.requests))
    return replace(
        state,
        details=replace(
            details,
            name=said.name or details.name,
            phone=said.phone or details.phone,
            email=said.email or details.email,
            requests=requests,
            preferences=details.preferences | said.preferences,
            required=details.required | (said.preferences & REQUIRED_FEATURES),
        ),
    )


def _take_service(state: DialogueState, here: Here) -> Taken:
    if not here.said.service:
        return Taken(state)
    service = closest_service(here.venue, here.said.service)
    if service is None:
        if here.venue.kind is VenueKind.RESTAURANT:
            return Taken(state)
        options = tuple(s.id for s in here.venue.services)
        return Taken(
            replace(state, expecting=Expecting.SERVICE), question=(AskWhichService(options),)
        )
    return Taken(replace(state, details=replace(state.details, service=service)))


def _take_resource(state: DialogueState, here: Here) -> Taken:
    if not here.said.provider:
        return Taken(state)
    resource = closest_resource(here.venue, here.said.provider)
    if resource is None:
        names = tuple(r.name for r in here.venue.resources if r.kind == "practitioner")
        unknown = (ResourceUnknown(here.said.provider, names),) if names else ()
        return Taken(state, question=unknown)
    return Taken(replace(state, details=replace(state.details, resource=resource)))


def _take_party(state: DialogueState, here: Here) -> Taken:
    party = here.said.party
    if party is None or here.is_clinic:
        return Taken(state)
    if not party.is_exact:
        unknown = replace(state.details, covers=None)
        asking = replace(state, details=unknown, expecting=Expecting.PARTY_SIZE)
        return Taken(asking, question=(AskHowMany(party.low, party.high),))
    state = replace(state, details=replace(state.details, covers=party.low))
    policy = here.venue.policy
    if party.low > policy.max_party:
        large = LargeParty(party.low, policy.max_party, here.venue.contact.phone)
        return Taken(replace(state, escalated=True), question=(large,))
    return Taken(state)


def _take_day(state: DialogueState, here: Here) -> Taken:
    chosen = _chosen_day(state, here)
    if chosen is not None:
        return Taken(_with_days(state, (chosen,)))
    said = here.said.when
    if said.day is None:
        if isinstance(said.time, FromNow):
            return Taken(_with_days(state, (here.today,)))
        left = _still_to_come(state.day_options, state, here)
        settled = len(left) == 1 < len(state.day_options)
        return Taken(_with_days(state, left) if settled else state)
    match resolve_day(said.day, today=here.today):
        case KnownDays(days=days):
            return Taken(_with_days(state, days[:MAX_DAYS]))
        case UnclearDay(options=options, trouble=trouble):
            options = _still_to_come(options, state, here)
            if len(options) == 1:
                return Taken(_with_days(state, options))
            common = tuple(day for day in options if day in state.day_options)
            if common and state.asked > 1:
                return Taken(_with_days(state, common[:1]))
            # The day known before is the one that has just been taken back.
            unknown = replace(state.details, days=())
            asking = replace(state, details=unknown, day_options=options, expecting=Expecting.DATE)
            return Taken(asking, question=(AskWhichDay(options, trouble),))
        case ImpossibleDay(trouble=trouble, said=day, suggestion=suggestion):
            asking = replace(
                state,
                details=replace(state.details, days=()),
                day_options=() if suggestion is None else (suggestion,),
                expecting=Expecting.DATE if suggestion is None else Expecting.SUGGESTED_DAY,
            )
            return Taken(asking, question=(NoSuchDay(trouble, day, suggestion),))


def _still_to_come(options: tuple[date, ...], state: DialogueState, here: Here) -> tuple[date, ...]:
    """The days without today, where the time meant is too near or past, or nothing begins any more."""
    if here.today not in options or _can_be_today(state, here):
        return options
    return tuple(day for day in options if day != here.today)


def _can_be_today(state: DialogueState, here: Here) -> bool:
    details = _for_moving(state.details, state.target, here)
    if not start_windows(here.venue, here.today, details.service):
        return False
    lead = int(here.venue.policy.lead_time.total_seconds() // 60)
    earliest = here.local_now.hour * 60 + here.local_now.minute + lead
    match _reading(details, here.today, here):
        case KnownTime(latest=latest):
            return latest >= earliest
        case UnclearTime(options=minutes):
            return max(minutes) >= earliest
        case ImpossibleTime():
            return True


def _chosen_day(state: DialogueState, here: Here) -> date | None:
    """The one of the days we asked about that the guest means by a number or a plain yes."""
    options, said = state.day_options, here.said
    if not options or said.when.day is not None:
        return None
    if state.expecting is Expecting.SUGGESTED_DAY and said.wants(Intent.AFFIRM):
        return options[0]
    match said.choice:
        case ByOrder(position):
            return by_position(options, position)
        case ByComparison(Relative.EARLIER):
            return min(options)
        case ByComparison(Relative.LATER):
            return max(options)
        case _:
            pass
    if len(options) == 1 and said.wants(Intent.AFFIRM):
        return options[0]
    return None


def _with_days(state: DialogueState, days: tuple[date, ...]) -> DialogueState:
    return replace(state, details=replace(state.details, days=days), day_options=())


def _take_time(state: DialogueState, here: Here) -> DialogueState:
    time = _meant_time(state, here)
    if time is None:
        return state
    return replace(state, details=replace(state.details, time=time), time_options=())


def _meant_time(state: DialogueState, here: Here) -> TimeExpression | None:
    said, options = here.said, state.time_options
    time = said.when.time
    if options and time is None and isinstance(said.choice, ByOrder):
        minute = by_position(options, said.choice.position)
        return None if minute is None else _clock(minute)
    known = state.details.time
    if isinstance(time, PartOfDay) and isinstance(known, ClockTime) and options:
        return replace(known, part=time.part)
    if isinstance(time, ClockTime) and options and _is_open_reading(time):
        return _clock(options[-1]) if state.asked > 1 else time
    return time


def _is_open_reading(time: ClockTime) -> bool:
    return time.half is None and time.part is None and not time.twenty_four and time.hour <= 12


def _clock(minute: int) -> ClockTime:
    return ClockTime((minute // 60) % 24, minute % 60, twenty_four=True)


def by_position(options: tuple[T, ...], position: int) -> T | None:
    """The option at a position as people count: 1 is the first, -1 the last; None where there is none."""
    index = position - 1 if position > 0 else len(options) + position
    return options[index] if 0 <= index < len(options) else None


def _noted(before: DialogueState, after: DialogueState, here: Here) -> Noted | None:
    """What a correction changed, or what was asked for beside the booking: worth saying back."""
    old, new = before.details, after.details
    corrected = here.said.wants(Intent.CORRECT)
    requests = here.said.requests
    if not corrected and not requests:
        return None
    noted = Noted(
        covers=new.covers if corrected and here.said.party and new.covers != old.covers else None,
        day=new.days[0] if corrected and len(new.days) == 1 and new.days != old.days else None,
        name=here.said.name or None if corrected else None,
        requests=requests,
        corrected=corrected,
    )
    empty = Noted(corrected=corrected)
    return None if noted == empty else noted


# --- what is still missing -----------------------------------------------------------------------


def missing_details(state: DialogueState, venue: Venue, *, phone: str = "") -> tuple[Detail, ...]:
    """What a booking still lacks, in the order in which it is asked for."""
    if state.task not in {Task.BOOK, Task.WAIT}:
        return ()
    details = state.details
    contact = _missing_contact(details, venue, phone)
    if state.accepted:
        return contact
    wish = _missing_wish(details, venue)
    if state.task is Task.WAIT:  # any time of the day may do
        wish = tuple(detail for detail in wish if detail is not Detail.TIME)
    return (*wish, *contact)


def _missing_wish(details: Details, venue: Venue) -> tuple[Detail, ...]:
    clinic = venue.kind is VenueKind.CLINIC
    several = len(venue.services) > 1
    lacks = (
        (Detail.SERVICE, clinic and several and details.service is None),
        (Detail.PARTY_SIZE, not clinic and details.covers is None),
        (Detail.DATE, not details.days),
        (Detail.TIME, details.time is None),
    )
    return tuple(detail for detail, lacking in lacks if lacking)


def _missing_contact(details: Details, venue: Venue, phone: str) -> tuple[Detail, ...]:
    lacks = (
        (Detail.NAME, not details.name),
        (Detail.PHONE, venue.policy.needs_phone and not (details.phone or phone)),
    )
    return tuple(detail for detail, lacking in lacks if lacking)


def question_for(detail: Detail, state: DialogueState, here: Here) -> tuple[DialogueState, Act]:
    """The question for one missing detail, and the state that waits for its answer."""
    expecting = Expecting(detail.value)
    tries = state.asked + 1 if state.expecting is expecting else 1
    state = replace(state, expecting=expecting, asked=tries)
    if detail is Detail.SERVICE:
        return state, AskWhichService(tuple(s.id for s in here.venue.services))
    if detail is Detail.TIME and len(state.details.days) == 1:
        day = state.details.days[0]
        windows = start_windows(here.venue, day, state.details.service)
        options = tuple(f"{clock_text(first)}–{clock_text(end)}" for first, end in windows)
        return state, Ask(detail, tries, options, day)
    return state, Ask(detail, tries)


def clock_text(minute: int) -> str:
    """A service-day minute on the 24-hour clock: 1470 is 00:30."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


# --- from details to a search --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question has to be answered before anything can be looked for."""

    state: DialogueState
    question: Act


def plan_search(state: DialogueState, here: Here) -> Search | Doubt:
    """The search for what is known, or the doubt in its way."""
    details = _for_moving(state.details, state.target, here)
    readings = [(day, _reading(details, day, here)) for day in details.days]
    known = [(day, reading) for day, reading in readings if isinstance(reading, KnownTime)]
    if not known:
        return _doubt(state, readings[0][0], readings[0][1])
    wishes = tuple(_wish(details, day, time, state) for day, time in known)
    exact = len(wishes) == 1 and _names_one_time(wishes[0])
    return Search(wishes, exact, state.target if state.task is Task.MOVE else None)


def _names_one_time(wish: Wish) -> bool:
    """An exact time, or one with as much room before as after it ("sobre las nueve")."""
    return wish.target - wish.earliest == wish.latest - wish.target <= ABOUT


def _reading(details: Details, day: date, here: Here) -> KnownTime | UnclearTime | ImpossibleTime:
    windows = start_windows(here.venue, day, details.service)
    time = details.time or AnyTime()
    return resolve_time(time, day=day, windows=windows, now=here.local_now)


def is_closed(state: DialogueState, here: Here) -> bool:
    """Whether the one day the guest named is one on which there is nothing to ask a time for."""
    days, service = state.details.days, state.details.service
    return len(days) == 1 and not start_windows(here.venue, days[0], service)


def _doubt(
    state: DialogueState, day: date, reading: UnclearTime | ImpossibleTime | KnownTime
) -> Doubt:
    if isinstance(reading, UnclearTime):
        tries = state.asked + 1 if state.time_options else 1
        asking = replace(state, expecting=Expecting.TIME, time_options=reading.options, asked=tries)
        return Doubt(asking, AskWhichTime(reading.options, day))
    lost = replace(
        state, details=replace(state.details, time=None), expecting=Expecting.TIME, asked=1
    )
    return Doubt(lost, NoSuchTime())


def _wish(details: Details, day: date, time: KnownTime, state: DialogueState) -> Wish:
    return Wish(
        day=day,
        covers=details.covers or 1,
        earliest=time.earliest,
        latest=time.latest,
        target=time.target,
        service=details.service,
        preferences=details.preferences - REQUIRED_FEATURES,
        required=details.required,
        resource=details.resource,
        moving=None if state.target is None else str(state.target.code),
    )


def _for_moving(details: Details, target: Booking | None, here: Here) -> Details:
    """What a move leaves as it is comes from the booking itself."""
    if target is None:
        return details
    start = target.start.astimezone(here.venue.zone)
    clinic = here.is_clinic
    return replace(
        details,
        covers=details.covers or target.party_size.covers,
        service=details.service or (target.service if clinic else None),
        days=details.days or (service_day(here.venue, target.start),),
        time=details.time or ClockTime(start.hour, start.minute, twenty_four=True),
        preferences=details.preferences or _where(target, here),
    )


def _where(booking: Booking, here: Here) -> frozenset[str]:
    """The area a booking has its table in: who sits on the terrace wants to stay there."""
    areas = {here.venue.resource(name).area for name in booking.resources}
    return frozenset(area for area in areas if area)
