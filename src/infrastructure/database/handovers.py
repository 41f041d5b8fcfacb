"""Handovers in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.handovers import Handover, HandoverReason
from domain.venue import VenueId
from infrastructure.database.connections import Database
from infrastructure.database.tables import handovers

_param = sa.bindparam
_h = handovers.c
# Spelled as in the partial index, or PostgreSQL will not use it.
_is_open = sa.text("handovers.handed_back_at IS NULL")

_OPEN = insert(handovers).on_conflict_do_nothing(
    index_elements=[_h.conversation_id], index_where=sa.text("handed_back_at IS NULL")
)
_is_of_this = sa.and_(_h.conversation_id == _param("of_conversation"), _is_open)
_now = _param("now", type_=_h.since.type)
# Who took it first has had it since then.
_TAKE = (
    sa.update(handovers)
    .where(_is_of_this)
    .values(taken_at=sa.func.coalesce(_h.taken_at, _now))
    .returning(handovers)
)
_HAND_BACK = sa.update(handovers).where(_is_of_this).values(handed_back_at=_now)
_OF = sa.select(handovers).where(_is_of_this)
_OPEN_ONES = (
    sa.select(handovers).where(_h.venue == _param("venue"), _is_open).order_by(_h.since, _h.id)
)


class DatabaseHandovers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, *, handover: Handover) -> bool:
        columns = {
            "conversation_id": handover.conversation_id,
            "venue": handover.venue,
            "user_id": handover.user_id,
            "channel": handover.channel,
            "reason": handover.reason.value,
            "since": handover.since,
            "taken_at": handover.taken_at,
        }

        def transaction(connection: sa.Connection) -> bool:
            return connection.execute(_OPEN, columns).rowcount == 1

        # Durable: the guest is told that somebody will see to it.
        return await self._database.write(transaction, durable=True)

    async def take(self, *, conversation_id: str, now: datetime) -> Handover | None:
        values = {"of_conversation": conversation_id, "now": now}

        def transaction(connection: sa.Connection) -> Handover | None:
            row = connection.execute(_TAKE, values).first()
            return None if row is None else _handover(row)

        return await self._database.write(transaction)

    async def hand_back(self, *, conversation_id: str, now: datetime) -> bool:
        values = {"of_conversation": conversation_id, "now": now}

        def transaction(connection: sa.Connection) -> bool:
            return connection.execute(_HAND_BACK, values).rowcount == 1

        return await self._database.write(transaction)

    async def of(self, *, conversation_id: str) -> Handover | None:
        found = await self._select(_OF, {"of_conversation": conversation_id})
        return found[0] if found else None

    async def open_ones(self, *, venue: VenueId) -> Sequence[Handover]:
        return await self._select(_OPEN_ONES, {"venue": venue})

    async def _select(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[Handover]:
        def transaction(connection: sa.Connection) -> list[Handover]:
            return [_handover(row) for row in connection.execute(statement, values)]

        return await self._database.read(transaction)


def _handover(row: sa.Row[Any]) -> Handover:
    return Handover(
        conversation_id=row.conversation_id,
        venue=VenueId(row.venue),
        user_id=row.user_id,
        channel=row.channel,
        reason=HandoverReason(row.reason),
        since=row.since,
        taken_at=row.taken_at,
    )
