"""The date functions of formulas."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.formulas.values import (
    EvaluationError,
    Unknown,
    Value,
    Zoned,
    instant,
    number,
    parse_instant,
    text,
    to_millisecond,
)

_FIXED = {
    "milliseconds": timedelta(milliseconds=1),
    "ms": timedelta(milliseconds=1),
    "seconds": timedelta(seconds=1),
    "s": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "m": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "h": timedelta(hours=1),
    "days": timedelta(days=1),
    "d": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "w": timedelta(weeks=1),
}
_MONTHS = {"months": 1, "M": 1, "quarters": 3, "Q": 3, "years": 12, "y": 12}
_SINGULAR = {"millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"}


def date_add(start: Value, count: Value, unit: Value) -> datetime:
    moment, step = instant(start), _unit(unit)
    if step in _FIXED:
        return moment + number(count) * _FIXED[step]
    return _add_months(moment, int(number(count)) * _MONTHS[step])


def datetime_diff(left: Value, right: Value, unit: Value = "seconds") -> int:
    """Whole units from right to left, towards zero."""
    later, earlier, step = instant(left), instant(right), _unit(unit)
    if step in _FIXED:
        return int((later - earlier) / _FIXED[step])
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    if months > 0 and _add_months(earlier, months) > later:
        months -= 1
    if months < 0 and _add_months(earlier, months) < later:
        months += 1
    return int(months / _MONTHS[step])


def is_before(left: Value, right: Value) -> bool:
    return to_millisecond(instant(left)) < to_millisecond(instant(right))


def is_after(left: Value, right: Value) -> bool:
    return to_millisecond(instant(left)) > to_millisecond(instant(right))


def is_same(left: Value, right: Value, unit: Value) -> bool:
    step = _unit(unit)
    return _floor(instant(left), step) == _floor(instant(right), step)


def datetime_parse(written: Value, format_: Value = None) -> datetime | None:
    if isinstance(written, datetime):
        return written
    if not text(written):
        return None
    if format_ is None:
        return parse_instant(text(written))
    return _parse_by(text(written), text(format_))


def datetime_format(value: Value, format_: Value = None) -> str:
    zoned = value if isinstance(value, Zoned) else Zoned(instant(value), ZoneInfo("UTC"))
    local = zoned.instant.astimezone(zoned.zone)
    if format_ is None:
        return iso(local) if not isinstance(value, Zoned) else local.isoformat()
    return _FORMAT.sub(lambda match: _formatted(local, match), text(format_))


def set_timezone(value: Value, zone: Value) -> Zoned:
    try:
        return Zoned(instant(value), ZoneInfo(text(zone)))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise EvaluationError(f"no time zone {text(zone)!r}") from error


def start_of_day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _unit(unit: Value) -> str:
    name = text(unit)
    if name in _SINGULAR:
        name += "s"
    if name not in _FIXED and name not in _MONTHS:
        raise Unknown(f"the unit {name!r}")
    return name


def _add_months(moment: datetime, months: int) -> datetime:
    """The last day of a shorter month where the day does not exist."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _floor(moment: datetime, step: str) -> datetime:
    if step in _MONTHS:
        months = _MONTHS[step]
        month = (moment.month - 1) // months * months + 1
        return start_of_day(moment).replace(month=month, day=1)
    if step in ("weeks", "w"):
        raise Unknown("the day on which a week begins")
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // _FIXED[step] * _FIXED[step]


_TOKENS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda at: f"{at.year:04}",
    "YY": lambda at: f"{at.year % 100:02}",
    "MMMM": lambda at: calendar.month_name[at.month],
    "MMM": lambda at: calendar.month_abbr[at.month],
    "MM": lambda at: f"{at.month:02}",
    "M": lambda at: f"{at.month}",
    "DD": lambda at: f"{at.day:02}",
    "D": lambda at: f"{at.day}",
    "dddd": lambda at: calendar.day_name[at.weekday()],
    "ddd": lambda at: calendar.day_abbr[at.weekday()],
    "HH": lambda at: f"{at.hour:02}",
    "H": lambda at: f"{at.hour}",
    "hh": lambda at: f"{(at.hour - 1) % 12 + 1:02}",
    "h": lambda at: f"{(at.hour - 1) % 12 + 1}",
    "mm": lambda at: f"{at.minute:02}",
    "m": lambda at: f"{at.minute}",
    "ss": lambda at: f"{at.second:02}",
    "SSS": lambda at: f"{at.microsecond // 1000:03}",
    "A": lambda at: "AM" if at.hour < 12 else "PM",
    "a": lambda at: "am" if at.hour < 12 else "pm",
    "X": lambda at: str(int(at.timestamp())),
    "ZZ": lambda at: f"{at:%z}",
    "Z": lambda at: f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:],
}
_FORMAT = re.compile(r"\[([^\]]*)\]|([A-Za-z])\2*")


def _formatted(local: datetime, match: re.Match[str]) -> str:
    if match.group(1) is not None:
        return str(match.group(1))
    try:
        return _TOKENS[match.group()](local)
    except KeyError as error:
        raise Unknown(f"the date format {match.group()!r}") from error


_DIRECTIVES = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def _parse_by(written: str, format_: str) -> datetime:
    def directive(match: re.Match[str]) -> str:
        if match.group() == "T":
            return "T"
        try:
            return _DIRECTIVES[match.group()]
        except KeyError as error:
            raise Unknown(f"the date format {match.group()!r}") from error

    pattern = _FORMAT.sub(directive, format_.replace("%", "%%"))
    try:
        return datetime.strptime(written, pattern).replace(tzinfo=UTC)
    except ValueError as error:
        raise EvaluationError(f"{written!r} is not {format_}") from error
