"""When a venue is open on a service day: weekly hours, closures, special hours and holidays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from domain.venue import Interval, ServiceId, SpecialHours, Venue
from domain.zones import instant_of, local_day


def open_intervals(venue: Venue, day: date, service: ServiceId) -> tuple[Interval, ...]:
    """When a service is open on a service day, ascending; empty where it is closed.

    A closure wins over everything; special hours win over holidays and weekly hours, and those for
    one service over those for all. Raises: KeyError for a service the venue does not offer.
    """
    weekly = venue.service(service).hours
    if _is_closed(venue, day, service):
        return ()
    special = _special_hours(venue, day, service)
    if special is not None:
        return tuple(sorted(special.intervals))
    if venue.policy.closed_on_holidays and day in venue.holidays:
        return ()
    return weekly.on(day)


def open_minutes(
    venue: Venue, day: date, service: ServiceId | None = None
) -> tuple[tuple[int, int], ...]:
    """When the venue, or one service, is open: service-day minutes [start, end), merged, ascending."""
    services = [service] if service is not None else [each.id for each in venue.services]
    return _merged(
        (interval.start, interval.end)
        for each in services
        for interval in open_intervals(venue, day, each)
    )


def service_day_of(venue: Venue, instant: datetime) -> date:
    """The service day of an instant: the night before where only that one is still open."""
    today = local_day(instant, venue.zone)
    yesterday = today - timedelta(days=1)
    if _is_open(venue, yesterday, instant) and not _is_open(venue, today, instant):
        return yesterday
    return today


def _is_open(venue: Venue, day: date, instant: datetime) -> bool:
    return any(
        instant_of(day, start, venue.zone) <= instant < instant_of(day, end, venue.zone)
        for start, end in open_minutes(venue, day)
    )


def _is_closed(venue: Venue, day: date, service: ServiceId) -> bool:
    return any(
        closure.first <= day <= closure.last and closure.service in (None, service)
        for closure in venue.closures
    )


def _special_hours(venue: Venue, day: date, service: ServiceId) -> SpecialHours | None:
    that_day = [special for special in venue.special_hours if special.day == day]
    for wanted in (service, None):
        for special in that_day:
            if special.service == wanted:
                return special
    return None


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
