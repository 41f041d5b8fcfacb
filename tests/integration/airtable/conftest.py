"""One emulator for each module. Before each test its base is empty, or a small house's is put back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from infrastructure.airtable.wire import Wire
from tests.support.airtable_emulator.client import Control, RunningEmulator, start_emulator
from tests.support.airtable_house import House, house
from tests.support.bases import small_base, wire_to


@pytest.fixture(scope="module")
def running() -> Iterator[RunningEmulator]:
    with start_emulator(unlimited=True) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: RunningEmulator) -> RunningEmulator:
    """Its base is empty."""
    running.control.reset()
    return running


@pytest.fixture
def control(emulator: RunningEmulator) -> Control:
    return emulator.control


@pytest.fixture
async def wire(emulator: RunningEmulator) -> AsyncIterator[Wire]:
    """To the empty base."""
    async with wire_to(emulator) as wire:
        yield wire


@pytest.fixture(scope="module")
def small_house(running: RunningEmulator) -> bytes:
    return small_base(running)


@pytest.fixture
def furnished(running: RunningEmulator, small_house: bytes) -> RunningEmulator:
    """Its base is that of a small house, without a booking."""
    running.control.load(small_house)
    running.control.no_faults()
    return running


@pytest.fixture
async def base(furnished: RunningEmulator) -> AsyncIterator[House]:
    async with house(furnished) as base:
        yield base
