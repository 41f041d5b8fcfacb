"""Messages in the guest's own conversation: there once, however often they are handed over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from application.errors import StoreUnavailable
from application.ports.messenger import Letter, MessengerUnavailable
from application.ports.posts import Author, Post
from domain.guest import Guest
from infrastructure.memory.posts import MemoryPosts
from infrastructure.outgoing.chat import ChatMessenger
from tests.fakes.clock import StillClock
from tests.unit.domain.houses import restaurant

CLOCK = StillClock()
LETTER = Letter(
    key="reminder:ABC:0:1:86400",
    kind="reminder",
    venue=restaurant(),
    guest=Guest("ana", "Ana"),
    channel="chat",
    subject="Recordatorio",
    text="¿Vendrás mañana?",
    card={"asks": True},
)


async def test_the_same_letter_is_one_post() -> None:
    posts = MemoryPosts()
    for _ in range(3):
        await ChatMessenger(posts, clock=CLOCK).send(LETTER)
    [post] = await posts.after(venue=LETTER.venue.id, user_id="ana", id=0)
    assert (post.author, post.text, post.card) == (Author.HOUSE, LETTER.text, {"asks": True})


async def test_staffs_words_are_staffs() -> None:
    posts = MemoryPosts()
    await ChatMessenger(posts, clock=CLOCK).send(replace(LETTER, kind="staff"))
    [post] = await posts.after(venue=LETTER.venue.id, user_id="ana", id=0)
    assert post.author is Author.STAFF


async def test_whoever_has_never_talked_to_us_has_no_conversation() -> None:
    way = ChatMessenger(MemoryPosts(), clock=CLOCK)
    assert way.reaches(LETTER)
    assert not way.reaches(replace(LETTER, guest=Guest("", "Rosa", "+34600000001")))


async def test_a_ledger_that_is_away_may_come_back() -> None:
    class Away(MemoryPosts):
        async def add(self, *, key: str, post: Post) -> Post:
            raise StoreUnavailable("away")

    with pytest.raises(MessengerUnavailable):
        await ChatMessenger(Away(), clock=CLOCK).send(LETTER)
