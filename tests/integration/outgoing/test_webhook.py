"""The webhook: what is posted, how it is signed, and what the other side's answer means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from application.ports.messenger import Letter, MessengerUnavailable, Undeliverable
from domain.guest import Guest
from infrastructure.outgoing.webhook import WebhookMessenger
from tests.fakes.clock import StillClock
from tests.unit.domain.houses import restaurant

SECRET = "a-secret-of-some-length"
CLOCK = StillClock()


@dataclass
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that answers every request with `answer`; None: it says nothing at all."""

    answer: bytes | None = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    posted: list[Posted] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        _, path, _ = head[0].split(" ")
        self.posted.append(Posted(path, headers, body))
        if self.answer is not None:
            writer.write(self.answer)
            await writer.drain()
        else:
            await reader.read()
        writer.close()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?token=abc"
    async with server:
        yield receiver


@asynccontextmanager
async def messenger(
    receiver: Receiver, *, timeout_s: float = 5.0
) -> AsyncIterator[WebhookMessenger]:
    way = WebhookMessenger(receiver.url, secret=SECRET, clock=CLOCK, timeout_s=timeout_s)
    try:
        yield way
    finally:
        await way.aclose()


def letter(**own: Any) -> Letter:
    return Letter(
        **{
            "key": "reminder:ABC234567:0:1:86400",
            "kind": "reminder",
            "venue": restaurant(),
            "guest": Guest("+34600000001", "José", "+34600000001", "", "es"),
            "channel": "whatsapp",
            "subject": "Recordatorio",
            "text": "¿Vendrás mañana?",
            "code": "ABC234567",
            "link": "https://x.example/b/1",
            "asks": True,
            **own,
        }
    )


def status(number: int, headers: str = "") -> bytes:
    return f"HTTP/1.1 {number} X\r\nContent-Length: 0\r\n{headers}\r\n".encode()


async def test_a_message_is_posted_with_all_that_another_program_needs() -> None:
    async with receiving(Receiver()) as receiver, messenger(receiver) as way:
        await way.send(letter())
    [posted] = receiver.posted
    assert posted.path == "/hook?token=abc"
    assert json.loads(posted.body) == {
        "key": "reminder:ABC234567:0:1:86400",
        "kind": "reminder",
        "venue": {"id": "house", "name": "House"},
        "guest": {
            "user_id": "+34600000001",
            "name": "José",
            "phone": "+34600000001",
            "email": "",
            "language": "es",
        },
        "channel": "whatsapp",
        "subject": "Recordatorio",
        "text": "¿Vendrás mañana?",
        "asks": True,
        "booking": {"code": "ABC-234-567", "link": "https://x.example/b/1"},
    }
    assert posted.headers["idempotency-key"] == "reminder:ABC234567:0:1:86400"


async def test_whoever_has_the_secret_can_tell_that_it_is_ours_and_when_it_was_sent() -> None:
    async with receiving(Receiver()) as receiver, messenger(receiver) as way:
        await way.send(letter())
    [posted] = receiver.posted
    timestamp = posted.headers["x-anfitrion-timestamp"]
    assert int(timestamp) == int(CLOCK.now().timestamp())
    signed = timestamp.encode() + b"." + posted.body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert posted.headers["x-anfitrion-signature"] == f"v1={expected}"


@pytest.mark.parametrize("number", [200, 201, 202, 204, 409])
async def test_taken_or_taken_before_is_taken(number: int) -> None:
    async with receiving(Receiver(status(number))) as receiver, messenger(receiver) as way:
        await way.send(letter())
    assert len(receiver.posted) == 1


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (400, Undeliverable),
        (410, Undeliverable),
        (422, Undeliverable),
        # About the address, the secret or the hour: nothing is wrong with the message.
        (401, MessengerUnavailable),
        (403, MessengerUnavailable),
        (404, MessengerUnavailable),
        (429, MessengerUnavailable),
        (500, MessengerUnavailable),
        (503, MessengerUnavailable),
    ],
)
async def test_what_is_final_is_told_from_what_may_pass(
    number: int, error: type[Exception]
) -> None:
    async with receiving(Receiver(status(number))) as receiver, messenger(receiver) as way:
        with pytest.raises(error):
            await way.send(letter())


async def test_nobody_sends_us_elsewhere() -> None:
    async with receiving(Receiver()) as inside:
        away = Receiver(status(307, f"Location: {inside.url}\r\n"))
        async with receiving(away) as receiver, messenger(receiver) as way:
            with pytest.raises(MessengerUnavailable):
                await way.send(letter())
    assert inside.posted == []


async def test_a_receiver_that_says_nothing_or_is_not_there_may_come_back() -> None:
    receiver = Receiver(None)
    async with receiving(receiver), messenger(receiver, timeout_s=0.2) as way:
        with pytest.raises(MessengerUnavailable):
            await way.send(letter())
    async with messenger(receiver) as way:
        with pytest.raises(MessengerUnavailable):
            await way.send(letter())


async def test_a_key_with_odd_characters_is_one_header() -> None:
    async with receiving(Receiver()) as receiver, messenger(receiver) as way:
        await way.send(letter(key="draft:ABC:x\r\nX-Evil: ñ"))
    [posted] = receiver.posted
    assert "x-evil" not in posted.headers
    assert posted.headers["idempotency-key"] == "draft:ABC:x%0D%0AX-Evil:%20%C3%B1"


async def test_it_reaches_whoever_can_be_written_to_elsewhere() -> None:
    async with messenger(Receiver(url="http://127.0.0.1:9/")) as way:
        assert way.reaches(letter())
        assert way.reaches(letter(guest=Guest("u1", phone="+34600000001"), channel="chat"))
        assert way.reaches(letter(guest=Guest("", email="a@x.org"), channel="staff"))
        assert way.reaches(letter(guest=Guest("4711"), channel="telegram"))
        assert not way.reaches(letter(guest=Guest("u1", "Ana"), channel="chat"))
        assert not way.reaches(letter(guest=Guest("", "Ana"), channel="staff"))
