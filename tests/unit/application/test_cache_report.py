"""`/cache/stats` and `/cache/health`, as promised to whoever reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from application.cache_report import (
    BreakerFigures,
    CacheHealth,
    CacheStats,
    CompressionFigures,
    NamespaceFigures,
    NearFigures,
    OperationFigures,
    PoolFigures,
    health_as_json,
    stats_as_json,
)

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
POOL = PoolFigures(max_connections=50, in_use=1, waiting=2, refused=3)
STATS = CacheStats(
    backend="redis",
    breaker=BreakerFigures("closed", 0),
    operations={"get": OperationFigures(120, 30, 2, 0.4, 0.9)},
    near=NearFigures(41, 900, 0.97, is_true=True),
    compression=CompressionFigures(33, 812_000, 74_000),
    pool=POOL,
    namespaces={"venue": NamespaceFigures(0.5, 600.0)},
    coalesced=17,
    corrupt=0,
    stale=0,
)


def test_the_statistics_have_every_promised_field() -> None:
    report = stats_as_json(STATS, now=NOW)
    cache = report["cache"]
    assert report["timestamp"] == "2026-11-21T10:00:00Z"
    assert (cache["enabled"], cache["backend"], cache["coalesced"]) == (True, "redis", 17)
    assert cache["circuit_breaker"] == {"state": "closed", "failures": 0, "changed_at": None}
    assert cache["operations"]["get"] == {
        "hits": 120,
        "misses": 30,
        "errors": 2,
        "total": 150,
        "hit_rate": 0.8,
        "avg_latency_ms": 0.4,
        "p95_latency_ms": 0.9,
    }
    assert cache["near_cache"] == {"entries": 41, "hits": 900, "hit_rate": 0.97, "is_true": True}
    assert cache["compression"] == {
        "values": 33,
        "bytes_in": 812_000,
        "bytes_out": 74_000,
        "ratio": 0.091,
    }


def test_health_has_every_promised_field() -> None:
    health = CacheHealth("degraded", "timeout", None, "open", POOL)
    assert health_as_json(health, now=NOW) == {
        "cache_health": {
            "status": "degraded",
            "reason": "timeout",
            "latency_ms": None,
            "circuit_breaker_state": "open",
            "connection_pool": {"max_connections": 50, "in_use": 1, "available": 49},
        },
        "timestamp": "2026-11-21T10:00:00Z",
    }
