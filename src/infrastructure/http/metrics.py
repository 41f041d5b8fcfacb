"""Figures: `/metrics` for Prometheus, `/metrics/dashboard` as JSON."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Depends, Response

from application.access import Scope
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Figures, Parts, PartsHere
from infrastructure.http.problems import Problem

router = APIRouter(prefix="/metrics", tags=["ops"], dependencies=[Depends(needs(Scope.OPS))])


@router.get("", response_class=Response)
async def metrics(parts: PartsHere) -> Response:
    """All figures in Prometheus' text format; a scraper sends its key as a bearer token."""
    figures = _figures(parts)
    return Response(await figures.exposition(), headers={"Content-Type": figures.content_type})


@router.get("/dashboard")
async def dashboard(parts: PartsHere) -> Json:
    """How the house does, in a few figures. Answers whatever else is down: `null` is what cannot be
    known now, and `unavailable` names the parts that did not say."""
    return Json(await _figures(parts).dashboard())


def _figures(parts: Parts) -> Figures:
    if parts.figures is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no_figures", "This server counts nothing.")
    return parts.figures
