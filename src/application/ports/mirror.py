"""The mirror: the ledger's knowledge of the booking store's rows, and how staff's edits enter it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.notices import Notice
from domain.booking import Booking, BookingCode, BookingId
from domain.floor import Placement
from domain.store_row import RecordId, StoreRow
from domain.venue import VenueId


@dataclass(frozen=True, slots=True)
class Known:
    """A row as it was last seen, and the booking it is."""

    row: StoreRow
    booking: BookingId | None
    """None for a row that is no booking yet."""


class Mirror(Protocol):
    """Only the holder of the committer's lease writes here."""

    async def known(self, *, records: Collection[RecordId]) -> Mapping[RecordId, Known]: ...

    async def known_between(self, *, start: datetime, end: datetime) -> Mapping[RecordId, Known]:
        """The rows last seen to start in [start, end), of every venue."""
        ...

    async def record_of(self, *, booking: BookingId) -> RecordId | None: ...

    async def booking(self, *, id: BookingId) -> Booking | None: ...

    async def note(self, *, row: StoreRow, booking: BookingId | None, fence: int) -> None:
        """Remember a row as it was seen, where it changes nothing.

        Raises: Fenced.
        """
        ...

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
        """Make the ledger's booking what staff have written, whatever stands in its way.

        `expected` is the version that was read, None for a booking that is new; the stored one is
        `booking.version`. A live booking gets its claims: holds in the way end, and cells that other
        bookings have are shared with them until one of them gives way (nobody else gets them).
        `placement` is not charged against limits. `queue`: the row needs cells from the engine (a code,
        an end), so the booking goes on the outbox; otherwise it is taken off it.

        Where the guest had been told "received", the `notices` are the outcome; without any, the
        guest gets the one that `Outbox.settle` would give.

        Returns the codes of the live bookings it now shares cells with, sorted.

        Raises: BookingChanged (read again), Fenced.
        """
        ...

    async def forget(self, *, record: RecordId, fence: int) -> None:
        """The row is gone from the store: its booking, which has ended, leaves the outbox too.

        Raises: Fenced.
        """
        ...

    async def shared_with(self, *, booking: BookingId) -> Sequence[BookingCode]:
        """The live bookings with which a booking shares cells, sorted; normally none."""
        ...

    async def open_from(self, *, venue: VenueId, start: datetime) -> Sequence[Booking]:
        """Open bookings that start at or after `start`, by start."""
        ...
