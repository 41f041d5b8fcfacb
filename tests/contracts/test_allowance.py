"""What every `Allowance` promises."""

from __future__ import annotations

import asyncio

import pytest

from application.ports.allowance import (
    QUOTA_RETRY_S,
    Allowance,
    Grant,
    Stop,
    month_of,
    next_month_s,
)
from infrastructure.database.engine import Ledger
from infrastructure.memory.allowance import MemoryAllowance
from tests.support.ledgers import NOW, AnyLedger

BASE = {"base": 4.0}
BOTH = {"base": 4.0, "token": 2.0}
NOW_S = NOW.timestamp()


@pytest.fixture
def allowance(ledger: AnyLedger) -> Allowance:
    # The ledger in memory stands beside no booking store and so has none of its own.
    return ledger.allowance if isinstance(ledger, Ledger) else MemoryAllowance()


async def _turns(allowance: Allowance, limit: float, count: int) -> list[float]:
    """The seconds after NOW_S at which `count` requests get their turns, asking as they are told."""
    now_s, turns = NOW_S, list[float]()
    while len(turns) < count:
        grant = await allowance.take(limits={"base": limit}, now_s=now_s)
        if grant.wait_s:
            now_s += grant.wait_s
        else:
            turns.append(round(now_s - NOW_S, 3))
    return turns


async def test_an_unknown_name_has_never_been_used(allowance: Allowance) -> None:
    assert await allowance.month(name="base", month=month_of(NOW_S)) == 0
    assert await allowance.take(limits=BASE, now_s=NOW_S) == Grant(month_requests=1)


@pytest.mark.parametrize(
    ("limit", "turns"),
    [
        (4.0, [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]),
        (2.5, [0.0, 0.4, 0.8, 1.2, 1.6, 2.0]),
        (0.5, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
    ],
)
async def test_turns_are_evenly_spaced_at_the_limit(
    allowance: Allowance, limit: float, turns: list[float]
) -> None:
    assert await _turns(allowance, limit, 6) == turns


async def test_whoever_asks_too_early_hears_how_long_to_wait(allowance: Allowance) -> None:
    assert (await allowance.take(limits=BASE, now_s=NOW_S)).wait_s == 0.0
    grant = await allowance.take(limits=BASE, now_s=NOW_S + 0.1)
    assert grant.wait_s == pytest.approx(0.15, abs=1e-4)
    assert grant.stop is None


async def test_of_many_who_ask_at_once_one_gets_the_turn(allowance: Allowance) -> None:
    grants = await asyncio.gather(
        *(allowance.take(limits=BOTH, now_s=NOW_S) for _ in range(8)),
        *(allowance.take(limits=dict(reversed(BOTH.items())), now_s=NOW_S) for _ in range(8)),
    )
    assert sum(not grant.wait_s for grant in grants) == 1
    assert await allowance.month(name="base", month=month_of(NOW_S)) == 1


async def test_a_request_counts_against_all_its_limits_or_none(allowance: Allowance) -> None:
    await allowance.take(limits={"token": 2.0}, now_s=NOW_S)
    assert (await allowance.take(limits=BOTH, now_s=NOW_S)).wait_s == pytest.approx(0.5, abs=1e-4)
    assert await allowance.month(name="base", month=month_of(NOW_S)) == 0
    assert (await allowance.take(limits=BASE, now_s=NOW_S)).wait_s == 0.0


async def test_names_do_not_share_their_turns(allowance: Allowance) -> None:
    for name in ("one", "two", "three"):
        assert (await allowance.take(limits={name: 1.0}, now_s=NOW_S)).wait_s == 0.0


async def test_a_frozen_name_grants_nothing_until_the_freeze_ends(allowance: Allowance) -> None:
    await allowance.freeze(name="base", until_s=NOW_S + 33)
    grant = await allowance.take(limits=BOTH, now_s=NOW_S + 3)
    assert grant.stop is Stop.FROZEN
    assert grant.wait_s == pytest.approx(30, abs=1e-3)
    assert (await allowance.take(limits={"token": 2.0}, now_s=NOW_S)).wait_s == 0.0
    assert (await allowance.take(limits=BOTH, now_s=NOW_S + 33.01)).wait_s == 0.0


async def test_the_last_freeze_stands(allowance: Allowance) -> None:
    await allowance.freeze(name="base", until_s=NOW_S + 30)
    await allowance.freeze(name="base", until_s=NOW_S + 35)
    assert (await allowance.take(limits=BASE, now_s=NOW_S + 31)).stop is Stop.FROZEN


async def test_a_spent_quota_lets_one_request_try_at_a_time(allowance: Allowance) -> None:
    await allowance.spend_quota(name="base", retry_at_s=NOW_S + 60)
    grant = await allowance.take(limits=BOTH, now_s=NOW_S)
    assert grant.stop is Stop.QUOTA
    assert grant.wait_s == pytest.approx(60, abs=1e-3)
    tried = await allowance.take(limits=BOTH, now_s=NOW_S + 60.01)
    assert tried == Grant(tries_quota=True, month_requests=1)
    grant = await allowance.take(limits=BOTH, now_s=NOW_S + 61)
    assert grant.stop is Stop.QUOTA
    assert grant.wait_s == pytest.approx(QUOTA_RETRY_S - 0.99, abs=1e-3)


async def test_a_restored_quota_is_spent_no_longer(allowance: Allowance) -> None:
    await allowance.spend_quota(name="base", retry_at_s=NOW_S + 60)
    await allowance.restore_quota(name="base")
    await allowance.restore_quota(name="other")
    assert await allowance.take(limits=BASE, now_s=NOW_S) == Grant(month_requests=1)


async def test_requests_are_counted_by_month(allowance: Allowance) -> None:
    month, next_s = month_of(NOW_S), next_month_s(NOW_S)
    for second in range(3):
        grant = await allowance.take(limits=BASE, now_s=next_s - 10 + second)
        assert grant.month_requests == second + 1
    assert await allowance.month(name="base", month=month) == 3
    assert (await allowance.take(limits=BASE, now_s=next_s)).month_requests == 1
    assert await allowance.month(name="base", month=month_of(next_s)) == 1


async def test_a_clock_that_was_set_back_stops_nothing_for_long(allowance: Allowance) -> None:
    hour_s = 3600.0
    await allowance.take(limits=BASE, now_s=NOW_S + hour_s)
    await allowance.freeze(name="base", until_s=NOW_S + hour_s + 30)
    await allowance.spend_quota(name="base", retry_at_s=NOW_S + hour_s + QUOTA_RETRY_S)
    assert (await allowance.take(limits=BASE, now_s=NOW_S)).wait_s == 0.0
