"""What every `Posts` promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg

from application.ports.posts import Author, Post
from domain.venue import VenueId
from infrastructure.database.engine import open_ledger
from tests.support.ledgers import NOW, VENUE, AnyLedger

ELSEWHERE = VenueId("elsewhere")
REMINDER = Post(
    venue=VENUE,
    user_id="ana",
    author=Author.HOUSE,
    text="Le esperamos mañana a las 21:00.",
    at=NOW,
    card={"booking": {"code": "AAA"}, "offers": [1, None]},
)
WORDS = Post(
    venue=VENUE,
    user_id="ana",
    author=Author.STAFF,
    text="Ahora le llamo \x00\ud83d",
    at=NOW,
    conversation_id="c1",
)


async def seen(ledger: AnyLedger, after: int = 0, *, user_id: str = "ana") -> list[int]:
    found = await ledger.posts.after(venue=VENUE, user_id=user_id, id=after)
    return [post.id for post in found]


async def test_posts_are_read_as_they_were_written_with_ids_that_grow(ledger: AnyLedger) -> None:
    clean = replace(WORDS, text="Ahora le llamo")
    first = await ledger.posts.add(key="1", post=REMINDER)
    second = await ledger.posts.add(key="2", post=clean)
    assert 0 < first.id < second.id
    assert first == replace(REMINDER, id=first.id)
    assert await ledger.posts.after(venue=VENUE, user_id="ana", id=0) == [first, second]
    assert await ledger.posts.of_conversation(conversation_id="c1") == [second]
    assert await ledger.posts.of_conversation(conversation_id="c2") == []


async def test_whatever_people_type_can_be_posted(ledger: AnyLedger) -> None:
    assert (await ledger.posts.add(key="1", post=WORDS)).id > 0
    (found,) = await ledger.posts.of_conversation(conversation_id="c1")
    assert found.text.startswith("Ahora le llamo")


async def test_a_key_that_is_known_writes_nothing(ledger: AnyLedger) -> None:
    first = await ledger.posts.add(key="1", post=REMINDER)
    assert await ledger.posts.add(key="1", post=WORDS) == first
    assert await seen(ledger) == [first.id]
    assert await ledger.posts.latest() == first.id


async def test_after_gives_a_guests_own_posts_of_one_venue_that_are_newer(
    ledger: AnyLedger,
) -> None:
    first = await ledger.posts.add(key="1", post=REMINDER)
    other = await ledger.posts.add(key="2", post=replace(REMINDER, user_id="eva"))
    await ledger.posts.add(key="3", post=replace(REMINDER, venue=ELSEWHERE))
    second = await ledger.posts.add(key="4", post=REMINDER)
    assert await seen(ledger) == [first.id, second.id]
    assert await seen(ledger, first.id) == [second.id]
    assert await seen(ledger, second.id) == []
    assert await seen(ledger, user_id="eva") == [other.id]


async def test_after_gives_at_most_a_hundred_the_oldest_of_them(ledger: AnyLedger) -> None:
    added = [(await ledger.posts.add(key=f"{i}", post=REMINDER)).id for i in range(101)]
    assert await seen(ledger) == added[:100]
    assert await seen(ledger, added[99]) == added[100:]


async def test_latest_is_the_greatest_id_of_all(ledger: AnyLedger) -> None:
    assert await ledger.posts.latest() == 0
    await ledger.posts.add(key="1", post=REMINDER)
    last = await ledger.posts.add(key="2", post=replace(REMINDER, venue=ELSEWHERE))
    assert await ledger.posts.latest() == last.id


async def test_of_many_who_write_one_key_at_once_all_get_one_post(store_url: str) -> None:
    first, second = await open_ledger(store_url), await open_ledger(store_url)
    try:
        posts = await asyncio.gather(
            *(ledger.posts.add(key="1", post=REMINDER) for ledger in [first, second] * 4)
        )
        assert await seen(first) == [posts[0].id]
    finally:
        await first.close()
        await second.close()
    assert {post.id for post in posts} == {posts[0].id}


async def test_who_follows_the_ids_misses_no_post_of_many_that_come_at_once(
    store_url: str,
) -> None:
    if store_url.startswith("postgresql"):
        await _let_odd_ids_be_slow_to_commit(store_url)
    writers = [await open_ledger(store_url) for _ in range(3)]
    reader = await open_ledger(store_url)
    followed: list[int] = []

    async def follow() -> None:
        while len(followed) < 20:
            followed.extend(await seen(reader, followed[-1] if followed else 0))

    try:
        following = asyncio.create_task(follow())
        added = await asyncio.gather(
            *(writers[i % 3].posts.add(key=f"{i}", post=REMINDER) for i in range(20))
        )
        # A guard against waiting for a post that was passed over.
        await asyncio.wait_for(following, timeout=30)
    finally:
        for ledger in (*writers, reader):
            await ledger.close()
    assert followed == sorted(post.id for post in added)


async def _let_odd_ids_be_slow_to_commit(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        """
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(0.03 * (NEW.id % 2)); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON posts
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()
        """
    )
    await connection.close()
