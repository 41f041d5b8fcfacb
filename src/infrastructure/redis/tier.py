"""Values on the server: sealed, sent within the guard's limits, and opened again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import structlog

from application.cache_report import BreakerFigures, CompressionFigures, PoolFigures
from application.ports.cache import CacheUnavailable, Namespace
from infrastructure.caching.tier import Entry
from infrastructure.redis.envelope import Compression, Foreign, seal, unseal
from infrastructure.redis.gate import Gate
from infrastructure.redis.store import Store
from infrastructure.redis.values import Codec, Undecodable

R = TypeVar("R")

_REFUSALS = frozenset({"out_of_memory", "read_only", "refused"})
"""What a server says that can be read and not written. Whether it answers at all is told by the next
question, and may be so again long before the next write."""

log = structlog.get_logger()


class Guard(Protocol):
    """Time limits, repetition and a breaker around commands; see `resilience.cached.CacheGuard`."""

    @property
    def pause_s(self) -> float: ...

    @property
    def is_closed(self) -> bool: ...

    def figures(self) -> BreakerFigures: ...

    async def call(self, command: Callable[[], Awaitable[R]], *, repeats: bool = True) -> R: ...

    async def probe(self, command: Callable[[], Awaitable[R]]) -> None: ...


class RedisTier:
    name = "redis"

    def __init__(
        self, store: Store, gate: Gate, guard: Guard, *, codecs: Mapping[str, Codec]
    ) -> None:
        self._store = store
        self._gate = gate
        self._guard = guard
        self._codecs = codecs
        self._compressed = CompressionFigures(0, 0, 0)
        self._corrupt = 0
        self._last_failure: str | None = None
        self._refused_writes: str | None = None

    async def read(self, namespace: Namespace[Any], key: str) -> Entry | None:
        try:
            sealed = await self._call(lambda: self._store.get(key))
        except CacheUnavailable as error:
            if error.reason != "wrong_type":
                raise
            await self._discard(namespace, key)
            return None
        return await self._opened(namespace, key, sealed)

    async def read_many(
        self, namespace: Namespace[Any], keys: Sequence[str]
    ) -> Mapping[str, Entry]:
        found = await self._call(lambda: self._store.get_many(keys))
        if len(found) != len(keys):
            raise CacheUnavailable("protocol")
        entries = {
            key: await self._opened(namespace, key, sealed)
            for key, sealed in zip(keys, found, strict=True)
        }
        return {key: entry for key, entry in entries.items() if entry is not None}

    async def write(
        self, namespace: Namespace[Any], key: str, entry: Entry, *, keep_s: float
    ) -> None:
        sealed = self._sealed(namespace, key, entry)
        try:
            await self._call(lambda: self._store.set(key, sealed, keep_s=keep_s))
        except CacheUnavailable as error:
            if error.reason in _REFUSALS:
                self._refused_writes = error.reason
            raise
        self._refused_writes = None

    async def delete(self, keys: Sequence[str]) -> int:
        if not keys:
            return 0
        return await self._call(lambda: self._store.delete(keys))

    async def delete_pattern(self, pattern: str) -> int:
        gone = 0
        for node in await self._call(self._store.nodes):
            cursor = 0
            while True:
                cursor, keys = await self._scanned(pattern, cursor, node)
                if keys:
                    gone += await self._unlinked(keys)
                if not cursor:
                    break
        return gone

    async def _scanned(self, pattern: str, cursor: int, node: Any) -> tuple[int, list[bytes]]:
        return await self._call(lambda: self._store.scan(pattern, cursor, node))

    async def _unlinked(self, keys: Sequence[bytes]) -> int:
        return await self._call(lambda: self._store.unlink(keys))

    async def count(self, key: str, *, window_s: float) -> int:
        return await self._call(lambda: self._store.count(key, window_s=window_s), repeats=False)

    async def ping(self) -> None:
        await self._call(self._store.ping)

    def breaker(self) -> BreakerFigures:
        return self._guard.figures()

    def pool(self) -> PoolFigures:
        return self._gate.figures()

    def compression(self) -> CompressionFigures:
        return self._compressed

    def corrupt(self) -> int:
        return self._corrupt

    def fault(self) -> str | None:
        return self._refused_writes if self._guard.is_closed else self._last_failure

    async def _call(self, command: Callable[[], Awaitable[R]], *, repeats: bool = True) -> R:
        try:
            # The wait for a connection is outside the guard: it says nothing about the server.
            async with self._gate:
                return await self._guard.call(command, repeats=repeats)
        except CacheUnavailable as error:
            if error.reason != "breaker_open":
                self._last_failure = error.reason
            raise

    def _sealed(self, namespace: Namespace[Any], key: str, entry: Entry) -> bytes:
        if entry.value is None:
            return seal(key.encode(), None, entry, Compression.ABSENT)
        codec = self._codecs[namespace.name]
        content = codec.encode(entry.value)
        if len(content) < codec.threshold:
            return seal(key.encode(), content, entry, Compression.NONE)
        sealed = seal(key.encode(), content, entry, codec.compression)
        before = self._compressed
        self._compressed = CompressionFigures(
            before.values + 1, before.bytes_in + len(content), before.bytes_out + len(sealed)
        )
        return sealed

    async def _opened(self, namespace: Namespace[Any], key: str, sealed: Any) -> Entry | None:
        if not sealed:  # nothing, or the trace of a deletion
            return None
        try:
            content, entry = unseal(key.encode(), sealed)
            if content is None:
                return entry
            value = self._codecs[namespace.name].decode(content)
        except (Foreign, *Undecodable):
            await self._discard(namespace, key)
            return None
        return Entry(value, entry.stored_at, entry.fresh_s, entry.cost_s)

    async def _discard(self, namespace: Namespace[Any], key: str) -> None:
        self._corrupt += 1
        log.warning("cache.foreign_value", namespace=namespace.name)
        with suppress(CacheUnavailable):
            await self._call(lambda: self._store.delete([key]))
