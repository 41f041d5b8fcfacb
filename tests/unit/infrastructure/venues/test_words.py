"""The small words of a venue file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.venue import Interval
from infrastructure.venues.words import (
    read_duration,
    read_durations,
    read_intervals,
    read_moment,
    read_party_range,
    read_quiet,
    read_weekly_hours,
)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1h45", 105), ("1h 45m", 105), ("15m", 15), ("90 min", 90), ("2h", 120), ("1d", 1440)],
)
def test_a_duration_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert read_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "15", "an hour", "-5m", "1h45h", "1:45", "45 1h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("20:00-00:30", [(1200, 1470)]),
        ("14:30–18:30, 8:30 - 12:30", [(510, 750), (870, 1110)]),
        ("00:00-24:00", [(0, 1440)]),
        ("closed", []),
        ("", []),
    ],
)
def test_hours_may_pass_midnight_and_come_in_any_order(
    text: str, spans: list[tuple[int, int]]
) -> None:
    assert read_intervals(text) == tuple(Interval(*span) for span in spans)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("20:00", "not an interval"),
        ("25:00-26:00", "not a time"),
        ("20:60-22:00", "not a time"),
        ("8pm-10pm", "not a time"),
        ("20:02-22:00", "multiple of 5"),
        ("13:00-16:00, 15:00-18:00", "overlap"),
        ("13:00-12:30", "noon of the day after"),
        ("24:00-01:00", "noon of the day after"),
    ],
)
def test_hours_that_cannot_be_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_intervals(text)


def test_later_lines_of_weekly_hours_win() -> None:
    hours = read_weekly_hours({"daily": "13:00-16:00", "mon": "closed", "sat, sun": "12:00-17:00"})
    assert 1 not in hours.by_weekday
    assert hours.by_weekday[2] == (Interval(780, 960),)
    assert hours.by_weekday[7] == (Interval(720, 1020),)


def test_a_range_of_weekdays_may_run_over_the_weekend() -> None:
    assert list(read_weekly_hours({"fri-mon": "13:00-16:00"}).by_weekday) == [1, 5, 6, 7]


@pytest.mark.parametrize("days", ["monday", "mon-tue-wed", "", "8"])
def test_what_is_no_weekday_is_refused(days: str) -> None:
    with pytest.raises(ValueError, match="not a weekday"):
        read_weekly_hours({days: "13:00-16:00"})


def test_hours_without_weekdays_are_refused() -> None:
    with pytest.raises(ValueError, match="by weekday"):
        read_weekly_hours("13:00-16:00")


@pytest.mark.parametrize(("text", "party"), [("4", (4, 4)), ("3-4", (3, 4)), ("9 – 12", (9, 12))])
def test_a_party_range_is_one_size_or_two(text: str, party: tuple[int, int]) -> None:
    assert read_party_range(text) == party


@pytest.mark.parametrize("text", ["", "4-3", "0-2", "two"])
def test_what_is_no_party_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="party"):
        read_party_range(text)


def test_a_moment_is_a_day_or_a_time_of_the_venues_own_clock() -> None:
    assert read_moment("2026-12-21") == (date(2026, 12, 21), None)
    assert read_moment("2026-12-21 14:00") == (date(2026, 12, 21), 840)


@pytest.mark.parametrize("text", ["21/12/2026", "2026-12-21T14:00Z", "2026-02-30", "tomorrow"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text[:4]):
        read_moment(text)


@pytest.mark.parametrize("text", ["3651d", "1000000000d", "99999999999999999999h"])
def test_a_duration_that_no_house_means_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than 3650 days"):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("22:00-09:00", (1320, 1980)),
        ("14:00 – 16:00", (840, 960)),
        ("00:00-08:00", (0, 480)),
        ("24:00-08:00", (0, 480)),
        ("12:00-08:00", (720, 1920)),
    ],
)
def test_quiet_hours_may_pass_midnight_and_last_into_the_next_day(
    text: str, span: tuple[int, int]
) -> None:
    assert read_quiet(text) == Interval(*span)


@pytest.mark.parametrize("text", ["none", "None", "", "null", "~"])
def test_a_house_may_have_no_quiet_hours(text: str) -> None:
    assert read_quiet(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("at night", "not an interval such as"),
        ("22-09", "'22' is not a time"),
        ("22:02-09:00", "multiple of 5"),
        ("09:00-09:00", "leaves less than 4 hours"),
        ("09:00-05:05", "leaves less than 4 hours"),
        ("['22:00-09:00']", "is not a time"),
    ],
)
def test_quiet_hours_that_cannot_be_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_quiet(text)


def test_a_list_of_durations_is_read_longest_first() -> None:
    assert read_durations(["2h", "1d"]) == (timedelta(days=1), timedelta(hours=2))
    assert read_durations([]) == ()


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("24h", r"'24h' is not a list such as \[24h, 2h\] or \[\]"),
        (["soon"], "'soon' is not a duration"),
        (["24h", "1d"], "1 day, 0:00:00 stands there twice"),
    ],
)
def test_lists_of_durations_that_cannot_be_are_refused(written: object, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_durations(written)
