"""When a guest is written to after a booking: pure arithmetic on wall clocks.

A reminder "a day before" a dinner at 21:00 comes at 21:00 of the day before, also when the clocks
change that night; "two hours before" is two hours that really pass. Nobody is woken: what would fall
into the house's quiet hours comes when they end, or before they begin where that would be too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.booking import Booking
from domain.venue import NoAnswer, Venue
from domain.zones import instant_of, local_day, minute_of

MIN_NOTICE = timedelta(hours=1)
"""A reminder later than this before the start comes too late to be of use."""

_DAY = timedelta(days=1)


class FollowUpKind(StrEnum):
    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    NO_ANSWER = "no_answer"
    """The moment at which the house no longer waits for an answer to its reminder."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something to be written about a booking as it stands: void once its start has changed."""

    kind: FollowUpKind
    due_at: datetime
    """Aware UTC."""
    ahead: timedelta = timedelta(0)
    """For reminders: how long before the start, as the house has set it."""
    asks: bool = False
    """For reminders: whether the guest is asked to answer."""


def follow_ups(venue: Venue, booking: Booking, *, now: datetime) -> tuple[FollowUp, ...]:
    """What is to be written about a booking that stands at `now`, by when it is due.

    Left out is what was due before `now`: nobody who books for this evening is reminded of it as of
    yesterday. The confirmation is due at once.
    """
    policy = venue.policy.follow_up
    planned: list[FollowUp] = []
    if policy.confirmation:
        planned.append(FollowUp(FollowUpKind.CONFIRMATION, now))
    asking = max(policy.reminders, default=None) if policy.asks else None
    for ahead in policy.reminders:
        due = _reminder_at(venue, booking.start, ahead)
        if due is not None and now < due:
            planned.append(FollowUp(FollowUpKind.REMINDER, due, ahead, asks=ahead == asking))
    asked_at = next((each.due_at for each in planned if each.asks), None)
    answer_by = booking.start - policy.answer_by
    if policy.no_answer is not NoAnswer.KEEP and asked_at is not None and asked_at < answer_by:
        planned.append(FollowUp(FollowUpKind.NO_ANSWER, answer_by))
    return tuple(sorted(planned, key=lambda each: each.due_at))


def is_quiet(venue: Venue, at: datetime) -> bool:
    """Whether the house writes to nobody of its own accord at this instant."""
    return _quiet_around(venue, at) is not None


def after_quiet(venue: Venue, at: datetime) -> datetime:
    """The first instant from `at` on at which the house may write."""
    quiet = _quiet_around(venue, at)
    return at if quiet is None else quiet[1]


def _reminder_at(venue: Venue, start: datetime, ahead: timedelta) -> datetime | None:
    due = before_start(venue, start, ahead)
    quiet = _quiet_around(venue, due)
    if quiet is None:
        return due
    begins, ends = quiet
    if ends <= start - MIN_NOTICE:
        return ends
    return begins - timedelta(minutes=1)


def before_start(venue: Venue, start: datetime, ahead: timedelta) -> datetime:
    """`ahead` of a start: whole days by the wall clock, anything else by time that passes."""
    if ahead % _DAY:
        return start - ahead
    day = local_day(start, venue.zone)
    return instant_of(day - ahead, minute_of(start, day, venue.zone), venue.zone)


def _quiet_around(venue: Venue, at: datetime) -> tuple[datetime, datetime] | None:
    """The quiet hours that an instant lies in, [start, end)."""
    quiet = venue.policy.follow_up.quiet
    if quiet is None:
        return None
    today = local_day(at, venue.zone)
    for day in (today - _DAY, today):
        begins = instant_of(day, quiet.start, venue.zone)
        ends = instant_of(day, quiet.end, venue.zone)
        if begins <= at < ends:
            return begins, ends
    return None
