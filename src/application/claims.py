"""The claim check: it reads every sentence of a reply before the guest does.

A sentence passes if every day, time, party, table, price, phone and code in it, and every
statement that something has come about ("booked", "see you on Saturday"), agrees with the facts
of the turn. Offers, questions, conditions and negations state nothing and pass. The check is
wary: what it cannot read it stops, because the house's own templates stand ready to say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from application.claim_facts import Entry, Facts, Standing, facts_of
from application.claim_reading import DayMention, Reading, TimeMention, read
from application.claim_words import WORDS, Claim, Words
from application.ports.agents import ReplyPlan
from application.wording import fold, sentences, split_sentences, without_accents
from domain.acts import Act, HouseFacts, HouseSays, NoAnswer, Noted

__all__ = [
    "Claim",
    "ClaimCheck",
    "Entry",
    "Facts",
    "Standing",
    "Verdict",
    "facts_of",
    "sayable",
    "sentences",
    "stated",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be said; if not, what speaks against it, as words for the log."""

    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons


class ClaimCheck:
    """Holds sentences against facts. Keeps no state: one instance serves every conversation."""

    def check(self, sentence: str, facts: Facts) -> Verdict:
        """Whether one sentence, without its neighbours, says nothing but what is so."""
        if not sentence.strip() or _is_quoted(sentence, facts):
            return Verdict()
        reading = read(sentence, facts.language)
        argument = _Argument(reading, facts)
        found: dict[str, None] = {}
        for test in _TESTS:
            found.update(dict.fromkeys(test(argument)))
        return Verdict(tuple(found))


def stated(text: str, language: str) -> frozenset[Claim]:
    """What a text states as done or as being so, whether it is or not."""
    argument = _Argument(read(text, language), Facts(language))
    return frozenset(s.claim for s in argument.statements if not s.negated)


_OUTCOMES = frozenset(
    {Claim.BOOKED, Claim.MOVED, Claim.CANCELLED, Claim.WAITLISTED, Claim.STANDS, Claim.AWAITED}
)
_NEVER_SAID_BACK = frozenset({"link", "markup", "outcome", "promise", "code", "price", "phone"})
"""What a guest's own words would be taken for if the house said them: a link, a confirmation."""
LONGEST_ECHO = 160
"""Characters of a request that is said back to whoever made it."""


def sayable(plan: ReplyPlan) -> ReplyPlan:
    """The plan without those texts of others that would be taken for the house's word on a booking.

    The house's own answers lose sentences about what became of a booking: whoever may edit an answer
    or a cell could otherwise have every guest told that their table is confirmed. Guests' requests
    are noted all the same, but said back only where they read like requests.
    """
    return replace(plan, acts=tuple(_sayable(act, plan.language, plan) for act in plan.acts))


def _sayable(act: Act, language: str, plan: ReplyPlan) -> Act:
    match act:
        case HouseSays(topic=topic, text=text):
            text = _without_outcomes(text, language)
            return replace(act, text=text) if text else NoAnswer(topic, plan.venue.contact.phone)
        case HouseFacts(lines=lines):
            told = (_without_outcomes(line, language) for line in lines)
            return replace(act, lines=tuple(filter(None, told)))
        case Noted(requests=requests):
            fit = tuple(each for each in requests if _may_be_said_back(each, language))
            return replace(act, requests=fit)
        case _:
            return act


def _without_outcomes(text: str, language: str) -> str:
    fit = [
        sentence
        for sentence in split_sentences(text)
        if _OUTCOMES.isdisjoint(stated(sentence, language)) and not _MARKUP.search(sentence)
    ]
    return "".join(fit).strip()


def _may_be_said_back(request: str, language: str) -> bool:
    facts = Facts(language)
    found = (ClaimCheck().check(each, facts).reasons for each in split_sentences(request))
    return len(request) <= LONGEST_ECHO and all(_NEVER_SAID_BACK.isdisjoint(r) for r in found)


def _is_quoted(sentence: str, facts: Facts) -> bool:
    folded = fold(sentence)
    return len(folded) > 2 and any(folded in quote for quote in facts.quotes)


# --- what a sentence claims ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    question: bool
    conditional: bool
    """A condition itself, or what follows from the condition before it."""
    depends: bool
    """It is what follows."""


@dataclass(frozen=True, slots=True)
class _Statement:
    claim: Claim
    at: int
    negated: bool


class _Argument:
    """A sentence taken apart: its clauses and what each of them states."""

    def __init__(self, reading: Reading, facts: Facts) -> None:
        self.reading = reading
        self.facts = facts
        self.grammar = _grammar(facts.language)
        # "sí" is no "si": a yes opens no condition.
        self.plain = self.grammar.harmless.sub(
            lambda m: "_" * len(m.group()),
            without_accents(re.sub(r"\bsí\b", "__", reading.low)),
        )
        self.clauses = list(_clauses(self))
        self.statements = list(_statements(self))

    def clause_at(self, at: int) -> _Clause:
        return next((c for c in self.clauses if c.start <= at < c.end), self.clauses[-1])

    def claims_in(self, clause: _Clause) -> set[Claim]:
        """What a clause states; where it states nothing, what the sentence does."""
        stated = {
            (s.claim, clause.start <= s.at < clause.end) for s in self.statements if not s.negated
        }
        return {claim for claim, here in stated if here} or {
            claim for claim, _ in stated if claim not in _REFUSING
        }

    def is_open(self, clause: _Clause, at: int) -> bool:
        """Whether what stands there is asked, offered, doubted or denied rather than stated."""
        if clause.question or clause.conditional:
            return True
        before = self.plain[clause.start : at]
        return bool(
            self.grammar.softener.search(before)
            or self.grammar.negation.search(self.plain[clause.start : clause.end])
        )


@dataclass(frozen=True, slots=True)
class _Grammar:
    """A language's small words, compiled."""

    common: frozenset[str]
    harmless: re.Pattern[str]
    negation: re.Pattern[str]
    softener: re.Pattern[str]
    frame: re.Pattern[str]
    condition: re.Pattern[str]
    strict_condition: re.Pattern[str]
    opener: re.Pattern[str]
    ignorance: re.Pattern[str]
    formerly: re.Pattern[str]
    once: re.Pattern[str]
    nightly: re.Pattern[str]
    notes: re.Pattern[str]
    deeds: re.Pattern[str]
    innocent: re.Pattern[str]


@lru_cache(maxsize=16)
def _grammar(language: str) -> _Grammar:
    words = WORDS.get(language, WORDS["en"])
    lexicon = {
        word
        for names in (*words.months, *words.weekdays)
        for word in re.findall(r"\w+", names)
        if word
    }
    lexicon.update(w for n in (*words.numbers, *words.near_days, *words.parts) for w in n.split())
    return _Grammar(
        common=words.common | lexicon,
        harmless=re.compile(rf"\b(?:{words.harmless})"),
        negation=re.compile(rf"\b(?:{words.negations})\b"),
        softener=re.compile(rf"\b(?:{words.softeners})\b"),
        frame=re.compile(rf"\b(?:{words.frames})"),
        condition=re.compile(rf"\b(?:{words.conditions})\b(?! ?[,.!])"),
        strict_condition=re.compile(rf"\b(?:{words.strict_conditions})"),
        opener=re.compile(rf"\W*(?:{words.openers})\b"),
        ignorance=re.compile(rf"\b(?:{words.ignorance})"),
        formerly=re.compile(rf"\b(?:{words.formerly})\b\W*(?:\w+ ){{0,2}}$"),
        once=re.compile(rf"\b(?:{words.once})\b"),
        nightly=re.compile(rf"\b(?:{words.nightly})"),
        notes=re.compile(rf"\b(?:{words.notes})"),
        deeds=re.compile(words.deeds),
        innocent=re.compile(words.innocent),
    )


_BREAK = re.compile(
    r"[,;:·|()—–•]+(?=\s|$)|(?<=\s)[-(]+(?=\S|\s)|\n|(?=¿)|(?<=[!?.…])\s"
    r"|\s(?=(?:y|and|e|et|und) (?:ahora|now|agora|maintenant|adesso|ora|jetzt)\b)"
    r"|\s(?=(?:pero|but|aber|mas|mais|ma|sondern|however|aunque|though)\s)"
)
_MORE_HELP = re.compile(
    r"algo mas|cualquier|alguna (?:duda|pregunta|consulta|otra)|anything|any (?:question|other|change)|questions|further|duvida|question|autre|altro|etwas|fragen|hace falta|necesita|need|change your mind|cambi"
)


def _clauses(argument: _Argument) -> Iterator[_Clause]:
    text, grammar = argument.plain, argument.grammar
    edges = [0, *(m.end() for m in _BREAK.finditer(text) if 0 < m.end() < len(text)), len(text)]
    spans = list(pairwise(edges))
    asked_from = _question_start(text, spans, grammar)
    asked_to = text.rfind("?")
    follows = False
    for start, end in spans:
        words = text[start:end]
        condition = grammar.condition.search(words)
        opens = condition is not None and condition.start() <= len(words) - len(words.lstrip()) + 8
        yield _Clause(
            start,
            end,
            question=asked_from <= start <= asked_to,
            conditional=opens or follows,
            depends=follows and not opens,
        )
        # "Si me dice su nombre, …" conditions what comes next; "Si necesita algo más, …" does not.
        follows = opens and not _MORE_HELP.search(words) and words.rstrip().endswith(",")


def _question_start(text: str, spans: Sequence[tuple[int, int]], grammar: _Grammar) -> int:
    """Where the question begins, or the end of the text where nothing is asked."""
    mark = text.rfind("?")
    if mark < 0:
        return len(text)
    opened = text.find("¿")
    if opened >= 0:
        return opened
    last = len(text)
    for start, end in reversed([s for s in spans if s[0] <= mark]):
        last = min(last, start)
        if grammar.opener.match(text, start, end):
            return start
    asked = [start for start, _ in spans if start <= mark]
    return asked[-1] if asked else last


_UNITED: dict[Claim, re.Pattern[str]] = {
    claim: re.compile(
        "|".join(f"(?:{words.claims[claim]})" for words in WORDS.values() if claim in words.claims)
    )
    for claim in Claim
}
# These negate by themselves ("no queda nada"), and what they cover states nothing else.
_REFUSING = (Claim.FULL, Claim.CLOSED)
_SAYS_NO = frozenset({*_REFUSING, Claim.FAILED, Claim.CANCELLED, Claim.NOTHING_OWED})


def _statements(argument: _Argument) -> Iterator[_Statement]:
    low = argument.reading.low
    for claim in _REFUSING:
        for match in _UNITED[claim].finditer(low):
            clause = argument.clause_at(match.start())
            if not clause.question and not clause.conditional:
                yield _Statement(claim, match.start(), negated=False)
        low = _UNITED[claim].sub(lambda m: "_" * len(m.group()), low)
    for claim, pattern in _UNITED.items():
        if claim in _REFUSING:
            continue
        for match in pattern.finditer(low):
            statement = _stated(argument, claim, match.start(), match.end())
            if statement is not None:
                yield statement


def _stated(argument: _Argument, claim: Claim, at: int, end: int) -> _Statement | None:
    """What is stated at a place, or None where it is only asked, offered or made to depend."""
    clause, grammar = argument.clause_at(at), argument.grammar
    if clause.question or (clause.conditional and not _has_come_about(argument, clause, end)):
        return None
    before = argument.plain[clause.start : at]
    if claim is not Claim.FAILED and _is_negated(argument, clause, claim, at, end):
        return _Statement(claim, at, negated=True)
    frame = _last(grammar.frame, argument.plain[clause.start : end])
    since = before[frame.end() :] if frame is not None else before
    # "I can offer you a table" says that there is one.
    softened = claim is not Claim.FREE and grammar.softener.search(since)
    if softened or grammar.condition.search(since):
        return None
    after = argument.plain[end : clause.end]
    following = argument.plain[clause.end : clause.end + 40]
    if grammar.strict_condition.search(after) or grammar.strict_condition.match(following.lstrip()):
        return None
    return _Statement(claim, at, negated=False)


_PAST = re.compile(
    r"\b(?:he|ha|has|han|hemos|fue|fueron|quedó|quedaron|acabo de|have|has|had|'ve|was|were|went|just|already"
    r"|foi|foram|ficou|acabei|ai|avons|été|viens de|ho|abbiamo|stat[oaie]|habe|haben|wurden?|worden|bereits)\b"
    r"|[^\W\d_]{3}(?:é|ó|ei|ou|aron|ieron)$"
)


def _has_come_about(argument: _Argument, clause: _Clause, end: int) -> bool:
    """ "Si me da su nombre, la reservo" hangs on a condition; "si le interesa, la he reservado" does not."""
    return clause.depends and _PAST.search(argument.reading.low, clause.start, end) is not None


def _is_negated(argument: _Argument, clause: _Clause, claim: Claim, at: int, end: int) -> bool:
    negation = _last(argument.grammar.negation, argument.plain[clause.start : at])
    if negation is not None:
        between = argument.plain[clause.start + negation.end() : at]
        if between.count(" ") <= _REACH_OF_NEGATION:
            return True
    if claim in _SAYS_NO:
        return False
    # "Your reservation has | not been made": what is said to exist is denied just after.
    reach = min(clause.end, end + 12) if claim is Claim.EXISTS else end
    return argument.grammar.negation.search(argument.plain, at, reach) is not None


_REACH_OF_NEGATION = 5
"""Words: "todavía no he podido dejarla reservada" is denied, "no tema su mesa …" further on is not."""


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    last = None
    for last in pattern.finditer(text):  # noqa: B007
        pass
    return last


# --- the tests -----------------------------------------------------------------------------------

_REASONS: dict[Claim, str] = {
    Claim.FREE: "availability",
    Claim.FULL: "availability",
    Claim.CLOSED: "availability",
    Claim.FOLLOW_UP: "promise",
    Claim.HANDED_OVER: "promise",
    Claim.NOTHING_OWED: "promise",
}

# What else makes a claim true: a table that is booked is kept, too.
_IMPLIED: dict[Claim, frozenset[Claim]] = {
    Claim.HELD: frozenset({Claim.BOOKED}),
    Claim.RECEIVED: frozenset({Claim.BOOKED}),
    Claim.MOVED: frozenset({Claim.UPDATED}),
    Claim.UPDATED: frozenset({Claim.MOVED}),
    Claim.AWAITED: frozenset({Claim.BOOKED}),
    Claim.EXISTS: frozenset({Claim.BOOKED, Claim.RECEIVED}),
    Claim.STANDS: frozenset({Claim.BOOKED, Claim.RECEIVED}),
    Claim.FREE: frozenset({Claim.BOOKED}),
}


def _outcomes(argument: _Argument) -> Iterator[str]:
    held = argument.facts.claims
    for statement in argument.statements:
        claim = statement.claim
        if statement.negated:
            if claim in _DENIABLE and claim in held and not _refuses(argument.facts):
                yield "outcome"
        elif claim is Claim.FAILED:
            if held & _UNDER_WAY and not _refuses(argument.facts):
                yield "outcome"
        elif claim not in held and not _IMPLIED.get(claim, frozenset()) & held:
            yield _REASONS.get(claim, "outcome")


def _deeds(argument: _Argument) -> Iterator[str]:
    """Stops what the house says it has done or will do where nothing here knows such a deed.

    There is no end of idioms for "booked"; they all tell of something done.
    """
    low, grammar = argument.reading.low, argument.grammar
    for deed in grammar.deeds.finditer(low):
        at, end = deed.start(), deed.end()
        verb = deed[deed.lastindex or 0]
        clause = argument.clause_at(at)
        if clause.question or (clause.conditional and not clause.depends):
            continue
        if grammar.innocent.match(verb) or _is_spoken_of(argument.facts, verb):
            continue
        if _is_negated(argument, clause, Claim.EXISTS, at, end) or _is_claimed(low, at, end):
            continue
        yield "outcome"


def _is_spoken_of(facts: Facts, verb: str) -> bool:
    stem = without_accents(verb)[:5]
    return any(word.startswith(stem) for word in facts.words | facts.noted)


def _is_claimed(low: str, start: int, end: int) -> bool:
    """Whether the words there make a claim that the facts bear out or not, as `_outcomes` judges."""
    return any(
        match.start() < end and start < match.end()
        for pattern in _UNITED.values()
        for match in pattern.finditer(low)
    )


_UNDER_WAY = frozenset({Claim.BOOKED, Claim.RECEIVED, Claim.FOLLOW_UP})
_DENIABLE = frozenset({Claim.BOOKED, Claim.CANCELLED, Claim.MOVED, Claim.WAITLISTED})


def _refuses(facts: Facts) -> bool:
    """Whether something was refused this turn, so that "no" may well be said."""
    return bool({Claim.FULL, Claim.CLOSED} & facts.claims)


_STANDING: dict[Claim, frozenset[Standing]] = {
    Claim.BOOKED: frozenset({Standing.BOOKED}),
    Claim.AWAITED: frozenset({Standing.BOOKED}),
    Claim.DONE: frozenset({Standing.BOOKED, Standing.CANCELLED, Standing.WAITING}),
    Claim.UPDATED: frozenset({Standing.BOOKED, Standing.RECEIVED}),
    Claim.EXISTS: frozenset({Standing.BOOKED, Standing.RECEIVED, Standing.CANCELLED}),
    Claim.STANDS: frozenset({Standing.BOOKED, Standing.RECEIVED}),
    Claim.RECEIVED: frozenset({Standing.RECEIVED, Standing.BOOKED}),
    Claim.MOVED: frozenset({Standing.BOOKED, Standing.RECEIVED}),
    Claim.CANCELLED: frozenset({Standing.CANCELLED}),
    Claim.WAITLISTED: frozenset({Standing.WAITING}),
    Claim.HELD: frozenset({Standing.OFFERED, Standing.BOOKED}),
    Claim.FREE: frozenset({Standing.OFFERED, Standing.BOOKED}),
    Claim.FULL: frozenset({Standing.WISHED}),
    Claim.CLOSED: frozenset({Standing.WISHED}),
}
_OF_A_BOOKING = frozenset(
    {
        Claim.BOOKED,
        Claim.AWAITED,
        Claim.EXISTS,
        Claim.STANDS,
        Claim.RECEIVED,
        Claim.MOVED,
        Claim.CANCELLED,
        Claim.WAITLISTED,
    }
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the mentions of one clause may agree with."""

    entries: tuple[Entry, ...]
    booking: bool
    """The clause is about a booking: general facts, such as opening hours, do not excuse it."""
    refusing: bool


def _scope(argument: _Argument, clause: _Clause) -> _Scope:
    claims = argument.claims_in(clause)
    standings = frozenset().union(*(_STANDING.get(c, frozenset()) for c in claims))
    entries = tuple(
        e
        for e in argument.facts.entries
        if (e.standing in standings if standings else e.standing is not Standing.FORMER)
    )
    return _Scope(
        _narrowed(argument, entries),
        booking=bool(claims & _OF_A_BOOKING) and bool(entries),
        refusing=bool(claims) and claims <= {Claim.FULL, Claim.CLOSED},
    )


def _narrowed(argument: _Argument, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Where a sentence has one code, or one time, the entries it speaks of."""
    reading = argument.reading
    if len(reading.codes) == 1:
        code = _letters(reading.codes[0].text)
        entries = tuple(e for e in entries if _letters(e.code) == code) or entries
    if len(reading.times) == 1:
        minutes = reading.times[0].minutes
        entries = tuple(e for e in entries if e.minute in minutes) or entries
    return entries


def _days(argument: _Argument) -> Iterator[str]:
    for mention in argument.reading.days:
        clause = argument.clause_at(mention.at)
        if not _day_agrees(argument, clause, mention):
            yield "weekday" if mention.names_only_weekday else "date"


def _day_agrees(argument: _Argument, clause: _Clause, mention: DayMention) -> bool:
    facts, scope = argument.facts, _scope(argument, clause)
    if mention.offset is not None and (facts.today is None or _is_idle_today(argument, mention)):
        return True
    if any(_entry_day_fits(argument, e, mention) for e in scope.entries):
        return True
    if _was_former(argument, clause, mention.at) and any(
        e.day is not None and mention.fits(e.day, facts.today)
        for e in facts.entries
        if e.standing is Standing.FORMER
    ):
        return True
    if not scope.booking:
        if any(mention.fits(day, facts.today) for day in facts.days):
            return True
        if mention.names_only_weekday and mention.weekday in facts.weekdays:
            return Claim.CLOSED not in argument.claims_in(clause) or mention.weekday in (
                facts.closed_weekdays
            )
    if argument.is_open(clause, mention.at) or scope.refusing:
        known = bool(facts.days or facts.weekdays or any(e.day for e in facts.entries))
        return _was_said(facts, mention) or not (facts.wish_known or known)
    return False


def _entry_day_fits(argument: _Argument, entry: Entry, mention: DayMention) -> bool:
    today = argument.facts.today
    if entry.day is not None and mention.fits(entry.day, today):
        return True
    return (
        entry.eve is not None
        and mention.fits(entry.eve, today)
        and argument.grammar.nightly.search(argument.plain) is not None
    )


def _is_idle_today(argument: _Argument, mention: DayMention) -> bool:
    """ "How can I help you today?" names no day to come."""
    reading = argument.reading
    return (
        mention.offset == 0
        and len(reading.days) == 1
        and not (reading.times or reading.counts or argument.statements)
    )


def _was_said(facts: Facts, mention: DayMention) -> bool:
    """Whether the guest named that day; one of the two may leave out the weekday."""
    said = facts.said.days if facts.said is not None else []
    return any(
        (m.day, m.offset) == (mention.day, mention.offset)
        and (
            m.weekday == mention.weekday
            or (m.day is not None and None in (m.weekday, mention.weekday))
        )
        for m in said
    )


def _was_former(argument: _Argument, clause: _Clause, at: int) -> bool:
    before = argument.plain[clause.start : at]
    grammar = argument.grammar
    return bool(grammar.formerly.search(before) or grammar.once.search(before))


def _times(argument: _Argument) -> Iterator[str]:
    for mention in argument.reading.times:
        if not _time_agrees(argument, argument.clause_at(mention.at), mention):
            yield "time"


def _time_agrees(argument: _Argument, clause: _Clause, mention: TimeMention) -> bool:
    facts, scope = argument.facts, _scope(argument, clause)
    day = _day_beside(argument.reading, mention)
    if any(_start_fits(argument, e, day, mention) for e in scope.entries):
        return True
    if _was_former(argument, clause, mention.at) and any(
        e.minute in mention.minutes for e in facts.entries if e.standing is Standing.FORMER
    ):
        return True
    if not scope.booking and mention.minutes & facts.minutes:
        return True
    if scope.refusing and not facts.wish_known:
        return not any(
            e.minute in mention.minutes for e in facts.entries if e.standing is Standing.OFFERED
        )
    if argument.is_open(clause, mention.at):
        known = bool(facts.minutes or any(e.minute is not None for e in facts.entries))
        said = facts.said is not None and any(mention.minutes & t.minutes for t in facts.said.times)
        return said or not (facts.wish_known or known)
    return False


def _day_beside(reading: Reading, mention: TimeMention) -> DayMention | None:
    """The day a time is said of: the last one before it, else the first one after."""
    before = [d for d in reading.days if d.at < mention.at]
    return before[-1] if before else next(iter(reading.days), None)


def _start_fits(
    argument: _Argument, entry: Entry, day: DayMention | None, mention: TimeMention
) -> bool:
    ends = entry.end is not None and _is_said_as_end(argument, entry, mention)
    named = {entry.minute, entry.end} if ends else {entry.minute}
    if not named & mention.minutes:
        return False
    if day is None or entry.day is None:
        return True
    # An end may fall on the day after.
    return entry.minute not in mention.minutes or _entry_day_fits(argument, entry, day)


_UNTIL = re.compile(
    r"\b(?:hasta|until|till?|by|ate|jusqu\w*|fino|bis|antes|before|avant|acab\w+|termin\w+|ends?|endet|finish\w*)\b"
)


_LISTED = re.compile(r"[,;?¿\n]|\b(?:o|u|or|ou|oder|y|and)\b")
_LONGEST_RANGE = 30
"""Characters from a start to its end: "21:00 de la noche a las 22:45"."""


def _is_said_as_end(argument: _Argument, entry: Entry, mention: TimeMention) -> bool:
    """ "From 21:00 to 22:45", "until 22:45": alone, the end of one table is no start of another."""
    said_before = argument.plain[max(mention.at - 20, 0) : mention.at + 6]
    if _UNTIL.search(said_before):
        return True
    for other in argument.reading.times:
        between = argument.plain[other.at : mention.at + 4]
        if entry.minute in other.minutes and 4 < len(between) <= _LONGEST_RANGE:
            return entry.standing is Standing.WAITING or _LISTED.search(between) is None
    return False


def _counts(argument: _Argument) -> Iterator[str]:
    facts = argument.facts
    known = {e.covers for e in facts.entries if e.covers is not None} | facts.counts
    for mention in argument.reading.counts:
        clause = argument.clause_at(mention.at)
        scope = _scope(argument, clause)
        fitting = {e.covers for e in scope.entries}
        if mention.value in fitting or (not scope.booking and mention.value in facts.counts):
            continue
        if argument.is_open(clause, mention.at):
            said = facts.said.counts if facts.said is not None else []
            if mention.value in {n.value for n in said} or not (facts.wish_known or known):
                continue
        yield "party"


def _figures(argument: _Argument) -> Iterator[str]:
    reading, facts = argument.reading, argument.facts
    covers = {e.covers for e in facts.entries}
    numbers = facts.numbers | facts.counts | covers
    if any(n.value not in numbers for n in reading.numbers):
        yield "number"
    if any(n.value not in facts.lengths for n in reading.lengths):
        yield "duration"
    if any(p.text not in facts.prices for p in reading.prices):
        yield "price"
    if any(not _is_known_phone(p.text, facts) for p in reading.phones):
        yield "phone"
    if any(link.text not in facts.links for link in reading.links):
        yield "link"
    for code in reading.codes:
        scope = _scope(argument, argument.clause_at(code.at))
        if not _is_known_code(code.text, reading, scope.entries, facts):
            yield "code"
    for table in reading.tables:
        scope = _scope(argument, argument.clause_at(table.at))
        if not any(table.text in e.tables for e in scope.entries):
            yield "table"


def _is_known_phone(digits: str, facts: Facts) -> bool:
    return any(p.endswith(digits) or digits.endswith(p) for p in facts.phones if len(p) >= 3)


def _is_known_code(code: str, reading: Reading, entries: Iterable[Entry], facts: Facts) -> bool:
    if fold(code) in facts.words:
        return True
    said, whole = _letters(code), _letters(reading.text)
    codes = [_letters(e.code) for e in entries if e.code]
    return any(said == known or (said in known and known in whole) for known in codes)


def _letters(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


def _united(pick: Callable[[Words], dict[str, str]]) -> dict[str, re.Pattern[str]]:
    keys = dict.fromkeys(key for words in WORDS.values() for key in pick(words))
    return {
        key: re.compile(
            r"(?<!\w)(?:"
            + "|".join(pick(w)[key] for w in WORDS.values() if key in pick(w))
            + r")(?!\w)"
        )
        for key in keys
    }


_PLACES = _united(lambda words: dict(words.places))
_ANY_PLACE = re.compile("|".join(p.pattern for p in _PLACES.values()))
_TOPICS = _united(lambda words: dict(words.topics))
_ANY_TOPIC = re.compile("|".join(p.pattern for p in _TOPICS.values()))


def _places(argument: _Argument) -> Iterator[str]:
    plain = _without_titles(argument)
    if not _ANY_PLACE.search(plain):
        return
    for key, pattern in _PLACES.items():
        for match in pattern.finditer(plain):
            clause = argument.clause_at(match.start())
            if clause.question or clause.conditional or _is_denied(argument, clause):
                continue
            entries = _scope(argument, clause).entries
            if not any(key in e.places for e in entries) and not _is_excused(argument, match):
                yield "table"


def _without_titles(argument: _Argument) -> str:
    text, plain = argument.reading.text, argument.reading.plain
    for title in argument.facts.titles:
        at = text.find(title)
        while at >= 0:
            plain = plain[:at] + "_" * len(title) + plain[at + len(title) :]
            at = text.find(title, at + 1)
    return plain


def _is_denied(argument: _Argument, clause: _Clause) -> bool:
    return argument.grammar.negation.search(argument.plain, clause.start, clause.end) is not None


def _is_excused(argument: _Argument, match: re.Match[str]) -> bool:
    """The house says it of itself, or the guest asked for it and it is said back as a request."""
    facts = argument.facts
    stems = {w[:5] for w in match.group().split() if len(w) > 2}
    if stems & {w[:5] for w in facts.words}:
        return True
    return bool(stems & {w[:5] for w in facts.noted}) and bool(
        argument.grammar.notes.search(argument.plain)
    )


def _policies(argument: _Argument) -> Iterator[str]:
    """What only the house can tell: deposits, parking, discounts, what is on the menu."""
    plain = _without_titles(argument)
    if not _ANY_TOPIC.search(plain) or argument.grammar.ignorance.search(argument.plain):
        return
    for topic in _TOPICS.values():
        for match in topic.finditer(plain):
            clause = argument.clause_at(match.start())
            if not clause.question and not _is_condition(argument, clause, match.start()):
                yield from _policy(argument, clause, topic, match)


def _is_condition(argument: _Argument, clause: _Clause, at: int) -> bool:
    """ "Si necesita trona, dígamelo": what stands in the condition is not promised."""
    opened = argument.grammar.condition.search(argument.plain, clause.start, at)
    return clause.conditional and opened is not None


def _policy(
    argument: _Argument, clause: _Clause, topic: re.Pattern[str], match: re.Match[str]
) -> Iterator[str]:
    answers = [quote for quote in argument.facts.quotes if topic.search(quote)]
    if not answers and not _is_excused(argument, match):
        yield "policy"
    elif answers and all(_denies(argument, a) != _is_denied(argument, clause) for a in answers):
        # The house's own answer says yes where the sentence says no, or the reverse.
        yield "policy"


def _denies(argument: _Argument, quote: str) -> bool:
    return argument.grammar.negation.search(quote) is not None


_MARKUP = re.compile(r"<[a-z/!][^>]*>?|\]\(|!\[|```|\{\{|&[a-z]+;|⟨|⟩", re.IGNORECASE)


def _markup(argument: _Argument) -> Iterator[str]:
    if _MARKUP.search(argument.reading.text):
        yield "markup"


_ZONE = re.compile(
    r"\b(?i:hora(?:rio)?|heure|ora|fuso)s? (?:de|del|di) ([A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)?)|\b([A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)?)(?: (?:[Tt]ime|time zone)|er Zeit)\b"
    r"|\b((?:UTC|GMT)(?:[+-]\d+)?|CES?T|WES?T|[ECMP][SD]T|BRT|BOT|BST)\b"
)


def _zones(argument: _Argument) -> Iterator[str]:
    for match in _ZONE.finditer(argument.reading.text):
        named = set(fold(next(g for g in match.groups() if g)).split())
        if not named <= argument.facts.zones | argument.grammar.common:
            yield "zone"


_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]*"
_PERSON = re.compile(
    rf"\b(?i:{'|'.join(w.person for w in WORDS.values())})\s+({_NAME}(?:\s+(?:(?:de|del|de la|da|do|von|van)\s+)?{_NAME})*)"
)
_CAPITAL = re.compile(r"(?<=\s)([A-ZÀ-ÖØ-Þ][a-zß-ÿ][\w'-]*)(?=(.{0,1}))")
# Where a capital letter is only a beginning.
_OPENS = re.compile(r"(?:^|[.!?…:;·•|\"“«(¿¡\n–—/-])\s*$")
_CALLED = re.compile(
    r"(?:^|[,!¡])\s*(?:\w+\s+){0,2}$|\b(?:hola|hello|hi|dear|gracias|thanks|thank you|merci|grazie|obrigad[oa]|danke|welcome|bienvenid[oa]|estimad[oa])\s+$",
    re.IGNORECASE,
)
_EVERYDAY_CAPITALS = frozenset(
    {
        "whatsapp",
        "google",
        "english",
        "spanish",
        "christmas",
        "navidad",
        "i'm",
        "i'll",
        "i've",
        "i'd",
    }
)
_TITLES = frozenset(re.findall(r"[a-z]+", " ".join(w.person for w in WORDS.values())))


def _people(argument: _Argument) -> Iterator[str]:
    facts, text = argument.facts, argument.reading.text
    known = facts.names | facts.words | argument.grammar.common | _EVERYDAY_CAPITALS
    for match in _PERSON.finditer(text):
        if any(word not in known for word in _name_words(match.group(1))):
            yield "person"
    if facts.language == "de":  # every noun has a capital there
        return
    for match in _CAPITAL.finditer(text):
        word = fold(match.group(1)).split("'")[0]
        if word in known or word in facts.zones or word in _TITLES:
            continue
        if not _OPENS.search(text, 0, match.start()) and not _is_called(text, match):
            yield "person"


def _name_words(name: str) -> Iterator[str]:
    return (w for w in re.findall(r"\w+", fold(name)) if w not in ("de", "del", "la", "da", "do"))


def _is_called(text: str, match: re.Match[str]) -> bool:
    """ "Gracias, Laura": a name the guest is called by tells nothing of anybody."""
    return match.group(2) in ("", ",", ".", "!", "?", ":") and bool(
        _CALLED.search(text, 0, match.start())
    )


_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-zªºÀ-ɏḀ-ỿ]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_FEWEST_WORDS = 5
"""Shorter sentences are too short to tell a language by."""


def _language(argument: _Argument) -> Iterator[str]:
    """Stops what this check cannot read: a claim in another language would pass unseen."""
    reading, facts = argument.reading, argument.facts
    if facts.language not in WORDS or any(
        not _LATIN.match(c) for c in _LETTER.findall(reading.text)
    ):
        yield "language"
        return
    words = [
        m.group()
        for m in _WORD.finditer(reading.plain)
        if m.group() not in facts.names
        and not any(c.at <= m.start() < c.at + len(c.text) for c in reading.codes)
    ]
    if len(words) < _FEWEST_WORDS:
        return
    own = _known_words(words, facts.language)
    best = max(_known_words(words, other) for other in WORDS)
    if own * 4 < len(words) or best >= own + 3:
        yield "language"


def _known_words(words: Sequence[str], language: str) -> int:
    common = _grammar(language).common
    return sum(w in common or w.split("'")[0] in common for w in words)


_TESTS: tuple[Callable[[_Argument], Iterator[str]], ...] = (
    _outcomes,
    _deeds,
    _days,
    _times,
    _counts,
    _figures,
    _places,
    _policies,
    _people,
    _zones,
    _markup,
    _language,
)
