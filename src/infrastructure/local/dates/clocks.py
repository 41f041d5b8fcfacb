"""Rules for times of day: "las nueve y media", "quarter to eight", "de 8 a 10", "por la noche"."""

from __future__ import annotations

from dataclasses import replace

from domain.when import (
    AnyTime,
    ClockTime,
    DayPart,
    DaysAhead,
    FromNow,
    Half,
    PartOfDay,
    TimeSpan,
    When,
)
from infrastructure.local.dates.numbers import Duration
from infrastructure.local.dates.patterns import Table
from infrastructure.local.dates.tokens import Number, Pair

NOT_COUNTED = "(?![PEOPLE UNIT SECOND WEEKEND MONTH LAST NEXT UPCOMING H])(?!OF MONTH)"
"""What a number must not be followed by if it is to be an hour."""
TO_PART = "(?:[OF BY IN A AT COMMA DASH]? [LA LAS THE]? | DEL | AL | A_LAS)"
"""Between an hour and its part of the day: "8 de la tarde", "9 in the evening", "9, evening"."""

QUARTER = Number(15)

table = Table()
rule = table.rule


def _time(
    hour: int, minute: int = 0, half: Half | None = None, *, certain: bool = False
) -> ClockTime | None:
    if hour > 24 or minute > 59 or (half and hour > 24):
        return None
    return ClockTime(hour, minute, half, twenty_four=certain or (half is None and hour > 12))


def said(hour: Number, minute: Number | None = None, half: Half | None = None) -> ClockTime | None:
    """A time in numbers; "1030" and "815" hold hour and minute in one."""
    if minute is None and hour.digits >= 3:
        return _time(*divmod(hour.value, 100), half, certain=hour.digits == 4 and hour.value < 1000)
    return _time(hour.value, minute.value if minute else 0, half)


def _earlier(time: ClockTime, minutes: int) -> ClockTime:
    """That many minutes sooner on the same clock: "las nueve menos cuarto"."""
    hour, minute = divmod(time.hour * 60 + time.minute - minutes, 60)
    return replace(time, hour=hour if hour > 0 or time.twenty_four else 12, minute=minute)


def _later(time: ClockTime, minutes: int) -> ClockTime:
    hour, minute = divmod(time.hour * 60 + time.minute + minutes, 60)
    return replace(time, hour=hour, minute=minute)


@rule("PARTY", "GREETING", "NUMBER PEOPLE")
@rule("PARTY", "SEAT FOR? NUMBER (?![AMPM STOP OCLOCK ISH]) (?!TO NUMBER AMPM)")
def not_a_time() -> object:
    """ "buenas noches", "4 personas", "mesa para 4"."""
    return ()


@rule("CLOCK", "time:HHMM unit:UNIT")
def in_figures_hours(time: ClockTime, unit: str) -> ClockTime | None:
    return replace(time, twenty_four=True) if unit == "hour" else None


@rule("CLOCK", "time:HHMM [H OCLOCK]? half:AMPM", "time:HHMM [H OCLOCK]?")
def in_figures(time: ClockTime, half: Half | None = None) -> ClockTime:
    return replace(time, half=half, twenty_four=time.twenty_four and half is None)


@rule("CLOCK", "pair:PAIR half:AMPM")
def point_in_figures(pair: Pair, half: Half) -> ClockTime | None:
    return said(pair.left, pair.right, half) if pair.sign == "." else None


@rule("TIME", "pair:PAIR half:AMPM")
def short_span(pair: Pair, half: Half) -> TimeSpan | None:
    """ "8-10pm"."""
    return span(said(pair.left), said(pair.right, None, half)) if pair.sign == "-" else None


@rule(
    "CLOCK",
    "hour:NUMBER ZERO minute:NUMBER half:AMPM",
    "hour:NUMBER DASH? ZERO DASH? minute:NUMBER",
)
def with_a_zero(hour: Number, minute: Number, half: Half | None = None) -> ClockTime | None:
    """ "nine oh five", "las seis cero dos"."""
    return said(hour, minute, half) if minute.value < 10 and hour.value <= 24 else None


@rule("CLOCK", "hour:NUMBER zero:NUMBER minute:NUMBER half:AMPM")
def with_a_zero_figure(hour: Number, zero: Number, minute: Number, half: Half) -> ClockTime | None:
    return said(hour, minute, half) if zero.value == 0 and minute.value < 10 else None


@rule("CLOCK", "hour:NUMBER minute:NUMBER half:AMPM")
def hour_and_minute_of_half(hour: Number, minute: Number, half: Half) -> ClockTime | None:
    """ "2 10 a.m.", "seven thirty pm"."""
    return said(hour, minute, half) if minute.digits == 2 or minute.value > 9 else None


@rule("CLOCK", "hour:NUMBER AND HALF half:AMPM", "hour:NUMBER AND HALF")
def half_past_spanish(hour: Number, half: Half | None = None) -> ClockTime | None:
    return said(hour, Number(30), half) if hour.value <= 24 else None


@rule("CLOCK", "hour:NUMBER AND QUARTER half:AMPM", "hour:NUMBER AND QUARTER")
def quarter_past_spanish(hour: Number, half: Half | None = None) -> ClockTime | None:
    return said(hour, Number(15), half) if hour.value <= 24 else None


@rule("CLOCK", "hour:NUMBER MINUS QUARTER half:AMPM", "hour:NUMBER MINUS QUARTER")
@rule("CLOCK", "hour:NUMBER MINUS minute:NUMBER half:AMPM", "hour:NUMBER MINUS minute:NUMBER")
def minutes_short_of(
    hour: Number, minute: Number = QUARTER, half: Half | None = None
) -> ClockTime | None:
    time = said(hour, None, half)
    return _earlier(time, minute.value) if time and minute.value < 60 else None


@rule("CLOCK", "hour:NUMBER ISH half:AMPM", "(?<!MONTH) hour:NUMBER DASH? ISH")
def more_or_less(hour: Number, half: Half | None = None) -> ClockTime | None:
    time = said(hour, None, half)
    return replace(time, approximate=True) if time else None


@rule("CLOCK", "hour:NUMBER (?:IN THE)? STOP? half:AMPM", "hour:NUMBER OCLOCK half:AMPM")
def hour_of_half(hour: Number, half: Half) -> ClockTime | None:
    return said(hour, None, half)


@rule(
    "CLOCK",
    "A? HALF PAST hour:NUMBER OCLOCK?",
    "A? HALF PAST time:CLOCK",
    "(?<=[AT AROUND]) HALF hour:NUMBER",
)
def half_past(hour: Number | None = None, time: ClockTime | None = None) -> ClockTime | None:
    time = said(hour) if hour else time
    return _later(time, 30) if time else None


@rule("CLOCK", "NOON")
def noon() -> ClockTime:
    return ClockTime(12, part=DayPart.NOON)


@rule("CLOCK", "MIDNIGHT")
def midnight() -> ClockTime:
    return ClockTime(12, part=DayPart.NIGHT)


@rule("QUARTER_HOUR", "A? QUARTER (?=[PAST TO OF AFTER BEFORE FOR LAST])")
def a_quarter() -> Number:
    return Number(15)


@rule(
    "CLOCK",
    "minute:QUARTER_HOUR [PAST AFTER LAST] OF? [LAS A_LAS]? hour:NUMBER OCLOCK?",
    "minute:QUARTER_HOUR [PAST AFTER] OF? [LAS A_LAS]? time:CLOCK",
    "minute:NUMBER PAST OF? [LAS A_LAS]? hour:NUMBER OCLOCK?",
    "minute:NUMBER PAST OF? [LAS A_LAS]? time:CLOCK",
    "minute:DURATION [PAST AFTER LAST FROM] OF? [LAS A_LAS]? hour:NUMBER OCLOCK?",
    "minute:DURATION [PAST AFTER FROM] OF? [LAS A_LAS]? time:CLOCK",
)
def minutes_past(
    minute: Number | Duration, hour: Number | None = None, time: ClockTime | None = None
) -> ClockTime | None:
    """ "ten past eight", "20 minutes after 3 pm", "cuarto pasadas las ocho"."""
    return _moved(minute, +1, said(hour) if hour else time)


@rule(
    "CLOCK",
    "minute:QUARTER_HOUR [TO OF BEFORE FOR] [LAS A_LAS]? hour:NUMBER OCLOCK?",
    "minute:QUARTER_HOUR [TO OF BEFORE FOR] [LAS A_LAS]? time:CLOCK",
    "minute:DURATION [TO BEFORE] [LAS A_LAS]? hour:NUMBER OCLOCK?",
    "minute:DURATION [TO BEFORE] time:CLOCK",
)
def minutes_before(
    minute: Number | Duration, hour: Number | None = None, time: ClockTime | None = None
) -> ClockTime | None:
    """ "quarter to eight", "20 minutes to 2pm", "cuarto para las ocho"."""
    return _moved(minute, -1, said(hour) if hour else time)


@rule(
    "CLOCK",
    "(?<![FROM SINCE BETWEEN OF]) minute:NUMBER TO hour:NUMBER (?!OF MONTH|MONTH)",
    "(?<![FROM SINCE BETWEEN]) minute:NUMBER TO time:CLOCK",
)
def round_minutes_before(
    minute: Number, hour: Number | None = None, time: ClockTime | None = None
) -> ClockTime | None:
    """ "20 to 2": minutes that are said so, and that are not the start of a span."""
    if minute.value not in (15, 20, 25):
        return None
    return _moved(minute, -1, said(hour) if hour else time)


@rule(
    "CLOCK",
    "(?<=[AT AROUND]) minute:NUMBER TO hour:NUMBER",
    "^ minute:NUMBER TO hour:NUMBER STOP? $",
    "(?<=[AT AROUND]) minute:NUMBER TO time:CLOCK",
)
def few_minutes_before(
    minute: Number, hour: Number | None = None, time: ClockTime | None = None
) -> ClockTime | None:
    """ "at ten to three"; without "at" it would be a span."""
    if minute.value not in (5, 10):
        return None
    return _moved(minute, -1, said(hour) if hour else time)


def _moved(minute: Number | Duration, sign: int, time: ClockTime | None) -> ClockTime | None:
    minutes = minute.minutes if isinstance(minute, Duration) else minute.value
    if time is None or time.minute or not 0 < minutes < 60:
        return None
    return _later(time, minutes) if sign > 0 else _earlier(time, minutes)


LEAD = "(?:A_LAS|LAS|AT A?)"


@rule("CLOCK", f"(?<!BETWEEN) {LEAD} hour:NUMBER AND minute:NUMBER {NOT_COUNTED}")
@rule(
    "CLOCK", f"(?<!BETWEEN) (?<!BETWEEN LAS) hour:NUMBER AND minute:NUMBER (?={TO_PART} PART|AMPM)"
)
def hour_and_minutes_spanish(hour: Number, minute: Number) -> ClockTime | None:
    """ "a las diez y veinte"."""
    return said(hour, minute) if 0 < minute.value < 60 and hour.value <= 24 else None


@rule("CLOCK", f"{LEAD} hour:NUMBER minute:NUMBER OCLOCK? {NOT_COUNTED}")
def hour_and_minute(hour: Number, minute: Number) -> ClockTime | None:
    if minute.digits == 1 or (minute.digits == 0 and minute.value < 10):
        return None
    return said(hour, minute) if hour.digits < 3 else None


@rule("CLOCK", "AROUND hour:NUMBER minute:NUMBER")
def around_hour_and_minute(hour: Number, minute: Number) -> ClockTime | None:
    time = said(hour, minute) if hour.digits < 3 and minute.digits == 2 else None
    return replace(time, approximate=True) if time else None


@rule("CLOCK", "hour:NUMBER DASH? minute:NUMBER")
def both_in_words(hour: Number, minute: Number) -> ClockTime | None:
    """ "seven thirty", "dos cuarenta y cinco"."""
    in_words = hour.digits == minute.digits == 0
    return said(hour, minute) if in_words and hour.value <= 12 and 10 <= minute.value < 60 else None


@rule("CLOCK", "[A_LAS LAS AT] length:DURATION")
def hours_as_a_time(length: Duration) -> ClockTime | None:
    """ "a las 15 horas", "a las doce horas y treinta minutos"."""
    if length.months or length.days or length.workdays or length.minutes < 60:
        return None
    return _time(*divmod(length.minutes, 60), certain=True)


@rule("CLOCK", f"{LEAD} hour:NUMBER ISH? OCLOCK? {NOT_COUNTED}")
@rule("CLOCK", "(?<=CLOCK CHANGED) hour:NUMBER")
@rule("CLOCK", f"(?<=CHANGED) hour:NUMBER (?=CHANGED NUMBER {NOT_COUNTED})")
@rule("CLOCK", "hour:NUMBER OCLOCK")
def hour_with_lead(hour: Number) -> ClockTime | None:
    """ "a las 9", "las nueve", "at nine", "9 en punto"."""
    return said(hour)


@rule("CLOCK", "A_LAS pair:PAIR", "LAS pair:PAIR", "AT pair:PAIR")
def point_with_lead(pair: Pair) -> ClockTime | None:
    return said(pair.left, pair.right) if pair.sign == "." else None


@rule("CLOCK", f"LA hour:NUMBER {NOT_COUNTED}", "LA time:CLOCK")
def one_o_clock(hour: Number | None = None, time: ClockTime | None = None) -> ClockTime | None:
    """ "la una"; "la 2" is no time but the second of a list."""
    time = said(hour) if hour else time
    return time if time and time.hour in (1, 12, 13) else None


@rule("CLOCK", "[A_LAS LAS AT EL]? hour:NUMBER H (?!NUMBER)")
def hour_in_figures(hour: Number) -> ClockTime | None:
    """ "21h"."""
    return _time(hour.value, certain=True) if hour.digits < 3 else None


@rule("CLOCK", "A_LAS time:CLOCK", "LAS time:CLOCK", "AT A? time:CLOCK", "time:CLOCK OCLOCK")
def with_lead(time: ClockTime) -> ClockTime:
    return time


@rule("CLOCK", "ABOUT LAS? time:CLOCK", "AROUND LAS? time:CLOCK", "time:CLOCK ISH")
def about(time: ClockTime) -> ClockTime:
    return replace(time, approximate=True)


@rule("CLOCK", f"AROUND hour:NUMBER {NOT_COUNTED}", f"ABOUT LAS hour:NUMBER {NOT_COUNTED}")
def about_hour(hour: Number) -> ClockTime | None:
    time = said(hour)
    return replace(time, approximate=True) if time else None


@rule(
    "CLOCK",
    "time:CLOCK MINUS QUARTER half:AMPM",
    "time:CLOCK MINUS QUARTER",
    "time:CLOCK MINUS minute:NUMBER",
)
def clock_minus(
    time: ClockTime, minute: Number = QUARTER, half: Half | None = None
) -> ClockTime | None:
    if time.minute or not 0 < minute.value < 60:
        return None
    return _earlier(replace(time, half=half or time.half), minute.value)


# --- parts of the day ------------------------------------------------------------------------


@rule("PART", "LA MANANA", "(?<=[THIS WEEKDAY]) MANANA")
def the_morning() -> DayPart:
    """ "la mañana" is the morning, "mañana" alone tomorrow."""
    return DayPart.MORNING


@rule("PART", "part:PART DASH? last:PART")
def late_part(part: DayPart, last: DayPart) -> DayPart | None:
    """ "la tarde noche"."""
    both = (part, last) == (DayPart.AFTERNOON, DayPart.NIGHT)
    return DayPart.EVENING if both else None


@rule(
    "WHEN",
    "[FOR AT BY IN OF]? THIS part:PART",
    "THIS part:MEAL",
    "[EARLY LATE LATER PORTION]+ OF? THIS part:PART",
)
def this_part(part: DayPart) -> When:
    """ "esta noche"."""
    return When(DaysAhead(0), PartOfDay(part))


@rule("WHEN", "NEXT part:PART")
def next_part(part: DayPart) -> When:
    return When(DaysAhead(1), PartOfDay(part))


@rule(
    "PARTOF",
    "[IN AT]? THE? MID DASH? part:PART",
    "[IN AT BY]? [THE LA EL]? [EARLY LATE LATER EARLIER PORTION] DASH? [IN OF BY]? [THE LA]? part:PART",
    "part:PART [EARLY LATE]",
)
def stage_of_part(part: DayPart) -> PartOfDay:
    """ "early in the morning"."""
    return PartOfDay(part)


@rule("CLOCK", f"time:CLOCK {TO_PART} part:PART MINUS QUARTER")
def part_minus_quarter(time: ClockTime, part: DayPart) -> ClockTime:
    return _earlier(replace(time, part=part), 15)


@rule("CLOCK", f"time:CLOCK {TO_PART} part:PART", f"time:CLOCK {TO_PART} part:MEAL")
@rule("CLOCK", "part:PART [AT A_LAS COMMA AROUND]? time:CLOCK")
def clock_of_part(time: ClockTime, part: DayPart) -> ClockTime:
    return replace(time, part=part)


@rule(
    "TIME",
    f"first:NUMBER [TO UNTIL DASH A] last:NUMBER {TO_PART} part:PART",
    "first:NUMBER [TO UNTIL DASH A] last:CLOCK",
    f"BETWEEN LAS? first:NUMBER AND LAS? last:NUMBER {TO_PART} part:PART",
    "BETWEEN LAS? first:NUMBER AND last:CLOCK",
)
def hours_of_part(
    first: Number, last: Number | ClockTime, part: DayPart | None = None
) -> TimeSpan | None:
    end = last if isinstance(last, ClockTime) else said(last)
    if part is not None and end is not None:
        end = replace(end, part=part)
    return span(said(first), end) if first.digits < 3 else None


@rule(
    "CLOCK",
    f"hour:NUMBER minute:NUMBER {TO_PART} part:PART",
    "part:PART hour:NUMBER minute:NUMBER",
)
def hour_and_minute_of_part(hour: Number, minute: Number, part: DayPart) -> ClockTime | None:
    if minute.digits == 1 or (minute.value < 10 and minute.digits == 0):
        return None
    time = said(hour, minute) if hour.digits < 3 else None
    return replace(time, part=part) if time else None


@rule(
    "CLOCK",
    f"(?<!MONTH) hour:NUMBER {TO_PART} part:PART",
    "(?<!MONTH) hour:NUMBER part:MEAL",
    f"(?<![THIS MANANA TOMORROW]) part:PART [AT COMMA AROUND]? hour:NUMBER {NOT_COUNTED}",
)
def hour_of_part(hour: Number, part: DayPart) -> ClockTime | None:
    """ "8 de la noche", "evening 10"."""
    time = said(hour) if hour.digits < 3 else None
    return replace(time, part=part) if time else None


# --- spans -----------------------------------------------------------------------------------


def span(first: ClockTime | None, last: ClockTime | None) -> TimeSpan | None:
    """From first to last; a half or part of the day said once holds for both where it can."""
    if first is None or last is None:
        return None
    if first.half is None and first.part is None and not first.twenty_four:
        if last.half:
            first = replace(first, half=_half_before(first, last))
        elif last.part and first.hour % 12 <= last.hour % 12:
            first = replace(first, part=last.part)
    elif last.half is None and last.part is None and not last.twenty_four and first.half:
        last = replace(last, half=_half_after(first, last))
    return TimeSpan(first, last)


def _on_dial(time: ClockTime) -> int:
    return time.hour % 12 * 60 + time.minute


def _half_before(first: ClockTime, last: ClockTime) -> Half:
    """ "5 to 6pm" begins at 5 pm, "11 to 3pm" at 11 am."""
    other = Half.AM if last.half is Half.PM else Half.PM
    return (last.half or other) if _on_dial(first) < _on_dial(last) else other


def _half_after(first: ClockTime, last: ClockTime) -> Half:
    other = Half.AM if first.half is Half.PM else Half.PM
    return (first.half or other) if _on_dial(last) > _on_dial(first) else other


@rule(
    "TIME",
    "[FROM SINCE OF DEL AFTER]? first:CLOCK [TO UNTIL DASH A]+ last:CLOCK",
    "[FROM SINCE OF DEL AFTER] first:CLOCK last:CLOCK",
    "BETWEEN first:CLOCK [AND TO A DASH]? last:CLOCK",
)
def from_clock_to_clock(first: ClockTime, last: ClockTime) -> TimeSpan | None:
    return span(first, last)


@rule(
    "TIME",
    f"[FROM SINCE OF DEL]? first:CLOCK [TO UNTIL DASH A] last:NUMBER {NOT_COUNTED}",
    f"BETWEEN first:CLOCK AND last:NUMBER {NOT_COUNTED}",
)
def from_clock_to_number(first: ClockTime, last: Number) -> TimeSpan | None:
    return span(first, said(last)) if last.digits < 3 else None


@rule("TIME", "[FROM SINCE OF] first:NUMBER UNTIL? last:CLOCK")
def from_number_to_clock(first: Number, last: ClockTime) -> TimeSpan | None:
    """ "de 8 a las 10": the clock time has its own "a las"."""
    return span(said(first), last) if first.digits < 3 else None


@rule(
    "TIME",
    "BETWEEN pair:PAIR",
    "FROM pair:PAIR (?!IN? [OF DEL]? [NEXT THIS MONTH])",
    "AT pair:PAIR",
    "OF pair:PAIR",
    f"pair:PAIR {TO_PART} part:PART",
    "part:PART pair:PAIR",
)
def pair_as_span(pair: Pair, part: DayPart | None = None) -> TimeSpan | None:
    """ "between 9-6", "8-10 de la noche"."""
    first, last = said(pair.left), said(pair.right)
    if pair.sign != "-" or last is None:
        return None
    return span(first, replace(last, part=part) if part else last)


@rule("TIME", "BETWEEN? first:NUMBER DASH last:NUMBER")
def four_figures_each(first: Number, last: Number) -> TimeSpan | None:
    return span(said(first), said(last)) if first.digits == last.digits == 4 else None


@rule(
    "TIME",
    "[FROM SINCE]? time:CLOCK FOR length:DURATION",
    "FOR length:DURATION FROM time:CLOCK",
    "length:DURATION FROM time:CLOCK",
    "FROM hour:NUMBER FOR length:DURATION",
)
def lasting_from(
    length: Duration, time: ClockTime | None = None, hour: Number | None = None
) -> TimeSpan | None:
    """ "from 9:30 for two hours"."""
    time = said(hour) if hour else time
    if time is None or not length.minutes or length.days or length.months:
        return None
    last = _later(time, length.minutes)
    if time.half and last.hour >= 12 > time.hour:
        last = replace(last, hour=last.hour - (last.hour > 12) * 12, half=Half.PM)
    return TimeSpan(time, last) if last.hour <= 24 else None


@rule(
    "TIME",
    "AFTER time:CLOCK",
    "[FROM SINCE]? time:CLOCK ONWARD",
    "ANYTIME [FROM SINCE AFTER] time:CLOCK",
    "SINCE time:CLOCK (?!DAY)",
    "EARLIEST time:CLOCK",
    "time:CLOCK EARLIEST",
)
def from_then(time: ClockTime) -> TimeSpan:
    return TimeSpan(time, None)


@rule("TIME", "[BEFORE UNTIL LATEST] time:CLOCK", "time:CLOCK LATEST")
def until_then(time: ClockTime) -> TimeSpan:
    return TimeSpan(None, time)


@rule("TIME", f"AFTER LAS? hour:NUMBER {NOT_COUNTED}")
def after_hour(hour: Number) -> TimeSpan | None:
    time = said(hour) if hour.digits < 3 else None
    return TimeSpan(time, None) if time else None


@rule("TIME", f"BEFORE LAS? hour:NUMBER {NOT_COUNTED}")
def before_hour(hour: Number) -> TimeSpan | None:
    time = said(hour) if hour.digits < 3 else None
    return TimeSpan(None, time) if time else None


@rule("TIME", "ANYTIME")
def any_time() -> AnyTime:
    return AnyTime()


@rule("TIME", "NOW (?!SEAT|PARTY)", "^ NOW_WORD STOP? $", "(?<=[IN FREE]) NOW_WORD")
def now() -> FromNow:
    return FromNow(0)


@rule(
    "PARTOF",
    "[BY IN OF A AT] [LA LAS THE]? part:PARTS",
    "[LAS THE] part:PARTS",
    "[BY IN OF A AT] [LA THE AL]? part:PART",
    "[A_LAS FOR] [LA THE]? part:PART",
    "[LA THE AL DEL EL] part:PART",
    "[FOR AT AL A A_LAS]? [LA THE]? part:MEAL",
    "PAST_NOON",
)
def part_of_day(part: DayPart = DayPart.AFTERNOON) -> PartOfDay:
    return PartOfDay(part)


@rule("PARTOF", "part:PART")
def noon_alone(part: DayPart) -> PartOfDay | None:
    """ "mediodía" needs no article."""
    return PartOfDay(part) if part is DayPart.NOON else None


@rule("PARTOF", "alone:EARLY (?![DAY MONTH PERIOD IN THIS NEXT UNIT THE])")
def early(alone: bool) -> PartOfDay | None:
    """ "a primera hora"; English "early" alone says too little."""
    return PartOfDay(DayPart.EARLY) if alone else None


@rule("PARTOF", "alone:LATE (?![DAY MONTH PERIOD IN THIS NEXT UNIT THE])")
def late(alone: bool) -> PartOfDay | None:
    return PartOfDay(DayPart.LATE) if alone else None


# --- numbers that are times only where nothing else claimed them ---------------------------------

late_table = Table()
rule = late_table.rule


@rule(
    "TIME",
    f"[FROM SINCE OF BETWEEN] LAS? first:NUMBER [TO UNTIL A DASH AND] LAS? last:NUMBER {NOT_COUNTED}",
)
@rule("TIME", "first:NUMBER [TO DASH A] last:NUMBER (?=[ON OF DEL]? [DAY WHEN])")
@rule("TIME", f"(?<=[DAY WHEN]) first:NUMBER [TO DASH A] last:NUMBER {NOT_COUNTED}")
def bare_span(first: Number, last: Number) -> TimeSpan | None:
    """ "de 8 a 10", once no month has claimed it as days."""
    if max(first.digits, last.digits) > 2 or max(first.value, last.value) > 24:
        return None
    return span(said(first), said(last))


@rule("TIME", "(?<=[DAY WHEN PERIOD]) pair:PAIR", "pair:PAIR (?=[ON OF DEL]? [DAY WHEN])")
def bare_pair(pair: Pair) -> TimeSpan | None:
    """ "Monday 9-12"."""
    if pair.sign != "-" or max(pair.left.value, pair.right.value) > 24:
        return None
    return span(said(pair.left), said(pair.right))


@rule(
    "CLOCK",
    "(?<=[DAY WHEN]) COMMA? A? hour:NUMBER minute:NUMBER",
    f"(?<=[DAY WHEN]) A? hour:NUMBER {NOT_COUNTED} (?![OTHER PARTY COMMA AND OR])",
)
def number_beside_a_day(hour: Number, minute: Number | None = None) -> ClockTime | None:
    """ "tomorrow 9"."""
    if minute is not None and (minute.digits < 2 or hour.digits > 2):
        return None
    return said(hour, minute)


@rule("CLOCK", "(?<![FOR MONTH DEL EL OF]) hour:NUMBER COMMA? (?=[DAY WHEN])")
def number_before_a_day(hour: Number) -> ClockTime | None:
    """ "9 tomorrow"."""
    return said(hour) if hour.digits != 3 else None


@rule("CLOCK", "(?<=[DAY WHEN]) COMMA? pair:PAIR", "pair:PAIR (?=[ON OF DEL]? [DAY WHEN])")
def point_beside_a_day(pair: Pair) -> ClockTime | None:
    """ "2 dic 13.30"."""
    return said(pair.left, pair.right) if pair.sign == "." else None
