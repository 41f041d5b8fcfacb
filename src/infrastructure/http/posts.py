"""`GET /chat/posts`: what is written into a guest's conversation without their having asked.

Reminders, offers from the waitlist and staff's own words. A page that is open listens; a channel that
only asks gets what is new, or finds it in the next answer of `POST /chat`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.sse import EventSourceResponse, format_sse_event

from application.conversation import IDLE_S, IncomingMessage
from application.errors import DependencyError
from application.ports.conversations import Conversations
from application.ports.posts import Post, Posts
from domain.venue import VenueId
from infrastructure.http.answers import PostsAnswer, post_answer
from infrastructure.http.asked import UserId
from infrastructure.http.booking_pages import with_link
from infrastructure.http.guest_pass import ByPass, check_guest, needs_pass_or_key
from infrastructure.http.json_bytes import Json, as_json
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.problems import Problem

RECONNECT_MS = 1000

LAST_ID = 2**53 - 1
"""Beyond it a browser cannot count."""

_STREAM = "text/event-stream"
_QUIET = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

_log = structlog.get_logger()

router = APIRouter(tags=["guest"], dependencies=[Depends(needs_pass_or_key)])

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": PostsAnswer, "content": {_STREAM: {"schema": {"type": "string"}}}}
}


@router.get("/chat/posts", responses=_RESPONSES)
async def get_posts(
    parts: PartsHere,
    by_pass: ByPass,
    user_id: Annotated[UserId, Query()],
    venue: Annotated[str | None, Query(min_length=1, max_length=64)] = None,
    after: Annotated[int, Query(ge=0, le=LAST_ID)] = 0,
    accept: Annotated[str, Header()] = "",
    last_event_id: Annotated[str, Header(max_length=32)] = "",
) -> Response:
    """A guest's posts with an id greater than `after`, oldest first, at most 100.

    Asked for as `text/event-stream` it stays open and sends each as an event `post`, whose id is the
    post's: a listener that comes back with `Last-Event-ID` gets each of them once.
    """
    check_guest(user_id, by_pass=by_pass)
    house = parts.venue_or_only(venue).id
    if _STREAM in accept:
        if last_event_id.isdecimal():
            after = max(after, min(int(last_event_id), LAST_ID))
        return _stream(parts, house, user_id, after)
    found = (
        []
        if parts.posts is None
        else await parts.posts.after(venue=house, user_id=user_id, id=after)
    )
    return Json({"posts": shown(found, parts)})


def _stream(parts: Parts, venue: VenueId, user_id: str, after: int) -> Response:
    if parts.post_watch is None:
        # Whoever would listen need not come back: nothing is ever written here.
        return Response(status_code=HTTPStatus.NO_CONTENT)
    if parts.post_watch.is_full:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "overloaded",
            "Nobody else can listen here right now.",
            headers={"Retry-After": "5"},
        )
    batches = parts.post_watch.after(venue, user_id, after)
    return EventSourceResponse(_events(batches, parts), headers=_QUIET)


async def _events(batches: AsyncIterator[Sequence[Post]], parts: Parts) -> AsyncIterator[bytes]:
    yield format_sse_event(comment="posts", retry=RECONNECT_MS)
    async for batch in batches:
        if not batch:
            yield format_sse_event(comment="")
        for each in shown(batch, parts):
            data = as_json(each).decode()
            yield format_sse_event(data_str=data, event="post", id=str(each["id"]))


def shown(posts: Sequence[Post], parts: Parts) -> list[Mapping[str, Any]]:
    """Posts as their guest sees them, with the address of the booking each is about."""
    return [with_link(post_answer(each, parts.venue(each.venue)), parts) for each in posts]


async def posts_until(
    answer: Mapping[str, Any], incoming: IncomingMessage, parts: Parts
) -> list[Mapping[str, Any]]:
    """What was written to a guest between the turn before and this one, for a channel that only asks.

    It depends on when the turns were, so a message that is sent again gets the same again.
    """
    if parts.posts is None or parts.conversations is None:
        return []
    try:
        written = await _all(parts.posts, incoming.venue, incoming.user_id)
        if not written:
            return []
        begins, ends = await _window(parts.conversations, answer)
    except DependencyError as error:
        # The answer itself has been given: it is not kept back for this.
        _log.warning("posts.not_read", error=type(error).__name__)
        return []
    return shown([each for each in written if begins < each.at <= ends], parts)


async def _all(posts: Posts, venue: VenueId, user_id: str) -> list[Post]:
    found: list[Post] = []
    while batch := await posts.after(venue=venue, user_id=user_id, id=found[-1].id if found else 0):
        found.extend(batch)
    return found


async def _window(
    conversations: Conversations, answer: Mapping[str, Any]
) -> tuple[datetime, datetime]:
    """When the turn before an answer's came in, and when its own did."""
    turns = await conversations.turns(conversation_id=answer["conversation_id"])
    own = next(turn for turn in turns if turn.message_id == answer["message_id"])
    before = [turn.at for turn in turns if turn.number < own.number]
    return max(before, default=own.at - timedelta(seconds=IDLE_S)), own.at
