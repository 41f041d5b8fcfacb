"""What `/metrics` and `/metrics/dashboard` answer with. Both answer whatever else is down."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from application.activity import WINDOW, HourFigures, hour_figures
from application.ports.activity import TurnFact
from infrastructure.metrics import sharing
from infrastructure.metrics.asked import Asked
from infrastructure.metrics.measurements import MOST_TURNS, Measurements
from infrastructure.metrics.watched import Watched
from infrastructure.metrics.watching import OUTBOX, PATIENCE_S, Seen, Watching

LOOK_EVERY_S = 5.0
"""Where processes share their figures, the one that is asked cannot look for the others."""

HOUR_FRESH_S = 15.0
"""The last hour's turns are a larger question: 30 ms for a thousand of them."""


class Figures:
    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, measurements: Measurements, watched: Watched) -> None:
        self._measurements = measurements
        self._clock = measurements.clock
        self._watching = Watching(watched, measurements)
        self._store = watched.store
        self._turns: Asked[Sequence[TurnFact]] | None = None
        if watched.activity is not None:
            activity = watched.activity

            async def ask() -> Sequence[TurnFact]:
                return await activity.turns_since(self._clock.now() - WINDOW, limit=MOST_TURNS)

            self._turns = Asked(ask, clock=self._clock, patience_s=PATIENCE_S, fresh_s=HOUR_FRESH_S)
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        if self._measurements.shared_dir is not None:
            self._looking = asyncio.create_task(self._look())

    async def aclose(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        if self._turns is not None:
            await self._turns.aclose()
        await self._watching.aclose()
        if self._measurements.shared_dir is not None:
            sharing.leave(self._measurements.shared_dir)

    async def exposition(self) -> bytes:
        """All figures in Prometheus' text format."""
        await self._watching.look()
        shared_dir = self._measurements.shared_dir
        if shared_dir is None:
            return generate_latest(self._measurements.registry)
        return await asyncio.to_thread(lambda: generate_latest(sharing.merged(shared_dir)))

    async def dashboard(self) -> Mapping[str, Any]:
        """The state of the house in a few figures; `docs/operations.md` has their meaning.

        Those of the last hour are the ledger's, for all processes; while it does not answer they are
        this process's own. Percentiles and breakers are always this process's own. What cannot be
        known is null, and its part is named under `unavailable`.
        """
        ledgers, seen = await asyncio.gather(self._ledgers_turns(), self._watching.look())
        now = self._clock.now()
        facts = self._measurements.recent_turns() if ledgers is None else ledgers
        silent = ["turns"] if self._turns is not None and ledgers is None else []
        return {
            **_hour(hour_figures(facts, now=now)),
            "source": "process" if ledgers is None else "ledger",
            **_queue(seen, now),
            "conflicts_open": None if seen.conflicts is None else sum(seen.conflicts.values()),
            "stages": self._percentiles(),
            "breakers": dict(self._measurements.breakers),
            "booking_store": self._booking_store(),
            "unavailable": [*silent, *seen.silent],
            "timestamp": now.isoformat().replace("+00:00", "Z"),
        }

    async def _ledgers_turns(self) -> Sequence[TurnFact] | None:
        return None if self._turns is None else await self._turns.latest()

    def _percentiles(self) -> dict[str, Any]:
        now = self._clock.monotonic()
        durations = self._measurements.durations
        return {name: asdict(each.percentiles(now)) for name, each in durations.items()}

    def _booking_store(self) -> dict[str, Any] | None:
        if self._store is None:
            return None
        health = self._store()
        return {
            "state": health.state,
            "requests_this_month": health.requests_this_month,
            "remaining_this_month": health.remaining_this_month,
            "waiting": health.waiting,
        }

    async def _look(self) -> None:
        while True:
            await self._watching.look()
            await asyncio.sleep(LOOK_EVERY_S)


def _hour(hour: HourFigures) -> dict[str, Any]:
    return {
        "active_conversations": hour.active_conversations,
        "turns_last_hour": hour.turns,
        "success_rate": _rounded(hour.success_rate, 3),
        "abandonment_rate": _rounded(hour.abandonment_rate, 3),
        "confirmed_bookings_last_hour": hour.confirmed,
        "tokens_per_confirmed_booking": _rounded(hour.tokens_per_confirmed, 1),
        "cost_usd_per_confirmed_booking": _rounded(hour.cost_usd_per_confirmed, 6),
        "tokens_last_hour": hour.tokens,
        "cost_usd_last_hour": round(hour.cost_usd, 6),
    }


def _queue(seen: Seen, now: datetime) -> dict[str, Any]:
    """Without a booking store nothing is queued: 0. Where the ledger does not answer: null."""
    if seen.backlog is None:
        return {"queue_depth": None if OUTBOX in seen.silent else 0, "queue_oldest_s": None}
    oldest = seen.backlog.oldest
    age_s = None if oldest is None else max(0.0, round((now - oldest).total_seconds(), 1))
    return {"queue_depth": seen.backlog.waiting, "queue_oldest_s": age_s}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
