"""Conflicts in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.conflicts import Conflict, ConflictKind
from domain.booking import BookingCode
from domain.store_row import RecordId
from domain.venue import VenueId
from infrastructure.database.connections import Database
from infrastructure.database.tables import conflicts

_param = sa.bindparam
_c = conflicts.c
# Spelled as in the partial index, or PostgreSQL will not use it.
_is_open = sa.text("conflicts.resolved_at IS NULL")

_LIST = insert(conflicts).on_conflict_do_nothing(index_elements=[_c.id])
_is_this = _c.id == _param("of_id")
_OPEN_AGAIN = sa.update(conflicts).where(_is_this, _c.resolved_at.is_not(None))
_BRING_UP_TO_DATE = sa.update(conflicts).where(_is_this)
_RESOLVE = (
    sa.update(conflicts)
    .where(_is_this, _is_open)
    .values(resolved_at=_param("now", type_=_c.resolved_at.type))
)
_OPEN = (
    sa.select(conflicts)
    .where(_c.venue == _param("venue"), _is_open)
    .order_by(_c.detected_at, _c.id)
)
_OPEN_OF_BOOKING = _OPEN.where(_c.code == _param("code"))


class DatabaseConflicts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(self, *, conflict: Conflict) -> bool:
        return await self._database.write(
            lambda connection: _report(connection, conflict), durable=True
        )

    async def resolve(self, *, id: str, now: datetime) -> bool:
        values = {"of_id": id, "now": now}

        def transaction(connection: sa.Connection) -> bool:
            return connection.execute(_RESOLVE, values).rowcount == 1

        return await self._database.write(transaction)

    async def open_ones(
        self, *, venue: VenueId, code: BookingCode | None = None
    ) -> Sequence[Conflict]:
        statement = _OPEN if code is None else _OPEN_OF_BOOKING
        values = {"venue": venue} if code is None else {"venue": venue, "code": code}

        def transaction(connection: sa.Connection) -> list[Conflict]:
            return [_conflict(row) for row in connection.execute(statement, values)]

        return await self._database.read(transaction)


def _report(connection: sa.Connection, conflict: Conflict) -> bool:
    columns = _columns(conflict)
    if connection.execute(_LIST, columns).rowcount == 1:
        return True
    change = {**columns, "of_id": conflict.id}
    if connection.execute(_OPEN_AGAIN, change).rowcount == 1:
        return True
    del change["detected_at"]  # it has been on the list since it was first seen
    connection.execute(_BRING_UP_TO_DATE, change)
    return False


def _columns(conflict: Conflict) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "venue": conflict.venue,
        "kind": conflict.kind.value,
        "code": conflict.code,
        "record": conflict.record,
        "detail": conflict.detail,
        "draft": conflict.draft,
        "other": conflict.other,
        "detected_at": conflict.detected_at,
        "resolved_at": None,
    }


def _conflict(row: sa.Row[Any]) -> Conflict:
    return Conflict(
        id=row.id,
        venue=VenueId(row.venue),
        kind=ConflictKind(row.kind),
        code=BookingCode(row.code),
        record=None if row.record is None else RecordId(row.record),
        detail=row.detail,
        draft=row.draft,
        other=None if row.other is None else BookingCode(row.other),
        detected_at=row.detected_at,
        resolved_at=row.resolved_at,
    )
