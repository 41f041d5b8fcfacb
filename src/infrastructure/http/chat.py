"""`POST /chat` and `POST /chat/stream`: a guest's message in, the turn's events or its answer out."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from application.conversation import IncomingMessage
from infrastructure.http.answers import ChatAnswer
from infrastructure.http.asked import ConversationId, MessageId, MessageText, UserId, message_text
from infrastructure.http.booking_pages import with_link
from infrastructure.http.guest_pass import ByPass, check_guest, needs_pass_or_key
from infrastructure.http.json_bytes import Json, as_json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.posts import posts_until
from infrastructure.http.strict_route import StrictRoute
from infrastructure.http.turns import LiveTurn

RECONNECT_MS = 2000

router = APIRouter(
    route_class=StrictRoute, tags=["guest"], dependencies=[Depends(needs_pass_or_key)]
)


class ChatLine(BaseModel):
    """One line of a transcript."""

    role: str
    content: str | None = None


def _with_a_users_line(lines: list[ChatLine]) -> list[ChatLine]:
    """The last user line alone, cleaned: it is what counts."""
    said = [line.content for line in lines if line.role == "user" and line.content]
    if not said:
        raise ValueError("a line with the role user is needed")
    return [ChatLine(role="user", content=message_text(said[-1]))]


class ChatRequest(BaseModel):
    """A guest's message. `message` or `messages` is needed; `message` counts if both are there."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    venue: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    """May be left out where there is one venue."""
    user_id: UserId
    """The channel's own name for the guest."""
    message: MessageText | None = None
    """1 to 4,000 characters."""
    messages: (
        Annotated[list[ChatLine], Field(max_length=500), AfterValidator(_with_a_users_line)] | None
    ) = None
    """A transcript instead of a message: the last line with the role `user` counts."""
    conversation_id: ConversationId | None = None
    """May be left out: the open conversation of venue and user continues."""
    message_id: MessageId | None = None
    """The same one again gets the first answer again. Made up if it is left out."""
    channel: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")] = "chat"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.message is None and self.messages is None:
            raise ValueError("send a message")
        return self

    @property
    def text(self) -> str:
        return self.message or (self.messages[0].content if self.messages else None) or ""


_RESPONSES: dict[int | str, dict[str, Any]] = {200: {"model": ChatAnswer}}


@router.post("/chat", responses=_RESPONSES)
async def chat(asked: ChatRequest, parts: PartsHere, by_pass: ByPass) -> Json:
    """Answer a guest's message."""
    check_guest(asked.user_id, by_pass=by_pass)
    turn = parts.turns.attach(_incoming(asked, parts))
    return Json(await _answer(turn, await turn.answer(), parts, by_pass=by_pass))


async def _streamed_turn(asked: ChatRequest, parts: PartsHere, by_pass: ByPass) -> LiveTurn:
    """The turn, once it is accepted: what goes wrong before that still gets its own status code."""
    check_guest(asked.user_id, by_pass=by_pass)
    turn = parts.turns.attach(_incoming(asked, parts))
    await turn.started()
    return turn


@router.post("/chat/stream", response_class=EventSourceResponse)
async def chat_stream(
    turn: Annotated[LiveTurn, Depends(_streamed_turn)],
    parts: PartsHere,
    by_pass: ByPass,
    last_event_id: Annotated[str, Header()] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Answer a guest's message as events: `accepted`, `stage`, `token`, `done` or `error`.

    Sent again with the same `message_id` and with `Last-Event-ID`, it goes on after that event.
    """
    received = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 9 else 0
    async for event in turn.after(received):
        data = event.data
        if event.name == "done":
            data = await _answer(turn, data, parts, by_pass=by_pass)
        yield ServerSentEvent(
            raw_data=as_json(data).decode(),
            event=event.name,
            id=str(event.number),
            retry=RECONNECT_MS if event.number == 1 else None,
        )


async def _answer(
    turn: LiveTurn, answer: Mapping[str, Any], parts: Parts, *, by_pass: bool
) -> Mapping[str, Any]:
    """A turn's answer with what is not stored with it. Our own page listens for posts by itself."""
    posts = [] if by_pass else await posts_until(answer, turn.incoming, parts)
    return {**with_link(answer, parts), "posts": posts}


def _incoming(asked: ChatRequest, parts: Parts) -> IncomingMessage:
    return IncomingMessage(
        venue=parts.venue_or_only(asked.venue).id,
        user_id=asked.user_id,
        text=asked.text,
        message_id=asked.message_id or uuid.uuid4().hex,
        channel=asked.channel,
        conversation_id=asked.conversation_id,
    )
