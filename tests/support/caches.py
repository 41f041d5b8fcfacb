"""Caches as tests open them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from application.ports.cache import Namespace
from application.ports.clock import Clock
from domain.venue import VenueId
from infrastructure.caching.tiered import TieredCache
from infrastructure.clock import SystemClock
from infrastructure.memory.cache import memory_cache
from infrastructure.redis.opening import open_cache
from infrastructure.resilience.cached import CacheGuard

VENUE = VenueId("la-terraza")
HANG_S = 20.0


@asynccontextmanager
async def opened(
    url: str,
    *,
    clock: Clock | None = None,
    data_dir: Path = Path(),
    **options: Any,
) -> AsyncIterator[TieredCache]:
    """With more patience than in service unless a guard is given: the machine may be busy."""
    clock = clock or SystemClock()
    async with open_cache(
        url,
        data_dir=data_dir,
        clock=clock,
        guard=options.pop("guard", None) or CacheGuard(clock=clock, command_s=5, deadline_s=10),
        without=lambda reason: memory_cache(clock, reason=reason),
        **options,
    ) as cache:
        yield cache


async def until(holds: Callable[[], object], *, within_s: float = HANG_S) -> float:
    """Wait for what must come soon; how many seconds it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, "it does not come"
        await asyncio.sleep(0.005)
    return time.monotonic() - began


@asynccontextmanager
async def in_service(url: str) -> AsyncIterator[TieredCache]:
    """With the time limits that guests get."""
    clock = SystemClock()
    async with opened(url, clock=clock, guard=CacheGuard(clock=clock)) as cache:
        yield cache


async def stored(cache: TieredCache, namespace: Namespace[Any], key: str, value: Any) -> None:
    """Write until it is there: on a busy machine a command may take too long."""
    while await cache.get(namespace, key) != value:
        await cache.set(namespace, key, value)
        await asyncio.sleep(0.01)


async def kept_near(cache: TieredCache, namespace: Namespace[Any], key: str) -> Any:
    """Read until the value is near, past the news of the write that put it there; the value."""
    before = cache.stats().near.hits
    while True:
        value = await cache.get(namespace, key)
        if cache.stats().near.hits > before:
            return value
        await asyncio.sleep(0.002)


def no_random() -> float:
    """The middle: no jitter, and hardly any early refresh."""
    return 0.5
