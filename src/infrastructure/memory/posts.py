"""Posts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from application.ports.posts import Post
from domain.venue import VenueId

_MOST = 100


class MemoryPosts:
    def __init__(self) -> None:
        self._posts: dict[str, Post] = {}
        """By key, oldest first."""

    async def add(self, *, key: str, post: Post) -> Post:
        return self._posts.setdefault(key, replace(post, id=len(self._posts) + 1))

    async def after(self, *, venue: VenueId, user_id: str, id: int) -> Sequence[Post]:
        found = [
            post
            for post in self._posts.values()
            if (post.venue, post.user_id) == (venue, user_id) and post.id > id
        ]
        return found[:_MOST]

    async def of_conversation(self, *, conversation_id: str) -> Sequence[Post]:
        return [post for post in self._posts.values() if post.conversation_id == conversation_id]

    async def latest(self) -> int:
        return len(self._posts)
