"""What needs a person: bookings that staff's edits have stranded, with a message ready for the guest, and
messages that could not be delivered."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from application.access import Scope
from application.ports.conflicts import Conflict
from application.ports.messages import Message
from domain.booking import shown_code
from domain.errors import KeyReused
from domain.venue import Venue
from infrastructure.http.asked import IdempotencyKey, MessageText, needed_key
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.problems import Problem
from infrastructure.http.strict_route import StrictRoute

router = APIRouter(
    route_class=StrictRoute, tags=["staff"], dependencies=[Depends(needs(Scope.STAFF))]
)


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


class ApprovedDraft(BaseModel):
    """The message to the guest, as it was drafted or as staff have changed it."""

    model_config = ConfigDict(extra="forbid")

    text: MessageText


class MessageAnswer(BaseModel):
    """A message to a guest that the house sends of its own accord."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    key: str
    kind: str
    state: Literal["planned", "sent", "void", "failed"]
    """`planned`: it is being delivered, or will be."""
    code: str | None
    text: str
    guest_name: str
    guest_phone: str
    guest_email: str
    channel: str
    due_at: datetime
    sent_at: datetime | None
    ways: list[str]
    """By which it has been delivered: `chat`, `email`, `webhook`, …"""
    tries: int


class MessagesAnswer(BaseModel):
    messages: list[MessageAnswer]


_SENT: dict[int | str, dict[str, Any]] = {202: {"model": MessageAnswer}}
_MESSAGES: dict[int | str, dict[str, Any]] = {200: {"model": MessagesAnswer}}
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
    conflict = await _conflict(parts.venue(venue), conflict_id, parts)
    if parts.conflicts is not None:
        await parts.conflicts.resolve(id=conflict.id, now=parts.clock.now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post(
    "/venues/{venue}/conflicts/{conflict_id}/send",
    responses=_SENT,
    status_code=HTTPStatus.ACCEPTED,
)
async def send_draft(
    venue: str,
    conflict_id: str,
    approved: ApprovedDraft,
    parts: PartsHere,
    idempotency_key: IdempotencyKey = "",
) -> Json:
    """Send a message to the guest of a conflict's booking, by every way that reaches them.

    It goes out by itself from here on; one that cannot be delivered is listed among the failed
    messages. The same `Idempotency-Key` again sends nothing again.
    """
    house = parts.venue(venue)
    key = needed_key(idempotency_key)
    conflict = await _conflict(house, conflict_id, parts)
    if parts.messages is None or not conflict.code:
        raise Problem(
            HTTPStatus.CONFLICT, "no_guest", "There is nobody to be written to in this case."
        )
    message = await parts.messages.send_draft(
        venue=house, code=conflict.code, text=approved.text, key=key
    )
    if message.text != approved.text:
        raise KeyReused
    return Json(_message_answer(message, house), status_code=HTTPStatus.ACCEPTED)


@router.get("/venues/{venue}/messages", responses=_MESSAGES)
async def list_messages(
    venue: str,
    parts: PartsHere,
    _state: Annotated[Literal["failed"], Query(alias="state")] = "failed",
) -> Json:
    """Messages that could not be delivered in the last days, latest first: staff see to them."""
    house = parts.venue(venue)
    found = [] if parts.messages is None else await parts.messages.undelivered(house.id)
    return Json({"messages": [_message_answer(message, house) for message in found]})


async def _conflict(venue: Venue, conflict_id: str, parts: Parts) -> Conflict:
    """An open conflict of this venue. Raises: Problem 404."""
    found = [] if parts.conflicts is None else await parts.conflicts.open_ones(venue=venue.id)
    for conflict in found:
        if conflict.id == conflict_id:
            return conflict
    raise Problem(HTTPStatus.NOT_FOUND, "unknown_conflict", "There is no such open conflict.")


def _message_answer(message: Message, venue: Venue) -> dict[str, Any]:
    sent_at = message.sent_at
    return {
        "key": message.key,
        "kind": message.kind.value,
        "state": message.state.value,
        "code": shown_code(message.code) if message.code else None,
        "text": message.text,
        "guest_name": message.guest.name,
        "guest_phone": message.guest.phone,
        "guest_email": message.guest.email,
        "channel": message.channel,
        "due_at": message.due_at.astimezone(venue.zone),
        "sent_at": None if sent_at is None else sent_at.astimezone(venue.zone),
        "ways": list(message.ways),
        "tries": message.tries,
    }


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
