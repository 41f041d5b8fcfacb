"""Writes into the guest's own conversation: exactly once, because the ledger keeps the key."""

from __future__ import annotations

from application.errors import StoreUnavailable
from application.ports.clock import Clock
from application.ports.messages import MessageKind
from application.ports.messenger import Letter, MessengerUnavailable
from application.ports.posts import Author, Post, Posts


class ChatMessenger:
    name = "chat"
    can_be_answered = True

    def __init__(self, posts: Posts, *, clock: Clock) -> None:
        self._posts = posts
        self._clock = clock

    def reaches(self, letter: Letter) -> bool:
        """Whoever has talked to us has a conversation here; what staff typed has none."""
        return bool(letter.guest.user_id)

    async def send(self, letter: Letter) -> None:
        """Raises: MessengerUnavailable."""
        post = Post(
            venue=letter.venue.id,
            user_id=letter.guest.user_id,
            author=Author.STAFF if letter.kind == MessageKind.STAFF else Author.HOUSE,
            text=letter.text,
            at=self._clock.now(),
            card=letter.card,
        )
        try:
            await self._posts.add(key=letter.key, post=post)
        except StoreUnavailable as error:
            raise MessengerUnavailable(str(error)) from error
