"""What every `Leases` promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from infrastructure.database.engine import open_ledger
from tests.support.ledgers import NOW, StoreLedger

MINUTE = timedelta(minutes=1)


async def take(
    ledger: StoreLedger, holder: str, *, at: int = 0, minutes: int = 1, name: str = "work"
) -> int | None:
    """Ask `at` minutes after NOW for a lease of some minutes."""
    now = NOW + at * MINUTE
    return await ledger.leases.take(name=name, holder=holder, until=now + minutes * MINUTE, now=now)


async def test_a_lease_is_its_holders_alone_until_it_runs_out(store_ledger: StoreLedger) -> None:
    first = await take(store_ledger, "a", minutes=5)
    assert first is not None
    assert await take(store_ledger, "b", at=4) is None
    second = await take(store_ledger, "b", at=5)
    assert second == first + 1
    assert await take(store_ledger, "a", at=5) is None


async def test_the_token_stays_while_a_holder_prolongs_in_time(store_ledger: StoreLedger) -> None:
    first = await take(store_ledger, "a", minutes=5)
    assert await take(store_ledger, "a", at=4, minutes=5) == first
    assert await take(store_ledger, "b", at=6) is None
    assert await take(store_ledger, "a", at=8, minutes=5) == first


async def test_a_lease_taken_up_again_after_it_ran_out_has_a_new_token(
    store_ledger: StoreLedger,
) -> None:
    first = await take(store_ledger, "a", minutes=5)
    assert first is not None
    assert await take(store_ledger, "a", at=5) == first + 1


async def test_a_lease_given_back_is_free_at_once_and_its_token_is_not_used_again(
    store_ledger: StoreLedger,
) -> None:
    first = await take(store_ledger, "a", minutes=5)
    assert first is not None
    await store_ledger.leases.give_back(name="work", holder="a")
    second = await take(store_ledger, "b")
    assert second == first + 1
    await store_ledger.leases.give_back(name="work", holder="b")
    assert await take(store_ledger, "b") == second + 1


async def test_nobody_can_give_back_anothers_lease(store_ledger: StoreLedger) -> None:
    await take(store_ledger, "a", minutes=5)
    await store_ledger.leases.give_back(name="work", holder="b")
    await store_ledger.leases.give_back(name="unknown", holder="a")
    assert await take(store_ledger, "b", at=1) is None


async def test_leases_of_different_names_do_not_meet(store_ledger: StoreLedger) -> None:
    first = await take(store_ledger, "a", minutes=5)
    assert await take(store_ledger, "b", name="other") is not None
    assert await take(store_ledger, "a", at=1, minutes=5) == first


async def test_of_many_processes_that_ask_at_once_one_gets_the_lease(
    store_ledger: StoreLedger, store_url: str
) -> None:
    other = await open_ledger(store_url)
    try:
        tokens = await asyncio.gather(
            *(take(ledger, f"{i}") for i, ledger in enumerate([store_ledger, other] * 5))
        )
    finally:
        await other.close()
    assert [token for token in tokens if token is not None] == [1]


async def test_a_lease_from_a_clock_far_ahead_keeps_nobody_out(store_ledger: StoreLedger) -> None:
    ahead = await take(store_ledger, "a", at=120)
    assert ahead is not None
    assert await take(store_ledger, "b") == ahead + 1
