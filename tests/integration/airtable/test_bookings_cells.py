"""What stands in the cells: what guests type stays text, what staff type is read as far as it can be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from application.cleaning import clean_text, has_control
from application.ports.booking_store import Occupied, PutOutcome, StoreWrite
from domain.booking import Booking, BookingCode, BookingStatus
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, VenueId
from tests.support.airtable_emulator.client import RunningEmulator
from tests.support.airtable_house import House, house
from tests.support.bases import small_base
from tests.support.ledgers import EIGHT, VENUE, booking, placement

SHARED = Path(__file__).parents[4] / "shared" / "eval" / "robustness"
OTHER = VenueId("otra-casa")


@pytest.fixture(scope="module")
def two_small_houses(running: RunningEmulator) -> bytes:
    return small_base(running, venues=(VENUE, OTHER))


@pytest.fixture
async def two_houses(running: RunningEmulator, two_small_houses: bytes) -> AsyncIterator[House]:
    running.control.load(two_small_houses)
    async with house(running) as base:
        yield base


def guest_texts() -> list[str]:
    files = ("grid_formula", "filter_formula", "booking_strings", "blns")
    return [
        str(text)
        for name in files
        if (path := SHARED / f"{name}.jsonl").exists()
        for line in path.read_text("utf-8").splitlines()
        if (text := json.loads(line).get("value", json.loads(line).get("text")))
    ]


async def put(base: House, *made: Booking) -> list[StoreRow]:
    results = await base.store.put(writes=[StoreWrite(each) for each in made])
    assert {each.outcome for each in results} == {PutOutcome.STORED}
    return [each.row for each in results if each.row]


async def read(base: House, record: str) -> StoreRow:
    return (await base.store.rows(records=[RecordId(record)]))[RecordId(record)]


# --- what guests type


@pytest.mark.skipif(not SHARED.exists(), reason="the shared texts are not here")
async def test_what_guests_type_stays_the_text_that_it_is(base: House) -> None:
    texts = guest_texts()
    assert len(texts) > 100
    made = [
        replace(
            booking(f"A{number}", placement()),
            notes=text,
            guest=replace(booking("X", placement()).guest, name=text[:100]),
        )
        for number, text in enumerate(texts)
    ]
    rows = await put(base, *made)
    truth = {each["key"]: each for each in base.truth()}
    for text, each, row in zip(texts, made, rows, strict=True):
        kept = truth[each.id].get("notes", "")
        assert kept == clean_text(text)[:2000].rstrip()
        assert not has_control(truth[each.id].get("name", ""))
        assert row.notes == kept
        assert (await base.store.put(writes=[StoreWrite(each, row)]))[0].row == row
    assert base.requests() == -(-len(texts) // 10)


@pytest.mark.parametrize("text", ["=1+1", "+34 600 111 222", "-", "@mesa5", "=HYPERLINK('x')"])
async def test_signs_that_a_grid_might_run_are_plain_text(base: House, text: str) -> None:
    await put(base, replace(booking("AAA", placement()), notes=text))
    (row,) = base.truth()
    assert row["notes"] == text


async def test_names_stand_on_one_line_and_everything_has_an_end(base: House) -> None:
    guest = replace(booking("X", placement()).guest, name="Ana\r\nGil" + "!" * 500)
    await put(base, replace(booking("AAA", placement()), guest=guest, notes="x" * 9000))
    (row,) = base.truth()
    assert row["name"].startswith("Ana Gil!!!")
    assert (len(row["name"]), len(row["notes"])) == (120, 2000)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared texts are not here")
async def test_no_text_of_a_guest_reaches_a_formula(base: House) -> None:
    await put(base, booking("AAA", placement()))
    base.control.reset_requests()
    for line in (SHARED / "filter_formula.jsonl").read_text("utf-8").splitlines():
        code = BookingCode(json.loads(line)["value"])
        if not code.isalnum():
            assert await base.store.get(code=code) is None
    assert base.requests() <= 2


# --- what staff type


async def test_a_row_that_says_nothing_yet_is_no_booking(base: House) -> None:
    record = base.control.create("Bookings", {})
    row = await read(base, record)
    assert row == StoreRow(RecordId(record), row.created_at, venue=VENUE)
    assert not row.is_booking


async def test_a_typed_row_is_read_as_far_as_it_goes(base: House) -> None:
    record = base.control.create(
        "Bookings",
        {
            "Name": " Laura\tGil ",
            "Party": 4,
            "Start": "2026-11-27T21:00:00+01:00",
            "Status": "Seated",
            "Tables": [base.record_of("Resources", key) for key in ("T3", "T1")],
            "Channel": "Instagram",
            "Booking Key": "no idea what goes here",
        },
    )
    row = await read(base, record)
    assert (row.name, row.covers, row.start, row.end) == ("Laura Gil", 4, EIGHT, None)
    assert (row.status, row.resources) == (BookingStatus.SEATED, ("T1", "T3"))
    assert (row.channel, row.key, row.unreadable) == ("Instagram", None, ())
    assert row.is_booking


async def test_a_status_of_staffs_own_and_a_link_to_nothing_of_ours_are_unreadable(
    base: House,
) -> None:
    venue = base.record_of("Venues", VENUE)
    keyless = base.control.create("Resources", {"Name": "Taburete", "Venue": [venue]})
    record = base.control.create(
        "Bookings", {"Status": "Quizás", "Tables": [keyless], "Start": EIGHT.isoformat()}
    )
    row = await read(base, record)
    assert sorted(row.unreadable) == ["resources", "status"]
    assert (row.start, row.status, row.resources, row.is_booking) == (EIGHT, None, (), False)
    asked = base.requests()
    await read(base, record)
    assert base.requests() == asked + 1  # what stays unknown is not asked for each time


@pytest.mark.parametrize("party", [0, -2, 2.5])
async def test_a_party_that_is_none_is_unreadable(base: House, party: float) -> None:
    row = await read(base, base.control.create("Bookings", {"Party": party}))
    assert (row.covers, row.unreadable) == (None, ("covers",))


async def test_a_table_that_staff_have_just_made_is_read(base: House) -> None:
    venue = base.record_of("Venues", VENUE)
    made = base.control.create("Resources", {"Name": "Nueva", "Key": "T9", "Venue": [venue]})
    row = await read(base, base.control.create("Bookings", {"Tables": [made]}))
    assert (row.resources, row.unreadable) == (("T9",), ())


async def test_where_there_are_two_venues_an_empty_one_is_none(two_houses: House) -> None:
    row = await read(two_houses, two_houses.control.create("Bookings", {"Name": "x"}))
    assert (row.venue, row.unreadable) == (None, ())


async def test_tables_of_another_house_are_unreadable(two_houses: House) -> None:
    resources = two_houses.control.records("Resources")
    tables = {
        two_houses.directory.house_of(each["id"]): each["id"]
        for each in resources
        if each["fields"]["Key"] == "T1"
    }
    venue = two_houses.record_of("Venues", VENUE)
    record = two_houses.control.create("Bookings", {"Venue": [venue], "Tables": [tables[OTHER]]})
    row = await read(two_houses, record)
    assert (row.venue, row.resources, row.unreadable) == (VENUE, (), ("resources",))
    mine = booking("AAA", placement("T1"))
    (mine_row,) = await put(two_houses, mine)
    assert mine_row.resources == (ResourceId("T1"),)
    assert two_houses.cells(mine_row.record)["resources"] == [tables[VENUE]]


# --- what reading costs


async def test_a_hundred_rows_are_read_at_a_time(base: House) -> None:
    made = [booking(f"A{number}", placement("T1")) for number in range(250)]
    rows = await put(base, *made)
    for ask, requests in (
        (base.store.rows(records=[row.record for row in rows]), 3),
        (base.store.between(start=EIGHT, end=EIGHT + timedelta(hours=1)), 3),
    ):
        base.control.reset_requests()
        assert len(await ask) == 250
        assert base.requests() == requests


async def test_twenty_separate_windows_are_one_request(base: House) -> None:
    evenings = [EIGHT + timedelta(days=each) for each in range(21)]
    found = [booking(f"A{at}", placement("T1", start=day)) for at, day in enumerate(evenings)]
    await put(base, *found)
    wanted = [
        Occupied(VENUE, (ResourceId("T1"),), day, day + timedelta(hours=1)) for day in evenings
    ]
    base.control.reset_requests()
    assert len(await base.store.overlapping(occupied=wanted[:20])) == 20
    assert base.requests() == 1
    assert len(await base.store.overlapping(occupied=wanted)) == 21
    assert base.requests() == 3


async def test_a_whole_evening_is_one_window(base: House) -> None:
    await put(base, booking("AAA", placement("T1")))
    base.control.reset_requests()
    evening = [
        Occupied(
            VENUE, (ResourceId("T1"),), EIGHT + timedelta(minutes=at), EIGHT + timedelta(hours=3)
        )
        for at in range(100)
    ]
    assert len(await base.store.overlapping(occupied=evening)) == 1
    assert base.requests() == 1


# --- conflicts


async def test_without_a_column_for_it_a_conflict_is_at_least_commented(base: House) -> None:
    (row,) = await put(base, booking("AAA", placement()))
    base.control.staff("delete_field", table="Bookings", field="Conflict")
    await base.store.note_conflict(record=row.record, note="Doble", comment="¿Quién?")
    assert comments(base) == [1]


async def test_without_the_right_to_comment_a_conflict_is_at_least_noted(base: House) -> None:
    (row,) = await put(base, booking("AAA", placement()))
    scopes = ["data.records:read", "data.records:write"]
    base.control.put_token("patTEST", scopes=scopes)
    await base.store.note_conflict(record=row.record, note="Doble", comment="¿Quién?")
    assert base.cells(row.record)["conflict"] == "Doble"
    assert comments(base) == [0]


def comments(base: House) -> list[Any]:
    return [each["commentCount"] for each in base.control.records("Bookings")]
