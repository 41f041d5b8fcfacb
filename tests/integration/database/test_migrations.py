"""The schema is what the code expects, however many processes start at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from application.ports.keys import ApiKey
from infrastructure.database.engine import Ledger, open_ledger
from infrastructure.database.migrations import HEAD
from infrastructure.database.tables import metadata
from tests.support.children import start_child
from tests.support.ledgers import NOW
from tests.support.postgres import PostgresServer

TABLES_OF_THE_FIRST_REVISION = {
    *("allocations", "api_keys", "audit", "bookings", "claims", "conversations"),
    *("day_revisions", "idempotency", "pacing", "turns"),
}
OPEN = (
    "import asyncio, sys; from infrastructure.database.engine import open_ledger\n"
    "async def main():\n"
    "    ledger = await open_ledger(sys.argv[1]); await ledger.keys.all(); await ledger.close()\n"
    "print('ready', flush=True); sys.stdin.readline(); asyncio.run(main())"
)


async def differences(ledger: Ledger) -> list[object]:
    def compare(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    return await ledger._database.read(compare)


async def test_the_migrations_build_the_tables_that_the_code_uses(url: str) -> None:
    ledger = await open_ledger(url)
    try:
        assert await differences(ledger) == []
    finally:
        await ledger.close()


def test_the_expected_revision_is_the_last_one() -> None:
    folder = Path(sys.modules["infrastructure.database.migrations"].__file__ or "").parent
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_opening_again_finds_everything_in_place(url: str) -> None:
    for _ in range(2):
        ledger = await open_ledger(url)
        assert (await ledger.health()).ok
        await ledger.close()


async def test_a_ledger_of_an_earlier_version_keeps_what_it_holds(url: str) -> None:
    key = ApiKey(id="k1", digest="ab" * 32, scope="staff", label="caja", created_at=NOW)
    ledger = await open_ledger(url)
    await ledger.keys.add(key=key)
    await ledger._database.write(_back_to_the_first_revision)
    await ledger.close()
    ledger = await open_ledger(url)
    try:
        assert await ledger.keys.all() == [key]
        assert await differences(ledger) == []
    finally:
        await ledger.close()


def _back_to_the_first_revision(connection: sa.Connection) -> None:
    for table in metadata.sorted_tables:
        if table.name not in TABLES_OF_THE_FIRST_REVISION:
            table.drop(connection)
    connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))


async def test_a_database_newer_than_the_program_is_refused(url: str) -> None:
    ledger = await open_ledger(url)
    change = sa.text("UPDATE alembic_version SET version_num = '9999'")
    await ledger._database.write(lambda connection: connection.execute(change).rowcount)
    await ledger.close()
    with pytest.raises(RuntimeError, match="newer than this program"):
        await open_ledger(url)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_processes_that_start_at_once_do_not_disturb_each_other(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "sqlite":
        address = f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        address = await _empty_database(request.getfixturevalue("postgres"))
    children = [start_child(OPEN, address) for _ in range(3)]
    for child in children:
        await asyncio.to_thread(child.next_line)
    results = await asyncio.gather(*(asyncio.to_thread(child.finish, "go") for child in children))
    assert results == [(0, "")] * 3


async def _empty_database(server: PostgresServer) -> str:
    admin = await asyncpg.connect(server.url())
    await admin.execute("CREATE DATABASE started_at_once")
    await admin.close()
    return server.url("started_at_once")
