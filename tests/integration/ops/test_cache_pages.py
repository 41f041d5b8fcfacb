"""`/cache/stats` and `/cache/health`: exactly what CONTRACT promises, whatever the cache is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from application.ports.cache import Cache, Namespace
from infrastructure.clock import SystemClock
from infrastructure.http.app import create_http
from infrastructure.memory.cache import memory_cache
from infrastructure.metrics import open_measurements
from infrastructure.metrics.figures import open_figures
from infrastructure.metrics.watching import Watched
from infrastructure.redis.values import CODECS
from tests.fakes.outside import Outside
from tests.integration.ops.conftest import scrape
from tests.support.caches import opened
from tests.support.redis_servers import RedisServer, redis_server

OPERATION = {"hits", "misses", "errors", "total", "hit_rate", "avg_latency_ms", "p95_latency_ms"}
ANSWERS: Namespace[Any] = Namespace("answer", 60, 30, 120)


@asynccontextmanager
async def showing(outside: Outside) -> AsyncIterator[httpx.AsyncClient]:
    app = create_http(lambda: nullcontext(outside), version="test")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client,
    ):
        yield client
