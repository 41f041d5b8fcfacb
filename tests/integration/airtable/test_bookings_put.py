"""What becomes of a `put`: refused, unanswered, changed under it, judged by what the base then holds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log2
from typing import Any

import pytest

from application.errors import StoreUnavailable
from application.ports.booking_store import PutOutcome, PutResult, StoreWrite
from domain.booking import Booking, BookingStatus
from domain.store_row import StoreRow
from infrastructure.airtable.bookings import AirtableBookings
from infrastructure.airtable.errors import AirtableAway, AirtableForbidden
from tests.support.airtable_emulator.client import RunningEmulator
from tests.support.airtable_house import House, house
from tests.support.bases import wire_to
from tests.support.ledgers import booking, placement

STORED, REFUSED = PutOutcome.STORED, PutOutcome.REFUSED


def many(count: int, **fields: Any) -> list[Booking]:
    return [booking(f"A{number:02}", placement("T1"), **fields) for number in range(count)]


async def put(base: House, *made: Booking, seen: StoreRow | None = None) -> Sequence[PutResult]:
    return await base.store.put(writes=[StoreWrite(each, seen) for each in made])


async def stored(base: House, made: Booking) -> StoreRow:
    (result,) = await put(base, made)
    assert result.outcome is STORED, result
    assert result.row is not None
    return result.row


def outcomes(results: Sequence[PutResult]) -> list[PutOutcome]:
    return [each.outcome for each in results]


def writes(base: House) -> int:
    """Requests that write rows, whatever became of them."""
    return sum(each["method"] == "PATCH" for each in base.control.requests()["last"])


def keys(base: House) -> list[str]:
    return sorted(row["key"] for row in base.truth())


# --- what it costs


async def test_ten_new_bookings_are_one_request(base: House) -> None:
    results = await put(base, *many(10))
    assert outcomes(results) == [STORED] * 10
    assert base.requests() == 1
    assert len(base.truth()) == 10


async def test_known_and_new_rows_go_in_one_request(base: House) -> None:
    known = booking("OLD", placement("T1"))
    seen = await stored(base, known)
    base.control.reset_requests()
    changed = replace(known, version=2, notes="terraza")
    writes = [StoreWrite(changed, seen), *(StoreWrite(each) for each in many(9))]
    assert outcomes(await base.store.put(writes=writes)) == [STORED] * 10
    assert base.requests() == 1
    assert len(base.truth()) == 10


async def test_only_cells_that_differ_are_sent(base: House) -> None:
    made = booking("AAA", placement())
    seen = await stored(base, made)
    # Whatever were sent again would be put right again.
    base.control.update("Bookings", seen.record, {"Phone": "+34 600", "Email": "a@b.es"})
    await put(base, replace(made, version=2, notes="x"), seen=seen)
    cells = base.cells(seen.record)
    assert (cells["notes"], cells["version"]) == ("x", 2)
    assert (cells["phone"], cells["email"]) == ("+34 600", "a@b.es")


async def test_where_nothing_differs_nothing_is_sent(base: House) -> None:
    made = booking("AAA", placement(), status=BookingStatus.CONFIRMING)
    seen = await stored(base, made)
    base.control.reset_requests()
    (result,) = await put(base, replace(made, status=BookingStatus.CONFIRMED), seen=seen)
    assert (result.outcome, result.row) == (STORED, seen)
    assert base.requests() == 0


# --- refused


@pytest.mark.parametrize("bad", [0, 3, 6, 9])
async def test_one_bad_row_of_ten_is_found_and_does_not_hurt_the_nine(
    base: House, bad: int
) -> None:
    _refuse_parties_over_five(base)
    made = many(10)
    made[bad] = booking("BAD", placement("T1", covers=8))
    results = await put(base, *made)
    assert [each.outcome is REFUSED for each in results] == [at == bad for at in range(10)]
    assert "column" in results[bad].detail
    assert "8" not in results[bad].detail
    assert keys(base) == sorted(each.id for each in made if each.code != "BAD")
    # The batch, its halves, and the schema read once.
    assert base.requests() <= 1 + 2 * ceil(log2(10)) + 1


async def test_where_the_first_half_is_good_the_second_is_not_asked_as_a_whole(
    base: House,
) -> None:
    _refuse_parties_over_five(base)
    made = [*many(9), booking("BAD", placement("T1", covers=8))]
    assert outcomes(await put(base, *made)) == [STORED] * 9 + [REFUSED]
    # All ten, then the first five, three more, one more, and the last alone.
    assert writes(base) == 5


async def test_two_bad_rows_of_ten_are_both_found(base: House) -> None:
    _refuse_parties_over_five(base)
    made = many(10)
    made[2], made[7] = (booking(code, placement("T1", covers=8)) for code in ("BAD1", "BAD2"))
    results = await put(base, *made)
    assert [at for at, each in enumerate(results) if each.outcome is REFUSED] == [2, 7]
    assert len(base.truth()) == 8
    assert base.requests() <= 1 + 2 * 2 * ceil(log2(10)) + 1


def _refuse_parties_over_five(base: House) -> None:
    """Staff make the party a rating of five stars: to our schema, still the column it was."""
    stars = {"icon": "star", "color": "yellowBright", "max": 5}
    base.control.staff(
        "change_field", table="Bookings", field="Party", type="rating", options=stars
    )
    keeping_its_schema(base)


def keeping_its_schema(base: House) -> None:
    """As with a token that may not read the schema."""
    scopes = ["data.records:read", "data.records:write", "data.recordComments:write"]
    base.control.put_token("patTEST", scopes=scopes)


async def test_a_booking_for_a_table_that_is_not_in_the_base_is_refused_alone(
    base: House,
) -> None:
    lost, good = booking("BAD", placement("T77")), booking("AAA", placement("T1"))
    results = await put(base, lost, good)
    assert outcomes(results) == [REFUSED, STORED]
    assert "resources" in results[0].detail
    assert keys(base) == [good.id]


async def test_a_table_that_was_deleted_meanwhile_refuses_its_booking_alone(base: House) -> None:
    base.control.delete("Resources", base.record_of("Resources", "T2"))
    made = [*many(4), booking("BAD", placement("T2"))]
    results = await put(base, *made)
    assert outcomes(results) == [STORED] * 4 + [REFUSED]
    assert len(base.truth()) == 4


async def test_a_table_that_was_made_meanwhile_is_found(base: House) -> None:
    venue = base.record_of("Venues", "la-terraza")
    fields = {"Name": "Nueva", "Key": "T9", "Seats": 4, "Venue": [venue]}
    base.control.create("Resources", fields)
    assert outcomes(await put(base, booking("AAA", placement("T9")))) == [STORED]


# --- what staff do to the columns


async def test_renamed_columns_and_tables_are_of_no_consequence(base: House) -> None:
    for before, after in (("Start", "Comienza"), ("Booking Key", "Llave"), ("Tables", "Dónde")):
        base.control.staff("rename_field", table="Bookings", field=before, name=after)
    base.control.staff("rename_table", table="Bookings", name="El libro")
    made = booking("AAA", placement())
    seen = await stored(base, made)
    assert base.requests() == 1
    assert await base.store.get(code=made.code) == seen


async def test_a_renamed_option_is_read_and_written_under_its_new_name(base: House) -> None:
    await stored(base, booking("AAA", placement()))
    base.control.staff(
        "rename_option", table="Bookings", field="Status", option="Confirmed", name="✅ Vale"
    )
    made = booking("BBB", placement("T2"))
    row = await stored(base, made)
    assert row.status is BookingStatus.CONFIRMED
    assert base.cells(row.record)["status"] == "✅ Vale"


async def test_reading_finds_a_renamed_option_too(base: House) -> None:
    made = booking("AAA", placement())
    seen = await stored(base, made)
    base.control.staff(
        "rename_option", table="Bookings", field="Status", option="Confirmed", name="Vale"
    )
    assert await base.store.get(code=made.code) == seen


async def test_without_an_option_for_the_status_a_booking_is_refused(base: House) -> None:
    base.control.staff("remove_option", table="Bookings", field="Status", option="Cancelled")
    gone = booking("BAD", placement("T1"), status=BookingStatus.CANCELLED)
    results = await put(base, gone, booking("AAA", placement("T2")))
    assert outcomes(results) == [REFUSED, STORED]
    assert results[0].detail == "the status column has no option for cancelled"


@pytest.mark.parametrize("column", ["Notes", "Channel", "Language", "Email", "Phone", "Conflict"])
async def test_a_column_that_can_be_missed_is_left_out(base: House, column: str) -> None:
    base.control.staff("delete_field", table="Bookings", field=column)
    made = replace(booking("AAA", placement()), notes="tarta")
    seen = await stored(base, made)
    assert base.cells(seen.record)["key"] == made.id
    base.control.reset_requests()
    (again,) = await put(base, made, seen=seen)
    assert again.outcome is STORED
    assert base.requests() == 0


async def test_a_column_that_can_be_missed_and_became_computed_is_left_out(base: House) -> None:
    base.control.staff(
        "change_field", table="Bookings", field="Notes", type="formula", options={"formula": "'x'"}
    )
    made = replace(booking("AAA", placement()), notes="tarta")
    assert (await stored(base, made)).key == made.id


async def test_it_is_left_out_even_where_the_schema_may_not_be_read(base: House) -> None:
    base.control.staff(
        "change_field", table="Bookings", field="Notes", type="formula", options={"formula": "'x'"}
    )
    keeping_its_schema(base)
    made = replace(booking("AAA", placement()), notes="tarta")
    assert (await stored(base, made)).key == made.id


@pytest.mark.parametrize("reads_schema", [True, False])
async def test_a_channel_without_an_option_is_left_out_too(base: House, reads_schema: bool) -> None:
    base.control.staff("remove_option", table="Bookings", field="Channel", option="Chat")
    if not reads_schema:
        keeping_its_schema(base)
    row = await stored(base, booking("AAA", placement()))
    assert "channel" not in base.cells(row.record)


async def test_without_a_column_for_the_key_every_booking_is_refused_and_nothing_is_written(
    base: House,
) -> None:
    base.control.staff("delete_field", table="Bookings", field="Booking Key")
    results = await put(base, *many(3))
    assert outcomes(results) == [REFUSED] * 3
    assert base.truth() == []


# --- unanswered

AFTER = ["reset_after", "error_500_after", "error_502_after", "error_503_after", "truncated"]
BEFORE = ["reset_before", "error_500_before", "error_502_before", "error_503_before"]


@pytest.mark.parametrize("fault", [*AFTER, *BEFORE, "empty"])
async def test_an_unanswered_request_leaves_each_booking_there_exactly_once(
    base: House, fault: str
) -> None:
    base.control.next_fault(fault, method="PATCH")
    made = many(10)
    results = await put(base, *made)
    assert outcomes(results) == [STORED] * 10
    assert keys(base) == sorted(each.id for each in made)
    sent = 1 if fault in (*AFTER, "empty") else 2
    assert writes(base) == sent


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
async def test_an_unanswered_change_is_there_and_keeps_what_staff_wrote_meanwhile(
    base: House, fault: str
) -> None:
    made = booking("AAA", placement())
    seen = await stored(base, made)
    base.control.update("Bookings", seen.record, {"Name": "Ana María"})
    base.control.next_fault(fault, method="PATCH")
    (result,) = await put(base, replace(made, version=2, notes="x"), seen=seen)
    assert result.outcome is STORED
    cells = base.cells(seen.record)
    assert (cells["notes"], cells["name"], cells["version"]) == ("x", "Ana María", 2)


async def test_a_slow_answer_is_not_waited_for_and_not_written_twice(
    furnished: RunningEmulator,
) -> None:
    async with house(furnished, read_timeout_s=0.3) as base:
        base.control.faults(rates={}, slow_s=1.0)
        base.control.next_fault("slow", method="PATCH")
        (result,) = await put(base, booking("AAA", placement()))
        assert result.outcome is STORED
        assert len(base.truth()) == 1


async def test_a_look_that_is_answered_from_the_past_is_repeated(base: House) -> None:
    base.control.faults(rates={}, stale_s=30.0)
    base.control.next_fault("reset_after", method="PATCH")
    base.control.next_fault("stale_read", times=2)
    (result,) = await put(base, booking("AAA", placement()))
    assert result.outcome is STORED
    assert writes(base) == 1
    assert len(base.truth()) == 1


async def test_where_every_look_misses_it_is_sent_again_by_its_key(base: House) -> None:
    base.control.faults(rates={}, stale_s=30.0)
    base.control.next_fault("reset_after", method="PATCH")
    base.control.next_fault("stale_read", times=3)
    (result,) = await put(base, booking("AAA", placement()))
    assert result.outcome is STORED
    assert writes(base) == 2
    assert len(base.truth()) == 1


async def test_what_stays_unanswered_is_unknown_and_settled_by_the_next_put(base: House) -> None:
    base.control.next_fault("reset_before", method="PATCH", times=2)
    made = booking("AAA", placement())
    (result,) = await put(base, made)
    assert result.outcome is PutOutcome.UNKNOWN
    assert base.truth() == []
    assert outcomes(await put(base, made)) == [STORED]
    assert keys(base) == [made.id]


async def test_what_staff_wrote_into_a_row_in_doubt_stays(base: House) -> None:
    base.control.faults(rates={}, stale_s=60.0)
    base.control.next_fault("reset_after", method="PATCH")
    base.control.next_fault("reset_before", method="PATCH")
    base.control.next_fault("stale_read", times=6)
    made = replace(booking("AAA", placement()), notes="tarta")
    (result,) = await put(base, made)
    assert result.outcome is PutOutcome.UNKNOWN
    base.control.no_faults()
    (row,) = base.truth()
    base.control.update("Bookings", row["id"], {"Notes": "sin tarta"})
    (again,) = await put(base, made)
    assert again.row is not None
    assert (again.outcome, again.row.notes) == (STORED, "sin tarta")
    assert base.cells(row["id"])["notes"] == "sin tarta"


async def test_a_put_that_was_cancelled_is_looked_for_before_it_is_sent_again(
    base: House,
) -> None:
    base.control.faults(rates={}, slow_s=0.3)
    base.control.next_fault("slow", method="PATCH")
    made = booking("AAA", placement())
    task = asyncio.create_task(put(base, made))
    while not base.truth():  # noqa: ASYNC110 - what changes is in another process
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (row,) = base.truth()
    base.control.update("Bookings", row["id"], {"Notes": "sin tarta"})
    assert outcomes(await put(base, made)) == [STORED]
    assert base.cells(row["id"])["notes"] == "sin tarta"


# --- nothing was written


@pytest.mark.parametrize("fault", ["rate_limit", "quota"])
async def test_a_put_that_was_not_let_through_is_no_put(base: House, fault: str) -> None:
    base.control.next_fault(fault)
    with pytest.raises(AirtableAway):
        await put(base, *many(3))
    assert base.truth() == []


async def test_a_token_that_may_only_read_writes_nothing(base: House) -> None:
    base.control.put_token("patTEST", scopes=["data.records:read"])
    with pytest.raises(AirtableForbidden):
        await put(base, *many(3))


async def test_once_something_was_written_the_rest_is_in_doubt(base: House) -> None:
    base.control.next_fault("quota", method="PATCH", skip=1)
    results = await put(base, *many(12))
    assert outcomes(results) == [STORED] * 10 + [PutOutcome.UNKNOWN] * 2
    assert len(base.truth()) == 10


async def test_a_freeze_while_looking_leaves_the_bookings_in_doubt(base: House) -> None:
    base.control.next_fault("reset_after", method="PATCH")
    base.control.next_fault("quota", method="GET")
    results = await put(base, *many(2))
    assert outcomes(results) == [PutOutcome.UNKNOWN] * 2


async def test_nobody_there_is_no_put(furnished: RunningEmulator) -> None:
    nowhere = wire_to(furnished, endpoint_url="http://127.0.0.1:9")
    async with house(furnished) as base, nowhere as wire:
        store = AirtableBookings(wire=wire, schema=base.schema, directory=base.directory)
        with pytest.raises(StoreUnavailable):
            await store.put(writes=[StoreWrite(booking("AAA", placement()))])


# --- copies


async def test_a_copied_row_does_not_stop_its_batch(base: House) -> None:
    made = booking("AAA", placement())
    seen = await stored(base, made)
    base.control.duplicate("Bookings", seen.record, {})
    base.control.reset_requests()
    # As from a process that knows nothing of the row yet.
    results = await put(base, made, *many(5))
    assert outcomes(results) == [STORED] * 6
    assert len(base.truth()) == 7
    # The batch, a look for the copies, and what was still to be sent.
    assert base.requests() == 3


async def test_of_copies_the_row_that_was_made_first_is_ours(base: House) -> None:
    made = booking("AAA", placement())
    seen = await stored(base, made)
    base.control.advance(5)
    for _ in range(8):  # whose ids may come before the first one's
        base.control.duplicate("Bookings", seen.record, {})
    (result,) = await put(base, replace(made, version=2, notes="x"))
    assert result.row is not None
    assert result.row.record == seen.record
    found = await base.store.get(code=made.code)
    assert found == result.row


async def test_a_known_row_is_written_by_its_id_whatever_was_copied_from_it(base: House) -> None:
    made = booking("AAA", placement())
    seen = await stored(base, made)
    copy = base.control.duplicate("Bookings", seen.record, {"Name": "Copia"})
    (result,) = await put(base, replace(made, version=2, notes="x"), seen=seen)
    assert result.row is not None
    assert (result.outcome, result.row.record) == (STORED, seen.record)
    assert "notes" not in base.cells(copy)


# --- all of it together

EVERY_FAULT = dict.fromkeys([*AFTER, *BEFORE, "empty", "stale_read"], 0.03)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_goes_wrong_each_booking_is_there_once_in_the_end(
    base: House, seed: int
) -> None:
    base.control.faults(seed=seed, rates=EVERY_FAULT, stale_s=0.2)
    made = many(60)
    waiting = list(made)
    for _ in range(20):
        batch, waiting = waiting[:10], waiting[10:]
        if not batch:
            break
        try:
            results = await put(base, *batch)
        except StoreUnavailable:  # the reading before it failed every time
            waiting += batch
            continue
        assert {each.outcome for each in results} <= {STORED, PutOutcome.UNKNOWN}
        left = {each.code for each in results if each.outcome is not STORED}
        waiting += [each for each in batch if each.code in left]
    assert not waiting
    base.control.no_faults()
    assert keys(base) == sorted(each.id for each in made)
