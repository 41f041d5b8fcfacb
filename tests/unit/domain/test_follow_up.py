"""When guests are written to, judged minute by minute of the wall clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.follow_up import (
    MIN_NOTICE,
    FollowUp,
    FollowUpKind,
    after_quiet,
    before_start,
    follow_ups,
    is_quiet,
    too_late_at,
)
from domain.guest import Guest
from domain.venue import FollowUpPolicy, Interval, NoAnswer, Policy, ResourceId, Venue
from domain.zones import read_wall
from tests.unit.domain.houses import DINNER, MADRID, restaurant

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NIGHT = Interval(22 * 60, 33 * 60)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)

ZONES = [
    "Europe/Madrid",
    "America/New_York",
    "America/La_Paz",  # clocks never change
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Beirut",  # midnight does not exist on the day they go forward
    "America/Havana",  # and here comes twice on the day they go back
]


def house(zone: ZoneInfo = MADRID, **policy: Any) -> Venue:
    made = {"confirmation": False, "quiet": None, **policy}
    return restaurant(zone=zone, policy=Policy(follow_up=FollowUpPolicy(**made)))


def booking(venue: Venue, start: datetime) -> Booking:
    return Booking(
        id=BookingId("1"),
        code=BookingCode("AAA"),
        venue=venue.id,
        service=DINNER,
        start=start,
        end=start + HOUR,
        party_size=PartySize(2),
        resources=(ResourceId("T1"),),
        status=BookingStatus.CONFIRMED,
        guest=Guest("ana"),
        created_at=LONG_AGO,
    )


def at(text: str, zone: ZoneInfo = MADRID) -> datetime:
    """The instant of "2026-11-27 21:00" on the wall."""
    return read_wall(datetime.fromisoformat(text), zone).instant


def wall(instant: datetime, zone: ZoneInfo = MADRID) -> str:
    return f"{instant.astimezone(zone):%m-%d %H:%M}"


def plans(venue: Venue, start: datetime, *, now: datetime = LONG_AGO) -> tuple[FollowUp, ...]:
    return follow_ups(venue, booking(venue, start), now=now)


def reminders(
    start: str, *, booked: str = "2026-01-01 00:00", zone: ZoneInfo = MADRID, **policy: Any
) -> list[str]:
    """When a booking's reminders come, by the wall clock."""
    venue = house(zone, **policy)
    planned = plans(venue, at(start, zone), now=at(booked, zone))
    return [wall(each.due_at, zone) for each in planned if each.kind is FollowUpKind.REMINDER]


# --- single days -------------------------------------------------------------------------------


def test_a_reminder_comes_a_day_and_two_hours_before() -> None:
    assert reminders("2026-11-27 21:00") == ["11-26 21:00", "11-27 19:00"]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_before_is_the_same_wall_time_though_clocks_change_in_between(day: str) -> None:
    before = f"{datetime.fromisoformat(day) - DAY:%m-%d}"
    assert reminders(f"{day} 21:00")[0] == f"{before} 21:00"


@pytest.mark.parametrize(
    ("start", "due"), [("2026-03-29 03:30", "03-29 00:30"), ("2026-10-25 03:30", "10-25 02:30")]
)
def test_two_hours_before_are_two_hours_that_pass(start: str, due: str) -> None:
    venue = house(reminders=(2 * HOUR,))
    (planned,) = plans(venue, at(start))
    assert planned.due_at == at(start) - 2 * HOUR
    assert wall(planned.due_at) == due


def test_a_wall_time_that_the_day_before_does_not_have_is_the_first_instant_after_the_gap() -> None:
    assert reminders("2026-03-30 02:30", reminders=(DAY,)) == ["03-29 03:00"]


def test_of_a_wall_time_that_the_day_before_has_twice_the_first_is_meant() -> None:
    venue = house(reminders=(DAY,))
    (planned,) = plans(venue, at("2026-10-26 02:30"))
    assert planned.due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_both_showings_of_a_start_are_reminded_of_at_one_wall_time() -> None:
    venue = house(reminders=(DAY,))
    first = at("2026-10-25 02:30")
    assert [wall(plans(venue, each)[0].due_at) for each in (first, first + HOUR)] == [
        "10-24 02:30",
        "10-24 02:30",
    ]


def test_a_night_past_midnight_is_reminded_of_when_quiet_hours_end_and_before_they_begin() -> None:
    """00:30 of Saturday belongs to Friday: its guest hears on Friday morning and Friday evening."""
    assert reminders("2026-11-28 00:30", quiet=NIGHT) == ["11-27 09:00", "11-27 21:45"]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # 08:30 and 06:30 are quiet; the second is over too late for it.
        ("2026-11-27 08:30", ["11-26 09:00", "11-26 21:45"]),
        ("2026-11-27 09:45", ["11-26 09:45", "11-26 21:45"]),
        # An hour before the start is just soon enough.
        ("2026-11-27 10:00", ["11-26 10:00", "11-27 09:00"]),
        ("2026-11-27 11:00", ["11-26 11:00", "11-27 09:00"]),
        ("2026-11-27 23:59", ["11-27 09:00", "11-27 21:59"]),
        ("2026-11-28 00:00", ["11-27 09:00", "11-27 21:45"]),
    ],
)
def test_what_falls_into_quiet_hours_comes_after_them_or_before(start: str, due: list[str]) -> None:
    assert reminders(start, quiet=NIGHT) == due


def test_reminders_that_quiet_hours_bring_together_are_one() -> None:
    policy: dict[str, Any] = {"reminders": (3 * HOUR, 2 * HOUR, HOUR), "quiet": NIGHT}
    assert reminders("2026-11-27 10:00", **policy) == ["11-27 09:00"]
    assert reminders("2026-11-27 12:00", **policy) == ["11-27 09:00", "11-27 10:00", "11-27 11:00"]


@pytest.mark.parametrize(
    ("booked", "due"),
    [
        ("2026-11-25 12:00", ["11-26 21:00", "11-27 19:00"]),
        ("2026-11-26 20:00", ["11-26 21:00", "11-27 19:00"]),
        # Nobody has forgotten after half an hour, nor wants to hear what is past.
        ("2026-11-26 20:30", ["11-27 19:00"]),
        ("2026-11-26 21:01", ["11-27 19:00"]),
        ("2026-11-27 18:00", ["11-27 19:00"]),
        ("2026-11-27 18:01", []),
        ("2026-11-27 20:00", []),
    ],
)
def test_nothing_is_planned_that_was_due_before_the_booking_or_right_after(
    booked: str, due: list[str]
) -> None:
    assert reminders("2026-11-27 21:00", booked=booked) == due


def test_a_reminder_that_quiet_hours_put_off_past_the_booking_was_due_before_it() -> None:
    """Booked at 08:45 for 08:30 of the next day: due at 08:30, though it would come at 09:00."""
    due = reminders("2026-11-27 08:30", booked="2026-11-26 08:45", quiet=NIGHT)
    assert due == ["11-26 21:45"]


def test_a_house_that_is_never_quiet_writes_at_night() -> None:
    assert reminders("2026-11-28 00:30", quiet=None) == ["11-27 00:30", "11-27 22:30"]


def test_the_confirmation_is_due_at_once_also_at_night() -> None:
    venue = house(confirmation=True, reminders=(), quiet=NIGHT)
    now = at("2026-11-26 23:30")
    (planned,) = plans(venue, at("2026-11-27 21:00"), now=now)
    assert planned == FollowUp(FollowUpKind.CONFIRMATION, now)


def test_a_house_that_writes_nothing_has_nothing_to_plan() -> None:
    assert plans(house(reminders=()), at("2026-11-27 21:00")) == ()


# --- asking ------------------------------------------------------------------------------------


def kinds(planned: Iterable[FollowUp]) -> list[tuple[FollowUpKind, bool]]:
    return [(each.kind, each.asks) for each in planned]


def test_the_first_reminder_asks_and_an_answer_is_waited_for_until_answer_by() -> None:
    venue = house(no_answer=NoAnswer.TELL_STAFF, reminders=(2 * HOUR, DAY))
    start = at("2026-11-27 21:00")
    planned = plans(venue, start)
    assert kinds(planned) == [
        (FollowUpKind.REMINDER, True),
        (FollowUpKind.NO_ANSWER, False),
        (FollowUpKind.REMINDER, False),
    ]
    assert planned[1].due_at == start - 4 * HOUR


@pytest.mark.parametrize(
    ("booked", "policy"),
    [
        ("2026-01-01 00:00", {"no_answer": NoAnswer.KEEP}),
        ("2026-01-01 00:00", {"asks": False}),
        # The one that asks is past, and who books today need not be asked.
        ("2026-11-27 12:00", {}),
        # It would ask when the answer is no longer waited for.
        ("2026-01-01 00:00", {"reminders": (2 * HOUR,)}),
        ("2026-01-01 00:00", {"answer_by": DAY}),
    ],
)
def test_who_is_not_asked_in_time_is_not_waited_for(booked: str, policy: dict[str, Any]) -> None:
    venue = house(**{"no_answer": NoAnswer.CANCEL, **policy})
    planned = plans(venue, at("2026-11-27 21:00"), now=at(booked))
    assert planned
    assert FollowUpKind.NO_ANSWER not in {each.kind for each in planned}


@pytest.mark.parametrize(
    ("start", "answer_by"),
    [
        ("2026-11-27 21:00", "11-27 17:00"),
        ("2026-11-27 12:00", "11-27 09:00"),
        ("2026-11-27 09:30", "11-26 21:45"),
    ],
)
def test_an_answer_is_not_waited_for_until_a_moment_at_night(start: str, answer_by: str) -> None:
    venue = house(no_answer=NoAnswer.CANCEL, quiet=NIGHT)
    planned = {each.kind: each for each in plans(venue, at(start))}
    assert wall(planned[FollowUpKind.NO_ANSWER].due_at) == answer_by


def test_reminders_that_do_not_ask_do_not() -> None:
    planned = plans(house(asks=False), at("2026-11-27 21:00"))
    assert kinds(planned) == [(FollowUpKind.REMINDER, False)] * 2


# --- too late ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "ahead", "policy", "until"),
    [
        # The next one takes its place, when that one comes, and not before.
        ("2026-11-27 21:00", DAY, {}, "11-27 19:00"),
        ("2026-11-27 10:00", DAY, {"quiet": NIGHT}, "11-27 09:00"),
        ("2026-11-27 21:00", 2 * HOUR, {}, "11-27 20:00"),
        ("2026-11-27 21:00", DAY, {"reminders": (DAY,)}, "11-27 20:00"),
        # What quiet hours put off is still of use for a while.
        ("2026-11-27 10:00", 2 * HOUR, {"quiet": NIGHT}, "11-27 09:30"),
        ("2026-11-27 21:00", HOUR, {"reminders": (HOUR,)}, "11-27 20:30"),
        # The house reminds no more so long before: its planned ones are still sent.
        ("2026-11-27 21:00", 3 * HOUR, {}, "11-27 19:00"),
    ],
)
def test_a_reminder_is_too_late_when_the_next_one_comes_or_the_start_is_near(
    start: str, ahead: timedelta, policy: dict[str, Any], until: str
) -> None:
    assert wall(too_late_at(house(**policy), at(start), ahead)) == until


# --- quiet hours -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "quiet", "after"),
    [
        ("2026-11-27 21:59", False, "11-27 21:59"),
        ("2026-11-27 22:00", True, "11-28 09:00"),
        ("2026-11-28 00:00", True, "11-28 09:00"),
        ("2026-11-28 08:59", True, "11-28 09:00"),
        ("2026-11-28 09:00", False, "11-28 09:00"),
    ],
)
def test_quiet_hours_last_from_their_beginning_to_their_end_past_midnight(
    moment: str, quiet: bool, after: str
) -> None:
    venue = house(quiet=NIGHT)
    assert is_quiet(venue, at(moment)) is quiet
    assert wall(after_quiet(venue, at(moment))) == after


def test_quiet_hours_may_lie_within_a_day() -> None:
    venue = house(quiet=Interval(14 * 60, 16 * 60))
    assert wall(after_quiet(venue, at("2026-11-27 15:00"))) == "11-27 16:00"
    assert not is_quiet(venue, at("2026-11-27 13:59"))
    assert not is_quiet(house(quiet=None), at("2026-11-27 03:00"))


def test_quiet_hours_end_when_clocks_show_their_end_for_the_last_time() -> None:
    venue = house(quiet=Interval(22 * 60, 26 * 60 + 30))
    first = at("2026-10-25 02:30")
    assert after_quiet(venue, at("2026-10-25 01:00")) == first + HOUR
    assert is_quiet(venue, first + 30 * MINUTE)


def test_quiet_hours_begin_when_clocks_first_show_their_beginning_and_do_not_stop_again() -> None:
    """In Beirut the hour before midnight comes twice."""
    zone = ZoneInfo("Asia/Beirut")
    venue = house(zone, quiet=Interval(23 * 60 + 30, 31 * 60))
    first = at("2026-10-24 23:30", zone)
    assert not is_quiet(venue, first - MINUTE)
    assert wall(first + HOUR - MINUTE, zone) == "10-24 23:29"
    assert all(is_quiet(venue, first + minutes * MINUTE) for minutes in range(8 * 60))


def test_quiet_hours_that_end_in_a_gap_end_after_it() -> None:
    venue = house(quiet=Interval(22 * 60, 26 * 60 + 30))
    assert wall(after_quiet(venue, at("2026-03-29 01:59"))) == "03-29 03:00"


# --- any booking around any clock change ---------------------------------------------------------


@lru_cache
def transitions(zone: ZoneInfo) -> tuple[datetime, ...]:
    """The hours of 2026 and 2027 in which clocks change; two winters' days where they never do."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + step * HOUR for step in range(2 * 365 * 24)]
    found = [
        after
        for before, after in pairwise(hours)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()
    ]
    return tuple(found) or (hours[48], hours[400 * 24])


@st.composite
def starts(draw: st.DrawFn, zone: ZoneInfo) -> datetime:
    """A start within two and a half days of a clock change."""
    change = draw(st.sampled_from(transitions(zone)))
    return change + 5 * MINUTE * draw(st.integers(-720, 720))


AHEADS = [
    MINUTE * count for count in (5, 30, 60, 90, 120, 180, 300, 720, 1439, 1440, 1500, 2880, 7200)
]
# None begins or ends within an hour that clocks show twice: those nights have tests of their own.
QUIET = [
    None,
    NIGHT,
    Interval(1380, 1860),
    Interval(840, 960),
    Interval(0, 600),
    Interval(1260, 1920),
]


@st.composite
def houses(draw: st.DrawFn) -> Venue:
    return house(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        confirmation=draw(st.booleans()),
        reminders=tuple(draw(st.lists(st.sampled_from(AHEADS), unique=True, max_size=4))),
        asks=draw(st.booleans()),
        no_answer=draw(st.sampled_from(NoAnswer)),
        answer_by=draw(st.sampled_from([HOUR, 4 * HOUR, 30 * HOUR])),
        quiet=draw(st.sampled_from(QUIET)),
    )


def shows(zone: ZoneInfo, instant: datetime) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def is_quiet_on_the_wall(venue: Venue, instant: datetime) -> bool:
    quiet = venue.policy.follow_up.quiet
    if quiet is None:
        return False
    local = shows(venue.zone, instant)
    minute = local.hour * 60 + local.minute
    return any(quiet.start <= each < quiet.end for each in (minute, minute + 1440))


def step_until(instant: datetime, step: timedelta, holds: Callable[[datetime], bool]) -> datetime:
    while not holds(instant):
        instant += step
    return instant


def naive_before(zone: ZoneInfo, start: datetime, ahead: timedelta) -> datetime:
    """For whole days: the first minute at which clocks show that wall time, or have passed it."""
    if ahead % DAY:
        return start - ahead
    wanted = shows(zone, start) - ahead
    return step_until(
        start - ahead - 3 * HOUR, MINUTE, lambda minute: shows(zone, minute) >= wanted
    )


def naive_out_of_quiet(venue: Venue, due: datetime, start: datetime) -> datetime:
    if not is_quiet_on_the_wall(venue, due):
        return due
    after = step_until(due, MINUTE, lambda minute: not is_quiet_on_the_wall(venue, minute))
    if after <= start - HOUR:
        return after
    before = step_until(due, -MINUTE, lambda minute: not is_quiet_on_the_wall(venue, minute))
    return before + MINUTE - 15 * MINUTE


@given(st.data())
def test_reminders_come_when_the_wall_clock_says_once_each_and_in_time(data: st.DataObject) -> None:
    venue = data.draw(houses())
    start = data.draw(starts(venue.zone))
    now = start - data.draw(st.sampled_from([30 * MINUTE, 6 * HOUR, 26 * HOUR, 9 * DAY]))
    planned = [each for each in plans(venue, start, now=now) if each.kind is FollowUpKind.REMINDER]
    expected: dict[datetime, timedelta] = {}
    for ahead in sorted(venue.policy.follow_up.reminders, reverse=True):
        natural = naive_before(venue.zone, start, ahead)
        due = naive_out_of_quiet(venue, natural, start)
        if due > max(expected, default=LONG_AGO):
            expected[due] = ahead
    in_time = {
        due: ahead
        for due, ahead in expected.items()
        if now + HOUR <= min(due, naive_before(venue.zone, start, ahead))
    }
    assert {each.due_at: each.ahead for each in planned} == in_time
    assert len(planned) == len(in_time)


@given(st.data())
def test_nobody_is_woken_reminded_twice_or_written_to_too_early_or_too_late(
    data: st.DataObject,
) -> None:
    venue = data.draw(houses())
    start = data.draw(starts(venue.zone))
    now = start - data.draw(st.integers(1, 9 * 1440)) * MINUTE
    planned = plans(venue, start, now=now)
    assert [each.due_at for each in planned] == sorted(each.due_at for each in planned)
    moments = [each.due_at for each in planned if each.kind is FollowUpKind.REMINDER]
    assert len(set(moments)) == len(moments)
    assert sum(each.asks for each in planned) <= 1
    for each in planned:
        assert now <= each.due_at < start
        if each.kind is not FollowUpKind.CONFIRMATION:
            assert not is_quiet_on_the_wall(venue, each.due_at)
            assert not is_quiet(venue, each.due_at)
        if each.kind is FollowUpKind.REMINDER:
            assert now + MIN_NOTICE <= each.due_at
            until = too_late_at(venue, start, each.ahead)
            assert each.due_at < until < start
            assert not any(each.due_at < other < until for other in moments)


@given(st.data())
def test_planning_later_leaves_out_and_never_changes(data: st.DataObject) -> None:
    """So that a booking may be planned by whoever comes first, and again after a restart."""
    venue = data.draw(houses())
    venue = replace(
        venue,
        policy=replace(venue.policy, follow_up=replace(venue.policy.follow_up, confirmation=False)),
    )
    start = data.draw(starts(venue.zone))
    early, late = sorted(start - data.draw(st.integers(1, 9 * 1440)) * MINUTE for _ in range(2))
    assert set(plans(venue, start, now=late)) <= set(plans(venue, start, now=early))


@given(st.data())
def test_quiet_hours_are_those_of_the_wall_clock(data: st.DataObject) -> None:
    venue = data.draw(houses())
    moment = data.draw(starts(venue.zone))
    if is_quiet_on_the_wall(venue, moment):
        assert is_quiet(venue, moment)
    after = after_quiet(venue, moment)
    assert moment <= after <= moment + DAY
    assert not is_quiet(venue, after)
    assert not is_quiet_on_the_wall(venue, after)


@given(st.data())
def test_whole_days_before_keep_the_wall_time_where_it_is_there(data: st.DataObject) -> None:
    zone = ZoneInfo(data.draw(st.sampled_from(ZONES)))
    start = data.draw(starts(zone))
    days = data.draw(st.integers(1, 3))
    due = before_start(house(zone), start, days * DAY)
    wanted = shows(zone, start) - days * DAY
    if read_wall(wanted, zone).exists:
        assert shows(zone, due) == wanted
    else:
        assert shows(zone, due) > wanted
        assert shows(zone, due - MINUTE) < wanted
