"""What mentions mean on a plain calendar, with no venue: for measuring the reader on public sets.

Conventions where sources differ, most common first: a span ends at the day that was named; a bare
weekday is the next one; "next Friday" is next week's; a part of the day beside a day adds no hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.when import (
    AnyDay,
    AnyTime,
    CalendarDay,
    ClockTime,
    DayExpression,
    DayPart,
    DaysAhead,
    DaySpan,
    EitherDay,
    EitherTime,
    FromNow,
    Half,
    Later,
    Mention,
    Month,
    MonthsAhead,
    NamedDay,
    NthWeek,
    NthWeekday,
    PartOfDay,
    PartOfSpan,
    Portion,
    TimeExpression,
    TimeSpan,
    Week,
    Weekday,
    WeekdayOf,
    When,
    Which,
    days_meant,
)

Atom = dict[str, str]

HOURS = {
    DayPart.EARLY: "06:00/09:00",
    DayPart.MORNING: "08:00/12:00",
    DayPart.NOON: "12:00/14:00",
    DayPart.LUNCH: "11:00/13:00",
    DayPart.AFTERNOON: "12:00/16:00",
    DayPart.EVENING: "16:00/20:00",
    DayPart.DINNER: "16:00/20:00",
    DayPart.NIGHT: "20:00/23:59:59",
    DayPart.LATE: "22:00/23:59:59",
    DayPart.SMALL_HOURS: "00:00/06:00",
}


_KEPT = (DayPart.NOON, DayPart.NIGHT)
"""Parts of the day that a day beside them keeps: a point of time, and hours that end it."""

_HALVES = {Portion.START: (0, 15), Portion.MIDDLE: (10, 20), Portion.END: (15, 31)}
_TENTHS = {Portion.START: (0, 10), Portion.MIDDLE: (10, 20), Portion.END: (20, 31)}
_WEEK = {Portion.START: (0, 3), Portion.MIDDLE: (2, 4)}
PORTIONS = {
    "es": (_HALVES, {**_WEEK, Portion.END: (3, 7)}),
    "en": (_TENTHS, {**_WEEK, Portion.END: (4, 7)}),
}
"""Days of a month and of a week, counted from 0: "finales" is the second half, "end" a third."""


def resolve_for_calendar(mentions: Iterable[Mention], ref: datetime, language: str) -> list[Atom]:
    """Dates, times and ranges in the evaluation sets' prediction schema, in order of mention."""
    return [
        atom
        for mention in mentions
        for atom in (
            _portion_of(mention.when.day, ref.date(), language) or _atoms(mention.when, ref)
        )
    ]


def _atoms(when: When, ref: datetime) -> list[Atom]:
    day, time = when.day, when.time
    if isinstance(time, FromNow):
        return _from_now(time, ref)
    if day == PartOfSpan(Portion.REST, DaysAhead(0)):
        return [{"k": "dtrange", "v": f"{_stamp(ref)}/{ref.date()}T23:59:59"}]
    if isinstance(day, EitherDay):
        return [
            atom
            for each in day.options
            for atom in _atoms(When(each, time if each is day.options[-1] else None), ref)
        ]
    if isinstance(day, DaySpan) and isinstance(time, TimeSpan) and time.first and time.last:
        return _across_days(day, time, ref)
    dates = [] if day is None else _dates(day, ref.date())
    times = [] if time is None else _times(time)
    if day is not None and isinstance(time, PartOfDay) and time.part not in _KEPT:
        times = []
    return dates + times


def _portion_of(day: DayExpression | None, today: date, language: str) -> list[Atom]:
    """The start, middle or end of a month or week, as each language counts it."""
    if not isinstance(day, PartOfSpan) or not isinstance(day.whole, Month | Week):
        return []
    of_month, of_week = PORTIONS["en" if language == "en" else "es"]
    table = of_month if isinstance(day.whole, Month) else of_week
    first, last = days_meant(day.whole, today=today)
    if day.portion not in table or first is None or last is None:
        return []
    skipped, until = table[day.portion]
    end = min(first + timedelta(days=until), last + timedelta(days=1))
    return [_range(first + timedelta(days=skipped), end)]


def _from_now(time: FromNow, ref: datetime) -> list[Atom]:
    then = ref + timedelta(minutes=time.minutes)
    if time.within:
        first, last = sorted((ref, then))
        return [{"k": "dtrange", "v": f"{_stamp(first)}/{_stamp(last)}"}]
    return [{"k": "datetime", "v": _stamp(then)}]


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def _across_days(day: DaySpan, time: TimeSpan, ref: datetime) -> list[Atom]:
    first, last = days_meant(day, today=ref.date())
    ends = f"{first}T{_clock(time.first)}/{last}T{_clock(time.last)}"
    return [{"k": "dtrange", "v": ends}]


# --- days ------------------------------------------------------------------------------------


def _dates(day: DayExpression, today: date) -> list[Atom]:
    match day:
        case AnyDay():
            return []
        case DaySpan(first, last):
            return [_span(first, last, today)]
        case (
            Weekday()
            | CalendarDay()
            | DaysAhead()
            | MonthsAhead()
            | NamedDay()
            | NthWeekday()
            | WeekdayOf()
        ):
            known = _one_day(day, today)
            return [{"k": "date", "v": known.isoformat()}] if known else []
        case _:
            first_day, last_day = days_meant(_plain(day, today), today=today)
            if first_day is None and last_day is None:
                return []
            if isinstance(day, Later | PartOfSpan) and first_day == last_day:
                return [{"k": "date", "v": str(first_day)}]
            return [_range(first_day, last_day and last_day + timedelta(days=1))]


def _range(first: date | None, end: date | None) -> Atom:
    return {"k": "drange", "v": f"{first or ''}/{end or ''}"}


def _span(first: DayExpression | None, last: DayExpression | None, today: date) -> Atom:
    """From the first day of one expression to the day, or the start, of the other."""
    start, end = days_meant(
        DaySpan(first and _plain(first, today), last and _plain(last, today)), today=today
    )
    if last is not None and isinstance(last, Month | NthWeek):
        end = days_meant(last, today=start or today)[0]
    if end is not None and isinstance(last, Later):
        end += timedelta(days=1)
    return _range(start, end)


def _one_day(day: DayExpression, today: date) -> date | None:
    return days_meant(_plain(day, today), today=today)[0]


def _plain(day: DayExpression, today: date) -> DayExpression:
    """An expression of which the calendar has one reading, where a booking would ask."""
    match day:
        case Weekday(iso, Which.NEXT | Which.COMING, 0):
            return WeekdayOf(iso, Week(Which.NEXT))
        case Weekday(iso, Which.BARE, 0) if iso == today.isoweekday():
            return DaysAhead(7)
        case CalendarDay(_, int()):
            return replace(day, weekday=None)
        case Later(base):
            return replace(day, base=_plain(base, today))
        case CalendarDay(number, None, None, iso) if iso is not None and day.which_month is None:
            return _first_that_agrees(number, iso, today) or day
        case _:
            return day


def _first_that_agrees(number: int, iso: int, today: date) -> DaysAhead | None:
    """ "viernes 31": the first 31st that is a Friday."""
    for ahead in range(366 * 2):
        day = today + timedelta(days=ahead)
        if day.day == number and day.isoweekday() == iso:
            return DaysAhead(ahead)
    return None


# --- times -----------------------------------------------------------------------------------


def _times(time: TimeExpression) -> list[Atom]:
    match time:
        case ClockTime():
            return [{"k": "time", "v": _clock(time)}]
        case EitherTime(options):
            return [{"k": "time", "v": _clock(option)} for option in options]
        case PartOfDay(DayPart.NOON):
            return [{"k": "time", "v": "12:00"}]
        case PartOfDay(part):
            return [{"k": "trange", "v": HOURS[part]}]
        case TimeSpan(first, last):
            return [{"k": "trange", "v": f"{_clock(first)}/{_clock(_after(first, last))}"}]
        case AnyTime() | FromNow():
            return []


def _after(first: ClockTime | None, last: ClockTime | None) -> ClockTime | None:
    """The end of a span, half a day later where the dial has gone round: "11 to 4"."""
    if first is None or last is None or last.half or last.part or last.hour > 12:
        return last
    if _clock(last) > _clock(first) or last.twenty_four:
        return last
    return replace(last, hour=last.hour + 12)


def _clock(time: ClockTime | None) -> str:
    if time is None:
        return ""
    hour = time.hour % 24
    if time.hour <= 12:
        hour = _hour_of_day(time)
    return f"{hour:02d}:{time.minute:02d}"


def _hour_of_day(time: ClockTime) -> int:
    on_dial = time.hour % 12
    if time.half is not None:
        return on_dial + 12 * (time.half is Half.PM)
    match time.part:
        case None:
            return time.hour % 24
        case DayPart.MORNING | DayPart.SMALL_HOURS | DayPart.EARLY:
            return on_dial
        case DayPart.NOON | DayPart.LUNCH:
            return on_dial + 12 * (on_dial < 6)
        case DayPart.NIGHT | DayPart.LATE:
            return on_dial + 12 * (on_dial >= 5)
        case DayPart.EVENING:
            return on_dial + 12 * (on_dial > 0)
        case _:
            return on_dial + 12
