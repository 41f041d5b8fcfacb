"""What every `DaySheets` promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.booking import BookingStatus
from domain.cells import CELLS_PER_UTC_DAY, cell_of
from domain.errors import PacingExceeded, SlotTaken
from domain.floor import Allocation
from domain.venue import VenueId
from tests.support.deeds import book, hold, move, set_status
from tests.support.ledgers import (
    EIGHT,
    HOLD_TIME,
    NOW,
    VENUE,
    AnyLedger,
    booking,
    charge,
    placement,
)

FRIDAY = cell_of(EIGHT) // CELLS_PER_UTC_DAY
DAY = (FRIDAY * CELLS_PER_UTC_DAY, (FRIDAY + 1) * CELLS_PER_UTC_DAY)
ACROSS_MIDNIGHT = placement("T2", start=EIGHT + timedelta(hours=3))


async def revision(ledger: AnyLedger, day: int = FRIDAY) -> int:
    return (await ledger.day_sheets.revisions(venue=VENUE, utc_days=[day]))[day]


async def ids(ledger: AnyLedger, first: int, end: int) -> set[str]:
    found = await ledger.day_sheets.allocations(
        venue=VENUE, first_cell=first, end_cell=end, now=NOW
    )
    return {allocation.id for allocation in found}


async def test_a_day_that_never_changed_has_revision_zero(ledger: AnyLedger) -> None:
    days = range(FRIDAY, FRIDAY + 3)
    assert await ledger.day_sheets.revisions(venue=VENUE, utc_days=days) == dict.fromkeys(days, 0)
    assert await ids(ledger, *DAY) == set()


async def test_every_change_of_claims_raises_the_revision_of_its_days(ledger: AnyLedger) -> None:
    seen = [await revision(ledger)]
    placed = placement(charges=[charge(2)])
    await hold(ledger, "h1", placed)
    seen.append(await revision(ledger))
    made = await book(ledger, "AAA", placed, hold_id="h1")
    seen.append(await revision(ledger))
    moved = await move(ledger, made, placement("T9"))
    seen.append(await revision(ledger))
    await set_status(ledger, moved, BookingStatus.CANCELLED, actor="guest")
    seen.append(await revision(ledger))
    await hold(ledger, "h2", placed)
    seen.append(await revision(ledger))
    await ledger.holds.release(hold_id="h2")
    seen.append(await revision(ledger))
    assert sorted(set(seen)) == seen


async def test_a_night_past_midnight_utc_raises_both_days(ledger: AnyLedger) -> None:
    await hold(ledger, "h1", ACROSS_MIDNIGHT)
    assert await revision(ledger, FRIDAY) > 0
    assert await revision(ledger, FRIDAY + 1) > 0
    assert await revision(ledger, FRIDAY + 2) == 0
    elsewhere = await ledger.day_sheets.revisions(venue=VenueId("x"), utc_days=[FRIDAY])
    assert elsewhere == {FRIDAY: 0}


async def test_a_refused_change_leaves_the_revision(ledger: AnyLedger) -> None:
    await hold(ledger, "h1", placement("T1", charges=[charge(2, max_covers=2)]))
    before = await revision(ledger)
    with pytest.raises(SlotTaken):
        await book(ledger, "AAA", placement("T1"))
    with pytest.raises(PacingExceeded):
        await book(ledger, "AAA", placement("T2", charges=[charge(2, max_covers=2)]))
    assert await revision(ledger) == before


async def test_holds_and_bookings_are_shown_with_claims_and_charges(ledger: AnyLedger) -> None:
    placed, held = placement("T1", "T3", charges=[charge(2)]), placement("T2")
    await book(ledger, "AAA", placed)
    await hold(ledger, "h1", held)
    found = await ledger.day_sheets.allocations(
        venue=VENUE, first_cell=DAY[0], end_cell=DAY[1], now=NOW
    )
    booked = Allocation(
        id="aaa", claims=placed.claims, charges=placed.charges, booking=booking("AAA", placed).code
    )
    kept = Allocation(id="h1", claims=held.claims, charges=(), expires_at=NOW + HOLD_TIME)
    assert sorted(found, key=lambda allocation: allocation.id) == [booked, kept]


async def test_a_window_shows_whatever_touches_one_of_its_cells(ledger: AnyLedger) -> None:
    await hold(ledger, "h1", ACROSS_MIDNIGHT)
    midnight = DAY[1]
    assert await ids(ledger, midnight, midnight + 1) == {"h1"}
    assert await ids(ledger, midnight - 1, midnight) == {"h1"}
    assert await ids(ledger, midnight + 6, midnight + 99) == set()
    assert await ids(ledger, midnight - 99, midnight - 12) == set()
    assert await ids(ledger, midnight + 5, midnight + 6) == {"h1"}


async def test_lapsed_holds_and_ended_bookings_are_not_shown(ledger: AnyLedger) -> None:
    await hold(ledger, "h1", placement("T1"))
    made = await book(ledger, "AAA", placement("T2"))
    later = NOW + HOLD_TIME
    shown = await ledger.day_sheets.allocations(
        venue=VENUE, first_cell=DAY[0], end_cell=DAY[1], now=later
    )
    assert [allocation.id for allocation in shown] == ["aaa"]
    await set_status(ledger, made, BookingStatus.NO_SHOW)
    assert await ids(ledger, *DAY) == {"h1"}
