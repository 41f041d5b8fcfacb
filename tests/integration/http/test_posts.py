"""Posts over HTTP: to whom they are shown, in which order, and how often."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from application.access import Scope
from application.errors import StoreUnavailable
from application.ports.posts import Author, Post
from domain.booking import shown_code
from domain.venue import VenueId
from infrastructure.http import post_watch
from infrastructure.http.app import create_http
from infrastructure.http.server import serving
from infrastructure.memory.posts import MemoryPosts
from tests.fakes.outside import CODE, NOW, Outside
from tests.integration.http.conftest import Client

GUEST = "web-0123456789abcdef01234567"
OTHER = "web-76543210fedcba9876543210"
LONG_S = 30.0
BOOKING = {"code": shown_code(CODE), "status": "confirmed"}


async def write(outside: Outside, text: str, *, to: str = GUEST, **more: Any) -> Post:
    assert outside.posts is not None
    post = Post(VenueId("casa"), to, Author.STAFF, text, NOW, "c1", **more)
    return await outside.posts.add(key=f"{to} {text}", post=post)


async def asked(client: httpx.AsyncClient, *, after: int = 0, **more: Any) -> list[dict[str, Any]]:
    answered = await client.get("/chat/posts", params={"user_id": GUEST, "after": after, **more})
    assert answered.status_code == 200, answered.text
    found: list[dict[str, Any]] = answered.json()["posts"]
    return found


async def test_a_guest_gets_what_was_written_to_them_and_nothing_else(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    await write(outside, "Buenas tardes")
    await write(outside, "Para otra", to=OTHER)
    last = await write(outside, "¿Le va bien?", card={"booking": BOOKING, "asks": True})
    first, second = await asked(client)
    assert first == {
        "id": 1,
        "author": "staff",
        "text": "Buenas tardes",
        "at": "2026-11-27T10:00:00+01:00",
        "asks": False,
        "booking": None,
        "offers": [],
    }
    assert second["asks"]
    assert second["booking"]["link"].startswith(f"/b/{CODE}")
    assert [each["id"] for each in await asked(client, after=1)] == [last.id]
    assert await asked(client, after=last.id) == []


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_pass_shows_posts_to_the_pages_own_guests_alone(
    connect: Client, outside: Outside, accept: str
) -> None:
    outside.posts = None  # a stream would have no end
    async with connect(api_keys=[(Scope.GUEST, "g")]) as client:
        passed = (await client.get("/chat/pass")).json()["pass"]

        async def status(user_id: str, **headers: str) -> int:
            answered = await client.get(
                "/chat/posts", params={"user_id": user_id}, headers={"Accept": accept, **headers}
            )
            return answered.status_code

        let_in = 204 if accept == "text/event-stream" else 200
        assert await status(GUEST, **{"X-Guest-Pass": passed}) == let_in
        assert await status("+34600111222", **{"X-Guest-Pass": passed}) == 403
        assert await status(GUEST) == 401
        assert await status("+34600111222", **{"X-API-Key": "g"}) == let_in


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"user_id": ""},
        {"user_id": "a\x00b"},
        {"user_id": GUEST, "after": "-1"},
        {"user_id": GUEST, "after": "9" * 30},
        {"user_id": GUEST, "after": "x"},
    ],
)
async def test_a_question_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient, query: dict[str, str]
) -> None:
    assert (await client.get("/chat/posts", params=query)).status_code == 422


async def test_an_unknown_house_has_no_posts(client: httpx.AsyncClient) -> None:
    refused = await client.get("/chat/posts", params={"user_id": GUEST, "venue": "nowhere"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_venue")


# --- live -----------------------------------------------------------------------------------


@dataclass
class Line:
    """An open stream, and what has come through it."""

    heard: asyncio.Queue[dict[str, Any]]
    ids: list[str]

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(LONG_S):
            return await self.heard.get()


@asynccontextmanager
async def listening(
    address: str, *, after: int = 0, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Line]:
    line = Line(asyncio.Queue(), [])
    begun = asyncio.Event()

    async def listen() -> None:
        query: dict[str, str | int] = {"user_id": GUEST, "after": after}
        accept = {"Accept": "text/event-stream", **(headers or {})}
        async with (
            httpx.AsyncClient(base_url=address, timeout=LONG_S) as client,
            client.stream("GET", "/chat/posts", params=query, headers=accept) as stream,
        ):
            assert stream.headers["content-type"].startswith("text/event-stream")
            async for text in stream.aiter_lines():
                begun.set()
                if text.startswith("id:"):
                    line.ids.append(text.removeprefix("id: "))
                if text.startswith("data:"):
                    line.heard.put_nowait(json.loads(text.removeprefix("data: ")))

    task = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(LONG_S):
            await begun.wait()
        yield line
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_who_listens_hears_each_post_once_and_in_order(
    address: str, outside: Outside
) -> None:
    await write(outside, "uno")
    async with listening(address) as line:
        assert (await line.next())["text"] == "uno"
        await write(outside, "para otra", to=OTHER)
        for text in ("dos", "tres"):
            await write(outside, text)
            assert (await line.next())["text"] == text
        assert line.ids == ["1", "3", "4"]


@pytest.mark.parametrize("way", ["query", "header"])
async def test_who_comes_back_hears_only_what_is_new(
    address: str, outside: Outside, way: str
) -> None:
    for text in ("uno", "dos", "tres"):
        await write(outside, text)
    after, headers = (2, {}) if way == "query" else (0, {"Last-Event-ID": "2"})
    async with listening(address, after=after, headers=headers) as line:
        assert (await line.next())["text"] == "tres"
        assert line.ids == ["3"]


async def test_a_line_without_news_is_kept_open(
    address: str, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_watch, "SAY_EVERY_S", 0.05)
    query = {"user_id": GUEST}
    headers = {"Accept": "text/event-stream"}
    async with (
        asyncio.timeout(LONG_S),
        httpx.AsyncClient(base_url=address, timeout=LONG_S) as client,
        client.stream("GET", "/chat/posts", params=query, headers=headers) as stream,
    ):
        comments = 0
        async for line in stream.aiter_lines():
            comments += line.startswith(":")
            if comments > 3:
                break


async def test_more_listeners_than_there_is_room_for_are_sent_away(
    address: str, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_watch, "MAX_LISTENERS", 1)
    async with listening(address), httpx.AsyncClient(base_url=address) as client:
        refused = await client.get(
            "/chat/posts", params={"user_id": GUEST}, headers={"Accept": "text/event-stream"}
        )
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert await asked(client) == []


class Failing(MemoryPosts):
    """A ledger that is away for a while."""

    is_away = False

    async def after(self, *, venue: VenueId, user_id: str, id: int) -> Sequence[Post]:
        if self.is_away:
            raise StoreUnavailable("away")
        return await super().after(venue=venue, user_id=user_id, id=id)

    async def latest(self) -> int:
        if self.is_away:
            raise StoreUnavailable("away")
        return await super().latest()


async def test_a_ledger_that_was_away_loses_nobody(outside: Outside) -> None:
    outside.posts = failing = Failing()
    app = create_http(lambda: nullcontext(outside), version="test")
    async with serving(app) as url, listening(url) as line:
        failing.is_away = True
        await write(outside, "uno")
        await asyncio.sleep(post_watch.LOOK_EVERY_S * 2)
        failing.is_away = False
        assert (await line.next())["text"] == "uno"


async def test_a_server_that_stops_waits_for_no_listener(outside: Outside) -> None:
    app = create_http(lambda: nullcontext(outside), version="test")
    async with asyncio.timeout(LONG_S - 10):  # the server itself would wait for 30 seconds
        async with AsyncExitStack() as listeners, serving(app) as url:
            await listeners.enter_async_context(listening(url))
