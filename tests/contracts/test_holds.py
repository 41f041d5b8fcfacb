"""What every `Holds` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from application.ports.holds import Hold
from domain.errors import PacingExceeded, SlotTaken, TooManyHolds
from domain.floor import Placement
from tests.support import deeds
from tests.support.ledgers import (
    EIGHT,
    HOLD_TIME,
    NOW,
    VENUE,
    AnyLedger,
    Evidence,
    cells_of,
    charge,
    owners,
    placement,
)


async def place(
    ledger: AnyLedger,
    hold_id: str,
    placed: Placement | None = None,
    *,
    holder: str = "ana",
    now: datetime = NOW,
    limit: int = 3,
) -> Hold:
    where = placed or placement()
    return await deeds.hold(ledger, hold_id, where, holder=holder, now=now, limit=limit)


async def test_a_hold_claims_every_cell_of_its_placement(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    placed = placement("T1", "T2", charges=[charge(2)])
    hold = await place(ledger, "h1", placed)
    assert hold == Hold(
        id="h1", venue=VENUE, placement=placed, holder="ana", expires_at=NOW + HOLD_TIME
    )
    assert await ledger.holds.get(hold_id="h1", now=NOW) == hold
    assert set(await evidence.claims()) == cells_of(placed)
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_second_guest_cannot_take_a_held_slot(ledger: AnyLedger) -> None:
    await place(ledger, "h1")
    with pytest.raises(SlotTaken) as refusal:
        await place(ledger, "h2", holder="berta")
    assert refusal.value.held


async def test_one_shared_cell_is_enough_to_be_refused(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    await place(ledger, "h1", placement("T2"))
    later = placement("T1", "T2", start=EIGHT + timedelta(minutes=85))
    with pytest.raises(SlotTaken):
        await place(ledger, "h2", later, holder="berta")
    assert owners(await evidence.claims()) == {"h1"}


async def test_holds_that_only_touch_do_not_collide(ledger: AnyLedger) -> None:
    await place(ledger, "h1")
    await place(ledger, "h2", placement(start=EIGHT + timedelta(minutes=90)), holder="berta")
    await place(ledger, "h3", placement("T2"), holder="carla")


async def test_another_venue_has_its_own_tables(ledger: AnyLedger) -> None:
    await place(ledger, "h1")
    await ledger.holds.place(
        hold_id="h2",
        venue=type(VENUE)("elsewhere"),
        placement=placement(),
        holder="berta",
        expires_at=NOW + HOLD_TIME,
        now=NOW,
        limit=3,
    )


async def test_placing_the_same_hold_again_returns_it_as_it_stands(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    first = await place(ledger, "h1", placement(charges=[charge(2)]))
    again = await place(
        ledger, "h1", placement(charges=[charge(2)]), now=NOW + timedelta(minutes=1)
    )
    assert again == first
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_slot_taken_by_a_booking_is_not_called_held(ledger: AnyLedger) -> None:
    await deeds.book(ledger, "AAA", placement())
    with pytest.raises(SlotTaken) as refusal:
        await place(ledger, "h1", holder="berta")
    assert not refusal.value.held


async def test_a_lapsed_hold_no_longer_counts_although_nobody_swept_it(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    full = [charge(2, max_covers=2)]
    await place(ledger, "h1", placement(charges=full))
    later = NOW + HOLD_TIME
    assert await ledger.holds.get(hold_id="h1", now=later) is None
    await place(ledger, "h2", placement(charges=full), holder="berta", now=later)
    assert owners(await evidence.claims()) == {"h2"}
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_lapsed_hold_elsewhere_no_longer_fills_the_window(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    full = [charge(2, max_covers=2)]
    await place(ledger, "h1", placement("T1", charges=full))
    later = NOW + HOLD_TIME
    await place(ledger, "h2", placement("T2", charges=full), holder="berta", now=later)
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_lapsed_hold_may_be_placed_again(ledger: AnyLedger, evidence: Evidence) -> None:
    await place(ledger, "h1", placement("T1", charges=[charge(2)]))
    later = NOW + HOLD_TIME
    moved = placement("T2", charges=[charge(4)])
    again = await place(ledger, "h1", moved, now=later)
    assert again.expires_at == later + HOLD_TIME
    assert set(await evidence.claims()) == cells_of(moved)
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (4, 1)}


async def test_a_hold_still_stands_a_moment_before_it_lapses(ledger: AnyLedger) -> None:
    await place(ledger, "h1")
    almost = NOW + HOLD_TIME - timedelta(microseconds=1)
    with pytest.raises(SlotTaken):
        await place(ledger, "h2", holder="berta", now=almost)


async def test_the_clock_of_the_machine_does_not_end_a_hold(
    ledger: AnyLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place(ledger, "h1")
    monkeypatch.setattr("time.time", lambda: (NOW + timedelta(hours=2)).timestamp())
    with pytest.raises(SlotTaken):
        await place(ledger, "h2", holder="berta")
    assert await ledger.holds.sweep(now=NOW) == 0


async def test_pacing_refuses_and_leaves_nothing_behind(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    await place(ledger, "h1", placement("T1", charges=[charge(4, max_covers=5)]))
    with pytest.raises(PacingExceeded) as refusal:
        await place(ledger, "h2", placement("T2", charges=[charge(2, max_covers=5)]), holder="b")
    assert refusal.value.rule == "kitchen"
    assert owners(await evidence.claims()) == {"h1"}
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (4, 1)}


async def test_pacing_counts_parties_too(ledger: AnyLedger) -> None:
    await place(ledger, "h1", placement("T1", charges=[charge(2, max_parties=1)]))
    with pytest.raises(PacingExceeded):
        await place(ledger, "h2", placement("T2", charges=[charge(2, max_parties=1)]), holder="b")


async def test_one_guest_cannot_hold_half_the_house(ledger: AnyLedger) -> None:
    for table in ("T1", "T2"):
        await place(ledger, f"h-{table}", placement(table), limit=2)
    with pytest.raises(TooManyHolds) as refusal:
        await place(ledger, "h-T3", placement("T3"), limit=2)
    assert refusal.value.limit == 2
    await place(ledger, "h-T3", placement("T3"), holder="berta", limit=2)
    later = NOW + HOLD_TIME
    await place(ledger, "h-T4", placement("T4"), now=later, limit=1)


async def test_one_guest_cannot_pass_the_limit_by_asking_at_once(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    days = [placement("T1", start=EIGHT + timedelta(days=day)) for day in range(8)]
    outcomes = await asyncio.gather(
        *(place(ledger, f"h{i}", placed, limit=2) for i, placed in enumerate(days)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Hold) for outcome in outcomes) == 2
    assert sum(isinstance(outcome, TooManyHolds) for outcome in outcomes) == 6
    assert len(owners(await evidence.claims())) == 2


async def test_a_released_hold_gives_everything_back(ledger: AnyLedger, evidence: Evidence) -> None:
    await place(ledger, "h1", placement(charges=[charge(2)]))
    await ledger.holds.release(hold_id="h1")
    await ledger.holds.release(hold_id="h1")
    assert await ledger.holds.get(hold_id="h1", now=NOW) is None
    assert await evidence.claims() == {}
    assert await evidence.pacing() == {}


async def test_sweeping_deletes_the_lapsed_and_no_others(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    await place(ledger, "h1", placement("T1", charges=[charge(2)]))
    await place(ledger, "h2", placement("T2"), holder="b", now=NOW + timedelta(minutes=1))
    assert await ledger.holds.sweep(now=NOW + HOLD_TIME) == 1
    assert await ledger.holds.sweep(now=NOW + HOLD_TIME) == 0
    assert owners(await evidence.claims()) == {"h2"}
    assert await evidence.pacing() == {}


async def test_of_fifty_guests_at_once_exactly_one_gets_the_table(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    outcomes = await asyncio.gather(
        *(place(ledger, f"h{i}", holder=f"guest-{i}") for i in range(50)), return_exceptions=True
    )
    winners = [outcome.id for outcome in outcomes if isinstance(outcome, Hold)]
    assert len(winners) == 1
    assert sum(isinstance(outcome, SlotTaken) for outcome in outcomes) == 49
    assert owners(await evidence.claims()) == set(winners)


async def test_combinations_that_share_a_table_never_deadlock(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    pairs = [("T1", "T2"), ("T2", "T3"), ("T3", "T1"), ("T2", "T1"), ("T1", "T3"), ("T3", "T2")]
    midnight = EIGHT + timedelta(hours=3, minutes=30)  # claims on two UTC days
    outcomes = await asyncio.gather(
        *(
            place(ledger, f"h{i}", placement(*pairs[i % 6], start=midnight), holder=f"guest-{i}")
            for i in range(30)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Hold) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SlotTaken) for outcome in outcomes) == 29
    assert len(owners(await evidence.claims())) == 1
