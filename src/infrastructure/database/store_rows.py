"""Rows of the booking store as the ledger remembers them, for the outbox and the mirror."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from domain.booking import BookingId
from domain.store_row import StoreRow
from infrastructure.database.rows import store_row_facts, store_row_of
from infrastructure.database.tables import mirror

_m = mirror.c

_insert = insert(mirror)
_NOTE = _insert.on_conflict_do_update(
    index_elements=[_m.record],
    set_={name: _insert.excluded[name] for name in ("booking", "start", "row")},
)
_SEEN = (
    sa.select(_m.booking, _m.row)
    .where(_m.booking.in_(sa.bindparam("bookings", expanding=True)))
    .order_by(_m.record.desc())
)


def note_row(connection: sa.Connection, row: StoreRow, booking: BookingId | None) -> None:
    columns: dict[str, Any] = {
        "record": row.record,
        "booking": booking,
        "start": row.start,
        "row": store_row_facts(row),
    }
    connection.execute(_NOTE, columns)


def rows_of(
    connection: sa.Connection, bookings: Collection[BookingId]
) -> dict[BookingId, StoreRow]:
    """The row of each booking that has one; should it have several, the first by record."""
    found = connection.execute(_SEEN, {"bookings": list(bookings)})
    return {BookingId(each.booking): store_row_of(each.row) for each in found}
