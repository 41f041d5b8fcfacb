"""The booking store: what staff see and edit, where that is another place than the ledger.

It cannot arbitrate: before a booking is put here, the ledger has given it its claims. What staff
write here themselves comes back as rows, and staff are right.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.booking import Booking, BookingCode
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, VenueId


@dataclass(frozen=True, slots=True)
class StoreWrite:
    """A booking to be put, and its row as it was last seen.

    Only cells whose value differs from `seen` are written, so that what staff changed in the others
    meanwhile stays. Without `seen` there is no row known: one is made, or found by the booking's key.
    """

    booking: Booking
    seen: StoreRow | None = None


class PutOutcome(StrEnum):
    STORED = "stored"
    REFUSED = "refused"
    """The store will not take this row, however often it is sent; a person must look."""
    UNKNOWN = "unknown"
    """It may or may not have been written: send it again, the key makes that safe."""
    GONE = "gone"
    """The row that was seen is not there any more: staff deleted it."""


@dataclass(frozen=True, slots=True)
class PutResult:
    code: BookingCode
    outcome: PutOutcome
    row: StoreRow | None = None
    """The row as the store now shows it, where it was stored."""
    detail: str = ""
    """Why it was refused, in plain words without any cell's value."""


@dataclass(frozen=True, slots=True)
class Occupied:
    """Some of a venue's resources for [start, end)."""

    venue: VenueId
    resources: tuple[ResourceId, ...]
    start: datetime
    end: datetime


class BookingStore(Protocol):
    """Where the house's bookings live besides the ledger.

    Every method raises StoreUnavailable where the store could not be asked at all. Rows that are
    read may be a moment old: a row that is missing proves nothing until it has been asked for again.
    """

    async def put(self, *, writes: Sequence[StoreWrite]) -> Sequence[PutResult]:
        """Write bookings as they stand, one result for each, in order.

        Keyed on the booking's id: putting one again, or a newer version of it, updates its row; an
        older version than the stored one changes nothing and counts as stored. One row that is
        refused does not hurt the others.

        Raises: StoreUnavailable where none of it was written.
        """
        ...

    async def get(self, *, code: BookingCode) -> StoreRow | None:
        """The row with this code; None where there is none."""
        ...

    async def between(
        self, *, start: datetime, end: datetime, venue: VenueId | None = None
    ) -> Sequence[StoreRow]:
        """The rows that start in [start, end), by start and then code; of every venue without one."""
        ...

    async def overlapping(self, *, occupied: Sequence[Occupied]) -> Sequence[StoreRow]:
        """The rows that may overlap any of these: at least every one that does, in no order."""
        ...

    async def rows(self, *, records: Collection[RecordId]) -> Mapping[RecordId, StoreRow]:
        """These rows; those that are not there are missing from the answer."""
        ...

    async def note_conflict(self, *, record: RecordId, note: str, comment: str) -> None:
        """Show staff that a row needs a person: a note in its conflict cell (empty takes it away)
        and, where it is not empty, a comment. A row that is gone is no error."""
        ...


@dataclass(frozen=True, slots=True)
class StoreChanges:
    """What has changed in the store since the last time."""

    changed: frozenset[RecordId] = frozenset()
    """Booking rows to be read again."""
    deleted: frozenset[RecordId] = frozenset()
    house: bool = False
    """Whether venues, services, resources, hours, closures or answers changed."""
    schema: bool = False
    """Whether tables, columns or options changed."""
    lost: bool = False
    """Changes may have been missed: everything has to be read again."""
    more: bool = False
    """Whether more is waiting already."""
    position: int = 0
    """To be kept once all of this has been applied."""


class StoreFeed(Protocol):
    """How staff's edits become known."""

    async def changes(self, *, position: int) -> StoreChanges:
        """What changed after `position`; nothing changed is an answer too.

        After 0 everything may be `lost`; the feed then goes on from the last `keep_alive`.

        Raises: StoreUnavailable.
        """
        ...

    async def keep_alive(self) -> None:
        """Make, prolong or switch on again what delivers the changes.

        Raises: StoreUnavailable.
        """
        ...
