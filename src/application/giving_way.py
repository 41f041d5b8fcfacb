"""Who loses their place to staff's edits: another one at the same time, or a person has to help."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

import structlog

from application.conflict_desk import ConflictDesk
from application.ports.bookings import Bookings, Once
from application.ports.clock import Clock
from application.ports.conflicts import ConflictKind
from application.ports.mirror import Mirror
from application.ports.notices import NoticeKind
from application.reservations import fingerprint
from application.sheets import WarmSheets
from domain.availability import place, service_day
from domain.booking import UNCONFIRMED, Booking, BookingCode, BookingId, BookingStatus
from domain.errors import BookingChanged, DomainError, SlotTaken
from domain.floor import Slot
from domain.seating import free_resources
from domain.store_row import RecordId
from domain.venue import ResourceId, Venue

# Somebody else may change the same booking at the same moment; never so often.
MAX_RACES = 5

log = structlog.get_logger()


def slot_of(booking: Booking) -> Slot:
    return Slot(
        booking.service,
        booking.start,
        booking.end,
        booking.party_size.covers,
        booking.resources,
    )


class GivingWay:
    """Finds another place for bookings whose place staff have given away."""

    def __init__(
        self,
        *,
        mirror: Mirror,
        bookings: Bookings,
        sheets: WarmSheets,
        desk: ConflictDesk,
        clock: Clock,
        has_changed: Callable[[BookingId], None],
    ) -> None:
        """`has_changed` tells whoever waits for a booking that something came of it."""
        self._mirror = mirror
        self._bookings = bookings
        self._sheets = sheets
        self._desk = desk
        self._clock = clock
        self._has_changed = has_changed

    async def give_way(self, code: BookingCode, winner: Booking, venue: Venue) -> None:
        """A booking whose place staff have given to another: where does it go?"""
        for _ in range(MAX_RACES):
            booking = await self._bookings.get(code=code)
            if booking is None or not await self._mirror.shared_with(booking=booking.id):
                return
            record = await self._mirror.record_of(booking=booking.id)
            try:
                if booking.is_open and await self._moves_over(booking, venue):
                    return
                await self._stands_in_the_way(booking, record, winner, venue)
                return
            except (BookingChanged, SlotTaken):
                continue

    async def _moves_over(self, booking: Booking, venue: Venue) -> bool:
        """Another table at the same time; for a move that is not in the store yet, its old place."""
        free = await self.free(booking, venue)
        if free is not None:
            await self._move(replace(booking, resources=free), venue)
            return True
        return await self._goes_back(booking, venue)

    async def _goes_back(self, booking: Booking, venue: Venue) -> bool:
        if booking.status not in UNCONFIRMED:
            return False
        record = await self._mirror.record_of(booking=booking.id)
        if record is None:
            return False
        known = (await self._mirror.known(records=[record])).get(record)
        if known is None or not known.row.is_booking or known.row.start == booking.start:
            return False
        row = known.row
        assert row.start is not None
        old = replace(
            booking,
            start=row.start,
            end=row.end or row.start + (booking.end - booking.start),
            resources=row.resources or booking.resources,
        )
        try:
            moved = await self._move(old, venue)
        except DomainError:
            return False
        if booking.status is BookingStatus.RECEIVED:
            await self._not_confirmed(booking, moved, record, venue)
        return True

    async def _move(self, changed: Booking, venue: Venue) -> Booking:
        """Raises: BookingChanged, SlotTaken, …"""
        once = Once(f"engine:{secrets.token_hex(8)}", fingerprint("gives way", changed.code))
        moved = await self._bookings.move(
            changed=changed,
            placement=place(venue, slot_of(changed)),
            hold_id=None,
            once=once,
            actor="engine",
            now=self._clock.now(),
        )
        log.info("booking.gave_way", venue=venue.id)
        self._has_changed(moved.id)
        return moved

    async def _stands_in_the_way(
        self, booking: Booking, record: RecordId | None, winner: Booking, venue: Venue
    ) -> None:
        """No other place. A guest who has been promised nothing yet is offered something else."""
        if booking.status in UNCONFIRMED:
            cancelled = await self.end(booking, actor="engine")
            if cancelled is not None and booking.status is BookingStatus.RECEIVED:
                await self._not_confirmed(cancelled, winner, record, venue)
            self._has_changed(booking.id)
            return
        await self._desk.report(ConflictKind.DOUBLE_BOOKED, venue, booking, record, other=winner)
        await self._desk.tell(NoticeKind.STRANDED, booking)

    async def _not_confirmed(
        self, booking: Booking, other: Booking, record: RecordId | None, venue: Venue
    ) -> None:
        await self._desk.tell(NoticeKind.NOT_CONFIRMED, booking)
        await self._desk.report(ConflictKind.NOT_CONFIRMED, venue, booking, record, other=other)

    async def end(self, booking: Booking, *, actor: str) -> Booking | None:
        """Cancel a booking, or complete one whose guests are seated; None where it had ended already."""
        for _ in range(MAX_RACES):
            current = await self._mirror.booking(id=booking.id)
            if current is None or not current.is_live:
                return None
            try:
                return await self._bookings.set_status(
                    code=current.code,
                    status=BookingStatus.CANCELLED if current.is_open else BookingStatus.COMPLETED,
                    version=current.version,
                    once=None,
                    actor=actor,
                    now=self._clock.now(),
                )
            except BookingChanged:
                continue
        return None

    async def free(
        self, booking: Booking, venue: Venue, *, among: tuple[ResourceId, ...] = ()
    ) -> tuple[ResourceId, ...] | None:
        """Resources that are free at a booking's own time, `among` being part of them."""
        day = service_day(venue, booking.start)
        read = await self._sheets.read(venue, [day], now=self._clock.now())
        sheet = read.sheets[day].remove(booking.id)
        return free_resources(venue, sheet, slot_of(booking), among=among)
