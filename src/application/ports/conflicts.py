"""Conflicts: bookings that need a person, listed for staff until they are settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.booking import BookingCode
from domain.store_row import RecordId
from domain.venue import VenueId


class ConflictKind(StrEnum):
    DOUBLE_BOOKED = "double_booked"
    """Two bookings have the same resource at the same time, and neither could be moved."""
    CLOSED = "closed"
    """The house is not open at that time any more, or the resource is away."""
    MOVED = "moved"
    """Staff moved a guest's booking: the guest has to hear of it."""
    CANCELLED = "cancelled"
    """Staff cancelled a guest's booking or deleted its row: the guest has to hear of it."""
    NO_RESOURCE = "no_resource"
    """A row without a table for which none is free."""
    NOT_CONFIRMED = "not_confirmed"
    """The guest was told "received", and the place was gone."""
    UNANSWERED = "unanswered"
    """The guest was asked whether they come, and has not answered in time."""
    REFUSED = "refused"
    """The store does not take the row."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """`id` names one need of one booking or row: the same again is the same conflict."""

    id: str
    venue: VenueId
    kind: ConflictKind
    code: BookingCode
    """Of the booking that is stranded; empty where the row is none yet."""
    record: RecordId | None
    detail: str
    """In plain words, in the venue's language."""
    draft: str
    """A message to the guest, ready to send or edit, in the guest's language; empty for nobody."""
    other: BookingCode | None
    """The booking in the way, where there is one."""
    detected_at: datetime
    resolved_at: datetime | None = None


def conflict_id(kind: ConflictKind, subject: str) -> str:
    """`subject`: the booking's code and what else makes the need one of its own."""
    return f"{kind}:{subject}"


class Conflicts(Protocol):
    async def report(self, *, conflict: Conflict) -> bool:
        """List it; False where it was listed already (and is now brought up to date).
        One that had been resolved is opened again."""
        ...

    async def resolve(self, *, id: str, now: datetime) -> bool:
        """Take it off the list; False where it was not on it."""
        ...

    async def open_ones(
        self, *, venue: VenueId, code: BookingCode | None = None
    ) -> Sequence[Conflict]:
        """Unresolved ones by when they were detected; of one booking where `code` is given."""
        ...
