"""The app around stand-ins: in the process for most tests, on a real port where the wire matters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import httpx
import pytest

from infrastructure.http.app import create_http
from infrastructure.http.server import serving
from tests.fakes.outside import Outside

Client = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def connect(outside: Outside) -> Client:
    """Open a client of the app; its settings may be given."""

    @asynccontextmanager
    async def connected(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        app = create_http(lambda: nullcontext(outside), version="test", **settings)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://anfitrion") as client,
        ):
            yield client

    return connected


@pytest.fixture
async def client(connect: Client) -> AsyncIterator[httpx.AsyncClient]:
    async with connect() as client:
        yield client


@pytest.fixture
async def address(outside: Outside) -> AsyncIterator[str]:
    """The app behind a real server on a loopback port."""
    app = create_http(lambda: nullcontext(outside), version="test", body_timeout_s=0.5)
    async with serving(app) as url:
        yield url
