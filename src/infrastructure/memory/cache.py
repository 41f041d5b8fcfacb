"""The cache inside this process: for `REDIS_URL=off`, and where no server can be had."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from application.cache_report import BreakerFigures, CompressionFigures, PoolFigures
from application.ports.cache import Namespace
from application.ports.clock import Clock
from infrastructure.caching.counters import LocalCounters
from infrastructure.caching.near import Near
from infrastructure.caching.tier import Entry
from infrastructure.caching.tiered import Observe, TieredCache

MOST = 5000
"""Values at once; beyond it the one that was asked for longest ago is forgotten."""


def memory_cache(clock: Clock, *, reason: str, observe: Observe | None = None) -> TieredCache:
    """`reason` is what `/cache/health` says: why there is no shared cache."""
    # Nothing is kept near: the tier is as near.
    near = Near(size=1)
    return TieredCache(MemoryTier(clock), clock=clock, near=near, disabled=reason, observe=observe)


class MemoryTier:
    """Entries in a dictionary; nothing in here can fail."""

    name = "memory"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: OrderedDict[str, tuple[Entry, float]] = OrderedDict()
        self._counters = LocalCounters(clock)

    async def read(self, namespace: Namespace[Any], key: str) -> Entry | None:  # noqa: ARG002 the port's
        entry, ends = self._entries.get(key, (None, 0.0))
        if ends <= self._clock.monotonic():
            self._entries.pop(key, None)
            return None
        self._entries.move_to_end(key)
        return entry

    async def read_many(
        self, namespace: Namespace[Any], keys: Sequence[str]
    ) -> Mapping[str, Entry]:
        entries = {key: await self.read(namespace, key) for key in keys}
        return {key: entry for key, entry in entries.items() if entry is not None}

    async def write(
        self,
        namespace: Namespace[Any],  # noqa: ARG002 the port's
        key: str,
        entry: Entry,
        *,
        keep_s: float,
    ) -> None:
        self._entries[key] = (entry, self._clock.monotonic() + keep_s)
        self._entries.move_to_end(key)
        while len(self._entries) > MOST:
            self._entries.popitem(last=False)

    async def delete(self, keys: Sequence[str]) -> int:
        return sum(self._entries.pop(key, None) is not None for key in keys)

    async def delete_pattern(self, pattern: str) -> int:
        return await self.delete([key for key in self._entries if fnmatchcase(key, pattern)])

    async def count(self, key: str, *, window_s: float) -> int:
        return self._counters.count(key, window_s=window_s)

    async def ping(self) -> None:
        """There is nobody to ask."""

    def breaker(self) -> BreakerFigures:
        return BreakerFigures("closed", 0)

    def pool(self) -> PoolFigures:
        return PoolFigures(max_connections=0, in_use=0, waiting=0, refused=0)

    def compression(self) -> CompressionFigures:
        return CompressionFigures(values=0, bytes_in=0, bytes_out=0)

    def corrupt(self) -> int:
        return 0

    def fault(self) -> str | None:
        return None
