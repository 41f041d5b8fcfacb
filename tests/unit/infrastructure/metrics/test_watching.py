"""The cache's own totals as Prometheus sees them: brought up to date by each look, never counted twice."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client import generate_latest

from application.cache_report import (
    BreakerFigures,
    CacheStats,
    CompressionFigures,
    NearFigures,
    PoolFigures,
)
from infrastructure.metrics import open_measurements
from infrastructure.metrics.watched import Watched
from infrastructure.metrics.watching import Watching
from tests.fakes.clock import StillClock
from tests.support.scraping import Scraped

STATS = CacheStats(
    backend="redis",
    breaker=BreakerFigures("closed", 0),
    operations={},
    near=NearFigures(entries=41, hits=900, hit_rate=0.97, is_true=True),
    compression=CompressionFigures(values=33, bytes_in=812_000, bytes_out=74_000),
    pool=PoolFigures(max_connections=20, in_use=3, waiting=2, refused=5),
    namespaces={},
    coalesced=17,
    corrupt=4,
    stale=6,
)
LATER = replace(
    STATS,
    near=NearFigures(entries=7, hits=950, hit_rate=0.97, is_true=True),
    pool=PoolFigures(max_connections=20, in_use=0, waiting=0, refused=5),
    coalesced=18,
)


async def test_each_look_brings_the_caches_totals_up_to_date() -> None:
    measurements = open_measurements(clock=StillClock())
    told = [STATS]
    watching = Watching(Watched(cache=lambda: told[-1]), measurements)

    async def looked() -> Scraped:
        await watching.look()
        return Scraped(generate_latest(measurements.registry).decode())

    for _ in range(2):
        seen = await looked()
        assert seen("cache_near_hits_total") == 900
        assert seen("cache_near_entries", backend="redis") == 41
        assert seen("cache_coalesced_total") == 17
        assert seen("cache_corrupt_total") == 4
        assert seen("cache_stale_total") == 6
        assert seen("cache_compression_bytes_total", side="in") == 812_000
        assert seen("cache_compression_bytes_total", side="out") == 74_000
        assert seen("cache_connections", state="in_use") == 3
        assert seen("cache_connections", state="waiting") == 2
        assert seen("cache_connections_refused_total") == 5
    told.append(LATER)
    seen = await looked()
    assert seen("cache_near_hits_total") == 950
    assert seen("cache_near_entries", backend="redis") == 7
    assert seen("cache_coalesced_total") == 18
    assert seen("cache_connections", state="in_use") == 0
    assert seen("cache_connections_refused_total") == 5
