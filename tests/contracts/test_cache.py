"""What every `Cache` promises: inside the process, on a server that tracks, and on one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from application.cache_keys import ANSWERS, PREFIX, VENUES, everything_of, rate_key, venue_key
from application.errors import StoreUnavailable
from application.ports.cache import Cache
from domain.venue import VenueId
from infrastructure.memory.cache import memory_cache
from tests.fakes.clock import StillClock
from tests.support.caches import VENUE, opened
from tests.support.redis_servers import Server, alone

KEY = venue_key(VENUE, version="1")
OTHER = venue_key(VENUE, version="2")
ELSEWHERE = venue_key(VenueId("clinica-sonrisa"), version="1")
HOUSE = {"name": "La Terraza", "tables": [1, 2]}


@pytest.fixture(scope="module")
def tracking() -> Iterator[Server]:
    with alone() as server:
        yield server


@pytest.fixture(scope="module")
def not_tracking() -> Iterator[Server]:
    with alone("--rename-command", "HELLO", "") as server:
        yield server


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(params=["memory", "tracking", "not_tracking"])
async def cache(request: pytest.FixtureRequest, clock: StillClock) -> AsyncIterator[Cache]:
    if request.param == "memory":
        yield memory_cache(clock, reason="a test")
        return
    server: Server = request.getfixturevalue(request.param)
    async with server.client(protocol=2) as client:
        await client.flushall()
    async with opened(server.url, clock=clock) as cache:
        yield cache


async def computed(value: Any = HOUSE) -> Any:
    return value


async def never() -> Any:
    raise AssertionError("there was no need to compute")


async def failing() -> Any:
    raise StoreUnavailable("down")


async def test_what_was_set_is_found_and_nothing_else(cache: Cache) -> None:
    assert await cache.get(VENUES, KEY) is None
    await cache.set(VENUES, KEY, HOUSE)
    assert await cache.get(VENUES, KEY) == HOUSE
    assert await cache.get(VENUES, OTHER) is None
    await cache.set(VENUES, KEY, {"name": "new"})
    assert await cache.get(VENUES, KEY) == {"name": "new"}
    await cache.set(ANSWERS, f"{PREFIX}x:answer:y", "Sí, tenemos parking.")
    assert await cache.get(ANSWERS, f"{PREFIX}x:answer:y") == "Sí, tenemos parking."


async def test_many_are_read_at_once_and_missing_ones_are_left_out(cache: Cache) -> None:
    await cache.set(VENUES, KEY, HOUSE)
    await cache.set(VENUES, OTHER, {})
    for _ in range(2):
        found = await cache.get_many(VENUES, [KEY, ELSEWHERE, OTHER, KEY])
        assert found == {KEY: HOUSE, OTHER: {}}
    assert await cache.get_many(VENUES, []) == {}


async def test_a_value_ends_with_its_time(cache: Cache, clock: StillClock) -> None:
    await cache.set(VENUES, KEY, HOUSE, ttl_s=10)
    clock.move(9.9)
    assert await cache.get(VENUES, KEY) == HOUSE
    clock.move(0.2)
    assert await cache.get(VENUES, KEY) is None
    assert await cache.get_many(VENUES, [KEY]) == {}


async def test_without_a_time_a_value_gets_its_namespaces_give_or_take_a_tenth(
    cache: Cache, clock: StillClock
) -> None:
    await cache.set(VENUES, KEY, HOUSE)
    clock.move(VENUES.ttl_s * 0.89)
    assert await cache.get(VENUES, KEY) == HOUSE
    clock.move(VENUES.ttl_s * 0.22)
    assert await cache.get(VENUES, KEY) is None


async def test_it_computes_once_and_then_finds(cache: Cache, clock: StillClock) -> None:
    first = await cache.get_or_compute(VENUES, KEY, computed)
    assert (first.value, first.source) == (HOUSE, "computed")
    clock.move(3)
    for _ in range(3):
        again = await cache.get_or_compute(VENUES, KEY, never)
        assert again.value == HOUSE
        assert again.source in {"near", "cache"}
        assert again.age_s == pytest.approx(3, abs=0.01)


async def test_200_at_once_make_one_computation(cache: Cache) -> None:
    computations = 0

    async def slow() -> dict[str, Any]:
        nonlocal computations
        computations += 1
        await asyncio.sleep(0.02)
        return HOUSE

    found = await asyncio.gather(*(cache.get_or_compute(VENUES, KEY, slow) for _ in range(200)))
    assert computations == 1
    assert all(each.value == HOUSE for each in found)
    assert cache.stats().coalesced == 199


async def test_one_who_leaves_takes_nothing_from_the_others(cache: Cache) -> None:
    go = asyncio.Event()

    async def waits() -> dict[str, Any]:
        await go.wait()
        return HOUSE

    tasks = [asyncio.create_task(cache.get_or_compute(VENUES, KEY, waits)) for _ in range(3)]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.wait([tasks[0]])
    go.set()
    assert [(await task).value for task in tasks[1:]] == [HOUSE, HOUSE]
    assert tasks[0].cancelled()


async def test_absence_is_remembered_for_a_short_time(cache: Cache, clock: StillClock) -> None:
    async def nothing() -> None:
        return None

    assert (await cache.get_or_compute(VENUES, KEY, nothing)).value is None
    again = await cache.get_or_compute(VENUES, KEY, never)
    assert again.value is None
    assert again.source != "computed"
    assert await cache.get(VENUES, KEY) is None
    clock.move(VENUES.absent_s + 0.1)
    assert (await cache.get_or_compute(VENUES, KEY, computed)).value == HOUSE


async def test_a_stale_value_serves_with_its_age_where_the_computation_fails(
    cache: Cache, clock: StillClock
) -> None:
    await cache.set(VENUES, KEY, HOUSE, ttl_s=10)
    clock.move(60)
    found = await cache.get_or_compute(VENUES, KEY, failing)
    assert (found.value, found.source) == (HOUSE, "stale")
    assert found.age_s == pytest.approx(60, abs=0.01)
    assert cache.stats().stale == 1
    clock.move(VENUES.stale_s)
    with pytest.raises(StoreUnavailable):
        await cache.get_or_compute(VENUES, KEY, failing)


async def test_a_failed_computation_is_not_kept(cache: Cache) -> None:
    with pytest.raises(StoreUnavailable):
        await cache.get_or_compute(VENUES, KEY, failing)
    assert (await cache.get_or_compute(VENUES, KEY, computed)).source == "computed"


async def test_a_mistake_in_a_computation_is_not_hidden_behind_a_stale_value(
    cache: Cache, clock: StillClock
) -> None:
    async def wrong() -> dict[str, Any]:
        raise ZeroDivisionError

    await cache.set(VENUES, KEY, HOUSE, ttl_s=10)
    clock.move(60)
    with pytest.raises(ZeroDivisionError):
        await cache.get_or_compute(VENUES, KEY, wrong)


async def test_what_was_deleted_is_gone(cache: Cache) -> None:
    await cache.set(VENUES, KEY, HOUSE)
    await cache.set(VENUES, OTHER, HOUSE)
    assert await cache.delete(KEY, ELSEWHERE) == 1
    assert await cache.get(VENUES, KEY) is None
    assert await cache.get(VENUES, OTHER) == HOUSE
    assert await cache.delete() == 0


async def test_what_is_deleted_while_it_is_computed_is_not_kept(cache: Cache) -> None:
    computing, go = asyncio.Event(), asyncio.Event()

    async def old() -> dict[str, Any]:
        computing.set()
        await go.wait()
        return {"name": "old"}

    asked = asyncio.create_task(cache.get_or_compute(VENUES, KEY, old))
    await computing.wait()
    await cache.delete(KEY)
    go.set()
    assert (await asked).value == {"name": "old"}
    assert await cache.get(VENUES, KEY) is None


async def test_a_pattern_deletes_what_it_matches(cache: Cache) -> None:
    keys = [venue_key(VENUE, version=str(number)) for number in range(1200)]
    for key in [*keys, ELSEWHERE]:
        await cache.set(VENUES, key, {})
    assert await cache.delete_pattern(everything_of(VENUE, VENUES)) == 1200
    assert await cache.get_many(VENUES, [*keys[:50], ELSEWHERE]) == {ELSEWHERE: {}}
    assert await cache.delete_pattern(everything_of(VENUE)) == 0


async def test_counters_count_each_their_own(cache: Cache) -> None:
    ana = rate_key(VENUE, what="chat", guest_hash="a" * 16)
    eva = rate_key(VENUE, what="chat", guest_hash="e" * 16)
    counted = await asyncio.gather(*(cache.count(ana, window_s=60) for _ in range(20)))
    assert sorted(counted) == list(range(1, 21))
    assert await cache.count(eva, window_s=60) == 1


async def test_operations_are_counted(cache: Cache) -> None:
    await cache.get(VENUES, KEY)
    await cache.set(VENUES, KEY, HOUSE)
    await cache.get_many(VENUES, [KEY, OTHER])
    await cache.delete(KEY)
    await cache.delete(KEY)
    operations = cache.stats().operations
    assert set(operations) == {"get", "set", "delete", "delete_pattern"}
    assert (operations["get"].hits, operations["get"].misses) == (1, 2)
    assert operations["get"].hit_rate == pytest.approx(1 / 3)
    assert (operations["set"].hits, operations["set"].errors) == (1, 0)
    assert (operations["delete"].hits, operations["delete"].misses) == (1, 1)
