"""A base of an emulator with the house's tables, and the adapters that work on it."""

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
from infrastructure.airtable.tables import BY_KEY, TABLES, definition
from infrastructure.airtable.wire import Wire
from infrastructure.clock import SystemClock
from infrastructure.memory.allowance import MemoryAllowance
from tests.support.airtable_emulator.client import Control, RunningEmulator
from tests.support.airtable_emulator.ids import TEST_BASE, TEST_TOKEN
from tests.support.ledgers import VENUE

HURRY = 1000.0
"""Requests per second where pacing is not the point."""
PAUSES_S = (0.0, 0.02, 0.05)
TABLE_KEYS = ("T1", "T2", "T3", "T4", "T5")


def furnish(control: Control, *, venues: Sequence[str] = (VENUE,)) -> None:
    """The nine tables in English; each venue with the service `dinner` and five tables."""
    ids: dict[str, str] = {}
    for table in TABLES:
        fields = [definition(each, "en", zone="utc", table_ids=ids) for each in table.columns]
        ids[table.key] = control.staff("create_table", name=table.names.en, fields=fields)["id"]
    for venue in venues:
        record = control.create("Venues", {"Name": venue, "Key": venue})
        of_venue = {"Venue": [record]}
        control.create("Services", {"Name": "Dinner", "Key": "dinner", "Minutes": 90, **of_venue})
        for key in TABLE_KEYS:
            control.create("Resources", {"Name": f"Mesa {key}", "Key": key, "Seats": 4, **of_venue})


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
    wire = _wire(emulator.url, clock=clock, read_timeout_s=read_timeout_s)
    try:

        async def keep(_found: Any) -> None: ...

        schema = BaseSchema(wire, find_map(await wire.schema()), on_change=keep)
        directory = BaseDirectory(wire, schema, {})
        await directory.refresh()
        rows = BookingRows(schema, directory)
        store = AirtableBookings(wire=wire, schema=schema, directory=directory, pauses_s=pauses_s)
        emulator.control.reset_requests()
        yield House(emulator.control, wire, schema, directory, rows, store)
    finally:
        await wire.aclose()


@asynccontextmanager
async def nobody_there() -> AsyncIterator[Wire]:
    """A wire that ends nowhere."""
    wire = _wire("http://127.0.0.1:9")
    try:
        yield wire
    finally:
        await wire.aclose()


def _wire(url: str, *, clock: Clock | None = None, read_timeout_s: float = 15.0) -> Wire:
    return Wire(
        token=TEST_TOKEN,
        base=TEST_BASE,
        endpoint_url=url,
        allowance=MemoryAllowance(),
        budget_rps=HURRY,
        clock=clock or SystemClock(),
        read_timeout_s=read_timeout_s,
    )


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
