"""One ledger for each kind, and what it really holds, for the contract tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from infrastructure.database.engine import open_ledger
from infrastructure.memory import MemoryLedger
from tests.support.ledgers import (
    AnyLedger,
    Evidence,
    MemoryEvidence,
    SqlEvidence,
    StoreLedger,
    postgres_url,
    sqlite_template,
    sqlite_url,
)
from tests.support.postgres import PostgresServer, session_postgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with session_postgres(tmp_path_factory) as server:
        yield server


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ledger")


@dataclass(frozen=True)
class Judged:
    """A ledger under test with its evidence."""

    ledger: AnyLedger
    evidence: Evidence


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def judged(
    request: pytest.FixtureRequest, template_folder: Path, tmp_path: Path
) -> AsyncIterator[Judged]:
    if request.param == "memory":
        memory = MemoryLedger()
        yield Judged(memory, MemoryEvidence(memory))
        return
    async with _database_url(request, template_folder, tmp_path) as url:
        ledger = await open_ledger(url)
        yield Judged(ledger, SqlEvidence(url))
        await ledger.close()


@pytest.fixture
def ledger(judged: Judged) -> AnyLedger:
    return judged.ledger


@pytest.fixture
def evidence(judged: Judged) -> Evidence:
    return judged.evidence


@pytest.fixture(params=["sqlite", "postgres"])
async def store_url(
    request: pytest.FixtureRequest, template_folder: Path, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of an empty ledger that stands beside a booking store."""
    async with _database_url(request, template_folder, tmp_path) as url:
        yield url


@pytest.fixture
async def store_ledger(store_url: str) -> AsyncIterator[StoreLedger]:
    ledger = await open_ledger(store_url, queues_for_store=True)
    yield ledger
    await ledger.close()


@pytest.fixture
def store_evidence(store_url: str) -> SqlEvidence:
    return SqlEvidence(store_url)


@asynccontextmanager
async def _database_url(
    request: pytest.FixtureRequest, template_folder: Path, tmp_path: Path
) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(await sqlite_template(template_folder), tmp_path)
    else:
        async with postgres_url(request.getfixturevalue("postgres")) as url:
            yield url
