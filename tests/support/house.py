"""A whole house to talk to: the app with its real parts on a ledger of its own, and a way to look past it."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import httpx

from application.ports.clock import Clock
from domain.venue import Venue
from infrastructure.http.parts import Parts
from infrastructure.memory import MemoryLedger
from infrastructure.settings import Settings
from infrastructure.venues.loader import load_venues
from main import create_app

CELL_S = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MovedClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._moved = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return time.monotonic() + self._moved

    def move(self, by: timedelta) -> None:
        self._now += by
        self._moved += by.total_seconds()


@dataclass(frozen=True, slots=True)
class Row:
    """A booking as it stands in the ledger."""

    id: str
    code: str
    venue: str
    service: str
    start: datetime
    end: datetime
    party: int
    resources: tuple[str, ...]
    status: str
    user_id: str
    name: str
    phone: str
    notes: str

    @property
    def occupies(self) -> tuple[object, ...]:
        """What a guest would call a changed booking."""
        return (self.service, self.start, self.end, self.party, self.resources, self.status)

    @property
    def is_live(self) -> bool:
        return self.status in {"confirming", "received", "confirmed", "seated"}

    def belongs_to(self, guest: str) -> bool:
        return guest in {self.user_id, self.phone}


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who has one of the cells that were asked about."""

    kind: str
    holder: str
    expires_at: datetime | None
    booking: str
    """Its id; empty for a hold."""


class Book(Protocol):
    """What stands in a ledger, read past the program, so that the program cannot agree with itself."""

    def bookings(self) -> dict[str, Row]:
        """All bookings by code, by start and then code."""
        ...

    def claimed(
        self, venue: str, resources: Sequence[str], start: datetime, end: datetime
    ) -> list[Claimed]:
        """Everyone who has a cell of these resources between two instants."""
        ...

    def claims_of_bookings(self) -> dict[str, set[tuple[str, int]]]:
        """(resource, cell) by booking id."""
        ...


class LedgerFile:
    """The book in a SQLite file."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def close(self) -> None:
        self._connection.close()

    def bookings(self) -> dict[str, Row]:
        rows = self._connection.execute(
            "SELECT id, code, venue, service, start, end, party_size, resources, status, user_id,"
            " name, phone, notes FROM bookings ORDER BY start, code"
        )
        return {row[1]: _row(row) for row in rows}

    def claimed(
        self, venue: str, resources: Sequence[str], start: datetime, end: datetime
    ) -> list[Claimed]:
        marks = ",".join("?" * len(resources))
        rows = self._connection.execute(
            "SELECT DISTINCT a.kind, a.holder, a.expires_at, a.id FROM claims c"
            " JOIN allocations a ON a.seq = c.allocation"
            f" WHERE c.venue = ? AND c.resource IN ({marks}) AND c.cell >= ? AND c.cell < ?",
            (venue, *resources, _cell(start), _cell(end)),
        )
        return [
            Claimed(kind, holder, _instant(expires), allocation if kind == "booking" else "")
            for kind, holder, expires, allocation in rows
        ]

    def claims_of_bookings(self) -> dict[str, set[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        for booking, resource, cell in self._connection.execute(
            "SELECT a.id, c.resource, c.cell FROM claims c"
            " JOIN allocations a ON a.seq = c.allocation WHERE a.kind = 'booking'"
        ):
            found.setdefault(booking, set()).add((resource, cell))
        return found


class LedgerInMemory:
    """The book in a `MemoryLedger`."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    def bookings(self) -> dict[str, Row]:
        kept = sorted(self._ledger.bookings.rows.values(), key=lambda b: (b.start, b.code))
        return {
            booking.code: Row(
                id=booking.id,
                code=booking.code,
                venue=booking.venue,
                service=booking.service,
                start=booking.start,
                end=booking.end,
                party=booking.party_size.covers,
                resources=tuple(booking.resources),
                status=booking.status.value,
                user_id=booking.guest.user_id,
                name=booking.guest.name,
                phone=booking.guest.phone,
                notes=booking.notes,
            )
            for booking in kept
        }

    def claimed(
        self, venue: str, resources: Sequence[str], start: datetime, end: datetime
    ) -> list[Claimed]:
        floor = self._ledger.floor
        wanted = {(venue, r, cell) for r in resources for cell in cells_between(start, end)}
        return [
            Claimed("booking" if kept.booking else "hold", kept.holder, kept.expires_at, key)
            for key in {key for cell, key in floor.cells.items() if cell in wanted}
            for kept in [floor.kept[key]]
        ]

    def claims_of_bookings(self) -> dict[str, set[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        for (_, resource, cell), key in self._ledger.floor.cells.items():
            if self._ledger.floor.kept[key].booking:
                found.setdefault(key, set()).add((resource, cell))
        return found


def cells_between(start: datetime, end: datetime) -> range:
    return range(_cell(start), _cell(end))


def _cell(instant: datetime) -> int:
    return int(instant.timestamp()) // CELL_S


def _instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def _row(row: Sequence[Any]) -> Row:
    values = list(row)
    values[4:6] = (_EPOCH + timedelta(microseconds=value) for value in row[4:6])
    values[7] = tuple(json.loads(row[7]))
    return Row(*values)


@dataclass
class House:
    """An app that has started, the clock it reads, its ledger, and its running parts."""

    client: httpx.AsyncClient
    clock: MovedClock
    ledger: Book
    parts: Parts
    _ids: Iterable[int] = field(default_factory=itertools.count)

    def next_id(self, what: str) -> str:
        return f"{what}-{next(iter(self._ids))}"

    async def say(
        self, text: str, *, venue: str, guest: str, channel: str, message_id: str
    ) -> httpx.Response:
        body = {
            "venue": venue,
            "user_id": guest,
            "message": text,
            "message_id": message_id,
            "channel": channel,
        }
        return await self.client.post("/chat", json=body)

    async def book_as_staff(self, venue: str, booking: Mapping[str, Any]) -> dict[str, Any]:
        answered = await self.client.post(
            f"/venues/{venue}/bookings",
            json=booking,
            headers={"Idempotency-Key": self.next_id("staff")},
        )
        assert answered.status_code == 201, answered.text
        made: dict[str, Any] = answered.json()
        return made

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        answered = await self.client.get(
            path, params={name: value for name, value in query.items() if value is not None}
        )
        assert answered.status_code == 200, answered.text
        found: dict[str, Any] = answered.json()
        return found


Agents = Callable[[Clock, AsyncExitStack], Mapping[str, Any]]
"""Makes the agents that are not to be the local twins, by name: `router`, `logic`, `human`.

What they leave open is closed by the stack.
"""


@asynccontextmanager
async def open_house(
    folder: Path,
    *,
    start: datetime,
    agents: Agents | None = None,
    settings: Mapping[str, Any] | None = None,
    in_memory: bool = False,
    template: Path | None = None,
    venues: Sequence[Venue] | None = None,
) -> AsyncIterator[House]:
    """The app as `anfitrion serve` makes it, with the sample venues, talked to without a socket.

    `settings` come on top of the defaults, with which all agents are the local twins. Its ledger is a SQLite file in `folder`, begun as a copy of `template` where one is given (which
    spares the migrations), or a `MemoryLedger`.
    """
    clock = MovedClock(start)
    file = folder / "anfitrion.db"
    if template is not None:
        shutil.copyfile(template, file)
    memory = MemoryLedger() if in_memory else None
    async with AsyncExitStack() as stack:
        app = create_app(
            Settings(_env_file=None, data_dir=folder, **{"redis_url": "off", **(settings or {})}),
            ledger=memory,
            clock=clock,
            venues=venues or sample_venues(),
            background=False,
            **(agents(clock, stack) if agents else {}),
        )
        await stack.enter_async_context(app.router.lifespan_context(app))
        book: Book
        if memory is not None:
            book = LedgerInMemory(memory)
        else:
            book = stack.enter_context(closing(LedgerFile(file)))
        transport = httpx.ASGITransport(app=app)
        client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
        yield House(await stack.enter_async_context(client), clock, book, app.state.parts)


@cache
def sample_venues() -> tuple[Venue, ...]:
    return load_venues(None)
