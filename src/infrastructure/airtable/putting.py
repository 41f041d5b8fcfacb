"""One `put`: from bookings to rows that are certainly there, certainly refused, or in doubt.

A request that Airtable refuses is sent again in halves, so that a bad row does not hurt the others. One
whose outcome is unknown is settled by looking for the bookings' keys; only what is not found is sent
again, and again by its key, so that it finds its own row if that has appeared meanwhile.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from application.errors import StoreUnavailable
from application.ports.booking_store import PutOutcome, PutResult, StoreWrite
from domain.booking import Booking, BookingId
from domain.booking_cells import differing
from domain.store_row import RecordId, StoreRow
from infrastructure.airtable.booking_rows import (
    DISPENSABLE,
    BookingRows,
    NothingToLink,
    Unwritable,
)
from infrastructure.airtable.directory import BaseDirectory
from infrastructure.airtable.errors import AirtableAway, AirtableForbidden, AirtableRefused
from infrastructure.airtable.schema import BaseSchema
from infrastructure.airtable.wire import MOST_RECORDS, Wire

PAUSES_S = (0.3, 0.9, 1.8)
"""Before each look for what an unanswered request may have written: a row may show up late."""
_SENDINGS = 2
"""How often rows in doubt are sent before they are left in doubt."""

_NO_SUCH_ROW = frozenset({"ROW_DOES_NOT_EXIST", "MODEL_ID_NOT_FOUND"})
_NO_SUCH_OPTION = "INVALID_MULTIPLE_CHOICE_OPTIONS"
_STALE_SCHEMA = frozenset({"UNKNOWN_FIELD_NAME", _NO_SUCH_OPTION, "INVALID_VALUE_FOR_COLUMN"})
_WHY = {
    "UNKNOWN_FIELD_NAME": "a column of the Bookings table is missing",
    _NO_SUCH_OPTION: "an option of the Bookings table is missing",
    "INVALID_VALUE_FOR_COLUMN": "a column of the Bookings table has another type, or is computed",
    "ROW_DOES_NOT_EXIST": "a row that the booking links to is not there any more",
    "INVALID_RECORDS": "several rows have the booking's key",
}
_RECORD = re.compile(r"\brec[A-Za-z0-9]{14}\b")
_NAMED_FIELD = re.compile(r'"([^"]+)"')

Find = Callable[[Sequence[BookingId], Sequence[RecordId]], Awaitable[Sequence[StoreRow]]]
"""The rows with one of these keys or ids. Raises: StoreUnavailable."""


class Refreshable(Protocol):
    async def refresh(self) -> None: ...


@dataclass
class _Task:
    """One booking on its way; `result` once it is settled."""

    booking: Booking
    seen: StoreRow | None
    """The row as the caller saw it last: what differs from it is written."""
    found: StoreRow | None = None
    """Where the caller saw none: the row that has the booking's key, as we found it."""
    looked: bool = False
    sent: Mapping[str, Any] = field(default_factory=dict)
    """The values that the last request was to write."""
    result: PutResult | None = None

    @property
    def before(self) -> StoreRow | None:
        return self.seen or self.found

    @property
    def record(self) -> RecordId | None:
        return self.before.record if self.before else None

    @property
    def is_overtaken(self) -> bool:
        """Whether the row holds a newer version, or this one from an earlier try."""
        if self.seen:
            return self.seen.key == self.booking.id and self.seen.version > self.booking.version
        return self.found is not None and self.found.version >= self.booking.version

    def settle(self, outcome: PutOutcome, row: StoreRow | None = None, detail: str = "") -> None:
        self.result = PutResult(self.booking.code, outcome, row, detail)


@dataclass
class Putting:
    """The state of one `put`."""

    wire: Wire
    table: Callable[[], str]
    rows: BookingRows
    find: Find
    schema: BaseSchema
    directory: BaseDirectory
    unsure: set[BookingId]
    """Bookings whose last put was left in doubt, kept between puts: they are looked for first."""
    pauses_s: Sequence[float] = PAUSES_S
    _written: bool = field(default=False, init=False)
    """Whether anything was, or may have been, written."""
    _refreshed: list[Refreshable] = field(default_factory=list, init=False)
    _left_out: set[str] = field(default_factory=set, init=False)
    """Cells that this base's columns do not take."""

    async def put(self, writes: Sequence[StoreWrite]) -> list[PutResult]:
        """Raises: StoreUnavailable where nothing was written."""
        tasks = _newest(writes)
        try:
            await self._look_for([each for each in tasks.values() if self._may_be_there(each)])
            waiting = await self._to_send(list(tasks.values()))
            for at in range(0, len(waiting), MOST_RECORDS):
                await self._send(waiting[at : at + MOST_RECORDS], _SENDINGS)
        except StoreUnavailable:
            if not self._written:
                raise
        return [self._result(tasks[each.booking.id], each.booking) for each in writes]

    def _may_be_there(self, task: _Task) -> bool:
        """An upsert would overwrite what it finds, without regard to versions and to staff's cells."""
        return task.seen is None and (task.booking.version > 1 or task.booking.id in self.unsure)

    async def _look_for(self, tasks: Sequence[_Task]) -> None:
        """Fill in the rows of bookings for which none is known, where there are any."""
        if not tasks:
            return
        found = await self.find([each.booking.id for each in tasks], [])
        for task in tasks:
            task.looked, task.found = True, _own_row(task, found)

    async def _to_send(self, tasks: Sequence[_Task]) -> list[_Task]:
        """Those that need a request; the others are settled."""
        return [each for each in tasks if await self._needs_sending(each)]

    async def _needs_sending(self, task: _Task) -> bool:
        if task.is_overtaken:
            task.settle(PutOutcome.STORED, task.before)
            return False
        try:
            if self._fields(task):
                return True
            task.settle(PutOutcome.STORED, task.before)
        except Unwritable as error:
            links = isinstance(error, NothingToLink)
            if await self._refresh_once(self.directory if links else self.schema):
                return await self._needs_sending(task)
            task.settle(PutOutcome.REFUSED, detail=str(error))
        return False

    def _fields(self, task: _Task) -> dict[str, Any]:
        """The cells to write, by field id. Raises: Unwritable."""
        booking = task.booking
        shown = self.rows.shown(booking)
        kept = {name: value for name, value in shown.items() if name not in self._left_out}
        task.sent = differing(kept, task.before)
        if not task.sent:
            return {}
        return self.rows.cells({**task.sent, "version": booking.version}, booking.venue)

    async def _send(self, tasks: Sequence[_Task], sendings: int) -> bool:
        """Until each is settled; whether the first request was taken."""
        if not tasks:
            return True
        try:
            answer = await self._request(tasks)
        except Unwritable:
            # Somebody else has read the schema meanwhile, and a column is gone.
            await self._send(await self._to_send(tasks), sendings)
            return False
        except AirtableRefused as error:
            await self._after_refusal(tasks, error, sendings)
            return False
        except AirtableAway as error:
            if not error.ambiguous:
                raise
            self._written = True
            await self._resolve(tasks, sendings - 1)
            return False
        self._written = True
        for task, record in zip(tasks, answer, strict=True):
            self._settle_by(task, self.rows.row(record))
        return True

    async def _request(self, tasks: Sequence[_Task]) -> list[dict[str, Any]]:
        records = [
            {"fields": self._fields(each)} | ({"id": each.record} if each.record else {})
            for each in tasks
        ]
        by_key = any(each.record is None for each in tasks)
        upsert_on = [self.rows.field("key")] if by_key else []
        try:
            return await self.wire.update(self.table(), records, upsert_on=upsert_on)
        except asyncio.CancelledError:
            # Nobody waits for it any more, but it goes on.
            self.unsure.update(each.booking.id for each in tasks)
            raise

    def _settle_by(self, task: _Task, row: StoreRow) -> None:
        """By the row as the store shows it after the write."""
        if row.key == task.booking.id and row.version == task.booking.version:
            task.settle(PutOutcome.STORED, row)

    # Refused

    async def _after_refusal(
        self, tasks: Sequence[_Task], error: AirtableRefused, sendings: int
    ) -> None:
        if error.type in _NO_SUCH_ROW and (gone := _gone(tasks, error)):
            gone.settle(PutOutcome.GONE)
            await self._send([each for each in tasks if each is not gone], sendings)
        elif await self._repaired(tasks, error):
            await self._send(await self._to_send(tasks), sendings)
        elif len(tasks) == 1:
            tasks[0].settle(PutOutcome.REFUSED, detail=_WHY.get(error.type, str(error)))
        else:
            await self._halve(tasks, sendings)

    async def _halve(self, tasks: Sequence[_Task], sendings: int) -> None:
        """At least one of these is bad: where the first half is good, the second need not be asked."""
        middle = (len(tasks) + 1) // 2
        taken = await self._send(tasks[:middle], sendings)
        rest = tasks[middle:]
        if taken and len(rest) > 1:
            await self._halve(rest, sendings)
        else:
            await self._send(rest, sendings)

    async def _repaired(self, tasks: Sequence[_Task], error: AirtableRefused) -> bool:
        """Whether something was put right, so that the same may be sent again."""
        if error.type in _NO_SUCH_ROW:
            return await self._refresh_once(self.directory)
        if error.type in _STALE_SCHEMA:
            return await self._refresh_once(self.schema) or self._leave_out(error)
        # What Airtable says of a key that several rows have is written down nowhere.
        unknown = [each for each in tasks if each.before is None and not each.looked]
        await self._look_for(unknown)
        return any(each.found for each in unknown)

    async def _refresh_once(self, known: Refreshable) -> bool:
        if known in self._refreshed:
            return False
        self._refreshed.append(known)
        try:
            await known.refresh()
        except (AirtableForbidden, AirtableRefused):
            return False  # a token that may write rows may not be allowed to read the schema
        return True

    def _leave_out(self, error: AirtableRefused) -> bool:
        """Give up a column that a booking can do without, where it is the one complained of."""
        named = _NAMED_FIELD.search(error.said)
        column = self.rows.column_named(named.group(1)) if named else None
        if error.type == _NO_SUCH_OPTION:
            column = "channel"  # only the option is named; without a status it is no booking
        if column not in DISPENSABLE - self._left_out:
            return False
        self._left_out.add(column)
        return True

    # In doubt

    async def _resolve(self, tasks: Sequence[_Task], sendings: int) -> None:
        """A request went unanswered: find what it wrote, send the rest again."""
        self.unsure.update(each.booking.id for each in tasks)
        left = list(tasks)
        for pause_s in self.pauses_s:
            await asyncio.sleep(pause_s)
            left = await self._not_found(left)
            if not left:
                return
        # A row that was not found may still turn up: it is sent by its key or its id, never as new.
        if sendings:
            await self._send(await self._to_send(left), sendings)

    async def _not_found(self, tasks: Sequence[_Task]) -> list[_Task]:
        keys = [each.booking.id for each in tasks if each.record is None]
        records = [each.record for each in tasks if each.record]
        try:
            found = await self.find(keys, records)
        except StoreUnavailable:
            return list(tasks)
        for task in tasks:
            row = _own_row(task, found)
            if row and self._was_reached(row, task):
                task.settle(PutOutcome.STORED, row)
            elif row and not task.seen:
                task.found = row
        return [each for each in tasks if each.result is None]

    def _was_reached(self, row: StoreRow, task: _Task) -> bool:
        """Its version was written with the other cells; where it was the same before, they tell."""
        if row.key != task.booking.id:
            return False
        if task.before and task.before.version == task.booking.version:
            return not differing(task.sent, row)
        return row.version >= task.booking.version

    def _result(self, task: _Task, booking: Booking) -> PutResult:
        if task.result is None:
            self.unsure.add(task.booking.id)
            return PutResult(booking.code, PutOutcome.UNKNOWN)
        self.unsure.discard(task.booking.id)
        return task.result


def _newest(writes: Sequence[StoreWrite]) -> dict[BookingId, _Task]:
    """One task for each booking: two rows with one key in one request would become two rows."""
    tasks: dict[BookingId, _Task] = {}
    for each in writes:
        before = tasks.get(each.booking.id)
        if before is None or before.booking.version <= each.booking.version:
            seen = each.seen or (before.seen if before else None)
            tasks[each.booking.id] = _Task(each.booking, seen)
    return tasks


def _own_row(task: _Task, found: Sequence[StoreRow]) -> StoreRow | None:
    """The row of a booking; of several with its key the oldest, because the others are copies."""
    if task.record:
        return next((row for row in found if row.record == task.record), None)
    own = [row for row in found if row.key == task.booking.id]
    return min(own, key=lambda row: (row.created_at, row.record), default=None)


def _gone(tasks: Sequence[_Task], error: AirtableRefused) -> _Task | None:
    """The booking whose own row is missing; none where it is a row that a booking links to."""
    named = set(_RECORD.findall(error.said))
    known = [each for each in tasks if each.record]
    if not named:
        return known[0] if len(tasks) == len(known) == 1 else None
    return next((each for each in known if each.record in named), None)
