"""`/cache/stats` and `/cache/health`: what CONTRACT promises, whatever the cache is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import httpx

from application.cache_keys import VENUES, venue_key
from infrastructure.caching.tiered import TieredCache
from infrastructure.clock import SystemClock
from infrastructure.http.app import create_http
from infrastructure.memory.cache import memory_cache
from infrastructure.metrics import Watched, open_figures, open_measurements
from infrastructure.metrics.figures import Figures
from infrastructure.resilience.cached import CacheGuard
from tests.fakes.outside import Outside
from tests.integration.ops.conftest import book
from tests.support.caches import VENUE, opened
from tests.support.house import House
from tests.support.redis_servers import alone
from tests.support.scraping import scrape

KEY = venue_key(VENUE, version="1")
OPERATIONS = {"get", "set", "delete", "delete_pattern"}
OF_AN_OPERATION = {
    "hits", "misses", "errors", "total", "hit_rate", "avg_latency_ms", "p95_latency_ms",
}  # fmt: skip


@asynccontextmanager
async def shown(
    cache: TieredCache, figures: Figures | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    outside = Outside(cache=cache, figures=figures)
    app = create_http(lambda: nullcontext(outside), version="test")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client,
    ):
        yield client


async def use(cache: TieredCache) -> None:
    """One miss, one write, then hits; and a deletion."""
    await cache.get(VENUES, KEY)
    await cache.set(VENUES, KEY, {"name": "La Terraza " * 100})
    await cache.get_many(VENUES, [KEY])
    await cache.delete(KEY)
    await cache.delete_pattern("anfitrion:*:nobody:*")


def check_stats(body: dict[str, Any], *, backend: str) -> None:
    cache = body["cache"]
    assert body["timestamp"].endswith("Z")
    assert cache["backend"] == backend
    assert cache["enabled"] is (backend == "redis")
    assert cache["circuit_breaker"]["state"] == "closed"
    assert cache["circuit_breaker"]["failures"] == 0
    assert set(cache["operations"]) == OPERATIONS
    for operation in cache["operations"].values():
        assert set(operation) >= OF_AN_OPERATION
    assert set(cache["near_cache"]) >= {"entries", "hits", "hit_rate"}
    assert set(cache["compression"]) >= {"values", "bytes_in", "bytes_out", "ratio"}
    assert cache["coalesced"] == 0


def check_health(body: dict[str, Any], *, status: str, state: str) -> None:
    health = body["cache_health"]
    assert body["timestamp"].endswith("Z")
    assert (health["status"], health["circuit_breaker_state"]) == (status, state)
    assert set(health) >= {"reason", "latency_ms", "connection_pool"}
    assert set(health["connection_pool"]) >= {"max_connections", "in_use", "available"}


async def test_a_redis_cache_is_shown_with_what_it_did() -> None:
    with alone() as server:
        async with opened(server.url) as cache, shown(cache) as client:
            await use(cache)
            stats = (await client.get("/cache/stats")).json()
            health = (await client.get("/cache/health")).json()
    check_stats(stats, backend="redis")
    get = stats["cache"]["operations"]["get"]
    assert (get["misses"], get["errors"]) == (1, 0)
    assert stats["cache"]["operations"]["set"]["hits"] == 1
    assert stats["cache"]["operations"]["delete"]["hits"] == 1
    assert stats["cache"]["compression"]["values"] == 1
    check_health(health, status="healthy", state="closed")
    assert health["cache_health"]["latency_ms"] > 0


async def test_a_cache_that_has_gone_is_degraded_with_its_reason_and_is_no_error() -> None:
    with alone() as server:
        async with opened(server.url) as cache, shown(cache) as client:
            server.kill()
            for _ in range(8):
                await cache.get(VENUES, KEY)
            answered = await client.get("/cache/health")
            stats = (await client.get("/cache/stats")).json()
    assert answered.status_code == 200
    check_health(answered.json(), status="degraded", state="open")
    assert answered.json()["cache_health"]["reason"]
    assert answered.json()["cache_health"]["latency_ms"] is None
    assert stats["cache"]["circuit_breaker"]["state"] == "open"
    assert stats["cache"]["operations"]["get"]["errors"] > 0


async def test_without_a_server_health_says_why() -> None:
    cache = memory_cache(SystemClock(), reason="REDIS_URL is off")
    async with shown(cache) as client:
        await use(cache)
        stats = (await client.get("/cache/stats")).json()
        health = (await client.get("/cache/health")).json()
    check_stats(stats, backend="memory")
    check_health(health, status="disabled", state="closed")
    assert health["cache_health"]["reason"] == "REDIS_URL is off"


async def test_prometheus_hears_of_the_cache_inside_the_process_too(house: House) -> None:
    """The house's REDIS_URL is off."""
    await book(house)
    await book(house, guest="+34600333444")  # the day is claimed by now, and worth keeping
    scraped = await scrape(house.client)
    assert scraped.total("cache_requests_total") > 0
    assert scraped.total("cache_request_duration_seconds_count") > 0
    assert not any(name == "breaker_state" for name, _ in scraped.values), (
        "nothing can be left alone"
    )


async def test_prometheus_hears_the_same_of_the_cache() -> None:
    clock = SystemClock()
    measurements = open_measurements(clock=clock)
    with alone() as server:
        async with (
            opened(
                server.url,
                clock=clock,
                guard=CacheGuard(
                    clock=clock, command_s=5, deadline_s=10, on_state=measurements.breaker
                ),
                observe=measurements.cache_operation,
            ) as cache,
            open_figures(measurements, Watched(cache=cache.stats)) as figures,
            shown(cache, figures) as client,
        ):
            await use(cache)
            before = await scrape(client)
            server.kill()
            for _ in range(8):
                await cache.get(VENUES, KEY)
            scraped = await scrape(client)
    assert before("breaker_state", breaker="cache") == 0
    count = "cache_requests_total"
    assert scraped(count, operation="get", outcome="miss") == 1
    assert scraped(count, operation="set", outcome="hit") == 1
    assert scraped(count, operation="get", outcome="error") > 0
    assert scraped("cache_request_duration_seconds_count", operation="set") == 1
    assert scraped("cache_compression_bytes_total", side="in") > 1000
    assert scraped("breaker_state", breaker="cache") == 2
    assert scraped("breaker_opened_total", breaker="cache") == 1
