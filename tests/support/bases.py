"""Bases in the emulator for tests: empty, or made ready with the samples."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from infrastructure.airtable.wire import Wire
from infrastructure.clock import SystemClock
from infrastructure.memory.allowance import MemoryAllowance
from tests.support.airtable_emulator.client import Control, RunningEmulator

_HURRY = 1000.0
"""Requests per second where pacing is not the point."""


@asynccontextmanager
async def wire_to(
    emulator: RunningEmulator, *, token: str | None = None, budget_rps: float = _HURRY
) -> AsyncIterator[Wire]:
    wire = Wire(
        token=token or emulator.token,
        base=emulator.base,
        endpoint_url=emulator.url,
        allowance=MemoryAllowance(),
        budget_rps=budget_rps,
        clock=SystemClock(),
    )
    try:
        yield wire
    finally:
        await wire.aclose()


def columns(control: Control, table: str) -> dict[str, dict[str, Any]]:
    """The columns of a table by name, as they really are."""
    found = next(each for each in control.schema()["tables"] if each["name"] == table)
    return {each["name"]: each for each in found["fields"]}


def tables(control: Control) -> list[str]:
    return [each["name"] for each in control.schema()["tables"]]
