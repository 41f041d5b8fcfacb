"""What is heard in a house that has no Redis: the truth that all others are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.evenings import MONDAY, Evening, spend_evening
from tests.support.house import open_house
from tests.support.redis_servers import Server, alone

EVENINGS = 12


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def without_redis(
    tmp_path_factory: pytest.TempPathFactory, empty_ledger: Path
) -> list[Evening]:
    folder = tmp_path_factory.mktemp("off")
    async with open_house(folder, start=MONDAY, template=empty_ledger) as house:
        return [await spend_evening(house, number) for number in range(EVENINGS)]


@pytest.fixture
def server() -> Iterator[Server]:
    with alone() as server:
        yield server
