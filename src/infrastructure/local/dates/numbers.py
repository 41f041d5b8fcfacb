"""Rules for numbers and lengths of time: "treinta y uno", "twenty-first", "una hora y media"."""

from __future__ import annotations

from dataclasses import dataclass

from domain.when import Unit
from infrastructure.local.dates.patterns import Table
from infrastructure.local.dates.tokens import Number, Pair

MOST = 500
"""Nobody books 501 weeks ahead: a larger count is no length of time here."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; `number` and `unit` where it is a plain number of one unit."""

    months: int = 0
    days: int = 0
    minutes: int = 0
    workdays: int = 0
    number: int = 0
    unit: str = ""

    @property
    def whole_days(self) -> bool:
        return not self.minutes

    def plus(self, other: Duration) -> Duration:
        return Duration(
            self.months + other.months,
            self.days + other.days,
            self.minutes + other.minutes,
            self.workdays + other.workdays,
        )

    def times(self, number: int, unit: str) -> Duration:
        return Duration(
            self.months * number,
            self.days * number,
            self.minutes * number,
            self.workdays * number,
            number,
            unit,
        )


UNITS = {
    "minute": Duration(minutes=1),
    "hour": Duration(minutes=60),
    "day": Duration(days=1),
    "workday": Duration(workdays=1),
    "week": Duration(days=7),
    "fortnight": Duration(days=14),
    "month": Duration(months=1),
    "year": Duration(months=12),
}
CALENDAR_UNITS = {
    "day": Unit.DAY,
    "workday": Unit.WORKDAY,
    "week": Unit.WEEK,
    "month": Unit.MONTH,
    "year": Unit.YEAR,
}

table = Table()
rule = table.rule


def lasting(count: int, unit: str) -> Duration | None:
    if not 0 < count <= MOST:
        return None
    if unit == "second":
        return Duration(minutes=(count + 59) // 60)
    return UNITS[unit].times(count, unit)


@rule("NUMBER", "tens:TENS (?:DASH|AND)? unit:UNITS")
def tens_and_unit(tens: int, unit: int) -> Number:
    return Number(tens + unit)


@rule("ORDINAL", "tens:TENS DASH? unit:ORDINAL")
def tens_and_ordinal(tens: int, unit: int | Number) -> Number | None:
    return Number(tens + unit) if isinstance(unit, int) and unit < 10 else None


@rule("NTH", "tens:TENS DASH? SECOND")
def tens_and_second(tens: int) -> Number:
    return Number(tens + 2)


@rule("NUMBER", "word:UNITS", "word:TENS", "word:CARDINAL")
def number_in_words(word: int) -> Number:
    return Number(word)


@rule("NTH", "word:ORDINAL")
def ordinal(word: int | Number) -> Number:
    return Number(word) if isinstance(word, int) else word


@rule("DURATION", "count:NUMBER AND (?:A|UN)? HALF unit:UNIT")
def count_and_a_half(count: Number, unit: str) -> Duration | None:
    whole = lasting(count.value, unit)
    return and_a_half(whole) if whole else None


@rule("DURATION", "HALF (?:UN|A)? unit:UNIT")
def half_a_unit(unit: str) -> Duration | None:
    return Duration(minutes=30) if unit == "hour" else None


@rule("DURATION", "QUARTERS OF? (?:UN|A)? unit:UNIT")
def three_quarters(unit: str) -> Duration | None:
    return Duration(minutes=45) if unit == "hour" else None


@rule("DURATION", "(?:UN|A)? QUARTER OF? (?:UN|A)? unit:UNIT")
def one_quarter(unit: str) -> Duration | None:
    return Duration(minutes=15) if unit == "hour" else None


@rule(
    "DURATION",
    "count:NUMBER unit:UNIT",
    "count:COUPLE OF? unit:UNIT",
    "count:FEW unit:UNIT",
    "(?:UN|A) unit:UNIT",
)
def some_units(unit: str, count: int | Number | None = None) -> Duration | None:
    return lasting(count.value if isinstance(count, Number) else count or 1, unit)


@rule("DURATION", "count:NUMBER SECOND")
def some_seconds(count: Number) -> Duration | None:
    return lasting(count.value, "second")


@rule("DURATION", "(?<=[IN WITHIN FOR NEXT LAST]) count:NUMBER H")
def some_hours(count: Number) -> Duration | None:
    return lasting(count.value, "hour")


@rule("DURATION", "(?<=IN) count:NUMBER PRIME")
def some_minutes(count: Number) -> Duration | None:
    return lasting(count.value, "minute")


@rule("DURATION", "pair:PAIR unit:UNIT", "pair:PAIR H")
def fraction_of_an_hour(pair: Pair, unit: str = "hour") -> Duration | None:
    """ "1/2 hora", "2.5 hours"."""
    left, right = pair.left.value, pair.right.value
    if unit != "hour" or pair.sign == "-" or (pair.sign == "/" and not 0 < left < right):
        return None
    minutes = 60 * left // right if pair.sign == "/" else 60 * left + 6 * right % 60
    return Duration(minutes=minutes)


@rule("DURATION", "whole:DURATION AND HALF")
def and_a_half(whole: Duration) -> Duration:
    """ "una hora y media"; of a day half is twelve hours, of longer units nothing certain."""
    return whole.plus(Duration(minutes={"hour": 30, "day": 720}.get(whole.unit, 0)))


@rule("DURATION", *["first:DURATION (?:AND|COMMA)? second:DURATION"] * 2)
def added(first: Duration, second: Duration) -> Duration:
    """ "two days, one hour and five minutes": twice, as each pass adds two neighbours."""
    return first.plus(second)
