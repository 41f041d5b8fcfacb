"""When a guest is written to after a booking: pure arithmetic on wall clocks.

A reminder "a day before" a dinner at 21:00 comes at 21:00 of the day before, also when the clocks
change that night; "two hours before" is two hours that really pass. Nobody is woken: what would fall
into the house's quiet hours comes when they end, or before they begin where that would be too late.
Whoever has only just booked is not reminded of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.booking import Booking
from domain.venue import NoAnswer, Venue
from domain.zones import instant_of, local_day, minute_of

MIN_NOTICE = timedelta(hours=1)
"""A reminder is of use from so long after the guest has booked until so long before the start."""

_BEFORE_QUIET = timedelta(minutes=15)
"""Room to send something before quiet hours begin, also where it takes a second try."""

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
    """What is to be written about a booking that stands since `now`, by when it is due.

    The confirmation is due at once. Left out is what was due before `now`, and so soon after it that
    the guest has not forgotten yet: nobody who books for this evening is reminded of it as of yesterday.
    """
    policy = venue.policy.follow_up
    planned: list[FollowUp] = []
    if policy.confirmation:
        planned.append(FollowUp(FollowUpKind.CONFIRMATION, now))
    asking = max(policy.reminders, default=None) if policy.asks else None
    for ahead, due in _reminders(venue, booking.start):
        # Where quiet hours put it off, its own moment counts as well.
        if now + MIN_NOTICE <= min(due, before_start(venue, booking.start, ahead)):
            planned.append(FollowUp(FollowUpKind.REMINDER, due, ahead, asks=ahead == asking))
    asked_at = next((each.due_at for each in planned if each.asks), None)
    # Nobody loses a place, or is told so, in their sleep.
    answer_by = _out_of_quiet(venue, booking.start - policy.answer_by, booking.start)
    if policy.no_answer is not NoAnswer.KEEP and asked_at is not None and asked_at < answer_by:
        planned.append(FollowUp(FollowUpKind.NO_ANSWER, answer_by))
    return tuple(sorted(planned, key=lambda each: each.due_at))


def too_late_at(venue: Venue, start: datetime, ahead: timedelta) -> datetime:
    """The instant from which the reminder `ahead` of a start is better left unsent.

    The next one takes its place. The last one is of use until an hour before the start, or until half
    its time has passed where it comes later than two hours before.
    """
    reminders = _reminders(venue, start)
    due = dict(reminders).get(ahead, before_start(venue, start, ahead))
    following = [at for _, at in reminders if at > due]
    return min(following, default=start - min(MIN_NOTICE, (start - due) / 2))


def is_quiet(venue: Venue, at: datetime) -> bool:
    """Whether the house writes to nobody of its own accord at this instant."""
    return _quiet_around(venue, at) is not None


def after_quiet(venue: Venue, at: datetime) -> datetime:
    """The first instant from `at` on at which the house may write."""
    quiet = _quiet_around(venue, at)
    return at if quiet is None else quiet[1]


def before_start(venue: Venue, start: datetime, ahead: timedelta) -> datetime:
    """`ahead` of a start: whole days by the wall clock, anything else by time that passes."""
    if ahead % _DAY:
        return start - ahead
    day = local_day(start, venue.zone)
    return instant_of(day - ahead, minute_of(start, day, venue.zone), venue.zone)


def _reminders(venue: Venue, start: datetime) -> list[tuple[timedelta, datetime]]:
    """The house's reminders of a start with when they are due, earliest first.

    Where quiet hours would bring several to the same moment, the first of them stands for all.
    """
    found: list[tuple[timedelta, datetime]] = []
    for ahead in sorted(venue.policy.follow_up.reminders, reverse=True):
        due = _out_of_quiet(venue, before_start(venue, start, ahead), start)
        if not found or found[-1][1] < due:
            found.append((ahead, due))
    return found


def _out_of_quiet(venue: Venue, due: datetime, start: datetime) -> datetime:
    """The moment that stands for `due`: after quiet hours, or before them where that is too late."""
    quiet = _quiet_around(venue, due)
    if quiet is None:
        return due
    begins, ends = quiet
    return ends if ends <= start - MIN_NOTICE else begins - _BEFORE_QUIET


def _quiet_around(venue: Venue, at: datetime) -> tuple[datetime, datetime] | None:
    """The quiet hours that an instant lies in, [start, end).

    They begin when clocks first show their beginning, and end when clocks show their end for good.
    """
    quiet = venue.policy.follow_up.quiet
    if quiet is None:
        return None
    today = local_day(at, venue.zone)
    for day in (today - _DAY, today):
        begins = instant_of(day, quiet.start, venue.zone)
        ends = instant_of(day, quiet.end, venue.zone, later=True)
        if begins <= at < ends:
            return begins, ends
    return None
