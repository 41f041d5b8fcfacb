"""The cache port over any tier: near values, one computation for all who ask, early refresh, stale
values where a computation fails, and counts of it all."""

from __future__ import annotations

import asyncio
import random as randomness
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import structlog

from application.cache_report import (
    OPERATIONS,
    CacheHealth,
    CacheStats,
    NamespaceFigures,
    NearFigures,
)
from application.errors import DependencyError
from application.ports.cache import CacheUnavailable, Found, Namespace
from application.ports.clock import Clock
from infrastructure.caching.counters import LocalCounters
from infrastructure.caching.figures import Window
from infrastructure.caching.lifetimes import Lifetime, Random, is_due_early, jittered
from infrastructure.caching.near import Kept, Near
from infrastructure.caching.tier import Entry, Tier

T = TypeVar("T")

NEAR_SIZE = 5000

Observe = Callable[[str, str, float], None]
"""Hears of every operation: its name, `hit`, `miss` or `error`, and how many seconds it took."""

log = structlog.get_logger()


class _Shared:
    """A computation that several wait for."""

    __slots__ = ("is_spoiled", "task", "waiting")

    def __init__(self) -> None:
        self.task: asyncio.Task[Any] | None = None
        self.waiting = 0
        self.is_spoiled = False
        """Whether its key was changed meanwhile: then its value serves those who wait, and is not
        kept."""


class TieredCache:
    """See `application.ports.cache.Cache`.

    `disabled` says why there is no shared cache, where there is none. `random` gives numbers in
    [0, 1).
    """

    def __init__(
        self,
        tier: Tier,
        *,
        clock: Clock,
        near: Near,
        disabled: str | None = None,
        random: Random = randomness.random,
        observe: Observe | None = None,
    ) -> None:
        self._tier = tier
        self._clock = clock
        self._monotonic = clock.monotonic
        self._near = near
        self._near_get = near.kept.get
        self._disabled = disabled
        self._random = random
        self._observe = observe
        self._local = LocalCounters(clock)
        self._lifetimes: dict[str, Lifetime] = {}
        self._windows = {name: Window(clock.monotonic) for name in OPERATIONS}
        self._shared: dict[str, _Shared] = {}
        self._refreshing: dict[str, _Shared] = {}
        self._coalesced = 0
        self._stale = 0
        self._far_reads = 0

    # --- reading -------------------------------------------------------------------------------

    async def get(self, namespace: Namespace[T], key: str) -> T | None:
        kept = self._near_get(key)
        if kept is not None and kept.until > self._monotonic():
            kept.was_used = True
            kept.lifetime.near_hits += 1
            value: T | None = kept.value
            return value
        try:
            entry = await self._read(namespace, key)
        except CacheUnavailable:
            return None
        return None if entry is None or entry.left_s(self._now()) <= 0 else entry.value

    async def get_many(self, namespace: Namespace[T], keys: Sequence[str]) -> Mapping[str, T]:
        found: dict[str, T] = {}
        far: list[str] = []
        for key in dict.fromkeys(keys):
            kept = self._near_get(key)
            if kept is None or kept.until <= self._monotonic():
                far.append(key)
                continue
            kept.was_used = True
            kept.lifetime.near_hits += 1
            if kept.value is not None:
                found[key] = kept.value
        if far:
            found |= await self._read_many(namespace, far)
        return found

    async def get_or_compute(
        self, namespace: Namespace[T], key: str, compute: Callable[[], Awaitable[T | None]]
    ) -> Found[T]:
        kept = self._near_get(key)
        if kept is not None and kept.until > self._monotonic():
            kept.was_used = True
            kept.lifetime.near_hits += 1
            return self._serve(namespace, key, kept.entry, compute, near=True)
        shared = self._shared.get(key)
        if shared is None:
            shared = self._shared[key] = _Shared()
            shared.task = asyncio.create_task(self._find(namespace, key, compute, shared))
        else:
            self._coalesced += 1
        found: Found[T] = await self._result(key, shared)
        return found

    async def _result(self, key: str, shared: _Shared) -> Found[Any]:
        """Given up when nobody waits for it any more."""
        assert shared.task is not None
        shared.waiting += 1
        try:
            found: Found[Any] = await asyncio.shield(shared.task)
            return found
        finally:
            shared.waiting -= 1
            if shared.task.done() or not shared.waiting:
                # At once, so that nobody comes to wait for what is being given up.
                if self._shared.get(key) is shared:
                    del self._shared[key]
                shared.task.cancel()

    async def _find(
        self,
        namespace: Namespace[T],
        key: str,
        compute: Callable[[], Awaitable[T | None]],
        shared: _Shared,
    ) -> Found[T]:
        try:
            entry = await self._read(namespace, key)
        except CacheUnavailable:
            # What could not be read is not written either: a guest waits for the cache once.
            return Found(await compute(), "computed")
        if entry is not None and entry.left_s(self._now()) > 0:
            return self._serve(namespace, key, entry, compute, near=False)
        refreshing = self._refreshing.get(key)
        if refreshing is not None and refreshing.task is not None:
            refreshed: Found[T] | None = await asyncio.shield(refreshing.task)
            if refreshed is not None:
                return refreshed
        try:
            value = await self._compute(namespace, key, compute, shared)
            return Found(value, "computed")
        except DependencyError:
            age_s = 0.0 if entry is None else self._now() - entry.stored_at
            if entry is None or entry.value is None or age_s > entry.fresh_s + namespace.stale_s:
                raise
            self._stale += 1
            log.warning("cache.served_stale", namespace=namespace.name, age_s=round(age_s, 1))
            return Found(entry.value, "stale", age_s)

    def _serve(
        self,
        namespace: Namespace[T],
        key: str,
        entry: Entry,
        compute: Callable[[], Awaitable[T | None]],
        *,
        near: bool,
    ) -> Found[T]:
        """A fresh entry, and one reader in many sees to it that there is a newer one soon."""
        now = self._now()
        if key not in self._refreshing and is_due_early(
            entry.left_s(now), entry.cost_s, self._random
        ):
            shared = self._refreshing[key] = _Shared()
            shared.task = asyncio.create_task(self._refresh(namespace, key, compute, shared))
        return Found(entry.value, "near" if near else "cache", max(0.0, now - entry.stored_at))

    async def _refresh(
        self,
        namespace: Namespace[T],
        key: str,
        compute: Callable[[], Awaitable[T | None]],
        shared: _Shared,
    ) -> Found[T] | None:
        """In the background; None where it failed, which leaves the value as it is until its end."""
        try:
            value = await self._compute(namespace, key, compute, shared)
            return Found(value, "computed")
        except DependencyError as error:
            log.info("cache.refresh_failed", namespace=namespace.name, error=error.code)
            return None
        finally:
            del self._refreshing[key]

    async def _compute(
        self,
        namespace: Namespace[T],
        key: str,
        compute: Callable[[], Awaitable[T | None]],
        shared: _Shared,
    ) -> T | None:
        began = self._monotonic()
        value = await compute()
        if not shared.is_spoiled:
            lifetime = self._lifetime(namespace).ttl_s
            fresh_s = namespace.absent_s if value is None else jittered(lifetime, self._random)
            await self._write(namespace, key, value, fresh_s, self._monotonic() - began)
        return value

    async def _read(self, namespace: Namespace[Any], key: str) -> Entry | None:
        """What the tier has, fresh or not; kept near if fresh. Raises: CacheUnavailable."""
        near = self._near if namespace.is_near else None
        token = near.begin(key) if near is not None else 0
        began = self._monotonic()
        try:
            entry = await self._tier.read(namespace, key)
        except CacheUnavailable:
            self._count("get", began, errors=1)
            raise
        else:
            left_s = 0.0 if entry is None else entry.left_s(self._now())
            is_hit = left_s > 0
            self._count("get", began, hits=is_hit, misses=not is_hit)
            lifetime = self._lifetime(namespace)
            lifetime.count(hits=is_hit, reads=1)
            if near is not None and entry is not None and is_hit:
                near.keep(key, token, Kept(entry, lifetime, self._monotonic() + left_s))
            return entry
        finally:
            if near is not None:
                near.end(key, token)

    async def _read_many(self, namespace: Namespace[Any], keys: Sequence[str]) -> dict[str, Any]:
        near = self._near if namespace.is_near else None
        tokens = {key: near.begin(key) for key in keys} if near is not None else {}
        began = self._monotonic()
        try:
            entries = await self._tier.read_many(namespace, keys)
        except CacheUnavailable:
            self._count("get", began, errors=len(keys))
            return {}
        else:
            now = self._now()
            fresh = {key: each for key, each in entries.items() if each.left_s(now) > 0}
            self._count("get", began, hits=len(fresh), misses=len(keys) - len(fresh))
            lifetime = self._lifetime(namespace)
            lifetime.count(hits=len(fresh), reads=len(keys))
            if near is not None:
                for key, entry in fresh.items():
                    until = self._monotonic() + entry.left_s(now)
                    near.keep(key, tokens[key], Kept(entry, lifetime, until))
            return {key: each.value for key, each in fresh.items() if each.value is not None}
        finally:
            if near is not None:
                for key, token in tokens.items():
                    near.end(key, token)

    # --- writing -------------------------------------------------------------------------------

    async def set(
        self, namespace: Namespace[T], key: str, value: T, *, ttl_s: float | None = None
    ) -> None:
        self._spoil(key)
        fresh_s = ttl_s or jittered(self._lifetime(namespace).ttl_s, self._random)
        await self._write(namespace, key, value, fresh_s, 0.0)

    async def _write(
        self, namespace: Namespace[T], key: str, value: T | None, fresh_s: float, cost_s: float
    ) -> None:
        """Nothing is kept near: the news of this very write would drop it again."""
        entry = Entry(value, self._now(), fresh_s, cost_s)
        keep_s = fresh_s if value is None else fresh_s + namespace.stale_s
        self._near.drop(key)
        began = self._monotonic()
        try:
            await self._tier.write(namespace, key, entry, keep_s=keep_s)
        except CacheUnavailable:
            self._count("set", began, errors=1)
        else:
            self._count("set", began, hits=1)
        finally:
            self._near.drop(key)

    async def delete(self, *keys: str) -> int:
        for key in keys:
            self.forget(key)
        began = self._monotonic()
        try:
            gone = await self._tier.delete(keys)
        except CacheUnavailable:
            self._count("delete", began, errors=1)
            return 0
        finally:
            for key in keys:
                self.forget(key)
        self._count("delete", began, hits=gone, misses=len(keys) - gone)
        return gone

    async def delete_pattern(self, pattern: str) -> int:
        self.forget_all()
        began = self._monotonic()
        try:
            gone = await self._tier.delete_pattern(pattern)
        except CacheUnavailable:
            self._count("delete_pattern", began, errors=1)
            return 0
        finally:
            self.forget_all()
        self._count("delete_pattern", began, hits=gone > 0, misses=gone == 0)
        return gone

    async def count(self, key: str, *, window_s: float) -> int:
        try:
            return await self._tier.count(key, window_s=window_s)
        except CacheUnavailable:
            return self._local.count(key, window_s=window_s)

    # --- news ----------------------------------------------------------------------------------

    def forget(self, key: str) -> None:
        """A key has changed: what is near is dropped, and what is being computed is not kept."""
        self._near.drop(key)
        self._spoil(key)

    def forget_all(self) -> None:
        self._near.drop_all()
        for shared in (*self._shared.values(), *self._refreshing.values()):
            shared.is_spoiled = True

    def trust_near(self, *, is_true: bool) -> None:
        """Whether news arrive from now on. Either way all is forgotten that was known before."""
        self._near.trust(is_true=is_true)
        self.forget_all()

    def _spoil(self, key: str) -> None:
        for shared in (self._shared.get(key), self._refreshing.get(key)):
            if shared is not None:
                shared.is_spoiled = True

    # --- figures -------------------------------------------------------------------------------

    def stats(self) -> CacheStats:
        near_hits = sum(each.near_hits for each in self._lifetimes.values())
        reads = near_hits + self._far_reads
        return CacheStats(
            backend=self._tier.name,
            breaker=self._tier.breaker(),
            operations={name: window.figures() for name, window in self._windows.items()},
            near=NearFigures(
                entries=len(self._near.kept),
                hits=near_hits,
                hit_rate=near_hits / reads if reads else 0.0,
                is_true=self._near.is_true,
            ),
            compression=self._tier.compression(),
            pool=self._tier.pool(),
            namespaces={
                name: NamespaceFigures(each.hit_rate, each.ttl_s)
                for name, each in self._lifetimes.items()
            },
            coalesced=self._coalesced,
            corrupt=self._tier.corrupt(),
            stale=self._stale,
        )

    async def health(self) -> CacheHealth:
        """Asks the server, unless the breaker already knows the answer."""
        state = self._tier.breaker().state
        pool = self._tier.pool()
        if self._disabled is not None:
            return CacheHealth("disabled", self._disabled, None, state, pool)
        if state != "closed":
            reason = self._tier.fault() or "breaker_open"
            return CacheHealth("degraded", reason, None, state, pool)
        began = self._monotonic()
        try:
            await self._tier.ping()
        except CacheUnavailable as error:
            return CacheHealth("degraded", error.reason, None, self._tier.breaker().state, pool)
        latency_ms = round((self._monotonic() - began) * 1000, 3)
        fault = self._tier.fault()
        return CacheHealth("degraded" if fault else "healthy", fault, latency_ms, state, pool)

    async def aclose(self) -> None:
        """End what still runs in the background."""
        running = (*self._shared.values(), *self._refreshing.values())
        tasks = [each.task for each in running if each.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _count(
        self, operation: str, began: float, *, hits: int = 0, misses: int = 0, errors: int = 0
    ) -> None:
        took_s = self._monotonic() - began
        if operation == "get":
            self._far_reads += hits + misses + errors
        self._windows[operation].add(took_s=took_s, hits=hits, misses=misses, errors=errors)
        if self._observe is not None:
            self._observe(operation, "error" if errors else "hit" if hits else "miss", took_s)

    def _lifetime(self, namespace: Namespace[Any]) -> Lifetime:
        lifetime = self._lifetimes.get(namespace.name)
        if lifetime is None:
            lifetime = self._lifetimes[namespace.name] = Lifetime(namespace)
        return lifetime

    def _now(self) -> float:
        return self._clock.now().timestamp()
