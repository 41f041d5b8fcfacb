"""Tests of what is said to have come about, or to be so: booked, moved, held, free, promised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from application.claim_argument import CLAIMED, Argument, is_negated
from application.claim_facts import Facts
from application.claim_words import Claim
from application.wording import without_accents

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


def outcomes(argument: Argument) -> Iterator[str]:
    held = argument.facts.claims
    for statement in argument.statements:
        claim = statement.claim
        if statement.negated:
            sure = claim is Claim.WAITLISTED or not _refuses(argument.facts)
            if claim in _DENIABLE and claim in held and sure:
                yield "outcome"
        elif claim is Claim.FAILED:
            if held & _UNDER_WAY and not _refuses(argument.facts):
                yield "outcome"
        elif claim not in held and not _IMPLIED.get(claim, frozenset()) & held:
            yield _REASONS.get(claim, "outcome")


def deeds(argument: Argument) -> Iterator[str]:
    """Stops what the house says it has done or will do where nothing here knows such a deed.

    There is no end of idioms for "booked"; they all tell of something done.
    """
    low, grammar = argument.reading.low, argument.grammar
    for deed in grammar.deeds.finditer(low):
        at, end = deed.start(), deed.end()
        spoken = deed.span(deed.lastindex or 0)
        verb = low[slice(*spoken)]
        clause = argument.clause_at(at)
        if clause.question or (clause.conditional and not clause.depends):
            continue
        if grammar.innocent.match(verb) or _is_spoken_of(argument.facts, verb):
            continue
        if is_negated(argument, clause, Claim.EXISTS, at, end) or _is_claimed(low, *spoken):
            continue
        yield "outcome"


_ON_THE_TABLE = frozenset(Claim) - {Claim.FULL, Claim.CLOSED, Claim.FAILED, Claim.FOLLOW_UP}
"""With one of these a table may be spoken of in any words; the other tests see to the details."""


def hearsay(argument: Argument) -> Iterator[str]:
    """Stops what is told of a table where there is none to speak of and no claim was read in it.

    "Hay un par de mesas sueltas", "os hacen hueco": there is no end of these idioms either. Asked,
    offered, denied or only named ("una mesa para cuatro"), a table may be mentioned.
    """
    grammar, plain = argument.grammar, argument.plain
    if grammar.seats is None or _ON_THE_TABLE & argument.facts.claims or argument.statements:
        return
    for seat in grammar.seats.finditer(plain):
        clause = argument.clause_at(seat.start())
        before, words = plain[: seat.start()], plain[clause.start : clause.end]
        if argument.is_open(clause, seat.start()) or grammar.condition.search(before):
            continue
        if grammar.softener.search(before) or grammar.softener.search(words):
            continue
        is_subject = grammar.is_so.match(plain, seat.end()) is not None
        words_before = len(re.findall(r"\w+", plain[clause.start : seat.start()]))
        only_named = words_before < _FEWEST_WORDS and not is_subject
        if only_named or grammar.asides.search(words) or _is_spoken_of(argument.facts, seat[0]):
            continue
        yield "outcome"
        return


_FEWEST_WORDS = 2
"""Before the noun: with fewer, a table is only named."""


def _is_spoken_of(facts: Facts, verb: str) -> bool:
    stem = without_accents(verb)[:5]
    return any(word.startswith(stem) for word in facts.words | facts.noted)


def _is_claimed(low: str, start: int, end: int) -> bool:
    """Whether the words there make a claim that the facts bear out or not, as `outcomes` judges."""
    return any(
        match.start() < end and start < match.end()
        for pattern in CLAIMED.values()
        for match in pattern.finditer(low)
    )


_UNDER_WAY = frozenset({Claim.BOOKED, Claim.RECEIVED, Claim.FOLLOW_UP})


_DENIABLE = frozenset({Claim.BOOKED, Claim.CANCELLED, Claim.MOVED, Claim.WAITLISTED})


def _refuses(facts: Facts) -> bool:
    """Whether something was refused this turn, so that "no" may well be said."""
    return bool({Claim.FULL, Claim.CLOSED} & facts.claims)
