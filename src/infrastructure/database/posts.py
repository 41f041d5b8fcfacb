"""Posts in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.posts import Author, Post
from domain.venue import VenueId
from infrastructure.database import claims
from infrastructure.database.connections import Database
from infrastructure.database.tables import posts

MOST = 100
"""Posts that `after` gives at once."""

_param = sa.bindparam
_p = posts.c

_ADD = insert(posts).on_conflict_do_nothing(index_elements=[_p.key]).returning(_p.id)
_BY_KEY = sa.select(posts).where(_p.key == _param("of_key"))
_AFTER = (
    sa.select(posts)
    .where(_p.venue == _param("venue"), _p.user_id == _param("user_id"), _p.id > _param("after"))
    .order_by(_p.id)
    .limit(MOST)
)
_OF_CONVERSATION = (
    sa.select(posts).where(_p.conversation_id == _param("conversation_id")).order_by(_p.id)
)
_LATEST = sa.select(sa.func.coalesce(sa.func.max(_p.id), 0))


class DatabasePosts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, key: str, post: Post) -> Post:
        def transaction(connection: sa.Connection) -> Post:
            # One after the other: an id that is numbered first and committed last would be missed
            # by whoever has seen the next one already.
            claims.lock(connection, "posts")
            id = connection.execute(_ADD, {"key": key, **_columns(post)}).scalar()
            if id is not None:
                return replace(post, id=id)
            return _post(connection.execute(_BY_KEY, {"of_key": key}).one())

        return await self._database.write(transaction, durable=True)

    async def after(self, *, venue: VenueId, user_id: str, id: int) -> Sequence[Post]:
        return await self._select(_AFTER, {"venue": venue, "user_id": user_id, "after": id})

    async def of_conversation(self, *, conversation_id: str) -> Sequence[Post]:
        return await self._select(_OF_CONVERSATION, {"conversation_id": conversation_id})

    async def latest(self) -> int:
        return await self._database.read(
            lambda connection: int(connection.execute(_LATEST).scalar_one())
        )

    async def _select(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[Post]:
        def transaction(connection: sa.Connection) -> list[Post]:
            return [_post(row) for row in connection.execute(statement, values)]

        return await self._database.read(transaction)


def _columns(post: Post) -> dict[str, Any]:
    return {
        "venue": post.venue,
        "user_id": post.user_id,
        "conversation_id": post.conversation_id,
        "author": post.author.value,
        "text": post.text,
        "card": post.card,
        "at": post.at,
    }


def _post(row: sa.Row[Any]) -> Post:
    return Post(
        venue=VenueId(row.venue),
        user_id=row.user_id,
        author=Author(row.author),
        text=row.text,
        at=row.at,
        conversation_id=row.conversation_id,
        card=row.card,
        id=row.id,
    )
