"""Conversations that need a person: listed for staff, answered by them, handed back to the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog

from application.message_desk import MessageDesk
from application.ports.clock import Clock
from application.ports.conversations import Conversations, TurnRecord
from application.ports.handovers import Handover, HandoverReason, Handovers
from application.ports.posts import Author, Post, Posts
from domain.venue import Venue, VenueId

_LOOKED_AT = 3
"""Turns from the end in which a guest's last words are looked for: one that was ended in the background
has none."""

log = structlog.get_logger()


class Speaker(StrEnum):
    GUEST = "guest"
    ENGINE = "engine"
    """An answer to the guest."""
    HOUSE = "house"
    """Reminders, offers and news, written of our own accord."""
    STAFF = "staff"


_SPEAKERS = {Author.HOUSE: Speaker.HOUSE, Author.STAFF: Speaker.STAFF}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said in a conversation."""

    speaker: Speaker
    text: str
    at: datetime
    card: Mapping[str, Any] | None = None
    """Of a post, as in `Post.card`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation on staff's list, with the guest's last words in it."""

    handover: Handover
    last_words: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A whole conversation, oldest line first."""

    conversation_id: str
    lines: tuple[Line, ...]
    handover: Handover | None
    """None where it is not on staff's list (any more)."""


class FrontDesk:
    def __init__(
        self,
        *,
        handovers: Handovers,
        conversations: Conversations,
        posts: Posts,
        messages: MessageDesk,
        clock: Clock,
    ) -> None:
        self._handovers = handovers
        self._conversations = conversations
        self._posts = posts
        self._messages = messages
        self._clock = clock

    async def open_ones(self, venue_id: VenueId) -> Sequence[Waiting]:
        """Longest waiting first."""
        listed = await self._handovers.open_ones(venue=venue_id)
        return [await self._waiting(handover) for handover in listed]

    async def thread(self, conversation_id: str) -> Thread | None:
        """None where there is no such conversation."""
        turns = await self._conversations.turns(conversation_id=conversation_id)
        handover = await self._handovers.of(conversation_id=conversation_id)
        if not turns and handover is None:
            return None
        posts = await self._posts_in(conversation_id, handover, turns)
        lines = [line for turn in turns for line in _lines_of(turn)]
        lines += [Line(_SPEAKERS[post.author], post.text, post.at, post.card) for post in posts]
        # A turn's two lines have one time and keep their order.
        return Thread(conversation_id, tuple(sorted(lines, key=lambda line: line.at)), handover)

    async def take(self, conversation_id: str) -> Handover | None:
        """A person has it from now on, and the engine is silent; None where it is not listed."""
        now = self._clock.now()
        taken = await self._handovers.take(conversation_id=conversation_id, now=now)
        if taken is not None:
            log.info("conversation.taken", conversation_id=conversation_id, venue=taken.venue)
        return taken

    async def say(self, conversation_id: str, text: str, *, key: str) -> Post | None:
        """Staff's words to the guest: whoever writes takes the conversation.

        The same `key` again says nothing again and returns what was said. None where the
        conversation is not listed.
        """
        handover = await self.take(conversation_id)
        if handover is None:
            return None
        return await self._messages.say(
            conversation_id=conversation_id,
            venue=handover.venue,
            user_id=handover.user_id,
            channel=handover.channel,
            text=text,
            key=key,
        )

    async def hand_back(self, conversation_id: str) -> bool:
        """The engine answers again; False where the conversation was not listed."""
        now = self._clock.now()
        was_listed = await self._handovers.hand_back(conversation_id=conversation_id, now=now)
        if was_listed:
            log.info("conversation.handed_back", conversation_id=conversation_id)
        return was_listed

    async def hand_over(
        self,
        venue: Venue,
        conversation_id: str,
        user_id: str,
        channel: str,
        reason: HandoverReason,
        now: datetime,
    ) -> None:
        """List it for staff; one that is listed stays as it is."""
        handover = Handover(conversation_id, venue.id, user_id, channel, reason, now)
        if await self._handovers.open(handover=handover):
            log.info(
                "conversation.handed_over",
                conversation_id=conversation_id,
                venue=venue.id,
                reason=reason.value,
            )

    async def is_taken(self, conversation_id: str) -> bool:
        """Whether a person has it: the engine is silent then."""
        handover = await self._handovers.of(conversation_id=conversation_id)
        return handover is not None and handover.taken_at is not None

    async def _waiting(self, handover: Handover) -> Waiting:
        turns = await self._conversations.turns(
            conversation_id=handover.conversation_id, last=_LOOKED_AT
        )
        said = [turn for turn in turns if turn.message]
        if not said:
            return Waiting(handover, "", handover.since)
        return Waiting(handover, said[-1].message, said[-1].at)

    async def _posts_in(
        self, conversation_id: str, handover: Handover | None, turns: Sequence[TurnRecord]
    ) -> list[Post]:
        """The posts of a conversation; while it is listed also what was written to its guest without
        regard to any conversation since it began."""
        found = list(await self._posts.of_conversation(conversation_id=conversation_id))
        if handover is None:
            return found
        began = turns[0].at if turns else handover.since
        last = 0
        while page := await self._posts.after(
            venue=handover.venue, user_id=handover.user_id, id=last
        ):
            found += [post for post in page if not post.conversation_id and post.at >= began]
            last = page[-1].id
        return sorted(found, key=lambda post: post.id)


def _lines_of(turn: TurnRecord) -> list[Line]:
    said = ((Speaker.GUEST, turn.message), (Speaker.ENGINE, turn.reply))
    # Where a person has the conversation the engine's reply is empty; where a turn was ended after a
    # crash the guest's message is.
    return [Line(speaker, text, turn.at) for speaker, text in said if text]
