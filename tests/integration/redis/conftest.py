"""A server for all tests of a file, empty at the start of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.redis_servers import Server, alone


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    with alone() as server:
        yield server


@pytest.fixture
async def server(shared_server: Server) -> Server:
    async with shared_server.client() as client:
        await client.flushall()
    return shared_server
