"""A booking's row in a store that people edit, and what its edits mean.

Everything in a row may be missing or wrong: staff type it cell by cell, and every keystroke is saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from domain.booking import BookingId, BookingStatus
from domain.venue import ResourceId, ServiceId, VenueId

RecordId = NewType("RecordId", str)


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A booking row as the store shows it; None and empty where a cell is empty or unreadable."""

    record: RecordId
    created_at: datetime
    venue: VenueId | None = None
    key: BookingId | None = None
    """Filled in by the engine. A row that staff typed has none, one they copied has another's."""
    version: int = 0
    """The engine's version of the booking that was written last; 0 where it never was."""
    code: str = ""
    start: datetime | None = None
    end: datetime | None = None
    covers: int | None = None
    service: ServiceId | None = None
    resources: tuple[ResourceId, ...] = ()
    """Sorted."""
    status: BookingStatus | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    notes: str = ""
    channel: str = ""
    conflict: str = ""
    """The engine's note that a person is needed."""
    unreadable: tuple[str, ...] = ()
    """The cells that hold something the engine cannot read, by field key: `resources`, `start`, …"""

    @property
    def is_booking(self) -> bool:
        """Whether the row says enough to be one: half-typed rows are not bookings yet."""
        return self.start is not None and self.status is not None and not self.unreadable
