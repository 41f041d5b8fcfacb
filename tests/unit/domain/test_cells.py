"""Cells and bits: the arithmetic under the floor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cells import (
    CELL,
    cell_after,
    cell_of,
    cells_in,
    cells_mask,
    each_bit,
    spread_down,
    start_of,
    utc_days_of,
)

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(INSTANTS)
def test_an_instant_lies_in_its_cell(instant: datetime) -> None:
    start = start_of(cell_of(instant))
    assert start <= instant < start + CELL


@given(INSTANTS)
def test_the_cell_after_an_instant_starts_at_it_or_later(instant: datetime) -> None:
    start = start_of(cell_after(instant))
    assert start - CELL < instant <= start


@pytest.mark.parametrize("counted", [cell_of, cell_after])
def test_an_instant_without_a_zone_is_a_mistake(counted: object) -> None:
    assert callable(counted)
    with pytest.raises(ValueError, match="time zone"):
        counted(datetime(2026, 11, 27))


@pytest.mark.parametrize(("minutes", "cells"), [(0, 0), (1, 1), (5, 1), (6, 2), (105, 21)])
def test_a_duration_is_covered_by_whole_cells(minutes: int, cells: int) -> None:
    assert cells_in(timedelta(minutes=minutes)) == cells


def test_the_days_of_an_interval_leave_out_its_end() -> None:
    assert list(utc_days_of(0, 288)) == [0]
    assert list(utc_days_of(287, 289)) == [0, 1]


@given(st.integers(0, 80), st.integers(0, 80))
def test_a_mask_has_the_bits_of_its_interval(first: int, end: int) -> None:
    assert list(each_bit(cells_mask(first, end))) == list(range(first, end))


@given(st.sets(st.integers(0, 100)))
def test_bits_come_back_in_order(places: set[int]) -> None:
    assert list(each_bit(sum(1 << place for place in places))) == sorted(places)


@given(st.sets(st.integers(0, 100)), st.integers(1, 40))
def test_a_run_is_spread_over_every_start_that_would_meet_a_claim(
    claimed: set[int], length: int
) -> None:
    spread = set(each_bit(spread_down(sum(1 << place for place in claimed), length)))
    meeting = {s for s in range(101) if any(s <= place < s + length for place in claimed)}
    assert spread == meeting
