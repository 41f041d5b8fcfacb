"""Each thing that staff can do to a row, and what it means for the floor, the list and the guest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from application.ports.booking_store import StoreChanges
from application.ports.conflicts import ConflictKind
from application.ports.notices import NoticeKind
from application.store_keeper import LAST_READING
from application.store_sync import sync
from domain.booking import Booking, BookingStatus, PartySize
from domain.venue import Closure, ResourceId
from tests.support.office import NINE, House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        await opened.quiet()
        yield opened


async def only_booking(house: House) -> Booking:
    (booking,) = await house.on_the_floor()
    return booking


# --- create -------------------------------------------------------------------------------------


async def test_a_row_that_staff_type_takes_its_table(house: House) -> None:
    record = house.typed("T7")
    await house.quiet()
    booking = await only_booking(house)
    row = house.store.records[record]
    assert booking.resources == ("T7",)
    assert (row.key, row.code.replace("-", "")) == (booking.id, booking.code)
    assert row.end == booking.end
    assert row.name == "Del cuaderno"


async def test_a_row_without_a_table_gets_the_best_that_is_free(house: House) -> None:
    await house.book("T7")
    record = house.typed()
    await house.quiet()
    assert house.store.records[record].resources == ("T8",)


async def test_a_row_for_which_no_table_is_free_is_listed_until_one_is(house: House) -> None:
    taken = [house.typed(each.id, covers=2) for each in house.venue.resources]
    await house.quiet()
    record = house.typed()
    await house.quiet()
    (conflict,) = await house.conflicts()
    assert (conflict.kind, conflict.record) == (ConflictKind.NO_RESOURCE, record)
    assert house.store.records[record].conflict
    assert len(house.store.comments[record]) == 1
    house.store.change(taken[0], status=BookingStatus.CANCELLED)
    house.store.change(record, resources=(house.venue.resources[0].id,), covers=2)
    await house.quiet()
    assert not await house.conflicts()
    assert not house.store.records[record].conflict
    assert house.store.records[record].key


async def test_a_half_typed_row_is_no_booking_until_it_is_whole(house: House) -> None:
    record = house.typed("T7", status=None, start=None, name="")
    for so_far in ("A", "An", "Ana"):
        house.store.change(record, name=so_far)
        await house.quiet()
        assert not await house.on_the_floor()
    house.store.change(record, start=NINE)
    await house.quiet()
    assert not await house.on_the_floor()
    house.store.change(record, status=BookingStatus.CONFIRMED)
    await house.quiet()
    assert (await only_booking(house)).guest.name == "Ana"


async def test_a_row_that_staff_copy_is_a_booking_of_its_own(house: House) -> None:
    booking = await house.book("T7")
    copy = house.store.copy(
        house.row(booking).record, start=NINE + timedelta(days=1), end=None, name="Otra"
    )
    await house.quiet()
    row = house.store.records[copy]
    assert row.key not in (None, booking.id)
    assert row.code != house.row(booking).code
    assert (await house.now(booking)).start == NINE


# --- move, resize, rewrite ------------------------------------------------------------------------


async def test_a_booking_that_staff_move_is_moved_and_its_guest_hears_of_it(house: House) -> None:
    booking = await house.book("T7")
    later = NINE + timedelta(hours=1)
    house.store.change(house.row(booking).record, start=later)
    await house.quiet()
    moved = await house.now(booking)
    assert (moved.start, moved.end) == (later, booking.end + timedelta(hours=1))
    assert house.row(booking).end == moved.end
    (notice,) = await house.news()
    assert (notice.kind, notice.booking.start) == (NoticeKind.MOVED, later)
    assert notice.before is not None
    assert notice.before.start == NINE
    (conflict,) = await house.conflicts()
    assert conflict.kind is ConflictKind.MOVED
    assert "22:00" in conflict.draft
    assert house.store.comments[house.row(booking).record]


async def test_another_table_is_taken_without_a_word(house: House) -> None:
    booking = await house.book("T7")
    house.store.change(house.row(booking).record, resources=(ResourceId("T9"),))
    await house.quiet()
    assert (await house.now(booking)).resources == ("T9",)
    assert not await house.news()
    assert not await house.conflicts()
    assert (await house.book("T7", guest="+34600111333")).resources == ("T7",)


async def test_a_longer_stay_keeps_the_table_longer(house: House) -> None:
    booking = await house.book("T7")
    longer = booking.end + timedelta(minutes=45)
    house.store.change(house.row(booking).record, end=longer)
    await house.quiet()
    assert (await house.now(booking)).end == longer
    assert not await house.news()


async def test_another_party_size_is_told_to_the_guest(house: House) -> None:
    booking = await house.book("T7")
    house.store.change(house.row(booking).record, covers=3)
    await house.quiet()
    assert (await house.now(booking)).party_size == PartySize(3)
    assert [n.kind for n in await house.news()] == [NoticeKind.MOVED]


async def test_what_staff_write_about_a_guest_is_kept(house: House) -> None:
    booking = await house.book("T7")
    house.store.change(house.row(booking).record, name="Laura Gil Ruiz", notes="ventana")
    await house.quiet()
    stands = await house.now(booking)
    assert (stands.guest.name, stands.notes) == ("Laura Gil Ruiz", "ventana")
    assert not await house.news()


@pytest.mark.parametrize(
    "status", [BookingStatus.SEATED, BookingStatus.NO_SHOW, BookingStatus.COMPLETED]
)
async def test_a_status_that_staff_set_is_the_bookings(house: House, status: BookingStatus) -> None:
    booking = await house.book("T7")
    house.store.change(house.row(booking).record, status=status)
    await house.quiet()
    assert (await house.now(booking)).status is status
    assert not await house.news()


# --- cancel, delete -------------------------------------------------------------------------------


async def test_a_booking_that_staff_cancel_frees_its_table_and_the_guest_hears(
    house: House,
) -> None:
    booking = await house.book("T7")
    house.store.change(house.row(booking).record, status=BookingStatus.CANCELLED)
    await house.quiet()
    assert not await house.on_the_floor()
    assert [n.kind for n in await house.news()] == [NoticeKind.CANCELLED]
    (conflict,) = await house.conflicts()
    assert conflict.kind is ConflictKind.CANCELLED
    assert "ha cancelado" in conflict.draft


async def test_a_row_that_staff_delete_is_a_cancellation(house: House) -> None:
    booking = await house.book("T7")
    house.store.delete(house.row(booking).record)
    await house.quiet()
    assert (await house.now(booking)).status is BookingStatus.CANCELLED
    assert [n.kind for n in await house.news()] == [NoticeKind.CANCELLED]
    assert not house.store.records
    assert (await house.book("T7", guest="+34600111333")).resources == ("T7",)


async def test_a_row_deleted_while_the_guest_moves_it_is_gone(house: House) -> None:
    booking = await house.book("T7")
    house.store.delay_s = 0.05
    record = house.row(booking).record
    moving = asyncio.create_task(house.move(booking, "T8", start=NINE + timedelta(hours=1)))
    house.store.delete(record)
    with pytest.raises(Exception, match="taken"):
        await moving
    await house.quiet()
    assert not house.store.records
    assert not await house.on_the_floor()


# --- double-book ----------------------------------------------------------------------------------


async def test_a_guest_whose_table_staff_give_away_sits_at_another(house: House) -> None:
    booking = await house.book("T7")
    house.typed("T7")
    await house.quiet()
    assert [b.resources for b in await house.on_the_floor()] == [("T7",), ("T8",)]
    assert (await house.now(booking)).resources == ("T8",)
    assert house.row(booking).resources == ("T8",)
    assert not await house.news()
    assert not await house.conflicts()


async def test_without_another_table_both_stand_and_staff_and_guest_hear_of_it(
    house: House,
) -> None:
    booking = await house.book("T7")
    others = [each.id for each in house.venue.resources if each.id != "T7"]
    for table in others:
        house.typed(table, covers=2)
    await house.quiet()
    record = house.typed("T7", name="Cumpleaños")
    await house.quiet()
    (conflict,) = await house.conflicts()
    assert (conflict.kind, conflict.code) == (ConflictKind.DOUBLE_BOOKED, booking.code)
    assert [n.kind for n in await house.news()] == [NoticeKind.STRANDED]
    assert house.row(booking).conflict
    assert (await house.now(booking)).status is BookingStatus.CONFIRMED
    # Nobody else gets the table, and once one of the two is gone the other has it alone.
    house.store.change(record, status=BookingStatus.CANCELLED)
    await house.quiet()
    assert not await house.conflicts()
    assert not house.row(booking).conflict
    assert (await house.now(booking)).resources == ("T7",)


async def test_two_rows_of_staff_at_one_table_are_listed(house: House) -> None:
    for table in house.venue.resources:
        house.typed(table.id, covers=2)
    await house.quiet()
    house.typed("T7", name="Segunda")
    await house.quiet()
    (conflict,) = await house.conflicts()
    assert conflict.kind is ConflictKind.DOUBLE_BOOKED
    assert conflict.draft == ""


# --- the house itself -----------------------------------------------------------------------------


async def test_a_day_that_staff_close_strands_its_guests_until_it_is_open_again(
    house: House,
) -> None:
    booking = await house.book("T7")
    before = house.venue
    closed = Closure(date(2026, 11, 27), date(2026, 11, 27), "obras")
    house.change_venue(replace(before, closures=(*before.closures, closed)))
    await house.quiet()
    (conflict,) = await house.conflicts()
    assert (conflict.kind, conflict.code) == (ConflictKind.CLOSED, booking.code)
    assert [n.kind for n in await house.news()] == [NoticeKind.STRANDED]
    house.change_venue(before)
    await house.quiet()
    assert not await house.conflicts()


# --- missed changes -------------------------------------------------------------------------------


async def test_a_full_pass_finds_what_no_ping_told(tmp_path: Path) -> None:
    async with open_house(tmp_path, works=False) as house:
        store = house.store
    async with open_house(tmp_path, store=store) as house:
        await house.quiet()
        kept = await house.book("T7")
        gone = await house.book("T8", guest="+34600111333")
    # While nobody watches; and the log of changes is lost as well.
    store.delete(house.row(gone).record)
    store.change(house.row(kept).record, resources=(ResourceId("T9"),))
    store._log.clear()
    async with open_house(tmp_path, store=store, holder="two") as house:

        async def is_known() -> bool:
            return not (await house.now(gone)).is_live and (await house.now(kept)).resources == (
                "T9",
            )

        await house.until(is_known)


async def test_houses_are_read_once_at_the_first_start_and_again_when_news_are_lost(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, works=False) as house:
        store = house.store
    store.happens(StoreChanges(lost=True))
    async with open_house(tmp_path / "new", store=store) as house:

        async def last_reading() -> int:
            document = await house.ledger.store_state.get(name=LAST_READING)
            return 0 if document is None else document.revision

        await house.until(last_reading)
        first = await last_reading()
        assert house.readings == 1
        store.happens(StoreChanges(lost=True))

        async def is_read_again() -> bool:
            return await last_reading() > first

        await house.until(is_read_again)
        assert house.readings == 2


async def test_a_new_ledger_learns_everything_from_the_store_with_codes_and_keys(
    tmp_path: Path,
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    async with open_house(tmp_path / "old") as house:
        booking = await house.book("T7")
        house.typed("T9")
        await house.quiet()
        before = await house.on_the_floor()
    async with open_house(tmp_path / "new", store=house.store) as anew:
        await anew.quiet()
        after = await anew.on_the_floor()
        assert [(b.id, b.code, b.start, b.end, b.resources) for b in after] == [
            (b.id, b.code, b.start, b.end, b.resources) for b in before
        ]
        assert (await anew.now(booking)).guest.name == "Laura Gil"


async def test_a_full_pass_that_is_wanted_is_done_here_or_by_the_process_with_the_lease(
    tmp_path: Path,
) -> None:
    seen: list[int] = []
    elsewhere: list[bool] = []

    async def wanted(house: House) -> int:
        found = await sync(
            keeper=house.office.keeper,
            state=house.ledger.store_state,
            on_window=lambda _start, rows: seen.append(rows),
            on_elsewhere=lambda: elsewhere.append(True),
        )
        return found.rows

    async with open_house(tmp_path, works=False, holder="command") as command:
        command.typed("T7")
        assert await wanted(command) == 1
        assert seen
        assert not elsewhere
        assert len(await command.on_the_floor()) == 1
        async with open_house(
            tmp_path, store=command.store, ledger=command.ledger, holder="server"
        ) as server:
            await server.quiet()
            assert await wanted(command) == 1
        assert elsewhere
