"""The mirror of the booking store in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports.mirror import Known
from application.ports.notices import Notice
from domain.booking import OPEN, Booking, BookingCode, BookingId
from domain.errors import BookingChanged
from domain.floor import Placement
from domain.store_row import RecordId, StoreRow
from domain.venue import VenueId
from infrastructure.database import booking_rows, claims, outbox
from infrastructure.database.connections import Database
from infrastructure.database.leases import check_fence
from infrastructure.database.rows import store_row_of
from infrastructure.database.store_rows import note_row
from infrastructure.database.tables import bookings, mirror

# Well below the 32,766 values that one statement of SQLite may have.
_RECORDS_AT_ONCE = 1000

_param = sa.bindparam
_m = mirror.c

_KNOWN = sa.select(mirror).where(_m.record.in_(_param("records", expanding=True)))
_KNOWN_BETWEEN = sa.select(mirror).where(_m.start >= _param("from"), _m.start < _param("to"))
_RECORD_OF = sa.select(sa.func.min(_m.record)).where(_m.booking == _param("of_booking"))
_BOOKING_OF = sa.select(_m.booking).where(_m.record == _param("of_record"))
_FORGET = sa.delete(mirror).where(_m.record == _param("of_record"))
_OPEN_FROM = (
    sa.select(bookings)
    .where(
        bookings.c.venue == _param("venue"),
        bookings.c.start >= _param("from"),
        bookings.c.status.in_([status.value for status in OPEN]),
    )
    .order_by(bookings.c.start, bookings.c.code)
)


class DatabaseMirror:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, *, records: Collection[RecordId]) -> Mapping[RecordId, Known]:
        wanted = list(records)

        def transaction(connection: sa.Connection) -> dict[RecordId, Known]:
            found: dict[RecordId, Known] = {}
            for at in range(0, len(wanted), _RECORDS_AT_ONCE):
                values = {"records": wanted[at : at + _RECORDS_AT_ONCE]}
                found |= _by_record(connection.execute(_KNOWN, values))
            return found

        return await self._database.read(transaction)

    async def known_between(self, *, start: datetime, end: datetime) -> Mapping[RecordId, Known]:
        values = {"from": start, "to": end}
        return await self._database.read(
            lambda connection: _by_record(connection.execute(_KNOWN_BETWEEN, values))
        )

    async def record_of(self, *, booking: BookingId) -> RecordId | None:
        def transaction(connection: sa.Connection) -> RecordId | None:
            record = connection.execute(_RECORD_OF, {"of_booking": booking}).scalar()
            return None if record is None else RecordId(record)

        return await self._database.read(transaction)

    async def booking(self, *, id: BookingId) -> Booking | None:
        return await self._database.read(lambda connection: booking_rows.by_id(connection, id))

    async def note(self, *, row: StoreRow, booking: BookingId | None, fence: int) -> None:
        def transaction(connection: sa.Connection) -> None:
            check_fence(connection, fence)
            note_row(connection, row, booking)

        await self._database.write(transaction)

    async def adopt(
        self,
        *,
        row: StoreRow,
        booking: Booking,
        placement: Placement,
        expected: int | None,
        queue: bool,
        notices: Sequence[Notice],
        fence: int,
        now: datetime,
    ) -> Sequence[BookingCode]:
        def transaction(connection: sa.Connection) -> list[BookingCode]:
            check_fence(connection, fence)
            before = booking_rows.lock_by_id(connection, booking.id)
            if expected != (None if before is None else before.version):
                raise BookingChanged
            _seat(connection, booking, placement)
            booking_rows.write(connection, before, booking, now=now)
            action = _action(before, booking)
            booking_rows.write_audit(connection, action, before, booking, actor="staff", now=now)
            note_row(connection, row, booking.id)
            outbox.take_over(connection, booking, queued=queue, notices=notices, now=now)
            return claims.sharing(connection, booking.id)

        return await self._database.write(transaction, durable=True)

    async def forget(self, *, record: RecordId, fence: int) -> None:
        def transaction(connection: sa.Connection) -> None:
            check_fence(connection, fence)
            booking = connection.execute(_BOOKING_OF, {"of_record": record}).scalar()
            connection.execute(_FORGET, {"of_record": record})
            if booking is not None:
                outbox.leave(connection, BookingId(booking))

        await self._database.write(transaction)

    async def shared_with(self, *, booking: BookingId) -> Sequence[BookingCode]:
        return await self._database.read(lambda connection: claims.sharing(connection, booking))

    async def open_from(self, *, venue: VenueId, start: datetime) -> Sequence[Booking]:
        values = {"venue": venue, "from": start}
        return await self._database.read(
            lambda connection: booking_rows.select(connection, _OPEN_FROM, values)
        )


def _seat(connection: sa.Connection, booking: Booking, placement: Placement) -> None:
    """Give a live booking its claims whatever is in the way; take them from any other."""
    seat = claims.claim_by_force if booking.is_live else claims.keep_released
    seat(
        connection,
        venue=booking.venue,
        placement=placement,
        own=booking.id,
        columns=claims.columns_of(booking),
    )


def _action(before: Booking | None, after: Booking) -> str:
    """What the audit trail calls it."""
    if before is None:
        return "booked"
    if after.is_live and _place(before) != _place(after):
        return "moved"
    return "edited" if before.status is after.status else after.status.value


def _place(booking: Booking) -> tuple[object, ...]:
    return booking.start, booking.end, booking.party_size, booking.resources


def _by_record(rows: Iterable[sa.Row[Any]]) -> dict[RecordId, Known]:
    return {
        RecordId(row.record): Known(
            row=store_row_of(row.row),
            booking=None if row.booking is None else BookingId(row.booking),
        )
        for row in rows
    }
