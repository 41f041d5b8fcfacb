"""A house that is open to a browser, on a Friday evening at twenty to nine."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from playwright.async_api import Browser, Page

from domain.venue import Venue
from infrastructure.http import staff_page
from infrastructure.http.parts import Parts
from infrastructure.http.server import serving
from infrastructure.settings import Settings
from main import create_app
from tests.support.browser import DESKTOP, Visit, visiting
from tests.support.house import MovedClock, sample_venues

NOW = datetime(2026, 11, 27, 19, 40, tzinfo=UTC)
VENUE = "la-terraza"
SPANISH = {"locale": "es-ES", "timezone_id": "America/New_York"}
"""The person's own clock is not the house's."""


@dataclass
class Site:
    """A server with a ledger of its own, and people who look at it."""

    app: FastAPI
    address: str
    clock: MovedClock
    client: httpx.AsyncClient
    _screens: AsyncExitStack
    _browser: Browser
    _keys: itertools.count[int] = field(default_factory=itertools.count)
    _visits: list[Visit] = field(default_factory=list)

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state.parts
        return parts

    def watch_again(self) -> None:
        """As if the server had been started again."""
        parts = self.parts
        days = staff_page.watch(
            reservations=parts.reservations,
            conflicts=parts.conflicts,
            messages=parts.messages,
            waitlist=parts.waitlist,
            front_desk=parts.front_desk,
            posts=parts.posts,
        )
        self.app.state.parts = replace(self.parts, days=days)
        self.app.state.end_streams = days.close

    async def book(
        self, time: str, name: str, *, party: int = 2, day: str = "2026-11-27", **more: Any
    ) -> dict[str, Any]:
        """Staff elsewhere take a booking; `time` is the house's own."""
        answered = await self.client.post(
            f"/venues/{VENUE}/bookings",
            json={
                "start": f"{day}T{time}:00+01:00",
                "party_size": party,
                "guest_name": name,
                **more,
            },
            headers={"Idempotency-Key": f"k{next(self._keys)}"},
        )
        assert answered.status_code == 201, answered.text
        made: dict[str, Any] = answered.json()
        return made

    async def change(self, code: str, **change: Any) -> None:
        answered = await self.client.patch(f"/bookings/{code}", json=change)
        assert answered.status_code == 200, answered.text

    async def booking(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get(f"/bookings/{code}")).json()
        return found

    async def screen(self, query: str = "", *, waits: bool = True, **settings: Any) -> Page:
        """Another person opens the page. `waits`: until the day is shown."""
        visit = await self._screens.enter_async_context(
            visiting(self._browser, **{**DESKTOP, **SPANISH, **settings})
        )
        self._visits.append(visit)
        page = await visit.open(f"{self.address}/staff?venue={VENUE}{query}")
        if waits:
            await page.locator("#summary").wait_for()
        return page

    def elsewhere(self) -> set[str]:
        """What the screens have asked other hosts for, and what went wrong on them."""
        here = self.address.removeprefix("http://")
        asked = {host for visit in self._visits for host in visit.hosts()} - {here}
        return asked | {line for visit in self._visits for line in visit.complaints}


Open = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def open_site(tmp_path: Path, browser: Browser) -> Open:
    @asynccontextmanager
    async def opened(
        *, venues: Sequence[Venue] | None = None, settings: Mapping[str, Any] | None = None
    ) -> AsyncIterator[Site]:
        clock = MovedClock(NOW)
        app = create_app(
            Settings(_env_file=None, data_dir=tmp_path, redis_url="off", **(settings or {})),
            clock=clock,
            venues=venues or sample_venues(),
            background=False,
        )
        async with (
            serving(app) as address,
            httpx.AsyncClient(base_url=address, timeout=30) as client,
            AsyncExitStack() as screens,
        ):
            yield Site(app, address, clock, client, screens, browser)

    return opened


@pytest_asyncio.fixture(loop_scope="session")
async def site(open_site: Open) -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened
