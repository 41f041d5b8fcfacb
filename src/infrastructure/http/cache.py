"""How the cache does: `/cache/stats` and `/cache/health`."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Depends

from application.access import Scope
from application.cache_report import health_as_json, stats_as_json
from application.ports.cache import Cache
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.problems import Problem

router = APIRouter(prefix="/cache", tags=["ops"], dependencies=[Depends(needs(Scope.OPS))])


@router.get("/stats")
async def stats(parts: PartsHere) -> Json:
    """Hits, misses, errors and latencies by operation over the last five minutes, of this process."""
    return Json(stats_as_json(_cache(parts).stats(), now=parts.clock.now()))


@router.get("/health")
async def health(parts: PartsHere) -> Json:
    """`healthy`, `degraded` (work goes on without it) or `disabled`, and why. Always 200: nothing
    that guests or staff do needs the cache."""
    return Json(health_as_json(await _cache(parts).health(), now=parts.clock.now()))


def _cache(parts: Parts) -> Cache:
    if parts.cache is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no_cache", "This server was started without a cache.")
    return parts.cache
