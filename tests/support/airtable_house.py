"""The adapters on a small house's base in the emulator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from application.ports.clock import Clock
from application.ports.store_state import Document
from infrastructure.airtable.booking_rows import BookingRows
from infrastructure.airtable.bookings import AirtableBookings
from infrastructure.airtable.directory import BaseDirectory
from infrastructure.airtable.schema import BaseSchema, find_map
from infrastructure.airtable.tables import BY_KEY
from infrastructure.airtable.wire import Wire
from infrastructure.clock import SystemClock
from tests.support.airtable_emulator.client import Control, RunningEmulator
from tests.support.bases import wire_to

PAUSES_S = (0.0, 0.02, 0.05)


@dataclass
class House:
    """The base as staff see it (`control`), as the program does (`store`), and what lies below."""

    control: Control
    wire: Wire
    schema: BaseSchema
    directory: BaseDirectory
    rows: BookingRows
    store: AirtableBookings

    def truth(self) -> list[dict[str, Any]]:
        """The booking rows as the base holds them, past the adapter: cells by our keys."""
        names = {BY_KEY["bookings"].column(key).names.en: key for key in self._columns()}
        ids = self._names_now()
        return [
            {"id": each["id"], "source": each["source"]}
            | {ids.get(name, names.get(name, name)): cell for name, cell in each["fields"].items()}
            for each in self.control.records(self._table())
        ]

    def cells(self, record: str) -> dict[str, Any]:
        (found,) = [each for each in self.truth() if each["id"] == record]
        return found

    def record_of(self, table: str, key: str) -> str:
        rows = self.control.records(table)
        return str(next(each["id"] for each in rows if each["fields"].get("Key") == key))

    def requests(self) -> int:
        return int(self.control.requests()["total"])

    def _table(self) -> str:
        return self.schema.table("bookings")

    def _columns(self) -> list[str]:
        return [each.key for each in BY_KEY["bookings"].columns]

    def _names_now(self) -> dict[str, str]:
        """Our keys by the names that the columns have at this moment."""
        table = next(t for t in self.control.schema()["tables"] if t["id"] == self._table())
        keys = {
            self.schema.field("bookings", key): key
            for key in self._columns()
            if self.schema.field("bookings", key)
        }
        return {each["name"]: keys[each["id"]] for each in table["fields"] if each["id"] in keys}


@asynccontextmanager
async def house(
    emulator: RunningEmulator,
    *,
    clock: Clock | None = None,
    pauses_s: Sequence[float] = PAUSES_S,
    read_timeout_s: float = 15.0,
) -> AsyncIterator[House]:
    own_clock = clock or SystemClock()
    async with wire_to(emulator, clock=own_clock, read_timeout_s=read_timeout_s) as wire:

        async def keep(_found: Any) -> None: ...

        schema = BaseSchema(wire, find_map(await wire.schema()), on_change=keep)
        directory = BaseDirectory(wire, schema, {})
        await directory.refresh()
        rows = BookingRows(schema, directory)
        store = AirtableBookings(wire=wire, schema=schema, directory=directory, pauses_s=pauses_s)
        emulator.control.reset_requests()
        yield House(emulator.control, wire, schema, directory, rows, store)


class MemoryState:
    """A `StoreState` for tests."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}

    async def get(self, *, name: str) -> Document | None:
        return self.documents.get(name)

    async def revisions(self) -> Mapping[str, int]:
        return {name: each.revision for name, each in self.documents.items()}

    async def put(self, *, name: str, value: Mapping[str, Any], fence: int | None = None) -> int:
        before = self.documents.get(name)
        revision = before.revision + 1 if before else 1
        self.documents[name] = Document(dict(value), revision)
        return revision
