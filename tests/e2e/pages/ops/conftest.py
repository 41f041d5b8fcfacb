"""A house that listens, so that a browser can look at it while its clock is moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
import uvicorn

from infrastructure.http.server import address_of
from infrastructure.settings import Settings
from main import create_app
from tests.support.house import MovedClock, sample_venues

MONDAY = datetime.fromisoformat("2026-11-23T12:00:00+01:00")
FRIDAY_NIGHT = "2026-11-27"

REFUSED = (
    "Mesa para 4 el viernes a las nueve de la noche",
    "Mesa para 6 el viernes a las nueve de la noche",
    "Mesa para 2 el viernes a las nueve y media de la noche",
    "Mesa para 4 el viernes a las diez de la noche",
    "Mesa para 2 el sábado a las cinco de la tarde",
    "Mesa para 3 el sábado a las siete de la tarde",
    "Mesa para 2 el sábado a las doce y cuarto de la noche",
)


@dataclass
class OpenHouse:
    address: str
    clock: MovedClock
    client: httpx.AsyncClient
    _messages: int = 0

    async def say(self, *texts: str, guest: str) -> dict[str, Any]:
        """A guest's messages to the restaurant; the last answer."""
        answer: dict[str, Any] = {}
        for text in texts:
            self._messages += 1
            body = {
                "venue": "la-terraza",
                "user_id": guest,
                "message": text,
                "message_id": f"m{self._messages}",
            }
            answered = await self.client.post("/chat", json=body)
            assert answered.status_code == 200, answered.text
            answer = answered.json()
        return answer

    async def fill(self, day: str, hour: str, covers: int = 4) -> None:
        """Staff book until nothing of that size is left at that hour."""
        for number in range(40):
            booking = {
                "start": f"{day}T{hour}:00+01:00",
                "party_size": covers,
                "guest_name": "Ana Ruiz",
            }
            answered = await self.client.post(
                "/venues/la-terraza/bookings",
                json=booking,
                headers={"Idempotency-Key": f"{day}{hour}{number}"},
            )
            if answered.status_code == 409:
                return
            assert answered.status_code == 201, answered.text


@asynccontextmanager
async def open_to_browsers(folder: Path, **settings: Any) -> AsyncIterator[OpenHouse]:
    clock = MovedClock(MONDAY)
    app = create_app(
        Settings(_env_file=None, data_dir=folder, **{"redis_url": "off", **settings}),
        clock=clock,
        venues=sample_venues(),
        background=False,
    )
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving
        await asyncio.sleep(0.01)
    address = f"http://{address_of(server.servers[0].sockets[0]).removeprefix('http://')}"
    try:
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            yield OpenHouse(address.rstrip("/"), clock, client)
    finally:
        server.should_exit = True
        await serving


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[OpenHouse]:
    async with open_to_browsers(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def busy_house(house: OpenHouse) -> OpenHouse:
    """A Monday noon in which some guests booked, some were refused, and one fell silent."""
    for hour in ("20:30", "21:00", "21:15", "21:30"):
        await house.fill(FRIDAY_NIGHT, hour)
    for number, wish in enumerate(REFUSED):
        await house.say(wish, guest=f"gone {number}")
    house.clock.move(timedelta(minutes=20))
    for number in range(4):
        house.clock.move(timedelta(minutes=6))
        wish = "Mesa para 2 el jueves a las nueve de la noche, a nombre de Laura Gil"
        await house.say(wish, "sí, por favor", guest=f"+3460011122{number}")
    await house.say("Mesa para 4 el viernes a las nueve", guest="still talking")
    return house
