"""The booking store: what staff see and edit. Airtable, or the ledger's own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.booking import Booking, BookingCode
from domain.venue import VenueId


class PutOutcome(StrEnum):
    STORED = "stored"
    REFUSED = "refused"
    """The store will not take this row, however often it is sent; a person must look."""
    UNKNOWN = "unknown"
    """It may or may not have been written: send it again, the key makes that safe."""


@dataclass(frozen=True, slots=True)
class PutResult:
    code: BookingCode
    outcome: PutOutcome
    detail: str = ""


class BookingStore(Protocol):
    """Where the house's bookings live. It cannot arbitrate: the ledger has done that before."""

    @property
    def is_ledger(self) -> bool:
        """True where the ledger's own table is the store, so that its transaction confirms."""
        ...

    async def put(self, *, bookings: Sequence[Booking]) -> Sequence[PutResult]:
        """Write bookings as they stand, one result for each, in order.

        Keyed on the booking's id: putting one again, or a newer version of it, updates its row; an
        older version than the stored one changes nothing and counts as stored.

        Raises: StoreUnavailable where none of it was written.
        """
        ...

    async def get(self, *, code: BookingCode) -> Booking | None: ...

    async def between(self, *, venue: VenueId, start: datetime, end: datetime) -> Sequence[Booking]:
        """The bookings that start in [start, end), by start and then code."""
        ...
