"""The outbox: bookings whose row in the booking store is behind the ledger.

A change of a booking is queued in the transaction that makes it, so nothing that was acknowledged can
be forgotten. Only the holder of the committer's lease takes from here; its fencing token goes with
every write, and one that has been overtaken is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.booking import Booking, BookingCode, BookingId
from domain.store_row import StoreRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """A booking to be put into the store."""

    booking: Booking
    seen: StoreRow | None
    """Its row as it was last seen; None where none is known."""
    since: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Backlog:
    waiting: int
    oldest: datetime | None


class Outbox(Protocol):
    async def waiting(self, *, limit: int, now: datetime) -> Sequence[Waiting]:
        """What is due at `now`, oldest first."""
        ...

    async def settle(
        self, *, booking: BookingId, version: int, row: StoreRow, fence: int, now: datetime
    ) -> Booking | None:
        """The store has this version, and nobody is in its way: note the row, take the booking off the
        outbox, and confirm it where it was `confirming` or `received` (its version stays).

        A guest who was told "received" meanwhile gets a notice. Where the booking has a newer version
        by now, only the row is noted. Returns the booking as it then stands; None for one that is gone.

        Raises: Fenced.
        """
        ...

    async def postpone(
        self, *, booking: BookingId, until: datetime, fence: int, now: datetime
    ) -> None:
        """Leave a booking alone until then; counts as a try.

        Raises: Fenced.
        """
        ...

    async def pending(self, *, booking: BookingId) -> bool:
        """Whether the store still lacks the booking's newest version."""
        ...

    async def defer(self, *, code: BookingCode, now: datetime) -> Booking | None:
        """The guest will not wait any longer: a booking that is `confirming` becomes `received`, and
        what comes of a change that is still pending will be a notice. Returns the booking as it then
        stands; its version stays."""
        ...

    async def backlog(self) -> Backlog: ...
