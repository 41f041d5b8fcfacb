"""The booking store where no other is configured: the ledger's own bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.booking_store import PutOutcome, PutResult
from domain.booking import Booking, BookingCode
from domain.venue import VenueId
from infrastructure.database.bookings import BETWEEN, by_code, select
from infrastructure.database.connections import Database
from infrastructure.database.rows import booking_columns
from infrastructure.database.tables import bookings

_insert = insert(bookings)
_PUT = _insert.on_conflict_do_update(
    index_elements=[bookings.c.id],
    set_={column.name: _insert.excluded[column.name] for column in bookings.c},
    where=bookings.c.version < _insert.excluded.version,
)
_SAME_CODE = sa.select(bookings.c.id).where(bookings.c.code == sa.bindparam("code"))


class DatabaseBookingStore:
    """Reads what the ledger has written; `put` is for bookings that came from elsewhere."""

    is_ledger = True

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, *, bookings: Sequence[Booking]) -> Sequence[PutResult]:
        def transaction(connection: sa.Connection) -> list[PutResult]:
            return [_put(connection, booking) for booking in bookings]

        return await self._database.write(transaction, durable=True)

    async def get(self, *, code: BookingCode) -> Booking | None:
        return await self._database.read(lambda connection: by_code(connection, code))

    async def between(self, *, venue: VenueId, start: datetime, end: datetime) -> Sequence[Booking]:
        values = {"venue": venue, "from": start, "to": end}
        return await self._database.read(lambda connection: select(connection, BETWEEN, values))


def _put(connection: sa.Connection, booking: Booking) -> PutResult:
    stored = connection.execute(_SAME_CODE, {"code": booking.code}).scalar()
    if stored not in (None, booking.id):
        return PutResult(booking.code, PutOutcome.REFUSED, "another booking has this code")
    connection.execute(_PUT, booking_columns(booking, updated_at=booking.created_at))
    return PutResult(booking.code, PutOutcome.STORED)
