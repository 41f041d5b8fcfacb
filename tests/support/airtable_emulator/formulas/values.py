"""Values inside formulas: how they compare, join and become text.

None is blank. Where Airtable's own rule is not known, `Unknown` is raised and the whole formula is
refused, rather than a row silently kept or lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.airtable_emulator.clock import iso

Value = Any
"""str, float, int, bool, an aware datetime, a list of those, Zoned, or None."""


class Unknown(Exception):
    """Nobody wrote down what Airtable does here."""


class EvaluationError(Exception):
    """What a cell shows as #ERROR!."""


@dataclass(frozen=True, slots=True)
class Zoned:
    """What SET_TIMEZONE returns; only DATETIME_FORMAT takes it."""

    instant: datetime
    zone: ZoneInfo


def is_true(value: Value) -> bool:
    """Also the rule for keeping a row: not 0, false, empty text, NaN, an empty list or blank."""
    if isinstance(value, float) and isnan(value):
        return False
    return bool(value)


def text(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "1" if value else "0"
        case int() | float():
            return f"{value:.15g}"
        case datetime():
            return iso(value)
        case list():
            return ", ".join(text(item) for item in value)
    raise Unknown(f"{type(value).__name__} as text")


def number(value: Value) -> float:
    match value:
        case None:
            return 0.0
        case bool() | int() | float():
            return float(value)
        case list() if len(value) == 1:
            return number(value[0])
    raise EvaluationError(f"not a number: {text(value)!r}")


def instant(value: Value) -> datetime:
    """A date; ISO text is read as one, in UTC where it names no offset."""
    match value:
        case datetime():
            return value
        case list() if len(value) == 1:
            return instant(value[0])
        case str() if value:
            return parse_instant(value)
    raise EvaluationError(f"not a date: {text(value)!r}")


def parse_instant(written: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(written)
    except ValueError as error:
        raise EvaluationError(f"not a date: {written!r}") from error
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def to_millisecond(value: datetime) -> datetime:
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def equal(left: Value, right: Value) -> bool:
    if isinstance(left, list) or isinstance(right, list):
        return _equal_lists(left, right)
    if left is None or right is None:
        return _equal_blank(right if left is None else left)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, datetime) and isinstance(right, datetime):
        return to_millisecond(left) == to_millisecond(right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    if "" in (left, right):
        return False
    raise Unknown(f"{_kind(left)} = {_kind(right)}")


def _equal_blank(other: Value) -> bool:
    # An unticked box is blank, and blank does not equal FALSE(): users report that
    # {Box}=FALSE() finds nothing, and NOT({Box}) does.
    return other is None or other == "" or (other == 0 and not isinstance(other, bool))


def _equal_lists(left: Value, right: Value) -> bool:
    """A list equals the text of its items, joined as it is shown."""
    for value in (left, right):
        if not isinstance(value, list | str) and value is not None:
            if isinstance(left, list) and len(left) == 1:
                return equal(left[0], right)
            if isinstance(right, list) and len(right) == 1:
                return equal(left, right[0])
            raise Unknown(f"{_kind(left)} = {_kind(right)}")
    return text(left) == text(right)


def order(left: Value, right: Value) -> int:
    """-1, 0 or 1. A blank is 0 beside a number, and an error beside a date."""
    if isinstance(left, list) and len(left) == 1:
        left = left[0]
    if isinstance(right, list) and len(right) == 1:
        right = right[0]
    if isinstance(left, datetime) or isinstance(right, datetime):
        for value in (left, right):
            if not isinstance(value, datetime) and value is not None:
                raise Unknown(f"{_kind(left)} < {_kind(right)}")
        return _sign(to_millisecond(instant(left)), to_millisecond(instant(right)))
    if isinstance(left, str) or isinstance(right, str):
        raise Unknown(f"{_kind(left)} < {_kind(right)}")
    return _sign(number(left), number(right))


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _kind(value: Value) -> str:
    match value:
        case datetime():
            return "a date"
        case str():
            return "text"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case Zoned():
            return "a date set to a time zone"
    return "blank"


def flat(values: Sequence[Value]) -> list[Value]:
    """One list out of values and lists of values, without blanks."""
    items: list[Value] = []
    for value in values:
        items.extend(flat(value) if isinstance(value, list) else [] if value is None else [value])
    return items
