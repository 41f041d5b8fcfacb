"""Many requests, several wires, one base: a strict emulator never has to say "too fast"."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.ports.allowance import Allowance
from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.wire import Wire
from infrastructure.database.engine import open_ledger
from infrastructure.memory.allowance import MemoryAllowance
from tests.support.airtable_emulator.client import RunningEmulator, start_emulator
from tests.support.bases import new_wire


@pytest.fixture
def strict() -> Iterator[RunningEmulator]:
    with start_emulator(strict=True) as emulator:
        yield emulator


def _two_wires(emulator: RunningEmulator, budget_rps: float, *allowances: Allowance) -> list[Wire]:
    shared = MemoryAllowance()
    return [
        new_wire(emulator, allowance=allowance, budget_rps=budget_rps)
        for allowance in allowances or (shared, shared)
    ]


async def _burst(wires: list[Wire], count: int) -> None:
    priorities = list(Priority)
    try:
        await asyncio.gather(
            *(
                wires[number % 2].schema(priority=priorities[number % len(priorities)])
                for number in range(count)
            )
        )
    finally:
        for wire in wires:
            await wire.aclose()


@pytest.mark.slow
async def test_two_wires_at_four_a_second_are_never_told_to_slow_down(
    strict: RunningEmulator,
) -> None:
    strict.control.latency(0.3)
    await _burst(_two_wires(strict, 4.0), 200)
    assert strict.control.requests()["by_status"] == {"200": 200}


async def test_two_wires_at_a_higher_budget_are_never_told_to_slow_down(
    strict: RunningEmulator,
) -> None:
    """The same in a few seconds: the emulator allows a quarter more than the budget, as Airtable does."""
    strict.control.limits(per_base=25)
    strict.control.latency(0.05)
    await _burst(_two_wires(strict, 20.0), 80)
    assert strict.control.requests()["by_status"] == {"200": 80}


async def test_two_processes_share_the_allowance_of_their_ledger(
    strict: RunningEmulator, tmp_path: Path
) -> None:
    """Two connections to one file, as two processes have them."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledgers = [await open_ledger(url), await open_ledger(url)]
    strict.control.limits(per_base=12)
    try:
        await _burst(_two_wires(strict, 10.0, *(each.allowance for each in ledgers)), 40)
    finally:
        for each in ledgers:
            await each.close()
    assert strict.control.requests()["by_status"] == {"200": 40}


async def test_a_token_is_paced_over_all_its_bases(strict: RunningEmulator) -> None:
    strict.control.limits(per_base=1000, per_user=50)
    allowance = MemoryAllowance()
    bases = [strict.control.create_base(str(number)) for number in range(4)]
    wires = [new_wire(strict, base=base, allowance=allowance, budget_rps=500.0) for base in bases]
    await asyncio.gather(*(wire.schema() for wire in wires for _ in range(25)))
    for wire in wires:
        await wire.aclose()
    assert strict.control.requests()["by_status"] == {"200": 100}
