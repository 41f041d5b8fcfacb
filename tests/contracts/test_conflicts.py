"""What every `Conflicts` promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from application.ports.conflicts import Conflict, ConflictKind, conflict_id
from domain.booking import BookingCode
from domain.store_row import RecordId
from domain.venue import VenueId
from tests.support.ledgers import NOW, VENUE, StoreLedger

MINUTE = timedelta(minutes=1)
DOUBLE = Conflict(
    id=conflict_id(ConflictKind.DOUBLE_BOOKED, "AAA T1"),
    venue=VENUE,
    kind=ConflictKind.DOUBLE_BOOKED,
    code=BookingCode("AAA"),
    record=RecordId("rec1"),
    detail="La mesa T1 está dada dos veces.",
    draft="Hola Ana",
    other=BookingCode("BBB"),
    detected_at=NOW,
)
HALF_TYPED = Conflict(
    id=conflict_id(ConflictKind.NO_RESOURCE, "rec2"),
    venue=VENUE,
    kind=ConflictKind.NO_RESOURCE,
    code=BookingCode(""),
    record=None,
    detail="No queda mesa.",
    draft="",
    other=None,
    detected_at=NOW - MINUTE,
)


async def test_open_conflicts_come_as_they_were_reported_by_when_they_were_detected(
    store_ledger: StoreLedger,
) -> None:
    conflicts = store_ledger.conflicts
    assert await conflicts.open_ones(venue=VENUE) == []
    for conflict in (DOUBLE, HALF_TYPED):
        assert await conflicts.report(conflict=conflict)
    assert await conflicts.open_ones(venue=VENUE) == [HALF_TYPED, DOUBLE]
    assert await conflicts.open_ones(venue=VENUE, code=DOUBLE.code) == [DOUBLE]
    assert await conflicts.open_ones(venue=VenueId("elsewhere")) == []


async def test_the_same_again_is_brought_up_to_date_and_keeps_when_it_was_detected(
    store_ledger: StoreLedger,
) -> None:
    conflicts = store_ledger.conflicts
    await conflicts.report(conflict=DOUBLE)
    later = replace(DOUBLE, detail="Siguen siendo dos.", detected_at=NOW + MINUTE)
    assert not await conflicts.report(conflict=later)
    assert await conflicts.open_ones(venue=VENUE) == [replace(later, detected_at=NOW)]


async def test_a_resolved_conflict_is_off_the_list_once(store_ledger: StoreLedger) -> None:
    conflicts = store_ledger.conflicts
    await conflicts.report(conflict=DOUBLE)
    await conflicts.report(conflict=HALF_TYPED)
    assert await conflicts.resolve(id=DOUBLE.id, now=NOW)
    assert not await conflicts.resolve(id=DOUBLE.id, now=NOW)
    assert not await conflicts.resolve(id="unknown", now=NOW)
    assert await conflicts.open_ones(venue=VENUE) == [HALF_TYPED]


async def test_a_resolved_conflict_that_is_reported_again_is_a_new_one(
    store_ledger: StoreLedger,
) -> None:
    conflicts = store_ledger.conflicts
    await conflicts.report(conflict=DOUBLE)
    await conflicts.resolve(id=DOUBLE.id, now=NOW)
    again = replace(DOUBLE, detected_at=NOW + MINUTE)
    assert await conflicts.report(conflict=again)
    assert await conflicts.open_ones(venue=VENUE) == [again]


async def test_of_many_who_report_the_same_at_once_one_was_first(store_ledger: StoreLedger) -> None:
    report = store_ledger.conflicts.report
    for _ in range(2):
        first = await asyncio.gather(*(report(conflict=DOUBLE) for _ in range(6)))
        assert sum(first) == 1
        await store_ledger.conflicts.resolve(id=DOUBLE.id, now=NOW)
