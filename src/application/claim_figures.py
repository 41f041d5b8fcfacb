"""Tests of what is counted or written in figures: parties, prices, phones, codes, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from application.claim_argument import Argument
from application.claim_facts import Entry, Facts
from application.claim_reading import Reading
from application.claim_scope import letters, scope_of
from application.claim_words import WORDS
from application.wording import fold


def counts(argument: Argument) -> Iterator[str]:
    facts = argument.facts
    known = {e.covers for e in facts.entries if e.covers is not None} | facts.counts
    for mention in argument.reading.counts:
        clause = argument.clause_at(mention.at)
        scope = scope_of(argument, clause)
        fitting = {e.covers for e in scope.entries}
        if mention.value in fitting or (not scope.booking and mention.value in facts.counts):
            continue
        if argument.is_open(clause, mention.at):
            said = facts.said.counts if facts.said is not None else []
            if mention.value in {n.value for n in said} or not (facts.wish_known or known):
                continue
        yield "party"


def figures(argument: Argument) -> Iterator[str]:
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
    if _spelled_code(facts.language).search(argument.plain):
        yield "code"
    for code in reading.codes:
        scope = scope_of(argument, argument.clause_at(code.at))
        if not _is_known_code(code.text, reading, scope.entries, facts):
            yield "code"
    for table in reading.tables:
        scope = scope_of(argument, argument.clause_at(table.at))
        if not any(table.text in e.tables for e in scope.entries):
            yield "table"


@lru_cache(maxsize=16)
def _spelled_code(language: str) -> re.Pattern[str]:
    """A code said in words ("siete ka dos"), which nothing here could compare with the right one."""
    words = WORDS.get(language, WORDS["en"])
    digit = "|".join(sorted(words.numbers, key=len, reverse=True))
    return re.compile(
        r"\b(?:codi(?:go|ce)|code|localizador|referencia|reference|referenza|riferimento|kennung)\b"
        rf"\W*(?:\w+\W+){{0,2}}?(?:(?:{digit})\b\W*(?:[^\W\d_]{{1,3}}\b\W*){{0,2}}){{2}}"
    )


def _is_known_phone(digits: str, facts: Facts) -> bool:
    return any(p.endswith(digits) or digits.endswith(p) for p in facts.phones if len(p) >= 3)


def _is_known_code(code: str, reading: Reading, entries: Iterable[Entry], facts: Facts) -> bool:
    if fold(code) in facts.words:
        return True
    said, whole = letters(code), letters(reading.text)
    codes = [letters(e.code) for e in entries if e.code]
    return any(said == known or (said in known and known in whole) for known in codes)
