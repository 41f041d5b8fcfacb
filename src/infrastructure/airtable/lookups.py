"""Which booking rows to list: formulas made of our own keys and instants, never of what people type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

LONGEST_STAY = timedelta(hours=12)
"""Of a row whose end is missing, or not after its start."""
_OURS = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_ours(text: str) -> bool:
    """Whether a text is of the kind that we make codes, keys and ids of."""
    return _OURS.fullmatch(text) is not None


def any_of(terms: Iterable[str]) -> str:
    return f"OR({', '.join(terms)})"


def has_text(field: str, text: str) -> str:
    """The cell is exactly this key or code."""
    return f"{{{field}}}={_quoted(text)}"


def is_record(record: str) -> str:
    return f"RECORD_ID()={_quoted(record)}"


def starts_within(start: str, first: datetime, end: datetime) -> str:
    """The row starts in [first, end)."""
    # A comparison with an empty cell is an error rather than false.
    inside = f"AND(NOT(IS_BEFORE({{{start}}}, {_at(first)})), IS_BEFORE({{{start}}}, {_at(end)}))"
    return f"IF({{{start}}}, {inside})"


def overlaps_any(start: str, end: str, windows: Sequence[tuple[datetime, datetime]]) -> str:
    """The row has a start and may overlap one of these half-open windows."""
    terms = [_overlaps(start, end, first, last) for first, last in windows]
    return f"IF({{{start}}}, {any_of(terms)})"


def merged(windows: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same instants in as few windows as possible, sorted."""
    result: list[tuple[datetime, datetime]] = []
    for first, last in sorted(windows):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def _overlaps(start: str, end: str, first: datetime, last: datetime) -> str:
    ends_later = f"IS_AFTER({{{end}}}, {_at(first)})"
    may_last = f"IS_AFTER({{{start}}}, {_at(first - LONGEST_STAY)})"
    has_end = f"IF({{{end}}}, IS_AFTER({{{end}}}, {{{start}}}))"
    return f"AND(IS_BEFORE({{{start}}}, {_at(last)}), IF({has_end}, {ends_later}, {may_last}))"


def _at(instant: datetime) -> str:
    return f"DATETIME_PARSE('{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z')"


def _quoted(text: str) -> str:
    if not is_ours(text):
        raise ValueError("only our own keys stand in formulas")
    return f"'{text}'"
