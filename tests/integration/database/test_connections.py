"""What happens when a connection is lost, a caller gives up, or somebody holds a lock too long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa

from application.errors import StoreUnavailable
from infrastructure.database import connections
from infrastructure.database.connections import PostgresDatabase, SqliteDatabase
from infrastructure.database.engine import open_ledger
from infrastructure.database.errors import TryAgain
from tests.support.ledgers import VENUE, postgres_url
from tests.support.postgres import PostgresServer

INSERT = sa.text("INSERT INTO day_revisions (venue, utc_day, revision) VALUES ('v', :day, 1)")
COUNT = sa.text("SELECT count(*) FROM day_revisions")


async def test_connections_that_the_server_closed_are_replaced(postgres: PostgresServer) -> None:
    async with postgres_url(postgres) as url:
        ledger = await open_ledger(url)
        for day in range(3):
            await ledger.holds.release(hold_id="none")
            await ledger.day_sheets.revisions(venue=VENUE, utc_days=[day])
            admin = await asyncpg.connect(postgres.url())
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                url.partition("?")[0].rpartition("/")[2],
            )
            await admin.close()
        assert (await ledger.health()).ok
        await ledger.close()


async def test_a_server_that_goes_away_is_reported(postgres: PostgresServer) -> None:
    async with postgres_url(postgres) as url:
        ledger = await open_ledger(url)
        admin = await asyncpg.connect(postgres.url())
        name = url.partition("?")[0].rpartition("/")[2]
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        health = await ledger.health()
        assert not health.ok
        assert health.detail
        with pytest.raises(StoreUnavailable):
            await ledger.keys.all()
        await admin.execute(f"CREATE DATABASE {name}")
        await admin.close()
        await ledger.close()


async def test_a_transaction_that_loses_a_race_runs_again_and_not_for_ever(url: str) -> None:
    await (await open_ledger(url)).close()
    database = _database(url)
    runs: list[int] = []

    def lose_once(connection: sa.Connection) -> int:
        connection.execute(INSERT, {"day": 1})
        runs.append(1)
        if len(runs) == 1:
            raise TryAgain
        return int(connection.execute(COUNT).scalar_one())

    def always_lose(connection: sa.Connection) -> None:
        runs.append(1)
        raise TryAgain

    assert await database.write(lose_once) == 1
    runs.clear()
    with pytest.raises(StoreUnavailable, match="too busy"):
        await database.write(always_lose)
    assert len(runs) == connections.ATTEMPTS
    await database.close()


async def test_a_caller_who_gives_up_leaves_all_of_a_write_or_nothing(url: str) -> None:
    await (await open_ledger(url)).close()
    database = _database(url)

    def write_two(connection: sa.Connection) -> None:
        connection.execute(INSERT, {"day": 1})
        connection.execute(INSERT, {"day": 2})

    task = asyncio.create_task(database.write(write_two))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await database.write(lambda c: c.execute(COUNT).scalar_one()) in (0, 2)
    await database.close()


async def test_a_file_locked_by_another_process_for_too_long_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_S", 0.05)
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = await open_ledger(url)
    other = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await ledger.holds.release(hold_id="none")
        assert await ledger.keys.all() == []
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()
    await ledger.holds.release(hold_id="none")
    await ledger.close()


def _database(url: str) -> SqliteDatabase | PostgresDatabase:
    parsed = sa.make_url(url)
    if parsed.drivername == "sqlite":
        return SqliteDatabase(Path(parsed.database or ""))
    return PostgresDatabase(parsed.set(drivername="postgresql+asyncpg"))
