"""Bookings reach the booking store exactly once, and a guest hears only what it has answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from application.errors import StoreUnavailable
from application.ports.conflicts import ConflictKind
from application.ports.notices import NoticeKind
from domain.booking import BookingStatus
from domain.errors import SlotTaken
from domain.store_row import RecordId, StoreRow
from tests.support.office import GUEST, NINE, House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


async def test_a_booking_is_confirmed_once_its_row_is_there(house: House) -> None:
    booking = await house.book("T7")
    row = house.row(booking)
    assert booking.status is BookingStatus.CONFIRMED
    assert (row.start, row.resources, row.name) == (NINE, ("T7",), "Laura Gil")
    assert row.code.replace("-", "") == booking.code


async def test_many_bookings_at_once_are_one_row_each(house: House) -> None:
    starts = [NINE + timedelta(days=day) for day in range(1, 25)]
    booked = await asyncio.gather(
        *(house.book("T7", start=start, guest=f"+3460011{i:04}") for i, start in enumerate(starts))
    )
    assert {b.status for b in booked} == {BookingStatus.CONFIRMED}
    assert sorted(row.key or "" for row in house.store.records.values()) == sorted(
        b.id for b in booked
    )


async def test_our_own_new_rows_are_not_read_again_for_other_bookings(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[RecordId] = []
    rows = house.store.rows

    async def counted(*, records: Collection[RecordId]) -> Mapping[RecordId, StoreRow]:
        read.extend(records)
        return await rows(records=records)

    monkeypatch.setattr(house.store, "rows", counted)
    house.store.delay_s = 0.05
    places = [
        (table, NINE + timedelta(days=day)) for day in range(1, 16) for table in ("T7", "T8", "T9")
    ]
    # Several batches at the same evenings: each verify read shows what the others have just put.
    booked = await asyncio.gather(
        *(
            house.book(table, start=start, guest=f"+3460011{i:04}")
            for i, (table, start) in enumerate(places[::2] + places[1::2])
        )
    )
    assert {b.status for b in booked} == {BookingStatus.CONFIRMED}
    assert len(read) == len(set(read))  # once each, for the feed that told of them


async def test_a_move_and_a_cancellation_are_written_before_they_are_said(house: House) -> None:
    booking = await house.book("T7")
    moved = await house.move(booking, "T8", start=NINE + timedelta(hours=1))
    assert moved.status is BookingStatus.CONFIRMED
    assert house.row(moved).start == NINE + timedelta(hours=1)
    cancelled = await house.cancel(moved)
    assert cancelled.status is BookingStatus.CANCELLED
    assert house.row(booking).status is BookingStatus.CANCELLED
    assert await house.reservations.is_settled(cancelled)


async def test_only_cells_that_changed_are_written_so_that_staffs_stay(house: House) -> None:
    booking = await house.book("T7")
    record = house.row(booking).record
    # Staff write into another cell at the very moment at which the guest moves.
    house.store.records[record] = replace(house.row(booking), notes="cumpleaños")
    await house.move(booking, "T8", start=NINE + timedelta(hours=1))
    assert house.row(booking).notes == "cumpleaños"
    assert house.row(booking).resources == ("T8",)


async def test_what_staff_wrote_just_before_our_own_write_is_not_overlooked(house: House) -> None:
    booking = await house.book("T7")
    record = house.row(booking).record
    log = len(house.store._log)
    house.store.change(record, notes="cumpleaños")
    del house.store._log[log:]  # nothing but the answer to our write will tell
    await house.move(booking, "T8", start=NINE + timedelta(hours=1))

    async def is_known() -> bool:
        return (await house.now(booking)).notes == "cumpleaños"

    await house.until(is_known)


# --- slow, away, unclear ----------------------------------------------------------------------


async def test_a_store_that_is_away_means_received_and_later_confirmed(tmp_path: Path) -> None:
    async with open_house(tmp_path, deadline_s=0.3) as house:
        house.store.away = True
        booking = await house.book("T7")
        assert booking.status is BookingStatus.RECEIVED
        assert not house.store.records
        assert not await house.news()
        house.store.away = False
        await house.quiet()
        assert (await house.now(booking)).status is BookingStatus.CONFIRMED
        assert [n.kind for n in await house.news()] == [NoticeKind.CONFIRMED]


async def test_a_slow_store_means_received_and_the_row_comes_once(tmp_path: Path) -> None:
    async with open_house(tmp_path, deadline_s=0.2) as house:
        house.store.delay_s = 0.4
        booking = await house.book("T7")
        assert booking.status is BookingStatus.RECEIVED
        await house.quiet()
        assert house.row(booking).status is not None
        assert (await house.now(booking)).status is BookingStatus.CONFIRMED


async def test_a_move_and_a_cancellation_that_must_wait_are_received_too(tmp_path: Path) -> None:
    async with open_house(tmp_path, deadline_s=0.3) as house:
        booking = await house.book("T7")
        house.store.away = True
        moved = await house.move(booking, "T8", start=NINE + timedelta(hours=1))
        assert moved.status is BookingStatus.RECEIVED
        cancelled = await house.cancel(moved)
        assert not await house.reservations.is_settled(cancelled)
        house.store.away = False
        await house.quiet()
        assert house.row(booking).status is BookingStatus.CANCELLED
        assert [n.kind for n in await house.news()] == [NoticeKind.CANCELLATION_STORED]


async def test_answers_that_are_lost_make_no_second_row(tmp_path: Path) -> None:
    async with open_house(tmp_path, deadline_s=0.3) as house:
        house.store.answers_are_lost = True
        booking = await house.book("T7")
        assert booking.status is BookingStatus.RECEIVED
        await asyncio.sleep(1.0)
        house.store.answers_are_lost = False
        await house.quiet()
        house.row(booking)  # exactly one
        assert (await house.now(booking)).status is BookingStatus.CONFIRMED


async def test_a_row_that_is_refused_does_not_hurt_the_others(tmp_path: Path) -> None:
    async with open_house(tmp_path, deadline_s=0.5) as house:
        async with open_house(tmp_path, store=house.store, ledger=house.ledger, works=False):
            pass
        house.store.away = True
        bad = await house.book("T7")
        good = await house.book("T8", guest="+34600111333")
        house.store.refuses = {bad.code}
        house.store.away = False

        async def good_is_there() -> bool:
            return (await house.now(good)).status is BookingStatus.CONFIRMED

        async def is_listed() -> bool:
            return [c.kind for c in await house.conflicts()] == [ConflictKind.REFUSED]

        await house.until(good_is_there)
        await house.until(is_listed)
        assert (await house.now(bad)).status is BookingStatus.RECEIVED


# --- staff are faster ---------------------------------------------------------------------------


async def test_a_row_typed_meanwhile_gets_the_table_and_the_guest_another(house: House) -> None:
    house.store.delay_s = 0.1
    asking = asyncio.create_task(house.book("T7"))
    await asyncio.sleep(0.02)
    house.typed("T7")
    booking = await asking
    assert booking.status is BookingStatus.CONFIRMED
    await house.quiet()
    floor = await house.on_the_floor()
    assert [b.resources for b in floor] == [("T7",), ("T8",)]
    assert (await house.now(booking)).resources == ("T8",)
    assert house.row(booking).resources == ("T8",)
    assert not await house.conflicts()


async def test_without_another_table_the_guest_is_offered_something_else(house: House) -> None:
    every = tuple(each.id for each in house.venue.resources)
    house.store.delay_s = 0.1
    asking = asyncio.create_task(house.book("T7"))
    await asyncio.sleep(0.02)
    for table in every:
        house.typed(table, covers=2)
    with pytest.raises(SlotTaken):
        await asking
    await house.quiet()
    assert len(await house.on_the_floor()) == len(every)
    assert not await house.news()


async def test_a_guest_who_heard_received_hears_that_it_could_not_be(tmp_path: Path) -> None:
    async with open_house(tmp_path, deadline_s=0.3) as house:
        house.store.away = True
        booking = await house.book("T7")
        assert booking.status is BookingStatus.RECEIVED
        for table in house.venue.resources:
            house.typed(table.id, covers=2)
        house.store.away = False
        await house.quiet()
        assert (await house.now(booking)).status is BookingStatus.CANCELLED
        assert [n.kind for n in await house.news(GUEST)] == [NoticeKind.NOT_CONFIRMED]
        (conflict,) = await house.conflicts()
        assert conflict.kind is ConflictKind.NOT_CONFIRMED
        assert "no he podido confirmar" in conflict.draft


async def test_a_move_to_a_place_that_staff_took_goes_back_to_the_old_one(house: House) -> None:
    booking = await house.book("T7")
    late = NINE + timedelta(hours=2)
    house.store.delay_s = 0.1
    moving = asyncio.create_task(house.move(booking, "T8", start=late))
    await asyncio.sleep(0.02)
    for table in house.venue.resources:
        if table.id != "T7":
            house.typed(table.id, covers=2, start=late)
    house.typed("T7", covers=2, start=late)
    with pytest.raises(SlotTaken):
        await moving
    await house.quiet()
    stands = await house.now(booking)
    assert (stands.start, stands.resources, stands.status) == (
        NINE,
        ("T7",),
        BookingStatus.CONFIRMED,
    )
    assert house.row(booking).start == NINE


async def test_a_look_that_failed_is_taken_again_before_anything_is_confirmed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.quiet()
    overlapping, failures = house.store.overlapping, [StoreUnavailable("once")]

    async def fails_once(**asked: Any) -> Sequence[StoreRow]:
        if failures:
            # Staff's row comes while the first look fails, and the feed does not tell of it.
            log = len(house.store._log)
            house.typed("T7")
            del house.store._log[log:]
            raise failures.pop()
        return await overlapping(**asked)

    monkeypatch.setattr(house.store, "overlapping", fails_once)
    booking = await house.book("T7")
    assert booking.status is BookingStatus.CONFIRMED
    assert [b.resources for b in await house.on_the_floor()] == [("T7",), ("T8",)]
    assert (await house.now(booking)).resources == ("T8",)


# --- processes ----------------------------------------------------------------------------------


async def test_another_process_goes_on_where_one_stopped(tmp_path: Path) -> None:
    async with open_house(tmp_path, deadline_s=0.2, works=False) as asks:
        booking = await asks.book("T7")
        assert booking.status is BookingStatus.RECEIVED
        async with open_house(
            tmp_path, store=asks.store, ledger=asks.ledger, holder="two"
        ) as works:
            await works.quiet()
        assert (await asks.now(booking)).status is BookingStatus.CONFIRMED


async def test_a_booking_of_one_process_is_put_by_the_other_while_the_guest_waits(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as first:
        await first.quiet()
        async with open_house(
            tmp_path, store=first.store, ledger=first.ledger, holder="two"
        ) as second:
            booking = await second.book("T7")
            assert booking.status is BookingStatus.CONFIRMED


async def test_the_lease_is_given_back_at_the_end_so_that_the_next_goes_on_at_once(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, holder="one") as first:
        await first.book("T7")
        store = first.store
    async with open_house(tmp_path, store=store, holder="two") as second:
        async with asyncio.timeout(5):
            booking = await second.book("T8", guest="+34600111333")
    assert booking.status is BookingStatus.CONFIRMED


async def test_a_guest_who_booked_is_on_staffs_list_once(house: House) -> None:
    for start in (NINE, NINE + timedelta(days=1)):
        await house.book("T7", start=start)

    async def is_listed() -> bool:
        last = [guest.last_booking for guest in house.store.guests.values()]
        return last == [NINE + timedelta(days=1)]

    await house.until(is_listed)
