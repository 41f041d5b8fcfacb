"""Conversations that need a person: who waits, what was said, and staff's own words in the same thread."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict

from application.access import Scope
from application.front_desk import FrontDesk, Line, Thread, Waiting
from application.ports.handovers import Handover
from domain.errors import KeyReused
from domain.venue import Venue
from infrastructure.http.answers import PostAnswer, post_answer
from infrastructure.http.asked import ConversationId, IdempotencyKey, MessageText, needed_key
from infrastructure.http.auth import needs
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.problems import Problem
from infrastructure.http.strict_route import StrictRoute

router = APIRouter(
    route_class=StrictRoute, tags=["staff"], dependencies=[Depends(needs(Scope.STAFF))]
)


class HandoverAnswer(BaseModel):
    """A conversation on staff's list."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    venue: str
    user_id: str
    """The channel's own name for the guest: in WhatsApp their number."""
    channel: str
    reason: str
    """`asked`, `stuck` or `large_party`."""
    since: datetime
    taken_at: datetime | None
    """Since when a person has it and the engine is silent in it."""


class WaitingAnswer(HandoverAnswer):
    last_words: str
    """What the guest said last."""
    last_at: datetime


class ConversationsAnswer(BaseModel):
    conversations: list[WaitingAnswer]


class LineAnswer(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    speaker: str
    """`guest`, `engine`, `house` (of its own accord) or `staff`."""
    text: str
    at: datetime
    booking: dict[str, Any] | None
    """What the line is about, where it is about a booking."""


class ThreadAnswer(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    handover: HandoverAnswer | None
    """None once the engine has the conversation (again)."""
    lines: list[LineAnswer]


class StaffWords(BaseModel):
    """What staff write to a guest."""

    model_config = ConfigDict(extra="forbid")

    text: MessageText


_Id = Annotated[ConversationId, Path()]
_MANY: dict[int | str, dict[str, Any]] = {200: {"model": ConversationsAnswer}}
_THREAD: dict[int | str, dict[str, Any]] = {200: {"model": ThreadAnswer}}
_SAID: dict[int | str, dict[str, Any]] = {201: {"model": PostAnswer}}


@router.get("/venues/{venue}/conversations", responses=_MANY)
async def list_conversations(venue: str, parts: PartsHere) -> Json:
    """The conversations that wait for a person or are with one, the longest waiting first."""
    house = parts.venue(venue)
    waiting = [] if parts.front_desk is None else await parts.front_desk.open_ones(house.id)
    return Json({"conversations": [_waiting_answer(each, house) for each in waiting]})


@router.get("/conversations/{conversation_id}", responses=_THREAD)
async def get_conversation(conversation_id: _Id, parts: PartsHere) -> Json:
    """All that was said in a conversation, oldest first: by the guest, the engine and staff."""
    thread = await _desk(parts).thread(conversation_id)
    if thread is None:
        raise _unknown()
    return Json(_thread_answer(thread, parts))


@router.post(
    "/conversations/{conversation_id}/take",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
)
async def take_conversation(conversation_id: _Id, parts: PartsHere) -> Response:
    """A person has it: from now on the engine is silent in it. Taking it again changes nothing."""
    if await _desk(parts).take(conversation_id) is None:
        raise _not_waiting()
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post(
    "/conversations/{conversation_id}/messages",
    responses=_SAID,
    status_code=HTTPStatus.CREATED,
)
async def write_to_guest(
    conversation_id: _Id, said: StaffWords, parts: PartsHere, idempotency_key: IdempotencyKey = ""
) -> Json:
    """Write to the guest, in the thread and by every other way that reaches them. Whoever writes takes
    the conversation.

    The same `Idempotency-Key` again writes nothing again.
    """
    key = needed_key(idempotency_key)
    post = await _desk(parts).say(conversation_id, said.text, key=key)
    if post is None:
        raise _not_waiting()
    if post.text != said.text:
        raise KeyReused
    return Json(post_answer(post, parts.venue(post.venue)), status_code=HTTPStatus.CREATED)


@router.post(
    "/conversations/{conversation_id}/hand-back",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
)
async def hand_back_conversation(conversation_id: _Id, parts: PartsHere) -> Response:
    """The engine answers this guest again."""
    if not await _desk(parts).hand_back(conversation_id):
        raise _not_waiting()
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _desk(parts: Parts) -> FrontDesk:
    if parts.front_desk is None:
        raise _unknown()
    return parts.front_desk


def _unknown() -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND, "unknown_conversation", "There is no such conversation here."
    )


def _not_waiting() -> Problem:
    return Problem(
        HTTPStatus.CONFLICT,
        "not_waiting",
        "This conversation is not on staff's list (any more): the engine answers it.",
    )


def _handover_answer(handover: Handover, venue: Venue) -> dict[str, Any]:
    taken_at = handover.taken_at
    return {
        "id": handover.conversation_id,
        "venue": handover.venue,
        "user_id": handover.user_id,
        "channel": handover.channel,
        "reason": handover.reason.value,
        "since": handover.since.astimezone(venue.zone),
        "taken_at": None if taken_at is None else taken_at.astimezone(venue.zone),
    }


def _waiting_answer(waiting: Waiting, venue: Venue) -> dict[str, Any]:
    return {
        **_handover_answer(waiting.handover, venue),
        "last_words": waiting.last_words,
        "last_at": waiting.last_at.astimezone(venue.zone),
    }


def _thread_answer(thread: Thread, parts: Parts) -> dict[str, Any]:
    handover = thread.handover
    return {
        "id": thread.conversation_id,
        "handover": None
        if handover is None
        else _handover_answer(handover, parts.venue(handover.venue)),
        "lines": [_line_answer(line) for line in thread.lines],
    }


def _line_answer(line: Line) -> dict[str, Any]:
    return {
        "speaker": line.speaker.value,
        "text": line.text,
        "at": line.at,
        "booking": (line.card or {}).get("booking"),
    }
