"""Messages over HTTP: what is accepted, answered once, streamed and resumed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from application.conversation import IncomingMessage
from application.errors import ConversationBusy, StoreUnavailable
from domain.venue import VenueId
from infrastructure.http.problems import Problem
from infrastructure.http.turns import LiveTurns
from tests.fakes.outside import OneBooking, Outside, house
from tests.integration.http.conftest import Client

HOLA = {"venue": "casa", "user_id": "ana", "message": "hola", "message_id": "m1"}


def events(body: str) -> list[tuple[str, str, Any]]:
    """(id, event, data) of each event in a stream."""
    found = []
    for block in body.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return found


async def test_a_message_gets_the_turns_answer(client: httpx.AsyncClient) -> None:
    answered = await client.post("/chat", json=HOLA)
    assert answered.status_code == 200
    assert answered.json()["response"] == "Ha dicho: hola"


async def test_the_same_message_id_is_answered_once(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    first = await client.post("/chat", json=HOLA)
    second = await client.post("/chat", json=HOLA | {"message": "otra cosa"})
    assert second.json() == first.json()
    assert len(outside.conversation.asked) == 1


async def test_a_message_without_an_id_gets_one(client: httpx.AsyncClient) -> None:
    answered = await client.post("/chat", json={"user_id": "ana", "message": "hola"})
    assert answered.json()["message_id"]


async def test_a_guest_whose_connection_broke_finds_the_running_turn(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    outside.conversation.gate.clear()
    first = asyncio.create_task(client.post("/chat", json=HOLA))
    await outside.conversation.reached.wait()
    first.cancel()
    second = asyncio.create_task(client.post("/chat", json=HOLA))
    await asyncio.sleep(0)
    outside.conversation.gate.set()
    assert (await second).json()["response"] == "Ha dicho: hola"
    assert len(outside.conversation.asked) == 1


async def test_two_messages_of_one_guest_are_answered_in_order(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    texts = [f"mensaje {number}" for number in range(5)]
    await asyncio.gather(
        *(client.post("/chat", json={"user_id": "ana", "message": text}) for text in texts)
    )
    assert [incoming.text for incoming in outside.conversation.asked] == texts


async def test_a_flood_of_one_guests_messages_is_told_to_wait(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    outside.conversation.gate.clear()
    sent = [
        asyncio.create_task(client.post("/chat", json={"user_id": "ana", "message": "hola"}))
        for _ in range(12)
    ]
    await asyncio.wait(sent[10:])
    outside.conversation.gate.set()
    statuses = [answered.status_code for answered in await asyncio.gather(*sent)]
    assert statuses.count(429) == 2
    assert statuses.count(200) == 10


async def test_the_last_user_line_of_a_transcript_counts(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    lines = [
        {"role": "user", "content": "primera"},
        {"role": "user", "content": "  segunda\u0000 "},
        {"role": "assistant", "content": "sí"},
    ]
    await client.post("/chat", json={"user_id": "ana", "messages": lines})
    assert [incoming.text for incoming in outside.conversation.asked] == ["segunda"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"message": ""}, "message"),
        ({"message": " \u0000\u0007 "}, "message"),
        ({"message": "x" * 4001}, "message"),
        ({"message": 5}, "message"),
        ({"message": None, "messages": []}, "messages"),
        ({"message": None, "messages": [{"role": "assistant", "content": "x"}]}, "messages"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "x" * 129}, "user_id"),
        ({"user_id": "a\u0000b"}, "user_id"),
        ({"user_id": 5}, "user_id"),
        ({"message_id": ""}, "message_id"),
        ({"message_id": "a\nb"}, "message_id"),
        ({"conversation_id": "../../etc"}, "conversation_id"),
        ({"channel": "WhatsApp!"}, "channel"),
    ],
)
async def test_a_bad_field_is_named_and_never_quoted(
    client: httpx.AsyncClient, outside: Outside, change: dict[str, Any], field: str
) -> None:
    refused = await client.post("/chat", json=HOLA | change)
    problem = refused.json()
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "invalid_request"
    assert field in {error["field"].split(".")[0] for error in problem["errors"]}
    assert "xxxx" not in refused.text
    assert "etc" not in refused.text
    assert not outside.conversation.asked


async def test_four_thousand_characters_in_any_script_are_read(client: httpx.AsyncClient) -> None:
    answered = await client.post("/chat", json=HOLA | {"message": "😀" * 4000})
    assert answered.status_code == 200


async def test_a_message_to_nobody_here_is_refused(client: httpx.AsyncClient) -> None:
    refused = await client.post("/chat", json=HOLA | {"venue": "otra"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_venue")


async def test_the_venue_must_be_said_where_there_are_two(
    connect: Client, outside: Outside
) -> None:
    outside.reservations = OneBooking(house("casa"), house("otra"))
    async with connect() as client:
        refused = await client.post("/chat", json={"user_id": "ana", "message": "hola"})
    assert (refused.status_code, refused.json()["code"]) == (422, "venue_needed")


async def test_a_ledger_that_is_away_is_a_503_that_says_when_to_come_back(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    outside.conversation.failures = [StoreUnavailable("away", retry_after_s=3)]
    refused = await client.post("/chat", json=HOLA)
    assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
    assert refused.headers["retry-after"] == "3"
    assert (await client.post("/chat", json=HOLA)).status_code == 200


async def test_a_mistake_of_ours_is_a_plain_500(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    outside.conversation.failures = [RuntimeError("Laura Gil +34600111222")]
    refused = await client.post("/chat", json=HOLA)
    assert (refused.status_code, refused.json()["code"]) == (500, "internal")
    assert "Laura" not in refused.text


async def test_a_message_waits_while_another_process_answers_its_conversation(
    client: httpx.AsyncClient, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.http.turns.BUSY_RETRY_S", 0.0)
    outside.conversation.failures = [ConversationBusy("busy"), ConversationBusy("busy")]
    assert (await client.post("/chat", json=HOLA)).status_code == 200


async def test_a_message_does_not_wait_for_ever(
    client: httpx.AsyncClient, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.http.turns.BUSY_WAIT_S", 0.0)
    outside.conversation.failures = [ConversationBusy("busy")]
    refused = await client.post("/chat", json=HOLA)
    assert (refused.status_code, refused.json()["code"]) == (409, "conversation_busy")
    assert refused.headers["retry-after"]


async def test_a_turn_is_streamed_event_by_event(client: httpx.AsyncClient) -> None:
    streamed = await client.post("/chat/stream", json=HOLA)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    got = events(streamed.text)
    assert [(number, name) for number, name, _ in got] == [
        ("1", "accepted"),
        ("2", "stage"),
        ("3", "token"),
        ("4", "token"),
        ("5", "done"),
    ]
    assert got[0][2] == {"conversation_id": "c1", "message_id": "m1"}
    assert got[1][2] == {"stage": "router", "latency_ms": 1.2, "source": "local"}
    assert got[-1][2] == (await client.post("/chat", json=HOLA)).json()
    assert "retry: 2000" in streamed.text


@pytest.mark.parametrize(
    ("last", "numbers"), [("3", "45"), ("0", "12345"), ("x", "12345"), ("9", "5")]
)
async def test_a_stream_resumes_after_the_last_event_that_came(
    client: httpx.AsyncClient, outside: Outside, last: str, numbers: str
) -> None:
    await client.post("/chat", json=HOLA)
    resumed = await client.post("/chat/stream", json=HOLA, headers={"Last-Event-ID": last})
    assert "".join(number for number, _, _ in events(resumed.text)) == numbers
    assert len(outside.conversation.asked) == 1


async def test_an_answer_of_long_ago_is_streamed_from_the_ledger(
    client: httpx.AsyncClient, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/chat", json=HOLA)
    await asyncio.sleep(0)  # the turn's task ends just after its answer
    monkeypatch.setattr("infrastructure.http.turns.KEPT_S", -1.0)
    resumed = await client.post("/chat/stream", json=HOLA, headers={"Last-Event-ID": "3"})
    assert [name for _, name, _ in events(resumed.text)] == ["done"]
    assert len(outside.conversation.asked) == 1


async def test_a_stream_that_cannot_begin_has_its_own_status(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    outside.conversation.failures = [StoreUnavailable("away")]
    refused = await client.post("/chat/stream", json=HOLA)
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"


async def test_the_first_events_come_before_the_turn_ends(address: str, outside: Outside) -> None:
    outside.conversation.gate.clear()
    async with (
        httpx.AsyncClient(base_url=address) as client,
        client.stream("POST", "/chat/stream", json=HOLA) as response,
    ):
        lines = response.aiter_lines()
        assert await anext(lines) == "event: accepted"
        outside.conversation.gate.set()
        rest = [line async for line in lines]
    assert "event: done" in rest


async def test_a_guest_who_goes_away_changes_nothing(address: str, outside: Outside) -> None:
    outside.conversation.gate.clear()
    async with httpx.AsyncClient(base_url=address) as client:
        async with client.stream("POST", "/chat/stream", json=HOLA) as response:
            assert await anext(response.aiter_lines()) == "event: accepted"
        outside.conversation.gate.set()
        resumed = await client.post("/chat/stream", json=HOLA, headers={"Last-Event-ID": "1"})
    assert [name for _, name, _ in events(resumed.text)][-1] == "done"
    assert len(outside.conversation.asked) == 1


async def test_a_turn_that_cannot_end_before_the_server_must_says_so(outside: Outside) -> None:
    outside.conversation.gate.clear()
    turns = LiveTurns(outside.conversation)
    turn = turns.attach(IncomingMessage(VenueId("casa"), "ana", "hola", "m1"))
    await outside.conversation.reached.wait()
    await turns.drain(timeout_s=0)
    assert [event.name for event in turn.events][-1] == "error"
    assert turn.events[-1].data["code"] == "stopping"
    with pytest.raises(Problem):
        turns.attach(IncomingMessage(VenueId("casa"), "ana", "hola", "m2"))
