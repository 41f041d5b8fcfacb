"""Feasts: known dates of known years."""

from __future__ import annotations

from datetime import date

import pytest

from domain.feasts import NAMES, easter, feast_date, nth_weekday


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1961, date(1961, 4, 2)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2024, date(2024, 3, 31)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_falls_where_the_church_put_it(year: int, sunday: date) -> None:
    assert easter(year) == sunday


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("new_years_eve", date(2026, 12, 31)),
        ("good_friday", date(2026, 4, 3)),
        ("mothers_day_es", date(2026, 5, 3)),
        ("mothers_day", date(2026, 5, 10)),
        ("memorial_day", date(2026, 5, 25)),
        ("thanksgiving", date(2026, 11, 26)),
        ("black_friday", date(2026, 11, 27)),
    ],
)
def test_feasts_of_2026(name: str, day: date) -> None:
    assert feast_date(name, 2026) == day


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_feast_has_a_day_in_every_year(name: str) -> None:
    assert {feast_date(name, year).year for year in range(2020, 2040)} == set(range(2020, 2040))


def test_the_last_weekday_of_december_is_found_without_leaving_the_year() -> None:
    assert nth_weekday(2026, 12, 4, -1) == date(2026, 12, 31)
    assert nth_weekday(2026, 12, 5, 1) == date(2026, 12, 4)
