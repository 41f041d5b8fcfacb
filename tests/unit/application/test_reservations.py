"""What staff ask of the floor, over a ledger in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.reservations import CannotPlace, StaffBooking, StaffChange
from domain.availability import RefusalCode
from domain.booking import Booking, BookingCode, BookingStatus
from domain.errors import (
    BookingChanged,
    BookingNotFound,
    IllegalTransition,
    KeyReused,
    SlotTaken,
)
from domain.floor import Placement
from domain.venue import Policy, ResourceId, ServiceId, VenueId
from tests.unit.application.stand_ins import House
from tests.unit.domain.houses import FRIDAY, MONDAY, clinic, restaurant

NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)


def wanted(**own: Any) -> StaffBooking:
    return StaffBooking(
        **{"venue": VenueId("house"), "start": NINE, "covers": 2, "name": "Rosa", **own}
    )


async def test_staff_get_the_best_table_and_the_booking_is_confirmed() -> None:
    house = House()
    booking = await house.reservations.book_for_staff(wanted(), idempotency_key="k1")
    assert booking.status is BookingStatus.CONFIRMED
    assert booking.resources in {(ResourceId("T1"),), (ResourceId("T2"),)}
    assert (booking.channel, booking.service) == ("staff", ServiceId("dinner"))


async def test_the_same_key_again_returns_the_same_booking_and_another_request_is_refused() -> None:
    reservations = House().reservations
    first = await reservations.book_for_staff(wanted(), idempotency_key="k1")
    assert await reservations.book_for_staff(wanted(), idempotency_key="k1") == first
    with pytest.raises(KeyReused):
        await reservations.book_for_staff(wanted(covers=3), idempotency_key="k1")


async def test_a_table_that_is_taken_is_refused_with_what_is_left() -> None:
    reservations = House().reservations
    four = {"covers": 4, "resources": (ResourceId("T3"),)}
    await reservations.book_for_staff(wanted(**four), idempotency_key="k1")
    with pytest.raises(CannotPlace) as refused:
        await reservations.book_for_staff(wanted(**four), idempotency_key="k2")
    assert refused.value.refusal.code is RefusalCode.NO_RESOURCE
    assert refused.value.alternatives[0].start == NINE
    assert refused.value.alternatives[0].resources != (ResourceId("T3"),)


def outrun(house: House, monkeypatch: pytest.MonkeyPatch, *, races: int) -> list[Placement]:
    """So many writes come too late for their table; gives all the places that were tried."""
    book, tried = house.ledger.bookings.book, []

    async def late(**given: Any) -> Booking:
        tried.append(given["placement"])
        if len(tried) <= races:
            raise SlotTaken
        return await book(**given)

    monkeypatch.setattr(house.ledger.bookings, "book", late)
    return tried


async def test_where_somebody_is_quicker_staff_get_a_table_at_another_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    tried = outrun(house, monkeypatch, races=4)
    booking = await house.reservations.book_for_staff(wanted(), idempotency_key="k1")
    assert booking.status is BookingStatus.CONFIRMED
    assert len(tried) == 5


async def test_whoever_is_outrun_every_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    tried = outrun(house, monkeypatch, races=9)
    with pytest.raises(CannotPlace):
        await house.reservations.book_for_staff(wanted(), idempotency_key="k1")
    assert len(tried) == len(house.venue.resources) + 1


async def test_a_table_that_staff_name_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    tried = outrun(house, monkeypatch, races=1)
    named = wanted(resources=(ResourceId("T1"),))
    with pytest.raises(CannotPlace):
        await house.reservations.book_for_staff(named, idempotency_key="k1")
    assert len(tried) == 1


async def test_the_houses_limits_for_guests_do_not_bind_staff() -> None:
    strict = Policy(lead_time=timedelta(days=2), max_party=2, booking_window=timedelta(days=3))
    house = House(venue=restaurant(policy=strict))
    soon = house.clock.now() + timedelta(hours=10)
    booking = await house.reservations.book_for_staff(
        wanted(start=soon, covers=8), idempotency_key="k1"
    )
    assert booking.party_size.covers == 8


async def test_a_walk_in_is_seated_at_the_start_that_has_just_passed() -> None:
    house = House()
    booking = await house.reservations.book_for_staff(
        wanted(start=NINE + timedelta(minutes=7), walk_in=True), idempotency_key="k1"
    )
    assert (booking.start, booking.channel) == (NINE, "walk_in")


async def test_outside_opening_hours_nothing_is_booked() -> None:
    reservations = House().reservations
    early = NINE.replace(hour=7)
    with pytest.raises(CannotPlace) as refused:
        await reservations.book_for_staff(wanted(start=early), idempotency_key="k1")
    assert refused.value.refusal.code is RefusalCode.CLOSED


async def test_an_unknown_service_or_table_is_a_key_error() -> None:
    reservations = House().reservations
    with pytest.raises(KeyError):
        await reservations.book_for_staff(wanted(service=ServiceId("tea")), idempotency_key="a")
    ghost = (ResourceId("T99"),)
    with pytest.raises(KeyError):
        await reservations.book_for_staff(wanted(resources=ghost), idempotency_key="b")


async def test_a_move_keeps_its_table_where_that_is_free_and_its_code_always() -> None:
    reservations = House().reservations
    first = await reservations.book_for_staff(
        wanted(covers=4, resources=(ResourceId("T3"),)), idempotency_key="k1"
    )
    change = StaffChange(start=NINE + timedelta(minutes=30))
    moved = await reservations.change_for_staff(first.code, change)
    assert (moved.code, moved.resources) == (first.code, first.resources)
    assert moved.start == NINE + timedelta(minutes=30)
    assert moved.sequence == first.sequence + 1


async def test_a_move_to_a_taken_table_changes_nothing() -> None:
    reservations = House().reservations
    tables = [(ResourceId("T3"),), (ResourceId("T4"),)]
    first, second = [
        await reservations.book_for_staff(wanted(covers=4, resources=on), idempotency_key=f"k{n}")
        for n, on in enumerate(tables)
    ]
    with pytest.raises(CannotPlace):
        await reservations.change_for_staff(first.code, StaffChange(resources=second.resources))
    assert await reservations.get(first.code) == first


async def test_a_change_read_from_an_old_version_is_refused() -> None:
    reservations = House().reservations
    first = await reservations.book_for_staff(wanted(), idempotency_key="k1")
    await reservations.change_for_staff(first.code, StaffChange(notes="cumpleaños"), version=1)
    with pytest.raises(BookingChanged):
        await reservations.change_for_staff(first.code, StaffChange(notes="otra"), version=1)


async def test_a_change_of_slot_guest_and_status_is_made_in_that_order() -> None:
    reservations = House().reservations
    first = await reservations.book_for_staff(wanted(), idempotency_key="k1")
    change = StaffChange(
        start=NINE + timedelta(minutes=15), name="Rosa Luz", status=BookingStatus.SEATED
    )
    changed = await reservations.change_for_staff(first.code, change, version=first.version)
    assert changed.start == NINE + timedelta(minutes=15)
    assert (changed.guest.name, changed.status) == ("Rosa Luz", BookingStatus.SEATED)


async def test_cancelling_twice_changes_nothing_and_the_table_is_free_again() -> None:
    reservations = House().reservations
    four = {"covers": 8}
    first = await reservations.book_for_staff(wanted(**four), idempotency_key="k1")
    cancelled = await reservations.cancel_for_staff(first.code)
    assert await reservations.cancel_for_staff(first.code) == cancelled
    again = await reservations.book_for_staff(wanted(**four), idempotency_key="k2")
    assert again.resources == first.resources


async def test_what_is_over_cannot_come_back() -> None:
    reservations = House().reservations
    first = await reservations.book_for_staff(wanted(), idempotency_key="k1")
    await reservations.cancel_for_staff(first.code)
    back = StaffChange(status=BookingStatus.SEATED)
    with pytest.raises(IllegalTransition):
        await reservations.change_for_staff(first.code, back)


async def test_an_unknown_code_is_not_found() -> None:
    with pytest.raises(BookingNotFound):
        await House().reservations.get(BookingCode("AAA222CCC"))


async def test_a_service_day_runs_past_midnight_and_no_further() -> None:
    house = House()
    after_midnight = datetime(2026, 11, 27, 22, 45, tzinfo=UTC)
    late = await house.reservations.book_for_staff(
        wanted(start=after_midnight - timedelta(hours=1)), idempotency_key="k1"
    )
    lunch = datetime(2026, 11, 28, 13, tzinfo=UTC)
    await house.reservations.book_for_staff(wanted(start=lunch), idempotency_key="k2")
    friday = await house.reservations.bookings_on(house.venue, day=FRIDAY)
    assert list(friday) == [late]
    assert len(await house.reservations.bookings_on(house.venue, day=None)) == 2


async def test_a_day_lists_every_start_and_every_refusal_in_order() -> None:
    house = House()
    await house.reservations.book_for_staff(wanted(covers=8), idempotency_key="k1")
    found = await house.reservations.on_day(
        house.venue, day=FRIDAY, covers=8, service=ServiceId("dinner"), first=1200, last=1380
    )
    starts = [slot.start for slot in found.availability.slots]
    assert starts == sorted(starts)
    refused = {r.start: r.code for r in found.availability.refusals}
    assert refused[NINE] is RefusalCode.NO_RESOURCE
    assert not set(starts) & set(refused)


async def test_a_warm_sheet_is_used_until_something_changes() -> None:
    house = House()

    async def source() -> str:
        return (await house.reservations.on_day(house.venue, day=MONDAY, covers=2)).source

    assert [await source(), await source()] == ["ledger", "cache"]
    monday = NINE + timedelta(days=3)
    await house.reservations.book_for_staff(wanted(start=monday), idempotency_key="k1")
    assert [await source(), await source()] == ["ledger", "cache"]


async def test_a_clinics_visit_takes_a_person_and_a_room() -> None:
    house = House(venue=clinic())
    morning = datetime(2026, 11, 27, 14, tzinfo=UTC)
    booking = await house.reservations.book_for_staff(
        replace(wanted(), venue=VenueId("clinic"), start=morning, covers=1), idempotency_key="k1"
    )
    kinds = {house.venue.resource(name).kind for name in booking.resources}
    assert kinds == {"practitioner", "room"}
