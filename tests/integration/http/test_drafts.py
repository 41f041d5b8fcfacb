"""Messages to guests that staff approve, and those that reached nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from application.ports.conflicts import Conflict, ConflictKind
from domain.booking import spoken_code
from domain.venue import VenueId
from infrastructure.http.parts import Parts
from tests.support.house import open_house

NOW = datetime(2026, 11, 27, 11, tzinfo=UTC)
HERE = "/venues/la-terraza"
DRAFT = "Hola, Laura: su mesa ya no está libre. ¿Le va bien a las 22:00?"
EDITED = "Hola, Laura: le guardamos la mesa 3 a las 22:00."


@dataclass
class Desk:
    client: httpx.AsyncClient
    parts: Parts

    async def booking(self, **guest: str) -> str:
        body = {"start": "2026-11-27T21:00:00+01:00", "party_size": 2, "guest_name": "Laura"}
        made = await self.client.post(
            f"{HERE}/bookings", json={**body, **guest}, headers={"Idempotency-Key": "b"}
        )
        code: str = made.json()["code"]
        return code

    async def conflict(self, code: str, *, venue: str = "la-terraza") -> str:
        conflict = Conflict(
            id=f"moved:{spoken_code(code)}",
            venue=VenueId(venue),
            kind=ConflictKind.MOVED,
            code=spoken_code(code),
            record=None,
            detail="Se ha cambiado.",
            draft=DRAFT,
            other=None,
            detected_at=NOW,
        )
        assert self.parts.conflicts is not None
        await self.parts.conflicts.report(conflict=conflict)
        return conflict.id

    async def send(
        self, conflict: str, text: str = EDITED, *, venue: str = "la-terraza", key: str = "k"
    ) -> httpx.Response:
        return await self.client.post(
            f"/venues/{venue}/conflicts/{conflict}/send",
            json={"text": text},
            headers={"Idempotency-Key": key},
        )

    async def deliver(self) -> None:
        messages = self.parts.messages
        assert messages is not None
        for key in await messages.due():
            await messages.deliver(key)

    async def failed(self, venue: str = "la-terraza") -> list[dict[str, Any]]:
        answered = await self.client.get(f"/venues/{venue}/messages?state=failed")
        found: list[dict[str, Any]] = answered.json()["messages"]
        return found


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_house(tmp_path, start=NOW) as house:
        yield Desk(house.client, house.parts)


async def test_an_edited_draft_goes_to_the_guest_once(desk: Desk) -> None:
    said = {"venue": "la-terraza", "user_id": "g", "message_id": "m1"}
    await desk.client.post(
        "/chat", json={**said, "message": "Mesa para 2 hoy a las 21:00, a nombre de Laura"}
    )
    booked = await desk.client.post("/chat", json={**said, "message_id": "m2", "message": "sí"})
    conflict = await desk.conflict(booked.json()["booking"]["code"])
    first, again = await desk.send(conflict), await desk.send(conflict)
    assert first.status_code == again.status_code == 202, first.text
    assert (first.json()["state"], first.json()["text"]) == ("planned", EDITED)
    assert first.json() == again.json()
    await desk.deliver()
    await desk.deliver()
    now = (await desk.send(conflict)).json()
    assert (now["state"], now["ways"]) == ("sent", ["chat"])
    posts = (await desk.client.get("/chat/posts?venue=la-terraza&user_id=g")).json()["posts"]
    assert [(post["author"], post["text"]) for post in posts] == [("staff", EDITED)]
    assert (await desk.send(conflict, "Otra cosa")).status_code == 422


async def test_what_reaches_nobody_is_listed_for_staff_of_that_house(desk: Desk) -> None:
    code = await desk.booking(guest_phone="+34600111222")
    conflict = await desk.conflict(code)
    await desk.send(conflict)
    await desk.deliver()
    (failed,) = await desk.failed()
    assert (failed["state"], failed["code"], failed["text"]) == ("failed", code, EDITED)
    assert (failed["guest_name"], failed["guest_phone"]) == ("Laura", "+34600111222")
    assert await desk.failed("clinica-sonrisa") == []
    refused = await desk.client.get(f"{HERE}/messages?state=sent")
    assert refused.status_code == 422


async def test_another_houses_conflict_cannot_be_reached(desk: Desk) -> None:
    conflict = await desk.conflict(await desk.booking())
    refused = await desk.send(conflict, venue="clinica-sonrisa")
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_conflict")
    path = f"/venues/clinica-sonrisa/conflicts/{conflict}/resolve"
    assert (await desk.client.post(path)).status_code == 404
    await desk.deliver()
    assert await desk.failed() == []


async def test_a_conflict_of_another_houses_booking_sends_nothing(desk: Desk) -> None:
    conflict = await desk.conflict(await desk.booking(), venue="clinica-sonrisa")
    refused = await desk.send(conflict, venue="clinica-sonrisa")
    assert refused.status_code == 404, refused.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"text": EDITED}, {}, 400),
        ({"text": " "}, {"Idempotency-Key": "k"}, 422),
        ({"text": "x" * 4001}, {"Idempotency-Key": "k"}, 422),
        ({}, {"Idempotency-Key": "k"}, 422),
    ],
)
async def test_a_draft_that_cannot_be_sent_is_refused(
    desk: Desk, body: dict[str, str], headers: dict[str, str], status: int
) -> None:
    conflict = await desk.conflict(await desk.booking())
    path = f"{HERE}/conflicts/{conflict}/send"
    assert (await desk.client.post(path, json=body, headers=headers)).status_code == status
    gone = await desk.send("moved:nothing")
    assert gone.status_code == 404
