"""`/ops`: the page an operator opens at night, and the figures that only this page needs."""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse

from application.access import Scope
from application.lately import KEPT, STEP, Incidents, TalkCost
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import OpsWindow, Parts, PartsHere
from infrastructure.http.problems import Problem

LANGUAGES = ("en", "es")

_PAGES = Path(__file__).parent / "pages"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_MOST_HOURS = KEPT // timedelta(hours=1)
_SLOT = re.compile(r"\{\{([\w.]+)\}\}")
_PREFERENCE = re.compile(r"\s*([A-Za-z]{2})(?:-[\w-]+)?\s*(?:;\s*q=([\d.]+))?")

router = APIRouter(prefix="/ops", tags=["ops"], dependencies=[Depends(needs(Scope.OPS))])


def install(app: FastAPI) -> None:
    """The figures, and the page itself, which holds none and needs no key."""
    app.include_router(router)
    pages = {language: _page(language) for language in LANGUAGES}

    @app.get("/ops", include_in_schema=False)
    async def ops_page(request: Request) -> HTMLResponse:
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else _preferred(request)
        return HTMLResponse(
            pages[language],
            headers={
                "Content-Security-Policy": _POLICY,
                "Cache-Control": "no-cache",
                "Vary": "Accept-Language",
            },
        )


@router.get("/latency")
async def latency(parts: PartsHere, hours: Annotated[int, Query(ge=1, le=_MOST_HOURS)] = 3) -> Json:
    """p50, p95 and p99 by stage, and of the whole turn, in steps of five minutes, of this process."""
    window = _window(parts)
    found = window.lately.latency(timedelta(hours=hours))
    return Json(
        {
            "since": _instant(window.lately.since),
            "step_s": STEP.total_seconds(),
            "starts": [_instant(start) for start in found.starts],
            "stages": {name: asdict(stage) for name, stage in found.stages.items()},
            "timestamp": _instant(parts.clock.now()),
        }
    )


@router.get("/answers")
async def answers(parts: PartsHere) -> Json:
    """What conversations took in tokens and money by how they ended, what twins had to answer and
    what the claim check stopped: the last day, of this process."""
    window = _window(parts)
    figures = window.lately.figures()
    return Json(
        {
            "since": _instant(window.lately.since),
            "turns": figures.turns,
            "booked": _talks(figures.booked),
            "abandoned": _talks(figures.abandoned),
            "fallbacks": [_counted(each, "agent", "reason") for each in figures.fallbacks],
            "claim_check_stops": [_counted(each, "reason") for each in figures.stops],
            "timestamp": _instant(parts.clock.now()),
        }
    )


@router.get("/demand")
async def demand(parts: PartsHere) -> Json:
    """What the houses refused in the last seven days, by the hour wished for and by reason, of this
    process. `lost`: the guest took nothing else and has fallen silent."""
    window = _window(parts)
    return Json(
        {
            "since": _instant(window.lately.since),
            "venues": {venue: asdict(each) for venue, each in window.demand.by_venue().items()},
            "timestamp": _instant(parts.clock.now()),
        }
    )


def _window(parts: Parts) -> OpsWindow:
    if parts.ops is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no_figures", "This server counts nothing.")
    return parts.ops


def _talks(talks: TalkCost) -> dict[str, Any]:
    return {
        "conversations": talks.conversations,
        "tokens": None if talks.tokens is None else round(talks.tokens, 1),
        "cost_usd": None if talks.cost_usd is None else round(talks.cost_usd, 6),
    }


def _counted(incidents: Incidents, *names: str) -> dict[str, Any]:
    named = dict(zip(names, incidents.what, strict=True))
    return {**named, "last_hour": incidents.last_hour, "last_day": incidents.last_day}


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _page(language: str) -> str:
    """The page with its words put in. Raises: KeyError where one is missing."""
    text = (_PAGES / "assets" / "ops" / "words" / f"{language}.json").read_text(encoding="utf-8")
    words = {**json.loads(text), "language": language}
    template = (_PAGES / "ops.html").read_text(encoding="utf-8")
    return _SLOT.sub(lambda slot: html.escape(words[slot[1]]), template)


def _preferred(request: Request) -> str:
    """The first of our languages that the browser would like best."""
    header = request.headers.get("Accept-Language", "")
    found = filter(None, map(_PREFERENCE.match, header.split(",")))
    wanted = sorted((-_weight(each[2]), place, each[1].lower()) for place, each in enumerate(found))
    ours = [language for _, _, language in wanted if language in LANGUAGES]
    return ours[0] if ours else LANGUAGES[0]


def _weight(written: str | None) -> float:
    try:
        return float(written or 1)
    except ValueError:
        return 0.0
