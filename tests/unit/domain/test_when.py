"""What days and times can mean: on a Saturday in November, for a restaurant and for a clinic."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.when import (
    AnyDay,
    AnyTime,
    CalendarDay,
    ClockTime,
    DayExpression,
    DayPart,
    DayReading,
    DaysAhead,
    DaySpan,
    DayTrouble,
    EitherDay,
    EitherTime,
    FromNow,
    Half,
    ImpossibleDay,
    ImpossibleTime,
    KnownDays,
    KnownTime,
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
    TimeExpression,
    TimeReading,
    TimeSpan,
    UnclearDay,
    UnclearTime,
    Unit,
    Week,
    Weekday,
    WeekdayOf,
    Weekend,
    WeekOf,
    Which,
    Year,
    days_meant,
    resolve_day,
    resolve_time,
)

SATURDAY = date(2026, 11, 21)
FRIDAY = date(2026, 11, 27)


def nov(day: int) -> date:
    return date(2026, 11, day)


def dec(day: int) -> date:
    return date(2026, 12, day)


def known(*days: date) -> KnownDays:
    return KnownDays(days)


def every_day(first: date, last: date) -> KnownDays:
    return KnownDays(tuple(first + timedelta(days=i) for i in range((last - first).days + 1)))


# --- days ------------------------------------------------------------------------------------

ON_SATURDAY_21_NOVEMBER: list[tuple[str, DayExpression, DayReading]] = [
    ("hoy", DaysAhead(0), known(SATURDAY)),
    ("mañana", DaysAhead(1), known(nov(22))),
    ("dentro de dos semanas", DaysAhead(14), known(dec(5))),
    ("ayer", DaysAhead(-1), ImpossibleDay(DayTrouble.PAST, nov(20), nov(22))),
    ("en un mes", MonthsAhead(1), known(dec(21))),
    ("el viernes", Weekday(5), known(FRIDAY)),
    ("el sábado", Weekday(6), UnclearDay((nov(21), nov(28)), DayTrouble.TODAY_OR_NEXT)),
    ("este sábado", Weekday(6, Which.THIS), known(SATURDAY)),
    ("el sábado que viene", Weekday(6, Which.COMING), known(nov(28))),
    ("el próximo viernes", Weekday(5, Which.COMING), known(FRIDAY)),
    ("next Saturday", Weekday(6, Which.NEXT), known(nov(28))),
    ("next Friday", Weekday(5, Which.NEXT), known(FRIDAY)),
    (
        "next Sunday",
        Weekday(7, Which.NEXT),
        UnclearDay((nov(22), nov(29)), DayTrouble.THIS_WEEK_OR_NEXT),
    ),
    (
        "el viernes pasado",
        Weekday(5, Which.LAST),
        ImpossibleDay(DayTrouble.PAST, nov(20), FRIDAY),
    ),
    ("el viernes en quince días", Weekday(5, weeks_later=2), known(dec(11))),
    ("two Sundays from now", Weekday(7, Which.COMING, weeks_later=1), known(nov(29))),
    ("el 27", CalendarDay(27), known(FRIDAY)),
    ("el 21", CalendarDay(21), known(SATURDAY)),
    ("el 5", CalendarDay(5), known(dec(5))),
    ("27 de noviembre", CalendarDay(27, 11), known(FRIDAY)),
    ("3 de enero", CalendarDay(3, 1), known(date(2027, 1, 3))),
    ("viernes 27", CalendarDay(27, weekday=5), known(FRIDAY)),
    (
        "viernes 28",
        CalendarDay(28, weekday=5),
        UnclearDay((nov(27), nov(28)), DayTrouble.WEEKDAY_MISMATCH),
    ),
    (
        "lunes 27 de noviembre",
        CalendarDay(27, 11, weekday=1),
        UnclearDay((nov(27), nov(30)), DayTrouble.WEEKDAY_MISMATCH),
    ),
    (
        "viernes 22, where the nearest Friday is gone",
        CalendarDay(22, weekday=5),
        UnclearDay((nov(22), nov(27)), DayTrouble.WEEKDAY_MISMATCH),
    ),
    ("31/11", CalendarDay(31, 11), ImpossibleDay(DayTrouble.NO_SUCH_DATE, None, nov(30))),
    ("el 31", CalendarDay(31), ImpossibleDay(DayTrouble.NO_SUCH_DATE, None, dec(31))),
    (
        "29 de febrero",
        CalendarDay(29, 2),
        ImpossibleDay(DayTrouble.NO_SUCH_DATE, None, date(2027, 2, 28)),
    ),
    ("29/2/2028", CalendarDay(29, 2, 2028), known(date(2028, 2, 29))),
    ("99/99", CalendarDay(99, 99), ImpossibleDay(DayTrouble.NO_SUCH_DATE)),
    (
        "20/11/2026",
        CalendarDay(20, 11, 2026),
        ImpossibleDay(DayTrouble.PAST, nov(20), date(2027, 11, 20)),
    ),
    (
        "1/12/2025",
        CalendarDay(1, 12, 2025),
        ImpossibleDay(DayTrouble.PAST, date(2025, 12, 1), dec(1)),
    ),
    ("el 5 del mes que viene", CalendarDay(5, which_month=Which.NEXT), known(dec(5))),
    (
        "el 5 de este mes",
        CalendarDay(5, which_month=Which.THIS),
        ImpossibleDay(DayTrouble.PAST, nov(5), date(2027, 11, 5)),
    ),
    (
        "3/4, order unknown",
        CalendarDay(3, 4, order_unclear=True),
        UnclearDay((date(2027, 3, 4), date(2027, 4, 3)), DayTrouble.DAY_OR_MONTH_FIRST),
    ),
    ("13/4, where only one order is a date", CalendarDay(13, 4, order_unclear=True),
     known(date(2027, 4, 13))),
    ("nochebuena", NamedDay("christmas_eve"), known(dec(24))),
    ("san valentín", NamedDay("valentines"), known(date(2027, 2, 14))),
    (
        "Pascua de 2026",
        NamedDay("easter", 2026),
        ImpossibleDay(DayTrouble.PAST, date(2026, 4, 5), date(2027, 3, 28)),
    ),
    ("a feast nobody knows", NamedDay("festivus"), ImpossibleDay(DayTrouble.NO_SUCH_DATE)),
    ("este finde", Weekend(Which.THIS), known(nov(21), nov(22))),
    ("el finde que viene", Weekend(Which.NEXT), known(nov(28), nov(29))),
    ("esta semana", Week(), known(nov(21), nov(22))),
    ("la semana que viene", Week(Which.NEXT), every_day(nov(23), nov(29))),
    (
        "la semana pasada",
        Week(Which.LAST),
        ImpossibleDay(DayTrouble.PAST, nov(15), nov(22)),
    ),
    ("en diciembre", Month(12), every_day(dec(1), dec(31))),
    ("en noviembre", Month(11), every_day(nov(21), nov(30))),
    ("el mes que viene", Month(which=Which.NEXT), every_day(dec(1), dec(31))),
    ("el resto del mes", PartOfSpan(Portion.REST, Month(which=Which.THIS)),
     every_day(nov(21), nov(30))),
    ("a finales de mes", PartOfSpan(Portion.END, Month(which=Which.THIS)),
     every_day(nov(21), nov(30))),
    ("a principios de diciembre", PartOfSpan(Portion.START, Month(12)),
     every_day(dec(1), dec(11))),
    ("la semana del 7 de diciembre", WeekOf(CalendarDay(7, 12)), every_day(dec(7), dec(13))),
    ("el miércoles de la semana que viene", WeekdayOf(3, Week(Which.NEXT)), known(nov(25))),
    (
        "el lunes de esta semana",
        WeekdayOf(1, Week()),
        ImpossibleDay(DayTrouble.PAST, nov(16), nov(23)),
    ),
    ("el primer viernes de diciembre", NthWeekday(1, 5, Month(12)), known(dec(4))),
    ("el último domingo del mes", NthWeekday(-1, 7, Month(which=Which.THIS)), known(nov(29))),
    ("el primer lunes de noviembre", NthWeekday(1, 1, Month(11)), known(date(2027, 11, 1))),
    ("el quinto viernes de diciembre", NthWeekday(5, 5, Month(12)),
     ImpossibleDay(DayTrouble.NO_SUCH_DATE)),
    ("la tercera semana de enero", NthWeek(3, Month(1)),
     every_day(date(2027, 1, 18), date(2027, 1, 24))),
    ("los próximos tres días", Rolling(3, Unit.DAY), every_day(nov(22), nov(24))),
    ("the next two business days", Rolling(2, Unit.WORKDAY), known(nov(23), nov(24))),
    ("del 3 al 5 de enero", DaySpan(CalendarDay(3, 1), CalendarDay(5, 1)),
     every_day(date(2027, 1, 3), date(2027, 1, 5))),
    ("de viernes a domingo", DaySpan(Weekday(5), Weekday(7)), every_day(nov(27), nov(29))),
    ("hasta el martes", DaySpan(None, Weekday(2)), every_day(nov(21), nov(24))),
    ("entre el 30 y el 2", DaySpan(CalendarDay(30), CalendarDay(2)), every_day(nov(30), dec(2))),
    ("from November to January", DaySpan(Month(11), Month(1)),
     every_day(nov(21), date(2027, 1, 31))),
    ("tres días después del martes", Later(Weekday(2), 3), known(nov(27))),
    ("a week on Saturday", Later(Weekday(6), 7),
     UnclearDay((nov(28), dec(5)), DayTrouble.TODAY_OR_NEXT)),
    ("el martes o el viernes", EitherDay((Weekday(5), Weekday(2))), known(nov(24), nov(27))),
    ("ayer o mañana", EitherDay((DaysAhead(-1), DaysAhead(1))), known(nov(22))),
    ("the year 12000", Year(12000), ImpossibleDay(DayTrouble.NO_SUCH_DATE)),
    ("ten thousand years ahead", MonthsAhead(120_000), ImpossibleDay(DayTrouble.NO_SUCH_DATE)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expression", "reading"),
    ON_SATURDAY_21_NOVEMBER,
    ids=[row[0] for row in ON_SATURDAY_21_NOVEMBER],
)
def test_on_saturday_21_november_2026(
    said: str, expression: DayExpression, reading: DayReading
) -> None:
    assert resolve_day(expression, today=SATURDAY) == reading


def test_friday_said_on_a_friday_is_a_question_unless_today_was_said() -> None:
    options = (nov(27), dec(4))
    assert resolve_day(Weekday(5), today=FRIDAY) == UnclearDay(options, DayTrouble.TODAY_OR_NEXT)
    assert resolve_day(Weekday(5, Which.THIS), today=FRIDAY) == known(nov(27))
    assert resolve_day(Weekday(5, Which.COMING), today=FRIDAY) == known(dec(4))
    assert resolve_day(Weekday(5, Which.NEXT), today=FRIDAY) == known(dec(4))


def test_next_friday_said_on_a_wednesday_is_a_question_in_english_only() -> None:
    wednesday = nov(25)
    assert resolve_day(Weekday(5, Which.NEXT), today=wednesday) == UnclearDay(
        (nov(27), dec(4)), DayTrouble.THIS_WEEK_OR_NEXT
    )
    assert resolve_day(Weekday(5, Which.COMING), today=wednesday) == known(nov(27))
    assert resolve_day(Weekday(1, Which.NEXT), today=wednesday) == known(nov(30))


def test_the_31st_said_at_the_end_of_january_is_suggested_for_march() -> None:
    assert resolve_day(CalendarDay(30), today=date(2027, 1, 31)) == ImpossibleDay(
        DayTrouble.NO_SUCH_DATE, None, date(2027, 3, 30)
    )


def test_a_month_from_31_january_is_the_last_of_february() -> None:
    assert resolve_day(MonthsAhead(1), today=date(2027, 1, 31)) == known(date(2027, 2, 28))


def test_a_span_that_has_begun_and_is_not_over_is_this_years() -> None:
    span = DaySpan(CalendarDay(1, 11), CalendarDay(30, 11))
    assert resolve_day(span, today=SATURDAY) == every_day(nov(21), nov(30))
    assert days_meant(span, today=SATURDAY) == (nov(1), nov(30))


def test_from_tomorrow_on_has_an_end_all_the_same() -> None:
    reading = resolve_day(DaySpan(DaysAhead(1), None), today=SATURDAY)
    assert isinstance(reading, KnownDays)
    assert reading.days[0] == nov(22)
    assert 30 <= len(reading.days) <= 100


SINGLE_DAYS = st.one_of(
    st.builds(
        Weekday,
        st.integers(1, 7),
        st.sampled_from([Which.BARE, Which.THIS, Which.COMING, Which.NEXT]),
        st.integers(0, 5),
    ),
    st.builds(
        CalendarDay,
        st.integers(0, 40),
        st.none() | st.integers(0, 15),
        st.none(),
        st.none() | st.integers(1, 7),
        order_unclear=st.booleans(),
    ),
    st.builds(NamedDay, st.sampled_from(["easter", "christmas", "valentines", "memorial_day"])),
    st.builds(DaysAhead, st.integers(0, 800)),
    st.builds(MonthsAhead, st.integers(0, 30)),
    st.builds(Month, st.integers(1, 12)),
    st.builds(Weekend, st.sampled_from([Which.BARE, Which.THIS, Which.NEXT])),
    st.builds(NthWeekday, st.sampled_from([1, 2, 3, 4, 5, -1]), st.integers(1, 7),
              st.builds(Month, st.integers(1, 12))),
    st.just(AnyDay()),
)  # fmt: skip
DAYS = st.recursive(
    SINGLE_DAYS,
    lambda days: st.one_of(
        st.builds(DaySpan, days, days),
        st.builds(EitherDay, st.lists(days, min_size=1, max_size=3).map(tuple)),
        st.builds(Later, days, st.integers(-60, 60), st.integers(-3, 3)),
        st.builds(WeekOf, days),
        st.builds(PartOfSpan, st.sampled_from(Portion), days),
    ),
    max_leaves=4,
)


@given(DAYS, st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_what_a_booking_may_take_is_never_past_and_always_in_order(
    expression: DayExpression, today: date
) -> None:
    match resolve_day(expression, today=today):
        case KnownDays(days) | UnclearDay(days, _):
            assert days
            assert list(days) == sorted(set(days))
            assert days[0] >= today
        case ImpossibleDay(_, _, suggestion):
            assert suggestion is None or suggestion >= today


# --- times -----------------------------------------------------------------------------------

RESTAURANT = ((13 * 60, 16 * 60), (20 * 60, 24 * 60 + 30))
CLINIC = ((8 * 60 + 30, 12 * 60 + 30), (14 * 60 + 30, 18 * 60 + 30))
ALL_DAY = ((7 * 60, 23 * 60),)
DAYS_BEFORE = datetime(2026, 11, 21, 10, 0)


def at(hour: int, minute: int = 0) -> KnownTime:
    return KnownTime(hour * 60 + minute, hour * 60 + minute, hour * 60 + minute)


def between(target: int, first: int, last: int) -> KnownTime:
    return KnownTime(target, first, last)


Windows = tuple[tuple[int, int], ...]
TIMES: list[tuple[str, TimeExpression, Windows, TimeReading]] = [
    ("a las 8: only dinner is open", ClockTime(8), RESTAURANT, at(20)),
    ("a las 2: lunch", ClockTime(2), RESTAURANT, at(14)),
    ("a las 12: midnight is in dinner, noon before lunch", ClockTime(12), RESTAURANT, at(24)),
    ("a las 8: half an hour before the clinic opens", ClockTime(8), CLINIC, at(8)),
    ("a las 9: the clinic's morning", ClockTime(9), CLINIC, at(9)),
    ("a las 5: the clinic's afternoon", ClockTime(5), CLINIC, at(17)),
    ("a las 8, open morning and evening", ClockTime(8), ALL_DAY, UnclearTime((480, 1200))),
    ("a las 8 de la tarde", ClockTime(8, part=DayPart.AFTERNOON), ALL_DAY, at(20)),
    ("8 pm", ClockTime(8, half=Half.PM), ALL_DAY, at(20)),
    ("8 am at a place that opens at one", ClockTime(8, half=Half.AM), RESTAURANT, at(8)),
    ("08:00", ClockTime(8, twenty_four=True), ALL_DAY, at(8)),
    ("21:30", ClockTime(21, 30, twenty_four=True), RESTAURANT, at(21, 30)),
    ("00:15 belongs to last night's service", ClockTime(0, 15, twenty_four=True), RESTAURANT,
     at(24, 15)),
    ("0:30 is closing time", ClockTime(0, 30, twenty_four=True), ((1200, 1560),), at(24, 30)),
    ("las 12 de la noche", ClockTime(12, part=DayPart.NIGHT), RESTAURANT, at(24)),
    ("12 noon", ClockTime(12, part=DayPart.NOON), CLINIC, at(12)),
    ("12 pm", ClockTime(12, half=Half.PM), CLINIC, at(12)),
    ("12 am", ClockTime(12, half=Half.AM), RESTAURANT, at(24)),
    ("las 12 de la mañana", ClockTime(12, part=DayPart.MORNING), CLINIC, at(12)),
    ("la 1 de la madrugada", ClockTime(1, part=DayPart.SMALL_HOURS), ((1200, 1560),), at(25)),
    ("a las 24", ClockTime(24, twenty_four=True), RESTAURANT, at(24)),
    ("25:00", ClockTime(25), RESTAURANT, ImpossibleTime()),
    ("8:75", ClockTime(8, 75), RESTAURANT, ImpossibleTime()),
    ("sobre las 9", ClockTime(9, approximate=True), RESTAURANT, between(1260, 1230, 1290)),
    ("por la noche", PartOfDay(DayPart.NIGHT), RESTAURANT, between(1260, 1200, 1470)),
    ("a mediodía", PartOfDay(DayPart.NOON), RESTAURANT, between(840, 780, 930)),
    ("por la mañana", PartOfDay(DayPart.MORNING), CLINIC, between(600, 510, 720)),
    ("por la tarde", PartOfDay(DayPart.AFTERNOON), CLINIC, between(1020, 720, 1110)),
    ("por la noche at a clinic: uncut, to be refused", PartOfDay(DayPart.NIGHT), CLINIC,
     between(1260, 1140, 1560)),
    ("a primera hora", PartOfDay(DayPart.EARLY), CLINIC, between(510, 510, 600)),
    ("a última hora", PartOfDay(DayPart.LATE), CLINIC, between(1020, 1020, 1110)),
    ("entre las 8 y las 10", TimeSpan(ClockTime(8), ClockTime(10)), RESTAURANT,
     between(1200, 1200, 1320)),
    ("entre las 9 y las 11", TimeSpan(ClockTime(9), ClockTime(11)), CLINIC,
     between(540, 540, 660)),
    ("entre las 8 y las 10, open both ways", TimeSpan(ClockTime(8), ClockTime(10)), ALL_DAY,
     UnclearTime((480, 1200))),
    ("from 11 pm to 1", TimeSpan(ClockTime(11, half=Half.PM), ClockTime(1)), RESTAURANT,
     between(1380, 1380, 1500)),
    ("después de las 9", TimeSpan(ClockTime(9), None), RESTAURANT, between(1260, 1260, 1470)),
    ("hasta las 15:00", TimeSpan(None, ClockTime(15, twenty_four=True)), RESTAURANT,
     between(900, 780, 900)),
    ("after 8, open both ways", TimeSpan(ClockTime(8), None), ALL_DAY, UnclearTime((480, 1200))),
    ("a cualquier hora", AnyTime(), RESTAURANT, between(780, 780, 1470)),
    ("a las 8 o a las 9", EitherTime((ClockTime(8), ClockTime(9))), RESTAURANT,
     between(1200, 1200, 1260)),
    ("a las 8, closed all day", ClockTime(8), (), at(20)),
    ("a las 10, closed all day", ClockTime(10), (), at(10)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expression", "windows", "reading"), TIMES, ids=[row[0] for row in TIMES]
)
def test_a_time_is_read_by_the_opening_hours(
    said: str, expression: TimeExpression, windows: Windows, reading: TimeReading
) -> None:
    assert resolve_time(expression, day=FRIDAY, windows=windows, now=DAYS_BEFORE) == reading


def test_from_now_is_rounded_up_to_five_minutes() -> None:
    now = datetime(2026, 11, 27, 19, 2)
    half_an_hour = resolve_time(FromNow(30), day=FRIDAY, windows=RESTAURANT, now=now)
    assert half_an_hour == at(19, 35)
    assert resolve_time(FromNow(0), day=FRIDAY, windows=RESTAURANT, now=now) == at(19, 5)
    within = resolve_time(FromNow(120, within=True), day=FRIDAY, windows=RESTAURANT, now=now)
    assert within == KnownTime(1265, 1145, 1265)


def test_after_midnight_now_still_belongs_to_last_nights_service() -> None:
    now = datetime(2026, 11, 28, 0, 10)
    assert resolve_time(FromNow(5), day=FRIDAY, windows=RESTAURANT, now=now) == at(24, 15)


def test_an_hour_that_is_gone_today_yields_to_the_one_to_come() -> None:
    afternoon = datetime(2026, 11, 27, 15, 0)
    assert resolve_time(ClockTime(8), day=FRIDAY, windows=ALL_DAY, now=afternoon) == at(20)


CLOCKS = st.builds(
    ClockTime,
    st.integers(0, 26),
    st.integers(0, 60),
    st.none() | st.sampled_from(Half),
    st.none() | st.sampled_from(DayPart),
    st.booleans(),
    st.booleans(),
)
EXPRESSIONS: st.SearchStrategy[TimeExpression] = st.one_of(
    CLOCKS,
    st.builds(PartOfDay, st.sampled_from(DayPart)),
    st.builds(TimeSpan, st.none() | CLOCKS, st.none() | CLOCKS),
    st.builds(EitherTime, st.lists(CLOCKS, min_size=1, max_size=3).map(tuple)),
    st.builds(FromNow, st.integers(0, 600), st.booleans()),
    st.just(AnyTime()),
)


@given(EXPRESSIONS, st.sampled_from([RESTAURANT, CLINIC, ALL_DAY, ()]))
def test_a_target_lies_between_the_earliest_and_the_latest_start(
    expression: TimeExpression, windows: Windows
) -> None:
    match resolve_time(expression, day=FRIDAY, windows=windows, now=datetime(2026, 11, 27, 12)):
        case KnownTime(target, earliest, latest):
            assert earliest <= target <= latest
        case UnclearTime(options):
            assert len(options) > 1
            assert list(options) == sorted(set(options))
        case ImpossibleTime():
            pass
