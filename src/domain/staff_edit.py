"""What staff mean by editing a booking's row: pure, from the row before and the row now.

Staff are right. A cell they changed counts against whatever the engine wanted to write there; a cell
they left alone does not undo a change of the engine that has not reached the row yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.availability import start_windows
from domain.booking import (
    UNCONFIRMED,
    Booking,
    BookingCode,
    BookingId,
    BookingStatus,
    PartySize,
    spoken_code,
)
from domain.booking_cells import cells_of
from domain.guest import Guest
from domain.hours import service_day_of
from domain.store_row import StoreRow
from domain.venue import Service, Venue, VenueKind
from domain.zones import minute_of

# A row without a party is one for two at a table, and for one patient in a chair.
_USUAL_PARTY = {VenueKind.RESTAURANT: 2, VenueKind.CLINIC: 1}

LONGEST_STAY = timedelta(hours=24)
"""A row that ends later than that after its start has a slip of the finger in one of the two."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A booking as staff want it."""

    booking: Booking
    """As it shall stand. Where the engine chooses its resources, these are not the final ones."""
    choose_resources: bool
    """Staff left the resources to the engine."""
    repair: bool
    """The row lacks something, or contradicts itself: the engine has to write it again."""
    moved: bool
    """As in `is_moved`."""
    cancelled: bool
    """As in `is_cancelled`."""


def new_booking(row: StoreRow, venue: Venue, *, id: BookingId, code: BookingCode) -> Edit:
    """A booking that staff typed into the store. The row must be one (`StoreRow.is_booking`)."""
    assert row.start is not None
    assert row.status is not None
    covers = row.covers or _USUAL_PARTY[venue.kind]
    service = _service(row, venue)
    end = row.end
    if end is None or not timedelta(0) < end - row.start <= LONGEST_STAY:
        end = row.start + service.turn_time(covers)
    booking = Booking(
        id=id,
        code=code,
        venue=venue.id,
        service=service.id,
        start=row.start,
        end=end,
        party_size=PartySize(covers),
        resources=row.resources or (venue.resources[0].id,),
        status=_meant(row.status),
        guest=Guest("", row.name, row.phone, row.email, row.language),
        created_at=row.created_at,
        notes=row.notes,
        channel=row.channel or "staff",
    )
    return Edit(booking, not row.resources, repair=True, moved=False, cancelled=False)


def overtaken(booking: Booking) -> Edit:
    """The row shows an older version than it had: a write that was delayed has come after a newer
    one (its process was stopped in between). Nobody meant that; the booking is written again."""
    again = replace(booking, version=booking.version + 1)
    return Edit(again, choose_resources=False, repair=True, moved=False, cancelled=False)


def edit_of(row: StoreRow, seen: StoreRow, booking: Booking, venue: Venue) -> Edit | None:
    """What staff changed in a booking's row since it was `seen`; None where they changed nothing.

    `booking` is the ledger's, which may be ahead of the row.
    """
    if row.version > seen.version:
        # The engine has written since: what staff changed is what differs from that.
        if row.version != booking.version:
            return None
        seen = replace(row, **_written(booking))
    if _own_cells(row) == _own_cells(seen):
        return None
    assert row.start is not None
    assert row.status is not None
    changed = _changed(row, seen, booking, venue)
    choose = not row.resources and bool(seen.resources)
    retimed = (changed.start, changed.end) != (booking.start, booking.end)
    return Edit(
        booking=replace(changed, version=booking.version + 1, sequence=booking.sequence + retimed),
        choose_resources=choose,
        repair=_needs_repair(row, changed),
        moved=is_moved(booking, changed),
        cancelled=is_cancelled(booking, changed),
    )


def is_moved(before: Booking, after: Booking) -> bool:
    """Whether time or party changed, so that the guest has to hear of it."""
    retold = (after.start, after.party_size) != (before.start, before.party_size)
    return retold and after.is_open


def is_cancelled(before: Booking, after: Booking) -> bool:
    """Whether it was open and is cancelled now."""
    return before.is_open and after.status is BookingStatus.CANCELLED


def _written(booking: Booking) -> dict[str, Any]:
    """The cells of a row as the engine writes them, for `StoreRow`."""
    engine_only = {"key", "code", "version", "language", "channel"}
    return {name: cell for name, cell in cells_of(booking).items() if name not in engine_only}


def _own_cells(row: StoreRow) -> tuple[object, ...]:
    """The cells that staff own: what of a row can be an edit."""
    return (
        row.start,
        row.end,
        row.covers,
        row.service,
        row.resources,
        row.status,
        row.name,
        row.phone,
        row.email,
        row.notes,
        row.venue,
    )


def _changed(row: StoreRow, seen: StoreRow, booking: Booking, venue: Venue) -> Booking:
    covers = booking.party_size.covers
    if row.covers != seen.covers and row.covers:
        covers = row.covers
    service = booking.service if row.service in (None, seen.service) else row.service
    start, end = _times(row, seen, booking)
    if not timedelta(0) < end - start <= LONGEST_STAY:
        end = start + venue.service(service).turn_time(covers)
    # Staff have seen the row, and it stands: a booking under way is confirmed by that.
    status = _meant(booking.status)
    if row.status is not seen.status and row.status is not None:
        status = _meant(row.status)
    kept = row.resources == seen.resources or not row.resources
    return replace(
        booking,
        service=service,
        start=start,
        end=end,
        party_size=PartySize(covers),
        resources=booking.resources if kept else row.resources,
        status=status,
        guest=replace(
            booking.guest,
            name=booking.guest.name if row.name == seen.name else row.name,
            phone=booking.guest.phone if row.phone == seen.phone else row.phone,
            email=booking.guest.email if row.email == seen.email else row.email,
        ),
        notes=booking.notes if row.notes == seen.notes else row.notes,
    )


def _times(row: StoreRow, seen: StoreRow, booking: Booking) -> tuple[datetime, datetime]:
    """A start that is moved alone takes its end along: nobody drags both."""
    assert row.start is not None
    start = booking.start if row.start == seen.start else row.start
    if row.end != seen.end and row.end is not None:
        return start, row.end
    return start, start + (booking.end - booking.start)


def _needs_repair(row: StoreRow, booking: Booking) -> bool:
    shown = (row.start, row.end, row.resources, row.key, spoken_code(row.code))
    return shown != (booking.start, booking.end, booking.resources, booking.id, booking.code)


def _meant(status: BookingStatus) -> BookingStatus:
    """The engine alone says `confirming` and `received`: chosen by staff they mean a booking."""
    return BookingStatus.CONFIRMED if status in UNCONFIRMED else status


def _service(row: StoreRow, venue: Venue) -> Service:
    assert row.start is not None
    if row.service is not None:
        return venue.service(row.service)
    day = service_day_of(venue, row.start)
    minute = minute_of(row.start, day, venue.zone)
    for service in venue.services:
        if any(first <= minute < end for first, end in start_windows(venue, day, service.id)):
            return service
    return venue.services[0]
