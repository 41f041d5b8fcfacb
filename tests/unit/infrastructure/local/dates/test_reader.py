"""What guests write, and what the reader makes of it: own sentences, one a line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.when import (
    AnyTime,
    CalendarDay,
    ClockTime,
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
    Rolling,
    TimeSpan,
    Unit,
    Week,
    Weekday,
    WeekdayOf,
    Weekend,
    WeekOf,
    When,
    Which,
)
from infrastructure.local.dates import DateReader, words
from infrastructure.local.dates.reader import LONGEST

READER = DateReader()


def meanings(text: str, language: str, *, expecting_time: bool = False) -> list[When]:
    mentions = READER.read(text, language=language, expecting_time=expecting_time)
    return [mention.when for mention in mentions]


SAID = [
    (
        "Quisiera una mesa para 4 personas el sábado 28 a las 21:30",
        "es",
        [When(CalendarDay(28, weekday=6), ClockTime(21, 30, twenty_four=True))],
    ),
    ("hola, ¿tenéis sitio para hoy a las 9 para 2?", "es", [When(DaysAhead(0), ClockTime(9))]),
    ("una mesa para 6, mañana a la noche", "es", [When(DaysAhead(1), PartOfDay(DayPart.NIGHT))]),
    (
        "resérvame para el viernes por la noche, somos 8",
        "es",
        [When(Weekday(5), PartOfDay(DayPart.NIGHT))],
    ),
    ("no, mejor a las diez", "es", [When(time=ClockTime(10))]),
    ("mejor el jueves", "es", [When(Weekday(4))]),
    ("la de las nueve y media", "es", [When(time=ClockTime(9, 30))]),
    ("el 2 a las 9", "es", [When(CalendarDay(2), ClockTime(9))]),
    ("pasado mañana a mediodía", "es", [When(DaysAhead(2), PartOfDay(DayPart.NOON))]),
    (
        "mañana a las 2 de la tarde",
        "es",
        [When(DaysAhead(1), ClockTime(2, part=DayPart.AFTERNOON))],
    ),
    ("mañana a las 14", "es", [When(DaysAhead(1), ClockTime(14, twenty_four=True))]),
    ("mañana 14h", "es", [When(DaysAhead(1), ClockTime(14, twenty_four=True))]),
    ("esta noche 9 y media", "es", [When(DaysAhead(0), ClockTime(9, 30, part=DayPart.NIGHT))]),
    ("el finde que viene", "es", [When(Weekend(Which.NEXT))]),
    ("sábado noche", "es", [When(Weekday(6), PartOfDay(DayPart.NIGHT))]),
    ("viernes tarde", "es", [When(Weekday(5), PartOfDay(DayPart.AFTERNOON))]),
    (
        "para el 24 de dic a las 20h",
        "es",
        [When(CalendarDay(24, 12), ClockTime(20, twenty_four=True))],
    ),
    (
        "el 31/12 a las 22.30",
        "es",
        [When(CalendarDay(31, 12), ClockTime(22, 30, twenty_four=True))],
    ),
    ("para nochevieja", "es", [When(NamedDay("new_years_eve"))]),
    (
        "cita para limpieza el lunes a primera hora",
        "es",
        [When(Weekday(1), PartOfDay(DayPart.EARLY))],
    ),
    (
        "el lunes o el martes por la mañana",
        "es",
        [When(EitherDay((Weekday(1), Weekday(2))), PartOfDay(DayPart.MORNING))],
    ),
    (
        "cualquier día de la próxima semana por la tarde",
        "es",
        [When(Week(Which.NEXT), PartOfDay(DayPart.AFTERNOON))],
    ),
    ("de lunes a viernes", "es", [When(DaySpan(Weekday(1), Weekday(5)))]),
    ("a partir de las 8", "es", [When(time=TimeSpan(ClockTime(8), None))]),
    ("después de las 21", "es", [When(time=TimeSpan(ClockTime(21, twenty_four=True), None))]),
    ("antes de las 10", "es", [When(time=TimeSpan(None, ClockTime(10)))]),
    ("entre 8 y 9", "es", [When(time=TimeSpan(ClockTime(8), ClockTime(9)))]),
    (
        "de 8 a 10 de la noche",
        "es",
        [When(time=TimeSpan(ClockTime(8, part=DayPart.NIGHT), ClockTime(10, part=DayPart.NIGHT)))],
    ),
    ("sobre las 9 más o menos", "es", [When(time=ClockTime(9, approximate=True))]),
    ("a eso de las 8 y pico", "es", [When(time=ClockTime(8, approximate=True))]),
    ("a las 8 o 9", "es", [When(time=EitherTime((ClockTime(8), ClockTime(9))))]),
    ("a las ocho menos veinte", "es", [When(time=ClockTime(7, 40))]),
    ("a las 8 y cuarto", "es", [When(time=ClockTime(8, 15))]),
    ("a las 20:15h", "es", [When(time=ClockTime(20, 15, twenty_four=True))]),
    ("a las veintiuna horas", "es", [When(time=ClockTime(21, twenty_four=True))]),
    ("a las veintiuna treinta", "es", [When(time=ClockTime(21, 30, twenty_four=True))]),
    ("mañana por la mañana", "es", [When(DaysAhead(1), PartOfDay(DayPart.MORNING))]),
    ("mñn x la mañana a las 9", "es", [When(DaysAhead(1), ClockTime(9, part=DayPart.MORNING))]),
    ("el viernes q viene", "es", [When(Weekday(5, Which.COMING))]),
    ("el próximo viernes", "es", [When(Weekday(5, Which.COMING))]),
    ("este viernes", "es", [When(Weekday(5, Which.THIS))]),
    ("hoy viernes", "es", [When(Weekday(5, Which.THIS))]),
    ("el viernes pasado", "es", [When(Weekday(5, Which.LAST))]),
    (
        "viernes 27 a las nueve de la noche",
        "es",
        [When(CalendarDay(27, weekday=5), ClockTime(9, part=DayPart.NIGHT))],
    ),
    ("27-11-2026 21:00", "es", [When(CalendarDay(27, 11, 2026), ClockTime(21, twenty_four=True))]),
    ("2026-11-27T21:00", "es", [When(CalendarDay(27, 11, 2026), ClockTime(21, twenty_four=True))]),
    ("31/11", "es", [When(CalendarDay(31, 11))]),
    ("para dos a las dos", "es", [When(time=ClockTime(2))]),
    ("a la una", "es", [When(time=ClockTime(1))]),
    ("las 3", "es", [When(time=ClockTime(3))]),
    ("12 de la noche", "es", [When(time=ClockTime(12, part=DayPart.NIGHT))]),
    ("a medianoche", "es", [When(time=ClockTime(12, part=DayPart.NIGHT))]),
    ("dentro de media hora", "es", [When(time=FromNow(30))]),
    ("en 20 minutos", "es", [When(time=FromNow(20))]),
    ("en dos días", "es", [When(DaysAhead(2))]),
    ("dentro de dos semanas", "es", [When(DaysAhead(14))]),
    ("en una hora y media", "es", [When(time=FromNow(90))]),
    ("en un mes", "es", [When(MonthsAhead(1))]),
    ("el mes que viene", "es", [When(Month(which=Which.NEXT))]),
    ("a finales de mes", "es", [When(PartOfSpan(Portion.END, Month(which=Which.THIS)))]),
    ("la semana del 7 de diciembre", "es", [When(WeekOf(CalendarDay(7, 12)))]),
    ("el primer viernes de diciembre", "es", [When(NthWeekday(1, 5, Month(12)))]),
    ("el último domingo del mes", "es", [When(NthWeekday(-1, 7, Month(which=Which.THIS)))]),
    ("el viernes en quince días", "es", [When(Weekday(5, weeks_later=2))]),
    ("a cualquier hora", "es", [When(time=AnyTime())]),
    ("ahora mismo", "es", [When(time=FromNow(0))]),
    ("el 5 del mes que viene", "es", [When(CalendarDay(5, which_month=Which.NEXT))]),
    ("el miércoles de la semana que viene", "es", [When(WeekdayOf(3, Week(Which.NEXT)))]),
    ("mañana no puedo, el jueves sí", "es", [When(DaysAhead(1)), When(Weekday(4))]),
    ("cuatro adultos y 2 niños el domingo a las 2", "es", [When(Weekday(7), ClockTime(2))]),
    ("el jueves santo", "es", [When(NamedDay("maundy_thursday"))]),
    (
        "miercoles 2 dic 13.30",
        "es",
        [When(CalendarDay(2, 12, weekday=3), ClockTime(13, 30, twenty_four=True))],
    ),
    (
        "4 pax sab 5 dic 14:00",
        "es",
        [When(CalendarDay(5, 12, weekday=6), ClockTime(14, twenty_four=True))],
    ),
    ("viernez a las 9", "es", [When(Weekday(5), ClockTime(9))]),
    ("juebes 3 de dizciembre", "es", [When(CalendarDay(3, 12, weekday=4))]),
    ("del 3 al 5 de enero", "es", [When(DaySpan(CalendarDay(3, 1), CalendarDay(5, 1)))]),
    ("los próximos tres días", "es", [When(Rolling(3, Unit.DAY))]),
    ("hasta las 22:00", "es", [When(time=TimeSpan(None, ClockTime(22, twenty_four=True)))]),
    ("lunes, miércoles o viernes", "es", [When(EitherDay((Weekday(1), Weekday(3), Weekday(5))))]),
    ("cambia mi reserva del viernes al sábado", "es", [When(Weekday(5)), When(Weekday(6))]),
    (
        "cámbiala de las 9 a las 10 y media",
        "es",
        [When(time=ClockTime(9)), When(time=ClockTime(10, 30))],
    ),
    ("mueve la cita de las 9 a las 11", "es", [When(time=ClockTime(9)), When(time=ClockTime(11))]),
    ("el domingo al mediodía", "es", [When(Weekday(7), PartOfDay(DayPart.NOON))]),
    (
        "a las 8 de la mañana del martes",
        "es",
        [When(Weekday(2), ClockTime(8, part=DayPart.MORNING))],
    ),
    ("la noche del 24", "es", [When(CalendarDay(24), PartOfDay(DayPart.NIGHT))]),
    ("a las 24", "es", [When(time=ClockTime(24, twenty_four=True))]),
    ("tipo 9", "es", [When(time=ClockTime(9, approximate=True))]),
    ("desde las 9 hasta las 11", "es", [When(time=TimeSpan(ClockTime(9), ClockTime(11)))]),
    (
        "a las 5 o 6 de la tarde",
        "es",
        [
            When(
                time=EitherTime(
                    (ClockTime(5, part=DayPart.AFTERNOON), ClockTime(6, part=DayPart.AFTERNOON))
                )
            )
        ],
    ),
    (
        "el viernes 4, a las 20 horas",
        "es",
        [When(CalendarDay(4, weekday=5), ClockTime(20, twenty_four=True))],
    ),
    (
        "a las once menos cuarto de la noche",
        "es",
        [When(time=ClockTime(10, 45, part=DayPart.NIGHT))],
    ),
    ("Table for two tomorrow at 8", "en", [When(DaysAhead(1), ClockTime(8))]),
    (
        "can I book for 7:30pm on Friday for 4 people",
        "en",
        [When(Weekday(5), ClockTime(7, 30, Half.PM))],
    ),
    ("a table for 4 at 7", "en", [When(time=ClockTime(7))]),
    ("party of 6 on Saturday night", "en", [When(Weekday(6), PartOfDay(DayPart.NIGHT))]),
    ("next Friday at noon", "en", [When(Weekday(5, Which.NEXT), ClockTime(12, part=DayPart.NOON))]),
    (
        "this coming Tuesday, 6ish",
        "en",
        [When(Weekday(2, Which.THIS), ClockTime(6, approximate=True))],
    ),
    ("last Friday", "en", [When(Weekday(5, Which.LAST))]),
    ("Friday week", "en", [When(Weekday(5, weeks_later=1))]),
    ("a week on Friday", "en", [When(Later(Weekday(5), 7))]),
    ("a fortnight today", "en", [When(Later(DaysAhead(0), 14))]),
    ("fri 27 nov 8pm", "en", [When(CalendarDay(27, 11, weekday=5), ClockTime(8, half=Half.PM))]),
    ("tmrw nite at 9", "en", [When(DaysAhead(1), ClockTime(9, part=DayPart.NIGHT))]),
    (
        "tonight around half seven",
        "en",
        [When(DaysAhead(0), ClockTime(7, 30, part=DayPart.NIGHT, approximate=True))],
    ),
    ("half past seven", "en", [When(time=ClockTime(7, 30))]),
    ("quarter to eight", "en", [When(time=ClockTime(7, 45))]),
    ("at ten to three", "en", [When(time=ClockTime(2, 50))]),
    ("ten to nine", "en", [When(time=ClockTime(8, 50))]),
    ("between 7 and 9", "en", [When(time=TimeSpan(ClockTime(7), ClockTime(9)))]),
    (
        "from 7 to 9pm",
        "en",
        [When(time=TimeSpan(ClockTime(7, half=Half.PM), ClockTime(9, half=Half.PM)))],
    ),
    (
        "from 11 to 3pm",
        "en",
        [When(time=TimeSpan(ClockTime(11, half=Half.AM), ClockTime(3, half=Half.PM)))],
    ),
    ("after 8", "en", [When(time=TimeSpan(ClockTime(8), None))]),
    ("before 9:30", "en", [When(time=TimeSpan(None, ClockTime(9, 30)))]),
    ("no later than 10", "en", [When(time=TimeSpan(None, ClockTime(10)))]),
    ("as late as 10", "en", [When(time=TimeSpan(None, ClockTime(10)))]),
    ("at 10 at the latest", "en", [When(time=TimeSpan(None, ClockTime(10)))]),
    ("no earlier than 9 pm", "en", [When(time=TimeSpan(ClockTime(9, half=Half.PM), None))]),
    ("9 pm at the earliest", "en", [When(time=TimeSpan(ClockTime(9, half=Half.PM), None))]),
    ("a las 10 como muy tarde", "es", [When(time=TimeSpan(None, ClockTime(10)))]),
    ("como muy tarde a las 10", "es", [When(time=TimeSpan(None, ClockTime(10)))]),
    ("no más tarde de las 10", "es", [When(time=TimeSpan(None, ClockTime(10)))]),
    ("como pronto a las 9", "es", [When(time=TimeSpan(ClockTime(9), None))]),
    ("no antes de las 9", "es", [When(time=TimeSpan(ClockTime(9), None))]),
    ("starting Tuesday", "en", [When(DaySpan(Weekday(2), None))]),
    ("any evening starting May 3rd", "en", [When(DaySpan(CalendarDay(3, 5), None))]),
    ("starting Tuesday through Friday", "en", [When(DaySpan(Weekday(2), Weekday(5)))]),
    ("empezando el martes", "es", [When(DaySpan(Weekday(2), None))]),
    ("w/c May 11", "en", [When(WeekOf(CalendarDay(11, 5)))]),
    ("week commencing 11 May", "en", [When(WeekOf(CalendarDay(11, 5)))]),
    (
        "for two days, from today",
        "en",
        [When(DaySpan(DaysAhead(0), Later(DaysAhead(0), days=1)))],
    ),
    (
        "between 6:30 tomorrow and 8",
        "en",
        [When(DaysAhead(1), TimeSpan(ClockTime(6, 30), ClockTime(8)))],
    ),
    (
        "from 7 pm on Friday until 9:30",
        "en",
        [
            When(
                Weekday(5),
                TimeSpan(ClockTime(7, half=Half.PM), ClockTime(9, 30, half=Half.PM)),
            )
        ],
    ),
    (
        "from 6 to 8 of June 12",
        "en",
        [When(CalendarDay(12, 6), TimeSpan(ClockTime(6), ClockTime(8)))],
    ),
    (
        "3rd May until Sat, 9 of May",
        "en",
        [When(DaySpan(CalendarDay(3, 5), CalendarDay(9, 5, weekday=6)))],
    ),
    (
        "for a day starting Tuesday at 4 pm",
        "en",
        [
            When(
                DaySpan(Weekday(2), Later(Weekday(2), days=1)),
                TimeSpan(ClockTime(4, half=Half.PM), ClockTime(4, half=Half.PM)),
            )
        ],
    ),
    (
        "less than four days after tomorrow",
        "en",
        [When(DaySpan(DaysAhead(1), Later(DaysAhead(1), days=3)))],
    ),
    (
        "7 or 8 pm",
        "en",
        [When(time=EitherTime((ClockTime(7, half=Half.PM), ClockTime(8, half=Half.PM))))],
    ),
    ("Friday or Saturday", "en", [When(EitherDay((Weekday(5), Weekday(6))))]),
    ("the 27th", "en", [When(CalendarDay(27))]),
    (
        "on the 3rd of December at 20:00",
        "en",
        [When(CalendarDay(3, 12), ClockTime(20, twenty_four=True))],
    ),
    ("December 3rd, 2026", "en", [When(CalendarDay(3, 12, 2026))]),
    ("12/3", "en", [When(CalendarDay(3, 12))]),
    ("25/12", "en", [When(CalendarDay(25, 12))]),
    ("the day after tomorrow", "en", [When(DaysAhead(2))]),
    ("in two weeks", "en", [When(DaysAhead(14))]),
    ("in half an hour", "en", [When(time=FromNow(30))]),
    ("this weekend", "en", [When(Weekend(Which.THIS))]),
    ("first Friday of December", "en", [When(NthWeekday(1, 5, Month(12)))]),
    ("last Sunday of the month", "en", [When(NthWeekday(-1, 7, Month(which=Which.THIS)))]),
    ("new year's eve at 9", "en", [When(NamedDay("new_years_eve"), ClockTime(9))]),
    ("any day next week", "en", [When(Week(Which.NEXT))]),
    ("anytime", "en", [When(time=AnyTime())]),
    ("as soon as possible", "en", [When(time=FromNow(0))]),
    ("the second of May", "en", [When(CalendarDay(2, 5))]),
    ("May 5", "en", [When(CalendarDay(5, 5))]),
    ("we may come at 5", "en", [When(time=ClockTime(5))]),
    ("change it from 8 to 9", "en", [When(time=ClockTime(8)), When(time=ClockTime(9))]),
    ("move it from Friday to Saturday", "en", [When(Weekday(5)), When(Weekday(6))]),
    ("midnight", "en", [When(time=ClockTime(12, part=DayPart.NIGHT))]),
    ("12am", "en", [When(time=ClockTime(12, half=Half.AM))]),
    ("twenty past eight", "en", [When(time=ClockTime(8, 20))]),
    ("eight thirty", "en", [When(time=ClockTime(8, 30))]),
    ("8 in the evening", "en", [When(time=ClockTime(8, part=DayPart.EVENING))]),
    ("9 at night", "en", [When(time=ClockTime(9, part=DayPart.NIGHT))]),
    ("late afternoon", "en", [When(time=PartOfDay(DayPart.AFTERNOON))]),
    ("Thursday afternoon at 3", "en", [When(Weekday(4), ClockTime(3, part=DayPart.AFTERNOON))]),
    ("early next week", "en", [When(PartOfSpan(Portion.START, Week(Which.NEXT)))]),
    ("next week Wednesday", "en", [When(WeekdayOf(3, Week(Which.NEXT)))]),
    ("Wednesday next week", "en", [When(WeekdayOf(3, Week(Which.NEXT)))]),
    ("two Sundays from now", "en", [When(Weekday(7, Which.COMING, 1))]),
    ("three days after Tuesday", "en", [When(Later(Weekday(2), 3))]),
    ("the 20th of next month", "en", [When(CalendarDay(20, which_month=Which.NEXT))]),
    ("July 13 - July 15", "en", [When(DaySpan(CalendarDay(13, 7), CalendarDay(15, 7)))]),
    ("the week of April 10th", "en", [When(WeekOf(CalendarDay(10, 4)))]),
    ("in the next two hours", "en", [When(time=FromNow(120, True))]),
    ("table for 8 at 8 on the 8th", "en", [When(CalendarDay(8), ClockTime(8))]),
    ("Is the 5th ok?", "en", [When(CalendarDay(5))]),
    ("a table on el viernes a las 9", "en", [When(Weekday(5), ClockTime(9))]),
    ("thrusday at 9pm", "en", [When(Weekday(4), ClockTime(9, half=Half.PM))]),
    ("mesa tomorrow a las 9", "es", [When(DaysAhead(1), ClockTime(9))]),
    ("el friday at 8pm", "es", [When(Weekday(5), ClockTime(8, half=Half.PM))]),
    ("this viernes a las once", "es", [When(Weekday(5, Which.THIS), ClockTime(11))]),
    ("quiero una cita next week", "es", [When(Week(Which.NEXT))]),
    ("el día después de mañana", "es", [When(DaysAhead(2))]),
    ("del 15 al 20", "es", [When(DaySpan(CalendarDay(15), CalendarDay(20)))]),
    ("el último día del mes", "es", [When(PartOfSpan(Portion.LAST_DAY, Month(which=Which.THIS)))]),
    ("hoy mismo por la tarde", "es", [When(DaysAhead(0), PartOfDay(DayPart.AFTERNOON))]),
    ("mañana temprano", "es", [When(DaysAhead(1), PartOfDay(DayPart.EARLY))]),
    ("el martes siguiente", "es", [When(Weekday(2, Which.COMING))]),
    ("sobre las 3 y media", "es", [When(time=ClockTime(3, 30, approximate=True))]),
    ("veinte minutos antes de las ocho", "es", [When(time=ClockTime(7, 40))]),
    ("las 4 menos 10", "es", [When(time=ClockTime(3, 50))]),
    ("las nueve horas y cinco minutos", "es", [When(time=ClockTime(9, 5, twenty_four=True))]),
    (
        "el sábado por la noche, tipo 10",
        "es",
        [When(Weekday(6), ClockTime(10, part=DayPart.NIGHT, approximate=True))],
    ),
    ("el domingo a la hora de comer", "es", [When(Weekday(7), PartOfDay(DayPart.LUNCH))]),
    ("en la tarde noche", "es", [When(time=PartOfDay(DayPart.EVENING))]),
    ("después del 15", "es", [When(DaySpan(CalendarDay(15), None))]),
    ("antes del viernes", "es", [When(DaySpan(None, Weekday(5)))]),
    ("a partir del lunes", "es", [When(DaySpan(Weekday(1), None))]),
    (
        "el jueves 3 o el viernes 4",
        "es",
        [When(EitherDay((CalendarDay(3, weekday=4), CalendarDay(4, weekday=5))))],
    ),
    ("el 3 o el 4 de diciembre", "es", [When(EitherDay((CalendarDay(3, 12), CalendarDay(4, 12))))]),
    ("2 de dic. a las 9 p.m.", "es", [When(CalendarDay(2, 12), ClockTime(9, half=Half.PM))]),
    ("vie 4/12 21h", "es", [When(CalendarDay(4, 12, weekday=5), ClockTime(21, twenty_four=True))]),
    (
        "el martes de la semana próxima a las 10",
        "es",
        [When(WeekdayOf(2, Week(Which.NEXT)), ClockTime(10))],
    ),
    (
        "mañana en la tarde a las 3",
        "es",
        [When(DaysAhead(1), ClockTime(3, part=DayPart.AFTERNOON))],
    ),
    ("20 personas el 20 a las 20", "es", [When(CalendarDay(20), ClockTime(20, twenty_four=True))]),
    ("ahora somos 6", "es", []),
    ("me llamo Julio, para el 4 de julio", "es", [When(CalendarDay(4, 7))]),
    (
        "la semana que viene entre el martes y el jueves",
        "es",
        [When(DaySpan(WeekdayOf(2, Week(Which.NEXT)), WeekdayOf(4, Week(Which.NEXT))))],
    ),
    ("el resto de la semana", "es", [When(PartOfSpan(Portion.REST, Week()))]),
    ("en menos de una hora", "es", [When(time=FromNow(60, True))]),
    ("en más de dos semanas", "es", [When(DaySpan(DaysAhead(14), None))]),
    ("a mediados de enero", "es", [When(PartOfSpan(Portion.MIDDLE, Month(1)))]),
    ("la segunda quincena de diciembre", "es", [When(PartOfSpan(Portion.SECOND_HALF, Month(12)))]),
    ("from Jan 2 to 5", "en", [When(DaySpan(CalendarDay(2, 1), CalendarDay(5, 1)))]),
    ("the day before yesterday", "en", [When(DaysAhead(-2))]),
    ("at 730am", "en", [When(time=ClockTime(7, 30, Half.AM))]),
    ("noon tomorrow", "en", [When(DaysAhead(1), ClockTime(12, part=DayPart.NOON))]),
    (
        "tomorrow between 8 and 10 am",
        "en",
        [When(DaysAhead(1), TimeSpan(ClockTime(8, half=Half.AM), ClockTime(10, half=Half.AM)))],
    ),
    (
        "Sunday the 20th of May at 2pm",
        "en",
        [When(CalendarDay(20, 5, weekday=7), ClockTime(2, half=Half.PM))],
    ),
    ("until tomorrow", "en", [When(DaySpan(None, DaysAhead(1)))]),
    ("quarter past noon", "en", [When(time=ClockTime(12, 15, part=DayPart.NOON))]),
    ("7.30 tonight", "en", [When(DaysAhead(0), ClockTime(7, 30, part=DayPart.NIGHT))]),
    (
        "Friday evening from 6 to 9",
        "en",
        [
            When(
                Weekday(5),
                TimeSpan(ClockTime(6, part=DayPart.EVENING), ClockTime(9, part=DayPart.EVENING)),
            )
        ],
    ),
    ("any time after 6", "en", [When(time=TimeSpan(ClockTime(6), None))]),
    ("from the 5th to the 9th", "en", [When(DaySpan(CalendarDay(5), CalendarDay(9)))]),
    ("at 6:30 or 7", "en", [When(time=EitherTime((ClockTime(6, 30), ClockTime(7))))]),
    ("6-ish", "en", [When(time=ClockTime(6, approximate=True))]),
    ("the last day of May", "en", [When(PartOfSpan(Portion.LAST_DAY, Month(5)))]),
    ("this sat at 8", "en", [When(Weekday(6, Which.THIS), ClockTime(8))]),
    ("the first week of January", "en", [When(NthWeek(1, Month(1)))]),
    ("two days ago", "en", [When(DaysAhead(-2))]),
    ("can we come in now?", "en", [When(time=FromNow(0))]),
    ("there are 2 of us now", "en", []),
    ("Domino's at 9", "en", [When(time=ClockTime(9))]),
    ("switch my booking to 10", "en", []),
    ("could we have the table in the sun?", "en", []),
    ("in less than an hour", "en", [When(time=FromNow(60, True))]),
    ("the rest of the week", "en", [When(PartOfSpan(Portion.REST, Week()))]),
    ("2nite at 9", "en", [When(DaysAhead(0), ClockTime(9, part=DayPart.NIGHT))]),
    ("mon or tue", "en", [When(EitherDay((Weekday(1), Weekday(2))))]),
    ("between Feb 3 and Feb 7", "en", [When(DaySpan(CalendarDay(3, 2), CalendarDay(7, 2)))]),
    ("schedule me three weeks from tomorrow", "en", [When(Later(DaysAhead(1), 21))]),
]


@pytest.mark.parametrize(("text", "language", "expected"), SAID, ids=[row[0] for row in SAID])
def test_a_sentence_means_exactly_what_was_said(
    text: str, language: str, expected: list[When]
) -> None:
    assert meanings(text, language) == expected


NOTHING_SAID = [
    ("somos 5, no 4", "es"),
    ("la segunda", "es"),
    ("la opción 2", "es"),
    ("mi número es 70123456", "es"),
    ("mi teléfono es +591 70123456 y mi código AB12CD", "es"),
    ("cuesta 25 euros", "es"),
    ("mesa 4", "es"),
    ("me llamo Mar López", "es"),
    ("a nombre de Domingo Pérez", "es"),
    ("para dos", "es"),
    ("buenas noches, mesa para 2", "es"),
    ("buenos días", "es"),
    ("tengo 2 niños de 3 y 5 años", "es"),
    ("llegaremos 15 minutos tarde", "es"),
    ("llamad al 612 34 56 78", "es"),
    ("mesa con vista al mar", "es"),
    ("gracias por la media botella", "es"),
    ("ten cuidado con el sol", "es"),
    ("my number is 555-123-4567", "en"),
    ("the code is 4F9K2", "en"),
    ("the second one", "en"),
    ("I have 2 kids aged 3 and 5", "en"),
    ("I am 5 minutes late", "en"),
    ("May I book a table?", "en"),
    ("My name is June Carter", "en"),
    ("I sat down", "en"),
    ("it was once great", "en"),
    ("a table for 3 nights", "en"),
    ("for 4 of us", "en"),
    ("that costs $25.50", "en"),
    ("good evening", "en"),
    ("room 12", "en"),
]


@pytest.mark.parametrize(("text", "language"), NOTHING_SAID)
def test_parties_prices_codes_names_and_choices_are_no_days_and_no_times(
    text: str, language: str
) -> None:
    assert meanings(text, language) == []


ASKED_FOR_A_TIME = [
    ("9", "es", [When(time=ClockTime(9))]),
    ("nueve", "es", [When(time=ClockTime(9))]),
    ("9 30", "es", [When(time=ClockTime(9, 30))]),
    ("8 y media", "es", [When(time=ClockTime(8, 30))]),
    ("9:15", "es", [When(time=ClockTime(9, 15))]),
    ("para las 8", "es", [When(time=ClockTime(8))]),
    ("ocho o nueve", "es", [When(time=EitherTime((ClockTime(8), ClockTime(9))))]),
    ("8-9", "es", [When(time=TimeSpan(ClockTime(8), ClockTime(9)))]),
    ("20", "es", [When(time=ClockTime(20, twenty_four=True))]),
    ("30", "es", []),
    ("somos 4", "es", []),
    ("9 mejor", "es", [When(time=ClockTime(9))]),
    ("sí, y apunta una trona", "es", []),
    ("el viernes", "es", [When(Weekday(5))]),
]


@pytest.mark.parametrize(("text", "language", "expected"), ASKED_FOR_A_TIME)
def test_a_bare_number_is_a_time_once_a_time_was_asked_for(
    text: str, language: str, expected: list[When]
) -> None:
    assert meanings(text, language, expecting_time=True) == expected


@pytest.mark.parametrize("text", ["9", "nueve", "9 30", "8-9"])
def test_a_bare_number_is_no_time_by_itself(text: str) -> None:
    assert not any(when.time for when in meanings(text, "es"))


@pytest.mark.parametrize(
    ("month_first", "expected"),
    [
        (True, CalendarDay(4, 3)),
        (False, CalendarDay(3, 4)),
        (None, CalendarDay(3, 4, order_unclear=True)),
    ],
)
def test_the_house_says_how_figures_are_read_in_english(
    month_first: bool | None, expected: CalendarDay
) -> None:
    reader = DateReader(english_month_first=month_first)
    assert reader.read("on 3/4", language="en")[0].when == When(expected)
    assert reader.read("el 3/4", language="es")[0].when == When(CalendarDay(3, 4))


@pytest.mark.parametrize(
    ("text", "words_of_it"),
    [
        ("Perdón, ¿puede ser MAÑANA por la NOCHE?", "MAÑANA por la NOCHE"),
        ("sí 👍🏽 el sábado a las 9 🙏", "el sábado a las 9"),
        ("man\u0303ana a las 9, gracias", "man\u0303ana a las 9"),
        ("ﬁne: on Friday at 9", "Friday at 9"),
    ],
)
def test_a_mention_points_at_the_guests_own_characters(text: str, words_of_it: str) -> None:
    mention = READER.read(text, language="es")[0]
    assert text[mention.start : mention.end] == words_of_it


FEASTS_SAID = [
    (spelling.replace("_", " "), language)
    for language, table in (("es", words.SPANISH), ("en", words.ENGLISH))
    for spellings in table["FEAST"].values()
    for spelling in spellings.split()
]


@pytest.mark.parametrize(("text", "language"), FEASTS_SAID)
def test_every_feast_in_the_table_is_found_by_its_name(text: str, language: str) -> None:
    [when] = meanings(text, language)
    assert isinstance(when.day, NamedDay)


GUESTS_WORDS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                spelling.replace("_", " ")
                for table in (words.SPANISH, words.ENGLISH)
                for by_value in table.values()
                for spellings in by_value.values()
                for spelling in spellings.split()
            ]
        ),
        st.sampled_from(
            ["9", "31", "21:30", "27/11", "8-10", "2026", "9.30", "1030", "pm", ",", "."]
        ),
        st.text(max_size=4),
    ),
    max_size=12,
).map(" ".join)


def read_all(text: str, language: str, expecting_time: bool) -> tuple[Mention, ...]:
    return READER.read(text, language=language, expecting_time=expecting_time)


@given(GUESTS_WORDS | st.text(), st.sampled_from(["es", "en", "fr"]), st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_without_an_error_and_mentions_lie_in_order_within_it(
    text: str, language: str, expecting_time: bool
) -> None:
    end_of_last = 0
    for mention in read_all(text, language, expecting_time):
        assert end_of_last <= mention.start < mention.end <= len(text)
        assert mention.when
        end_of_last = mention.end


@pytest.mark.parametrize(("text", "language", "_expected"), SAID, ids=[row[0] for row in SAID])
def test_the_words_of_a_mention_read_again_mean_the_same(
    text: str, language: str, _expected: list[When]
) -> None:
    for mention in READER.read(text, language=language):
        said = text[mention.start : mention.end]
        again = READER.read(said, language=language, expecting_time=True)
        assert [one.when for one in again] == [mention.when], said


def test_no_more_is_read_than_the_longest_message_has() -> None:
    assert READER.read("x" * LONGEST + " mañana", language="es") == ()
