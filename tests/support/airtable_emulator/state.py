"""The world as JSON: for a file that survives restarts, and for tests that put one back."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from tests.support.airtable_emulator.emulator import Emulator
from tests.support.airtable_emulator.model import World

_world = TypeAdapter(World)

_SAVED_EVERY_S = 0.5


def dump(emulator: Emulator) -> bytes:
    emulator.world.clock_offset_s = emulator.clock.offset_s
    return _world.dump_json(emulator.world)


def load(emulator: Emulator, written: bytes) -> None:
    """Raises: pydantic.ValidationError."""
    emulator.load(_world.validate_json(written))


class StateFile:
    """Written soon after every change, and at the end; a crash loses the last half second."""

    def __init__(self, emulator: Emulator, path: Path) -> None:
        self._emulator = emulator
        self._path = path
        self._written = emulator.generation

    def restore(self) -> None:
        """Nothing where there is no file yet."""
        with suppress(FileNotFoundError):
            load(self._emulator, self._path.read_bytes())
        self._written = self._emulator.generation

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_SAVED_EVERY_S)
            self.save()

    def save(self) -> None:
        if self._written == self._emulator.generation:
            return
        beside = self._path.with_name(f"{self._path.name}.new")
        beside.write_bytes(dump(self._emulator))
        os.replace(beside, self._path)
        self._written = self._emulator.generation
