"""The server refuses, is silent, slow, cut off, or wrong: callers see misses, soon, and it comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from application.cache_keys import PREFIX, VENUES, rate_key, venue_key
from application.cache_report import health_as_json, stats_as_json
from infrastructure.caching.tiered import TieredCache
from infrastructure.clock import SystemClock
from infrastructure.resilience.cached import COMMAND_S, DEADLINE_S, FAILURES
from tests.support.caches import VENUE, in_service, kept_near, stored, until
from tests.support.fault_proxy import FAULTS, Fault, FaultProxy
from tests.support.redis_servers import Server, alone, on_a_port

KEY = venue_key(VENUE, version="1")
COUNTER = rate_key(VENUE, what="chat", guest_hash="a" * 16)
HOUSE = {"name": "La Terraza"}
BACK_S = 10.0

# A machine under load runs late; these are guards against hanging, the limits themselves are unit-tested.
PATIENCE = 20

DOES_NOT_OPEN: frozenset[Fault] = frozenset({"sliced"})
"""A slow network that loses nothing."""


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[FaultProxy]:
    async with FaultProxy(lambda: asyncio.open_unix_connection(server.path)) as proxy:
        yield proxy


@pytest.fixture
async def cache(proxy: FaultProxy) -> AsyncIterator[TieredCache]:
    async with in_service(proxy.url) as cache:
        await stored(cache, VENUES, KEY, HOUSE)
        yield cache


async def house() -> dict[str, Any]:
    return HOUSE


async def use(cache: TieredCache, number: int) -> None:
    """Every operation once; none may raise or give anything but the truth or nothing."""
    key = venue_key(VENUE, version=f"u{number}")
    found = await cache.get(VENUES, KEY)
    assert found is None or found == HOUSE
    assert await cache.get_many(VENUES, [KEY, key]) in ({KEY: HOUSE}, {})
    assert (await cache.get_or_compute(VENUES, key, house)).value == HOUSE
    await cache.set(VENUES, KEY, HOUSE)
    await cache.delete(key)
    await cache.delete_pattern(f"{PREFIX}nowhere:*")
    assert await cache.count(COUNTER, window_s=60) >= 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_costs_no_more_than_time_and_little_of_it(
    cache: TieredCache, proxy: FaultProxy, fault: Fault
) -> None:
    await kept_near(cache, VENUES, KEY)
    await proxy.begin(fault)
    began = time.monotonic()
    other = venue_key(VENUE, version="other")
    assert (await cache.get_or_compute(VENUES, other, house)).value == HOUSE
    assert time.monotonic() - began < PATIENCE * DEADLINE_S
    for number in range(FAILURES):
        await use(cache, number)
    if fault not in DOES_NOT_OPEN:
        assert cache.stats().breaker.state != "closed"
        began = time.monotonic()
        for number in range(10):
            await use(cache, number)
        assert time.monotonic() - began < PATIENCE * COMMAND_S, "once open nobody waits"
        health = await cache.health()
        assert (health.status, health.breaker_state) != ("healthy", "closed")
        assert health.reason
        assert cache.stats().operations["get"].errors >= 2
        await until(lambda: not cache.stats().near.is_true, within_s=BACK_S)
    await proxy.end()
    took_s = await until(lambda: cache.stats().breaker.state == "closed", within_s=BACK_S)
    await cache.set(VENUES, KEY, HOUSE)
    assert await cache.get(VENUES, KEY) == HOUSE
    await until(lambda: cache.stats().near.is_true, within_s=BACK_S - took_s)
    assert (await cache.health()).status == "healthy"
    assert stats_as_json(cache.stats(), now=SystemClock().now())["cache"]["enabled"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"$5\r\nhello\r\n",
        b":7\r\n",
        b"*2\r\n$1\r\na\r\n$1\r\nb\r\n",
        b"-WAT\xff\xfe\r\n",
        b"+OK\r\n+OK\r\n",
        b"_\r\n",
        b"\xff\xfe\xfd",
        b"$99999999999\r\n",
    ],
)
async def test_no_garbage_is_taken_for_a_value(proxy: FaultProxy, garbage: bytes) -> None:
    async with in_service(proxy.url) as cache:
        await cache.set(VENUES, KEY, HOUSE)
        assert await cache.get(VENUES, KEY) == HOUSE
        proxy.garbage = garbage
        await proxy.begin("garbage")
        for number in range(3):
            await use(cache, number)


async def test_200_at_once_wait_no_longer_than_one(cache: TieredCache, proxy: FaultProxy) -> None:
    await proxy.begin("silent")
    began = time.monotonic()
    keys = [venue_key(VENUE, version=f"s{number}") for number in range(200)]
    found = await asyncio.gather(*(cache.get_or_compute(VENUES, key, house) for key in keys))
    assert all(each.value == HOUSE for each in found)
    assert time.monotonic() - began < PATIENCE * DEADLINE_S


async def test_health_is_told_at_once_while_the_breaker_is_open(
    cache: TieredCache, proxy: FaultProxy
) -> None:
    await proxy.begin("silent")
    for number in range(FAILURES):
        await use(cache, number)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        health = await cache.health()
        took.append(time.perf_counter() - began)
        assert (health.status, health.latency_ms) == ("degraded", None)
    assert min(took) < 0.005
    body = health_as_json(health, now=SystemClock().now())["cache_health"]
    assert body["circuit_breaker_state"] in {"open", "half-open"}


async def test_counters_go_on_in_the_process_while_it_is_away(
    cache: TieredCache, proxy: FaultProxy
) -> None:
    for expected in (1, 2, 3):
        assert await cache.count(COUNTER, window_s=60) == expected
    await proxy.begin("refuse")
    assert [await cache.count(COUNTER, window_s=60) for _ in range(2)] == [1, 2]


async def test_it_may_be_away_when_we_start(server: Server) -> None:
    proxy = FaultProxy(lambda: asyncio.open_unix_connection(server.path))
    async with proxy:
        await proxy.begin("refuse")
        async with in_service(proxy.url) as cache:
            for number in range(FAILURES):
                await use(cache, number)
            await proxy.end()
            await until(lambda: cache.stats().near.is_true, within_s=BACK_S)
            await until(lambda: cache.stats().breaker.state == "closed", within_s=BACK_S)
            await cache.set(VENUES, KEY, HOUSE)
            assert await cache.get(VENUES, KEY) == HOUSE


# --- a server that answers, but not what was hoped for ---------------------------------------------


@pytest.fixture
def own() -> Iterator[Server]:
    with alone() as server:
        yield server


async def test_without_memory_values_are_read_and_health_says_why_none_are_written(
    own: Server,
) -> None:
    async with in_service(own.url) as cache, own.client() as client:
        await cache.set(VENUES, KEY, HOUSE)
        await client.config_set("maxmemory", "1")
        await cache.set(VENUES, venue_key(VENUE, version="2"), HOUSE)
        assert await cache.get(VENUES, KEY) == HOUSE
        assert cache.stats().operations["set"].errors == 1
        health = await cache.health()
        assert (health.status, health.reason) == ("degraded", "out_of_memory")
        assert cache.stats().breaker.state == "closed"
        await client.config_set("maxmemory", "0")
        await cache.set(VENUES, KEY, HOUSE)
        assert (await cache.health()).status == "healthy"


async def test_a_replica_is_read_and_health_says_why_nothing_is_written(own: Server) -> None:
    async with in_service(own.url) as cache, own.client() as client:
        await cache.set(VENUES, KEY, HOUSE)
        await client.execute_command("REPLICAOF", "127.0.0.1", "1")
        await cache.set(VENUES, venue_key(VENUE, version="2"), HOUSE)
        assert await cache.get(VENUES, KEY) == HOUSE
        health = await cache.health()
        assert (health.status, health.reason) == ("degraded", "read_only")
        await client.execute_command("REPLICAOF", "NO", "ONE")
        await cache.set(VENUES, KEY, HOUSE)
        assert (await cache.health()).status == "healthy"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{port}", "redis://:wrong@127.0.0.1:{port}"])
async def test_without_the_right_password_it_is_as_if_there_were_no_server(url: str) -> None:
    with on_a_port("--requirepass", "right") as server:
        async with in_service(url.format(port=server.port)) as cache:
            for number in range(FAILURES):
                await use(cache, number)
            health = await cache.health()
            assert (health.status, health.reason) == ("degraded", "denied")
        async with in_service(f"redis://:right@127.0.0.1:{server.port}") as cache:
            await cache.set(VENUES, KEY, HOUSE)
            assert await cache.get(VENUES, KEY) == HOUSE


@pytest.mark.parametrize("held", [b"hello", b"\x10" + b"\xff" * 40, "a list"])
async def test_what_others_stored_under_our_key_is_a_miss_counted_and_deleted(
    server: Server, held: bytes | str
) -> None:
    async with in_service(server.url) as cache, server.client() as client:
        if isinstance(held, str):
            await client.rpush(KEY, held)
        else:
            await client.set(KEY, held)
        assert await cache.get(VENUES, KEY) is None
        assert await client.exists(KEY) == 0
        assert cache.stats().corrupt == 1
        assert (await cache.get_or_compute(VENUES, KEY, house)).source == "computed"
        assert await cache.get(VENUES, KEY) == HOUSE


async def test_a_value_of_ours_that_was_moved_to_another_key_is_a_miss(server: Server) -> None:
    other = venue_key(VENUE, version="2")
    async with in_service(server.url) as cache, server.client() as client:
        await cache.set(VENUES, KEY, HOUSE)
        await client.rename(KEY, other)
        assert await cache.get(VENUES, other) is None
        assert await cache.get_many(VENUES, [other, KEY]) == {}
        assert cache.stats().corrupt == 1


async def test_a_flushed_server_is_an_empty_one(server: Server) -> None:
    async with in_service(server.url) as cache, server.client() as client:
        await cache.set(VENUES, KEY, HOUSE)
        await kept_near(cache, VENUES, KEY)
        await client.flushall()
        await until(lambda: not cache.stats().near.entries)
        assert await cache.get(VENUES, KEY) is None
        assert (await cache.health()).status == "healthy"


async def test_a_server_that_hangs_and_wakes_up_is_used_again(own: Server) -> None:
    async with in_service(own.url) as cache:
        await cache.set(VENUES, KEY, HOUSE)
        own.freeze()
        for number in range(FAILURES):
            await use(cache, number)
        assert cache.stats().breaker.state != "closed"
        await until(lambda: not cache.stats().near.is_true, within_s=BACK_S)
        own.thaw()
        await until(lambda: cache.stats().breaker.state == "closed", within_s=BACK_S)
        await cache.set(VENUES, KEY, HOUSE)
        assert await cache.get(VENUES, KEY) == HOUSE


async def test_a_restarted_server_is_used_again(own: Server) -> None:
    async with in_service(own.url) as cache:
        await cache.set(VENUES, KEY, HOUSE)
        await kept_near(cache, VENUES, KEY)
        own.restart()
        await until(lambda: not cache.stats().near.entries, within_s=BACK_S)
        assert await cache.get(VENUES, KEY) is None
        await until(lambda: cache.stats().near.is_true, within_s=BACK_S)
        await cache.set(VENUES, KEY, HOUSE)
        assert await kept_near(cache, VENUES, KEY) == HOUSE
