"""Rows of `bookings` and lines of `audit`, for the adapters that write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports.bookings import facts_of
from domain.booking import Booking, BookingCode, BookingId
from infrastructure.database.rows import booking_columns, booking_of
from infrastructure.database.tables import audit, bookings

_param = sa.bindparam

_BY_CODE = sa.select(bookings).where(bookings.c.code == _param("code"))
_LOCK_BY_CODE = _BY_CODE.with_for_update()
_BY_ID = sa.select(bookings).where(bookings.c.id == _param("id"))
_LOCK_BY_ID = _BY_ID.with_for_update()
_INSERT = sa.insert(bookings)
_UPDATE = sa.update(bookings).where(bookings.c.id == _param("row"))
_INSERT_AUDIT = sa.insert(audit)


def by_code(connection: sa.Connection, code: BookingCode) -> Booking | None:
    return _one(connection, _BY_CODE, {"code": code})


def by_id(connection: sa.Connection, id: BookingId) -> Booking | None:
    return _one(connection, _BY_ID, {"id": id})


def lock_by_code(connection: sa.Connection, code: BookingCode) -> Booking | None:
    """The booking, which nobody else changes before this transaction ends."""
    return _one(connection, _LOCK_BY_CODE, {"code": code})


def lock_by_id(connection: sa.Connection, id: BookingId) -> Booking | None:
    """The booking, which nobody else changes before this transaction ends."""
    return _one(connection, _LOCK_BY_ID, {"id": id})


def select(
    connection: sa.Connection, statement: sa.Select[Any], values: dict[str, Any]
) -> list[Booking]:
    return [booking_of(row) for row in connection.execute(statement, values).mappings()]


def write(
    connection: sa.Connection, before: Booking | None, after: Booking, *, now: datetime
) -> None:
    """Insert a booking, or update the row of one whose `before` is locked."""
    columns = booking_columns(after, updated_at=now)
    if before is None:
        connection.execute(_INSERT, columns)
    else:
        connection.execute(_UPDATE, {**columns, "row": after.id})


def write_audit(
    connection: sa.Connection,
    action: str,
    before: Booking | None,
    after: Booking,
    *,
    actor: str,
    now: datetime,
) -> None:
    connection.execute(
        _INSERT_AUDIT,
        {
            "at": now,
            "actor": actor,
            "action": action,
            "code": after.code,
            "before": None if before is None else facts_of(before),
            "after": facts_of(after),
        },
    )


def _one(
    connection: sa.Connection, statement: sa.Select[Any], values: dict[str, Any]
) -> Booking | None:
    row = connection.execute(statement, values).mappings().first()
    return None if row is None else booking_of(row)
