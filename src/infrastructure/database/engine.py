"""Open the ledger: one object that gives every port it implements."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from application.errors import StoreUnavailable
from infrastructure.database.activity import DatabaseActivity
from infrastructure.database.allowance import DatabaseAllowance
from infrastructure.database.bookings import DatabaseBookings
from infrastructure.database.conflicts import DatabaseConflicts
from infrastructure.database.connections import Database, PostgresDatabase, SqliteDatabase
from infrastructure.database.conversations import DatabaseConversations
from infrastructure.database.day_sheets import DatabaseDaySheets
from infrastructure.database.handovers import DatabaseHandovers
from infrastructure.database.holds import DatabaseHolds
from infrastructure.database.keys import DatabaseKeys
from infrastructure.database.leases import DatabaseLeases
from infrastructure.database.messages import DatabaseMessages
from infrastructure.database.migrate import migrate
from infrastructure.database.mirror import DatabaseMirror
from infrastructure.database.notices import DatabaseNotices
from infrastructure.database.outbox import DatabaseOutbox
from infrastructure.database.posts import DatabasePosts
from infrastructure.database.store_state import DatabaseStoreState
from infrastructure.database.waitlist import DatabaseWaitlist

_PING = sa.text("SELECT 1")


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the ledger answers; `detail` says why where it does not."""

    ok: bool
    latency_ms: float
    detail: str = ""


class Ledger:
    """The ledger's ports over one database. Made by `open_ledger`, ended by `close`."""

    def __init__(self, database: Database, *, queues_for_store: bool = False) -> None:
        self._database = database
        self.holds = DatabaseHolds(database)
        self.bookings = DatabaseBookings(database, queues_for_store=queues_for_store)
        self.conversations = DatabaseConversations(database)
        self.day_sheets = DatabaseDaySheets(database)
        self.keys = DatabaseKeys(database)
        self.activity = DatabaseActivity(database)
        # What follows a booking
        self.messages = DatabaseMessages(database)
        self.posts = DatabasePosts(database)
        self.handovers = DatabaseHandovers(database)
        self.waitlist = DatabaseWaitlist(database)
        # What only a booking store needs
        self.outbox = DatabaseOutbox(database)
        self.mirror = DatabaseMirror(database)
        self.notices = DatabaseNotices(database)
        self.conflicts = DatabaseConflicts(database)
        self.leases = DatabaseLeases(database)
        self.store_state = DatabaseStoreState(database)
        self.allowance = DatabaseAllowance(database)

    async def health(self) -> Health:
        started = time.perf_counter()
        try:
            await self._database.read(lambda connection: connection.execute(_PING).scalar())
        except StoreUnavailable as error:
            return Health(ok=False, latency_ms=_ms_since(started), detail=str(error))
        return Health(ok=True, latency_ms=_ms_since(started))

    async def close(self) -> None:
        await self._database.close()


async def open_ledger(url: str, *, queues_for_store: bool = False) -> Ledger:
    """Open a ledger and bring its schema up to date.

    `url`: `sqlite:///path/of/file` (made, with its folder, where it is missing) or
    `postgresql://user:password@host/database`. `queues_for_store`: every change of a booking is
    put on the outbox, because the bookings are to be in a booking store too.

    Raises: ValueError for any other URL, StoreUnavailable, RuntimeError where the database is newer
    than this program.
    """
    database = _database(url)
    try:
        await database.write(migrate, durable=True)
    except BaseException:
        await database.close()
        raise
    return Ledger(database, queues_for_store=queues_for_store)


def _database(url: str) -> Database:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ValueError("the ledger's URL cannot be read") from error
    match parsed.drivername.partition("+")[0]:
        case "sqlite" if parsed.database not in (None, "", ":memory:"):
            return SqliteDatabase(Path(parsed.database))
        case "postgresql" | "postgres":
            return PostgresDatabase(_for_asyncpg(parsed))
    raise ValueError("the ledger is sqlite:///path or postgresql://…")


def _for_asyncpg(url: sa.URL) -> sa.URL:
    """The same address for asyncpg, which calls `ssl` what others call `sslmode`."""
    query = dict(url.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername="postgresql+asyncpg", query=query)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
