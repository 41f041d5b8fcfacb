"""Day sheets from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from domain.floor import Allocation
from domain.venue import VenueId
from infrastructure.database.claims import LONGEST_CELLS, RELEASED
from infrastructure.database.connections import Database
from infrastructure.database.rows import charges_of, claims_of
from infrastructure.database.tables import allocations, day_revisions

_param = sa.bindparam
_a = allocations.c

_REVISIONS = sa.select(day_revisions.c.utc_day, day_revisions.c.revision).where(
    day_revisions.c.venue == _param("venue"),
    day_revisions.c.utc_day.in_(_param("days", expanding=True)),
)
_ALLOCATIONS = sa.select(_a.id, _a.claims, _a.charges, _a.expires_at, _a.booking).where(
    _a.venue == _param("venue"),
    _a.first_cell > _param("first_cell", type_=sa.BigInteger) - LONGEST_CELLS,
    _a.first_cell < _param("end_cell"),
    _a.end_cell > _param("first_cell"),
    _a.kind != RELEASED,
    sa.or_(_a.expires_at.is_(None), _a.expires_at > _param("now")),
)


class DatabaseDaySheets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def revisions(self, *, venue: VenueId, utc_days: Iterable[int]) -> Mapping[int, int]:
        days = list(utc_days)

        def transaction(connection: sa.Connection) -> dict[int, int]:
            rows = connection.execute(_REVISIONS, {"venue": venue, "days": days})
            return dict.fromkeys(days, 0) | {row.utc_day: row.revision for row in rows}

        return await self._database.read(transaction)

    async def allocations(
        self, *, venue: VenueId, first_cell: int, end_cell: int, now: datetime
    ) -> Sequence[Allocation]:
        values = {"venue": venue, "first_cell": first_cell, "end_cell": end_cell, "now": now}

        def transaction(connection: sa.Connection) -> list[Allocation]:
            return [
                Allocation(
                    id=row.id,
                    claims=claims_of(row.claims),
                    charges=charges_of(row.charges),
                    expires_at=row.expires_at,
                    booking=row.booking,
                )
                for row in connection.execute(_ALLOCATIONS, values)
            ]

        return await self._database.read(transaction)
