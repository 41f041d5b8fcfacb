"""A booking store in memory, with hands of staff, which can be told to fail as real ones do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from application.errors import StoreUnavailable
from application.guest_book import GuestEntry
from application.ports.booking_store import (
    Occupied,
    PutOutcome,
    PutResult,
    StoreChanges,
    StoreWrite,
)
from domain.booking import BookingCode, BookingId
from domain.booking_cells import cells_of, differing
from domain.store_row import RecordId, StoreRow
from domain.venue import VenueId

_LONGEST_STAY = timedelta(hours=12)
"""Of a row whose end is missing, or not after its start."""


@dataclass
class MemoryBookingStore:
    """A `BookingStore` and its own `StoreFeed`; the position is the number of changes so far."""

    records: dict[RecordId, StoreRow] = field(default_factory=dict)
    guests: dict[str, GuestEntry] = field(default_factory=dict)
    comments: dict[RecordId, list[str]] = field(default_factory=dict)
    away: bool = False
    """Every call raises StoreUnavailable, and nothing is written."""
    delay_s: float = 0.0
    """How long each call takes."""
    refuses: set[BookingCode] = field(default_factory=set)
    """Bookings whose rows the store will not take."""
    answers_are_lost: bool = False
    """Rows are written, but the caller is only told UNKNOWN."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _log: list[StoreChanges] = field(default_factory=list)
    _made: int = 0

    # Staff

    def add(self, **cells: Any) -> RecordId:
        """Staff type a row; the cells are named as in `StoreRow`."""
        return self._make(cells)

    def copy(self, record: RecordId, **cells: Any) -> RecordId:
        """Staff copy a row, its key with it, and change these cells."""
        return self._make({**_cells(self.records[record]), **cells})

    def change(self, record: RecordId, **cells: Any) -> None:
        self.records[record] = replace(self.records[record], **cells)
        self._log.append(StoreChanges(changed=frozenset({record})))

    def delete(self, record: RecordId) -> None:
        del self.records[record]
        self._log.append(StoreChanges(deleted=frozenset({record})))

    def happens(self, changes: StoreChanges) -> None:
        """Something else that the feed is to tell: of the house, of the schema, or that it lost."""
        self._log.append(changes)

    # BookingStore

    async def put(self, *, writes: Sequence[StoreWrite]) -> Sequence[PutResult]:
        await self._answer()
        return [self._put(write) for write in writes]

    async def get(self, *, code: BookingCode) -> StoreRow | None:
        await self._answer()
        return min((row for row in self._rows() if row.code == code), key=_age, default=None)

    async def between(
        self, *, start: datetime, end: datetime, venue: VenueId | None = None
    ) -> Sequence[StoreRow]:
        await self._answer()
        found = [
            (row.start, row.code, row.record, row)
            for row in self._rows()
            if row.start and start <= row.start < end and venue in (None, row.venue)
        ]
        return [row for *_, row in sorted(found, key=lambda each: each[:3])]

    async def overlapping(self, *, occupied: Sequence[Occupied]) -> Sequence[StoreRow]:
        await self._answer()
        return [row for row in self._rows() if any(_may_meet(row, each) for each in occupied)]

    async def rows(self, *, records: Collection[RecordId]) -> Mapping[RecordId, StoreRow]:
        await self._answer()
        return {each: self.records[each] for each in records if each in self.records}

    async def note_conflict(self, *, record: RecordId, note: str, comment: str) -> None:
        await self._answer()
        if record not in self.records:
            return
        self.change(record, conflict=note)
        if comment:
            self.comments.setdefault(record, []).append(comment)

    # StoreFeed

    async def changes(self, *, position: int) -> StoreChanges:
        await self._answer()
        news = self._log[position:]
        deleted = frozenset[RecordId]().union(*(each.deleted for each in news))
        return StoreChanges(
            changed=frozenset[RecordId]().union(*(each.changed for each in news)) - deleted,
            deleted=deleted,
            house=any(each.house for each in news),
            schema=any(each.schema for each in news),
            lost=any(each.lost for each in news),
            position=len(self._log),
        )

    async def keep_alive(self) -> None:
        await self._answer()

    # GuestList

    async def remember(self, *, guests: Sequence[GuestEntry]) -> None:
        await self._answer()
        self.guests.update({guest.key: guest for guest in guests})

    async def _answer(self) -> None:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.away:
            raise StoreUnavailable("the booking store is away")

    def _rows(self) -> list[StoreRow]:
        return list(self.records.values())

    def _put(self, write: StoreWrite) -> PutResult:
        code = write.booking.code
        if code in self.refuses:
            return PutResult(code, PutOutcome.REFUSED, detail="refused as it was told to")
        record = write.seen.record if write.seen else self._with_key(write.booking.id)
        if write.seen and record not in self.records:
            return PutResult(code, PutOutcome.GONE)
        row = self._written(write, record)
        if self.answers_are_lost:
            return PutResult(code, PutOutcome.UNKNOWN)
        return PutResult(code, PutOutcome.STORED, row)

    def _written(self, write: StoreWrite, record: RecordId | None) -> StoreRow:
        booking = write.booking
        if record is None:
            return self.records[self._make(cells_of(booking))]
        stored = self.records[record]
        changed = differing(cells_of(booking), write.seen or stored)
        if changed and not (stored.key == booking.id and stored.version > booking.version):
            self.change(record, **changed)
        return self.records[record]

    def _with_key(self, key: BookingId) -> RecordId | None:
        """The oldest where staff copied the row: the copies are theirs."""
        found = min((row for row in self._rows() if row.key == key), key=_age, default=None)
        return found.record if found else None

    def _make(self, cells: Mapping[str, Any]) -> RecordId:
        self._made += 1
        record = RecordId(f"rec{self._made:014}")
        self.records[record] = StoreRow(record=record, created_at=self.now(), **cells)
        self._log.append(StoreChanges(changed=frozenset({record})))
        return record


def _cells(row: StoreRow) -> dict[str, Any]:
    names = set(StoreRow.__dataclass_fields__) - {"record", "created_at"}
    return {name: getattr(row, name) for name in names}


def _age(row: StoreRow) -> tuple[datetime, RecordId]:
    return row.created_at, row.record


def _may_meet(row: StoreRow, occupied: Occupied) -> bool:
    """Whatever its resources are: staff may be about to fill them in."""
    if row.start is None or row.venue not in (None, occupied.venue):
        return False
    end = row.end if row.end and row.end > row.start else row.start + _LONGEST_STAY
    return row.start < occupied.end and occupied.start < end
