"""Notices in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports.bookings import facts_of
from application.ports.notices import Notice, NoticeKind
from domain.venue import VenueId
from infrastructure.database.connections import Database
from infrastructure.database.rows import booking_of_facts
from infrastructure.database.tables import notices

_param = sa.bindparam
_n = notices.c
# Spelled as in the partial indices, or PostgreSQL will not use them.
_is_untold = sa.text("notices.told_at IS NULL")

_INSERT = sa.insert(notices)
_UNTOLD = (
    sa.select(notices)
    .where(
        _n.venue == _param("venue"),
        sa.or_(
            # What staff typed has no user.
            sa.and_(_n.user_id == _param("user_id"), _param("user_id", type_=sa.Text) != ""),
            sa.and_(_n.phone == _param("phone"), _param("phone", type_=sa.Text) != ""),
        ),
        _is_untold,
    )
    .order_by(_n.id)
)
_FRESH = (
    sa.select(notices)
    .where(_is_untold, _n.id > _param("after"), _n.created_at >= _param("since"))
    .order_by(_n.id)
    .limit(_param("limit"))
)
_said = notices.alias("said")
_TELL = (
    sa.update(notices)
    .where(
        _is_untold,
        sa.exists().where(
            _said.c.id.in_(_param("ids", expanding=True)),
            _said.c.booking == _n.booking,
            _said.c.id >= _n.id,
        ),
    )
    .values(told_at=_param("now", type_=_n.told_at.type))
)


class DatabaseNotices:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self, *, venue: VenueId, user_id: str, phone: str) -> Sequence[Notice]:
        values = {"venue": venue, "user_id": user_id, "phone": phone}

        def transaction(connection: sa.Connection) -> list[Notice]:
            found = [_notice(row) for row in connection.execute(_UNTOLD, values)]
            newest = {notice.booking.id: notice for notice in found}
            return sorted(newest.values(), key=lambda notice: notice.id)

        return await self._database.read(transaction)

    async def fresh(self, *, since: datetime, after: int, limit: int) -> Sequence[Notice]:
        values = {"since": since, "after": after, "limit": limit}

        def transaction(connection: sa.Connection) -> list[Notice]:
            return [_notice(row) for row in connection.execute(_FRESH, values)]

        return await self._database.read(transaction)

    async def told(self, *, ids: Collection[int], now: datetime) -> None:
        if not ids:
            return
        values = {"ids": list(ids), "now": now}
        await self._database.write(lambda connection: connection.execute(_TELL, values))

    async def add(self, *, notice: Notice, now: datetime) -> None:
        await self._database.write(
            lambda connection: add_notice(connection, notice, now), durable=True
        )


def add_notice(connection: sa.Connection, notice: Notice, now: datetime) -> None:
    booking, before = notice.booking, notice.before
    connection.execute(
        _INSERT,
        {
            "kind": notice.kind.value,
            "booking": booking.id,
            "venue": booking.venue,
            "user_id": booking.guest.user_id,
            "phone": booking.guest.phone,
            "facts": facts_of(booking),
            "before": None if before is None else facts_of(before),
            "created_at": now,
            "told_at": None,
        },
    )


def _notice(row: sa.Row[Any]) -> Notice:
    return Notice(
        kind=NoticeKind(row.kind),
        booking=booking_of_facts(row.facts),
        before=None if row.before is None else booking_of_facts(row.before),
        id=row.id,
    )
