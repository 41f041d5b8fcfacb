"""Ledgers to test against, and small values to put into them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import sqlalchemy as sa

from application.ports.allowance import Allowance
from application.ports.bookings import Once
from application.ports.conflicts import Conflicts
from application.ports.leases import COMMITTER, Leases
from application.ports.mirror import Mirror
from application.ports.notices import Notices
from application.ports.outbox import Outbox
from application.ports.store_state import StoreState
from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.cells import cell_after, cell_of
from domain.floor import Charge, Claim, Placement, Slot
from domain.guest import Guest
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, ServiceId, VenueId
from infrastructure.database.engine import open_ledger
from infrastructure.memory import MemoryLedger
from main import AnyLedger as AnyLedger
from tests.support.postgres import PostgresServer

VENUE = VenueId("la-terraza")
DINNER = ServiceId("dinner")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
EIGHT = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
HOLD_TIME = timedelta(minutes=5)


class StoreLedger(AnyLedger, Protocol):
    """What a ledger offers beside a booking store, typed as the ports."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def mirror(self) -> Mirror: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def conflicts(self) -> Conflicts: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def store_state(self) -> StoreState: ...
    @property
    def allowance(self) -> Allowance: ...


class Evidence(Protocol):
    """What a ledger really holds, read past its adapters."""

    async def claims(self) -> dict[tuple[str, str, int], str]:
        """The id of the allocation that has each (venue, resource, cell)."""
        ...

    async def shared(self) -> dict[tuple[str, str, int], set[str]]:
        """The ids of the allocations that wait for each (venue, resource, cell)."""
        ...

    async def pacing(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Covers and parties by (venue, key), where either is not zero."""
        ...

    async def bookings(self) -> dict[str, str]:
        """Statuses by code."""
        ...


class MemoryEvidence:
    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def claims(self) -> dict[tuple[str, str, int], str]:
        return dict[tuple[str, str, int], str](self._ledger.floor.cells.items())

    async def shared(self) -> dict[tuple[str, str, int], set[str]]:
        return {}

    async def pacing(self) -> dict[tuple[str, str], tuple[int, int]]:
        counters = self._ledger.floor.pacing
        keys = {(venue, key) for (venue, key, _), count in counters.items() if count}
        return {
            (venue, key): (counters[venue, key, "covers"], counters[venue, key, "parties"])
            for venue, key in keys
        }

    async def bookings(self) -> dict[str, str]:
        return {code: booking.status.value for code, booking in self._ledger.bookings.rows.items()}


class SqlEvidence:
    def __init__(self, url: str) -> None:
        self._url = url

    async def claims(self) -> dict[tuple[str, str, int], str]:
        rows = await self.read(
            "SELECT c.venue, c.resource, c.cell, a.id FROM claims c "
            "LEFT JOIN allocations a ON a.seq = c.allocation"
        )
        return {(venue, resource, cell): owner for venue, resource, cell, owner in rows}

    async def shared(self) -> dict[tuple[str, str, int], set[str]]:
        rows = await self.read(
            "SELECT s.venue, s.resource, s.cell, a.id FROM shared_claims s "
            "LEFT JOIN allocations a ON a.seq = s.allocation"
        )
        shared: dict[tuple[str, str, int], set[str]] = {}
        for venue, resource, cell, waiting in rows:
            shared.setdefault((venue, resource, cell), set()).add(waiting)
        return shared

    async def pacing(self) -> dict[tuple[str, str], tuple[int, int]]:
        rows = await self.read("SELECT venue, key, covers, parties FROM pacing")
        return {(venue, key): (c, p) for venue, key, c, p in rows if c or p}

    async def bookings(self) -> dict[str, str]:
        return dict(await self.read("SELECT code, status FROM bookings"))

    async def read(self, sql: str) -> list[Any]:
        if self._url.startswith("sqlite"):
            engine = sa.create_engine(self._url)
            with engine.connect() as connection:
                rows = [tuple(row) for row in connection.execute(sa.text(sql))]
            engine.dispose()
            return rows
        connection = await asyncpg.connect(self._url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()


async def sqlite_template(folder: Path) -> Path:
    """A migrated, empty SQLite file."""
    path = folder / "template.db"
    if not path.exists():
        ledger = await open_ledger(f"sqlite:///{path}")
        await ledger.close()
    return path


def sqlite_url(template: Path, folder: Path) -> str:
    """The URL of a fresh ledger in a folder."""
    path = folder / f"{uuid.uuid4().hex}.db"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


@asynccontextmanager
async def postgres_url(server: PostgresServer) -> AsyncIterator[str]:
    """The URL of a fresh, migrated database; dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(server.url())
    try:
        await _make_template(server, admin)
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE ledger_template STRATEGY file_copy")
        yield server.url(name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


async def _make_template(server: PostgresServer, admin: Any) -> None:
    # Of several test processes one makes it; the others wait.
    await admin.execute("SELECT pg_advisory_lock(1)")
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = 'ledger_template'"):
            await admin.execute("CREATE DATABASE ledger_making")
            ledger = await open_ledger(server.url("ledger_making"))
            await ledger.close()
            await admin.execute("ALTER DATABASE ledger_making RENAME TO ledger_template")
    finally:
        await admin.execute("SELECT pg_advisory_unlock(1)")


def placement(
    *resources: str,
    start: datetime = EIGHT,
    minutes: int = 90,
    covers: int = 2,
    charges: Iterable[Charge] = (),
) -> Placement:
    """A placement on these resources (`T1` where none is named), without buffers."""
    ids = tuple(ResourceId(resource) for resource in sorted(resources or ("T1",)))
    end = start + timedelta(minutes=minutes)
    return Placement(
        slot=Slot(service=DINNER, start=start, end=end, covers=covers, resources=ids),
        claims=tuple(Claim(resource, cell_of(start), cell_after(end)) for resource in ids),
        charges=tuple(charges),
    )


def charge(
    covers: int,
    *,
    max_covers: int | None = None,
    max_parties: int | None = None,
    key: str = "kitchen@1",
) -> Charge:
    return Charge(
        key=key,
        rule=key.partition("@")[0],
        covers=covers,
        parties=1,
        max_covers=max_covers,
        max_parties=max_parties,
    )


def booking(
    code: str,
    placed: Placement,
    *,
    user_id: str = "ana",
    status: BookingStatus = BookingStatus.CONFIRMED,
    **fields: Any,
) -> Booking:
    """A booking of this placement; its id is its code in lower case."""
    slot = placed.slot
    made = Booking(
        id=BookingId(code.lower()),
        code=BookingCode(code),
        venue=VENUE,
        service=slot.service,
        start=slot.start,
        end=slot.end,
        party_size=PartySize(slot.covers),
        resources=slot.resources,
        status=status,
        guest=Guest(user_id=user_id, name="Ana", phone="+34600000001", language="es"),
        created_at=NOW,
    )
    return replace(made, **fields)


def store_row(of: Booking, **fields: Any) -> StoreRow:
    """The row of a booking as the store shows it; its record is `rec` and the booking's id."""
    made = StoreRow(
        record=RecordId(f"rec{of.id}"),
        created_at=of.created_at,
        venue=of.venue,
        key=of.id,
        version=of.version,
        code=of.code,
        start=of.start,
        end=of.end,
        covers=of.party_size.covers,
        service=of.service,
        resources=of.resources,
        status=of.status,
        name=of.guest.name,
        phone=of.guest.phone,
        language=of.guest.language,
        channel=of.channel,
    )
    return replace(made, **fields)


async def committers_fence(ledger: StoreLedger, holder: str = "this") -> int:
    """Take the committer's lease until an hour from NOW; returns its fencing token."""
    fence = await ledger.leases.take(
        name=COMMITTER, holder=holder, until=NOW + timedelta(hours=1), now=NOW
    )
    assert fence is not None
    return fence


async def overtaken_fence(ledger: StoreLedger) -> int:
    """The token of a committer that had the lease before somebody else took it."""
    until = NOW - timedelta(hours=1)
    fence = await ledger.leases.take(
        name=COMMITTER, holder="before", until=until, now=until - timedelta(hours=1)
    )
    assert fence is not None
    await committers_fence(ledger)
    return fence


def moved_to(before: Booking, placed: Placement) -> Booking:
    slot = placed.slot
    return replace(before, start=slot.start, end=slot.end, resources=slot.resources)


def once(key: str, fingerprint: str = "", *, conversation_id: str = "", turn: int = 0) -> Once:
    return Once(key, fingerprint or key, conversation_id=conversation_id, turn=turn)


def owners(claims: dict[tuple[str, str, int], str]) -> set[str]:
    return set(claims.values())


def cells_of(placed: Placement) -> set[tuple[str, str, int]]:
    return {
        (VENUE, claim.resource, cell)
        for claim in placed.claims
        for cell in range(claim.first, claim.end)
    }


def codes(bookings: Sequence[Booking]) -> list[str]:
    return [found.code for found in bookings]
