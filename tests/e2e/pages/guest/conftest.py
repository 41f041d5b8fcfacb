"""A house that guests visit with a browser: the app on a real port, with its sample venues."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from domain.venue import Venue
from infrastructure.http.parts import Parts
from infrastructure.http.server import serving
from infrastructure.settings import Settings
from infrastructure.venues.loader import load_venues
from main import create_app
from tests.support.house import MovedClock

START = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Madrid"))
"""A Monday morning."""


@dataclass(frozen=True, slots=True)
class Site:
    """A server that listens, its clock, and a way to look at its bookings past the pages."""

    url: str
    app: FastAPI
    clock: MovedClock
    client: httpx.AsyncClient

    async def bookings(self, day: str, venue: str = "la-terraza") -> list[dict[str, Any]]:
        answered = await self.client.get(f"/venues/{venue}/bookings?date={day}")
        found: list[dict[str, Any]] = answered.json()["bookings"]
        return found

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state.parts
        return parts

    async def work(self) -> None:
        """What a server does in the background: offer freed places, write to guests."""
        assert self.parts.messages is not None
        assert self.parts.waitlist is not None
        await self.parts.waitlist.sweep()
        await self.parts.messages.plan()
        for key in await self.parts.messages.due():
            await self.parts.messages.deliver(key)

    async def book(self, start: str, *, party: int, key: str, **more: Any) -> dict[str, Any]:
        answered = await self.client.post(
            "/venues/la-terraza/bookings",
            json={"start": start, "party_size": party, "guest_name": "Otra Mesa", **more},
            headers={"Idempotency-Key": key},
        )
        assert answered.status_code == 201, answered.text
        made: dict[str, Any] = answered.json()
        return made


OpenSite = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def open_site(tmp_path: Path, empty_ledger: Path) -> OpenSite:
    """Start a server; `venues` are its houses (the sample restaurant), `settings` come on top."""

    @asynccontextmanager
    async def opened(venues: Sequence[Venue] | None = None, **settings: Any) -> AsyncIterator[Site]:
        clock = MovedClock(START)
        shutil.copyfile(empty_ledger, tmp_path / "anfitrion.db")
        chosen = Settings(_env_file=None, **{"data_dir": tmp_path, "redis_url": "off", **settings})
        app = create_app(chosen, clock=clock, venues=venues or [terraza()], background=False)
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
            yield Site(url, app, clock, client)

    return opened


def terraza() -> Venue:
    return next(venue for venue in load_venues() if venue.id == "la-terraza")


@pytest_asyncio.fixture(loop_scope="session")
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    async with open_site() as site:
        yield site
