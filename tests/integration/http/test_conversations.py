"""Conversations that staff take over, through the interface: who waits, who writes, who is silent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from application.access import Scope
from tests.integration.http.conftest import Client
from tests.support.house import House, open_house

NOW = datetime(2026, 11, 27, 11, tzinfo=UTC)
HERE = "/venues/la-terraza"
GUEST = "+34600111222"
ONCE = {"Idempotency-Key": "k1"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, start=NOW, in_memory=True) as opened:
        yield opened


async def say(house: House, text: str, *, guest: str = GUEST) -> dict[str, Any]:
    """A guest's message, a minute after the one before."""
    house.clock.move(timedelta(minutes=1))
    answered = await house.say(
        text,
        venue="la-terraza",
        guest=guest,
        channel="whatsapp",
        message_id=house.next_id("m"),
    )
    assert answered.status_code == 200, answered.text
    answer: dict[str, Any] = answered.json()
    return answer


async def escalated(house: House) -> str:
    """A guest has asked for a person: their conversation's id."""
    answer = await say(house, "Quiero hablar con una persona, por favor")
    assert (answer["status"], answer["action"]) == ("escalated", "escalate")
    conversation: str = answer["conversation_id"]
    return conversation


async def write(house: House, conversation: str, text: str, **headers: str) -> httpx.Response:
    house.clock.move(timedelta(minutes=1))
    return await house.client.post(
        f"/conversations/{conversation}/messages",
        json={"text": text},
        headers={"Idempotency-Key": house.next_id("k"), **headers},
    )


async def waiting(house: House, venue: str = "la-terraza") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await house.get(f"/venues/{venue}/conversations"))[
        "conversations"
    ]
    return found


async def test_who_asks_for_a_person_is_listed_with_their_words(house: House) -> None:
    assert await waiting(house) == []
    conversation = await escalated(house)
    (listed,) = await waiting(house)
    assert listed == {
        "id": conversation,
        "venue": "la-terraza",
        "user_id": GUEST,
        "channel": "whatsapp",
        "reason": "asked",
        "since": "2026-11-27T12:01:00+01:00",
        "taken_at": None,
        "last_words": "Quiero hablar con una persona, por favor",
        "last_at": "2026-11-27T12:01:00+01:00",
    }
    assert await waiting(house, "clinica-sonrisa") == []


async def test_whoever_writes_takes_the_conversation_until_it_is_handed_back(house: House) -> None:
    conversation = await escalated(house)
    assert (await write(house, conversation, "Buenas, soy Marta")).status_code == 201
    silent = await say(house, "Quería una mesa para 14")
    assert (silent["response"], silent["status"], silent["action"]) == ("", "escalated", "none")
    assert [post["text"] for post in silent["posts"]] == ["Buenas, soy Marta"]
    thread = await house.get(f"/conversations/{conversation}")
    assert thread["handover"]["taken_at"] == "2026-11-27T12:02:00+01:00"
    assert [(line["speaker"], line["text"][:10]) for line in thread["lines"]] == [
        ("guest", "Quiero hab"),
        ("engine", thread["lines"][1]["text"][:10]),
        ("staff", "Buenas, so"),
        ("guest", "Quería una"),
    ]
    back = await house.client.post(f"/conversations/{conversation}/hand-back")
    assert back.status_code == 204
    assert await waiting(house) == []
    assert (await say(house, "¿Qué horario tienen?"))["response"]
    assert (await house.get(f"/conversations/{conversation}"))["handover"] is None


async def test_a_message_that_is_sent_again_is_one_message(house: House) -> None:
    conversation = await escalated(house)
    first = await write(house, conversation, "Buenas tardes", **ONCE)
    again = await write(house, conversation, "Buenas tardes", **ONCE)
    other = await write(house, conversation, "Otra cosa", **ONCE)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    lines = (await house.get(f"/conversations/{conversation}"))["lines"]
    assert [line["text"] for line in lines if line["speaker"] == "staff"] == ["Buenas tardes"]


async def test_staffs_words_stay_the_characters_they_are(house: House) -> None:
    conversation = await escalated(house)
    hostile = "<img src=x onerror=alert(1)> {{7*7}} ${x} \u202e"
    assert (await write(house, conversation, hostile)).json()["text"] == hostile
    assert (await say(house, "Hola"))["posts"][0]["text"] == hostile


async def test_posts_come_with_the_next_answer_once_and_again_when_that_is_repeated(
    house: House,
) -> None:
    conversation = await escalated(house)
    for text in ("Uno", "Dos"):
        await write(house, conversation, text)
    house.clock.move(timedelta(minutes=1))
    asked = {"venue": "la-terraza", "guest": GUEST, "channel": "whatsapp", "message_id": "same"}
    first = (await house.say("¿Sí?", **asked)).json()
    await write(house, conversation, "Tres")
    assert [post["text"] for post in first["posts"]] == ["Uno", "Dos"]
    assert (await house.say("¿Sí?", **asked)).json() == first
    assert [post["text"] for post in (await say(house, "¿Y?"))["posts"]] == ["Tres"]
    assert (await say(house, "¿Y?"))["posts"] == []


@pytest.mark.parametrize("what", ["take", "hand-back", "messages"])
async def test_a_conversation_that_waits_for_nobody_is_left_to_the_engine(
    house: House, what: str
) -> None:
    conversation = (await say(house, "Hola"))["conversation_id"]
    body = {"text": "Hola"} if what == "messages" else None
    path = f"/conversations/{conversation}/{what}"
    refused = await house.client.post(path, headers=ONCE, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_waiting")
    assert (await house.client.get("/conversations/nowhere")).status_code == 404


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"text": "Hola"}, {}, 400),
        ({"text": ""}, ONCE, 422),
        ({"text": " \x00 "}, ONCE, 422),
        ({"text": "x" * 4001}, ONCE, 422),
        ({"text": "Hola", "as": "engine"}, ONCE, 422),
        ({}, ONCE, 422),
    ],
)
async def test_words_that_cannot_be_sent_are_refused(
    house: House, body: dict[str, str], headers: dict[str, str], status: int
) -> None:
    conversation = await escalated(house)
    refused = await house.client.post(
        f"/conversations/{conversation}/messages", json=body, headers=headers
    )
    assert refused.status_code == status
    assert len((await house.get(f"/conversations/{conversation}"))["lines"]) == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/venues/casa/conversations"),
        ("GET", "/conversations/c1"),
        ("POST", "/conversations/c1/take"),
        ("POST", "/conversations/c1/messages"),
        ("POST", "/conversations/c1/hand-back"),
        ("GET", "/venues/casa/waitlist"),
        ("POST", "/venues/casa/waitlist"),
        ("DELETE", "/waitlist/w1"),
        ("POST", "/waitlist/w1/offer"),
        ("POST", "/waitlist/w1/book"),
        ("GET", "/venues/casa/messages"),
        ("POST", "/venues/casa/conflicts/x/send"),
    ],
)
async def test_guests_reach_nothing_that_is_staffs(connect: Client, method: str, path: str) -> None:
    async with connect(api_keys=[(Scope.GUEST, "g"), (Scope.STAFF, "s")]) as client:

        async def status(**headers: str) -> int:
            body: dict[str, str] | None = {} if method == "POST" else None
            return (await client.request(method, path, headers=headers, json=body)).status_code

        passed = (await client.get("/chat/pass")).json()["pass"]
        assert await status() == 401
        assert await status(**{"X-Guest-Pass": passed}) == 401
        assert await status(**{"X-API-Key": "g"}) == 403
        assert await status(**{"X-API-Key": "s"}) not in (401, 403)
