"""Who is asked first, and what becomes of a place whose guest asks again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.guest import Guest
from domain.venue import VenueId, WaitlistOrder
from domain.waitlist import (
    ON_THE_LIST,
    WaitlistEntry,
    WaitlistId,
    WaitlistStatus,
    in_order,
    joined_again,
)

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


def entry(id: str, covers: int = 2, *, minutes: int = 0, **fields: Any) -> WaitlistEntry:
    made = WaitlistEntry(
        id=WaitlistId(id),
        venue=VenueId("house"),
        day=date(2026, 11, 27),
        covers=covers,
        earliest=1200,
        latest=1470,
        guest=Guest("ana", "Ana", "+34600000001", "ana@example.org", "es"),
        created_at=NOW + timedelta(minutes=minutes),
    )
    return replace(made, **fields)


def ids(entries: tuple[WaitlistEntry, ...]) -> list[str]:
    return [each.id for each in entries]


def test_whoever_has_waited_longest_is_asked_first() -> None:
    entries = [entry("b", 6, minutes=2), entry("a", 2, minutes=3), entry("c", 4, minutes=1)]
    assert ids(in_order(entries, WaitlistOrder.FIRST)) == ["c", "b", "a"]


def test_the_largest_party_is_asked_first_and_of_equals_whoever_has_waited_longest() -> None:
    entries = [entry("a", 2, minutes=1), entry("b", 4, minutes=3), entry("c", 4, minutes=2)]
    assert ids(in_order(entries, WaitlistOrder.LARGEST)) == ["c", "b", "a"]


@pytest.mark.parametrize("status", [each for each in WaitlistStatus if each != "waiting"])
def test_only_who_waits_is_asked(status: WaitlistStatus) -> None:
    assert in_order([entry("a", status=status)], WaitlistOrder.FIRST) == ()


def test_on_the_list_is_who_waits_or_has_an_offer() -> None:
    assert {WaitlistStatus.WAITING, WaitlistStatus.OFFERED} == ON_THE_LIST


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=8),
    st.sampled_from(WaitlistOrder),
    st.randoms(),
)
def test_the_order_is_the_same_however_the_list_is_read(
    wishes: list[tuple[int, int]], order: WaitlistOrder, shuffle: Any
) -> None:
    entries = [entry(f"{i}", covers, minutes=minutes) for i, (covers, minutes) in enumerate(wishes)]
    before = in_order(entries, order)
    shuffle.shuffle(entries)
    assert in_order(entries, order) == before
    assert sorted(ids(before)) == sorted(each.id for each in entries)


def test_who_asks_again_keeps_their_place_and_what_they_do_not_say_again() -> None:
    before = entry("a", notes="terraza", version=3, status=WaitlistStatus.OFFERED)
    again = entry("b", minutes=9, earliest=1260, latest=1320, guest=Guest("ana"), channel="staff")
    assert joined_again(before, again) == replace(before, earliest=1260, latest=1320)


def test_who_asks_again_is_reached_as_they_say_now() -> None:
    now = Guest("ana", "Ana María", "+34600000002", "am@example.org", "en")
    again = entry("b", guest=now, notes="dentro")
    assert joined_again(entry("a", notes="terraza"), again) == replace(
        entry("a"), guest=now, notes="dentro"
    )


def test_a_place_stays_with_its_user_and_one_that_staff_typed_gets_one() -> None:
    eva = entry("b", guest=Guest("eva", phone="+34600000001"))
    assert joined_again(entry("a"), eva).guest.user_id == "ana"
    typed = entry("a", guest=Guest("", phone="+34600000001"))
    assert joined_again(typed, eva).guest.user_id == "eva"
