"""What `TieredCache` adds to a tier: refresh before the end, and values that end at different times."""

from __future__ import annotations

import asyncio
from random import Random

from application.cache_keys import VENUES, venue_key
from application.errors import StoreUnavailable
from application.ports.cache import CacheUnavailable, Namespace
from infrastructure.caching.near import Near
from infrastructure.caching.tiered import TieredCache
from infrastructure.memory.cache import MemoryTier
from tests.fakes.clock import StillClock
from tests.support.caches import VENUE

KEY = venue_key(VENUE, version="1")


class Gone(MemoryTier):
    """A tier that no longer answers once `is_gone`."""

    is_gone = False

    async def read(self, *arguments, **named):  # type: ignore[no-untyped-def]
        if self.is_gone:
            raise CacheUnavailable("timeout")
        return await super().read(*arguments, **named)

    async def write(self, *arguments, **named):  # type: ignore[no-untyped-def]
        assert not self.is_gone, "what could not be read is not written either"
        await super().write(*arguments, **named)

    async def count(self, *arguments, **named):  # type: ignore[no-untyped-def]
        if self.is_gone:
            raise CacheUnavailable("timeout")
        return await super().count(*arguments, **named)


class House:
    """Computes a document, slowly by the still clock."""

    def __init__(self, clock: StillClock, cost_s: float = 1.0) -> None:
        self.clock = clock
        self.cost_s = cost_s
        self.computations = 0
        self.is_down = False

    async def __call__(self) -> dict[str, object]:
        self.computations += 1
        await asyncio.sleep(0)
        if self.is_down:
            raise StoreUnavailable("down")
        self.clock.move(self.cost_s)
        return {"number": self.computations}


def cache_of(
    clock: StillClock, *, number: float = 0.5, tier: MemoryTier | None = None
) -> TieredCache:
    return TieredCache(
        tier or MemoryTier(clock), clock=clock, near=Near(size=10), random=lambda: number
    )


async def test_shortly_before_its_end_one_reader_refreshes_it_and_nobody_waits() -> None:
    clock = StillClock()
    house, cache = House(clock), cache_of(clock)
    await cache.get_or_compute(VENUES, KEY, house)
    clock.move(VENUES.ttl_s - 0.5)
    found = [await cache.get_or_compute(VENUES, KEY, house) for _ in range(3)]
    assert {each.source for each in found} == {"cache"}
    await asyncio.sleep(0.01)
    assert house.computations == 2
    clock.move(1)
    assert (await cache.get_or_compute(VENUES, KEY, house)).value == {"number": 2}
    await cache.aclose()


async def test_a_refresh_that_fails_leaves_the_value_until_its_end() -> None:
    clock = StillClock()
    house, cache = House(clock), cache_of(clock)
    await cache.get_or_compute(VENUES, KEY, house)
    house.is_down = True
    clock.move(VENUES.ttl_s - 0.5)
    await cache.get_or_compute(VENUES, KEY, house)
    await asyncio.sleep(0.01)
    found = await cache.get_or_compute(VENUES, KEY, house)
    assert (found.value, found.source) == ({"number": 1}, "cache")
    await cache.aclose()


async def test_a_thousand_keys_kept_at_once_do_not_end_at_once() -> None:
    clock = StillClock()
    fixed: Namespace[dict[str, object]] = Namespace(
        "fixed", ttl_s=600, shortest_s=600, longest_s=600
    )
    cache = TieredCache(MemoryTier(clock), clock=clock, near=Near(size=10), random=Random(3).random)
    keys = [venue_key(VENUE, version=str(number)) for number in range(1000)]
    house = House(clock, cost_s=0.0)
    for key in keys:
        await cache.get_or_compute(fixed, key, house)
    clock.move(fixed.ttl_s * 0.89)
    steps, a_step = 24, fixed.ttl_s * 0.01
    computed = []
    for _ in range(steps):
        before = house.computations
        await asyncio.gather(*(cache.get_or_compute(fixed, key, house) for key in keys))
        computed.append(house.computations - before)
        clock.move(a_step)
    assert sum(computed) == 1000
    assert max(computed) <= 100, (
        "a fifth of the life for all of them; a twentieth at most twice that"
    )
    await cache.aclose()


async def test_without_the_tier_values_are_computed_and_counted_here() -> None:
    clock = StillClock()
    tier = Gone(clock)
    house, cache = House(clock), cache_of(clock, tier=tier)
    assert await cache.count("c", window_s=9) == 1
    tier.is_gone = True
    found = await cache.get_or_compute(VENUES, KEY, house)
    assert (found.value, found.source) == ({"number": 1}, "computed")
    assert await cache.get(VENUES, KEY) is None
    assert [await cache.count("c", window_s=9) for _ in range(2)] == [1, 2]
    assert cache.stats().operations["get"].errors == 2
    await cache.aclose()


async def test_the_adapted_time_to_live_is_used() -> None:
    clock = StillClock()
    house, cache = House(clock, cost_s=0.0), cache_of(clock)
    await cache.get_or_compute(VENUES, KEY, house)
    for _ in range(2000):
        await cache.get(VENUES, KEY)
    await cache.set(VENUES, KEY, {})
    clock.move(VENUES.ttl_s * 1.5)
    assert await cache.get(VENUES, KEY) == {}
    assert cache.stats().namespaces["venue"].ttl_s > VENUES.ttl_s


async def test_the_end_ends_what_runs_in_the_background() -> None:
    clock = StillClock()
    cache = cache_of(clock)

    async def forever() -> dict[str, object]:
        await asyncio.sleep(3600)
        return {}

    asked = asyncio.create_task(cache.get_or_compute(VENUES, KEY, forever))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await cache.aclose()
    await asyncio.wait([asked])
    assert asked.cancelled()
