"""A process killed at any instant leaves all of a booking or nothing of it."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from infrastructure.database.engine import Ledger, open_ledger
from tests.support.children import start_child
from tests.support.deeds import book, hold
from tests.support.ledgers import (
    NOW,
    VENUE,
    SqlEvidence,
    cells_of,
    charge,
    once,
    placement,
)

BOOK_IN_A_LOOP = """
import asyncio, sys
from tests.integration.database.test_crashes import book_in_a_loop
asyncio.run(book_in_a_loop(sys.argv[1], int(sys.argv[2])))
"""
BOOK_AND_HANG = """
import asyncio, sys
from tests.integration.database.test_crashes import book_one
async def main():
    await book_one(sys.argv[1], "FIRST")
    print("committed", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
KILLS = 4


async def book_in_a_loop(url: str, seed: int) -> None:
    """Hold and book one slot after the other, saying each code after it is committed."""
    ledger = await open_ledger(url)
    for number in range(10_000):
        await _hold_and_book(ledger, seed * 100_000 + number)


async def _hold_and_book(ledger: Ledger, number: int) -> None:
    start = NOW + timedelta(hours=2 * number)
    placed = placement("T1", "T2", start=start, charges=[charge(2, key=f"k@{number}")])
    code, user_id = f"C{number}", f"guest-{number}"
    await hold(ledger, f"h-{code}", placed, holder=user_id, limit=1)
    await book(ledger, code, placed, hold_id=f"h-{code}", user_id=user_id, limit=1)
    print(code, flush=True)


async def book_one(url: str, code: str) -> str:
    ledger = await open_ledger(url)
    made = await book(ledger, code, placement(), limit=1, key=once("key"))
    await ledger.close()
    return made.code


async def test_every_acknowledged_booking_outlives_the_process_exactly_once(url: str) -> None:
    ledger = await open_ledger(url)
    acknowledged: list[str] = []
    for seed in range(KILLS):
        child = start_child(BOOK_IN_A_LOOP, url, str(seed))
        acknowledged.append(await asyncio.to_thread(child.next_line))
        await asyncio.sleep(random.Random(seed).uniform(0, 0.15))
        acknowledged += child.kill()
    await ledger.holds.sweep(now=NOW + timedelta(hours=1))
    evidence = SqlEvidence(url)
    stored = await evidence.bookings()
    assert set(acknowledged) <= set(stored)
    assert len(acknowledged) == len(set(acknowledged)) >= KILLS
    # What was written at the last moment and not acknowledged is whole as well.
    assert len(stored) - len(acknowledged) <= KILLS
    claims = await evidence.claims()
    assert set(claims.values()) == {code.lower() for code in stored}
    assert len(claims) == len(stored) * len(cells_of(placement("T1", "T2")))
    assert await evidence.pacing() == {(VENUE, f"k@{code[1:]}"): (2, 1) for code in stored}
    await ledger.close()


async def test_a_key_repeated_after_the_crash_returns_the_booking_of_before(url: str) -> None:
    child = start_child(BOOK_AND_HANG, url)
    assert await asyncio.to_thread(child.next_line) == "committed"
    child.kill()
    assert await book_one(url, "SECOND") == "FIRST"
    assert await SqlEvidence(url).bookings() == {"FIRST": "confirmed"}
