"""Domain values as rows and JSON, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.floor import Charge, Claim, Placement, Slot
from domain.guest import Guest
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, ServiceId, VenueId

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Allocated:
    """A row of `allocations`."""

    seq: int
    id: str
    venue: VenueId
    kind: str
    placement: Placement
    holder: str
    expires_at: datetime | None
    booking: BookingCode | None

    def has_lapsed(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


def allocated(row: sa.Row[Any]) -> Allocated:
    return Allocated(
        seq=row.seq,
        id=row.id,
        venue=VenueId(row.venue),
        kind=row.kind,
        placement=Placement(
            slot=_slot(row.slot), claims=claims_of(row.claims), charges=charges_of(row.charges)
        ),
        holder=row.holder,
        expires_at=row.expires_at,
        booking=row.booking,
    )


def placement_columns(placement: Placement) -> dict[str, Any]:
    slot = placement.slot
    return {
        "slot": {
            "service": slot.service,
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "covers": slot.covers,
            "resources": slot.resources,
        },
        "claims": [(c.resource, c.first, c.end) for c in placement.claims],
        "charges": [
            (c.key, c.rule, c.covers, c.parties, c.max_covers, c.max_parties)
            for c in placement.charges
        ],
        "first_cell": min(c.first for c in placement.claims),
        "end_cell": max(c.end for c in placement.claims),
    }


def claims_of(stored: Iterable[tuple[str, int, int]]) -> tuple[Claim, ...]:
    return tuple(Claim(ResourceId(resource), first, end) for resource, first, end in stored)


def charges_of(stored: Iterable[Any]) -> tuple[Charge, ...]:
    return tuple(Charge(*charge) for charge in stored)


def _slot(stored: Mapping[str, Any]) -> Slot:
    return Slot(
        service=ServiceId(stored["service"]),
        start=datetime.fromisoformat(stored["start"]),
        end=datetime.fromisoformat(stored["end"]),
        covers=stored["covers"],
        resources=tuple(stored["resources"]),
    )


def guest_columns(guest: Guest) -> dict[str, Any]:
    return {
        "user_id": guest.user_id,
        "name": guest.name,
        "phone": guest.phone,
        "email": guest.email,
        "language": guest.language,
    }


def guest_of(row: Mapping[str, Any] | sa.RowMapping) -> Guest:
    """The guest in whose name a row stands; `row` may hold more columns."""
    return Guest(
        user_id=row["user_id"],
        name=row["name"],
        phone=row["phone"],
        email=row["email"],
        language=row["language"],
    )


def booking_columns(booking: Booking, *, updated_at: datetime) -> dict[str, Any]:
    return {
        "id": booking.id,
        "code": booking.code,
        "venue": booking.venue,
        "service": booking.service,
        "start": booking.start,
        "end": booking.end,
        "party_size": booking.party_size.covers,
        "resources": booking.resources,
        "status": booking.status.value,
        **guest_columns(booking.guest),
        "notes": booking.notes,
        "channel": booking.channel,
        "version": booking.version,
        "sequence": booking.sequence,
        "created_at": booking.created_at,
        "updated_at": updated_at,
    }


def booking_of(row: Mapping[str, Any] | sa.RowMapping) -> Booking:
    """A booking from its row; `row` may hold more columns than a booking has fields."""
    return Booking(
        id=BookingId(row["id"]),
        code=BookingCode(row["code"]),
        venue=VenueId(row["venue"]),
        service=ServiceId(row["service"]),
        start=row["start"],
        end=row["end"],
        party_size=PartySize(row["party_size"]),
        resources=tuple(ResourceId(resource) for resource in row["resources"]),
        status=BookingStatus(row["status"]),
        guest=guest_of(row),
        notes=row["notes"],
        channel=row["channel"],
        version=row["version"],
        sequence=row["sequence"],
        created_at=row["created_at"],
    )


def booking_of_facts(facts: Mapping[str, Any]) -> Booking:
    """The booking that `application.ports.bookings.facts_of` wrote down."""
    instants = {name: datetime.fromisoformat(facts[name]) for name in _INSTANTS}
    return booking_of({**facts, **instants})


_INSTANTS = ("start", "end", "created_at")


def store_row_facts(row: StoreRow) -> dict[str, Any]:
    """A row of the booking store as plain JSON; times are RFC 3339."""
    return {
        "record": row.record,
        "created_at": row.created_at.isoformat(),
        "venue": row.venue,
        "key": row.key,
        "version": row.version,
        "code": row.code,
        "start": None if row.start is None else row.start.isoformat(),
        "end": None if row.end is None else row.end.isoformat(),
        "covers": row.covers,
        "service": row.service,
        "resources": row.resources,
        "status": None if row.status is None else row.status.value,
        "name": row.name,
        "phone": row.phone,
        "email": row.email,
        "language": row.language,
        "notes": row.notes,
        "channel": row.channel,
        "conflict": row.conflict,
        "unreadable": row.unreadable,
    }


def store_row_of(facts: Mapping[str, Any]) -> StoreRow:
    """The row that `store_row_facts` wrote down."""
    return StoreRow(
        record=RecordId(facts["record"]),
        created_at=datetime.fromisoformat(facts["created_at"]),
        venue=_known(VenueId, facts["venue"]),
        key=_known(BookingId, facts["key"]),
        version=facts["version"],
        code=facts["code"],
        start=_known(datetime.fromisoformat, facts["start"]),
        end=_known(datetime.fromisoformat, facts["end"]),
        covers=facts["covers"],
        service=_known(ServiceId, facts["service"]),
        resources=tuple(ResourceId(resource) for resource in facts["resources"]),
        status=_known(BookingStatus, facts["status"]),
        name=facts["name"],
        phone=facts["phone"],
        email=facts["email"],
        language=facts["language"],
        notes=facts["notes"],
        channel=facts["channel"],
        conflict=facts["conflict"],
        unreadable=tuple(facts["unreadable"]),
    )


def _known(read: Callable[[str], T], stored: str | None) -> T | None:
    return None if stored is None else read(stored)
