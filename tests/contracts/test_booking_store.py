"""What every `BookingStore` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from application.errors import StoreUnavailable
from application.ports.booking_store import BookingStore, Occupied, PutOutcome, StoreWrite
from domain.booking import Booking, BookingCode, BookingStatus
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, VenueId
from infrastructure.memory.booking_store import MemoryBookingStore
from tests.support.airtable_emulator.client import RunningEmulator, start_emulator
from tests.support.airtable_house import House, house
from tests.support.bases import small_base
from tests.support.ledgers import DINNER, EIGHT, VENUE, booking, moved_to, placement

LATER = EIGHT + timedelta(hours=2)
OTHER_VENUE = VenueId("otra-casa")


@dataclass
class Judged:
    """A store under test, the hands of staff, and what the store really holds.

    Cells of the truth: `key`, `version`, `code`, `name`, `notes`, `status` and `conflict`; empty
    ones are missing.
    """

    store: BookingStore
    add: Callable[..., RecordId]
    copy: Callable[[RecordId], RecordId]
    change: Callable[..., None]
    delete: Callable[[RecordId], None]
    truth: Callable[[], Mapping[RecordId, Mapping[str, Any]]]
    comments: Callable[[RecordId], int]
    takes_away: Callable[[], None]

    def of(self, made: Booking) -> Mapping[str, Any]:
        """What the one row of a booking holds."""
        (row,) = [row for row in self.truth().values() if row.get("key") == made.id]
        return row

    def record(self, made: Booking) -> RecordId:
        (record,) = [id_ for id_, row in self.truth().items() if row.get("key") == made.id]
        return record


@pytest.fixture(scope="module")
def furnished() -> Iterator[tuple[RunningEmulator, bytes]]:
    with start_emulator(unlimited=True) as emulator:
        yield emulator, small_base(emulator, venues=(VENUE, OTHER_VENUE))


@pytest.fixture(params=["memory", "airtable"])
async def judged(request: pytest.FixtureRequest) -> AsyncIterator[Judged]:
    if request.param == "memory":
        yield _memory()
        return
    emulator, state = request.getfixturevalue("furnished")
    emulator.control.load(state)
    emulator.control.freeze()  # rows made in the same second are told apart by their ids alone
    async with house(emulator) as base:
        yield _airtable(base)


def _memory() -> Judged:
    store = MemoryBookingStore()

    def truth() -> Mapping[RecordId, Mapping[str, Any]]:
        names = ("key", "version", "code", "name", "notes", "status", "conflict")
        return {
            record: {name: value for name in names if (value := getattr(row, name))}
            for record, row in store.records.items()
        }

    def add(**cells: Any) -> RecordId:
        return store.add(venue=VENUE, status=BookingStatus.CONFIRMED, **cells)

    return Judged(
        store=store,
        add=add,
        copy=store.copy,
        change=store.change,
        delete=store.delete,
        truth=truth,
        comments=lambda record: len(store.comments.get(record, ())),
        takes_away=lambda: setattr(store, "away", True),
    )


def _airtable(base: House) -> Judged:
    names = {"start": "Start", "end": "End", "name": "Name", "notes": "Notes", "code": "Code"}
    statuses = {"Confirmed": BookingStatus.CONFIRMED, "Cancelled": BookingStatus.CANCELLED}
    venue = base.record_of("Venues", VENUE)

    def cells(given: Mapping[str, Any]) -> dict[str, Any]:
        shown = {
            key: value.isoformat() if key in ("start", "end") and value else value
            for key, value in given.items()
        }
        return {names[key]: value for key, value in shown.items()}

    def truth() -> Mapping[RecordId, Mapping[str, Any]]:
        rows = {RecordId(row.pop("id")): row for row in base.truth()}
        for row in rows.values():
            row["status"] = statuses.get(row.get("status", ""))
        return rows

    def add(**given: Any) -> RecordId:
        fixed = {"Venue": [venue], "Status": "Confirmed"}
        return RecordId(base.control.create("Bookings", cells(given) | fixed))

    return Judged(
        store=base.store,
        add=add,
        copy=lambda record: RecordId(base.control.duplicate("Bookings", record, {})),
        change=lambda record, **given: base.control.update("Bookings", record, cells(given)),
        delete=lambda record: base.control.delete("Bookings", record),
        truth=truth,
        comments=lambda record: _comments(base, record),
        takes_away=base.control.revoke_token,
    )


def _comments(base: House, record: RecordId) -> int:
    rows = base.control.records("Bookings")
    return int(next(row["commentCount"] for row in rows if row["id"] == record))


async def put(judged: Judged, made: Booking, seen: StoreRow | None = None) -> StoreRow:
    """Put one that is to be stored; its row as the store shows it."""
    (result,) = await judged.store.put(writes=[StoreWrite(made, seen)])
    assert (result.code, result.outcome) == (made.code, PutOutcome.STORED), result
    assert result.row is not None
    return result.row


def names(rows: Any) -> list[str]:
    return [row.code or row.name for row in rows]


async def test_what_is_put_is_found_as_it_stands(judged: Judged) -> None:
    first = replace(booking("AAA", placement("T1", "T2")), notes="junto a la ventana")
    second = booking("BBB", placement("T3"), status=BookingStatus.CANCELLED)
    results = await judged.store.put(writes=[StoreWrite(first), StoreWrite(second)])
    assert [each.outcome for each in results] == [PutOutcome.STORED] * 2
    assert [each.code for each in results] == ["AAA", "BBB"]
    assert judged.of(first)["notes"] == "junto a la ventana"
    assert judged.of(second)["status"] is BookingStatus.CANCELLED
    row = await judged.store.get(code=first.code)
    assert row is not None
    assert row == results[0].row
    assert row == StoreRow(
        record=judged.record(first),
        created_at=row.created_at,
        venue=VENUE,
        key=first.id,
        version=1,
        code="AAA",
        start=first.start,
        end=first.end,
        covers=2,
        service=DINNER,
        resources=(ResourceId("T1"), ResourceId("T2")),
        status=BookingStatus.CONFIRMED,
        name="Ana",
        phone="+34600000001",
        language="es",
        notes="junto a la ventana",
        channel="chat",
    )
    assert row.is_booking
    assert await judged.store.get(code=BookingCode("ZZZ")) is None


async def test_putting_nothing_is_no_error(judged: Judged) -> None:
    assert list(await judged.store.put(writes=[])) == []


async def test_a_booking_that_is_not_confirmed_yet_stands_there_as_confirmed(
    judged: Judged,
) -> None:
    for code, status in (("AAA", BookingStatus.CONFIRMING), ("BBB", BookingStatus.RECEIVED)):
        made = booking(code, placement("T1"), status=status)
        assert (await put(judged, made)).status is BookingStatus.CONFIRMED
        assert judged.of(made)["status"] is BookingStatus.CONFIRMED


async def test_putting_a_booking_again_does_not_make_a_second_one(judged: Judged) -> None:
    made = booking("AAA", placement())
    await put(judged, made)
    results = await judged.store.put(writes=[StoreWrite(made), StoreWrite(made)])
    assert [each.outcome for each in results] == [PutOutcome.STORED] * 2
    assert len(judged.truth()) == 1


async def test_twice_in_one_call_is_one_row_with_the_newer_version(judged: Judged) -> None:
    made = booking("AAA", placement())
    newer = replace(made, version=2, notes="sin gluten")
    results = await judged.store.put(writes=[StoreWrite(newer), StoreWrite(made)])
    assert [each.outcome for each in results] == [PutOutcome.STORED] * 2
    assert judged.of(made)["notes"] == "sin gluten"


async def test_a_newer_version_replaces_the_row_and_an_older_one_does_not(
    judged: Judged,
) -> None:
    made = booking("AAA", placement())
    newer = replace(made, version=3, status=BookingStatus.CANCELLED)
    await put(judged, made)
    seen = await put(judged, newer)
    for stale in (StoreWrite(replace(made, version=2)), StoreWrite(made, seen)):
        (result,) = await judged.store.put(writes=[stale])
        assert result.outcome is PutOutcome.STORED
        assert result.row is not None
        assert result.row.version == 3
        assert judged.of(made)["status"] is BookingStatus.CANCELLED


async def test_what_staff_changed_in_other_cells_meanwhile_stays(judged: Judged) -> None:
    made = booking("AAA", placement())
    seen = await put(judged, made)
    judged.change(seen.record, notes="alergia: nueces", name="Ana María")
    later = moved_to(replace(made, version=2), placement("T2", start=LATER))
    row = await put(judged, later, seen)
    assert (row.start, row.resources) == (LATER, (ResourceId("T2"),))
    assert judged.of(made)["notes"] == "alergia: nueces"
    assert judged.of(made)["name"] == "Ana María"


async def test_a_cell_that_is_emptied_is_empty(judged: Judged) -> None:
    made = replace(booking("AAA", placement()), notes="tarta")
    seen = await put(judged, made)
    row = await put(judged, replace(made, version=2, notes=""), seen)
    assert row.notes == ""
    assert "notes" not in judged.of(made)


async def test_a_row_that_staff_typed_becomes_the_bookings_own(judged: Judged) -> None:
    record = judged.add(name="Del cuaderno", start=EIGHT)
    seen = (await judged.store.rows(records=[record]))[record]
    assert seen.key is None
    made = booking("AAA", placement())
    row = await put(judged, made, seen)
    assert (row.record, row.key, row.end) == (record, made.id, made.end)
    assert len(judged.truth()) == 1


async def test_a_row_that_staff_deleted_is_gone_and_is_not_made_again(judged: Judged) -> None:
    gone, kept = booking("AAA", placement("T1")), booking("BBB", placement("T2"))
    seen = await put(judged, gone)
    judged.delete(seen.record)
    writes = [StoreWrite(replace(gone, version=2, notes="x"), seen), StoreWrite(kept)]
    results = await judged.store.put(writes=writes)
    assert [each.outcome for each in results] == [PutOutcome.GONE, PutOutcome.STORED]
    assert [row["key"] for row in judged.truth().values()] == [kept.id]


async def test_of_rows_with_one_key_the_oldest_is_ours(judged: Judged) -> None:
    made = booking("AAA", placement())
    seen = await put(judged, made)
    copy = judged.copy(seen.record)
    ours, theirs = sorted((seen.record, copy))
    row = await put(judged, replace(made, version=2, notes="nuestra"))
    assert row.record == ours
    assert judged.truth()[ours]["notes"] == "nuestra"
    assert "notes" not in judged.truth()[theirs]


async def test_rows_between_two_instants_come_by_start_and_code(judged: Judged) -> None:
    made = [
        booking("LATE", placement("T1", start=LATER)),
        booking("B", placement("T2")),
        booking("A", placement("T3")),
        replace(booking("C", placement("T3")), venue=OTHER_VENUE),
    ]
    await judged.store.put(writes=[StoreWrite(each) for each in made])
    judged.add(name="sin hora")
    between, after = judged.store.between, LATER + timedelta(minutes=1)
    assert names(await between(start=EIGHT, end=LATER, venue=VENUE)) == ["A", "B"]
    assert names(await between(start=EIGHT, end=after, venue=VENUE)) == ["A", "B", "LATE"]
    assert names(await between(start=EIGHT, end=after)) == ["A", "B", "C", "LATE"]
    assert names(await between(start=EIGHT, end=EIGHT)) == []
    assert names(await between(start=EIGHT, end=after, venue=VenueId("x"))) == []


async def test_every_row_that_overlaps_is_among_those_that_may(judged: Judged) -> None:
    nine = EIGHT + timedelta(hours=1)
    await judged.store.put(
        writes=[
            StoreWrite(booking("INSIDE", placement("T1", start=nine, minutes=15))),
            StoreWrite(booking("AROUND", placement("T2", minutes=180))),
            StoreWrite(booking("BEFORE", placement("T3", minutes=60))),
            StoreWrite(booking("AFTER", placement("T4", start=nine + timedelta(minutes=30)))),
        ]
    )
    judged.add(name="without an end", start=EIGHT)
    judged.add(name="ends before it starts", start=EIGHT, end=EIGHT - timedelta(hours=1))
    judged.add(name="without a start")
    here = Occupied(VENUE, (ResourceId("T1"),), nine, nine + timedelta(minutes=30))
    found = await judged.store.overlapping(occupied=[here])
    expected = {"INSIDE", "AROUND", "without an end", "ends before it starts"}
    assert expected <= set(names(found))
    assert not {"BEFORE", "AFTER", "without a start"} & set(names(found))


async def test_nothing_overlaps_nothing(judged: Judged) -> None:
    await put(judged, booking("AAA", placement()))
    assert list(await judged.store.overlapping(occupied=[])) == []


async def test_another_venues_rows_do_not_overlap(judged: Judged) -> None:
    await put(judged, replace(booking("AAA", placement()), venue=OTHER_VENUE))
    here = Occupied(VENUE, (ResourceId("T1"),), EIGHT, LATER)
    assert list(await judged.store.overlapping(occupied=[here])) == []
    there = replace(here, venue=OTHER_VENUE)
    assert names(await judged.store.overlapping(occupied=[there])) == ["AAA"]


async def test_rows_that_are_not_there_are_missing_from_the_answer(judged: Judged) -> None:
    first = await put(judged, booking("AAA", placement("T1")))
    second = await put(judged, booking("BBB", placement("T2")))
    judged.delete(second.record)
    wanted = [first.record, second.record, RecordId("recDoesNotExist00")]
    assert await judged.store.rows(records=wanted) == {first.record: first}
    assert await judged.store.rows(records=[]) == {}


async def test_a_conflict_is_noted_for_staff_and_taken_away_again(judged: Judged) -> None:
    made = booking("AAA", placement())
    row = await put(judged, made)
    await judged.store.note_conflict(record=row.record, note="Mesa doble", comment="¿Quién?")
    assert judged.of(made)["conflict"] == "Mesa doble"
    assert judged.comments(row.record) == 1
    await judged.store.note_conflict(record=row.record, note="", comment="")
    assert "conflict" not in judged.of(made)
    assert judged.comments(row.record) == 1


async def test_a_conflict_of_a_row_that_is_gone_is_no_error(judged: Judged) -> None:
    row = await put(judged, booking("AAA", placement()))
    judged.delete(row.record)
    await judged.store.note_conflict(record=row.record, note="Mesa doble", comment="¿Quién?")
    assert judged.truth() == {}


async def test_a_store_that_cannot_be_asked_says_so_and_holds_nothing_new(
    judged: Judged,
) -> None:
    judged.takes_away()
    store, here = judged.store, Occupied(VENUE, (), EIGHT, LATER)
    for call in (
        lambda: store.put(writes=[StoreWrite(booking("AAA", placement()))]),
        lambda: store.get(code=BookingCode("AAA")),
        lambda: store.between(start=EIGHT, end=LATER),
        lambda: store.overlapping(occupied=[here]),
        lambda: store.rows(records=[RecordId("rec00000000000001")]),
        lambda: store.note_conflict(record=RecordId("rec00000000000001"), note="x", comment=""),
    ):
        with pytest.raises(StoreUnavailable):
            await call()
    assert judged.truth() == {}
