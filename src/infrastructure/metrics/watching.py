"""What has no moment at which it happens, looked at now and then: queues, the cache, the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from prometheus_client import Counter

from application.cache_report import CacheStats
from application.ports.conflicts import ConflictKind
from application.ports.outbox import Backlog
from infrastructure.metrics.asked import Asked
from infrastructure.metrics.measurements import Measurements
from infrastructure.metrics.watched import StoreHealth, Watched

T = TypeVar("T")

PATIENCE_S = 0.5
"""How long whoever asks waits for a part; then it goes without."""

FRESH_S = 1.0

OUTBOX, CONFLICTS = "outbox", "conflicts"

_STORE_STATES = {"ok": 0, "frozen": 1, "quota": 2, "down": 3}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the ledger said; None where it did not, or where there is nothing to ask."""

    backlog: Backlog | None
    conflicts: Mapping[str, int] | None
    silent: tuple[str, ...]
    """The parts that were asked and did not answer."""


class Watching:
    """Looks at parts and writes down what it sees. Never raises because of them."""

    def __init__(self, watched: Watched, measurements: Measurements) -> None:
        self._catalogue = measurements.catalogue
        self._measurements = measurements
        self._clock = measurements.clock
        self._totals = _Totals()
        self._cache = watched.cache
        self._store = watched.store
        self._backlog = None if watched.backlog is None else self._asked(watched.backlog)
        activity = watched.activity
        self._conflicts = None if activity is None else self._asked(activity.open_conflicts)

    async def look(self) -> Seen:
        if self._cache is not None:
            self._see_cache(self._cache())
        if self._store is not None:
            self._see_store(self._store())
        in_queue = self._latest(OUTBOX, self._backlog)
        in_conflict = self._latest(CONFLICTS, self._conflicts)
        backlog, conflicts = await asyncio.gather(in_queue, in_conflict)
        if backlog is not None:
            self._see_backlog(backlog)
        if conflicts is not None:
            for kind in ConflictKind:
                self._catalogue.conflicts.labels(kind.value).set(conflicts.get(kind.value, 0))
        answers = {OUTBOX: (self._backlog, backlog), CONFLICTS: (self._conflicts, conflicts)}
        silent = [part for part, (asked, answer) in answers.items() if asked and answer is None]
        return Seen(backlog, conflicts, tuple(silent))

    async def aclose(self) -> None:
        for asked in (self._backlog, self._conflicts):
            if asked is not None:
                await asked.aclose()

    async def _latest(self, part: str, asked: Asked[T] | None) -> T | None:
        if asked is None:
            return None
        answer = await asked.latest()
        self._catalogue.part_up.labels(part).set(answer is not None)
        return answer

    def _asked(self, ask: Callable[[], Awaitable[T]]) -> Asked[T]:
        return Asked(ask, clock=self._clock, patience_s=PATIENCE_S, fresh_s=FRESH_S)

    def _see_backlog(self, backlog: Backlog) -> None:
        now = self._clock.now()
        age_s = 0.0 if backlog.oldest is None else (now - backlog.oldest).total_seconds()
        self._catalogue.queue.labels("bookings").set(backlog.waiting)
        self._catalogue.queue_age.labels("bookings").set(max(0.0, age_s))

    def _see_cache(self, stats: CacheStats) -> None:
        catalogue, totals = self._catalogue, self._totals
        totals.reach(catalogue.cache_near_hits, stats.near.hits)
        catalogue.cache_near_entries.labels(stats.backend).set(stats.near.entries)
        totals.reach(catalogue.cache_coalesced, stats.coalesced)
        totals.reach(catalogue.cache_corrupt, stats.corrupt)
        totals.reach(catalogue.cache_stale, stats.stale)
        totals.reach(catalogue.cache_bytes.labels("in"), stats.compression.bytes_in)
        totals.reach(catalogue.cache_bytes.labels("out"), stats.compression.bytes_out)
        catalogue.cache_connections.labels("in_use").set(stats.pool.in_use)
        catalogue.cache_connections.labels("waiting").set(stats.pool.waiting)
        totals.reach(catalogue.cache_refused, stats.pool.refused)

    def _see_store(self, health: StoreHealth) -> None:
        catalogue = self._catalogue
        for (kind, outcome), count in health.requests.items():
            self._totals.reach(catalogue.airtable_requests.labels(kind, outcome), count)
        catalogue.airtable_waiting.labels("airtable").set(health.waiting)
        catalogue.airtable_state.labels("airtable").set(_STORE_STATES[health.state])
        remaining = health.remaining_this_month
        if remaining is not None:
            allowed = remaining + health.requests_this_month
            catalogue.airtable_remaining.labels("airtable").set(remaining)
            catalogue.airtable_remaining_ratio.labels("airtable").set(
                remaining / allowed if allowed else 0.0
            )


class _Totals:
    """Brings counters up to totals that are counted elsewhere."""

    def __init__(self) -> None:
        self._reached: dict[Counter, float] = {}

    def reach(self, counter: Counter, total: float) -> None:
        before = self._reached.get(counter, 0.0)
        if total > before:
            counter.inc(total - before)
            self._reached[counter] = total
