"""When the guest wants to come: what they said, and what that can mean.

Two steps, kept apart. A reader (the local grammar, `infrastructure/local/dates/`) turns words into
the expressions below, which say exactly as much as the guest said. `resolve_day` and `resolve_time`
then read an expression against the venue's own clock and hours. What stays open after that is a
value (`UnclearDay`, `UnclearTime`, …), because it leads to a question and never to a guess.

Times of day are minutes after midnight of the *service day*, so 00:30 after a dinner that began
on Friday is minute 1470 of Friday.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain import feasts


class Which(StrEnum):
    """Which of several: "el viernes", "este viernes", "next Friday", "el viernes pasado"."""

    BARE = "bare"
    THIS = "this"
    COMING = "coming"
    """The first one after today: "el viernes que viene", "el próximo viernes", "this coming Friday"."""
    NEXT = "next"
    """English "next Friday", which on a Wednesday may be in two days or in nine."""
    LAST = "last"


# --- days as they are said -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weekday:
    """ "el viernes", "next Friday", "el viernes en quince días"."""

    iso: int
    which: Which = Which.BARE
    weeks_later: int = 0


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """ "el 27", "27 de noviembre", "27/11/2026", "viernes 27": any part may be missing.

    It may not exist (31/11): that is for `resolve_day` to say.
    """

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    which_month: Which | None = None
    """ "el 5 del mes que viene" """
    order_unclear: bool = False
    """3/4, read here as day and month, may as well be month and day."""


@dataclass(frozen=True, slots=True)
class DaysAhead:
    """Today is 0, tomorrow 1, "dentro de dos semanas" 14, yesterday -1."""

    days: int


@dataclass(frozen=True, slots=True)
class MonthsAhead:
    """ "dentro de un mes", "in two months"."""

    months: int


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A feast by name: `christmas_eve`, `new_years_eve`, `valentines`, … (see the reader's table)."""

    name: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Any of several days: "entre el 3 y el 5", "a partir de mañana". Both ends included.

    An open end is None; not both.
    """

    first: DayExpression | None
    last: DayExpression | None


@dataclass(frozen=True, slots=True)
class Weekend:
    which: Which = Which.BARE


@dataclass(frozen=True, slots=True)
class Week:
    """ "la semana que viene" is NEXT; days already past are left out."""

    which: Which = Which.THIS


@dataclass(frozen=True, slots=True)
class Month:
    """ "en diciembre" (month 12) or "el mes que viene" (month None, NEXT)."""

    month: int | None = None
    which: Which = Which.BARE
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """ "en 2027" or "el año que viene" (year None, NEXT)."""

    year: int | None = None
    which: Which = Which.BARE


@dataclass(frozen=True, slots=True)
class WeekOf:
    """ "la semana del 18", "the week of April 10th": the week in which that day lies."""

    day: DayExpression


@dataclass(frozen=True, slots=True)
class WeekdayOf:
    """ "el miércoles de la semana que viene": a weekday of a stated week."""

    iso: int
    week: Week | WeekOf


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """ "el primer viernes de diciembre" is (1, 5, December); the last one is -1."""

    nth: int
    iso: int
    of: Month


@dataclass(frozen=True, slots=True)
class NthWeek:
    """ "la tercera semana de enero", "la semana 31"; the last one is -1."""

    nth: int
    of: Month | Year


class Portion(StrEnum):
    START = "start"
    MIDDLE = "middle"
    END = "end"
    FIRST_HALF = "first_half"
    SECOND_HALF = "second_half"
    REST = "rest"
    """ "el resto de la semana", "later this month": from today on."""
    GONE = "gone"
    """ "earlier this week": what is over of it."""
    LAST_DAY = "last_day"


@dataclass(frozen=True, slots=True)
class PartOfSpan:
    """ "a principios de mes", "the end of next week"."""

    portion: Portion
    whole: DayExpression


class Unit(StrEnum):
    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Rolling:
    """ "los próximos tres días" is 3 days, tomorrow first; "the last two weeks" is -2 weeks."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Later:
    """ "tres días después del martes", "a week on Friday"; what came before has negative days."""

    base: DayExpression
    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class AnyDay:
    """ "cualquier día", "whenever"."""


@dataclass(frozen=True, slots=True)
class EitherDay:
    """ "el viernes o el sábado": two or more days that suit."""

    options: tuple[DayExpression, ...]


DayExpression = (
    Weekday
    | CalendarDay
    | DaysAhead
    | MonthsAhead
    | NamedDay
    | DaySpan
    | Weekend
    | Week
    | Month
    | Year
    | WeekOf
    | WeekdayOf
    | NthWeekday
    | NthWeek
    | PartOfSpan
    | Rolling
    | Later
    | AnyDay
    | EitherDay
)

# --- times as they are said ------------------------------------------------------------------


class Half(StrEnum):
    AM = "am"
    PM = "pm"


class DayPart(StrEnum):
    """Parts of the day; the hours each one covers are in `PART_HOURS`."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    LATE = "late"
    EARLY = "early"
    SMALL_HOURS = "small_hours"
    """ "de la madrugada": after midnight, before the morning."""
    LUNCH = "lunch"
    DINNER = "dinner"


@dataclass(frozen=True, slots=True)
class ClockTime:
    """ "a las nueve", "9 pm", "21:30", "las ocho de la noche". `hour` is as said, 0-24.

    `half` and `part` are what was said beside it; without either, and with an hour of 1 to 12 that
    was not written with two digits in the 24-hour way, it has two readings.
    """

    hour: int
    minute: int = 0
    half: Half | None = None
    part: DayPart | None = None
    twenty_four: bool = False
    """Written so that it can only be the 24-hour clock: "09:00h", "21:00", "0:30"."""
    approximate: bool = False
    """ "sobre las nueve", "around 9"."""


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """ "por la noche", "in the morning", "tonight" beside a day."""

    part: DayPart


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """ "entre las 8 y las 10", "después de las 9", "hasta las 22:00". An open end is None."""

    first: ClockTime | None
    last: ClockTime | None


@dataclass(frozen=True, slots=True)
class FromNow:
    """ "en una hora", "in 30 minutes", "ahora mismo" (0)."""

    minutes: int
    within: bool = False
    """ "en las próximas dos horas": any time until then."""


@dataclass(frozen=True, slots=True)
class AnyTime:
    """ "a cualquier hora", "me da igual la hora"."""


@dataclass(frozen=True, slots=True)
class EitherTime:
    """ "a las 8 o a las 9": two or more times that suit."""

    options: tuple[ClockTime, ...]


TimeExpression = ClockTime | PartOfDay | TimeSpan | FromNow | AnyTime | EitherTime


@dataclass(frozen=True, slots=True)
class When:
    """A day, a time, or both, as one guest said them in one message."""

    day: DayExpression | None = None
    time: TimeExpression | None = None

    def __bool__(self) -> bool:
        return self.day is not None or self.time is not None


@dataclass(frozen=True, slots=True)
class Mention:
    """Where in a text an expression of day or time stands: characters [start, end)."""

    start: int
    end: int
    when: When


# --- what a day can mean ---------------------------------------------------------------------


class DayTrouble(StrEnum):
    TODAY_OR_NEXT = "today_or_next"
    """ "el viernes", said on a Friday."""
    WEEKDAY_MISMATCH = "weekday_mismatch"
    """ "el viernes 28" where the 28th is a Saturday."""
    NO_SUCH_DATE = "no_such_date"
    """31/11, 29/2 in a common year, "el 31" in a month of thirty days."""
    PAST = "past"
    DAY_OR_MONTH_FIRST = "day_or_month_first"
    """3/4, where the guest's language does not settle it."""
    THIS_WEEK_OR_NEXT = "this_week_or_next"
    """ "next Friday", said on a Wednesday."""


@dataclass(frozen=True, slots=True)
class KnownDays:
    """The days that suit, ascending, never empty; one day where the guest named one."""

    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class UnclearDay:
    """It can be one of these days: ask."""

    options: tuple[date, ...]
    trouble: DayTrouble


@dataclass(frozen=True, slots=True)
class ImpossibleDay:
    """It is no day, or one that is gone. `suggestion` is the nearest day that might be meant."""

    trouble: DayTrouble
    said: date | None = None
    suggestion: date | None = None


DayReading = KnownDays | UnclearDay | ImpossibleDay


# --- what a time can mean --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownTime:
    """Starts from `earliest` to `latest` suit (both included), `target` best; service-day minutes.

    An exact time has all three equal; an approximate one spans half an hour to either side.
    """

    target: int
    earliest: int
    latest: int

    @property
    def is_exact(self) -> bool:
        return self.earliest == self.latest


@dataclass(frozen=True, slots=True)
class UnclearTime:
    """Each of these minutes is possible and the house is open at more than one of them: ask."""

    options: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImpossibleTime:
    """There is no such time (25:00)."""


TimeReading = KnownTime | UnclearTime | ImpossibleTime


# --- which days ------------------------------------------------------------------------------

OPEN_END_DAYS = 61
"""How far "from tomorrow on" and "any day" look: two months, more than a guest reads through."""


def resolve_day(expression: DayExpression, *, today: date) -> DayReading:
    """What a day can mean, said on `today` (the venue's local day).

    A booking needs a day to come, so a bare weekday or a day without month is the next such day,
    and a day without year the next such date; a day whose year was said may be past. "el viernes"
    on a Friday is unclear, "este viernes" and "hoy viernes" are not.
    """
    try:
        return _read_day(expression, today)
    except (OverflowError, ValueError):  # beyond the years of the calendar
        return ImpossibleDay(DayTrouble.NO_SUCH_DATE)


def days_meant(expression: DayExpression, *, today: date) -> tuple[date | None, date | None]:
    """First and last day of an expression as a calendar has them, days already past included.

    An open end is None; so are both where there is no such day.
    """
    try:
        return _bounds(expression, today)
    except (OverflowError, ValueError):
        return None, None


def _read_day(expression: DayExpression, today: date) -> DayReading:
    match expression:
        case Weekday():
            return _read_weekday(expression, today)
        case CalendarDay():
            return _read_calendar_day(expression, today)
        case NamedDay():
            return _read_feast(expression, today)
        case NthWeekday():
            return _read_nth_weekday(expression, today)
        case EitherDay(options):
            return _read_either([_read_day(option, today) for option in options])
        case DaysAhead() | MonthsAhead() | WeekdayOf():
            day, _ = _bounds(expression, today)
            return _not_past(day, today, suggestion=_next_chance(expression, day, today))
        case Later(base, days, months):
            return _shifted(_read_day(base, today), days, months, today)
        case _:
            return _days_between(*_bounds(expression, today), today)


def _bounds(expression: DayExpression, today: date) -> tuple[date | None, date | None]:
    match expression:
        case DaysAhead(days):
            return _single(today + timedelta(days=days))
        case MonthsAhead(months):
            return _single(_add_months(today, months))
        case WeekdayOf(iso, week):
            monday, _ = _bounds(week, today)
            return _single(monday and monday + timedelta(days=iso - 1))
        case Later(base, days, months):
            first, last = _bounds(base, today)
            return first and _shift(first, days, months), last and _shift(last, days, months)
        case DaySpan(first_day, last_day):
            return _span_bounds(first_day, last_day, today)
        case Week(which):
            return _week_of(today + timedelta(weeks=_STEPS[which]))
        case Weekend(which):
            monday, _ = _week_of(today + timedelta(weeks=_STEPS[which]))
            return monday + timedelta(days=5), monday + timedelta(days=6)
        case WeekOf(day):
            inside, _ = _bounds(day, today)
            return _week_of(inside) if inside else (None, None)
        case Month():
            return _month_bounds(expression, today)
        case Year(year, which):
            year = year or today.year + _STEPS[which]
            return date(year, 1, 1), date(year, 12, 31)
        case NthWeek(nth, of):
            return _nth_week(nth, *_bounds(of, today))
        case PartOfSpan(portion, whole):
            return _portion(portion, *_bounds(whole, today), today)
        case Rolling(count, unit):
            return _rolling(count, unit, today)
        case AnyDay():
            return today, None
        case _:
            return _single(_best_day(_read_day(expression, today)))


_STEPS = {Which.BARE: 0, Which.THIS: 0, Which.COMING: 1, Which.NEXT: 1, Which.LAST: -1}
"""How many weeks, months or years ahead "next" is."""


def _single(day: date | None) -> tuple[date | None, date | None]:
    return day, day


def _best_day(reading: DayReading) -> date | None:
    match reading:
        case KnownDays(days):
            return days[0]
        case UnclearDay(options):
            return options[0]
        case ImpossibleDay(_, said, suggestion):
            return said or suggestion


def _not_past(day: date | None, today: date, *, suggestion: date | None = None) -> DayReading:
    if day is None:
        return ImpossibleDay(DayTrouble.NO_SUCH_DATE)
    if day < today:
        return ImpossibleDay(DayTrouble.PAST, said=day, suggestion=suggestion)
    return KnownDays((day,))


def _next_chance(expression: DayExpression, day: date | None, today: date) -> date | None:
    """What to offer instead of a day that is gone: tomorrow, or the same weekday to come."""
    if day is None or not isinstance(expression, WeekdayOf):
        return today + timedelta(days=1)
    return today + timedelta(days=(expression.iso - today.isoweekday()) % 7 or 7)


def _days_between(first: date | None, last: date | None, today: date) -> DayReading:
    """Every day from first to last that is not past."""
    if first is None and last is None:
        return ImpossibleDay(DayTrouble.NO_SUCH_DATE)
    start = max(first or today, today)
    end = start + timedelta(days=OPEN_END_DAYS) if last is None else last
    if end < start:
        return ImpossibleDay(DayTrouble.PAST, said=end, suggestion=today + timedelta(days=1))
    count = min((end - start).days + 1, 366)
    return KnownDays(tuple(start + timedelta(days=step) for step in range(count)))


def _read_either(readings: Sequence[DayReading]) -> DayReading:
    """Days that suit: what is known counts, and only if nothing is, the first trouble."""
    known = {day for reading in readings if isinstance(reading, KnownDays) for day in reading.days}
    return KnownDays(tuple(sorted(known))) if known else readings[0]


def _shifted(reading: DayReading, days: int, months: int, today: date) -> DayReading:
    match reading:
        case KnownDays(before) | UnclearDay(before, _):
            moved = sorted({_shift(day, days, months) for day in before})
            to_come = tuple(day for day in moved if day >= today)
            if not to_come:
                return _not_past(moved[-1], today)
            if isinstance(reading, UnclearDay) and len(to_come) > 1:
                return UnclearDay(to_come, reading.trouble)
            return KnownDays(to_come)
        case ImpossibleDay(DayTrouble.PAST, date() as said, _):
            return _not_past(_shift(said, days, months), today)
        case _:
            return reading


def _shift(day: date, days: int, months: int) -> date:
    return _add_months(day, months) + timedelta(days=days)


def _add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last: 31 January and a month is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year < date.max.year:
        raise OverflowError(year)
    return date(year, month + 1, min(day.day, _length_of_month(year, month + 1)))


def _length_of_month(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _month_bounds(expression: Month, today: date) -> tuple[date, date]:
    """A month without year is this one or the next to come; LAST is the one before."""
    month, which = expression.month, expression.which
    if month is None:
        start = _add_months(today.replace(day=1), _STEPS[which])
    elif expression.year is not None:
        start = date(expression.year, month, 1)
    elif which in (Which.BARE, Which.COMING):
        gone = month < today.month or (which is Which.COMING and month == today.month)
        start = date(today.year + gone, month, 1)
    elif which is Which.LAST:
        start = date(today.year - (month >= today.month), month, 1)
    else:
        start = date(today.year + _STEPS[which], month, 1)
    return start, start.replace(day=_length_of_month(start.year, start.month))


def _nth_week(nth: int, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """Weeks belong to the month or year that has their Thursday, as in ISO 8601."""
    if first is None or last is None:
        return None, None
    thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 7 * (nth - 1))
    if nth < 0:
        thursday = last - timedelta(days=(last.weekday() - 3) % 7)
    return _week_of(thursday)


def _portion(
    portion: Portion, first: date | None, last: date | None, today: date
) -> tuple[date | None, date | None]:
    if first is None or last is None:
        return first, last
    length = (last - first).days + 1
    third, half = timedelta(days=-(-length // 3)), timedelta(days=length // 2)
    one = timedelta(days=1)
    match portion:
        case Portion.START:
            return first, first + third - one
        case Portion.MIDDLE:
            return first + third - one, last - third + one
        case Portion.END:
            return last - third + one, last
        case Portion.FIRST_HALF:
            return first, first + half - one
        case Portion.SECOND_HALF:
            return first + half, last
        case Portion.REST:
            return max(first, today), last
        case Portion.GONE:
            return first, min(last, today - one)
        case Portion.LAST_DAY:
            return last, last


def _rolling(count: int, unit: Unit, today: date) -> tuple[date, date]:
    """The next days begin tomorrow, the last ones ended yesterday."""
    if unit is Unit.WORKDAY:
        day, step = today, timedelta(days=1 if count > 0 else -1)
        days = [day]
        while len(days) <= abs(count):
            day += step
            if day.isoweekday() <= 5:
                days.append(day)
        return (days[1], day) if count > 0 else (day, days[1])
    days_each = {Unit.DAY: 1, Unit.WEEK: 7}.get(unit, 0)
    months_each = {Unit.MONTH: 1, Unit.YEAR: 12}.get(unit, 0)
    other_end = _shift(today, count * days_each, count * months_each)
    one = timedelta(days=1)
    return (today + one, other_end) if count > 0 else (other_end, today - one)


def _span_bounds(
    first_day: DayExpression | None, last_day: DayExpression | None, today: date
) -> tuple[date | None, date | None]:
    """An end that is only a weekday or a date counts from the start: "de viernes a domingo"."""
    first = _bounds(first_day, today)[0] if first_day else None
    if last_day is None or first is None:
        return first, _bounds(last_day, today)[1] if last_day else None
    end = _bounds(last_day, first if _counts_on(last_day) else today)[1]
    if end and _comes_every_year(first_day) and _comes_every_year(last_day):
        a_year_sooner = _add_months(end, -12)
        if a_year_sooner >= today:  # the span has begun and is not over
            return _add_months(first, -12), a_year_sooner
    return first, end


def _counts_on(day: DayExpression) -> bool:
    match day:
        case CalendarDay():
            return day.year is None and day.which_month is None
        case Weekday() | NamedDay():
            return True
        case _:
            return _comes_every_year(day)


def _comes_every_year(day: DayExpression | None) -> bool:
    match day:
        case CalendarDay(_, int(), None) | Month(int(), Which.BARE, None):
            return True
        case _:
            return False


def _read_weekday(expression: Weekday, today: date) -> DayReading:
    ahead = (expression.iso - today.isoweekday()) % 7
    coming = today + timedelta(days=ahead)
    week = timedelta(days=7)
    match expression.which:
        case Which.LAST:
            said = coming - week
            return ImpossibleDay(DayTrouble.PAST, said, coming if ahead else coming + week)
        case Which.BARE if expression.weeks_later:
            return KnownDays((coming + expression.weeks_later * week,))
        case Which.BARE if not ahead:
            return UnclearDay((coming, coming + week), DayTrouble.TODAY_OR_NEXT)
        case Which.COMING:
            first = coming if ahead else coming + week
            return KnownDays((first + expression.weeks_later * week,))
        case Which.NEXT if not ahead:
            return KnownDays((coming + week,))
        case Which.NEXT if coming <= _week_of(today)[1]:
            return UnclearDay((coming, coming + week), DayTrouble.THIS_WEEK_OR_NEXT)
        case _:
            return KnownDays((coming,))


def _read_calendar_day(expression: CalendarDay, today: date) -> DayReading:
    if not 1 <= expression.day <= 31 or not 1 <= (expression.month or 1) <= 12:
        return ImpossibleDay(DayTrouble.NO_SUCH_DATE)
    if expression.order_unclear and expression.month:
        return _read_either_order(expression, today)
    year, month = _month_of(expression, today)
    if expression.day > _length_of_month(year, month):
        return ImpossibleDay(
            DayTrouble.NO_SUCH_DATE, suggestion=_instead(expression, year, month, today)
        )
    said = date(year, month, expression.day)
    if said < today:
        return ImpossibleDay(DayTrouble.PAST, said, _same_date_to_come(said, today))
    return _check_weekday(expression.weekday, said, today)


def _month_of(expression: CalendarDay, today: date) -> tuple[int, int]:
    """Year and month of a date: where they were not said, the first in which it is not past."""
    if expression.year is not None:
        return expression.year, expression.month or today.month
    if expression.which_month is not None:
        start, _ = _month_bounds(Month(expression.month, expression.which_month), today)
        return start.year, start.month
    if expression.month is not None:
        gone = (expression.month, expression.day) < (today.month, today.day)
        return today.year + gone, expression.month
    start = today if expression.day >= today.day else _add_months(today, 1)
    return start.year, start.month


def _instead(expression: CalendarDay, year: int, month: int, today: date) -> date | None:
    """ "el 31" in November: 31 December; 31/11: the 30th."""
    if expression.month is None and expression.which_month is None:
        later = _add_months(date(year, month, 1), 1)
        while _length_of_month(later.year, later.month) < expression.day:
            later = _add_months(later, 1)
        return later.replace(day=expression.day)
    nearest = date(year, month, _length_of_month(year, month))
    return nearest if nearest >= today else None


def _same_date_to_come(said: date, today: date) -> date:
    """The date in this year or the next in which it is not past; 29 February becomes the 28th."""
    day = _add_months(said, 12 * (today.year - said.year))
    return day if day >= today else _add_months(said, 12 * (today.year - said.year + 1))


def _check_weekday(iso: int | None, said: date, today: date) -> DayReading:
    if iso is None or iso == said.isoweekday():
        return KnownDays((said,))
    after = said + timedelta(days=(iso - said.isoweekday()) % 7)
    before = after - timedelta(days=7)
    nearest = before if said - before < after - said and before >= today else after
    return UnclearDay(tuple(sorted((said, nearest))), DayTrouble.WEEKDAY_MISMATCH)


def _read_either_order(expression: CalendarDay, today: date) -> DayReading:
    plain = replace(expression, order_unclear=False)
    swapped = replace(plain, day=plain.month or plain.day, month=plain.day)
    if plain.day > 12 or plain.day == plain.month:
        return _read_calendar_day(plain, today)
    readings = [_read_calendar_day(each, today) for each in (plain, swapped)]
    days = [reading.days[0] for reading in readings if isinstance(reading, KnownDays)]
    if len(days) == 1:
        return KnownDays(tuple(days))
    if not days:
        return readings[0]
    return UnclearDay(tuple(sorted(days)), DayTrouble.DAY_OR_MONTH_FIRST)


def _read_feast(expression: NamedDay, today: date) -> DayReading:
    if expression.name not in feasts.NAMES:
        return ImpossibleDay(DayTrouble.NO_SUCH_DATE)
    said = feasts.feast_date(expression.name, expression.year or today.year)
    if said >= today:
        return KnownDays((said,))
    coming = feasts.feast_date(expression.name, today.year)
    if coming < today:
        coming = feasts.feast_date(expression.name, today.year + 1)
    if expression.year is None:
        return KnownDays((coming,))
    return ImpossibleDay(DayTrouble.PAST, said, coming)


def _read_nth_weekday(expression: NthWeekday, today: date) -> DayReading:
    month, _ = _month_bounds(expression.of, today)
    day = feasts.nth_weekday(month.year, month.month, expression.iso, expression.nth)
    if day.month != month.month:
        return ImpossibleDay(DayTrouble.NO_SUCH_DATE)
    if day < today and expression.of.which is Which.BARE and expression.of.year is None:
        day = feasts.nth_weekday(month.year + 1, month.month, expression.iso, expression.nth)
    return _not_past(day, today)


# --- which times -----------------------------------------------------------------------------

NOON, MIDNIGHT = 12 * 60, 24 * 60
HALF_AN_HOUR = 30

PART_HOURS: dict[DayPart, tuple[int, int, int]] = {
    DayPart.MORNING: (6 * 60, 12 * 60, 10 * 60),
    DayPart.NOON: (12 * 60, 15 * 60 + 30, 14 * 60),
    DayPart.LUNCH: (12 * 60, 16 * 60, 14 * 60),
    DayPart.AFTERNOON: (12 * 60, 20 * 60, 17 * 60),
    DayPart.EVENING: (17 * 60, 23 * 60, 20 * 60),
    DayPart.DINNER: (19 * 60, 24 * 60, 21 * 60),
    DayPart.NIGHT: (19 * 60, 26 * 60, 21 * 60),
    DayPart.SMALL_HOURS: (24 * 60, 30 * 60, 25 * 60),
}
"""From, until, and the usual hour of a part of the day; EARLY and LATE follow the opening hours."""

WAKING: tuple[tuple[int, int], ...] = ((9 * 60, 21 * 60),)
"""Read against this where the house is closed all day: twelve hours, so that nothing is unclear."""


def resolve_time(
    expression: TimeExpression, *, day: date, windows: Sequence[tuple[int, int]], now: datetime
) -> TimeReading:
    """What a time can mean on a service day.

    `windows`: when the venue is open that day, service-day minutes [start, end), ascending; empty
    where it is closed. `now` is local to the venue. Of two readings (8 in the morning or in the
    evening) the one inside the opening hours counts; where both are inside it is unclear; where
    neither is, the one nearer to an opening is returned, so that the guest can be told about that.
    """
    windows = windows or WAKING
    now_minute = _minute_of(now, day)
    match expression:
        case ClockTime():
            return _read_clock(expression, windows, now_minute)
        case PartOfDay(part):
            return _read_part(part, windows)
        case TimeSpan(first, last):
            return _read_span(first, last, windows, now_minute)
        case FromNow(minutes, within):
            return _read_from_now(minutes, within, now_minute)
        case AnyTime():
            return KnownTime(windows[0][0], windows[0][0], windows[-1][1])
        case EitherTime(options):
            return _read_either_time([_read_clock(time, windows, now_minute) for time in options])


def _minute_of(now: datetime, day: date) -> int:
    """The present as a minute of that service day, negative before it."""
    return (now.date() - day).days * MIDNIGHT + now.hour * 60 + now.minute


def _read_clock(
    time: ClockTime, windows: Sequence[tuple[int, int]], now_minute: int
) -> TimeReading:
    minutes = _clock_minutes(time)
    if not minutes:
        return ImpossibleTime()
    return _choose(minutes, windows, now_minute, HALF_AN_HOUR if time.approximate else 0)


def _choose(
    minutes: Sequence[int], windows: Sequence[tuple[int, int]], now_minute: int, around: int
) -> TimeReading:
    """One of several readings, by opening hours; what is already past yields to what is not."""
    inside = [minute for minute in minutes if _distance(minute, windows) == 0]
    ahead = [minute for minute in inside if minute >= now_minute]
    inside = ahead or inside
    if len(inside) > 1:
        return UnclearTime(tuple(inside))
    target = inside[0] if inside else min(minutes, key=lambda each: _distance(each, windows))
    return KnownTime(target, target - around, target + around)


def _distance(minute: int, windows: Sequence[tuple[int, int]]) -> int:
    """Minutes from a start to the nearest opening, 0 inside."""
    return min(max(start - minute, minute - end + 1, 0) for start, end in windows)


def _clock_minutes(time: ClockTime) -> list[int]:
    """Every minute of the service day that a clock time can be, ascending; none if it is no time."""
    if not 0 <= time.hour <= 24 or not 0 <= time.minute <= 59:
        return []
    said = time.hour * 60 + time.minute
    if time.half is not None:
        return _in_half(said % NOON if time.hour <= 12 else said, time)
    if time.part is not None and time.hour <= 12:
        return _in_part(said % NOON, time.part)
    if time.hour > 12:
        return [said]
    if time.twenty_four:
        return [said, said + MIDNIGHT] if said < NOON else [said]
    on_dial = said % NOON
    return [on_dial, on_dial + NOON, on_dial + MIDNIGHT]


def _in_half(minute: int, time: ClockTime) -> list[int]:
    if minute >= NOON:  # "15:30 pm"
        return [minute]
    return [minute + NOON] if time.half is Half.PM else [minute, minute + MIDNIGHT]


def _in_part(minute: int, part: DayPart) -> list[int]:
    """Readings of a dial minute (12 o'clock is 0) in a part of the day."""
    small_hour = minute < 5 * 60
    match part:
        case DayPart.SMALL_HOURS:
            return [minute, minute + MIDNIGHT]
        case DayPart.MORNING | DayPart.EARLY:
            if minute < 60:  # "las 12 de la mañana" is noon
                return [minute + NOON]
            return [minute, minute + MIDNIGHT] if small_hour else [minute]
        case DayPart.NIGHT | DayPart.DINNER | DayPart.LATE:
            return [minute + MIDNIGHT] if small_hour else [minute + NOON]
        case DayPart.EVENING:
            return [minute + MIDNIGHT] if minute < 60 else [minute + NOON]
        case DayPart.NOON | DayPart.LUNCH:
            return [minute + NOON] if minute < 6 * 60 else [minute]
        case DayPart.AFTERNOON:
            return [minute + NOON]


def _read_part(part: DayPart, windows: Sequence[tuple[int, int]]) -> KnownTime:
    """The hours of a part of the day in which the house is open; uncut where it never is."""
    if part is DayPart.EARLY:
        start, end = windows[0]
        return KnownTime(start, start, min(start + 90, end))
    if part is DayPart.LATE:
        start, end = windows[-1]
        return KnownTime(max(end - 90, start), max(end - 90, start), end)
    first, last, usual = PART_HOURS[part]
    cuts = [
        (max(first, start), min(last, end))
        for start, end in windows
        if start < last and first < end
    ]
    if not cuts:
        return KnownTime(usual, first, last)
    target = min(
        (min(max(usual, start), max(end - HALF_AN_HOUR, start)) for start, end in cuts),
        key=lambda minute: abs(minute - usual),
    )
    return KnownTime(target, cuts[0][0], cuts[-1][1])


def _read_span(
    first: ClockTime | None,
    last: ClockTime | None,
    windows: Sequence[tuple[int, int]],
    now_minute: int,
) -> TimeReading:
    if first is None or last is None:
        return _read_open_span(first, last, windows, now_minute)
    spans = [(start, end) for start in _clock_minutes(first) if (end := _first_after(start, last))]
    if not spans:
        return ImpossibleTime()
    open_spans = [span for span in spans if _overlaps(span, windows)]
    ahead = [span for span in open_spans if span[1] >= now_minute]
    candidates = ahead or open_spans
    if len(candidates) > 1:
        return UnclearTime(tuple(start for start, _ in candidates))
    start, end = (
        candidates[0] if candidates else min(spans, key=lambda each: _distance(each[0], windows))
    )
    return KnownTime(start, start, end)


def _first_after(start: int, last: ClockTime) -> int | None:
    """The first reading of a span's end after its start; past midnight if need be."""
    minutes = _clock_minutes(last)
    later = [minute for minute in minutes if minute > start]
    if later:
        return later[0]
    return minutes[-1] + MIDNIGHT if minutes and minutes[-1] + MIDNIGHT < 2 * MIDNIGHT else None


def _overlaps(span: tuple[int, int], windows: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[1] and span[0] < end for start, end in windows)


def _read_open_span(
    first: ClockTime | None,
    last: ClockTime | None,
    windows: Sequence[tuple[int, int]],
    now_minute: int,
) -> TimeReading:
    """ "después de las 9" lasts until closing, "hasta las 9" begins at opening."""
    said = first or last
    if said is None:
        return ImpossibleTime()
    reading = _read_clock(replace(said, approximate=False), windows, now_minute)
    if not isinstance(reading, KnownTime):
        return reading
    minute = reading.target
    if first is not None:
        return KnownTime(minute, minute, max(windows[-1][1], minute))
    return KnownTime(minute, min(windows[0][0], minute), minute)


def _read_from_now(minutes: int, within: bool, now_minute: int) -> KnownTime:
    """Rounded up to the five minutes of a cell."""
    then = -(-(now_minute + minutes) // 5) * 5
    return KnownTime(then, min(-(-now_minute // 5) * 5, then) if within else then, then)


def _read_either_time(readings: Sequence[TimeReading]) -> TimeReading:
    known = [reading for reading in readings if isinstance(reading, KnownTime)]
    if not known:
        return readings[0]
    return KnownTime(
        known[0].target,
        min(reading.earliest for reading in known),
        max(reading.latest for reading in known),
    )
