"""The page's pass: opens the chat alone, for the page's own guests, and not for ever."""

from __future__ import annotations

import httpx
import pytest

from application.access import Scope
from infrastructure.http.guest_pass import LIFETIME_S
from tests.fakes.outside import Outside
from tests.integration.http.conftest import Client

KEYS = [(Scope.GUEST, "guest-key")]
OWN = f"web-{'0' * 24}"


async def _pass(client: httpx.AsyncClient) -> dict[str, str]:
    return {"X-Guest-Pass": (await client.get("/chat/pass")).json()["pass"]}


def _message(user_id: str = OWN) -> dict[str, str]:
    return {"user_id": user_id, "message": "Hola", "message_id": user_id}


async def test_a_pass_opens_the_chat_and_nothing_else(connect: Client) -> None:
    async with connect(api_keys=KEYS) as client:
        headers = await _pass(client)
        assert (await client.post("/chat", json=_message())).status_code == 401
        for path in ("/chat", "/chat/stream"):
            answered = await client.post(path, json=_message(), headers=headers)
            assert answered.status_code == 200
        for path in ("/venues", "/venues/casa", "/bookings/7K29MAXY4", "/metrics/dashboard"):
            assert (await client.get(path, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "user_id", ["+34600111222", "g", "web-", "web-x", OWN + "0", "WEB" + OWN[3:]]
)
async def test_a_pass_speaks_for_no_guest_of_another_channel(
    connect: Client, outside: Outside, user_id: str
) -> None:
    async with connect(api_keys=KEYS) as client:
        headers = await _pass(client)
        for path in ("/chat", "/chat/stream"):
            answered = await client.post(path, json=_message(user_id), headers=headers)
            assert (answered.status_code, answered.json()["code"]) == (403, "wrong_guest")
        # A key may: its holder is a program that knows its guests.
        keyed = await client.post(
            "/chat", json=_message(user_id), headers={**headers, "X-API-Key": "guest-key"}
        )
        assert keyed.status_code == 200
    assert len(outside.conversation.asked) == 1


async def test_a_pass_ends(connect: Client, outside: Outside) -> None:
    async with connect(api_keys=KEYS) as client:
        headers = await _pass(client)
        outside.clock.seconds += LIFETIME_S - 1
        assert (await client.post("/chat", json=_message(), headers=headers)).status_code == 200
        outside.clock.seconds += 1
        assert (await client.post("/chat", json=_message(), headers=headers)).status_code == 401


@pytest.mark.parametrize("change", ["later", "cut", "empty", "words", "dots"])
async def test_a_pass_that_is_not_ours_opens_nothing(connect: Client, change: str) -> None:
    async with connect(api_keys=KEYS) as client:
        given = (await _pass(client))["X-Guest-Pass"]
        ends, mac = given.split(".")
        forged = {
            "later": f"{int(ends) + 1}.{mac}",
            "cut": given[:-1],
            "empty": "",
            "words": "guest",
            "dots": "...",
        }[change]
        answered = await client.post("/chat", json=_message(), headers={"X-Guest-Pass": forged})
        assert answered.status_code == 401
