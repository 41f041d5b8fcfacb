"""Sentinel and Cluster: the cache works with them, and a primary that dies costs only misses."""

from __future__ import annotations

import asyncio
import time

import pytest

from application.cache_keys import PREFIX, VENUES, everything_of, rate_key, venue_key
from application.ports.cache import Cache
from tests.support.caches import VENUE, in_service, until
from tests.support.redis_servers import as_cluster, with_sentinels

KEYS = [venue_key(VENUE, version=str(number)) for number in range(40)]
FAILOVER_S = 20.0


async def write(cache: Cache, *, number: int) -> None:
    for key in KEYS:
        await cache.set(VENUES, key, {"number": number})


async def read(cache: Cache) -> set[object]:
    """The numbers that are found under the keys."""
    found = await cache.get_many(VENUES, KEYS)
    return {each["number"] for each in found.values()} if len(found) == len(KEYS) else set()


async def writes_until_it_lasts(cache: Cache, number: int) -> None:
    """As guests would: again and again, and it never raises."""
    began = time.monotonic()
    while await read(cache) != {number}:
        assert time.monotonic() - began < FAILOVER_S
        await write(cache, number=number)
        await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_a_failover_of_sentinels_costs_only_misses() -> None:
    async with with_sentinels() as servers, in_service(servers.url) as cache:
        await write(cache, number=1)
        assert await read(cache) == {1}
        servers.primary.kill()
        await writes_until_it_lasts(cache, 2)
        await until(lambda: cache.stats().near.is_true)
        assert cache.stats().breaker.state == "closed"
        assert await cache.delete_pattern(everything_of(VENUE)) == len(KEYS)
        assert (await cache.health()).status == "healthy"


@pytest.mark.slow
async def test_a_cluster_keeps_everything_wherever_its_slot_is() -> None:
    async with (
        as_cluster() as cluster,
        in_service(cluster.url) as ours,
        in_service(cluster.url) as theirs,
    ):
        await write(ours, number=1)
        held = []
        for node in cluster.nodes:
            async with node.client() as client:
                held.append(await client.dbsize())
        assert all(held), "every node has its share"
        assert sum(held) == len(KEYS)
        assert await read(theirs) == {1}
        await until(lambda: theirs.stats().near.is_true)
        assert await theirs.get(VENUES, KEYS[0]) == {"number": 1}
        await write(ours, number=2)
        await until(lambda: not theirs.stats().near.entries)
        assert await read(theirs) == {2}
        counter = rate_key(VENUE, what="chat", guest_hash="c" * 16)
        assert [await each.count(counter, window_s=60) for each in (ours, theirs)] == [1, 2]
        assert await ours.delete(*KEYS[:3], f"{PREFIX}x:venue:y") == 3
        assert await ours.delete_pattern(everything_of(VENUE, VENUES)) == len(KEYS) - 3
        await until(lambda: not theirs.stats().near.entries)
        assert await theirs.get_many(VENUES, KEYS) == {}


@pytest.mark.slow
async def test_a_node_of_a_cluster_that_dies_costs_only_misses() -> None:
    async with as_cluster() as cluster, in_service(cluster.url) as cache:
        await write(cache, number=1)
        cluster.nodes[1].kill()
        for _ in range(3):
            await write(cache, number=2)
            assert await read(cache) in ({2}, {1}, {1, 2}, set())
        cluster.nodes[1].start()
        await writes_until_it_lasts(cache, 3)
        assert (await cache.health()).status == "healthy"
