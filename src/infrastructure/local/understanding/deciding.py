"""From what a message sounds like, and what was asked before it, to what the guest wants.

The questions are put in a fixed order, the first that is answered decides: is it a plain yes or no?
a courtesy? does it concern a booking that exists? does it correct, choose or give a detail? does it
ask about the house? Further wishes of the same message follow the main one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from domain.dialogue import DialogueState, Expecting, Task
from domain.understanding import Intent
from infrastructure.local.understanding import intents as tables
from infrastructure.local.understanding.cues import cue, filler
from infrastructure.local.understanding.intents import CUES, Asked
from infrastructure.local.understanding.text import Said


class Answer(StrEnum):
    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Signs:
    """Everything about a message that bears on its intents."""

    said: Said
    state: DialogueState
    asked: Asked
    details: bool
    """Whether it gives a day, a time, a party, a name, … """
    negated: bool
    """ "5, no 4": a value is taken back."""
    chooses: bool
    refuses: bool
    names_service: bool
    topic: tuple[str, tuple[int, int]] | None
    """What the house could be asked about, and where those words stand."""
    own_topic: bool
    """The venue itself has an answer to it."""
    answers_question: bool
    """Whether one of its details is what the last reply asked for."""
    matches_offer: bool
    """Its time is that of something offered."""
    only_moments: bool
    """All its details are days or times."""
    idle: bool
    """Its only detail is "now" or "today", as in "that's all for today"."""
    only_asks: bool
    """It is a question, and beside what it asks about it gives no detail."""
    until_then: bool
    """Its only detail says when we meet again: "hasta el jueves"."""
    left_over: int
    """How many words no reading has explained."""
    asked_for_a_name: bool
    only_signs: bool
    """It says who writes, by name, phone or address, and nothing else."""

    @cached_property
    def hits(self) -> dict[Intent, int]:
        """The intents whose phrases stand in the message, with where they begin."""
        found = ((intent, pattern.search(self.said.plain)) for intent, pattern in CUES.items())
        return {intent: match.start() for intent, match in found if match}

    @cached_property
    def answer(self) -> tuple[Answer | None, bool]:
        """Yes or no at the start of the message, and whether it says nothing else."""
        return read_answer(self.said.plain)

    @cached_property
    def is_question(self) -> bool:
        return "?" in self.said.plain or _ASKS.match(self._opening) is not None

    @cached_property
    def asks_about_topic(self) -> bool:
        """Whether the topic's own clause is the question: "¿tienen parking? y reserva para 4"."""
        if self.topic is None:
            return False
        start, end = self.topic[1]
        plain = self.said.plain
        begin = max((m.end() for m in _CLAUSE_BREAK.finditer(plain, 0, start)), default=0)
        stop = _CLAUSE_BREAK.search(plain, end)
        clause = plain[begin : stop.end() if stop else len(plain)].strip(" ,.!¡¿y")
        asked = (
            clause.endswith("?") or _ASKS.match(filler().sub("", clause).lstrip(" ,")) is not None
        )
        return asked and not _ARRANGES.search(clause)

    @cached_property
    def _opening(self) -> str:
        return filler().sub("", self.said.plain).lstrip(" ,.!:;¡¿-")

    def only(self, intent: Intent) -> bool:
        """Nothing but courtesies and phrases of this intent."""
        left = filler().sub(" ", CUES[intent].sub(" ", self.said.plain))
        return intent in self.hits and not _LETTERS.search(_SMALL_WORDS.sub(" ", left))


_LETTERS = re.compile(r"[^\W_]")
_SMALL_WORDS = cue(
    "y", "e", "a", "al", "de", "del", "el", "la", "los", "las", "un", "una", "me", "te", "se", "lo", "que", "con", "en", "por", "para", "tu", "usted", "si", "todo", "toda", "muy", "mi", "ok*", "vale", "bueno", "and", "the", "to", "you", "for", "with", "my", "it", "of", "so", "very", "much", "all", "your", "that", "this", "is", "was", "i", "now", "ai", "again", "then", "yes", "just", "am", "be",
)  # fmt: skip
_CLAUSE_BREAK = re.compile(r"[.,;!?\n]|\s(?:y|and|pero|but|also|ademas)\s")
_ARRANGES = cue(
    "reserv(ar|arme|amos)",
    "mesa para",
    "table for",
    "book",
    "agendar",
    "(una|otra) (mesa|cita)",
    "a table",
    "an appointment",
)
_ASKS = re.compile(
    r"(?:(?:y|and|but|pero|also|tambien|great|ok|okay|fine|good)[\s,.]+)*(?:what|where|when|which|who|whose|how|why|is|are|do|does|did|can|could|may|will|would|should|have|has|any|tell\s+me|give\s+me|i(?:'d| would)?\s+(?:like|want|need)\s+to\s+know|find\s+out|let\s+me\s+know|check\s+if|que|cual|cuales|cuando|donde|quien|quienes|como|cuanto|cuanta|cuantos|cuantas|por\s+que|hay|tienen|tiene|teneis|tienes|aceptan|aceptais|acepta|admiten|puedo|podemos|se\s+puede|es\s+posible|esta|estan|ofrecen|hacen|dan|sirven|cobran|abren|cierran|necesito\s+saber|quisiera\s+saber|quiero\s+saber|me\s+(?:puede|puedes|podria|podrias)\s+(?:decir|dar|indicar)|sabe[ns]?\s+si|a\s+que)(?!\w)"
)
TAKES_BOOKINGS = cue(
    "(take|takes|taking|accept|accepts|accepting|allow|allows|does|let you|let me|let people|require)( \\w+){0,4} reservations?", "do (you|they) (take|do|accept)( \\w+){0,2} (reservations|bookings)", "(aceptan|toman|hacen|reciben) reservas", "can (i|you|we|someone|people) (get|make|book|reserve|place|have) (reservations|tables|a reservation|seats)( \\w+){0,3} (at|for|in) (?!\\d)", "is it possible to (make|get|book) (a )?reservations?", "reservations (taken|accepted|allowed|required|available)", "reservation policy", "is \\w+( \\w+){0,3} available for", "if \\w+( \\w+){0,3} (takes|accepts|does|allows|has) reservations",
)  # fmt: skip
ABOUT_A_PLACE = cue(
    "reviews?", "ratings?", "rated", "wait( time)?", "how long", "how busy", "busy", "is there a (wait|line|queue)", "wait(ing)? (time|for)", "any good", "good or not", "popular", "crowded", "recommend\\w*( \\w+)*", "best (dish|thing|time)", "average", "specials?", "happy hour", "seating", "capacity", "unisex", "cosmetic", "live music", "valoraciones", "opiniones", "resenas", "recomiendan", "cuanto dura", "cuanto tarda",
)  # fmt: skip
_POLITE_REQUEST = re.compile(
    r"(?:can|could|would|will|may)\s+(?:you|i|we)(?:\s+please)?\s+(?:\w+\s+)?(?:book|reserve|make|schedule|get|have|set|change|cancel|move|find|try|arrange|help|do|put|search|look|recommend|check)(?!\w)"
    r"|(?:puedo|puede|puedes|podria|podrias|podemos|podeis)\s+(?:reservar|hacer|agendar|pedir|cambiar|cancelar|mover|darme|dar|sacar|pasar|ponerme|poner|anular|apartar|modificar|aplazar)"
)
_ASKS_HOW = cue(
    "(when|how|where|why|cuando|como|donde|por que|a partir de)( do| can| could| puedo| podemos)"
)
_EXISTING = cue(
    "mi (proxima |ultima |primera )?(reserva|cita|turno|mesa|hora)", "mis (reservas|citas|turnos)", "nuestra (reserva|cita|mesa)", "(la|el|esa|ese|esta|este|las|los|una) (reserva|reservas|cita|citas|turno|turnos)", "reserva", "reservas", "cita", "citas", "turno", "turnos", "(la|el) (de |del )", "la mesa", "lo", "la", "todo", "(my|our|the|this|that|a|an|any|all) (\\w+'?s? ){0,4}(reservation|reservations|booking|bookings|appointment|appointments|table|tables|room|dinner|lunch|brunch|massage|manicure|pedicure|visit|spot|seat)", "reservation", "reservations", "booking", "bookings", "appointment", "appointments", "it", "that", "them",
)  # fmt: skip
_NOT_CANCELLING = cue(
    "(gastos|politica|coste|cargo|comision|penalizacion|condiciones|plazo|es gratis|cuanto cuesta)( \\w+){0,3} (cancel|cancelar|cancelacion|anular|anulacion)", "(cancellation|cancelation) (policy|fee|fees|charge|terms)", "(si|if)( \\w+){0,4} (cancelo|cancel|cancelamos|tengo que cancelar|need to cancel|have to cancel)", "cancelacion (es )?(gratis|gratuita)", "free cancellation", "se puede cancelar", "no (me )?cancel*", "don'?t cancel", "do not cancel", "can(no|'|’)?t (see|find|make out|remember|decide)",
)  # fmt: skip
BOOKING_NOUN = cue(
    "reserv*", "resrva", "cita*", "turno*", "mesa*", "book*", "appointment*", "appt*", "table*"
)


def read_answer(plain: str) -> tuple[Answer | None, bool]:
    """The first yes or no that a message opens with, and whether nothing else is said."""
    verdict: Answer | None = None
    position = 0
    while True:
        position = tables.GAP.match(plain, position).end()  # type: ignore[union-attr]  # it matches the empty string
        yes, no = tables.YES_WORDS.match(plain, position), tables.NO_WORDS.match(plain, position)
        courtesy = filler().match(plain, position)
        best = max((m.end() for m in (yes, no, courtesy) if m), default=position)
        if best == position:
            break
        if no and no.end() == best and (verdict is None or _ends(plain, best)):
            verdict = Answer.NO  # "vale, mejor no": the last word counts
        elif verdict is None and yes and yes.end() == best:
            verdict = Answer.YES
        position = best
    rest = plain[position:]
    if verdict is None and not _LETTERS.search(rest):
        verdict = _answer_in_signs(plain)
    return verdict, not _LETTERS.search(rest)


def _ends(plain: str, position: int) -> bool:
    return not _LETTERS.search(plain, position)


def _answer_in_signs(plain: str) -> Answer | None:
    if tables.NO_FACES.search(plain):
        return Answer.NO
    return Answer.YES if tables.YES_FACES.search(plain) else None


def decide(signs: Signs) -> tuple[tuple[Intent, ...], bool]:
    """The intents of a message, main one first, and whether the rules are sure of the main one."""
    for question in _QUESTIONS:
        if (found := question(signs)) is not None:
            main, sure = found
            return _with_others(signs, main), sure
    return (Intent.OUT_OF_SCOPE,), False


Verdict = tuple[Intent, bool] | None


def _plain_answer(s: Signs) -> Verdict:
    verdict, whole = s.answer
    if not whole or verdict is None or (s.details and not s.idle) or s.chooses:
        return None
    if s.asked is Asked.HOW_ARE_YOU:
        return Intent.SMALLTALK, True
    if s.asked is not Asked.YES_OR_NO and (s.only(Intent.THANKS) or s.only(Intent.GREET)):
        return None
    if verdict is Answer.YES and Intent.BOOK in s.hits and s.asked is Asked.NOTHING:
        return Intent.BOOK, True
    if verdict is Answer.YES and Intent.THANKS in s.hits and s.asked in _NOTHING_TO_AGREE_TO:
        return Intent.THANKS, True
    if verdict is Answer.YES and s.only(Intent.GOODBYE):
        return Intent.GOODBYE, True
    return (Intent.AFFIRM if verdict is Answer.YES else Intent.DENY), True


_NOTHING_TO_AGREE_TO = frozenset({Asked.NOTHING, Asked.ANYTHING_ELSE})


def _courtesy(s: Signs) -> Verdict:
    if s.until_then and not (s.is_question or _OF_BOOKINGS & s.hits.keys()):
        return (Intent.DENY if s.answer[0] is Answer.NO else Intent.GOODBYE), True
    if (s.details and not s.idle) or s.chooses:
        return None
    if s.asked is Asked.ANYTHING_ELSE and s.answer[0] is Answer.NO:
        return (Intent.DENY, True) if _takes_leave(s) or s.idle else None
    if s.asked is Asked.WHAT_TO_CORRECT and s.answer[0] is None:
        return Intent.CORRECT, True
    for intent in _COURTESIES:
        if s.only(intent):
            return intent, True
    if Intent.THANKS in s.hits and s.idle:
        return Intent.THANKS, True
    return None


_OF_BOOKINGS = frozenset(
    {Intent.BOOK, Intent.CANCEL, Intent.RESCHEDULE, Intent.CHECK_BOOKING, Intent.WAITLIST}
)
_COURTESIES = (
    Intent.REPEAT,
    Intent.HELP,
    Intent.SMALLTALK,
    Intent.THANKS,
    Intent.GREET,
    Intent.GOODBYE,
)


def _takes_leave(s: Signs) -> bool:
    return Intent.THANKS in s.hits or Intent.GOODBYE in s.hits


def _person_or_machine(s: Signs) -> Verdict:
    person, machine = s.hits.get(Intent.HANDOFF), s.hits.get(Intent.BOT_IDENTITY)
    if machine is not None and (person is None or machine <= person):
        return Intent.BOT_IDENTITY, True
    return None if person is None else (Intent.HANDOFF, True)


def _off_topic(s: Signs) -> Verdict:
    if s.own_topic:
        return None
    if tables.OFF_TOPIC.search(s.said.plain) and not BOOKING_NOUN.search(s.said.plain):
        return Intent.OUT_OF_SCOPE, True
    return None


def _name_with_symbols(s: Signs) -> Verdict:
    """A name was asked for and begins the message; what code follows it is no wish."""
    if (
        s.state.expecting is Expecting.NAME
        and s.answers_question
        and _CODE_SYMBOLS.search(s.said.plain)
    ):
        return Intent.INFORM, False
    return None


_CODE_SYMBOLS = re.compile(r"[;{}<>=]|--|\'\)")


def _waitlist(s: Signs) -> Verdict:
    return (Intent.WAITLIST, True) if Intent.WAITLIST in s.hits else None


def _existing_booking(s: Signs) -> Verdict:
    """Cancelling, moving, looking up; the verb said first decides between the first two."""
    hits, plain = s.hits, s.said.plain
    if Intent.CANCEL in hits and _NOT_CANCELLING.search(plain):
        return (Intent.ENQUIRE, True) if s.is_question else None
    if Intent.CANCEL in hits and _names_a_booking(s, Intent.CANCEL):
        return Intent.CANCEL, True
    if Intent.RESCHEDULE in hits and _moves_a_booking(s):
        return Intent.RESCHEDULE, True
    if tables.OWN_BOOKINGS.search(plain):
        return Intent.CHECK_BOOKING, True
    if Intent.CHECK_BOOKING in hits and (not _arranging(s) or _asks_beside_an_offer(s)):
        return Intent.CHECK_BOOKING, True
    return None


def _names_a_booking(s: Signs, intent: Intent) -> bool:
    after = s.said.plain[s.hits[intent] :]
    if s.state.task is Task.CANCEL or s.state.last_booking is not None:
        return True
    if after.startswith(_SELF_EXPLAINING):
        return True
    return _EXISTING.search(s.said.plain) is not None or len(after.split()) <= 2


_SELF_EXPLAINING = (
    "cancel",
    "anul",
    "no ",
    "ya no",
    "can",
    "won",
    "not ",
    "never ",
    "unable",
    "me surg",
)
"""Beginnings of phrases that cancel without naming what: "we can't make it tonight"."""


def _arranging(s: Signs) -> bool:
    """A booking is being put together and nothing is written yet."""
    state = s.state
    if state.expecting is Expecting.NOTHING:
        return s.asked is Asked.YES_OR_NO
    return state.task in {Task.BOOK, Task.WAIT}


def _asks_beside_an_offer(s: Signs) -> bool:
    """A question, and no polite order: "do I need to book?" is no "book it"."""
    if s.state.expecting is not Expecting.OFFER or not s.is_question:
        return False
    return not _POLITE_REQUEST.search(s.said.plain) or _ASKS_HOW.search(s.said.plain) is not None


def _moves_a_booking(s: Signs) -> bool:
    plain = s.said.plain
    if _arranging(s):
        return _MY_BOOKING.search(plain) is not None
    if s.state.task is Task.MOVE or s.state.last_booking is not None or _MOVES_IT.search(plain):
        return True
    return _EXISTING.search(plain) is not None or len(plain.split()) <= 2


def _question_to_the_house(s: Signs) -> Verdict:
    """ "can I bring my dog?" beside an offer asks about dogs; it wants no other table."""
    if s.topic is None or not s.only_asks or s.answer[0] is not None or Intent.BOOK in s.hits:
        return None
    if s.asked is Asked.DETAIL and s.state.expecting is Expecting.NOTHING:
        return None  # somebody else's question: what answers it is for `_foreign_answer`
    asks = s.topic[0] == "hours" or _ASKS_THE_HOUSE.search(s.said.plain)
    return (Intent.ENQUIRE, True) if asks else None


_ASKS_THE_HOUSE = cue(
    "(puedo|podemos|podria|podriamos|puede|pueden|se puede|se pueden|dejan|dejais|permiten|permitis|admiten|admitis|aceptan|aceptais|se admiten|se aceptan) (\\w+ ){0,3}(llev|tra|ir|entr|ven|acud|aparc|estacion|pag|fum|com|pas|qued|celebr|acced)\\w{0,9}", "(dejan|dejais|permiten|permitis|admiten|admitis|aceptan|aceptais|acepta|admite|se admiten|se aceptan|son bienvenid[oa]s|tienen|tienes|teneis|tiene|hay|ofrecen|ofreceis|sirven|servis|disponen|disponeis)",
    "(can|could|may|do|does|should|am) (i|we|my|our|kids|children|dogs|pets|people|guests|one) (\\w+ ){0,3}(bring|come|take|pay|park|smoke|enter|get in|get there|allowed|welcome|have to)", "(do|does) (you|they|the \\w+|it) (\\w+ )?(have|take|accept|allow|offer|serve|do|provide|cater)", "(is|are) there", "(is|are) (\\w+ ){1,3}(allowed|welcome|possible|permitted|available|accepted|free|included|ok|okay)", "have you got", "got any",
)  # fmt: skip


def _correction(s: Signs) -> Verdict:
    """Something said or offered before is put right."""
    if not s.details or s.idle:
        return None
    verdict = s.answer[0]
    marked = tables.CORRECTION.search(s.said.plain) is not None
    if s.negated or (verdict is Answer.NO and not s.answers_question):
        return Intent.CORRECT, True
    if s.asked is Asked.YES_OR_NO:
        return (Intent.CORRECT, True) if _differs_from_offer(s, marked=marked) else None
    if s.asked is Asked.DETAIL and (s.answers_question or s.state.expecting is Expecting.NOTHING):
        return None
    if s.asked is not Asked.ANYTHING_ELSE:
        marked = marked or tables.ADJUSTMENT.search(s.said.plain) is not None
    return (Intent.CORRECT, True) if marked and not _starts_afresh(s) else None


def _differs_from_offer(s: Signs, *, marked: bool) -> bool:
    """A yes with another time is no plain yes; another time alone is a correction."""
    if s.chooses or s.matches_offer:
        return False
    if s.answer[0] is None:
        return marked or not s.only_signs
    adjusted = tables.ADJUSTMENT.search(s.said.plain) is not None
    return marked or (adjusted and Intent.BOOK not in s.hits)


def _starts_afresh(s: Signs) -> bool:
    """ "perdón, quería reservar…": the marker is a courtesy, not a correction."""
    known = s.state.details
    nothing_known = not (known.days or known.time or known.covers or known.service or known.name)
    return Intent.BOOK in s.hits and nothing_known


def _choice(s: Signs) -> Verdict:
    if s.refuses:
        return Intent.DENY, True
    return (Intent.INFORM, True) if s.chooses else None


def _foreign_answer(s: Signs) -> Verdict:
    """Somebody else asked for it: a city, a cuisine, a day. Whatever is no question answers that."""
    if s.asked is not Asked.DETAIL or s.state.expecting is not Expecting.NOTHING:
        return None
    if s.is_question and not _POLITE_REQUEST.search(s.said.plain):
        return None
    if Intent.SYMPTOM in s.hits or (Intent.BOOK in s.hits and s.asked_for_a_name):
        return None
    return Intent.INFORM, s.details


def _booking(s: Signs) -> Verdict:
    if TAKES_BOOKINGS.search(s.said.plain):
        return None
    if Intent.BOOK in s.hits and _asks_beside_an_offer(s) and not s.details:
        return Intent.ENQUIRE, False
    wants_service = s.names_service and not s.is_question and _WANTS.search(s.said.plain)
    return (Intent.BOOK, True) if Intent.BOOK in s.hits or wants_service else None


def _yes_or_no_and_more(s: Signs) -> Verdict:
    verdict = s.answer[0]
    if verdict is None or (s.details and not s.matches_offer):
        return None
    if s.is_question and verdict is Answer.YES:
        return Intent.ENQUIRE, False
    if s.asked is Asked.YES_OR_NO and verdict is Answer.NO and _WANTS.search(s.said.plain):
        return Intent.CORRECT, False
    return (Intent.AFFIRM if verdict is Answer.YES else Intent.DENY), False


_WANTS = cue(
    "want", "need", "like", "make", "go to", "try", "quiero", "prefiero", "quisiera", "queria", "necesito", "me gustaria", "deseo", "mejor",
)  # fmt: skip


def _question(s: Signs) -> Verdict:
    plain = s.said.plain
    if TAKES_BOOKINGS.search(plain) or (s.is_question and ABOUT_A_PLACE.search(plain)):
        return Intent.ENQUIRE, True
    if s.topic and (s.is_question or not s.details):
        return Intent.ENQUIRE, s.is_question
    return None


def _symptom(s: Signs) -> Verdict:
    return (Intent.SYMPTOM, True) if Intent.SYMPTOM in s.hits else None


def _detail(s: Signs) -> Verdict:
    if not s.details or s.idle:
        return None
    unanswered = s.asked is Asked.NOTHING and s.answer[0] is None
    if s.only_moments and unanswered and s.left_over > MAX_LEFT_OVER and not s.answers_question:
        return None
    return Intent.INFORM, True


MAX_LEFT_OVER = 2
"""A day or time among more words than this is no answer ("¿lloverá mucho en Lima mañana?")."""


def _phrase_within(s: Signs) -> Verdict:
    """A courtesy among other words."""
    for intent in _COURTESIES:
        if intent in s.hits:
            return intent, False
    return None


_MOVES_IT = cue(
    "(cambia|cambie|pasa|pase|mueve|mueva|adelanta|atrasa|retrasa|cambiar|pasar|mover|aplaza|aplazar)(me|nos)?(la|lo|las|los)", "(move|change|switch|push|reschedule) it (from|to)",
)  # fmt: skip
_MY_BOOKING = cue(
    "(mi|mis|nuestr[oa]s?) (reserva|cita|turno|mesa)s?", "(la|el) (reserva|cita|turno) (que tengo|que hice|del|de la|de las|de)", "(my|our) (existing |current |other |next )?(booking|reservation|appointment)s?", "reschedul*", "reprogram*", "aplaz*", "pospon*",
)  # fmt: skip
_QUESTIONS: tuple[Callable[[Signs], Verdict], ...] = (
    _name_with_symbols,
    _plain_answer,
    _courtesy,
    _person_or_machine,
    _off_topic,
    _waitlist,
    _existing_booking,
    _question_to_the_house,
    _correction,
    _choice,
    _foreign_answer,
    _booking,
    _symptom,
    _question,
    _yes_or_no_and_more,
    _detail,
    _phrase_within,
)


def _with_others(s: Signs, main: Intent) -> tuple[Intent, ...]:
    """The main intent and what else the message asks for, in that order."""
    others = [
        intent
        for intent, present in (
            (Intent.BOOK, main in _ABOUT_EXISTING and _books_as_well(s)),
            (Intent.CANCEL, main is Intent.BOOK and Intent.CANCEL in s.hits),
            (Intent.ENQUIRE, main in _ARRANGING and s.asks_about_topic),
            (
                Intent.INFORM,
                main is Intent.ENQUIRE and s.details and _informs(s),
            ),
            (Intent.AFFIRM, main is Intent.CORRECT and s.answer[0] is Answer.YES),
            (Intent.AFFIRM, main is Intent.INFORM and s.answer[0] is Answer.YES),
            (Intent.SYMPTOM, main is Intent.BOOK and Intent.SYMPTOM in s.hits),
            (Intent.BOOK, main is Intent.SYMPTOM and Intent.BOOK in s.hits),
            (Intent.THANKS, main is Intent.DENY and Intent.THANKS in s.hits),
            (Intent.GOODBYE, main in {Intent.DENY, Intent.THANKS} and Intent.GOODBYE in s.hits),
        )
        if present and intent is not main
    ]
    return (main, *dict.fromkeys(others))


def _informs(s: Signs) -> bool:
    """Whether a question gives details beside what it asks about: a dog that is brought comes along."""
    if s.only_asks:
        return _BRINGS.search(s.said.plain) is not None
    return not s.only_moments


_BRINGS = cue(
    "(llev|tra)(ar|amos|emos|er|o|igo|arlo|arla|erlo|erla)",
    "(ir|venir|vamos|voy|vengo|venimos) con",
    "bring(ing)?",
    "come with",
)
_ABOUT_EXISTING = frozenset(
    {Intent.CANCEL, Intent.RESCHEDULE, Intent.CHECK_BOOKING, Intent.ENQUIRE}
)
_ARRANGING = frozenset(
    {Intent.BOOK, Intent.RESCHEDULE, Intent.CANCEL, Intent.AFFIRM, Intent.INFORM, Intent.CORRECT}
)
_BOOKS_AS_WELL = re.compile(
    r"(?<!\w)(?:y|and|luego|despues|then|but|pero|,|;|\.)\s*(?:(?:tambien|also|please|por\s+favor|i'd\s+like\s+to|quiero|quisiera|me|can\s+you)\s+){0,2}"
    r"(?:reserv(?:a|ame|anos|e|ar|arme|eme)|agend(?:a|ame|ar)|haz(?:me)?|ponme|dame|quiero|book|reserve|make|get)(?!\w)"
)


def _books_as_well(s: Signs) -> bool:
    """ "cancela la del viernes y reserva otra para el sábado" """
    if Intent.BOOK not in s.hits:
        return False
    return _BOOKS_AS_WELL.search(s.said.plain) is not None
