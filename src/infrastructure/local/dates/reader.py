"""Finds every day and time in a message and says what was said: no calendar, no clock, no guess."""

from __future__ import annotations

from collections.abc import Sequence

from domain.when import (
    ClockTime,
    Mention,
    TimeSpan,
)
from infrastructure.local.dates import clocks, days, joining, numbers, tokens
from infrastructure.local.dates.context import old_and_new, without_names
from infrastructure.local.dates.numbers import Duration
from infrastructure.local.dates.patterns import Node, Table, kind
from infrastructure.local.dates.tokens import Number, Pair

LONGEST = 4000
"""Characters that are read; no guest's message is longer (the HTTP contract's limit)."""

_WHEN = kind("WHEN")
# fmt: off
_SILENT = frozenset(map(kind, (
    "OTHER", "STOP", "COMMA", "DASH", "PRIME", "EL", "LA", "LAS", "AL", "A", "A_LAS", "OF", "DEL",
    "IN", "ON", "BY", "FOR", "FROM", "SINCE", "TO", "UNTIL", "BETWEEN", "WITHIN", "AND", "OR",
    "THE", "AT", "UN", "THIS", "THAT_COMES", "LAST", "NEXT", "SAME", "ANY", "PEOPLE", "SEAT",
    "NAMED", "CHANGE", "GREETING", "ABOUT", "AROUND", "AFTER", "BEFORE", "AFTER_THE", "BEFORE_THE",
    "MORE_THAN", "LESS_THAN", "MINUS", "PAST", "AGO", "AMPM", "H", "SECOND",
)))
# fmt: on
"""Kinds that say nothing of a day or time unless another kind stands beside them."""


class DateReader:
    """Reads Spanish and English side by side; the language settles words that both have."""

    def __init__(self, *, english_month_first: bool | None = True) -> None:
        """`english_month_first`: whether 3/4 in an English message is 4 March; None = unsettled."""
        self._english_month_first = english_month_first

    def read(
        self, text: str, *, language: str, expecting_time: bool = False
    ) -> tuple[Mention, ...]:
        """Every expression in order, not overlapping; `start` and `end` count characters of `text`.

        `expecting_time`: the guest was asked for a time, so that a bare "9" is one.
        """
        line, places = self._parse(text, language, expecting_time=expecting_time)
        return tuple(
            Mention(*_span(node, places), node.value)
            for node in line
            if node.kind == _WHEN and node.value
        )

    def spans(self, text: str, *, language: str) -> tuple[tuple[int, int], ...]:
        """Where expressions stand; lengths of time ("por 10 minutos") count here as well."""
        line, places = self._parse(text, language, expecting_time=False)
        wanted = (_WHEN, kind("DURATION"), kind("LATER"))
        found = (_span(node, places) for node in line if node.kind in wanted)
        return tuple((start, end - (text[end - 1] == ".")) for start, end in found)

    def _parse(
        self, text: str, language: str, *, expecting_time: bool
    ) -> tuple[list[Node], Sequence[int]]:
        folded, places = tokens.fold(text[:LONGEST])
        month_first = self._english_month_first if language == "en" else False
        line = tokens.read_line(folded, language=language, month_first=month_first)
        line = without_names(line, text, places)
        if _SILENT.issuperset([node.kind for node in line]) and len(line) > 3:
            return [], places
        line = old_and_new(line)
        line = days.names.apply(numbers.table.apply(line))
        if expecting_time:
            line = _expected_pairs.apply(line)
        for table in (clocks.table, days.table, clocks.late_table):
            line = table.apply(line)
        if expecting_time:
            line = _expected.apply(line)
        return joining.table.apply(line), places


def _span(node: Node, places: Sequence[int]) -> tuple[int, int]:
    """Characters of the original text; a letter that folded into several is taken whole."""
    return places[node.start], places[node.end - 1] + 1


# A bare number, where the guest was asked for a time.

_expected_pairs = Table()


@_expected_pairs.rule("TIME", "pair:PAIR (?!OF? MONTH)")
def expected_span(pair: Pair) -> TimeSpan | None:
    return clocks.bare_pair(pair)


@_expected_pairs.rule("CLOCK", "pair:PAIR (?!OF? MONTH)")
def expected_point(pair: Pair) -> ClockTime | None:
    return clocks.said(pair.left, pair.right) if pair.sign == "." else None


_expected = Table()


@_expected.rule(
    "CLOCK", "hour:NUMBER [AND STOP COMMA]? minute:NUMBER", "FOR? hour:NUMBER (?!OTHER)"
)
def expected_number(hour: Number, minute: Number | None = None) -> ClockTime | None:
    return clocks.said(hour, minute)


@_expected.rule("CLOCK", "FOR? hour:NUMBER (?=OTHER)")
def expected_number_before_a_word(hour: Number) -> ClockTime | None:
    """ "9 mejor"; in "una trona" the number is an article."""
    is_article = hour.digits == 0 and hour.value == 1
    return None if is_article else clocks.said(hour)


_expected.rule("TIME", "[FROM OF]? first:NUMBER [TO A DASH] last:NUMBER")(clocks.bare_span)


@_expected.rule("CLOCK", "(?<![IN WITHIN LESS_THAN MORE_THAN AGO]) length:DURATION")
def expected_hours(length: Duration) -> ClockTime | None:
    """ "15 horas", "21 hrs"."""
    if length.unit != "hour" or length.number > 24:
        return None
    return clocks.said(Number(length.number))
