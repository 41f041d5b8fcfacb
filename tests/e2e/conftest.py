"""For whole dialogues: a migrated ledger to copy, and a model provider on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from infrastructure.database.engine import open_ledger
from tests.support.fake_provider import FakeProvider, fake_provider


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with its tables and nothing in them: migrated once, not once a dialogue."""
    file = tmp_path_factory.mktemp("ledger") / "empty.db"
    ledger = await open_ledger(f"sqlite:///{file}")
    await ledger.close()
    return file


@pytest.fixture(scope="session")
def _one_provider() -> Iterator[FakeProvider]:
    with fake_provider() as provider:
        yield provider


@pytest.fixture
def provider(_one_provider: FakeProvider) -> FakeProvider:
    """The provider that all dialogues share, having forgotten the one before."""
    _one_provider.requests.clear()
    return _one_provider
