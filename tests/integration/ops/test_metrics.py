"""`GET /metrics`: what it counts while guests talk to a real house, and what it never says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from application.conversation import IncomingMessage
from application.errors import ConversationBusy, StoreUnavailable
from domain.venue import VenueId
from infrastructure.clock import SystemClock
from infrastructure.metrics import open_figures, open_measurements
from tests.fakes.outside import Outside, ScriptedConversation
from tests.integration.http.conftest import Client, client, connect, outside
from tests.integration.ops.conftest import MONDAY, book, say
from tests.support.house import House, open_house
from tests.support.scraping import Scraped, scrape

__all__ = ["client", "connect", "outside"]

STAGES = ("begin", "router", "decide", "human", "save")


async def test_every_turn_is_counted_with_its_stages_and_its_agents(house: House) -> None:
    await book(house)
    scraped = await scrape(house.client)
    assert scraped("chat_requests_total", status="confirmed") == 1
    assert scraped.total("chat_requests_total") == 2
    assert scraped("turn_duration_seconds_count") == 2
    for stage in STAGES:
        assert scraped("turn_stage_duration_seconds_count", stage=stage) == 2, stage
    for agent in ("router", "human"):
        assert scraped("agent_duration_seconds_count", agent=agent, source="local") == 2, agent
    assert scraped("bookings_total", who="guest", outcome="confirmed") == 1


async def test_what_staff_do_is_counted_apart_and_once(house: House) -> None:
    client, key = house.client, {"Idempotency-Key": "k1"}
    wanted = {"start": "2026-11-27T21:00:00+01:00", "party_size": 2, "guest_name": "Laura Gil"}
    for _ in range(2):
        made = await client.post("/venues/la-terraza/bookings", json=wanted, headers=key)
        assert made.status_code == 201, made.text
    path = f"/bookings/{made.json()['code']}"
    for _ in range(2):
        moved = await client.patch(
            path, json={"start": "2026-11-27T22:00:00+01:00"}, headers={"Idempotency-Key": "k2"}
        )
        assert moved.status_code == 200, moved.text
    assert (await client.patch(path, json={"notes": "a quiet table"})).status_code == 200
    for _ in range(2):
        assert (await client.delete(path)).status_code == 200
    refused = await client.delete("/bookings/ZZZ-ZZZ-ZZZ")
    assert refused.status_code == 404
    scraped = await scrape(client)
    for outcome in ("confirmed", "moved", "cancelled"):
        assert scraped("bookings_total", who="staff", outcome=outcome) == 1, outcome
    assert scraped.total("bookings_total") == 3


async def test_a_request_is_counted_under_its_routes_pattern(house: House) -> None:
    booked = (await book(house))["booking"]
    assert (await house.client.get(f"/bookings/{booked['code']}")).status_code == 200
    assert (await house.client.get("/venues/nowhere")).status_code == 404
    scraped = await scrape(house.client)
    name = "http_request_duration_seconds_count"
    assert scraped(name, method="POST", route="/chat", status="200") == 2
    assert scraped(name, method="GET", route="/bookings/{code}", status="200") == 1
    assert scraped(name, method="GET", route="/venues/{venue}", status="404") == 1


async def test_paths_and_methods_that_nobody_knows_make_no_new_labels(house: House) -> None:
    for number in range(30):
        await house.client.request(f"WALK{number}", f"/secret/{number}/+34600111222")
    scraped = await scrape(house.client)
    routes = {label for label in scraped.label_values() if "secret" in label}
    assert not routes
    assert scraped.total("http_request_duration_seconds_count", route="unmatched") == 30
    assert len({label for label in scraped.label_values() if label.startswith("WALK")}) == 0


async def test_the_same_message_again_is_a_repetition_and_no_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Otherwise the process itself still has the answer, and the conversation is not asked.
    monkeypatch.setattr("infrastructure.http.turns.KEPT_S", -1.0)
    for _ in range(3):
        await house.say("hola", venue="la-terraza", guest="ana", channel="chat", message_id="same")
        await asyncio.sleep(0)
    scraped = await scrape(house.client)
    assert scraped("turn_duration_seconds_count") == 1
    assert scraped("chat_requests_total", status="answered") == 1
    assert scraped("chat_requests_total", status="repeated") == 2


async def test_messages_without_an_answer_are_failures_and_busy_ones_are_tried_again() -> None:
    measurements = open_measurements(clock=SystemClock())
    conversation = ScriptedConversation()
    conversation.failures = [StoreUnavailable("away"), ConversationBusy("busy")]
    answers = measurements.measured(conversation)
    incoming = IncomingMessage(VenueId("casa"), "ana", "hola", "m1")
    for expected in (StoreUnavailable, ConversationBusy):
        with pytest.raises(expected):
            [event async for event in answers.handle_message(incoming)]
    for _ in range(2):
        [event async for event in answers.handle_message(incoming)]
    async with open_figures(measurements) as figures:
        scraped = Scraped((await figures.exposition()).decode())
    assert scraped("chat_requests_total", status="failed") == 1
    assert scraped("chat_requests_total", status="answered") == 1
    assert scraped("chat_requests_total", status="repeated") == 1
    assert scraped.total("chat_requests_total") == 3


async def test_nothing_of_a_guest_is_in_any_figure(house: House) -> None:
    booked = (await book(house, guest="+34655443322"))["booking"]
    await say(
        house,
        "Soy Hermenegildo Zurbarán, mi correo es zurbaran@example.com y mi móvil 611 222 333",
        "Quiero cancelar",
        "3322",
        "sí",
        guest="web-visitor-8841",
    )
    await house.client.get(f"/bookings/{booked['code']}")
    scraped = await scrape(house.client)
    shown = await house.client.get("/metrics/dashboard")
    private = ["Laura", "Gil", "Hermenegildo", "Zurbar", "example.com", "655443322", "611222333"]
    private += ["611 222 333", "web-visitor", booked["code"], booked["code"].replace("-", "")]
    assert not [word for word in private if word in scraped.text]
    assert not [word for word in private if word in shown.text]


async def test_ops_alone_may_look(tmp_path: Path) -> None:
    keys = {"redis_url": "off", "api_keys": "guest:g,staff:s,ops:o"}
    async with open_house(tmp_path, start=MONDAY, settings=keys) as house:
        for path in ("/metrics", "/metrics/dashboard", "/cache/stats", "/cache/health"):
            asked = [
                (
                    await house.client.get(path, headers={"X-API-Key": key} if key else {})
                ).status_code
                for key in ("", "g", "s", "o")
            ]
            assert asked == [401, 403, 403, 200], path
        scraped = await scrape(house.client, Authorization="Bearer o")
    assert scraped.families


async def test_a_server_that_counts_nothing_says_so(connect: Client, outside: Outside) -> None:
    async with connect() as client:
        for path in ("/metrics", "/metrics/dashboard"):
            refused = await client.get(path)
            assert (refused.status_code, refused.json()["code"]) == (404, "no_figures")
        refused = await client.get("/cache/stats")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_cache")


async def test_a_request_that_breaks_off_is_counted_too(connect: Client, outside: Outside) -> None:
    heard: list[tuple[str, str, int]] = []

    def on_request(method: str, route: str, status: int, took_s: float) -> None:
        heard.append((method, route, status))

    outside.conversation.failures = [RuntimeError("a mistake of ours")]
    async with connect(on_request=on_request) as client:
        answered: httpx.Response = await client.post(
            "/chat", json={"user_id": "ana", "message": "hola"}
        )
    assert answered.status_code == 500
    assert heard == [("POST", "/chat", 500)]
