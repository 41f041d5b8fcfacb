"""Two processes with one server: what one writes, the other's next read shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date

import pytest

from application.cache_keys import SHEETS, VENUES, everything_of, rate_key, sheet_key, venue_key
from infrastructure.caching.tiered import TieredCache
from tests.support.caches import VENUE, kept_near, opened, until
from tests.support.fault_proxy import FaultProxy
from tests.support.redis_servers import Server, alone

KEY = venue_key(VENUE, version="1")
OLD, NEW = {"name": "old"}, {"name": "new"}


@pytest.fixture(scope="module")
def not_tracking() -> Iterator[Server]:
    with alone("--rename-command", "HELLO", "") as server:
        yield server


@pytest.fixture(params=["shared_server", "not_tracking"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[TieredCache, TieredCache]]:
    server: Server = request.getfixturevalue(request.param)
    async with server.client(protocol=2) as client:
        await client.flushall()
    async with opened(server.url) as ours, opened(server.url) as theirs:
        yield ours, theirs


@asynccontextmanager
async def through_a_proxy(server: Server) -> AsyncIterator[tuple[TieredCache, FaultProxy]]:
    async with (
        FaultProxy(lambda: asyncio.open_unix_connection(server.path)) as proxy,
        opened(proxy.url) as cache,
    ):
        yield cache, proxy


async def test_what_another_process_writes_is_seen_by_the_next_read(
    pair: tuple[TieredCache, TieredCache],
) -> None:
    ours, theirs = pair
    await ours.set(VENUES, KEY, OLD)
    assert await kept_near(ours, VENUES, KEY) == OLD
    await theirs.set(VENUES, KEY, NEW)
    await until(lambda: not ours.stats().near.entries)
    assert await ours.get(VENUES, KEY) == NEW


async def test_what_another_process_deletes_is_gone_here(
    pair: tuple[TieredCache, TieredCache],
) -> None:
    ours, theirs = pair
    for by_pattern in (False, True):
        await ours.set(VENUES, KEY, OLD)
        await kept_near(ours, VENUES, KEY)
        gone = theirs.delete_pattern(everything_of(VENUE)) if by_pattern else theirs.delete(KEY)
        assert await gone == 1
        await until(lambda: not ours.stats().near.entries)
        assert await ours.get(VENUES, KEY) is None


async def test_what_another_process_deletes_while_it_is_computed_here_is_not_kept(
    pair: tuple[TieredCache, TieredCache],
) -> None:
    ours, theirs = pair
    computing, go = asyncio.Event(), asyncio.Event()

    async def old() -> dict[str, object]:
        computing.set()
        await go.wait()
        return dict(OLD)

    asked = asyncio.create_task(ours.get_or_compute(VENUES, KEY, old))
    await computing.wait()
    assert await theirs.delete(KEY) == 0
    await until(lambda: all(each.is_spoiled for each in ours._shared.values()))
    go.set()
    assert (await asked).value == OLD
    assert await theirs.get(VENUES, KEY) is None


async def test_own_writes_are_seen_at_once(pair: tuple[TieredCache, TieredCache]) -> None:
    ours, _ = pair
    for number in range(50):
        await ours.set(VENUES, KEY, {"number": number})
        assert await ours.get(VENUES, KEY) == {"number": number}


async def test_under_a_storm_of_writes_no_value_stays_behind(
    pair: tuple[TieredCache, TieredCache],
) -> None:
    ours, theirs = pair
    writing = True

    async def read() -> None:
        while writing:
            await ours.get(VENUES, KEY)
            await asyncio.sleep(0)

    readers = [asyncio.create_task(read()) for _ in range(5)]
    for number in range(300):
        await theirs.set(VENUES, KEY, {"number": number})
    writing = False
    await asyncio.gather(*readers)
    await asyncio.sleep(0.05)
    assert await ours.get(VENUES, KEY) == {"number": 299}


async def test_an_expired_value_is_dropped_here_too(server: Server) -> None:
    async with opened(server.url) as cache, server.client() as client:
        await cache.set(VENUES, KEY, OLD)
        await kept_near(cache, VENUES, KEY)
        await client.pexpire(KEY, 5)
        await until(lambda: not cache.stats().near.entries)


async def test_without_news_nothing_is_near_and_after_them_only_what_is_true(
    server: Server,
) -> None:
    async with through_a_proxy(server) as (ours, proxy), opened(server.url) as theirs:
        await ours.set(VENUES, KEY, OLD)
        await kept_near(ours, VENUES, KEY)
        await proxy.begin("refuse")
        await until(lambda: not ours.stats().near.is_true)
        assert ours.stats().near.entries == 0
        await theirs.set(VENUES, KEY, NEW)
        await proxy.end()
        await until(lambda: ours.stats().near.is_true)
        await until(lambda: ours.stats().breaker.state == "closed")
        assert await kept_near(ours, VENUES, KEY) == NEW


async def test_a_connection_that_dies_in_silence_is_noticed(server: Server) -> None:
    async with through_a_proxy(server) as (cache, proxy):
        await cache.set(VENUES, KEY, OLD)
        await kept_near(cache, VENUES, KEY)
        await proxy.begin("silent")
        await until(lambda: not cache.stats().near.is_true)
        assert cache.stats().near.entries == 0


async def test_sheets_are_not_kept_near(server: Server) -> None:
    key = sheet_key(VENUE, date(2026, 11, 28), window=(0, 9), revisions={1: 1})
    async with opened(server.url) as cache:
        await cache.set(SHEETS, key, ())
        for _ in range(3):
            found = await cache.get(SHEETS, key)
            assert found == ()
        assert cache.stats().near.entries == 0


async def test_two_processes_count_together(server: Server) -> None:
    key = rate_key(VENUE, what="chat", guest_hash="b" * 16)
    async with opened(server.url) as ours, opened(server.url) as theirs, server.client() as client:
        counted = await asyncio.gather(
            *(each.count(key, window_s=60) for each in (ours, theirs) for _ in range(20))
        )
        assert sorted(counted) == list(range(1, 41))
        assert 50_000 < await client.pttl(key) <= 60_000
