"""What a booking's row in the store is to show, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.booking import UNCONFIRMED, Booking, BookingStatus
from domain.store_row import StoreRow

Cells = Mapping[str, Any]
"""Values by the names of `StoreRow`."""


def cells_of(booking: Booking) -> dict[str, Any]:
    """Every cell that the engine fills, `version` among them.

    A booking that is not confirmed yet stands there as confirmed: staff need not know of the
    seconds in between, and the guest hears of it only once the row has been read again.
    """
    guest = booking.guest
    status = BookingStatus.CONFIRMED if booking.status in UNCONFIRMED else booking.status
    return {
        "key": booking.id,
        "version": booking.version,
        "code": booking.code,
        "venue": booking.venue,
        "start": booking.start,
        "end": booking.end,
        "covers": booking.party_size.covers,
        "service": booking.service,
        "resources": tuple(sorted(booking.resources)),
        "status": status,
        "name": guest.name,
        "phone": guest.phone,
        "email": guest.email,
        "language": guest.language,
        "notes": booking.notes,
        "channel": booking.channel,
    }


def differing(cells: Cells, seen: StoreRow | None) -> dict[str, Any]:
    """The cells that `seen` does not show so; all of them where nothing was seen."""
    if seen is None:
        return dict(cells)
    return {name: value for name, value in cells.items() if getattr(seen, name) != value}
