"""A sentence taken apart: its clauses, and what each of them states, denies or leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from application.claim_facts import Facts
from application.claim_grammar import Grammar, grammar_of
from application.claim_reading import Reading
from application.claim_words import WORDS, Claim
from application.wording import without_accents


@dataclass(frozen=True, slots=True)
class Clause:
    start: int
    end: int
    question: bool
    conditional: bool
    """A condition itself, or what follows from the condition before it."""
    depends: bool
    """It is what follows."""


@dataclass(frozen=True, slots=True)
class Statement:
    claim: Claim
    at: int
    negated: bool


class Argument:
    """A sentence taken apart: its clauses and what each of them states."""

    def __init__(self, reading: Reading, facts: Facts) -> None:
        self.reading = reading
        self.facts = facts
        self.grammar = grammar_of(facts.language)
        # "sí" is no "si": a yes opens no condition.
        self.plain = self.grammar.harmless.sub(
            lambda m: "_" * len(m.group()),
            without_accents(re.sub(r"\bsí\b", "__", reading.low)),
        )
        self.clauses = list(_clauses(self))
        self.statements = list(_statements(self))

    def clause_at(self, at: int) -> Clause:
        return next((c for c in self.clauses if c.start <= at < c.end), self.clauses[-1])

    def claims_in(self, clause: Clause) -> set[Claim]:
        """What a clause states; where it states nothing, what the sentence does."""
        stated = {
            (s.claim, clause.start <= s.at < clause.end) for s in self.statements if not s.negated
        }
        return {claim for claim, here in stated if here} or {
            claim for claim, _ in stated if claim not in _REFUSING
        }

    def is_open(self, clause: Clause, at: int) -> bool:
        """Whether what stands there is asked, offered, doubted or denied rather than stated."""
        if clause.question or clause.conditional:
            return True
        before = self.plain[clause.start : at]
        return bool(
            self.grammar.softener.search(before)
            or self.grammar.negation.search(self.plain[clause.start : clause.end])
        )


_BREAK = re.compile(
    r"[,;:·|()—–•]+(?=\s|$)|(?<=\s)[-(]+(?=\S|\s)|\n|(?=¿)|(?<=[!?.…])\s"
    r"|\s(?=(?:y|and|e|et|und) (?:ahora|now|agora|maintenant|adesso|ora|jetzt)\b)"
    r"|\s(?=(?:pero|but|aber|mas|mais|ma|sondern|however|aunque|though)\s)"
)


_MORE_HELP = re.compile(
    r"algo mas|cualquier|alguna (?:duda|pregunta|consulta|otra)|anything|any (?:question|other|change)|questions|further|duvida|question|autre|altro|etwas|fragen|hace falta|necesita|need|change your mind|cambi"
)


def _clauses(argument: Argument) -> Iterator[Clause]:
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
        yield Clause(
            start,
            end,
            question=asked_from <= start <= asked_to,
            conditional=opens or follows,
            depends=follows and not opens,
        )
        # "Si me dice su nombre, …" conditions what comes next; "Si necesita algo más, …" does not.
        follows = opens and not _MORE_HELP.search(words) and words.rstrip().endswith(",")


def _question_start(text: str, spans: Sequence[tuple[int, int]], grammar: Grammar) -> int:
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


CLAIMED: dict[Claim, re.Pattern[str]] = {
    claim: re.compile(
        "|".join(f"(?:{words.claims[claim]})" for words in WORDS.values() if claim in words.claims)
    )
    for claim in Claim
}


# These negate by themselves ("no queda nada"), and what they cover states nothing else.
_REFUSING = (Claim.FULL, Claim.CLOSED)


_SAYS_NO = frozenset({*_REFUSING, Claim.FAILED, Claim.CANCELLED, Claim.NOTHING_OWED})


def _statements(argument: Argument) -> Iterator[Statement]:
    low = argument.reading.low
    for claim in _REFUSING:
        for match in CLAIMED[claim].finditer(low):
            clause = argument.clause_at(match.start())
            if not clause.question and not clause.conditional:
                yield Statement(claim, match.start(), negated=False)
        low = CLAIMED[claim].sub(lambda m: "_" * len(m.group()), low)
    for claim, pattern in CLAIMED.items():
        if claim in _REFUSING:
            continue
        for match in pattern.finditer(low):
            statement = _stated(argument, claim, match.start(), match.end())
            if statement is not None:
                yield statement


def _stated(argument: Argument, claim: Claim, at: int, end: int) -> Statement | None:
    """What is stated at a place, or None where it is only asked, offered or made to depend."""
    clause, grammar = argument.clause_at(at), argument.grammar
    if clause.question or (clause.conditional and not _has_come_about(argument, clause, end)):
        return None
    before = argument.plain[clause.start : at]
    if claim is not Claim.FAILED and is_negated(argument, clause, claim, at, end):
        return Statement(claim, at, negated=True)
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
    return Statement(claim, at, negated=False)


_PAST = re.compile(
    r"\b(?:he|ha|has|han|hemos|fue|fueron|quedó|quedaron|acabo de|have|has|had|'ve|was|were|went|just|already"
    r"|foi|foram|ficou|acabei|ai|avons|été|viens de|ho|abbiamo|stat[oaie]|habe|haben|wurden?|worden|bereits)\b"
    r"|[^\W\d_]{3}(?:é|ó|ei|ou|aron|ieron)$"
)


def _has_come_about(argument: Argument, clause: Clause, end: int) -> bool:
    """ "Si me da su nombre, la reservo" hangs on a condition; "si le interesa, la he reservado" does not."""
    return clause.depends and _PAST.search(argument.reading.low, clause.start, end) is not None


def is_negated(argument: Argument, clause: Clause, claim: Claim, at: int, end: int) -> bool:
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
