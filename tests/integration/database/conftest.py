"""A PostgreSQL server and fresh ledgers' addresses for these tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.ledgers import postgres_url
from tests.support.postgres import PostgresServer, session_postgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with session_postgres(tmp_path_factory) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a ledger that nobody has opened yet (SQLite) or that is empty (PostgreSQL)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        async with postgres_url(request.getfixturevalue("postgres")) as address:
            yield address
