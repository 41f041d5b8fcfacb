"""Tests of what only the house can tell: where a table stands, what it has and what it charges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from application.claim_argument import Argument, Clause
from application.claim_grammar import united
from application.claim_scope import scope_of

_PLACES = united(lambda words: dict(words.places))


_ANY_PLACE = re.compile("|".join(p.pattern for p in _PLACES.values()))


_TOPICS = united(lambda words: dict(words.topics))


_ANY_TOPIC = re.compile("|".join(p.pattern for p in _TOPICS.values()))


def places(argument: Argument) -> Iterator[str]:
    plain = _without_titles(argument)
    if not _ANY_PLACE.search(plain):
        return
    for key, pattern in _PLACES.items():
        for match in pattern.finditer(plain):
            clause = argument.clause_at(match.start())
            if clause.question or clause.conditional or _is_denied(argument, clause):
                continue
            entries = scope_of(argument, clause).entries
            if not any(key in e.places for e in entries) and not _is_excused(argument, match):
                yield "table"


def _without_titles(argument: Argument) -> str:
    text, plain = argument.reading.text, argument.reading.plain
    for title in argument.facts.titles:
        at = text.find(title)
        while at >= 0:
            plain = plain[:at] + "_" * len(title) + plain[at + len(title) :]
            at = text.find(title, at + 1)
    return plain


def _is_denied(argument: Argument, clause: Clause) -> bool:
    return argument.grammar.negation.search(argument.plain, clause.start, clause.end) is not None


def _is_excused(argument: Argument, match: re.Match[str]) -> bool:
    """The house says it of itself, or the guest asked for it and it is said back as a request."""
    facts = argument.facts
    stems = {w[:5] for w in match.group().split() if len(w) > 2}
    if stems & {w[:5] for w in facts.words}:
        return True
    return bool(stems & {w[:5] for w in facts.noted}) and bool(
        argument.grammar.notes.search(argument.plain)
    )


def policies(argument: Argument) -> Iterator[str]:
    """What only the house can tell: deposits, parking, discounts, what is on the menu."""
    plain = _without_titles(argument)
    if not _ANY_TOPIC.search(plain) or argument.grammar.ignorance.search(argument.plain):
        return
    for topic in _TOPICS.values():
        for match in topic.finditer(plain):
            clause = argument.clause_at(match.start())
            if not clause.question and not _is_condition(argument, clause, match.start()):
                yield from _policy(argument, clause, topic, match)


def _is_condition(argument: Argument, clause: Clause, at: int) -> bool:
    """ "Si necesita trona, dígamelo": what stands in the condition is not promised."""
    opened = argument.grammar.condition.search(argument.plain, clause.start, at)
    return clause.conditional and opened is not None


def _policy(
    argument: Argument, clause: Clause, topic: re.Pattern[str], match: re.Match[str]
) -> Iterator[str]:
    answers = [quote for quote in argument.facts.quotes if topic.search(quote)]
    if not answers and not _is_excused(argument, match):
        yield "policy"
    elif answers and all(_denies(argument, a) != _is_denied(argument, clause) for a in answers):
        # The house's own answer says yes where the sentence says no, or the reverse.
        yield "policy"


def _denies(argument: Argument, quote: str) -> bool:
    return argument.grammar.negation.search(quote) is not None
