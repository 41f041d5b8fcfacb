"""Rules for days: "el viernes que viene", "27 de noviembre", "dentro de dos semanas", "este finde"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.when import (
    AnyDay,
    CalendarDay,
    DayExpression,
    DayPart,
    DaysAhead,
    DaySpan,
    EitherDay,
    FromNow,
    Later,
    Month,
    MonthsAhead,
    NamedDay,
    NthWeek,
    NthWeekday,
    PartOfDay,
    PartOfSpan,
    Portion,
    Rolling,
    Unit,
    Week,
    Weekday,
    WeekdayOf,
    Weekend,
    WeekOf,
    When,
    Which,
    Year,
)
from infrastructure.local.dates import clocks, numbers
from infrastructure.local.dates.numbers import CALENDAR_UNITS, Duration
from infrastructure.local.dates.patterns import Table
from infrastructure.local.dates.tokens import Number, Pair

THE = "[EL LA LAS THE AL DEL]"
NOT_COUNTED = "(?![PEOPLE UNIT H])"
TOWARDS = "(?:TO|UNTIL|A|AL|DASH|A_LAS)"
START = "(?:FROM|SINCE|OF|DEL|BETWEEN|AFTER)"

names = Table()
rule = names.rule

# --- words that are names of days or months only in some company ---------------------------------


@rule(
    "WEEKDAY",
    "MAR (?=NUMBER OF? MONTH)",
    "(?<=WEEKDAY[TO A DASH AND OR]) MAR",
    "^ MAR STOP? $",
    "(?<=[THIS NEXT]) MAR",
)
def tuesday() -> int:
    return 2


@rule("MONTH", "MAR (?=NUMBER)", "(?<=[NUMBER OF]) MAR STOP?")
def march() -> int:
    return 3


@rule(
    "MONTH",
    "(?<=[IN OF NEXT LAST FROM SINCE BY NTH TO UNTIL AFTER BEFORE PORTION EARLY LATE MID]) month:MAY",
    "(?<=NUMBER) month:MAY (?=[STOP COMMA AT NUMBER CLOCK HHMM]|$)",
    "(?<=THIS) month:MAY (?=STOP|COMMA|$)",
    "month:MAY (?=[NUMBER NTH]) (?!NUMBER OTHER)",
    "month:MAY (?=THE NTH)",
    "^ month:MAY $",
)
def may(month: int) -> int:
    return month


@rule(
    "NTH",
    "SECOND (?=OF MONTH|UNIT|WEEKDAY)",
    "(?<=MONTH) SECOND",
    "(?<=MONTH THE) SECOND",
    "(?<=ON THE) SECOND",
)
def second() -> Number:
    return Number(2)


@rule(
    "WEEKDAY",
    "(?<=[ON THIS NEXT LAST FOR COMMA OR FROM TO UNTIL SINCE BETWEEN BEFORE AFTER DASH BY UPCOMING]) day:SHORTDAY",
    "day:SHORTDAY (?=COMMA THE? [NUMBER NTH] OF? MONTH)",
    "day:SHORTDAY (?=[NUMBER NTH AT HHMM PART DASH MONTH TO CLOCK])",
    "^ day:SHORTDAY STOP? $",
)
def short_weekday(day: int) -> int:
    return day


@rule(
    "MONTH",
    "month:MONTH STOP (?=[OF DEL NUMBER NTH TO AND DASH A ON AT A_LAS LAS HHMM COMMA UNTIL])",
)
def abbreviated_month(month: int) -> int:
    return month


@rule("WEEKDAY", "day:WEEKDAY STOP (?=COMMA|NUMBER|TO|DASH|A)")
def abbreviated_weekday(day: int) -> int:
    return day


table = Table()
rule = table.rule

# --- dates ---------------------------------------------------------------------------------------


def _date(
    day: int,
    month: int | None = None,
    year: int | None = None,
    weekday: int | None = None,
) -> CalendarDay | None:
    return CalendarDay(day, month, year, weekday) if 1 <= day <= 31 else None


def _year(year: Number | None) -> int | None:
    """A year in four figures; None where the number is none."""
    return year.value if year and year.digits == 4 and 1900 <= year.value <= 2199 else None


WEEKDAY = "(?:weekday:WEEKDAY [COMMA EL THE]{0,2})?"


@rule(
    "WHEN",
    "[FROM SINCE BETWEEN] first:NUMBER [TO UNTIL DASH AND] last:NUMBER OF? month:MONTH day:NUMBER",
)
def hours_of_a_date(first: Number, last: Number, month: int, day: Number) -> When | None:
    """ "from 5 to 6 of April 22": the month has its day already, so these are hours."""
    date, hours = _date(day.value, month), clocks.bare_span(first, last)
    return When(date, hours) if date and hours and day.digits < 3 else None


@rule(
    "DAY",
    f"{WEEKDAY} [EL THE]? day:NUMBER [OF DEL DASH STOP]? month:MONTH [OF DEL COMMA IN DASH]? year:NUMBER (?![AMPM PEOPLE H])",
    f"{WEEKDAY} [EL THE]? day:NTH (?:unit:UNIT)? [OF DEL DASH]? month:MONTH [OF DEL COMMA IN DASH]? year:NUMBER (?![AMPM PEOPLE H])",
    f"{WEEKDAY} month:MONTH [COMMA THE DASH]? day:NTH [OF DEL COMMA IN]? year:NUMBER (?![AMPM PEOPLE H])",
    f"{WEEKDAY} month:MONTH [COMMA THE DASH]? day:NUMBER [OF DEL COMMA IN]? year:NUMBER (?![AMPM PEOPLE H])",
    "year:NUMBER DASH month:MONTH DASH day:NUMBER",
)
def dated_in_a_year(
    day: Number, month: int, year: Number, weekday: int | None = None, unit: str | None = None
) -> CalendarDay | None:
    """ "viernes 27 de noviembre de 2026", "November 27th, 2026"."""
    full = _year(year)
    return _date(day.value, month, full, weekday) if full and unit in (None, "day") else None


@rule(
    "DAY",
    f"{WEEKDAY} [EL THE]? day:NUMBER [OF DEL STOP]? (?:UNIT OF)? month:MONTH",
    f"{WEEKDAY} [EL THE]? day:NTH (?:unit:UNIT)? [OF DEL DASH]? month:MONTH",
    f"{WEEKDAY} [EL THE]? day:NUMBER DASH month:MONTH (?!NUMBER)",
    f"{WEEKDAY} month:MONTH [COMMA THE DASH]{{0,2}} day:NTH",
    f"{WEEKDAY} month:MONTH [COMMA THE DASH EL]? day:NUMBER {NOT_COUNTED}",
)
def dated(
    day: Number, month: int, weekday: int | None = None, unit: str | None = None
) -> CalendarDay | None:
    """ "27 de noviembre", "the 27th of November", "Fri, Nov 27"."""
    if day.digits > 2 or unit not in (None, "day"):
        return None
    return _date(day.value, month, None, weekday)


@rule(
    "DAY", "day:DAY COMMA? weekday:WEEKDAY (?=COMMA|STOP|$)", "day:DAY COMMA weekday:WEEKDAY COMMA"
)
def dated_then_weekday(day: DayExpression, weekday: int) -> CalendarDay | None:
    if isinstance(day, CalendarDay) and day.weekday is None:
        return replace(day, weekday=weekday)
    return None


@rule(
    "DAY",
    "weekday:WEEKDAY [COMMA EL THE ON]{0,2} pair:PAIR COMMA?",
    "[EL ON THE]? pair:PAIR",
    "NEXT pair:PAIR",
)
def in_figures(pair: Pair, weekday: int | None = None) -> CalendarDay | None:
    """ "27/11", "viernes 27/11"."""
    day = pair.as_day()
    if pair.sign != "/" or day is None:
        return None
    return replace(day, weekday=weekday)


@rule("DAY", "weekday:WEEKDAY [COMMA EL THE ON]* day:DAY")
def weekday_and_figures(weekday: int, day: DayExpression) -> CalendarDay | None:
    return replace(day, weekday=weekday) if isinstance(day, CalendarDay) else None


@rule("DAY", "day:NUMBER DEL month:NUMBER", "day:NUMBER SLASH month:NUMBER")
def day_of_numbered_month(day: Number, month: Number) -> CalendarDay | None:
    """ "el 21 del 3"."""
    return _date(day.value, month.value) if 1 <= month.value <= 12 else None


@rule(
    "DAY",
    "[EL ON] pair:PAIR",
    "weekday:WEEKDAY pair:PAIR",
    "^ pair:PAIR STOP? $",
    "(?<=IN) pair:PAIR",
)
def other_figures(pair: Pair, weekday: int | None = None) -> CalendarDay | None:
    """ "on 4-22", "Friday 7.6", and a whole message of "2-15"; elsewhere these are hours."""
    day = pair.as_day()
    if (
        day is None
        or (weekday and pair.sign == "-")
        or (pair.sign == "." and pair.right.value > 31)
    ):
        return None
    return replace(day, weekday=weekday)


# --- a day of the month --------------------------------------------------------------------------


@rule(
    "DAY",
    "[EL THE AL DEL] unit:UNIT number:NUMBER",
    "[EL THE] unit:UNIT number:NTH",
    "unit:UNIT number:NUMBER (?!PEOPLE)",
)
def day_number(number: Number, unit: str) -> CalendarDay | None:
    """ "el día 9"."""
    return _date(number.value) if number.digits < 3 and unit == "day" else None


@rule(
    "ANY_WHEN",
    f"IN? WITHIN? {THE}? [NEXT UPCOMING] length:DURATION",
    f"IN? {THE}? length:DURATION [NEXT UPCOMING]",
    f"IN? {THE}? count:NUMBER [NEXT UPCOMING] unit:UNIT",
    f"IN? {THE}? [NEXT UPCOMING] unit:UNIT",
    "WITHIN length:DURATION",
)
def within_coming_hours(
    length: Duration | None = None, count: Number | None = None, unit: str = ""
) -> When | None:
    """ "en las próximas dos horas"."""
    length = length or numbers.lasting(count.value if count else 1, unit)
    return _within_hours(length, +1)


@rule(
    "ANY_WHEN",
    f"IN? {THE}? [LAST PAST] length:DURATION",
    f"IN? {THE}? length:DURATION LAST",
    f"IN? {THE}? count:NUMBER LAST unit:UNIT",
    f"IN? {THE}? [LAST PAST] unit:UNIT",
)
def within_last_hours(
    length: Duration | None = None, count: Number | None = None, unit: str = ""
) -> When | None:
    length = length or numbers.lasting(count.value if count else 1, unit)
    return _within_hours(length, -1)


def _within_hours(length: Duration | None, sign: int) -> When | None:
    if length is None or not length.minutes or length.months or length.workdays:
        return None
    minutes = length.minutes + 1440 * length.days
    return When(time=FromNow(sign * minutes, within=True))


@rule("PERIOD", f"{THE}? UNIT AFTER {THE}? NEXT")
def week_after_next() -> Later:
    return Later(Week(Which.NEXT), days=7)


@rule(
    "PERIOD",
    f"{THE}? NEXT length:DURATION",
    f"{THE}? length:DURATION [NEXT UPCOMING THAT_COMES]",
    f"{THE}? UPCOMING length:DURATION",
    "WITHIN length:DURATION",
)
@rule(
    "PERIOD",
    "(?<![TO UNTIL A DASH AND]) [EL LAS THE]? count:NUMBER [NEXT UPCOMING] unit:UNIT",
    f"{THE}? count:NUMBER unit:UNIT [NEXT THAT_COMES]",
)
def coming_units(
    length: Duration | None = None, count: Number | None = None, unit: str = ""
) -> DayExpression | None:
    """ "los próximos tres días"."""
    return _rolling(length, count, unit, +1)


@rule("PERIOD", f"{THE}? [LAST PAST] length:DURATION", f"{THE}? length:DURATION LAST")
@rule("PERIOD", f"{THE}? count:NUMBER LAST unit:UNIT", f"{THE}? count:NUMBER unit:UNIT LAST")
def gone_units(
    length: Duration | None = None, count: Number | None = None, unit: str = ""
) -> DayExpression | None:
    return _rolling(length, count, unit, -1)


def _rolling(
    length: Duration | None, count: Number | None, unit: str, sign: int
) -> DayExpression | None:
    number = length.number if length else count.value if count else 0
    named = CALENDAR_UNITS.get(length.unit if length else unit)
    return Rolling(sign * number, named) if named and 0 < number < 500 else None


@rule(
    "PERIOD",
    f"{THE}? unit:UNIT [OF DEL FROM IN ON COMMA]{{1,2}} day:DAY",
    "WEEK_FROM THE? day:DAY",
    f"{THE}? unit:UNIT [OF DEL] [EL THE]? number:NUMBER",
    f"{THE}? unit:UNIT [OF DEL] [EL THE]? number:NTH",
)
def week_of(
    unit: str = "week", day: DayExpression | None = None, number: Number | None = None
) -> Any:
    """ "la semana del 18", "the week starting February 4"."""
    day = day or (_date(number.value) if number and number.digits < 3 else None)
    if unit == "week" and day is not None:
        return WeekOf(day)
    if unit == "month" and isinstance(day, CalendarDay) and day.month:
        return Month(day.month, year=day.year)
    return None


@rule("PERIOD", f"{THE}? THIS unit:UNIT")
@rule("PERIOD", "unit:UNIT THIS")
def this_unit(unit: str) -> DayExpression | None:
    return _period(unit, Which.THIS)


@rule(
    "PERIOD",
    f"{THE}? [NEXT UPCOMING] unit:UNIT THAT_COMES?",
    f"{THE}? unit:UNIT [NEXT THAT_COMES UPCOMING]",
)
def next_unit(unit: str) -> DayExpression | None:
    return _period(unit, Which.NEXT)


@rule("PERIOD", f"{THE}? [LAST PAST] unit:UNIT", f"{THE}? unit:UNIT LAST")
def last_unit(unit: str) -> DayExpression | None:
    return _period(unit, Which.LAST)


def _period(unit: str, which: Which) -> DayExpression | None:
    if unit == "day":
        return DaysAhead({Which.LAST: -1, Which.NEXT: 1}.get(which, 0))
    if unit == "fortnight":
        return DaySpan(Week(which), Later(Week(which), days=7))
    kinds: dict[str, Any] = {"week": Week, "month": Month, "year": Year}
    return kinds[unit](which=which) if unit in kinds else None


@rule(
    "PERIOD",
    f"{THE}? SAME unit:UNIT",
    "(?<=[FOR OF IN BY]) [LA EL THE] unit:UNIT (?!AFTER|NEXT|LAST|NUMBER|NTH|OF|DEL|FROM|THAT_COMES|BEFORE)",
    "(?<=[DEL PORTION]) unit:UNIT (?!AFTER|NEXT|LAST|NUMBER|NTH|OF|DEL|FROM|THAT_COMES)",
    "^ [THE LA] unit:UNIT $",
)
def the_unit(unit: str) -> DayExpression | None:
    """ "para la semana", "partner of the month"."""
    return _period(unit, Which.THIS)


@rule(
    "PERIOD",
    "month:MONTH [OF DEL COMMA DASH]? year:NUMBER (?![AMPM PEOPLE])",
    "year:NUMBER [COMMA DASH]? month:MONTH",
)
def month_of_year(month: int, year: Number) -> Month | None:
    full = _year(year)
    return Month(month, year=full) if full else None


@rule("PERIOD", "month:MONTH [OF DEL]? year:PERIOD")
def month_of_relative_year(month: int, year: DayExpression) -> Month | None:
    """ "junio del año que viene"."""
    return Month(month, year.which) if isinstance(year, Year) else None


@rule("PERIOD", f"{THE}? [NEXT UPCOMING] month:MONTH", "month:MONTH [NEXT THAT_COMES]")
def coming_month(month: int) -> Month:
    return Month(month, Which.COMING)


@rule("PERIOD", f"{THE}? LAST month:MONTH", "month:MONTH LAST")
def last_month(month: int) -> Month:
    return Month(month, Which.LAST)


@rule("PERIOD", "THIS month:MONTH")
def this_month(month: int) -> Month:
    return Month(month, Which.THIS)


def _within(which: Which) -> Which | None:
    return which if which in (Which.THIS, Which.NEXT, Which.LAST) else None


@rule(
    "DAY",
    f"{WEEKDAY} [EL THE]? day:NUMBER [OF DEL]? month:PERIOD",
    f"{WEEKDAY} [EL THE]? day:NTH (?:unit:UNIT)? [OF DEL]? month:PERIOD",
)
def day_of_a_month(
    day: Number, month: DayExpression, weekday: int | None = None, unit: str | None = None
) -> CalendarDay | None:
    """ "el 5 del mes que viene", "the 20th of this month"."""
    if not isinstance(month, Month) or not 1 <= day.value <= 31 or unit not in (None, "day"):
        return None
    return CalendarDay(
        day.value, month.month, month.year, weekday, which_month=_within(month.which)
    )


@rule(
    "DAY",
    f"{START}? [EL THE]? first:NUMBER (?:TO|UNTIL|A|AL|AND|DASH) [EL THE]? last:DAY",
    f"{START}? [EL THE]? first:NTH (?:TO|UNTIL|A|AL|AND|DASH) [EL THE]? last:DAY",
)
def number_to_date(first: Number, last: DayExpression) -> DaySpan | None:
    """ "del 3 al 5 de enero"."""
    if not isinstance(last, CalendarDay) or not (last.month or last.which_month):
        return None
    day = _date(first.value)
    return (
        DaySpan(replace(last, day=day.day, weekday=None), last)
        if day and first.digits < 3
        else None
    )


@rule("DAY", "[FROM SINCE OF]? pair:PAIR [OF DEL IN]? [EL THE]? month:PERIOD")
def pair_of_period(pair: Pair, month: DayExpression) -> DaySpan | None:
    """ "4-23 del mes que viene"."""
    first, last = (day_of_a_month(number, month) for number in (pair.left, pair.right))
    return DaySpan(first, last) if first and last and pair.sign != "." else None


@rule(
    "DAY",
    "[FROM SINCE OF]? pair:PAIR [OF DEL]? month:MONTH (?:[OF DEL COMMA]? year:NUMBER)?",
    "month:MONTH pair:PAIR",
)
def pair_of_month(pair: Pair, month: int, year: Number | None = None) -> DaySpan | None:
    """ "13-15 julio"."""
    first = _date(pair.left.value, month, _year(year))
    last = _date(pair.right.value, month, _year(year))
    return DaySpan(first, last) if first and last and pair.sign == "-" else None


@rule(
    "DAY",
    f"{START}? first:DAY {TOWARDS} {THE}? last:NTH",
    f"{START}? first:DAY {TOWARDS} {THE}? last:NUMBER (?![AMPM PEOPLE H])",
    f"BETWEEN first:DAY AND {THE}? last:NTH",
)
def date_to_number(first: DayExpression, last: Number) -> DaySpan | None:
    """ "April 9th through 17th", "from April 27th to the third"."""
    if not isinstance(first, CalendarDay) or first.month is None or not 1 <= last.value <= 31:
        return None
    return DaySpan(first, _until(first, CalendarDay(last.value)))


def _until(first: CalendarDay, last: CalendarDay) -> CalendarDay:
    """The end of a span whose month, if it was not said, follows from its start."""
    if last.month is not None or first.month is None:
        return last
    month = first.month if last.day >= first.day else first.month % 12 + 1
    year = first.year + (month < first.month) if first.year else None
    return replace(last, month=month, year=year)


# --- weeks, months and parts of them -------------------------------------------------------------


@rule("PERIOD", "THIS WEEKEND", f"{THE}? SAME WEEKEND", f"{THE}? WEEKEND THIS")
def this_weekend() -> Weekend:
    return Weekend(Which.THIS)


@rule("PERIOD", f"{THE}? WEEKEND AFTER {THE}? NEXT")
def weekend_after_next() -> Later:
    return Later(Weekend(Which.NEXT), days=7)


@rule(
    "PERIOD", f"{THE}? NEXT WEEKEND", f"{THE}? WEEKEND [NEXT THAT_COMES]", "WEEKEND OF THAT_COMES"
)
def next_weekend() -> Weekend:
    return Weekend(Which.NEXT)


@rule("PERIOD", f"{THE}? LAST WEEKEND", f"{THE}? WEEKEND LAST")
def last_weekend() -> Weekend:
    return Weekend(Which.LAST)


@rule("PERIOD", f"{THE}? UPCOMING? WEEKEND (?!OF)", f"{THE} WEEKEND")
def bare_weekend() -> Weekend:
    return Weekend()


@rule(
    "PERIOD",
    f"{THE}? nth:NTH unit:UNIT [OF DEL IN]? whole:PERIOD",
    f"{THE}? nth:NTH unit:UNIT [OF DEL IN]? month:MONTH",
    f"{THE}? nth:NTH unit:UNIT [OF DEL IN]? year:NUMBER",
)
def nth_week(
    nth: Number,
    unit: str,
    whole: DayExpression | None = None,
    month: int | None = None,
    year: Number | None = None,
) -> DayExpression | None:
    return _nth_unit(nth.value, unit, _whole(whole, month, year))


@rule(
    "PERIOD",
    f"{THE}? LAST unit:UNIT [OF DEL IN]? whole:PERIOD",
    f"{THE}? LAST unit:UNIT [OF DEL IN] month:MONTH",
    f"{THE}? LAST unit:UNIT [OF DEL IN] year:NUMBER",
    "period:PERIOD [OF DEL IN] whole:PERIOD",
    "period:PERIOD [OF DEL IN] month:MONTH",
    "period:PERIOD [OF DEL IN] year:NUMBER",
)
def last_week_of(
    unit: str = "week",
    whole: DayExpression | None = None,
    month: int | None = None,
    year: Number | None = None,
    period: DayExpression | None = None,
) -> DayExpression | None:
    """ "la última semana de julio": read as the last week first, then put right."""
    if period is not None:
        if period not in (Week(Which.LAST), DaysAhead(-1)):
            return None
        unit = "day" if period == DaysAhead(-1) else "week"
    return _nth_unit(-1, unit, _whole(whole, month, year))


def _whole(
    whole: DayExpression | None, month: int | None, year: Number | None
) -> Month | Year | None:
    if month:
        return Month(month)
    if year:
        full = _year(year)
        return Year(full) if full else None
    return whole if isinstance(whole, Month | Year) else None


def _nth_unit(nth: int, unit: str, whole: Month | Year | None) -> DayExpression | None:
    if whole is None:
        return None
    if unit == "week":
        return NthWeek(nth, whole)
    if unit == "day" and nth == -1:
        return PartOfSpan(Portion.LAST_DAY, whole)
    if unit == "month" and isinstance(whole, Year) and 1 <= nth <= 12:
        return Month(nth, whole.which, whole.year)
    return None


@rule("PERIOD", f"{THE}? unit:UNIT number:NUMBER (?![OF MONTH])")
def numbered_week(unit: str, number: Number) -> NthWeek | None:
    """ "semana 31"."""
    if unit != "week" or not 1 <= number.value <= 53:
        return None
    return NthWeek(number.value, Year(which=Which.THIS))


@rule(
    "PERIOD",
    "[A AT IN FOR FROM]? [EL LA THE AL LOS]? portion:PORTION [OF DEL]? [EL LA THE]? whole:PERIOD",
    "[A AT IN]? [EL LA THE AL]? portion:PORTION [OF DEL]? [EL LA THE]? unit:UNIT",
    "[A AT IN]? [EL LA THE AL]? portion:PORTION [OF DEL]? (?:UNIT OF)? month:MONTH",
    "[A AT]? THE? portion:EOM",
)
def part_of_period(
    portion: Portion,
    whole: DayExpression | None = None,
    unit: str = "month",
    month: int | None = None,
) -> DayExpression | None:
    if whole is None:
        whole = Month(month) if month else _period(unit, Which.THIS)
    if isinstance(whole, DaysAhead) and portion is not Portion.REST:
        return None
    return PartOfSpan(portion, whole) if whole else None


@rule("PERIOD", "EARLY IN? THE? whole:PERIOD", "EARLY month:MONTH")
def early_in(whole: DayExpression | None = None, month: int = 0) -> PartOfSpan:
    return PartOfSpan(Portion.START, whole or Month(month))


@rule("PERIOD", "LATE IN? THE? whole:PERIOD", "LATE month:MONTH")
def late_in(whole: DayExpression | None = None, month: int = 0) -> PartOfSpan:
    return PartOfSpan(Portion.END, whole or Month(month))


@rule("PERIOD", "MID DASH? whole:PERIOD", "MID DASH? month:MONTH")
def middle_of(whole: DayExpression | None = None, month: int = 0) -> PartOfSpan:
    return PartOfSpan(Portion.MIDDLE, whole or Month(month))


@rule("PERIOD", "LATER [IN OF]? THE? unit:UNIT", "LATER [IN OF]? whole:PERIOD")
def later_in(whole: DayExpression | None = None, unit: str = "") -> DayExpression | None:
    whole = whole or _period(unit, Which.THIS)
    if isinstance(whole, DaysAhead):
        return whole
    return PartOfSpan(Portion.REST, whole) if whole else None


@rule("PERIOD", "EARLIER [IN OF]? THE? unit:UNIT", "EARLIER [IN OF]? whole:PERIOD")
def earlier_in(whole: DayExpression | None = None, unit: str = "") -> DayExpression | None:
    whole = whole or _period(unit, Which.THIS)
    return PartOfSpan(Portion.GONE, whole) if whole else None


# --- weekdays ------------------------------------------------------------------------------------


@rule(
    "DAY",
    f"{THE}? nth:NTH day:WEEKDAY [OF DEL IN] whole:PERIOD",
    f"{THE}? nth:NTH day:WEEKDAY [OF DEL IN] month:MONTH",
)
def nth_weekday(
    nth: Number, day: int, whole: DayExpression | None = None, month: int | None = None
) -> NthWeekday | None:
    """ "el primer viernes de diciembre"."""
    of = _whole(whole, month, None)
    return NthWeekday(nth.value, day, of) if isinstance(of, Month) and nth.value <= 5 else None


@rule(
    "DAY",
    f"{THE}? LAST day:WEEKDAY [OF DEL IN] whole:PERIOD",
    f"{THE}? LAST day:WEEKDAY [OF DEL IN] month:MONTH",
    "LAST day:WEEKDAY OF THE UNIT",
)
def last_weekday_of(
    day: int, whole: DayExpression | None = None, month: int | None = None
) -> NthWeekday | None:
    of = _whole(whole, month, None) or Month(which=Which.THIS)
    return NthWeekday(-1, day, of) if isinstance(of, Month) else None


@rule(
    "DAY",
    f"{THE}? [NEXT THIS]? day:WEEKDAY [OF DEL IN COMMA]? week:PERIOD",
    "week:PERIOD [ON EL COMMA OF]* day:WEEKDAY",
)
def weekday_of_week(day: int, week: DayExpression) -> DayExpression | None:
    """ "el miércoles de la semana que viene"."""
    if isinstance(week, Week | WeekOf):
        return WeekdayOf(day, week)
    if isinstance(week, NthWeek) and isinstance(week.of, Month):
        return NthWeekday(week.nth, day, week.of)
    return None


@rule(
    "DAY",
    "[EL LA]? THIS UPCOMING? day:WEEKDAY",
    "THIS NEXT day:WEEKDAY",
    "TODAY COMMA? day:WEEKDAY",
)
def this_weekday(day: int) -> Weekday:
    return Weekday(day, Which.THIS)


@rule("DAY", f"{THE}? UPCOMING day:WEEKDAY", f"{THE}? day:WEEKDAY THAT_COMES")
def coming_weekday(day: int) -> Weekday:
    return Weekday(day, Which.COMING)


@rule(
    "DAY",
    "THIS LAST day:WEEKDAY",
    f"{THE}? LAST day:WEEKDAY",
    f"{THE}? day:WEEKDAY LAST",
    "PAST day:WEEKDAY",
)
def last_weekday(day: int) -> Weekday:
    return Weekday(day, Which.LAST)


@rule("DAY", f"{THE}? day:WEEKDAY AFTER NEXT")
def weekday_after_next(day: int) -> Weekday:
    return Weekday(day, Which.BARE, weeks_later=1)


@rule("DAY", f"{THE}? which:NEXT day:WEEKDAY", f"{THE}? day:WEEKDAY which:NEXT")
def next_weekday(day: int, which: Which) -> Weekday:
    """Spanish "próximo" is the first to come; English "next" may be a week later."""
    return Weekday(day, which)


@rule("DAY", "count:NUMBER day:WEEKDAY FROM_NOW")
def weekdays_from_now(count: Number, day: int) -> Weekday | None:
    """ "two Sundays from now"."""
    return Weekday(day, Which.COMING, weeks_later=count.value - 1) if 0 < count.value < 60 else None


@rule("DAY", "day:WEEKDAY unit:UNIT")
def weekday_week(day: int, unit: str) -> Weekday | None:
    """British "Friday week"."""
    return Weekday(day, Which.BARE, weeks_later=1) if unit == "week" else None


@rule(
    "DAY",
    "length:DURATION ON? days:TODAY",
    "length:DURATION ON? days:TOMORROW",
    "length:DURATION ON? weekday:WEEKDAY",
)
def week_on(length: Duration, days: int | None = None, weekday: int | None = None) -> Later | None:
    """British "a week today", "a fortnight on Friday"."""
    if not length.days or length.days % 7 or not length.whole_days:
        return None
    return Later(Weekday(weekday) if weekday else DaysAhead(days or 0), length.days)


@rule("DAY", f"{THE}? day:WEEKDAY COMMA? [IN WITHIN]? length:DURATION FROM_NOW?")
def weekday_in_weeks(day: int, length: Duration) -> Weekday | None:
    """ "el viernes en quince días", "Friday in two weeks"."""
    weeks, rest = divmod(length.days + (length.days == 15) * -1, 7)
    if rest or not weeks or length.months or length.minutes:
        return None
    return Weekday(day, Which.BARE, weeks_later=weeks)


@rule(
    "DAY",
    f"{THE}? day:WEEKDAY [COMMA EL THE]* (?:DEL? UNIT)? number:NTH",
    f"{THE}? day:WEEKDAY [COMMA EL THE]* UNIT? number:NUMBER (?![PEOPLE UNIT H DASH A TO AND MINUS]|OR NUMBER)",
)
def weekday_and_number(day: int, number: Number) -> CalendarDay | None:
    """ "viernes 27", "Friday the 27th"."""
    return _date(number.value, None, None, day) if number.digits < 3 else None


# --- days counted from today ---------------------------------------------------------------------


@rule("DAY", "[LATER EARLIER]? days:TODAY", "days:TOMORROW", "days:DAYS_OFF")
def off(days: int) -> DaysAhead:
    return DaysAhead(days)


@rule("DAY", "MANANA")
def tomorrow() -> DaysAhead:
    return DaysAhead(1)


@rule("WHEN", "TONIGHT")
def tonight() -> When:
    return When(DaysAhead(0), PartOfDay(DayPart.NIGHT))


@rule("WHEN", "LAST_NIGHT")
def last_night() -> When:
    return When(DaysAhead(-1), PartOfDay(DayPart.NIGHT))


def ahead(length: Duration, sign: int = 1) -> DayExpression | FromNow | None:
    """What lies a length of time from now."""
    if length.minutes and not length.months and not length.workdays:
        return FromNow(sign * (length.minutes + 1440 * length.days))
    if length.workdays:
        return Rolling(length.workdays, Unit.WORKDAY)
    if length.months and length.days:
        return Later(DaysAhead(0), sign * length.days, sign * length.months)
    return MonthsAhead(sign * length.months) if length.months else DaysAhead(sign * length.days)


def _as_when(expression: Any) -> When | None:
    if expression is None:
        return None
    return When(time=expression) if isinstance(expression, FromNow) else When(day=expression)


@rule("DAY", f"[DEL FROM SINCE BETWEEN OF] EL? first:NUMBER AL last:NUMBER {NOT_COUNTED}")
def number_to_number(first: Number, last: Number) -> DaySpan | None:
    """ "del 15 al 20"."""
    start, end = _date(first.value), _date(last.value)
    return DaySpan(start, end) if start and end and max(first.digits, last.digits) < 3 else None


@rule("DAY", f"AFTER_THE number:NUMBER {NOT_COUNTED}")
def after_day_of_month(number: Number) -> DaySpan | None:
    """ "después del 15"."""
    day = _date(number.value) if number.digits < 3 else None
    return DaySpan(day, None) if day else None


@rule("DAY", f"BEFORE_THE number:NUMBER {NOT_COUNTED}")
def before_day_of_month(number: Number) -> DaySpan | None:
    day = _date(number.value) if number.digits < 3 else None
    return DaySpan(None, day) if day else None


@rule("AFTER", "AFTER_THE")
@rule("BEFORE", "BEFORE_THE")
def with_its_article() -> tuple[()]:
    """ "después del lunes" is read as "después de el lunes"."""
    return ()


@rule(
    "DAY",
    f"[EL AL] number:NUMBER {NOT_COUNTED}(?!OF OTHER)",
    "DEL number:NUMBER (?=$|STOP|COMMA|WHEN|CLOCK|TIME|PARTOF|AT)",
    "ON THE? number:NTH",
    "(?<=[FOR BY AFTER BEFORE FROM TO UNTIL]) THE number:NTH (?!OTHER)",
    "EL number:NTH (?=OF|DEL|$|CLOCK)",
    f"ON THE? number:NUMBER {NOT_COUNTED}",
    "^ THE number:NUMBER $",
    "[FOR BY] THE number:NUMBER (?=STOP|$|CLOCK|COMMA)",
)
def day_of_month(number: Number) -> CalendarDay | None:
    """ "el 27", "the 27th", "on the 27"."""
    return _date(number.value) if number.digits < 3 else None


@rule("DAY", "THE number:NTH (?![UNIT PEOPLE WEEKDAY])", "^ number:NTH STOP? $")
def day_of_month_in_figures(number: Number) -> CalendarDay | None:
    """ "the 2nd works"; "the second" may as well be the second of a list."""
    return _date(number.value) if number.digits else None


@rule("DAY", "name:FEAST [OF DEL]? year:NUMBER", "name:FEAST")
def feast(name: str, year: Number | None = None) -> NamedDay:
    return NamedDay(name, _year(year))


@rule("DAY", f"{THE}? [NEXT THIS UPCOMING LAST] day:DAY")
def next_feast(day: DayExpression) -> DayExpression | None:
    return day if isinstance(day, NamedDay | CalendarDay) else None


@rule("DAY", f"{THE}? day:WEEKDAY")
def bare_weekday(day: int) -> Weekday:
    return Weekday(day)


@rule("DAY", "ANYDAY")
def any_day() -> AnyDay:
    return AnyDay()


@rule("DAY", "ANY? [LOS EL LAS THE]? ANY day:DAY")
def every(day: DayExpression) -> DayExpression:
    return day


# --- several days --------------------------------------------------------------------------------


@rule("DAY", "(?<!FOR) IN? length:DURATION [AFTER FROM SINCE] day:DAY")
def after_day(length: Duration, day: DayExpression) -> Later | None:
    """ "tres días después del martes"."""
    return Later(day, length.days, length.months) if length.whole_days else None


@rule("DAY", "length:DURATION BEFORE day:DAY")
def before_day(length: Duration, day: DayExpression) -> Later | None:
    return Later(day, -length.days, -length.months) if length.whole_days else None


@rule(
    "DAY",
    f"{START}? first:DAY {TOWARDS} last:DAY",
    "BETWEEN first:DAY AND last:DAY",
    f"{START}? first:PERIOD {TOWARDS} last:PERIOD",
    "BETWEEN first:PERIOD AND last:PERIOD",
    f"{START}? first:DAY {TOWARDS} last:PERIOD",
    "BETWEEN first:DAY AND last:PERIOD",
    f"{START}? first:PERIOD {TOWARDS} last:DAY",
)
def from_day_to_day(first: DayExpression, last: DayExpression) -> DaySpan:
    if isinstance(first, CalendarDay) and isinstance(last, CalendarDay):
        if first.month is None and last.month is not None:
            first = replace(first, month=last.month, year=last.year)
        first = replace(first, year=first.year or last.year)
        last = _until(first, last)
    return DaySpan(first, last)


@rule(
    "DAY",
    f"{START} first:MONTH {TOWARDS} last:MONTH",
    "BETWEEN first:MONTH AND last:MONTH",
)
def months(first: int, last: int) -> DaySpan:
    return DaySpan(Month(first), Month(last))


@rule("PERIOD", "month:MONTH")
def bare_month(month: int) -> Month:
    return Month(month)


@rule("PERIOD", "(?<=[IN AFTER BEFORE FROM]) year:NUMBER")
def bare_year(year: Number) -> Year | None:
    full = _year(year)
    return Year(full) if full else None


@rule("DAY", "day:PERIOD")
def period(day: DayExpression) -> DayExpression:
    return day


@rule("DAY", "SINCE day:DAY (?![CLOCK TIME TO A PARTOF COMMA AT])", "day:DAY ONWARD")
def from_day(day: DayExpression) -> DayExpression:
    return DaySpan(day, None) if _can_bound(day) else day


@rule("DAY", "AFTER day:DAY (?![CLOCK TIME TO A PARTOF COMMA AT])")
def after_that_day(day: DayExpression) -> DayExpression:
    """ "after February" begins in March; "a partir del 15" on the 15th."""
    match day:
        case Month(int(month), year=year):
            return DaySpan(Month(month % 12 + 1, year=year and year + month // 12), None)
        case Year(int(number)):
            return DaySpan(Year(number + 1), None)
        case _:
            return DaySpan(day, None) if _can_bound(day) else day


@rule("DAY", "[UNTIL BEFORE] day:DAY (?![CLOCK TIME])")
def until_day(day: DayExpression) -> DayExpression:
    return DaySpan(None, day) if _can_bound(day) else day


def _can_bound(day: DayExpression) -> bool:
    return not isinstance(day, DaySpan | AnyDay | EitherDay | Rolling)


@rule("DAY", "first:DAY COMMA second:DAY COMMA? OR third:DAY", "first:DAY OR second:DAY")
def one_or_the_other(
    first: DayExpression, second: DayExpression, third: DayExpression | None = None
) -> EitherDay:
    if isinstance(first, CalendarDay) and isinstance(second, CalendarDay) and not first.month:
        first = replace(first, month=second.month, year=second.year)
    return EitherDay((first, second) if third is None else (first, second, third))


@rule(
    "DAY",
    "FOR length:DURATION COMMA? [FROM ON SINCE]+ day:DAY (?!COMMA? CLOCK)",
    "length:DURATION [FROM SINCE]{2} day:DAY",
    "[FOR BY] length:DURATION COMMA? FROM_TODAY",
)
def days_from(length: Duration, day: DayExpression | None = None) -> DaySpan | None:
    """ "for three days from Monday"; from today where no other day is said."""
    if not length.days or not length.whole_days:
        return None
    first = day or DaysAhead(0)
    return DaySpan(first, Later(first, length.days - 1))


@rule(
    "DAY",
    f"begins:FROM day:DAY (?![CLOCK TIME PARTOF COMMA AT OR]|{TOWARDS}[EL THE]?[DAY PERIOD NUMBER NTH])",
)
def beginning_on(begins: bool, day: DayExpression) -> DaySpan | None:
    """ "starting Monday"; "from Monday" alone may be a start as well as the day itself."""
    return DaySpan(day, None) if begins and _can_bound(day) else None


@rule(
    "ANY_WHEN",
    "IN [ABOUT AROUND]? length:DURATION [FROM_NOW FROM_TODAY]?",
    "length:DURATION [FROM_NOW FROM_TODAY]",
    "length:DURATION [LATER THAT_COMES]",
)
def in_some_time(length: Duration) -> When | None:
    return _as_when(ahead(length))


@rule("ANY_WHEN", "AGO length:DURATION", "length:DURATION AGO_POST", "length:DURATION EARLIER")
def some_time_ago(length: Duration) -> When | None:
    return _as_when(ahead(length, -1))
