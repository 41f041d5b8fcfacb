"""The small words of a venue file: durations, hours, weekdays, party sizes, moments.

Each reader raises ValueError with a sentence that says what it wanted.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import pairwise

from domain.cells import CELL_SECONDS
from domain.floor import LAST_MINUTE
from domain.venue import MINUTES_PER_DAY, Interval, WeeklyHours

_WEEKDAYS = {
    name: iso for iso, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 1)
}
_DURATION = re.compile(
    r"(?:(?P<days>\d+)\s*d)?\s*"
    r"(?:(?P<hours>\d+)\s*h\s*(?:(?P<rest>\d+)$)?)?\s*"
    r"(?:(?P<minutes>\d+)\s*m(?:in)?)?"
)
_LONGEST = timedelta(days=3650)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_LONGEST_QUIET = timedelta(hours=20)
_DASH = re.compile(r"\s*[-–]\s*")
_CELL_MINUTES = CELL_SECONDS // 60


def read_duration(text: object) -> timedelta:
    """ "1h45", "15m", "90 min", "2h", "60d"."""
    found = _DURATION.fullmatch(str(text).strip())
    if found is None or not any(found.groups()):
        raise ValueError(f"{text!r} is not a duration such as 15m, 1h45 or 60d")
    days, hours, rest, minutes = (int(group or 0) for group in found.groups())
    try:
        length = timedelta(days=days, hours=hours, minutes=rest + minutes)
    except OverflowError:
        length = timedelta.max
    if length > _LONGEST:
        raise ValueError(f"{text!r} is longer than {_LONGEST.days} days")
    return length


def read_intervals(text: object) -> tuple[Interval, ...]:
    """ "8:30-12:30, 14:30-18:30", "20:00-00:30", or "closed"."""
    words = str(text).strip()
    if words.lower() in ("", "closed"):
        return ()
    intervals = sorted(_read_interval(part.strip()) for part in words.split(","))
    for before, after in pairwise(intervals):
        if after.start < before.end:
            raise ValueError(f"{words!r} has hours that overlap")
    return tuple(intervals)


def read_quiet(text: object) -> Interval | None:
    """ "22:00-09:00", or "none": when nobody is written to."""
    words = str(text).strip()
    if words.lower() in ("", "none", "null", "~"):  # the ways of YAML to say nothing
        return None
    start, end = _read_ends(words)
    length = end - start
    if timedelta(minutes=length) > _LONGEST_QUIET:
        raise ValueError(f"{words!r} leaves less than 4 hours of a day to write to guests")
    start %= MINUTES_PER_DAY  # "24:00"
    return Interval(start, start + length)


def read_durations(written: object) -> tuple[timedelta, ...]:
    """`[24h, 2h]` or `[]`, longest first."""
    if not isinstance(written, list | tuple):
        raise ValueError(f"{written!r} is not a list such as [24h, 2h] or []")
    lengths = sorted((read_duration(each) for each in written), reverse=True)
    for longer, shorter in pairwise(lengths):
        if longer == shorter:
            raise ValueError(f"{shorter} stands there twice")
    return tuple(lengths)


def read_weekly_hours(table: object) -> WeeklyHours:
    """Intervals by weekday, such as `{daily: "20:00-00:30", mon: closed}`: later lines win."""
    if not isinstance(table, dict):
        raise ValueError("hours are written by weekday, such as mon-fri: 8:30-12:30")
    by_weekday: dict[int, tuple[Interval, ...]] = {}
    for days, hours in table.items():
        for iso in _read_weekdays(str(days)):
            by_weekday[iso] = read_intervals(hours)
    return WeeklyHours({iso: hours for iso, hours in sorted(by_weekday.items()) if hours})


def read_party_range(text: object) -> tuple[int, int]:
    """ "3-4" or "4": the parties that fit, smallest and largest."""
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", _DASH.sub("-", str(text).strip()))
    if found is None:
        raise ValueError(f"{text!r} is not a party size such as 4 or 3-4")
    smallest = int(found[1])
    largest = int(found[2] or found[1])
    if not 1 <= smallest <= largest:
        raise ValueError(f"{text!r} has its larger party first")
    return smallest, largest


def read_moment(text: object) -> tuple[date, int | None]:
    """ "2026-12-21" or "2026-12-21 14:00": a local day, and the minute where one is given."""
    words = str(text).strip()
    try:
        if len(words) <= len("2026-12-21"):
            return date.fromisoformat(words), None
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise ValueError(f"{words!r} is not a day such as 2026-12-21 or 2026-12-21 14:00") from None
    if moment.tzinfo is not None:
        raise ValueError(f"{words!r} has a time zone: times here are the venue's own")
    return moment.date(), moment.hour * 60 + moment.minute


def read_clock(text: str) -> int:
    """ "20:00": minutes after midnight, up to 24:00."""
    found = _CLOCK.fullmatch(text.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found else -1
    if found is None or int(found[2]) >= 60 or minute > MINUTES_PER_DAY:
        raise ValueError(f"{text!r} is not a time such as 20:00")
    if minute % _CELL_MINUTES:
        raise ValueError(f"{text!r} is not a multiple of {_CELL_MINUTES} minutes")
    return minute


def _read_interval(text: str) -> Interval:
    start, end = _read_ends(text)
    if start >= MINUTES_PER_DAY or end > LAST_MINUTE:
        raise ValueError(f"{text!r} does not close by noon of the day after")
    return Interval(start, end)


def _read_ends(text: str) -> tuple[int, int]:
    """ "20:00-00:30": minutes after midnight, the end on the next day where it is not later."""
    ends = _DASH.split(text)
    if len(ends) != 2:
        raise ValueError(f"{text!r} is not an interval such as 20:00-00:30")
    start, end = (read_clock(each) for each in ends)
    return start, end if end > start else end + MINUTES_PER_DAY


def _read_weekdays(text: str) -> list[int]:
    """ "mon", "mon-fri", "sat, sun", "fri-mon" or "daily"."""
    if text.strip().lower() == "daily":
        return list(_WEEKDAYS.values())
    days: list[int] = []
    for part in text.lower().split(","):
        ends = [_WEEKDAYS.get(name, 0) for name in _DASH.split(part.strip())]
        if len(ends) > 2 or not all(ends):
            raise ValueError(f"{text!r} is not a weekday such as mon, mon-fri or daily")
        days += [(ends[0] - 1 + step) % 7 + 1 for step in range((ends[-1] - ends[0]) % 7 + 1)]
    return days
