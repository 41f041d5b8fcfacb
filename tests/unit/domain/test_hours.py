"""When the house is open: what wins over what, and which night a late hour belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.hours import open_intervals, open_minutes, service_day_of
from domain.venue import Closure, Interval, Policy, ServiceId, SpecialHours, Venue, WeeklyHours
from tests.unit.domain.houses import (
    DINNER,
    FRIDAY,
    LUNCH,
    MADRID,
    MONDAY,
    every_day,
    restaurant,
    service,
)

SATURDAY = FRIDAY + timedelta(days=1)
NOON_TO_FIVE = (Interval(720, 1020),)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MADRID).astimezone(UTC)


def test_a_weekday_without_hours_is_closed() -> None:
    lunch = service("lunch", WeeklyHours({5: NOON_TO_FIVE}), (12, 60))
    venue = restaurant(services=(lunch,))
    assert open_intervals(venue, FRIDAY, LUNCH) == NOON_TO_FIVE
    assert open_intervals(venue, MONDAY, LUNCH) == ()


def test_a_closure_holds_on_its_first_and_its_last_day() -> None:
    venue = restaurant(closures=(Closure(FRIDAY, SATURDAY),))
    days = [FRIDAY + timedelta(days=step) for step in (-1, 0, 1, 2)]
    assert [bool(open_intervals(venue, day, DINNER)) for day in days] == [True, False, False, True]


def test_a_closure_of_one_service_leaves_the_others_open() -> None:
    venue = restaurant(closures=(Closure(FRIDAY, FRIDAY, service=DINNER),))
    assert open_minutes(venue, FRIDAY) == ((780, 960),)


def test_special_hours_replace_the_weekly_ones() -> None:
    venue = restaurant(special_hours=(SpecialHours(FRIDAY, NOON_TO_FIVE, LUNCH),))
    assert open_intervals(venue, FRIDAY, LUNCH) == NOON_TO_FIVE
    assert open_intervals(venue, FRIDAY, DINNER) == (Interval(1200, 1470),)
    assert open_intervals(venue, SATURDAY, LUNCH) == (Interval(780, 960),)


def test_special_hours_of_a_service_win_over_those_of_the_house() -> None:
    late = (Interval(1260, 1500),)
    everyone, dinner = SpecialHours(FRIDAY, NOON_TO_FIVE), SpecialHours(FRIDAY, late, DINNER)
    venue = restaurant(special_hours=(everyone, dinner))
    assert open_intervals(venue, FRIDAY, DINNER) == late
    assert open_intervals(venue, FRIDAY, LUNCH) == NOON_TO_FIVE


def test_a_closure_wins_over_special_hours() -> None:
    venue = restaurant(
        closures=(Closure(FRIDAY, FRIDAY),), special_hours=(SpecialHours(FRIDAY, NOON_TO_FIVE),)
    )
    assert open_minutes(venue, FRIDAY) == ()


@pytest.mark.parametrize(("closes", "spans"), [(True, 0), (False, 2)])
def test_a_public_holiday_closes_only_a_house_that_says_so(closes: bool, spans: int) -> None:
    venue = restaurant(holidays={FRIDAY: "feast"}, policy=Policy(closed_on_holidays=closes))
    assert len(open_minutes(venue, FRIDAY)) == spans


def test_special_hours_open_the_house_on_a_holiday() -> None:
    venue = restaurant(
        holidays={FRIDAY: "feast"},
        policy=Policy(closed_on_holidays=True),
        special_hours=(SpecialHours(FRIDAY, NOON_TO_FIVE, LUNCH),),
    )
    assert open_minutes(venue, FRIDAY) == ((720, 1020),)


def test_hours_of_services_that_meet_are_one_span() -> None:
    lunch = service("lunch", every_day((720, 960)), (12, 60))
    tea = service("tea", every_day((960, 1080)), (12, 60))
    assert open_minutes(restaurant(services=(tea, lunch)), FRIDAY) == ((720, 1080),)


def test_a_service_the_house_does_not_offer_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        open_intervals(restaurant(), FRIDAY, ServiceId("tea"))


def all_night(open_at: int) -> Venue:
    breakfast = service("breakfast", every_day((open_at, 600)), (12, 60))
    night = service("night", every_day((1200, 1560)), (12, 60))
    return restaurant(services=(breakfast, night))


def test_a_late_hour_belongs_to_the_night_that_is_still_open() -> None:
    venue = restaurant()
    assert service_day_of(venue, local(SATURDAY, 0, 29)) == FRIDAY
    assert service_day_of(venue, local(SATURDAY, 0, 30)) == SATURDAY
    assert service_day_of(venue, local(FRIDAY, 21)) == FRIDAY


def test_an_hour_at_which_the_new_day_is_open_too_belongs_to_the_new_day() -> None:
    venue = all_night(open_at=60)
    assert service_day_of(venue, local(SATURDAY, 0, 59)) == FRIDAY
    assert service_day_of(venue, local(SATURDAY, 1, 30)) == SATURDAY


def test_the_night_on_which_clocks_go_back_belongs_to_one_day_until_it_closes() -> None:
    venue = restaurant(services=(service("night", every_day((1200, 1590)), (12, 60)),))
    change = date(2026, 10, 25)
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert service_day_of(venue, datetime(2026, 10, 25, 0, 29, tzinfo=UTC)) == date(2026, 10, 24)
    assert service_day_of(venue, second_half_past_two) == change
