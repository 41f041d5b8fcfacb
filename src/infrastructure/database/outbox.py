"""The outbox in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.notices import Notice, NoticeKind
from application.ports.outbox import Backlog, Waiting
from domain.booking import UNCONFIRMED, Booking, BookingCode, BookingId, BookingStatus
from domain.store_row import StoreRow
from infrastructure.database import booking_rows
from infrastructure.database.connections import Database
from infrastructure.database.leases import check_fence
from infrastructure.database.notices import add_notice
from infrastructure.database.rows import booking_of
from infrastructure.database.store_rows import note_row, rows_of
from infrastructure.database.tables import bookings, outbox

_param = sa.bindparam
_o = outbox.c
_is_this = _o.booking == _param("of_booking")

_insert = insert(outbox)
_QUEUE = _insert.on_conflict_do_update(
    index_elements=[_o.booking],
    set_={name: _insert.excluded[name] for name in ("version", "due", "tries")},
)
_TOLD_RECEIVED = sa.select(_o.told_received).where(_is_this)
_TELL_RECEIVED = sa.update(outbox).where(_is_this).values(told_received=_param("told"))
_TAKE_OFF = sa.delete(outbox).where(_is_this)
_POSTPONE = (
    sa.update(outbox)
    .where(_is_this)
    .values(due=_param("until", type_=_o.due.type), tries=_o.tries + 1)
)
_WAITING = (
    sa.select(bookings, _o.since, _o.tries)
    .join(outbox, _o.booking == bookings.c.id)
    .where(_o.due <= _param("now"))
    .order_by(_o.since, bookings.c.code)
    .limit(_param("limit"))
)
_BACKLOG = sa.select(sa.func.count(), sa.func.min(_o.since)).select_from(outbox)


class DatabaseOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, *, limit: int, now: datetime) -> Sequence[Waiting]:
        values = {"limit": limit, "now": now}
        return await self._database.read(lambda connection: _waiting(connection, values))

    async def settle(
        self, *, booking: BookingId, version: int, row: StoreRow, fence: int, now: datetime
    ) -> Booking | None:
        def transaction(connection: sa.Connection) -> Booking | None:
            check_fence(connection, fence)
            before = booking_rows.lock_by_id(connection, booking)
            if before is None:
                return None
            note_row(connection, row, booking)
            if before.version != version:
                return before
            return _settled(connection, before, now)

        return await self._database.write(transaction, durable=True)

    async def postpone(
        self,
        *,
        booking: BookingId,
        until: datetime,
        fence: int,
        now: datetime,  # noqa: ARG002  # the port's; no lease is judged by the clock here
    ) -> None:
        def transaction(connection: sa.Connection) -> None:
            check_fence(connection, fence)
            connection.execute(_POSTPONE, {"of_booking": booking, "until": until})

        await self._database.write(transaction)

    async def pending(self, *, booking: BookingId) -> bool:
        return await self._database.read(
            lambda connection: _told_received(connection, booking) is not None
        )

    async def defer(self, *, code: BookingCode, now: datetime) -> Booking | None:
        def transaction(connection: sa.Connection) -> Booking | None:
            before = booking_rows.lock_by_code(connection, code)
            if before is None or _told_received(connection, before.id) is None:
                return before
            connection.execute(_TELL_RECEIVED, {"of_booking": before.id, "told": True})
            if before.status is not BookingStatus.CONFIRMING:
                return before
            return _with_status(connection, before, BookingStatus.RECEIVED, now)

        return await self._database.write(transaction, durable=True)

    async def backlog(self) -> Backlog:
        def transaction(connection: sa.Connection) -> Backlog:
            waiting, oldest = connection.execute(_BACKLOG).one()
            return Backlog(waiting=waiting, oldest=oldest)

        return await self._database.read(transaction)


def queue(connection: sa.Connection, booking: Booking, *, now: datetime) -> None:
    """Put a booking that was just changed, and is locked, on the outbox."""
    connection.execute(
        _QUEUE,
        {
            "booking": booking.id,
            "version": booking.version,
            "since": now,
            "due": now,
            "tries": 0,
            "told_received": False,
        },
    )


def leave(connection: sa.Connection, booking: BookingId) -> None:
    """The row is gone, and the booking with it: there is nothing to put any more."""
    connection.execute(_TAKE_OFF, {"of_booking": booking})


def owe_nothing(connection: sa.Connection, booking: BookingId) -> None:
    """A guest who was told "received" hears the outcome in another way."""
    connection.execute(_TELL_RECEIVED, {"of_booking": booking, "told": False})


def take_over(
    connection: sa.Connection,
    booking: Booking,
    *,
    queued: bool,
    notices: Sequence[Notice],
    now: datetime,
) -> None:
    """What the store is to have, and the guest to hear, once staff have decided about a booking.

    Notices that come with the decision are the outcome for a guest who was told "received".
    """
    for notice in notices:
        add_notice(connection, notice, now)
    if queued:
        queue(connection, booking, now=now)
        if notices:
            owe_nothing(connection, booking.id)
    else:
        _take_off(connection, booking, owed=not notices, now=now)


def _waiting(connection: sa.Connection, values: dict[str, Any]) -> list[Waiting]:
    found = connection.execute(_WAITING, values).mappings().all()
    seen = rows_of(connection, [BookingId(row["id"]) for row in found])
    return [
        Waiting(
            booking=booking_of(row),
            seen=seen.get(BookingId(row["id"])),
            since=row["since"],
            tries=row["tries"],
        )
        for row in found
    ]


def _settled(connection: sa.Connection, before: Booking, now: datetime) -> Booking:
    after = before
    if before.status in UNCONFIRMED:
        after = _with_status(connection, before, BookingStatus.CONFIRMED, now)
    _take_off(connection, after, owed=True, now=now)
    return after


def _take_off(connection: sa.Connection, booking: Booking, *, owed: bool, now: datetime) -> None:
    """The store has the booking; `owed`: a guest who was told "received" has to hear of it."""
    told_received = _told_received(connection, booking.id)
    connection.execute(_TAKE_OFF, {"of_booking": booking.id})
    kind = _outcome(booking)
    if told_received and owed and kind is not None:
        add_notice(connection, Notice(kind, booking), now)


def _outcome(booking: Booking) -> NoticeKind | None:
    match booking.status:
        case BookingStatus.CONFIRMED:
            return NoticeKind.CONFIRMED
        case BookingStatus.CANCELLED:
            return NoticeKind.CANCELLATION_STORED
        case _:
            return None  # they have come, or have not: nobody waits for an answer any more


def _with_status(
    connection: sa.Connection, before: Booking, status: BookingStatus, now: datetime
) -> Booking:
    """The store's answer, or its silence, is no change of the booking: its version stays."""
    after = replace(before, status=status)
    booking_rows.write(connection, before, after, now=now)
    booking_rows.write_audit(connection, status.value, before, after, actor="engine", now=now)
    return after


def _told_received(connection: sa.Connection, booking: BookingId) -> bool | None:
    """Whether the guest was told "received"; None where the booking is not on the outbox."""
    return connection.execute(_TOLD_RECEIVED, {"of_booking": booking}).scalar()
