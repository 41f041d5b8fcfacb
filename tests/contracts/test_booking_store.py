"""What every `BookingStore` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from application.ports.booking_store import PutOutcome, PutResult
from domain.booking import BookingCode, BookingId, BookingStatus
from tests.support.ledgers import EIGHT, VENUE, AnyLedger, booking, codes, placement

LATER = EIGHT + timedelta(hours=2)


async def test_what_is_put_is_found_as_it_stands(ledger: AnyLedger) -> None:
    first = replace(booking("AAA", placement("T1", "T2")), notes="junto a la ventana")
    second = booking("BBB", placement("T3"), status=BookingStatus.SEATED)
    results = await ledger.booking_store.put(bookings=[first, second])
    assert results == [
        PutResult(BookingCode("AAA"), PutOutcome.STORED),
        PutResult(BookingCode("BBB"), PutOutcome.STORED),
    ]
    assert await ledger.booking_store.get(code=first.code) == first
    assert await ledger.booking_store.get(code=second.code) == second
    assert await ledger.booking_store.get(code=BookingCode("ZZZ")) is None


async def test_putting_nothing_is_no_error(ledger: AnyLedger) -> None:
    assert await ledger.booking_store.put(bookings=[]) == []


async def test_putting_a_booking_again_does_not_make_a_second_one(ledger: AnyLedger) -> None:
    made = booking("AAA", placement())
    await ledger.booking_store.put(bookings=[made])
    await ledger.booking_store.put(bookings=[made, made])
    found = await ledger.booking_store.between(venue=VENUE, start=EIGHT, end=LATER)
    assert found == [made]


async def test_a_newer_version_replaces_the_row_and_an_older_one_does_not(
    ledger: AnyLedger,
) -> None:
    made = booking("AAA", placement())
    newer = replace(made, version=3, status=BookingStatus.CANCELLED)
    for version in (made, newer, replace(made, version=2)):
        (result,) = await ledger.booking_store.put(bookings=[version])
        assert result.outcome is PutOutcome.STORED
    assert await ledger.booking_store.get(code=made.code) == newer


async def test_two_bookings_cannot_have_one_code(ledger: AnyLedger) -> None:
    made = booking("AAA", placement())
    await ledger.booking_store.put(bookings=[made])
    (result,) = await ledger.booking_store.put(bookings=[replace(made, id=BookingId("other"))])
    assert result.outcome is PutOutcome.REFUSED
    assert await ledger.booking_store.get(code=made.code) == made


async def test_bookings_between_two_instants_come_by_start_and_code(ledger: AnyLedger) -> None:
    await ledger.booking_store.put(
        bookings=[
            booking("LATE", placement("T1", start=LATER)),
            booking("B", placement("T2")),
            booking("A", placement("T3")),
        ]
    )
    between = ledger.booking_store.between
    assert codes(await between(venue=VENUE, start=EIGHT, end=LATER)) == ["A", "B"]
    after = LATER + timedelta(minutes=1)
    assert codes(await between(venue=VENUE, start=EIGHT, end=after)) == ["A", "B", "LATE"]
    assert await between(venue=type(VENUE)("x"), start=EIGHT, end=after) == []
