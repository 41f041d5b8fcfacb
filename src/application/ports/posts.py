"""Posts: what is written into a guest's conversation without their having asked.

Reminders, news and staff's own words stand between a conversation's turns. A page that is open shows
them at once; a channel that only asks gets them with its next answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from domain.venue import VenueId


class Author(StrEnum):
    HOUSE = "house"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Post:
    """`id` grows from one post to the next, also across processes; 0 until it is stored."""

    venue: VenueId
    user_id: str
    author: Author
    text: str
    at: datetime
    conversation_id: str = ""
    """Empty where the guest has no conversation yet."""
    card: Mapping[str, Any] | None = None
    """What a page shows beside the words: `booking` or `offers` as in the chat answer."""
    id: int = 0


class Posts(Protocol):
    """Who has seen a post has seen every post with a smaller id, so that an id can be a cursor."""

    async def add(self, *, key: str, post: Post) -> Post:
        """Write a post; with a `key` that is known nothing is written and the first one returned."""
        ...

    async def after(self, *, venue: VenueId, user_id: str, id: int) -> Sequence[Post]:
        """A guest's posts with a greater id, oldest first, at most 100."""
        ...

    async def of_conversation(self, *, conversation_id: str) -> Sequence[Post]:
        """Oldest first."""
        ...

    async def latest(self) -> int:
        """The greatest id there is, 0 where there is none: costs next to nothing to ask."""
        ...
