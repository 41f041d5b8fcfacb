"""What has lately been going on, read from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from application.ports.activity import TurnFact
from infrastructure.database.connections import Database
from infrastructure.database.tables import conflicts, conversations, turns

_param = sa.bindparam
_c = conversations.c
_t = turns.c

# The answer's receipt as text: it holds figures only, and the rest of the answer is never read.
_RECEIPT = _t.response["receipt"].as_string()
_TURNS = (
    sa.select(
        _t.conversation_id,
        _t.at,
        _t.response["status"].as_string().label("status"),
        _RECEIPT.label("receipt"),
    )
    .join(conversations, _c.id == _t.conversation_id)
    .where(
        _c.updated_at > _param("since", type_=_c.updated_at.type),
        _t.at > _param("since", type_=_t.at.type),
        _t.reply.is_not(None),
    )
    .order_by(_t.conversation_id, _t.number)
    .limit(_param("limit"))
)
# Spelled as in the partial index, or PostgreSQL will not use it.
_OPEN_CONFLICTS = (
    sa.select(conflicts.c.kind, sa.func.count())
    .where(sa.text("conflicts.resolved_at IS NULL"))
    .group_by(conflicts.c.kind)
)


class DatabaseActivity:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def turns_since(self, since: datetime, *, limit: int) -> Sequence[TurnFact]:
        values = {"since": since, "limit": limit}

        def transaction(connection: sa.Connection) -> list[TurnFact]:
            return [_fact(row) for row in connection.execute(_TURNS, values)]

        return await self._database.read(transaction)

    async def open_conflicts(self) -> Mapping[str, int]:
        def transaction(connection: sa.Connection) -> dict[str, int]:
            return {row[0]: row[1] for row in connection.execute(_OPEN_CONFLICTS)}

        return await self._database.read(transaction)


def _fact(row: sa.Row[Any]) -> TurnFact:
    receipt = orjson.loads(row.receipt)
    return TurnFact(
        conversation_id=row.conversation_id,
        at=row.at,
        status=row.status,
        tokens=sum(agent["tokens_in"] + agent["tokens_out"] for agent in receipt["agents"]),
        cost_usd=receipt["cost_usd"],
    )
