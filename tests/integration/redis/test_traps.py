"""Mistakes that caches of this kind have made before; each would be noticed here."""

from __future__ import annotations

import ast
import asyncio
import time
from pathlib import Path

import pytest
from redis import exceptions

from application.cache_keys import (
    ANSWERS,
    PREFIX,
    SHEETS,
    VENUES,
    answer_key,
    everything_of,
    venue_key,
)
from domain.venue import VenueId
from infrastructure import caching, redis
from infrastructure.benchmarks.sample_days import plain_json, sample_days
from infrastructure.redis.store import SCAN_BATCH
from infrastructure.redis.target import Clients, read_url
from infrastructure.resilience import cached
from infrastructure.venues.loader import load_venues
from tests.support.caches import VENUE, in_service, opened
from tests.support.redis_servers import Server, alone, free_ports, on_a_port

KEY = venue_key(VENUE, version="1")


async def test_a_tcp_connection_is_really_made_with_its_keepalive_options() -> None:
    """Names in place of numbers raised TypeError at connecting, and graceful misses hid it."""
    with on_a_port() as server:
        async with opened(server.url) as cache:
            await cache.set(VENUES, KEY, {"a": 1})
            assert await cache.get(VENUES, KEY) == {"a": 1}
            assert cache.stats().operations["set"].errors == 0
            assert (await cache.health()).status == "healthy"
            async with server.client() as client:
                names = {each["name"] for each in await client.client_list()}
                assert any(name.startswith("anfitrion-") for name in names)


async def test_values_are_stored_as_bytes(server: Server) -> None:
    house = next(each for each in load_venues(None) if each.id == "la-terraza")
    day = next(day for day in sample_days(house, days=9, seed=3) if len(day) > 20)
    async with opened(server.url) as cache, server.client() as client:
        await cache.set(SHEETS, f"{PREFIX}x:sheet:y", day)
        stored = await client.get(f"{PREFIX}x:sheet:y")
        assert isinstance(stored, bytes)
        assert any(byte > 127 for byte in stored), "neither hex nor base64"
        assert await cache.get(SHEETS, f"{PREFIX}x:sheet:y") == day
        assert len(stored) < 0.18 * len(plain_json(day))
        assert cache.stats().compression.bytes_out == len(stored)


async def test_binary_values_survive_a_url_that_asks_for_decoded_ones(server: Server) -> None:
    async with opened(f"{server.url}?decode_responses=true") as cache:
        await cache.set(VENUES, KEY, {"ñ": "ü" * 600})
        assert await cache.get(VENUES, KEY) == {"ñ": "ü" * 600}


async def test_a_pattern_is_deleted_in_batches_and_without_stopping_the_server() -> None:
    keys = [venue_key(VENUE, version=str(number)) for number in range(2 * SCAN_BATCH)]
    with alone() as server:
        async with opened(server.url) as cache, server.client() as client:
            await client.mset(dict.fromkeys(keys, b"x"))
            await client.set("anfitrion:elsewhere", b"x")
            assert await cache.delete_pattern(everything_of(VENUE)) == len(keys)
            assert await client.keys("*") == [b"anfitrion:elsewhere"]
            calls = await client.info("commandstats")
            assert calls["cmdstat_scan"]["calls"] >= 2
            assert calls["cmdstat_unlink"]["calls"] >= 2
            assert calls["cmdstat_keys"]["calls"] == 1, "the one of this test"
            assert not {"cmdstat_del", "cmdstat_flushdb", "cmdstat_flushall"} & calls.keys()


async def test_rediss_says_nothing_in_plain_text() -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(200))
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        async with opened(f"rediss://:secret@127.0.0.1:{port}") as cache:
            # On a busy machine a connection may be given up before anything was said on it.
            while not any(heard):
                assert await cache.get(VENUES, venue_key(VENUE, version="1")) is None
                await asyncio.sleep(0.05)
    assert all(said.startswith(b"\x16\x03") for said in heard if said), "the greeting of TLS"
    assert not any(b"secret" in said for said in heard)


def test_nothing_here_blocks_the_loop() -> None:
    for folder in (caching, redis):
        for path in Path(folder.__path__[0]).glob("*.py"):
            _must_not_sleep(path)
    _must_not_sleep(Path(cached.__file__))


def _must_not_sleep(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            assert called not in {"time.sleep", "socket.create_connection"}, path


async def test_a_dead_port_is_tried_once_and_not_again_and_again_by_the_client() -> None:
    """The client's default retries take four seconds for one read of a dead port."""
    (port,) = free_ports(1)
    clients = Clients(read_url(f"redis://127.0.0.1:{port}"), max_connections=1)
    with pytest.raises(exceptions.ConnectionError):
        await clients.execute("GET", "k")
    connection = clients._connection()
    assert connection.retry.get_retries() == 0
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(exceptions.ConnectionError):
            await clients.execute("GET", "k")
    assert time.monotonic() - began < 20 * 0.2
    await clients.aclose()


async def test_the_breaker_opens_within_seconds_on_a_dead_port() -> None:
    (port,) = free_ports(1)
    async with in_service(f"redis://127.0.0.1:{port}") as cache:
        began = time.monotonic()
        for _ in range(5):
            assert await cache.get(VENUES, KEY) is None
        assert cache.stats().breaker.state != "closed"
        assert time.monotonic() - began < 10


def test_an_answer_is_kept_for_its_venue_language_and_kind_of_guest_only() -> None:
    keys = {
        answer_key(
            VenueId(venue), language=language, question="parking?", version="1", guest_class=who
        )
        for venue in ("la-terraza", "clinica-sonrisa")
        for language in ("es", "en")
        for who in ("guest", "staff")
    }
    assert len(keys) == 8
    assert ANSWERS.name in str(keys)
