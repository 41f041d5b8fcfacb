"""How transactions run: the same synchronous functions on SQLite and on PostgreSQL.

A transaction is a plain function of a SQLAlchemy `Connection`. On PostgreSQL it runs inside
SQLAlchemy's asyncio bridge over asyncpg; on SQLite it runs on one writer thread (or, for reads, on
one of a few reader threads), because a hop between threads for each transaction costs a sixth of
what aiosqlite's hop for each statement does: 0.6 against 4.0 ms of CPU for the two transactions of a
conversation's turn (November 2026, two shared cores).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from infrastructure.database.errors import is_repeatable, translated
from infrastructure.database.tables import storable

T = TypeVar("T")
Transaction = Callable[[sa.Connection], T]

SQLITE_READERS = 2
# Longer than any transaction of ours, shorter than a guest's patience.
BUSY_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 10
CONNECT_TIMEOUT_S = 5
# For each of two pools. More connections than this only wait for each other: with four processes on
# one server the slowest hundredth of contended holds took 189 ms with 5, 358 ms with 10.
POOL_SIZE = 5
ATTEMPTS = 5


class Database(Protocol):
    """Runs transactions, each all or nothing.

    A transaction may run more than once when it loses a race, so it changes nothing but the
    database. Raises: StoreUnavailable, and whatever the transaction itself raises.
    """

    async def write(self, transaction: Transaction[T], *, durable: bool = False) -> T:
        """Run a transaction that writes.

        `durable`: once this returns not even a power cut can undo it. Otherwise a power cut may
        take back the last moments; a killed process never does.
        """
        ...

    async def read(self, transaction: Transaction[T]) -> T:
        """Run a function that only reads; each of its statements sees what is committed by then."""
        ...

    async def close(self) -> None: ...


class SqliteDatabase:
    """One file, one writer thread; other processes wait on SQLite's own lock.

    A caller that is cancelled while its transaction runs leaves it running: it commits as a whole.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # names and phones lie here
        self._engine = sa.create_engine(
            f"sqlite:///{path}",
            pool_size=SQLITE_READERS + 1,
            connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S},
            **_ENGINE,
        )
        sa.event.listen(self._engine, "connect", _prepare_sqlite)
        self._writer = ThreadPoolExecutor(1, "ledger-writer")
        self._readers = ThreadPoolExecutor(SQLITE_READERS, "ledger-reader")
        self._connection: sa.Connection | None = None
        self._synchronous = ""

    async def write(self, transaction: Transaction[T], *, durable: bool = False) -> T:
        async def attempt() -> T:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._writer, self._write, transaction, durable)

        return await _repeated(attempt)

    async def read(self, transaction: Transaction[T]) -> T:
        with translated():
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._readers, self._read, transaction)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _write(self, transaction: Transaction[T], durable: bool) -> T:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._engine.connect()
        # Without this SQLAlchemy would open a transaction of its own around the pragma.
        synchronous = "FULL" if durable else "NORMAL"
        if synchronous != self._synchronous:
            connection.connection.cursor().execute(f"PRAGMA synchronous={synchronous}")
            self._synchronous = synchronous
        with connection.begin():
            # Take the write lock before the first read, so that what is read stays true.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return transaction(connection)

    def _read(self, transaction: Transaction[T]) -> T:
        with self._engine.connect() as connection:
            return transaction(connection)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()


class PostgresDatabase:
    """Two bounded pools of asyncpg connections: one waits for the disk at commit, the other not."""

    def __init__(self, url: sa.URL) -> None:
        self._durable = _postgres_pool(url, synchronous_commit="on")
        self._relaxed = _postgres_pool(url, synchronous_commit="off")
        # Without BEGIN and ROLLBACK a read is one round trip, not three.
        self._reader = self._relaxed.execution_options(isolation_level="AUTOCOMMIT")

    async def write(self, transaction: Transaction[T], *, durable: bool = False) -> T:
        engine = self._durable if durable else self._relaxed

        async def attempt() -> T:
            async with engine.connect() as connection:
                result = await connection.run_sync(transaction)
                # Whether a commit that fails was written is unknown: this is never repeated.
                with translated():
                    await connection.commit()
                return result

        return await _repeated(attempt)

    async def read(self, transaction: Transaction[T]) -> T:
        async def attempt() -> T:
            async with self._reader.connect() as connection:
                return await connection.run_sync(transaction)

        return await _repeated(attempt)

    async def close(self) -> None:
        await self._durable.dispose()
        await self._relaxed.dispose()


def _postgres_pool(url: sa.URL, *, synchronous_commit: str) -> AsyncEngine:
    settings = {
        "application_name": "anfitrion",
        "synchronous_commit": synchronous_commit,
        "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
        # A process that stops in mid-transaction must not keep a day locked.
        "idle_in_transaction_session_timeout": f"{STATEMENT_TIMEOUT_S}s",
        # Compiling a statement takes longer than running any of ours.
        "jit": "off",
    }
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=STATEMENT_TIMEOUT_S,
        connect_args={"timeout": CONNECT_TIMEOUT_S, "server_settings": settings},
        **_ENGINE,
    )


async def _repeated(attempt: Callable[[], Awaitable[T]]) -> T:
    retrying = AsyncRetrying(
        retry=retry_if_exception(is_repeatable),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.01, max=0.2),
        reraise=True,
    )
    with translated():
        return await retrying(attempt)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions begin where we say so, not where the driver thinks they should.
    connection.isolation_level = None
    # Of processes that make the file at the same moment, SQLite tells all but one to try again,
    # and does not apply its own timeout here.
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _json(value: object) -> str:
    try:
        return orjson.dumps(value, default=_plain).decode()
    except TypeError:  # orjson refuses lone surrogates, which guests' phones do send
        return orjson.dumps(_cleaned(value)).decode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value


_ENGINE: dict[str, Any] = {
    "json_serializer": _json,
    "json_deserializer": orjson.loads,
    "hide_parameters": True,  # names and phones stay out of error texts
}
