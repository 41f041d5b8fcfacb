"""One understood message in, one step out.

The reading order is that of a good host: a person asked for comes first, then the answer to what
we had just asked, then a new wish, then details, then courtesies; and only what is none of these
was not understood.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.acts import (
    Act,
    Ask,
    BotIdentity,
    ChooseOffer,
    Detail,
    Dropped,
    Escalated,
    Farewell,
    Greet,
    Help,
    KeepCalm,
    Kept,
    NoneChosen,
    Noted,
    NotUnderstood,
    Offer,
    Offered,
    OutOfScope,
    Purpose,
    SayAgain,
    Smalltalk,
    Sympathy,
    Thanked,
    WelcomeBack,
)
from domain.dialogue.answers import answer
from domain.dialogue.choosing import chosen_booking, picked_offers
from domain.dialogue.details import take_down
from domain.dialogue.here import Here
from domain.dialogue.proceed import PURPOSE, accept, ask_again, held_by, proceed
from domain.dialogue.prompted import answer_to_prompt, with_live_prompt
from domain.dialogue.state import PAUSE, DialogueState, Expecting, Task, contact_only, finished
from domain.dialogue.steps import CancelBooking, CheckLast4, EditBooking, FindBookings, Step
from domain.dialogue.waiting import books_instead
from domain.dialogue.waitlist_wishes import (
    answer_about_waiting,
    ask_to_wait,
    wish_about_waitlist,
)
from domain.understanding import ByComparison, ByOrder, Intent, Relative, Understanding
from domain.venue import Venue

# After two tries we offer choices, after three a person.
MAX_FAILURES = 3

_TASKS = {
    Intent.BOOK: Task.BOOK,
    Intent.RESCHEDULE: Task.MOVE,
    Intent.CANCEL: Task.CANCEL,
    Intent.CHECK_BOOKING: Task.CHECK,
}


def next_step(state: DialogueState, here: Here) -> Step:
    """What to do about one message. Pure: the same arguments give the same step."""
    here = with_live_prompt(state, here)
    paused = state.updated_at is not None and here.now - state.updated_at > PAUSE
    state = _refreshed(state, here, paused=paused)
    for read in _READERS:
        step = read(state, here)
        if step is not None:
            return _with_answers(step, here)
    return _courtesy(state, here, paused=paused) or _not_understood(state, here)


def _refreshed(state: DialogueState, here: Here, *, paused: bool) -> DialogueState:
    """The state without what time has overtaken."""
    details = state.details
    days = tuple(day for day in details.days if day >= here.today - timedelta(days=1))
    offers = tuple(offer for offer in state.offers if offer.slot.start > here.now)
    lost_offers = state.expecting is Expecting.OFFER and not offers
    return replace(
        state,
        language=here.said.language or state.language,
        details=replace(details, days=days),
        offers=offers,
        accepted=state.accepted if any(o.id == state.accepted for o in offers) else "",
        expecting=Expecting.NOTHING if lost_offers else state.expecting,
        last_booking=None if paused else state.last_booking,
        escalated=False,
        updated_at=here.now,
    )


def _with_answers(step: Step, here: Here) -> Step:
    """A question asked beside something else is answered first."""
    said = here.said
    answers: list[Act] = []
    if said.wants(Intent.ENQUIRE) and said.topic:
        answers.append(answer(here))
    if said.intent is Intent.BOT_IDENTITY:
        answers.append(BotIdentity())
    understood = replace(step.state, failures=0)
    return replace(step, state=understood, acts=(*answers, *step.acts))


# --- a person ------------------------------------------------------------------------------------


def _person_asked_for(state: DialogueState, here: Here) -> Step | None:
    if not here.said.wants(Intent.HANDOFF):
        return None
    return _handed_over(state, here)


def _handed_over(state: DialogueState, here: Here) -> Step:
    return Step(replace(state, escalated=True), (Escalated(here.venue.contact.phone),))


# --- the answer to what we asked -----------------------------------------------------------------


def _short_answer(state: DialogueState, here: Here) -> Step | None:
    match state.expecting:
        case Expecting.OFFER:
            return _answer_to_offers(state, here)
        case Expecting.MENU:
            return _answer_to_menu(state, here)
        case Expecting.CANCEL_YES:
            return _answer_to_cancelling(state, here)
        case Expecting.WHICH_BOOKING:
            return _answer_which_booking(state, here)
        case Expecting.CODE if here.said.code:
            return Step(state, (), _find(state, here))
        case Expecting.LAST4 if here.said.last4 and state.claimed is not None:
            purpose = PURPOSE.get(state.task, Purpose.CHECK) if state.task else Purpose.CHECK
            return Step(state, (), CheckLast4(state.claimed, here.said.last4, purpose))
        case Expecting.NEW_TIME if _is_plain(here.said, Intent.DENY) and state.target is not None:
            return Step(finished(state), (Kept(state.target),))
        case Expecting.SUGGESTED_DAY if _is_plain(here.said, Intent.DENY):
            cleared = replace(state, day_options=(), expecting=Expecting.DATE, asked=1)
            return Step(cleared, (Ask(Detail.DATE),))
        case Expecting.WAITLIST:
            return answer_about_waiting(state, here)
        case _:
            return None


def _answer_to_offers(state: DialogueState, here: Here) -> Step | None:
    said = here.said
    if said.intent is Intent.GOODBYE and not said.wants(Intent.AFFIRM):
        return None  # "see you on Friday" is no choice
    if _turns_to_another_booking(said) or _changes_the_wish(state, here):
        return None
    if said.intent is Intent.ENQUIRE and said.topic and not said.wants(Intent.AFFIRM):
        return None  # "is there any parking?" is a question, not "any of them"
    picked = () if _says_it_all_again(said) else _picked(state, here)
    if len(picked) == 1:
        return _agreed(state, here, picked[0])
    if len(picked) > 1:
        return Step(state, (ChooseOffer(tuple(picked)),))
    if _agrees(state, said):
        if len(state.offers) == 1:
            return _agreed(state, here, state.offers[0])
        return Step(state, (ChooseOffer(state.offers),))
    if _is_plain(said, Intent.DENY):
        return _declined(state, here)
    if not _has_wish(said) and (_has_contact(said) or said.requests):
        return _noted_beside_offers(state, here)
    return None


def _noted_beside_offers(state: DialogueState, here: Here) -> Step:
    """A name or a remark before the choice: taken down, and the same offers wait for a yes."""
    said = here.said
    taken = take_down(state, here)
    noted = replace(taken.noted or Noted(), name=said.name or None, phone=said.phone or None)
    asked = ask_again(taken.state, here)
    if _has_contact(said):
        asked = tuple(
            replace(act, details_taken=True) if isinstance(act, Offered) else act for act in asked
        )
    return Step(taken.state, (noted, *asked))


def _says_it_all_again(said: Understanding) -> bool:
    """The whole wish once more is a wish (a message sent twice), not a yes to what it brought."""
    whole = said.intent is Intent.BOOK and bool(said.when) and said.party is not None
    return whole and not said.wants(Intent.AFFIRM)


def _agrees(state: DialogueState, said: Understanding) -> bool:
    """A yes, or its equal: "book it" to an offered table, "change it" to an offered change."""
    if said.when:
        return False
    go_ahead = Intent.RESCHEDULE if state.task is Task.MOVE else Intent.BOOK
    return said.wants(Intent.AFFIRM) or (said.intent is go_ahead and not _has_wish(said))


def _agreed(state: DialogueState, here: Here, offer: Offer) -> Step:
    taken = take_down(state, here)
    # The time that named the offer must not replace the wish it came from.
    details = replace(taken.state.details, days=state.details.days, time=state.details.time)
    # A high chair or an allergy beside the yes: whoever says so wants to hear that it was heard.
    requests = taken.noted.requests if taken.noted else ()
    heard = (Noted(requests=requests),) if requests else ()
    return accept(replace(taken.state, details=details), offer, here, *heard)


def _picked(state: DialogueState, here: Here) -> tuple[Offer, ...]:
    if here.said.choice == ByComparison(Relative.ANY) and here.said.wants(Intent.DENY):
        return ()
    return picked_offers(state.offers, here.said, here)


def _changes_the_wish(state: DialogueState, here: Here) -> bool:
    """Whether the message changes party, service or person, so that the offers no longer fit."""
    party = here.said.party
    offered = state.offers[0].slot.covers
    if party is not None and not here.is_clinic and (party.low, party.high) != (offered, offered):
        return True
    if here.is_clinic and here.said.service:
        taken = take_down(state, here)
        return taken.state.details.service != state.offers[0].slot.service
    return False


def _turns_to_another_booking(said: Understanding) -> bool:
    refers = bool(said.previous) or bool(said.code)
    return said.intent in {Intent.CANCEL, Intent.CHECK_BOOKING} or (
        said.intent is Intent.RESCHEDULE and refers
    )


def _declined(state: DialogueState, here: Here) -> Step:
    release = held_by(state)
    if state.task is Task.MOVE and state.target is not None:
        return Step(finished(state), (Kept(state.target),), release=release)
    if here.said.wants(Intent.THANKS) or here.said.wants(Intent.GOODBYE):
        return Step(finished(state), (Dropped(),), release=release)
    waiting = ask_to_wait(state, here)
    if waiting is not None:
        return waiting
    open_again = replace(
        state,
        details=replace(state.details, time=None),
        offers=(),
        accepted="",
        expecting=Expecting.TIME,
        asked=1,
    )
    return Step(open_again, (NoneChosen(),), release=release)


def _answer_to_menu(state: DialogueState, here: Here) -> Step | None:
    """The number of a choice; anything else is read as if there had been no menu."""
    match _number_said(here.said):
        case 1:
            return _arrange(_started(state, here, Task.BOOK, ()), here)
        case 2:
            return Step(_started(state, here, Task.CHECK, ()), (), FindBookings(Purpose.CHECK))
        case 3:
            return Step(replace(state, expecting=Expecting.NOTHING), (Help(),))
        case 4:
            return _handed_over(state, here)
        case _:
            return None


def _number_said(said: Understanding) -> int | None:
    """A bare number, which a reader may take for a choice or for a party."""
    if isinstance(said.choice, ByOrder):
        return said.choice.position
    alone = said.party is not None and said.party.is_exact and not said.when
    return said.party.low if alone and said.party is not None else None


def _answer_to_cancelling(state: DialogueState, here: Here) -> Step | None:
    if state.target is None:
        return None
    said = here.said
    if said.intent in {Intent.RESCHEDULE, Intent.BOOK, Intent.CORRECT}:
        return None
    if said.wants(Intent.DENY):
        return Step(finished(state), (Kept(state.target),))
    if said.wants(Intent.AFFIRM) or said.intent is Intent.CANCEL:
        return Step(state, (), CancelBooking(state.target))
    return None


def _answer_which_booking(state: DialogueState, here: Here) -> Step | None:
    if here.said.code:
        return Step(state, (), _find(state, here))
    if _is_plain(here.said, Intent.DENY):
        return Step(finished(state), (Dropped(),))
    chosen = chosen_booking(state.candidates, here.said, here)
    if len(chosen) != 1:
        return None
    target = replace(state, target=chosen[0], candidates=())
    if state.task is Task.MOVE and here.said.previous:
        target = take_down(target, here).state
    return proceed(target, here)


# --- a new wish ----------------------------------------------------------------------------------


def _new_wish(state: DialogueState, here: Here) -> Step | None:
    tasks = _tasks_of(state, here)
    if not tasks:
        return None
    if tasks == (Task.CHECK,) and _goes_on(state, here):
        return Step(state, (), FindBookings(Purpose.CHECK))
    task, *queued = tasks
    if task is Task.BOOK and state.task in {Task.BOOK, Task.WAIT}:
        return _arrange(books_instead(state, here), here)
    started = _started(state, here, task, tuple(queued))
    release = held_by(state)
    match task:
        case Task.BOOK:
            step = _arrange(started, here)
        case Task.MOVE:
            step = _start_moving(started, here)
        case Task.CANCEL | Task.CHECK | Task.WAIT:
            noted = take_down(started, here).state if Task.BOOK in queued else started
            step = Step(noted, (), _find(started, here))
    return replace(step, release=(*release, *step.release))


def _goes_on(state: DialogueState, here: Here) -> bool:
    """Whether what is being arranged waits for an answer, so that looking up is a digression."""
    names_it = here.said.code or state.expecting in {Expecting.CODE, Expecting.LAST4}
    arranging = state.task is not None and state.task is not Task.CHECK
    return arranging and not names_it and bool(ask_again(state, here))


def _tasks_of(state: DialogueState, here: Here) -> tuple[Task, ...]:
    """The tasks a message starts, in the order in which the guest would want them done."""
    said = here.said
    tasks = tuple(dict.fromkeys(_TASKS[i] for i in said.intents if i in _TASKS))
    if Intent.SYMPTOM in said.intents and here.is_clinic and not tasks and state.task is None:
        return (Task.BOOK,)
    arranging = state.task in {Task.BOOK, Task.WAIT} and (
        state.offers or state.details != contact_only(state.details)
    )
    refers = bool(said.previous) or bool(said.code)
    if tasks == (Task.MOVE,) and arranging and not refers:
        return (Task.BOOK,)
    if tasks == (Task.MOVE,) and state.task is Task.MOVE and state.target is not None:
        return () if not refers else tasks
    if (
        tasks == (Task.BOOK,)
        and state.task is Task.MOVE
        and state.expecting
        in {
            Expecting.NEW_TIME,
            Expecting.OFFER,
        }
    ):
        return ()
    if not tasks and said.intent is Intent.ENQUIRE and not said.topic and _has_wish(said):
        return (Task.BOOK,)
    return tasks


def _started(
    state: DialogueState, here: Here, task: Task, queued: tuple[Task, ...]
) -> DialogueState:
    """A fresh arrangement that remembers who the guest is, and the booking in hand if it still is."""
    said = here.said
    keeps = task in {Task.MOVE, Task.CANCEL} and state.task in {Task.MOVE, Task.CANCEL}
    same = keeps and not said.previous and not said.code
    reference = said.previous
    if task is Task.CANCEL and not queued and not reference:
        reference = said.when
    return replace(
        state,
        task=task,
        queued=queued,
        details=contact_only(state.details),
        previous=reference,
        expecting=Expecting.NOTHING,
        offers=(),
        waitable=False,
        accepted="",
        target=state.target if same else None,
        candidates=(),
        claimed=None,
        day_options=(),
        time_options=(),
        asked=0,
    )


def _start_moving(started: DialogueState, here: Here) -> Step:
    taken = take_down(started, here)
    if taken.question:
        return Step(taken.state, taken.question)
    if started.target is not None:
        return proceed(taken.state, here)
    return Step(taken.state, (), _find(taken.state, here))


def _find(state: DialogueState, here: Here) -> FindBookings:
    purpose = PURPOSE.get(state.task, Purpose.CHECK) if state.task else Purpose.CHECK
    code = here.said.code
    if not code and not state.previous and purpose is not Purpose.CHECK and state.last_booking:
        code = state.last_booking
    return FindBookings(purpose, code)


# --- details -------------------------------------------------------------------------------------


def _details(state: DialogueState, here: Here) -> Step | None:
    """A message that adds to, or changes, what is being arranged."""
    said = here.said
    if not _gives_details(state, said) or said.intent is Intent.GOODBYE:
        return None  # "see you on Friday" asks for nothing
    if _only_enquires(state, here):
        return None
    if state.task in {Task.BOOK, Task.MOVE, Task.WAIT}:
        return _arrange(state, here)
    if state.last_booking is not None and _only_remarks(said):
        notes = "; ".join(said.requests)
        return Step(state, (), EditBooking(state.last_booking, notes=notes, name=said.name))
    if not _has_wish(said):
        return None
    if state.last_booking is not None and said.wants(Intent.CORRECT):
        moving = _started(state, here, Task.MOVE, ())
        return _start_moving(moving, here)
    if said.intent is Intent.ENQUIRE and said.topic:
        return None
    return _arrange(_started(state, here, Task.BOOK, ()), here)


def _only_enquires(state: DialogueState, here: Here) -> bool:
    """ "Do you open on Saturdays?" while a table is arranged: the Saturday is no new wish."""
    said = here.said
    if said.intent is not Intent.ENQUIRE or not said.topic:
        return False
    asked = {Expecting.DATE: said.when.day, Expecting.TIME: said.when.time}
    if said.intents == (Intent.ENQUIRE,):
        return asked.get(state.expecting) is None
    return _asks_for_what_is_offered(state, here)


def _asks_for_what_is_offered(state: DialogueState, here: Here) -> bool:
    """ "Can I bring my dog?": only where a table offered is none for dogs are others looked for."""
    said = here.said
    if not state.offers or _touches_the_floor(said) or _has_contact(said) or said.requests:
        return False
    resources = [here.venue.resource(r) for offer in state.offers for r in offer.slot.resources]
    suits = all(said.preferences <= {r.area, *r.features} for r in resources)
    return suits or here.is_clinic


def _arrange(state: DialogueState, here: Here) -> Step:
    """Take down what was said and go on with the task."""
    sympathy: tuple[Act, ...] = ()
    if here.said.wants(Intent.SYMPTOM) and here.is_clinic:
        sympathy = (Sympathy(here.venue.contact.phone),)
        state = _with_first_service(state, here.venue)
    if state.accepted and _touches_the_floor(here.said):
        state = replace(state, accepted="")  # it takes the yes to the offer back
    taken = take_down(state, here)
    acts = sympathy if taken.noted is None else (*sympathy, taken.noted)
    if taken.question:
        asked = state.asked + 1 if taken.state.expecting is state.expecting else 1
        return Step(replace(taken.state, asked=asked), (*acts, *taken.question))
    return proceed(taken.state, here, *acts)


def _with_first_service(state: DialogueState, venue: Venue) -> DialogueState:
    """Somebody in pain is not asked which service: the house's first one is the examination."""
    if state.details.service is not None:
        return state
    return replace(state, details=replace(state.details, service=venue.services[0].id))


def _gives_details(state: DialogueState, said: Understanding) -> bool:
    options = bool(state.day_options or state.time_options)
    answers_options = options and (said.choice is not None or said.wants(Intent.AFFIRM))
    return _has_wish(said) or _has_contact(said) or bool(said.requests) or answers_options


def _has_wish(said: Understanding) -> bool:
    return _touches_the_floor(said) or bool(said.preferences)


def _touches_the_floor(said: Understanding) -> bool:
    """Whether a message says anything that decides which slot it is."""
    return bool(said.when or said.party or said.service or said.provider)


def _has_contact(said: Understanding) -> bool:
    return bool(said.name or said.phone or said.email)


def _only_remarks(said: Understanding) -> bool:
    """Requests, a name or preferences, but nothing that would move the booking."""
    return not _touches_the_floor(said) and bool(said.requests or said.name)


# --- courtesies ----------------------------------------------------------------------------------


def _closing(state: DialogueState, here: Here) -> Step | None:
    """A no or a goodbye that ends what was being arranged."""
    said = here.said
    leaves = said.intent is Intent.GOODBYE
    if leaves and picked_offers(state.offers, said, here):
        return Step(state, ask_again(state, here))  # they think it is booked
    if not leaves and not _is_plain(said, Intent.DENY):
        return None
    release = held_by(state)
    arranging = state.task is not None
    if leaves:
        return Step(finished(state), (Farewell(),), release=release)
    if arranging:
        return Step(finished(state), (Dropped(),), release=release)
    return Step(finished(state), (Farewell(),), release=release)


def _courtesy(state: DialogueState, here: Here, *, paused: bool) -> Step | None:
    acts = _courtesies(state, here, paused=paused)
    if not acts:
        return None
    # What was said last ended with the question.
    pending = () if isinstance(acts[0], SayAgain) else ask_again(state, here)
    if acts == (Greet(),) and not pending:
        acts = (Greet(), Help())
    return Step(replace(state, failures=0), (*acts, *pending))


def _courtesies(state: DialogueState, here: Here, *, paused: bool) -> tuple[Act, ...]:
    said = here.said
    pending = state.expecting is not Expecting.NOTHING
    if said.abusive:
        return ()
    acts: list[Act] = []
    for intent in said.intents:
        match intent:
            case Intent.GREET:
                acts.append(WelcomeBack() if paused and pending else Greet())
            case Intent.THANKS:
                acts.append(Thanked())
            case Intent.HELP:
                acts.append(Help())
            case Intent.BOT_IDENTITY:
                acts.append(BotIdentity())
            case Intent.SMALLTALK:
                acts.append(Smalltalk())
            case Intent.REPEAT if here.last_reply:
                acts.append(SayAgain(here.last_reply))
            case Intent.ENQUIRE:
                acts.append(answer(here))
            case Intent.AFFIRM if not pending:
                acts.append(Help())
            case _:
                pass
    if len(acts) > 1:
        acts = [act for act in acts if not isinstance(act, Greet | Smalltalk)] or acts[:1]
    if any(isinstance(act, SayAgain) for act in acts):
        return (SayAgain(here.last_reply),)
    return tuple(acts)


def _not_understood(state: DialogueState, here: Here) -> Step:
    """Nothing we could use: say so once, then with choices, then hand over to a person."""
    failures = state.failures + 1
    if failures >= MAX_FAILURES:
        handed = replace(state, failures=0, escalated=True)
        return Step(handed, (Escalated(here.venue.contact.phone, asked=False),))
    state = replace(state, failures=failures)
    act: Act
    if here.said.abusive:
        act = KeepCalm()
    elif failures == 1 and here.said.intent is Intent.OUT_OF_SCOPE and here.said.certain:
        act = OutOfScope()
    else:
        act = NotUnderstood(failures)
    if failures > 1 and state.expecting is Expecting.NOTHING:
        state = replace(state, expecting=Expecting.MENU)
    return Step(state, (act, *ask_again(state, here)))


# --- small things --------------------------------------------------------------------------------


def _is_plain(said: Understanding, intent: Intent) -> bool:
    """Whether a message says this and gives no detail beside it."""
    return said.wants(intent) and not _has_wish(said) and not _has_contact(said) and not said.code


_READERS = (
    _person_asked_for,
    answer_to_prompt,
    wish_about_waitlist,
    _short_answer,
    _new_wish,
    _details,
    _closing,
)
"""The first that can make something of a message decides."""
