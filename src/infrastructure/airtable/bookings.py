"""The booking store in an Airtable base."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

from application.errors import StoreUnavailable
from application.ports.booking_store import Occupied, PutResult, StoreWrite
from domain.booking import BookingCode, BookingId
from domain.store_row import RecordId, StoreRow
from domain.venue import VenueId
from infrastructure.airtable import lookups
from infrastructure.airtable.booking_rows import TABLE, BookingRows, Unwritable, written
from infrastructure.airtable.directory import BaseDirectory
from infrastructure.airtable.errors import AirtableForbidden, AirtableRefused
from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.putting import PAUSES_S, Putting
from infrastructure.airtable.schema import BaseSchema
from infrastructure.airtable.wire import Record, Wire

T = TypeVar("T")

_ROWS_PER_REQUEST = 100
_WINDOWS_PER_REQUEST = 20
_REMEMBERED = 1000
"""Rows that were put; the ledger notes each within seconds."""


class AirtableBookings:
    """A `BookingStore`.

    Requests: `put` one for ten bookings, reads one for a hundred rows (`overlapping` with at most
    twenty separate windows), `note_conflict` one or two. More only where something goes wrong.
    """

    def __init__(
        self,
        *,
        wire: Wire,
        schema: BaseSchema,
        directory: BaseDirectory,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self._wire = wire
        self._schema = schema
        self._directory = directory
        self._pauses_s = pauses_s
        self._rows = BookingRows(schema, directory)
        self._unsure: set[BookingId] = set()
        self._put: OrderedDict[RecordId, StoreRow] = OrderedDict()
        self._strange: set[str] = set()
        """Options and linked records that stayed unknown after the base had been read again."""

    async def put(self, *, writes: Sequence[StoreWrite]) -> Sequence[PutResult]:
        putting = Putting(
            wire=self._wire,
            table=self._table,
            rows=self._rows,
            find=self._find,
            schema=self._schema,
            directory=self._directory,
            unsure=self._unsure,
            pauses_s=self._pauses_s,
        )
        results = await putting.put(writes)
        for each in results:
            if each.row is not None:
                self._remember(each.row)
        return results

    def put_lately(self, record: RecordId) -> StoreRow | None:
        """The row as the last `put` left it, which the ledger may not have noted yet."""
        return self._put.get(record)

    def _remember(self, row: StoreRow) -> None:
        self._put[row.record] = row
        self._put.move_to_end(row.record)
        while len(self._put) > _REMEMBERED:
            self._put.popitem(last=False)

    async def get(self, *, code: BookingCode) -> StoreRow | None:
        if not lookups.is_ours(code):
            return None
        found = await self._list(
            lambda: lookups.has_text(self._rows.field("code"), code), Priority.REFILL
        )
        return min(found, key=lambda row: (row.created_at, row.record), default=None)

    async def between(
        self, *, start: datetime, end: datetime, venue: VenueId | None = None
    ) -> Sequence[StoreRow]:
        if start >= end:
            return []
        found = await self._list(
            lambda: lookups.starts_within(self._rows.field("start"), start, end),
            Priority.RECONCILE,
        )
        # A link reads as the linked row's name in a formula, and staff may rename it.
        kept = [
            (row.start, row.code, row.record, row)
            for row in found
            if row.start and venue in (None, row.venue)
        ]
        return [row for *_, row in sorted(kept, key=lambda each: each[:3])]

    async def overlapping(self, *, occupied: Sequence[Occupied]) -> Sequence[StoreRow]:
        windows = lookups.merged((each.start, each.end) for each in occupied)
        found: dict[RecordId, StoreRow] = {}
        for some in _chunks(windows, _WINDOWS_PER_REQUEST):
            rows = await self._list(partial(self._overlaps, some), Priority.VERIFY)
            found |= {row.record: row for row in rows}
        venues = {each.venue for each in occupied}
        return [row for row in found.values() if row.venue is None or row.venue in venues]

    async def rows(self, *, records: Collection[RecordId]) -> Mapping[RecordId, StoreRow]:
        found: dict[RecordId, StoreRow] = {}
        wanted = [each for each in dict.fromkeys(records) if lookups.is_ours(each)]
        for some in _chunks(wanted, _ROWS_PER_REQUEST):
            formula = partial(lookups.any_of, [lookups.is_record(each) for each in some])
            rows = await self._list(formula, Priority.PAYLOAD)
            found |= {row.record: row for row in rows}
        return found

    async def note_conflict(self, *, record: RecordId, note: str, comment: str) -> None:
        try:
            await self._note(record, note)
            if comment:
                await self._wire.comment(self._table(), record, comment, priority=Priority.VERIFY)
        except AirtableRefused:
            pass  # the row is gone
        except AirtableForbidden as error:
            if error.status == 401:
                raise

    async def _note(self, record: RecordId, note: str) -> None:
        """Without such a column the comment has to do."""
        field = self._schema.field(TABLE, "conflict")
        if field is None:
            return
        change = {"id": record, "fields": {field: written("conflict", note)}}
        try:
            await self._wire.update(self._table(), [change], priority=Priority.VERIFY)
        except AirtableRefused as error:
            if error.type not in ("UNKNOWN_FIELD_NAME", "INVALID_VALUE_FOR_COLUMN"):
                raise

    def _overlaps(self, windows: Sequence[tuple[datetime, datetime]]) -> str:
        return lookups.overlaps_any(self._rows.field("start"), self._rows.field("end"), windows)

    async def _find(
        self, keys: Sequence[BookingId], records: Sequence[RecordId]
    ) -> Sequence[StoreRow]:
        found: list[StoreRow] = []
        for some in _chunks([*keys, *records], _ROWS_PER_REQUEST):
            formula = partial(self._is_one_of, some, frozenset(records))
            found += await self._list(formula, Priority.COMMIT)
        return found

    def _is_one_of(self, wanted: Sequence[str], records: frozenset[str]) -> str:
        key = self._rows.field("key")
        return lookups.any_of(
            lookups.is_record(each) if each in records else lookups.has_text(key, each)
            for each in wanted
        )

    async def _list(self, formula: Callable[[], str], priority: Priority) -> list[StoreRow]:
        """Raises: StoreUnavailable, also where the table lacks a column that the formula needs."""
        try:
            records = await self._listed(formula, priority)
        except (Unwritable, AirtableRefused):
            await self._refresh()
            try:
                records = await self._listed(formula, priority)
            except (Unwritable, AirtableRefused) as error:
                raise StoreUnavailable("the Bookings table cannot be read") from error
        return await self._understood(records)

    async def _listed(self, formula: Callable[[], str], priority: Priority) -> list[Record]:
        fields = sorted(self._schema.fields(TABLE))
        return await self._wire.list_records(
            self._table(), formula=formula(), fields=fields, priority=priority
        )

    async def _understood(self, records: Sequence[Record]) -> list[StoreRow]:
        """Options and linked rows that are new to us make us read the base again, once each."""
        strange = self._rows.strange(records) - self._strange
        if strange:
            await self._refresh()
            self._strange |= self._rows.strange(records)
        return [self._rows.row(each) for each in records]

    def _table(self) -> str:
        """Raises: StoreUnavailable."""
        table = self._schema.table(TABLE)
        if not table:
            raise StoreUnavailable("the base has no table for bookings")
        return table

    async def _refresh(self) -> None:
        """As far as the token may read them. Raises: StoreUnavailable."""
        for known in (self._schema, self._directory):
            with suppress(AirtableForbidden, AirtableRefused):
                await known.refresh()


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))
