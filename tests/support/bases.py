"""Bases in the emulator for tests: a small house's or the samples', and wires to them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from infrastructure.airtable.init import prepare
from infrastructure.airtable.tables import TABLES, definition
from infrastructure.airtable.wire import Wire
from infrastructure.clock import SystemClock
from infrastructure.memory.allowance import MemoryAllowance
from infrastructure.venues.loader import read_files
from tests.support.airtable_emulator.client import Control, RunningEmulator
from tests.support.ledgers import VENUE

HURRY = 1000.0
"""Requests per second where pacing is not the point."""
_TABLE_KEYS = ("T1", "T2", "T3", "T4", "T5")


def new_wire(emulator: RunningEmulator, **options: Any) -> Wire:
    """A wire to the emulator's base, in a hurry; options are those of `Wire`."""
    usual: dict[str, Any] = {
        "token": emulator.token,
        "base": emulator.base,
        "endpoint_url": emulator.url,
        "allowance": MemoryAllowance(),
        "budget_rps": HURRY,
        "clock": SystemClock(),
    }
    return Wire(**{**usual, **options})


def wire_to(emulator: RunningEmulator, **options: Any) -> aclosing[Wire]:
    """The same, to be closed at the end of a block."""
    return aclosing(new_wire(emulator, **options))


def small_base(emulator: RunningEmulator, *, venues: Sequence[str] = (VENUE,)) -> bytes:
    """The state of a base as `Control.load` takes it: the nine tables in English, each venue with the
    service `dinner` and five tables."""
    control = emulator.control
    control.reset()
    ids: dict[str, str] = {}
    for table in TABLES:
        fields = [definition(each, "en", zone="utc", table_ids=ids) for each in table.columns]
        ids[table.key] = control.staff("create_table", name=table.names.en, fields=fields)["id"]
    for venue in venues:
        record = control.create("Venues", {"Name": venue, "Key": venue})
        of_venue = {"Venue": [record]}
        control.create("Services", {"Name": "Dinner", "Key": "dinner", "Minutes": 90, **of_venue})
        for key in _TABLE_KEYS:
            control.create("Resources", {"Name": f"Mesa {key}", "Key": key, "Seats": 4, **of_venue})
    return control.dump()


def sample_base(emulator: RunningEmulator) -> bytes:
    """The state of a base with the sample houses in it, in Spanish."""
    control = emulator.control
    control.reset()
    control.limits(mode="off")

    async def make() -> None:
        async with wire_to(emulator) as wire:
            await prepare(wire, houses=read_files())

    asyncio.run(make())
    return control.dump()


def columns(control: Control, table: str) -> dict[str, dict[str, Any]]:
    """The columns of a table by name, as they really are."""
    found = next(each for each in control.schema()["tables"] if each["name"] == table)
    return {each["name"]: each for each in found["fields"]}


def tables(control: Control) -> list[str]:
    return [each["name"] for each in control.schema()["tables"]]
