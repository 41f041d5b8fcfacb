"""Bookings in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from application.ports.bookings import AuditEntry, Once, facts_of
from application.ports.notices import notice_of
from domain.booking import OPEN, Booking, BookingCode, BookingStatus, check_transition
from domain.errors import (
    BookingChanged,
    BookingNotFound,
    IllegalTransition,
    KeyReused,
    TooManyBookings,
)
from domain.floor import Placement
from domain.venue import VenueId
from infrastructure.database import booking_rows, claims, outbox
from infrastructure.database.connections import Database
from infrastructure.database.errors import TryAgain
from infrastructure.database.notices import add_notice
from infrastructure.database.rows import booking_of_facts
from infrastructure.database.tables import audit, bookings, idempotency

Change = Callable[[sa.Connection], Booking]

_param = sa.bindparam
_b = bookings.c
_is_open = _b.status.in_([status.value for status in OPEN])

_OPEN_COUNT = sa.select(sa.func.count()).where(
    _b.venue == _param("venue"), _b.user_id == _param("user_id"), _is_open, _b.end > _param("now")
)
_OF_GUEST = (
    sa.select(bookings)
    .where(
        _b.venue == _param("venue"),
        sa.or_(
            _b.user_id == _param("user_id"),
            sa.and_(_b.phone == _param("phone"), _param("phone", type_=sa.Text) != ""),
        ),
        _is_open,
        _b.end > _param("since"),
    )
    .order_by(_b.start, _b.code)
)
_BETWEEN = (
    sa.select(bookings)
    .where(_b.venue == _param("venue"), _b.start >= _param("from"), _b.start < _param("to"))
    .order_by(_b.start, _b.code)
)
_BETWEEN_WITH_STATUS = _BETWEEN.where(_b.status == _param("status"))
_VERSIONS = sa.select(sa.func.coalesce(sa.func.sum(_b.version), 0)).where(
    _b.venue == _param("venue"), _b.start >= _param("from"), _b.start < _param("to")
)
_RECALL = sa.select(idempotency.c.fingerprint, idempotency.c.result).where(
    idempotency.c.key == _param("key")
)
_REMEMBER = insert(idempotency).on_conflict_do_nothing(index_elements=[idempotency.c.key])
_WRITTEN_BY = (
    sa.select(idempotency.c.result)
    .where(
        idempotency.c.conversation_id == _param("conversation_id"),
        idempotency.c.turn == _param("turn"),
    )
    .order_by(idempotency.c.seq)
)
_AUDIT = sa.select(audit).where(audit.c.code == _param("code")).order_by(audit.c.seq)


class DatabaseBookings:
    """With `queues_for_store` every change also goes on the outbox, and a booking that moves waits
    for the store's answer again."""

    def __init__(self, database: Database, *, queues_for_store: bool = False) -> None:
        self._database = database
        self._queues_for_store = queues_for_store

    async def book(
        self,
        *,
        booking: Booking,
        placement: Placement,
        hold_id: str | None,
        limit: int,
        once: Once,
        actor: str,
        now: datetime,
    ) -> Booking:
        def change(connection: sa.Connection) -> Booking:
            claims.lock(connection, claims.guest_lock(booking.venue, booking.guest.user_id))
            known = _recall(connection, once)
            if known is not None:
                return known
            _check_limit(connection, booking, limit=limit, now=now)
            _claim(connection, booking, placement, hold_id=hold_id, now=now)
            self._write(connection, "booked", None, booking, once=once, actor=actor, now=now)
            return booking

        return await self._change(change, now)

    async def move(
        self,
        *,
        changed: Booking,
        placement: Placement,
        hold_id: str | None,
        once: Once,
        actor: str,
        now: datetime,
    ) -> Booking:
        def change(connection: sa.Connection) -> Booking:
            before = _lock(connection, changed.code)
            known = _recall(connection, once)
            if known is not None:
                return known
            if not before.is_open:
                raise IllegalTransition(before=before.status, after="moved")
            if before.version != changed.version:
                raise BookingChanged
            after = _moved(before, changed)
            if self._queues_for_store and after.status is BookingStatus.CONFIRMED:
                after = replace(after, status=BookingStatus.CONFIRMING)
            _claim(connection, after, placement, hold_id=hold_id, now=now)
            self._write(connection, "moved", before, after, once=once, actor=actor, now=now)
            return after

        return await self._change(change, now)

    async def set_status(
        self,
        *,
        code: BookingCode,
        status: BookingStatus,
        version: int | None,
        once: Once | None,
        actor: str,
        now: datetime,
    ) -> Booking:
        def change(connection: sa.Connection) -> Booking:
            before = _lock(connection, code)
            known = _recall(connection, once)
            if known is not None:
                return known
            if before.status is status:
                _remember(connection, once, before, now)
                return before
            if version is not None and version != before.version:
                raise BookingChanged
            check_transition(before.status, status)
            after = replace(before, status=status, version=before.version + 1)
            _follow_status(connection, before, after, now)
            self._write(connection, status.value, before, after, once=once, actor=actor, now=now)
            return after

        return await self._change(change, now)

    async def edit(
        self, *, changed: Booking, once: Once | None, actor: str, now: datetime
    ) -> Booking:
        def change(connection: sa.Connection) -> Booking:
            before = _lock(connection, changed.code)
            known = _recall(connection, once)
            if known is not None:
                return known
            if before.version != changed.version:
                raise BookingChanged
            after = replace(
                before, guest=changed.guest, notes=changed.notes, version=before.version + 1
            )
            self._write(connection, "edited", before, after, once=once, actor=actor, now=now)
            return after

        return await self._change(change, now)

    async def recall(self, *, once: Once) -> Booking | None:
        return await self._database.read(lambda connection: _recall(connection, once))

    async def get(self, *, code: BookingCode) -> Booking | None:
        return await self._database.read(lambda connection: booking_rows.by_code(connection, code))

    async def of_guest(
        self, *, venue: VenueId, user_id: str, phone: str, since: datetime
    ) -> Sequence[Booking]:
        values = {"venue": venue, "user_id": user_id, "phone": phone, "since": since}
        return await self._read_all(_OF_GUEST, values)

    async def between(
        self,
        *,
        venue: VenueId,
        start: datetime,
        end: datetime,
        status: BookingStatus | None = None,
    ) -> Sequence[Booking]:
        values = {"venue": venue, "from": start, "to": end}
        if status is None:
            return await self._read_all(_BETWEEN, values)
        return await self._read_all(_BETWEEN_WITH_STATUS, {**values, "status": status.value})

    async def versions(self, *, venue: VenueId, start: datetime, end: datetime) -> int:
        values = {"venue": venue, "from": start, "to": end}
        return await self._database.read(
            lambda connection: int(connection.execute(_VERSIONS, values).scalar_one())
        )

    async def written_by(self, *, conversation_id: str, turn: int) -> Sequence[Booking]:
        def transaction(connection: sa.Connection) -> list[Booking]:
            values = {"conversation_id": conversation_id, "turn": turn}
            results = connection.execute(_WRITTEN_BY, values).scalars()
            return [booking_of_facts(facts) for facts in results]

        return await self._database.read(transaction)

    async def audit(self, *, code: BookingCode) -> Sequence[AuditEntry]:
        def transaction(connection: sa.Connection) -> list[AuditEntry]:
            rows = connection.execute(_AUDIT, {"code": code})
            return [
                AuditEntry(
                    at=row.at,
                    actor=row.actor,
                    action=row.action,
                    code=BookingCode(row.code),
                    before=row.before,
                    after=row.after,
                )
                for row in rows
            ]

        return await self._database.read(transaction)

    def _write(
        self,
        connection: sa.Connection,
        action: str,
        before: Booking | None,
        after: Booking,
        *,
        once: Once | None,
        actor: str,
        now: datetime,
    ) -> None:
        booking_rows.write(connection, before, after, now=now)
        _remember(connection, once, after, now)
        booking_rows.write_audit(connection, action, before, after, actor=actor, now=now)
        if before is not None and actor == "staff" and after.start > now:
            notice = notice_of(before, after)
            if notice is not None:
                add_notice(connection, notice, now)
        if self._queues_for_store:
            outbox.queue(connection, after, now=now)
            if not after.is_live and actor != "guest":
                # Whoever ended it tells the guest why.
                outbox.owe_nothing(connection, after.id)

    async def _change(self, change: Change, now: datetime) -> Booking:
        return await claims.write_past_lapsed(self._database, change, now=now, durable=True)

    async def _read_all(
        self, statement: sa.Select[Any], values: dict[str, Any]
    ) -> Sequence[Booking]:
        return await self._database.read(
            lambda connection: booking_rows.select(connection, statement, values)
        )


def _lock(connection: sa.Connection, code: BookingCode) -> Booking:
    booking = booking_rows.lock_by_code(connection, code)
    if booking is None:
        raise BookingNotFound
    return booking


def _check_limit(connection: sa.Connection, booking: Booking, *, limit: int, now: datetime) -> None:
    values = {"venue": booking.venue, "user_id": booking.guest.user_id, "now": now}
    if connection.execute(_OPEN_COUNT, values).scalar_one() >= limit:
        raise TooManyBookings(limit=limit)


def _claim(
    connection: sa.Connection,
    booking: Booking,
    placement: Placement,
    *,
    hold_id: str | None,
    now: datetime,
    keep_pacing: bool = True,
) -> None:
    """Give a booking its claims: on what it has already, on its hold's, and on fresh cells."""
    own = [booking.id] if hold_id is None else [booking.id, hold_id]
    view = claims.claimable(connection, venue=booking.venue, placement=placement, own=own, now=now)
    claims.claim(
        connection,
        venue=booking.venue,
        placement=placement,
        own=view.own,
        columns=claims.columns_of(booking),
        now=now,
        keep_pacing=keep_pacing,
    )


def _moved(before: Booking, changed: Booking) -> Booking:
    retimed = (before.start, before.end) != (changed.start, changed.end)
    return replace(
        changed,
        id=before.id,
        venue=before.venue,
        status=before.status,
        created_at=before.created_at,
        version=before.version + 1,
        sequence=before.sequence + retimed,
    )


def _follow_status(
    connection: sa.Connection, before: Booking, after: Booking, now: datetime
) -> None:
    """Free the claims of a booking that ends, or claim again for one that comes back to life."""
    if before.is_live == after.is_live:
        return
    allocation = claims.lock_own(connection, before.id)
    if allocation is None:
        return
    if after.is_live:
        # They are sitting there: pacing has nothing to say any more.
        placement = allocation.placement
        _claim(connection, after, placement, hold_id=None, now=now, keep_pacing=False)
    else:
        claims.give_back(connection, allocation, for_good=False)


def _recall(connection: sa.Connection, once: Once | None) -> Booking | None:
    if once is None:
        return None
    row = connection.execute(_RECALL, {"key": once.key}).first()
    if row is None:
        return None
    if row.fingerprint != once.fingerprint:
        raise KeyReused
    return booking_of_facts(row.result)


def _remember(connection: sa.Connection, once: Once | None, result: Booking, now: datetime) -> None:
    if once is None:
        return
    written = connection.execute(
        _REMEMBER,
        {
            "key": once.key,
            "fingerprint": once.fingerprint,
            "conversation_id": once.conversation_id,
            "turn": once.turn,
            "result": facts_of(result),
            "created_at": now,
        },
    )
    if written.rowcount == 0:
        raise TryAgain  # the same key was used a moment ago: recall it
