"""Bookings in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from application.ports.bookings import AuditEntry, Once, facts_of
from domain.booking import Booking, BookingCode, BookingId, BookingStatus, check_transition
from domain.errors import (
    BookingChanged,
    BookingNotFound,
    IllegalTransition,
    KeyReused,
    TooManyBookings,
)
from domain.floor import Placement
from domain.venue import VenueId
from infrastructure.memory.floor import Floor, Kept


@dataclass(frozen=True, slots=True)
class _Remembered:
    once: Once
    result: Booking


class MemoryBookings:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.rows: dict[BookingCode, Booking] = {}
        """By code. The booking store of `MemoryLedger` reads and writes the same rows."""
        self._released: dict[BookingId, Kept] = {}
        self._remembered: dict[str, _Remembered] = {}
        self._trail: list[AuditEntry] = []

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
        known = self._recall(once)
        if known is not None:
            return known
        guest = (booking.venue, booking.guest.user_id)
        to_come = [
            other
            for other in self.rows.values()
            if (other.venue, other.guest.user_id) == guest and other.is_open and other.end > now
        ]
        if len(to_come) >= limit:
            raise TooManyBookings(limit=limit)
        self._claim(booking, placement, hold_id=hold_id, now=now)
        self._record("booked", None, booking, once=once, actor=actor, now=now)
        return booking

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
        before = self._require(changed.code)
        known = self._recall(once)
        if known is not None:
            return known
        if not before.is_open:
            raise IllegalTransition(before=before.status, after="moved")
        if before.version != changed.version:
            raise BookingChanged
        retimed = (before.start, before.end) != (changed.start, changed.end)
        after = replace(
            changed,
            id=before.id,
            venue=before.venue,
            status=before.status,
            created_at=before.created_at,
            version=before.version + 1,
            sequence=before.sequence + retimed,
        )
        self._claim(after, placement, hold_id=hold_id, now=now)
        self._record("moved", before, after, once=once, actor=actor, now=now)
        return after

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
        before = self._require(code)
        known = self._recall(once)
        if known is not None:
            return known
        if before.status is status:
            self._remember(once, before)
            return before
        if version is not None and version != before.version:
            raise BookingChanged
        check_transition(before.status, status)
        after = replace(before, status=status, version=before.version + 1)
        self._follow_status(before, after, now)
        self._record(status.value, before, after, once=once, actor=actor, now=now)
        return after

    async def edit(
        self, *, changed: Booking, once: Once | None, actor: str, now: datetime
    ) -> Booking:
        before = self._require(changed.code)
        known = self._recall(once)
        if known is not None:
            return known
        if before.version != changed.version:
            raise BookingChanged
        after = replace(
            before, guest=changed.guest, notes=changed.notes, version=before.version + 1
        )
        self._record("edited", before, after, once=once, actor=actor, now=now)
        return after

    async def recall(self, *, once: Once) -> Booking | None:
        return self._recall(once)

    async def get(self, *, code: BookingCode) -> Booking | None:
        return self.rows.get(code)

    async def of_guest(
        self, *, venue: VenueId, user_id: str, phone: str, since: datetime
    ) -> Sequence[Booking]:
        return _by_start(
            booking
            for booking in self.rows.values()
            if booking.venue == venue
            and booking.is_open
            and booking.end > since
            and (booking.guest.user_id == user_id or (phone and booking.guest.phone == phone))
        )

    async def between(
        self,
        *,
        venue: VenueId,
        start: datetime,
        end: datetime,
        status: BookingStatus | None = None,
    ) -> Sequence[Booking]:
        return _by_start(
            booking
            for booking in self.rows.values()
            if booking.venue == venue
            and start <= booking.start < end
            and status in (None, booking.status)
        )

    async def versions(self, *, venue: VenueId, start: datetime, end: datetime) -> int:
        return sum(each.version for each in await self.between(venue=venue, start=start, end=end))

    async def written_by(self, *, conversation_id: str, turn: int) -> Sequence[Booking]:
        return [
            remembered.result
            for remembered in self._remembered.values()
            if (remembered.once.conversation_id, remembered.once.turn) == (conversation_id, turn)
        ]

    async def audit(self, *, code: BookingCode) -> Sequence[AuditEntry]:
        return [entry for entry in self._trail if entry.code == code]

    def has_written(self, conversation_id: str, turn: int) -> bool:
        return any(
            (remembered.once.conversation_id, remembered.once.turn) == (conversation_id, turn)
            for remembered in self._remembered.values()
        )

    def _require(self, code: BookingCode) -> Booking:
        booking = self.rows.get(code)
        if booking is None:
            raise BookingNotFound
        return booking

    def _claim(
        self,
        booking: Booking,
        placement: Placement,
        *,
        hold_id: str | None,
        now: datetime,
        keep_pacing: bool = True,
    ) -> None:
        wanted = Kept(booking.id, booking.venue, placement, booking=booking.code)
        own = [booking.id] if hold_id is None else [booking.id, hold_id]
        self._floor.take(wanted, own=own, now=now, keep_pacing=keep_pacing)

    def _follow_status(self, before: Booking, after: Booking, now: datetime) -> None:
        if before.is_live and not after.is_live and before.id in self._floor.kept:
            self._released[before.id] = self._floor.kept[before.id]
            self._floor.remove(before.id)
        elif after.is_live and not before.is_live and before.id in self._released:
            placement = self._released[before.id].placement
            self._claim(after, placement, hold_id=None, now=now, keep_pacing=False)
            del self._released[before.id]

    def _recall(self, once: Once | None) -> Booking | None:
        if once is None or once.key not in self._remembered:
            return None
        remembered = self._remembered[once.key]
        if remembered.once.fingerprint != once.fingerprint:
            raise KeyReused
        return remembered.result

    def _remember(self, once: Once | None, result: Booking) -> None:
        if once is not None:
            self._remembered[once.key] = _Remembered(once, result)

    def _record(
        self,
        action: str,
        before: Booking | None,
        after: Booking,
        *,
        once: Once | None,
        actor: str,
        now: datetime,
    ) -> None:
        self.rows[after.code] = after
        self._remember(once, after)
        self._trail.append(
            AuditEntry(
                at=now,
                actor=actor,
                action=action,
                code=after.code,
                before=None if before is None else facts_of(before),
                after=facts_of(after),
            )
        )


def _by_start(bookings: Iterable[Booking]) -> list[Booking]:
    return sorted(bookings, key=lambda booking: (booking.start, booking.code))
