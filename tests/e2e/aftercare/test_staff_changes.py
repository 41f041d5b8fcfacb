"""What guests hear of staff's changes where the ledger itself is the booking store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from infrastructure.http.parts import Parts
from tests.support.house import open_house
from tests.support.mail import Inbox

NOW = datetime(2026, 11, 27, 11, tzinfo=UTC)
WISH = "Mesa para 2 hoy a las 21:00, a nombre de Laura Gil"


@dataclass
class Site:
    client: httpx.AsyncClient
    parts: Parts
    said: list[str] = field(default_factory=list)

    async def says(self, text: str) -> dict[str, Any]:
        self.said.append(text)
        body = {"venue": "la-terraza", "user_id": "laura", "message": text}
        answered = await self.client.post("/chat", json=body | {"message_id": f"m{len(self.said)}"})
        answer: dict[str, Any] = answered.json()
        return answer

    async def books(self) -> str:
        """A booking made in the chat, to which staff have added an address."""
        await self.says(WISH)
        code: str = (await self.says("sí"))["booking"]["code"]
        await self.client.patch(f"/bookings/{code}", json={"guest_email": "laura@example.org"})
        await self.works()
        return code

    async def works(self) -> None:
        """What the background does at its next sweep."""
        messages = self.parts.messages
        assert messages is not None
        await messages.plan()
        for key in await messages.due():
            await messages.deliver(key)


@pytest.fixture
async def site(tmp_path: Path, inbox: Inbox) -> AsyncIterator[Site]:
    mail = {
        "smtp_url": f"smtp://127.0.0.1:{inbox.port}",
        "mail_from": "sala@laterraza.example",
    }
    async with open_house(tmp_path, start=NOW, settings=mail) as house:
        yield Site(house.client, house.parts)


def words_of(inbox: Inbox) -> list[str]:
    bodies = [mail.get_body(("plain",)) for mail in inbox.arrived]
    return [body.get_content() for body in bodies if body is not None]


async def test_whoever_is_cancelled_by_staff_hears_it_by_mail_and_in_the_next_turn(
    site: Site, inbox: Inbox
) -> None:
    code = await site.books()
    before = len(inbox.arrived)
    assert (await site.client.delete(f"/bookings/{code}")).status_code == 200
    assert (await site.client.delete(f"/bookings/{code}")).status_code == 200
    await site.works()
    await site.works()
    (told,) = words_of(inbox)[before:]
    assert "La casa ha cancelado" in told
    assert "21:00" in told
    first, second = await site.says("hola"), await site.says("¿tenéis aparcamiento?")
    assert "La casa ha cancelado" in first["response"]
    assert "cancelado" not in second["response"]


async def test_whoever_is_moved_by_staff_hears_the_new_time_and_no_second_confirmation(
    site: Site, inbox: Inbox
) -> None:
    code = await site.books()
    before = len(inbox.arrived)
    change = {"start": "2026-11-27T22:00:00+01:00"}
    assert (await site.client.patch(f"/bookings/{code}", json=change)).status_code == 200
    await site.works()
    await site.works()
    (told,) = words_of(inbox)[before:]
    assert "Cambio de la casa" in told
    assert "22:00" in told
    assert "22:00" in (await site.says("hola"))["response"]


async def test_every_change_of_the_party_is_written_to_the_guest(site: Site, inbox: Inbox) -> None:
    code = await site.books()
    before = len(inbox.arrived)
    for people in (3, 4):
        changed = await site.client.patch(f"/bookings/{code}", json={"party_size": people})
        assert changed.status_code == 200, changed.text
        await site.works()
    first, second = words_of(inbox)[before:]
    assert "para 3 personas" in first
    assert "para 4 personas" in second


async def test_another_table_at_the_same_hour_is_no_news(site: Site, inbox: Inbox) -> None:
    code = await site.books()
    before = len(inbox.arrived)
    changed = await site.client.patch(f"/bookings/{code}", json={"resources": ["T5"]})
    assert changed.status_code == 200, changed.text
    await site.works()
    assert words_of(inbox)[before:] == []
    assert code not in (await site.says("hola"))["response"]


async def test_who_cancels_in_the_chat_is_not_told_by_the_house(site: Site, inbox: Inbox) -> None:
    await site.books()
    before = len(inbox.arrived)
    assert (await site.says("cancela mi reserva"))["booking"] is not None
    await site.says("sí")
    await site.works()
    assert words_of(inbox)[before:] == []
    assert "La casa" not in (await site.says("hola"))["response"]
