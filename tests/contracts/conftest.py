"""One ledger for each kind, and what it really holds, for the contract tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
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
    match request.param:
        case "memory":
            memory = MemoryLedger()
            yield Judged(memory, MemoryEvidence(memory))
        case "sqlite":
            url = sqlite_url(await sqlite_template(template_folder), tmp_path)
            ledger = await open_ledger(url)
            yield Judged(ledger, SqlEvidence(url))
            await ledger.close()
        case "postgres":
            async with postgres_url(request.getfixturevalue("postgres")) as url:
                ledger = await open_ledger(url)
                yield Judged(ledger, SqlEvidence(url))
                await ledger.close()


@pytest.fixture
def ledger(judged: Judged) -> AnyLedger:
    return judged.ledger


@pytest.fixture
def evidence(judged: Judged) -> Evidence:
    return judged.evidence
