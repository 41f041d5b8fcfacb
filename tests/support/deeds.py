"""What tests have a ledger do, with the usual values for whatever a test does not care about."""

from __future__ import annotations

from datetime import datetime

from application.ports.bookings import Once
from application.ports.holds import Hold
from domain.booking import Booking, BookingStatus
from domain.floor import Placement
from tests.support.ledgers import HOLD_TIME, NOW, VENUE, AnyLedger, booking, moved_to, once


async def hold(
    ledger: AnyLedger,
    hold_id: str,
    placed: Placement,
    *,
    holder: str = "ana",
    now: datetime = NOW,
    limit: int = 9,
) -> Hold:
    return await ledger.holds.place(
        hold_id=hold_id,
        venue=VENUE,
        placement=placed,
        holder=holder,
        expires_at=now + HOLD_TIME,
        now=now,
        limit=limit,
    )


async def book(
    ledger: AnyLedger,
    code: str,
    placed: Placement,
    *,
    hold_id: str | None = None,
    user_id: str = "ana",
    status: BookingStatus = BookingStatus.CONFIRMED,
    limit: int = 9,
    key: Once | None = None,
    now: datetime = NOW,
) -> Booking:
    return await ledger.bookings.book(
        booking=booking(code, placed, user_id=user_id, status=status),
        placement=placed,
        hold_id=hold_id,
        limit=limit,
        once=key or once(f"book-{code}"),
        actor="guest",
        now=now,
    )


async def move(
    ledger: AnyLedger,
    before: Booking,
    placed: Placement,
    *,
    hold_id: str | None = None,
    key: Once | None = None,
    actor: str = "guest",
    now: datetime = NOW,
) -> Booking:
    return await ledger.bookings.move(
        changed=moved_to(before, placed),
        placement=placed,
        hold_id=hold_id,
        once=key or once(f"move-{before.code}-{before.version}"),
        actor=actor,
        now=now,
    )


async def set_status(
    ledger: AnyLedger,
    of: Booking,
    status: BookingStatus,
    *,
    version: int | None = None,
    key: Once | None = None,
    actor: str = "staff",
    now: datetime = NOW,
) -> Booking:
    return await ledger.bookings.set_status(
        code=of.code, status=status, version=version, once=key, actor=actor, now=now
    )
