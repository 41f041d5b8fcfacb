"""What staff mean by editing a row: their cells count, the engine's pending changes stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.guest import Guest
from domain.staff_edit import Edit, edit_of, new_booking, overtaken
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, ServiceId, Venue
from infrastructure.venues.loader import load_venues

VENUES = {venue.id: venue for venue in load_venues(None)}
TERRAZA: Venue = next(v for v in VENUES.values() if v.id == "la-terraza")
CLINIC: Venue = next(v for v in VENUES.values() if v.id == "clinica-sonrisa")

NINE = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)  # 21:00 in Madrid
LENGTH = timedelta(minutes=105)
T7, T8 = ResourceId("T7"), ResourceId("T8")

BOOKING = Booking(
    id=BookingId("b1"),
    code=BookingCode("7K29MAXY4"),
    venue=TERRAZA.id,
    service=ServiceId("dinner"),
    start=NINE,
    end=NINE + LENGTH,
    party_size=PartySize(4),
    resources=(T7,),
    status=BookingStatus.CONFIRMED,
    guest=Guest("+34600111222", "Laura Gil", "+34600111222", "", "es"),
    created_at=NINE - timedelta(days=3),
    version=3,
)
SEEN = StoreRow(
    record=RecordId("rec1"),
    created_at=BOOKING.created_at,
    venue=TERRAZA.id,
    key=BOOKING.id,
    version=3,
    code=BOOKING.code,
    start=BOOKING.start,
    end=BOOKING.end,
    covers=4,
    service=BOOKING.service,
    resources=BOOKING.resources,
    status=BookingStatus.CONFIRMED,
    name="Laura Gil",
    phone="+34600111222",
)
TYPED = StoreRow(
    record=RecordId("rec2"),
    created_at=NINE - timedelta(days=1),
    venue=TERRAZA.id,
    start=NINE,
    status=BookingStatus.CONFIRMED,
    name="Ana",
)


def edited(booking: Booking = BOOKING, **cells: object) -> Edit:
    edit = edit_of(replace(SEEN, **cells), SEEN, booking, TERRAZA)  # type: ignore[arg-type]
    assert edit is not None
    return edit


def typed(**cells: object) -> Booking:
    row = replace(TYPED, **cells)  # type: ignore[arg-type]
    return new_booking(row, TERRAZA, id=BookingId("new"), code=BookingCode("ACEFHJKLM")).booking


# --- edits ------------------------------------------------------------------------------------


def test_a_row_that_is_as_it_was_is_no_edit() -> None:
    assert edit_of(SEEN, SEEN, BOOKING, TERRAZA) is None


def test_what_only_the_engine_writes_is_no_edit() -> None:
    row = replace(SEEN, conflict="look here", version=4, code="")
    assert edit_of(row, SEEN, BOOKING, TERRAZA) is None


def test_a_start_that_is_moved_alone_takes_its_end_along() -> None:
    edit = edited(start=NINE + timedelta(hours=1))
    assert (edit.booking.start, edit.booking.end) == (
        NINE + timedelta(hours=1),
        NINE + timedelta(hours=1) + LENGTH,
    )
    assert edit.moved
    assert edit.repair


def test_an_end_that_is_dragged_makes_the_stay_longer_and_nobody_has_to_hear_of_it() -> None:
    edit = edited(end=BOOKING.end + timedelta(minutes=30))
    assert edit.booking.end == BOOKING.end + timedelta(minutes=30)
    assert not edit.moved
    assert not edit.repair


@pytest.mark.parametrize("slip", [timedelta(hours=-1), timedelta(days=365)])
def test_an_end_that_cannot_be_meant_is_put_right(slip: timedelta) -> None:
    edit = edited(end=NINE + slip)
    assert edit.booking.end == NINE + LENGTH
    assert edit.repair


def test_another_party_is_told_to_the_guest() -> None:
    edit = edited(covers=5)
    assert edit.booking.party_size == PartySize(5)
    assert edit.moved


def test_another_table_is_nothing_the_guest_has_to_hear() -> None:
    edit = edited(resources=(T8,))
    assert edit.booking.resources == (T8,)
    assert not edit.moved


def test_a_table_that_is_emptied_is_left_to_the_engine() -> None:
    edit = edited(resources=())
    assert edit.choose_resources
    assert edit.repair


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.NO_SHOW])
def test_staff_set_any_status_they_like(status: BookingStatus) -> None:
    edit = edited(status=status)
    assert edit.booking.status is status
    assert edit.cancelled == (status is BookingStatus.CANCELLED)
    assert not edit.moved


def test_a_cancelled_booking_comes_back_to_life() -> None:
    gone = replace(SEEN, status=BookingStatus.CANCELLED)
    edit = edit_of(SEEN, gone, replace(BOOKING, status=BookingStatus.CANCELLED), TERRAZA)
    assert edit is not None
    assert edit.booking.status is BookingStatus.CONFIRMED


def test_a_booking_under_way_whose_row_staff_edit_is_confirmed_by_that() -> None:
    waiting = replace(BOOKING, status=BookingStatus.RECEIVED)
    assert edited(waiting, notes="window").booking.status is BookingStatus.CONFIRMED


def test_what_the_engine_wrote_since_the_row_was_seen_is_no_edit_of_staff() -> None:
    moved = replace(BOOKING, resources=(T8,), status=BookingStatus.CONFIRMING, version=4)
    written = replace(SEEN, resources=(T8,), version=4)
    assert edit_of(written, SEEN, moved, TERRAZA) is None
    edit = edit_of(replace(written, covers=5), SEEN, moved, TERRAZA)
    assert edit is not None
    assert (edit.booking.resources, edit.booking.party_size) == ((T8,), PartySize(5))


def test_what_the_engine_has_changed_meanwhile_stays_where_staff_touched_something_else() -> None:
    moved = replace(
        BOOKING,
        start=NINE + timedelta(hours=1),
        end=NINE + timedelta(hours=1) + LENGTH,
        resources=(T8,),
        version=4,
    )
    edit = edited(moved, notes="alergia al marisco")
    assert (edit.booking.start, edit.booking.resources) == (moved.start, (T8,))
    assert edit.booking.notes == "alergia al marisco"
    assert edit.repair
    assert not edit.moved


def test_where_both_have_changed_the_same_cell_staff_are_right() -> None:
    moved = replace(BOOKING, resources=(T8,), version=4)
    assert edited(moved, resources=(ResourceId("T9"),)).booking.resources == (ResourceId("T9"),)


def test_every_edit_is_a_new_version_and_calendars_follow_a_new_time() -> None:
    assert edited(notes="x").booking.version == 4
    assert edited(notes="x").booking.sequence == 0
    assert edited(start=NINE + timedelta(hours=1)).booking.sequence == 1


def test_a_row_that_shows_an_older_version_is_written_again() -> None:
    edit = overtaken(BOOKING)
    assert edit.repair
    assert edit.booking == replace(BOOKING, version=4)


# --- rows that become bookings ----------------------------------------------------------------


def test_a_row_without_an_end_lasts_as_long_as_the_house_says() -> None:
    booking = typed(covers=4)
    assert booking.end - booking.start == TERRAZA.service(ServiceId("dinner")).turn_time(4)


def test_a_row_without_a_party_is_for_two_at_a_table_and_for_one_in_a_chair() -> None:
    assert typed().party_size == PartySize(2)
    row = replace(TYPED, venue=CLINIC.id, start=datetime(2026, 11, 27, 14, 0, tzinfo=UTC))
    edit = new_booking(row, CLINIC, id=BookingId("c"), code=BookingCode("ACEFHJKLM"))
    assert edit.booking.party_size == PartySize(1)


def test_a_row_without_a_service_has_the_one_that_is_open_then() -> None:
    assert typed().service == "dinner"
    assert typed(start=datetime(2026, 11, 27, 12, 30, tzinfo=UTC)).service == "lunch"


def test_a_row_at_an_hour_at_which_the_house_is_closed_is_a_booking_all_the_same() -> None:
    assert typed(start=datetime(2026, 11, 27, 6, 0, tzinfo=UTC)).start.hour == 6


def test_a_row_without_a_table_leaves_the_choice_to_the_engine() -> None:
    edit = new_booking(TYPED, TERRAZA, id=BookingId("n"), code=BookingCode("ACEFHJKLM"))
    assert edit.choose_resources
    assert edit.repair


@pytest.mark.parametrize("status", [BookingStatus.CONFIRMING, BookingStatus.RECEIVED])
def test_what_only_the_engine_says_means_a_booking_when_staff_choose_it(
    status: BookingStatus,
) -> None:
    assert typed(status=status).status is BookingStatus.CONFIRMED


@pytest.mark.parametrize(
    "cells",
    [{"start": None}, {"status": None}, {"unreadable": ("resources",)}],
    ids=["no time", "no status", "unreadable"],
)
def test_a_half_typed_row_is_no_booking(cells: dict[str, object]) -> None:
    assert not replace(TYPED, **cells).is_booking  # type: ignore[arg-type]
