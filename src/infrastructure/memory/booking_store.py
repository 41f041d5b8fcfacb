"""A booking store in memory, which can be told to fail as real ones do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from application.errors import StoreUnavailable
from application.ports.booking_store import PutOutcome, PutResult
from domain.booking import Booking, BookingCode
from domain.venue import VenueId


@dataclass
class MemoryBookingStore:
    """Behaves like a remote store unless `is_ledger` says that it is the ledger itself."""

    rows: dict[BookingCode, Booking] = field(default_factory=dict)
    is_ledger: bool = False
    away: bool = False
    """Every call raises StoreUnavailable, and nothing is written."""
    delay_s: float = 0.0
    """How long each call takes."""
    refuses: set[BookingCode] = field(default_factory=set)
    """Bookings whose rows the store will not take."""
    answers_are_lost: bool = False
    """Rows are written, but the caller is only told UNKNOWN."""

    async def put(self, *, bookings: Sequence[Booking]) -> Sequence[PutResult]:
        await self._answer()
        return [self._put(booking) for booking in bookings]

    async def get(self, *, code: BookingCode) -> Booking | None:
        await self._answer()
        return self.rows.get(code)

    async def between(self, *, venue: VenueId, start: datetime, end: datetime) -> Sequence[Booking]:
        await self._answer()
        found = [b for b in self.rows.values() if b.venue == venue and start <= b.start < end]
        return sorted(found, key=lambda booking: (booking.start, booking.code))

    async def _answer(self) -> None:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.away:
            raise StoreUnavailable("the booking store is away")

    def _put(self, booking: Booking) -> PutResult:
        if booking.code in self.refuses:
            return PutResult(booking.code, PutOutcome.REFUSED, "refused as it was told to")
        stored = self.rows.get(booking.code)
        if stored is not None and stored.id != booking.id:
            return PutResult(booking.code, PutOutcome.REFUSED, "another booking has this code")
        if stored is None or stored.version < booking.version:
            self.rows[booking.code] = booking
        if self.answers_are_lost:
            return PutResult(booking.code, PutOutcome.UNKNOWN, "the answer was lost")
        return PutResult(booking.code, PutOutcome.STORED)
