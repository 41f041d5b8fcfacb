"""Is the process alive, and does everything answer that it needs?"""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import APIRouter

from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Degraded, PartsHere, Probe

SLOW_S = 0.5
"""An answer that takes longer is degraded."""

TIMEOUT_S = 2.0

router = APIRouter(prefix="/health", tags=["ops"])

_log = structlog.get_logger()


@router.get("/live")
async def live() -> Json:
    """The process answers."""
    return Json({"status": "ok"})


@router.get("/ready")
async def ready(parts: PartsHere) -> Json:
    """Every dependency: `ok`, `degraded` (slow, or done without) or `down`, and how long it took. 503
    if one is down."""
    results = await asyncio.gather(*(_ask(probe) for probe in parts.probes.values()))
    dependencies = dict(zip(parts.probes, results, strict=True))
    status = _worst([result["status"] for result in results])
    return Json(
        {"status": status, "dependencies": dependencies},
        status_code=HTTPStatus.SERVICE_UNAVAILABLE if status == "down" else HTTPStatus.OK,
    )


async def _ask(probe: Probe) -> dict[str, Any]:
    began = time.perf_counter()
    detail = {}
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await probe()
    except Degraded as error:
        status, detail = "degraded", {"detail": str(error)}
    except Exception as error:  # noqa: BLE001 whatever it is, the answer is that it is down
        _log.warning("dependency.down", error=type(error).__name__)
        status = "down"
    else:
        status = "ok" if time.perf_counter() - began < SLOW_S else "degraded"
    latency_ms = round((time.perf_counter() - began) * 1000, 1)
    return {"status": status, "latency_ms": latency_ms, **detail}


def _worst(statuses: list[str]) -> str:
    return next((status for status in ("down", "degraded") if status in statuses), "ok")
