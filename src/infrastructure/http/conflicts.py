"""What needs a person: bookings that staff's edits have stranded, with a message ready for the guest."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from application.access import Scope
from application.ports.conflicts import Conflict
from domain.booking import shown_code
from domain.venue import Venue
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import PartsHere
from infrastructure.http.problems import Problem

router = APIRouter(tags=["staff"], dependencies=[Depends(needs(Scope.STAFF))])


class ConflictAnswer(BaseModel):
    id: str
    kind: str
    code: str | None
    other: str | None
    detail: str
    draft: str
    record: str | None
    detected_at: str


class ConflictsAnswer(BaseModel):
    conflicts: list[ConflictAnswer]


_MANY: dict[int | str, dict[str, Any]] = {200: {"model": ConflictsAnswer}}


@router.get("/venues/{venue}/conflicts", responses=_MANY)
async def list_conflicts(venue: str, parts: PartsHere) -> Json:
    """The conflicts that are not settled, the oldest first. `draft` is a message for the guest."""
    house = parts.venue(venue)
    found = [] if parts.conflicts is None else await parts.conflicts.open_ones(venue=house.id)
    return Json({"conflicts": [_answer(conflict, house) for conflict in found]})


@router.post(
    "/venues/{venue}/conflicts/{conflict_id}/resolve",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
)
async def resolve_conflict(venue: str, conflict_id: str, parts: PartsHere) -> Response:
    """A person has seen to it: the guest was told, or the row put right."""
    house = parts.venue(venue)
    found = [] if parts.conflicts is None else await parts.conflicts.open_ones(venue=house.id)
    if parts.conflicts is None or conflict_id not in {conflict.id for conflict in found}:
        raise Problem(HTTPStatus.NOT_FOUND, "unknown_conflict", "There is no such open conflict.")
    await parts.conflicts.resolve(id=conflict_id, now=parts.clock.now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _answer(conflict: Conflict, venue: Venue) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "kind": conflict.kind.value,
        "code": shown_code(conflict.code) if conflict.code else None,
        "other": shown_code(conflict.other) if conflict.other else None,
        "detail": conflict.detail,
        "draft": conflict.draft,
        "record": conflict.record,
        "detected_at": conflict.detected_at.astimezone(venue.zone).isoformat(),
    }
