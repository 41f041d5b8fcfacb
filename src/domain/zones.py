"""Wall clocks and instants, at the two places where they disagree.

A *gap* is wall time that clocks skip (02:30 on the night they go forward); a *fold* is wall time
they show twice (the night they go back). The house's rule: a wall time in a gap does not exist, so
nothing starts there, and whatever was to happen at it happens at the first instant after the gap; a
wall time in a fold means its first showing, unless the second is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WallTime:
    """What a wall time means in a zone. Instants are aware UTC."""

    instant: datetime
    """When clocks first show it; for a time in a gap, the first instant after the gap."""
    again: datetime | None = None
    """When clocks show it for the second time; None outside a fold."""
    exists: bool = True
    """False in a gap: clocks never show it."""


def read_wall(wall: datetime, zone: ZoneInfo) -> WallTime:
    """What a naive wall time means in a zone."""
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no time zone of its own")
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return WallTime(first)
    if first < second:
        return WallTime(first, again=second)
    # In a gap, fold=0 reads the clock from before it and so lands after it, and the other way round.
    return WallTime(_first_after_gap(second, first, zone), exists=False)


def wall_of(day: date, minute: int) -> datetime:
    """The wall time of a service-day minute, naive: minute 1470 of Friday is 00:30 of Saturday."""
    return datetime.combine(day, time.min) + timedelta(minutes=minute)


def instant_of(day: date, minute: int, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """The instant of a service-day minute, in UTC, by the rule above.

    `later` asks for the second showing where there are two.
    """
    reading = read_wall(wall_of(day, minute), zone)
    return reading.again if later and reading.again is not None else reading.instant


def minute_of(instant: datetime, day: date, zone: ZoneInfo) -> int:
    """The service-day minute that clocks show at an instant; both showings of a fold give one."""
    local = instant.astimezone(zone)
    return (local.date() - day).days * 1440 + local.hour * 60 + local.minute


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day at an instant."""
    return instant.astimezone(zone).date()


def _first_after_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the clock change that lies after `before` and not after `after`."""
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + ((after - before) / 2 // _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
