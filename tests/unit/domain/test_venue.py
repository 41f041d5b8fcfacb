"""A venue is valid from birth: what cannot be is refused where it is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.venue import Interval, PacingRule, ResourceId, ServiceId
from tests.unit.domain.houses import DINNER, every_day, minutes, restaurant, service, table


@pytest.mark.parametrize("span", [(1440, 1500), (600, 600), (700, 600), (-5, 10), (1200, 2881)])
def test_an_interval_starts_within_its_day_and_ends_after_it_starts(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not an interval"):
        Interval(*span)


@pytest.mark.parametrize(
    "own",
    [
        {"slot_interval": minutes(0)},
        {"slot_interval": minutes(7)},
        {"needs": ()},
        {"turn_times": ()},
    ],
)
def test_a_service_says_what_it_needs_and_when_it_starts(own: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="dinner"):
        service("dinner", every_day((1200, 1470)), (12, 90), **own)


def test_a_turn_takes_some_time() -> None:
    with pytest.raises(ValueError, match="turn time"):
        service("dinner", every_day((1200, 1470)), (12, 0))


@pytest.mark.parametrize(
    "own", [{"min_covers": 0}, {"min_covers": 3}, {"buffer_after": timedelta(hours=3)}]
)
def test_a_table_seats_somebody_and_its_buffers_are_short(own: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="T1"):
        table("T1", 2, **own)


@pytest.mark.parametrize("window", [0, 3, 50, 1441])
def test_pacing_windows_divide_the_day(window: int) -> None:
    with pytest.raises(ValueError, match="divide a day"):
        PacingRule("kitchen", minutes(window))


@pytest.mark.parametrize(("minute", "start"), [(1260, 1260), (1289, 1260), (1470, 1470)])
def test_a_pacing_window_starts_on_the_service_days_own_grid(minute: int, start: int) -> None:
    assert PacingRule("kitchen", minutes(30)).window_start(minute) == start


@pytest.mark.parametrize(("covers", "length"), [(1, 90), (2, 90), (3, 105), (12, 105), (40, 105)])
def test_the_last_turn_time_serves_larger_parties_too(covers: int, length: int) -> None:
    assert restaurant().service(DINNER).turn_time(covers) == minutes(length)


def test_what_a_venue_does_not_have_is_a_key_error() -> None:
    venue = restaurant()
    with pytest.raises(KeyError):
        venue.service(ServiceId("tea"))
    with pytest.raises(KeyError):
        venue.resource(ResourceId("T99"))


def test_venues_that_say_the_same_are_equal_and_others_are_not() -> None:
    assert restaurant() == restaurant()
    assert hash(restaurant()) == hash(restaurant())
    assert restaurant() != restaurant(name="Other")
