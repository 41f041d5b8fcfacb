"""Wall clocks and instants, judged by the edge cases computed from the IANA table."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones import instant_of, local_day, minute_of, read_wall, wall_of
from infrastructure.zones import use_packaged_zones

use_packaged_zones()

EDGES = Path(__file__).parents[4] / "shared/eval/robustness/dst_edges.jsonl"
MADRID = ZoneInfo("Europe/Madrid")

Case = dict[str, str]


def _edges() -> list[Case]:
    return [json.loads(line) for line in EDGES.read_text().splitlines()] if EDGES.exists() else []


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _gap_is_said(case: Case, zone: ZoneInfo) -> None:
    reading = read_wall(datetime.fromisoformat(case["local"]), zone)
    assert not reading.exists
    assert reading.again is None
    assert reading.instant == _utc(case["transition_utc"])


def _fold_has_two_instants(case: Case, zone: ZoneInfo) -> None:
    reading = read_wall(datetime.fromisoformat(case["local"]), zone)
    assert reading.exists
    assert reading.instant == _utc(case["utc_first"])
    assert reading.again == _utc(case["utc_second"])


def _wall_time_is_one_instant(case: Case, zone: ZoneInfo) -> None:
    reading = read_wall(datetime.fromisoformat(case["local"]), zone)
    assert reading.exists
    assert reading.again is None
    assert reading.instant == _utc(case["utc"])


def day_length(day: date, zone: ZoneInfo) -> timedelta:
    """From one midnight to the next."""
    return instant_of(day + timedelta(days=1), 0, zone) - instant_of(day, 0, zone)


def _day_has_its_hours(case: Case, zone: ZoneInfo) -> None:
    length = day_length(date.fromisoformat(case["local"]), zone)
    assert length == timedelta(hours=float(case["hours"]))


def _two_hours_stay_two_hours(case: Case, zone: ZoneInfo) -> None:
    start = read_wall(datetime.fromisoformat(case["local"]), zone).instant
    end = start + timedelta(hours=2)
    assert start == _utc(case["utc_start"])
    assert end == _utc(case["utc_end"])
    assert end.astimezone(zone).strftime("%Y-%m-%dT%H:%M%z") == case["local_end"]


JUDGES: dict[str, Callable[[Case, ZoneInfo], None]] = {
    "gap": _gap_is_said,
    "fold": _fold_has_two_instants,
    "first_after_gap": _wall_time_is_one_instant,
    "no_change_2026_2028": _wall_time_is_one_instant,
    "tzdata_drift": _wall_time_is_one_instant,
    "day_length": _day_has_its_hours,
    "two_hour_booking_across": _two_hours_stay_two_hours,
}


@pytest.mark.skipif(not EDGES.exists(), reason="the evaluation files are not beside the checkout")
@pytest.mark.parametrize("kind", JUDGES)
def test_every_edge_of_the_zone_table_is_right(kind: str) -> None:
    cases = [case for case in _edges() if case["kind"] == kind]
    assert cases
    for case in cases:
        JUDGES[kind](case, ZoneInfo(case["zone"]))


@pytest.mark.skipif(not EDGES.exists(), reason="the evaluation files are not beside the checkout")
def test_no_kind_of_edge_goes_unjudged() -> None:
    assert {case["kind"] for case in _edges()} <= set(JUDGES)


def test_a_minute_after_midnight_belongs_to_the_service_day_that_began_before_it() -> None:
    friday = date(2026, 11, 27)
    assert instant_of(friday, 1470, MADRID) == datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    assert minute_of(datetime(2026, 11, 27, 23, 30, tzinfo=UTC), friday, MADRID) == 1470


def test_the_first_showing_of_a_folded_time_is_meant_unless_the_second_is_asked_for() -> None:
    day = date(2026, 10, 25)
    first = instant_of(day, 150, MADRID)
    second = instant_of(day, 150, MADRID, later=True)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second - first == timedelta(hours=1)


def test_asking_for_a_second_showing_where_there_is_one_changes_nothing() -> None:
    day = date(2026, 11, 27)
    assert instant_of(day, 600, MADRID, later=True) == instant_of(day, 600, MADRID)


def test_a_calendar_day_that_a_zone_skipped_has_no_length() -> None:
    assert day_length(date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == timedelta(0)


def test_a_wall_time_with_a_zone_of_its_own_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no time zone of its own"):
        read_wall(datetime(2026, 11, 27, tzinfo=UTC), MADRID)


ZONES = st.sampled_from(
    ["Europe/Madrid", "America/La_Paz", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe"]
)


@given(
    zone=ZONES.map(ZoneInfo),
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    minute=st.integers(0, 2159),
)
def test_a_wall_time_that_exists_comes_back_from_its_instants(
    zone: ZoneInfo, day: date, minute: int
) -> None:
    reading = read_wall(wall_of(day, minute), zone)
    if reading.exists:
        assert minute_of(reading.instant, day, zone) == minute
        assert reading.again is None or minute_of(reading.again, day, zone) == minute
    else:
        assert minute_of(reading.instant, day, zone) > minute


@given(
    zone=ZONES.map(ZoneInfo),
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    minutes=st.tuples(st.integers(0, 2159), st.integers(0, 2159)),
)
def test_a_later_wall_time_is_never_an_earlier_instant(
    zone: ZoneInfo, day: date, minutes: tuple[int, int]
) -> None:
    first, second = sorted(minutes)
    assert instant_of(day, first, zone) <= instant_of(day, second, zone)


@given(instant=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)))
def test_an_instant_lies_within_its_local_day(instant: datetime) -> None:
    day = local_day(instant, MADRID)
    assert instant_of(day, 0, MADRID) <= instant < instant_of(day + timedelta(days=1), 0, MADRID)
