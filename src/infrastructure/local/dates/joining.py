"""The last rules: a day and a time that stand together are one expression."""

from __future__ import annotations

from dataclasses import replace

from domain.when import (
    AnyDay,
    AnyTime,
    CalendarDay,
    ClockTime,
    DayExpression,
    DayPart,
    DaysAhead,
    DaySpan,
    EitherTime,
    FromNow,
    Half,
    Later,
    MonthsAhead,
    PartOfDay,
    TimeExpression,
    TimeSpan,
    Week,
    Weekday,
    WeekdayOf,
    When,
    Which,
)
from infrastructure.local.dates import clocks, days
from infrastructure.local.dates.numbers import Duration
from infrastructure.local.dates.patterns import Table
from infrastructure.local.dates.tokens import Number

table = Table()
rule = table.rule


@rule(
    "TIME",
    "first:CLOCK OR second:CLOCK",
    "first:CLOCK OR second:NUMBER",
    "first:NUMBER OR second:CLOCK",
)
def either_time(first: ClockTime | Number, second: ClockTime | Number) -> EitherTime | None:
    one, other = (
        clocks.said(each) if isinstance(each, Number) else each for each in (first, second)
    )
    if one is None or other is None:
        return None
    if one.half is None and one.part is None:
        one = replace(one, half=other.half, part=other.part)
    return EitherTime((one, other))


@rule("WHEN", "time:CLOCK", "time:TIME", "time:PARTOF")
def time_alone(time: TimeExpression) -> When:
    return When(time=time)


@rule("WHEN", "day:DAY (?:[IN BY OF A AT COMMA]? [LA THE]? part:PART)?", "day:DAY half:AMPM")
def day_alone(day: DayExpression, part: DayPart | None = None, half: Half | None = None) -> When:
    if half is not None:
        part = DayPart.MORNING if half is Half.AM else DayPart.AFTERNOON
    return When(day, PartOfDay(part) if part else None)


rule("WHEN", "when:ANY_WHEN")(lambda when: when)


@rule("WHEN", "[IN]? MORE_THAN when:WHEN", "IN? MORE_THAN length:DURATION [FROM_TODAY FROM_NOW]?")
def no_sooner_than(when: When | None = None, length: Duration | None = None) -> When | None:
    """ "in more than two weeks"."""
    if when and when.time:
        return None
    day = when.day if when else days.ahead(length) if length else None
    if day is None or isinstance(day, DaySpan | FromNow):
        return None
    return When(DaySpan(day, None))


@rule("WHEN", "IN? LESS_THAN when:WHEN", "IN? LESS_THAN length:DURATION [FROM_TODAY FROM_NOW]?")
def no_later_than(when: When | None = None, length: Duration | None = None) -> When | None:
    """ "in less than an hour"."""
    ahead = (when.day or when.time) if when else days.ahead(length) if length else None
    if isinstance(ahead, FromNow):
        return When(time=replace(ahead, within=True))
    if isinstance(ahead, Later):
        return When(DaySpan(ahead.base, replace(ahead, days=ahead.days - 1)))
    return (
        When(DaySpan(DaysAhead(0), ahead)) if isinstance(ahead, DaysAhead | MonthsAhead) else None
    )


LINK = "[COMMA ON AT FOR IN OF DEL EL LA LAS THE AL A BY DASH FROM SINCE]{0,3}"


@rule("WHEN", *[f"first:WHEN {LINK} second:WHEN"] * 3)
def joined(first: When, second: When) -> When | None:
    """One expression of two, unless both name a day or both a time."""
    if _runs_on(first, second):
        return _across_days(first, second)
    if second.day is None and isinstance(second.time, TimeSpan) and second.time.first is None:
        return _within_a_day(first, second.time)
    day = _one_day(first.day, second.day)
    time = _one_time(first.time, second.time)
    if (day is None and (first.day or second.day)) or (
        time is None and (first.time or second.time)
    ):
        return None
    return When(day, time)


@rule(
    "WHEN",
    "[FROM SINCE]? first:WHEN [TO UNTIL DASH] second:WHEN",
    "BETWEEN first:WHEN AND second:WHEN",
)
def joined_across_days(first: When, second: When) -> When | None:
    inside = _within_a_day(first, second.time) if second.day is None else None
    return inside or _across_days(first, second)


@rule(
    "WHEN",
    f"[FROM SINCE] first:WHEN [TO UNTIL DASH] last:NUMBER {clocks.NOT_COUNTED}",
    f"BETWEEN first:WHEN AND last:NUMBER {clocks.NOT_COUNTED}",
)
def joined_to_an_hour(first: When, last: Number) -> When | None:
    """ "from 8 tomorrow till 10"."""
    return _within_a_day(first, clocks.said(last)) if last.digits < 3 else None


def _within_a_day(first: When, last: TimeExpression | None) -> When | None:
    """ "between 2:00 tomorrow and 4:00": the day was said with the start."""
    if first.day is None or not isinstance(first.time, ClockTime):
        return None
    if isinstance(last, TimeSpan) and last.first is None:
        last = last.last
    if not isinstance(last, ClockTime):
        return None
    return When(first.day, clocks.span(first.time, last))


@rule("WHEN", "[FOR BY]? length:DURATION COMMA? [FROM ON SINCE]+ first:WHEN")
def lasting_days(length: Duration, first: When) -> When | None:
    """ "for two days starting Friday at 5 pm": until the same hour."""
    if not length.whole_days or not length.days or not isinstance(first.time, ClockTime):
        return None
    if first.day is None or isinstance(first.day, DaySpan):
        return None
    until = Later(first.day, length.days)
    return When(DaySpan(first.day, until), TimeSpan(first.time, first.time))


def _runs_on(first: When, second: When) -> bool:
    """ "from 4pm today to 5pm tomorrow": an open start and an open end."""
    return (
        isinstance(first.time, TimeSpan)
        and first.time.last is None
        and isinstance(second.time, TimeSpan)
        and second.time.first is None
        and second.day is not None
    )


def _across_days(first: When, second: When) -> When | None:
    start = first.time.first if isinstance(first.time, TimeSpan) else first.time
    end = second.time.last if isinstance(second.time, TimeSpan) else second.time
    if not isinstance(start, ClockTime) or not isinstance(end, ClockTime) or not second.day:
        return None
    return When(DaySpan(first.day or DaysAhead(0), second.day), TimeSpan(start, end))


def _one_day(first: DayExpression | None, second: DayExpression | None) -> DayExpression | None:
    """The day that both mean; "mañana viernes" is tomorrow, and "viernes, el 27" the 27th."""
    if first is None or second is None or first == second:
        return first or second
    for one, other in ((first, second), (second, first)):
        if isinstance(one, CalendarDay) and isinstance(other, DaysAhead):
            return one
        if isinstance(one, DaysAhead) and isinstance(other, Weekday):
            return one
        if isinstance(one, AnyDay):
            return other
        if isinstance(one, Week) and isinstance(other, DaySpan):
            return _within_week(other, one)
        if isinstance(one, CalendarDay) and isinstance(other, Weekday):
            plain = other.which in (Which.BARE, Which.THIS) and one.weekday is None
            return replace(one, weekday=other.iso) if plain else None
    return None


def _within_week(span: DaySpan, week: Week) -> DaySpan | None:
    """ "next week between Wednesday and Friday"."""
    ends = [WeekdayOf(end.iso, week) for end in (span.first, span.last) if isinstance(end, Weekday)]
    return DaySpan(*ends) if len(ends) == 2 else None


def _one_time(first: TimeExpression | None, second: TimeExpression | None) -> TimeExpression | None:
    if first is None or second is None or first == second:
        return first or second
    for one, other in ((first, second), (second, first)):
        if isinstance(one, AnyTime):
            return other
        if isinstance(one, PartOfDay):
            return _in_part(other, one)
    return None


def _in_part(time: TimeExpression, part: PartOfDay) -> TimeExpression | None:
    """A time in a part of the day: "esta noche" and "a las 8"."""
    match time:
        case ClockTime():
            return time if time.part or time.half else replace(time, part=part.part)
        case TimeSpan(first, last):
            inside = [_in_part(end, part) if end else None for end in (first, last)]
            return TimeSpan(*inside)  # type: ignore[arg-type]
        case PartOfDay():
            return time
        case _:
            return None
