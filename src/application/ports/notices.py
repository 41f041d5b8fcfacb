"""Notices: what a guest has to be told when they are next spoken to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.acts import NoticeKind
from domain.booking import Booking
from domain.staff_edit import is_cancelled, is_moved
from domain.venue import VenueId

__all__ = ["Notice", "NoticeKind", "Notices", "has_a_guest", "notice_of"]


@dataclass(frozen=True, slots=True)
class Notice:
    """`id` is 0 until it is stored. `before`: the booking as the guest last knew it, for moves."""

    kind: NoticeKind
    booking: Booking
    before: Booking | None = None
    id: int = 0


def has_a_guest(booking: Booking) -> bool:
    """Whether somebody besides staff knows of this booking and would have to be told."""
    guest = booking.guest
    return bool(guest.user_id or guest.phone or guest.email)


def notice_of(before: Booking, after: Booking) -> Notice | None:
    """What a guest hears of what staff did to their booking; None where they need not be told."""
    if not has_a_guest(before):
        return None
    if is_cancelled(before, after):
        return Notice(NoticeKind.CANCELLED, after)
    if is_moved(before, after):
        return Notice(NoticeKind.MOVED, after, before)
    return None


class Notices(Protocol):
    async def untold(self, *, venue: VenueId, user_id: str, phone: str) -> Sequence[Notice]:
        """What this guest has not heard yet, oldest first; of several about one booking the newest.

        A booking is theirs by `user_id`, or by `phone` where that is not empty and proven.
        """
        ...

    async def fresh(self, *, since: datetime, after: int, limit: int) -> Sequence[Notice]:
        """What was added at `since` or later, with an id greater than `after`, and no guest has heard:
        every guest's, oldest first."""
        ...

    async def told(self, *, ids: Collection[int], now: datetime) -> None:
        """These have been said, and with them all older ones about the same bookings."""
        ...

    async def add(self, *, notice: Notice, now: datetime) -> None: ...
