"""Bookings in the ledger: the only place where it is decided that somebody has a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.booking import Booking, BookingCode, BookingStatus
from domain.floor import Placement
from domain.venue import VenueId


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a write happen once, however often it is asked for.

    The same `key` with the same `fingerprint` returns what the first call returned and writes
    nothing; with another fingerprint it raises KeyReused. A key is remembered for at least 8 days.
    """

    key: str
    fingerprint: str
    conversation_id: str = ""
    turn: int = 0
    """The turn that wrote it: how a turn that died after its write is found again."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail: who did what, and how the booking looked before and after."""

    at: datetime
    actor: str
    """`guest`, `staff`, `engine`, … never a name or number."""
    action: str
    code: BookingCode
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


class Bookings(Protocol):
    """Every change is one transaction: claims, pacing, the row, its idempotency key, the audit line.

    Live bookings (`domain.booking.LIVE`) have their claims; the others have none.
    """

    async def book(
        self,
        *,
        booking: Booking,
        placement: Placement,
        hold_id: str | None,
        limit: int,
        once: Once,
        actor: str,
        now: datetime,
    ) -> Booking:
        """Write a new booking, on its hold's claims where it has a hold, else on fresh ones.

        A hold that lapsed meanwhile is no harm while its cells are still free.
        `limit`: how many open bookings to come this guest (venue and user) may have, this included.

        Raises: SlotTaken, PacingExceeded, TooManyBookings, KeyReused.
        """
        ...

    async def move(
        self,
        *,
        changed: Booking,
        placement: Placement,
        hold_id: str | None,
        once: Once,
        actor: str,
        now: datetime,
    ) -> Booking:
        """Give a booking its new time, party or resources; same id, same code.

        `changed.version` is the version that was read; the stored one is one higher. New claims are
        taken before the old are released, in one transaction, and cells that both share are kept:
        whoever loses here keeps what they had. Status and creation stay as stored; `sequence` grows
        by one where the time changes, whatever `changed` says.

        Raises: SlotTaken, PacingExceeded, BookingChanged, BookingNotFound, IllegalTransition
        (it is no longer open), KeyReused.
        """
        ...

    async def set_status(
        self,
        *,
        code: BookingCode,
        status: BookingStatus,
        version: int | None,
        once: Once | None,
        actor: str,
        now: datetime,
    ) -> Booking:
        """Take a booking on in its life; a status that is not live gives its claims back.

        `version` None accepts any. Setting the status it already has changes nothing. A booking
        that comes back to life (a no-show seated after all) needs its claims again.

        Raises: IllegalTransition, BookingChanged, BookingNotFound, KeyReused, SlotTaken.
        """
        ...

    async def edit(
        self, *, changed: Booking, once: Once | None, actor: str, now: datetime
    ) -> Booking:
        """Change name, phone, e-mail or notes; nothing that touches the floor.

        Raises: BookingChanged, BookingNotFound, KeyReused.
        """
        ...

    async def recall(self, *, once: Once) -> Booking | None:
        """What the first call with this key returned; None where there was none.

        Raises: KeyReused.
        """
        ...

    async def get(self, *, code: BookingCode) -> Booking | None: ...

    async def of_guest(
        self, *, venue: VenueId, user_id: str, phone: str, since: datetime
    ) -> Sequence[Booking]:
        """A guest's open bookings that end after `since`, by start.

        A booking is theirs by `user_id`, or by `phone` where that is not empty (it must be proven
        by the channel: the caller's duty).
        """
        ...

    async def between(
        self,
        *,
        venue: VenueId,
        start: datetime,
        end: datetime,
        status: BookingStatus | None = None,
    ) -> Sequence[Booking]:
        """Bookings that start in [start, end), by start and then code; all statuses unless one is given."""
        ...

    async def versions(self, *, venue: VenueId, start: datetime, end: datetime) -> int:
        """The versions of the bookings that start in [start, end), added up.

        It grows with every change that leaves a booking where it is, and costs less than reading
        them; changes of place show in `DaySheets.revisions`.
        """
        ...

    async def written_by(self, *, conversation_id: str, turn: int) -> Sequence[Booking]:
        """What one turn wrote, as the bookings stood right after, in order."""
        ...

    async def audit(self, *, code: BookingCode) -> Sequence[AuditEntry]:
        """The audit trail of one booking, oldest first."""
        ...


def facts_of(booking: Booking) -> dict[str, object]:
    """A booking as plain JSON: what audit lines and remembered answers keep. Times are RFC 3339."""
    return {
        "id": booking.id,
        "code": booking.code,
        "venue": booking.venue,
        "service": booking.service,
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "party_size": booking.party_size.covers,
        "resources": list(booking.resources),
        "status": booking.status.value,
        "user_id": booking.guest.user_id,
        "name": booking.guest.name,
        "phone": booking.guest.phone,
        "email": booking.guest.email,
        "language": booking.guest.language,
        "notes": booking.notes,
        "channel": booking.channel,
        "version": booking.version,
        "sequence": booking.sequence,
        "created_at": booking.created_at.isoformat(),
    }
