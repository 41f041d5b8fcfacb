"""What the cache says about itself, and the JSON of `/cache/stats` and `/cache/health`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

OPERATIONS = ("get", "set", "delete", "delete_pattern")

Health = Literal["healthy", "degraded", "disabled"]


@dataclass(frozen=True, slots=True)
class OperationFigures:
    """One operation over the last five minutes; latencies over its last 1,024 calls in that time.

    A write that was done is a hit, a deletion is a hit where it found something. Errors are apart:
    the caller saw a miss. The near cache is not in here.
    """

    hits: int
    misses: int
    errors: int
    avg_latency_ms: float
    p95_latency_ms: float

    @property
    def total(self) -> int:
        return self.hits + self.misses

    @property
    def hit_rate(self) -> float:
        return self.hits / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class NearFigures:
    """Decoded values in this process. `hit_rate` is of all reads, whether they went further or not."""

    entries: int
    hits: int
    hit_rate: float
    is_true: bool
    """Whether news of changes arrive: without them nothing is kept near."""


@dataclass(frozen=True, slots=True)
class CompressionFigures:
    """Values written by this process that were long enough to be compressed."""

    values: int
    bytes_in: int
    bytes_out: int

    @property
    def ratio(self) -> float:
        return self.bytes_out / self.bytes_in if self.bytes_in else 0.0


@dataclass(frozen=True, slots=True)
class BreakerFigures:
    state: str
    """`closed`, `open` or `half-open`."""
    failures: int
    """In a row."""
    changed_at: datetime | None = None
    """When the state last changed; None if it never did."""


@dataclass(frozen=True, slots=True)
class PoolFigures:
    max_connections: int
    in_use: int
    waiting: int
    refused: int
    """Calls that waited too long for a connection, since the start."""

    @property
    def available(self) -> int:
        return self.max_connections - self.in_use


@dataclass(frozen=True, slots=True)
class NamespaceFigures:
    hit_rate: float
    """Over its last reads, near ones included."""
    ttl_s: float
    """What a value gets now."""


@dataclass(frozen=True, slots=True)
class CacheStats:
    backend: str
    """`redis`, or `memory` where there is none."""
    breaker: BreakerFigures
    operations: Mapping[str, OperationFigures]
    near: NearFigures
    compression: CompressionFigures
    pool: PoolFigures
    namespaces: Mapping[str, NamespaceFigures]
    coalesced: int
    """Calls that were answered by another's computation."""
    corrupt: int
    """Stored values that could not be read, and were deleted."""
    stale: int
    """Answers given after their time because the computation failed."""

    @property
    def is_enabled(self) -> bool:
        return self.backend != "memory"


@dataclass(frozen=True, slots=True)
class CacheHealth:
    status: Health
    reason: str | None
    latency_ms: float | None
    """Of a question to the server; None where it was not asked."""
    breaker_state: str
    pool: PoolFigures


def stats_as_json(stats: CacheStats, *, now: datetime) -> dict[str, Any]:
    """The body of `/cache/stats`."""
    return {
        "cache": {
            "enabled": stats.is_enabled,
            "backend": stats.backend,
            "circuit_breaker": {
                "state": stats.breaker.state,
                "failures": stats.breaker.failures,
                "changed_at": _instant(stats.breaker.changed_at),
            },
            "operations": {name: _operation(figures) for name, figures in stats.operations.items()},
            "near_cache": {
                "entries": stats.near.entries,
                "hits": stats.near.hits,
                "hit_rate": _rate(stats.near.hit_rate),
                "is_true": stats.near.is_true,
            },
            "compression": {
                "values": stats.compression.values,
                "bytes_in": stats.compression.bytes_in,
                "bytes_out": stats.compression.bytes_out,
                "ratio": _rate(stats.compression.ratio),
            },
            "connection_pool": _pool(stats.pool)
            | {"waiting": stats.pool.waiting, "refused": stats.pool.refused},
            "namespaces": {
                name: {"hit_rate": _rate(each.hit_rate), "ttl_s": round(each.ttl_s, 1)}
                for name, each in stats.namespaces.items()
            },
            "coalesced": stats.coalesced,
            "corrupt": stats.corrupt,
            "stale": stats.stale,
        },
        "timestamp": _instant(now),
    }


def health_as_json(health: CacheHealth, *, now: datetime) -> dict[str, Any]:
    """The body of `/cache/health`."""
    return {
        "cache_health": {
            "status": health.status,
            "reason": health.reason,
            "latency_ms": health.latency_ms,
            "circuit_breaker_state": health.breaker_state,
            "connection_pool": _pool(health.pool),
        },
        "timestamp": _instant(now),
    }


def _operation(figures: OperationFigures) -> dict[str, Any]:
    return {
        "hits": figures.hits,
        "misses": figures.misses,
        "errors": figures.errors,
        "total": figures.total,
        "hit_rate": _rate(figures.hit_rate),
        "avg_latency_ms": figures.avg_latency_ms,
        "p95_latency_ms": figures.p95_latency_ms,
    }


def _pool(pool: PoolFigures) -> dict[str, int]:
    return {
        "max_connections": pool.max_connections,
        "in_use": pool.in_use,
        "available": pool.available,
    }


def _rate(rate: float) -> float:
    return round(rate, 3)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
