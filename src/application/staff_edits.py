"""What staff write in the booking store enters the ledger here: staff are right.

A row becomes a booking, an edited row changes its booking, a deleted one cancels it. Whoever loses
their place by that is given another at the same time where there is one (`giving_way`); else they are
listed for staff with a message ready to send (`conflict_desk`), and hear of it when they next write.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from application.conflict_desk import ConflictDesk
from application.giving_way import MAX_RACES, GivingWay, slot_of
from application.ports.booking_store import BookingStore
from application.ports.bookings import Bookings
from application.ports.clock import Clock
from application.ports.conflicts import ConflictKind
from application.ports.mirror import Known, Mirror
from application.ports.notices import NoticeKind, has_a_guest, notice_of
from application.reservations import new_code
from domain.availability import place, service_day, start_windows
from domain.booking import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Booking,
    BookingCode,
    BookingId,
    BookingStatus,
    spoken_code,
)
from domain.errors import BookingChanged
from domain.seating import is_present
from domain.staff_edit import Edit, edit_of, new_booking, overtaken
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, Venue, VenueId
from domain.zones import minute_of

log = structlog.get_logger()


# Rows that were read or written lately; a read is under way for seconds at most.
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Glance:
    """When a read of the store began, on a clock of its own."""

    tick: int


class StaffEdits:
    """Brings the ledger to what the booking store shows. Only the committer's process uses it."""

    def __init__(
        self,
        *,
        mirror: Mirror,
        bookings: Bookings,
        desk: ConflictDesk,
        giving_way: GivingWay,
        venues: Callable[[], Sequence[Venue]],
        clock: Clock,
        has_changed: Callable[[BookingId], None],
        store: BookingStore,
    ) -> None:
        """`has_changed` tells whoever waits for a booking that something came of it."""
        self._store = store
        self._applying = asyncio.Lock()
        self._tick = 0
        self._latest: OrderedDict[RecordId, int] = OrderedDict()
        self._made: dict[RecordId, StoreRow] = {}
        self._mirror = mirror
        self._bookings = bookings
        self._desk = desk
        self._giving_way = giving_way
        self._venues = venues
        self._clock = clock
        self._has_changed = has_changed

    def glance(self) -> Glance:
        """To be taken before rows are read from the store, and given to `apply` with them."""
        self._tick += 1
        return Glance(self._tick)

    def has_written(self, row: StoreRow, *, is_new: bool) -> None:
        """The engine has written a row: what was read before that is old.

        One that `is_new` shows nothing but what the engine knows, though the ledger notes it only
        later (`has_noted`). In one that was there before, staff's cells may have changed too.
        """
        if is_new:
            self._made[row.record] = row
        self._has_changed_in_store(row.record)

    def has_noted(self, record: RecordId) -> None:
        """The ledger has a new row of the engine, or it will be written again."""
        self._made.pop(record, None)

    def _has_changed_in_store(self, record: RecordId) -> None:
        self._tick += 1
        self._latest[record] = self._tick
        self._latest.move_to_end(record)
        while len(self._latest) > _REMEMBERED:
            self._latest.popitem(last=False)

    async def apply(
        self,
        rows: Iterable[StoreRow],
        *,
        glance: Glance,
        fence: int,
        gone: Collection[RecordId] = (),
    ) -> int:
        """Apply rows as they were read, and records that are not there any more; returns how many of
        them were edits.

        Several readers are at work at once. What one read before another applied something newer of
        the same row is read again, so that an old picture never undoes an edit.

        Raises: Fenced, StoreUnavailable.
        """
        async with self._applying:
            edits = 0
            for record in gone:
                edits += await self._gone(record, glance, fence)
            read = list(rows)
            while read:
                known = await self._mirror.known(records=[row.record for row in read])
                news = [row for row in read if not self._is_known(row, known.get(row.record))]
                old = {row.record for row in news if self._latest.get(row.record, 0) > glance.tick}
                new = [row for row in news if row.record not in old]
                edits += await self._apply_all(new, known, fence)
                glance = self.glance()
                read = list((await self._store.rows(records=old)).values()) if old else []
            return edits

    async def check_hours(self) -> int:
        """List the bookings that no longer fit the house's hours, and take those off that do again;
        returns how many do not fit."""
        stranded = 0
        now = self._clock.now()
        for venue in self._venues():
            for booking in await self._mirror.open_from(venue=venue.id, start=now):
                stranded += await self._check_hours(venue, booking)
        return stranded

    async def refused(self, booking: Booking, record: RecordId | None, detail: str) -> None:
        """The store does not take a booking's row: a person has to look."""
        venue = self._venue(booking.venue)
        if venue is not None:
            await self._desk.report(
                ConflictKind.REFUSED, venue, booking, record, detail=detail, show=False
            )

    # --- one row ---------------------------------------------------------------------------------

    def _is_known(self, row: StoreRow, known: Known | None) -> bool:
        """Whether there is nothing in a row that the ledger or the committer does not know."""
        return row == self._made.get(row.record) or (known is not None and row == known.row)

    async def _apply_all(
        self, read: Sequence[StoreRow], known: Mapping[RecordId, Known], fence: int
    ) -> int:
        # Who leaves a place goes first, so that whoever takes it finds it free.
        rows = sorted(read, key=lambda row: (not _is_over(row), row.created_at, row.record))
        edits = 0
        for row in rows:
            edits += await self._apply(row, known.get(row.record), fence)
            self._has_changed_in_store(row.record)
        return edits

    async def _apply(self, row: StoreRow, known: Known | None, fence: int) -> bool:
        venue = None if row.venue is None else self._venue(row.venue)
        if venue is None or not row.is_booking:
            return await self._half_typed(row, known, fence)
        for _ in range(MAX_RACES):
            try:
                return await self._write(row, known, venue, fence)
            except BookingChanged:
                continue
        return False

    async def _half_typed(self, row: StoreRow, known: Known | None, fence: int) -> bool:
        """Not a booking yet. A booking's row that is being edited keeps what was last whole."""
        if known is None or known.booking is None:
            await self._mirror.note(row=row, booking=None, fence=fence)
        return False

    async def _write(self, row: StoreRow, known: Known | None, venue: Venue, fence: int) -> bool:
        booking_id = None if known is None else known.booking
        if booking_id is None and await self._is_our_own(row, fence):
            return False
        before = None if booking_id is None else await self._mirror.booking(id=booking_id)
        if known is None or before is None:
            edit: Edit | None = await self._typed(row, venue)
        elif row.version < known.row.version:
            edit = overtaken(before)
        else:
            edit = edit_of(row, known.row, before, venue)
        if edit is None:
            await self._mirror.note(row=row, booking=booking_id, fence=fence)
            return False
        await self._adopt(row, before, edit, venue, fence)
        return True

    async def _is_our_own(self, row: StoreRow, fence: int) -> bool:
        """Whether a row was put for a booking and not noted yet: that is about to happen, or the
        process that put it has died."""
        if row.key is None or await self._mirror.booking(id=row.key) is None:
            return False  # staff typed it, or the ledger is new and learns it from here
        record = await self._mirror.record_of(booking=row.key)
        if record is None:
            await self._mirror.note(row=row, booking=row.key, fence=fence)
        return record in (None, row.record)  # any other row is a copy that staff made

    async def _typed(self, row: StoreRow, venue: Venue) -> Edit:
        """A row that becomes a booking, under the key and code it has where they are its own."""
        key, code = row.key, spoken_code(row.code)
        is_copy = key is not None and await self._mirror.booking(id=key) is not None
        if key is None or is_copy or not _is_code(code) or await self._bookings.get(code=code):
            return new_booking(row, venue, id=BookingId(secrets.token_hex(16)), code=new_code())
        edit = new_booking(row, venue, id=key, code=code)
        # A row of our own making, read by a ledger that has lost it: nothing has to be put right.
        is_whole = row.end == edit.booking.end and bool(row.resources)
        booking = replace(edit.booking, version=max(row.version, 1))
        return replace(edit, booking=booking, repair=not is_whole)

    async def _adopt(
        self, row: StoreRow, before: Booking | None, edit: Edit, venue: Venue, fence: int
    ) -> None:
        if edit.booking.is_live:
            resources = await self._resources(edit, venue)
            if resources is None:
                await self._mirror.note(row=row, booking=None, fence=fence)
                await self._desk.no_resource(row, venue)
                return
            repair = edit.repair or resources != row.resources
            edit = replace(edit, booking=replace(edit.booking, resources=resources), repair=repair)
        booking = edit.booking
        notice = None if before is None else notice_of(before, booking)
        overlapped = await self._mirror.adopt(
            row=row,
            booking=booking,
            placement=place(venue, slot_of(booking)),
            expected=None if before is None else before.version,
            queue=edit.repair,
            notices=[] if notice is None else [notice],
            fence=fence,
            now=self._clock.now(),
        )
        log.info("staff_edit.applied", venue=venue.id, new=before is None, moved=edit.moved)
        await self._desk.has_a_resource(row.record)
        await self._desk.settle(booking, venue)
        await self._list_guest(row, before, edit, venue)
        self._has_changed(booking.id)
        for code in overlapped:
            await self._giving_way.give_way(code, booking, venue)

    async def _resources(self, edit: Edit, venue: Venue) -> tuple[ResourceId, ...] | None:
        """What a booking sits on: what staff chose, with what its service needs besides; None where
        they chose nothing and nothing is free."""
        booking = edit.booking
        kinds = {venue.resource(each).kind for each in booking.resources}
        needed = set(venue.service(booking.service).needs)
        if not edit.choose_resources and needed <= kinds:
            return booking.resources
        among = () if edit.choose_resources else booking.resources
        free = await self._giving_way.free(booking, venue, among=among)
        return free or (None if edit.choose_resources else booking.resources)

    async def _list_guest(
        self, row: StoreRow, before: Booking | None, edit: Edit, venue: Venue
    ) -> None:
        """List the guest who has to hear of an edit."""
        if before is None or not has_a_guest(before):
            return
        if edit.cancelled:
            await self._desk.report(ConflictKind.CANCELLED, venue, edit.booking, row.record)
        elif edit.moved:
            await self._desk.report(
                ConflictKind.MOVED, venue, edit.booking, row.record, before=before
            )

    async def _gone(self, record: RecordId, glance: Glance, fence: int) -> bool:
        """Staff deleted a row: its booking is cancelled."""
        known = (await self._mirror.known(records=[record])).get(record)
        if known is None or self._latest.get(record, 0) > glance.tick:
            return False  # nobody knew of it, or it has been seen since
        booking = None if known.booking is None else await self._mirror.booking(id=known.booking)
        cancelled = None if booking is None else await self._giving_way.end(booking, actor="staff")
        await self._mirror.forget(record=known.row.record, fence=fence)
        await self._desk.has_a_resource(known.row.record)
        venue = None if booking is None else self._venue(booking.venue)
        if booking is None or cancelled is None or venue is None:
            return True
        self._has_changed(booking.id)
        await self._desk.settle(cancelled, venue)
        if has_a_guest(booking) and cancelled.status is BookingStatus.CANCELLED:
            await self._desk.report(ConflictKind.CANCELLED, venue, cancelled, None)
        return True

    # --- hours -----------------------------------------------------------------------------------

    async def _check_hours(self, venue: Venue, booking: Booking) -> bool:
        if _fits_hours(venue, booking):
            await self._desk.fits_hours(booking)
            return False
        record = await self._mirror.record_of(booking=booking.id)
        if await self._desk.report(ConflictKind.CLOSED, venue, booking, record):
            await self._desk.tell(NoticeKind.STRANDED, booking)
        return True

    def _venue(self, venue_id: VenueId) -> Venue | None:
        return next((venue for venue in self._venues() if venue.id == venue_id), None)


def _is_over(row: StoreRow) -> bool:
    return row.status in {BookingStatus.CANCELLED, BookingStatus.NO_SHOW, BookingStatus.COMPLETED}


def _is_code(code: BookingCode) -> bool:
    return len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET)


def _fits_hours(venue: Venue, booking: Booking) -> bool:
    """Whether the house is open when a booking starts, and what it sits on is there."""
    try:
        day = service_day(venue, booking.start)
        minute = minute_of(booking.start, day, venue.zone)
        windows = start_windows(venue, day, booking.service)
        is_open = any(first <= minute < end for first, end in windows)
        return is_open and is_present(venue, slot_of(booking))
    except KeyError:
        return False  # its service or its table is not there any more
