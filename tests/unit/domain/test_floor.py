"""The day sheet as a value, and the units that a venue's resources make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cells import cell_of, each_bit
from domain.floor import (
    Allocation,
    Charge,
    Claim,
    DaySheet,
    build_sheet,
    sheet_window,
    split_units,
    units_of,
)
from domain.venue import Combination, Policy, ResourceId
from domain.zones import instant_of
from tests.unit.domain.houses import (
    CHECK_UP,
    DINNER,
    FRIDAY,
    LUNCH,
    MADRID,
    NOW,
    clinic,
    minutes,
    restaurant,
    table,
)

VENUE = restaurant()
FIRST, END = sheet_window(VENUE, FRIDAY)
NAMES = ("T1", "T2", "T3")


def claim(name: str, first: int, end: int) -> Claim:
    return Claim(ResourceId(name), FIRST + first, FIRST + end)


def charge(key: str, covers: int) -> Charge:
    return Charge(key, "kitchen", covers, 1, None, None)


def allocation(name: str, *claims: Claim, hold: int | None = None, covers: int = 0) -> Allocation:
    charges = (charge("kitchen@1", covers),) if covers else ()
    return Allocation(name, claims, charges, None if hold is None else NOW + minutes(hold))


def sheet(*allocations: Allocation, now: datetime = NOW) -> DaySheet:
    return build_sheet(VENUE, FRIDAY, allocations, now=now)


def cells_of(bits_of: DaySheet, name: str, *, held: bool = False) -> list[int]:
    bits = bits_of.held if held else bits_of.busy
    return list(each_bit(bits.get(ResourceId(name), 0)))


# --- the sheet --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Madrid", date(2026, 11, 27), 40),
        ("Europe/Madrid", date(2026, 10, 25), 41),
        ("Europe/Madrid", date(2026, 10, 24), 41),
        ("Europe/Madrid", date(2027, 3, 28), 39),
        ("Africa/Cairo", date(2027, 4, 30), 39),
        ("Africa/Cairo", date(2027, 4, 29), 39),
        ("America/Havana", date(2027, 11, 7), 41),
    ],
)
def test_a_sheet_spans_midnight_to_noon_of_the_day_after_with_room_for_buffers(
    zone: str, day: date, hours: int
) -> None:
    venue = restaurant(zone=ZoneInfo(zone))
    first, end = sheet_window(venue, day)
    assert end - first == hours * 12
    assert first == cell_of(instant_of(day, 0, venue.zone) - timedelta(hours=2))


def test_a_sheet_knows_what_is_busy_and_what_of_it_is_only_held() -> None:
    both = sheet(
        allocation("b", claim("T1", 10, 13)), allocation("h", claim("T1", 12, 15), hold=10)
    )
    assert cells_of(both, "T1") == [10, 11, 12, 13, 14]
    assert cells_of(both, "T1", held=True) == [13, 14]


def test_a_lapsed_hold_is_left_out() -> None:
    lapsed = sheet(allocation("h", claim("T1", 10, 13), hold=0, covers=2))
    assert (lapsed.busy, lapsed.held, lapsed.charges) == ({}, {}, {})


def test_claims_across_the_edge_are_cut_and_those_beyond_it_ignored() -> None:
    edge = sheet(
        allocation("a", claim("T1", -4, 2)),
        allocation("b", claim("T2", END - FIRST - 1, END - FIRST + 9)),
        allocation("c", claim("T3", -9, 0), covers=4),
    )
    assert cells_of(edge, "T1") == [0, 1]
    assert cells_of(edge, "T2") == [END - FIRST - 1]
    assert cells_of(edge, "T3") == []
    assert edge.charges == {}


def test_charges_of_one_window_add_up() -> None:
    full = sheet(
        allocation("a", claim("T1", 0, 9), covers=2), allocation("b", claim("T2", 0, 9), covers=4)
    )
    assert full.charges == {"kitchen@1": (6, 2)}


def test_the_first_hold_to_lapse_says_how_long_a_sheet_is_good() -> None:
    holds = [allocation(str(m), claim("T1", m, m + 1), hold=m) for m in (30, 10, 20)]
    held = sheet(allocation("b", claim("T2", 0, 5)), *holds)
    assert held.next_expiry == NOW + minutes(10)
    assert held.as_of(NOW + minutes(9)) is held
    later = held.as_of(NOW + minutes(20))
    assert later.next_expiry == NOW + minutes(30)
    assert cells_of(later, "T1") == [30]


def test_taking_away_one_of_two_that_overlap_keeps_the_other() -> None:
    both = sheet(allocation("a", claim("T1", 0, 6)), allocation("b", claim("T1", 4, 9)))
    assert cells_of(both.remove("a"), "T1") == [4, 5, 6, 7, 8]


def test_taking_away_what_is_not_there_changes_nothing() -> None:
    some = sheet(allocation("a", claim("T1", 0, 6)))
    assert some.remove("b") is some


def test_adding_does_not_change_the_sheet_it_is_added_to() -> None:
    before = sheet(allocation("a", claim("T1", 0, 6)))
    after = before.add(allocation("b", claim("T1", 8, 9)))
    assert cells_of(before, "T1") == [0, 1, 2, 3, 4, 5]
    assert cells_of(after, "T1") == [0, 1, 2, 3, 4, 5, 8]


ALLOCATIONS = st.lists(
    st.builds(
        allocation,
        st.sampled_from(["a", "b", "c", "d", "e"]),
        st.builds(
            lambda name, first, length: claim(name, first, first + length),
            st.sampled_from(NAMES),
            st.integers(-10, END - FIRST + 5),
            st.integers(1, 30),
        ),
        hold=st.none() | st.integers(1, 30),
        covers=st.integers(0, 6),
    ),
    max_size=8,
)


@given(ALLOCATIONS)
def test_a_sheet_grown_one_by_one_is_the_sheet_built_at_once(added: list[Allocation]) -> None:
    grown = sheet()
    for each in added:
        grown = grown.add(each)
    assert visible(grown) == visible(sheet(*{each.id: each for each in added}.values()))


@given(ALLOCATIONS, st.sampled_from(["a", "b", "c"]))
def test_adding_and_taking_away_again_changes_nothing(added: list[Allocation], name: str) -> None:
    others = {each.id: each for each in added if each.id != name}
    before = sheet(*others.values())
    again = before.add(allocation(name, claim("T1", 3, 9), hold=5, covers=3)).remove(name)
    assert visible(again) == visible(before)


@given(ALLOCATIONS, st.integers(0, 40))
def test_a_sheet_as_of_later_is_the_sheet_built_later(added: list[Allocation], wait: int) -> None:
    kept = {each.id: each for each in added}.values()
    later = NOW + minutes(wait)
    assert visible(sheet(*kept).as_of(later)) == visible(sheet(*kept, now=later))


def visible(shown: DaySheet) -> tuple[object, ...]:
    """What a sheet says, without entries that say nothing."""
    return (
        {name: bits for name, bits in shown.busy.items() if bits},
        {name: bits for name, bits in shown.held.items() if bits},
        {key: taken for key, taken in shown.charges.items() if taken != (0, 0)},
        shown.next_expiry,
    )


# --- units ------------------------------------------------------------------------------------


def test_a_table_and_a_permitted_combination_are_units() -> None:
    names = {unit.resources for unit in units_of(VENUE, DINNER)}
    assert names == {("T1",), ("T2",), ("T3",), ("T4",), ("T1", "T2")}


def test_a_combination_has_its_own_limits_and_what_all_its_tables_have() -> None:
    tables = (
        table("T1", 2, area="terrace", features=frozenset({"view", "quiet"})),
        table("T2", 4, area="terrace", features=frozenset({"view"})),
    )
    pair = Combination((ResourceId("T2"), ResourceId("T1")), 4, 5)
    venue = restaurant(resources=tables, combinations=(pair,))
    unit = next(unit for unit in units_of(venue, DINNER) if len(unit.seats) == 2)
    assert unit.resources == ("T1", "T2")
    assert (unit.min_covers, unit.max_covers, unit.size) == (4, 5, 6)
    assert unit.features == {"terrace", "view"}


def test_a_practitioner_and_a_room_are_a_unit_and_either_may_bring_a_feature() -> None:
    house = clinic()
    units = units_of(house, CHECK_UP)
    assert {unit.resources for unit in units} == {
        (practitioner, room) for practitioner in ("DRA-A", "DR-B") for room in ("ROOM-1", "ROOM-2")
    }


def test_a_combination_with_a_table_that_does_not_serve_is_no_unit() -> None:
    tables = (table("T1", 2), table("T2", 2, services=frozenset({LUNCH})))
    venue = restaurant(resources=tables)
    assert [unit.resources for unit in units_of(venue, DINNER)] == [("T1",)]
    assert len(units_of(venue, LUNCH)) == 3


def test_a_split_is_two_tables_of_which_neither_would_do() -> None:
    venue = restaurant(policy=Policy(allow_split=True))
    assert [unit.resources for unit in split_units(venue, DINNER, 6)] == [
        ("T1", "T3"),
        ("T2", "T3"),
    ]
    assert split_units(restaurant(), DINNER, 6) == ()


def test_units_are_worked_out_once_for_a_venue() -> None:
    assert units_of(VENUE, DINNER) is units_of(restaurant(), DINNER)


def test_the_sheet_of_a_day_starts_before_its_own_midnight() -> None:
    assert datetime.fromtimestamp(FIRST * 300, UTC) == datetime(2026, 11, 26, 21, tzinfo=UTC)
    assert MADRID.utcoffset(datetime(2026, 11, 27)) == timedelta(hours=1)
