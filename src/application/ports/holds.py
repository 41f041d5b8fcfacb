"""Holds: a slot kept for one guest for a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.floor import Placement
from domain.venue import VenueId


@dataclass(frozen=True, slots=True)
class Hold:
    id: str
    venue: VenueId
    placement: Placement
    holder: str
    """Who it is kept for: a key of venue and user, the same for all their conversations."""
    expires_at: datetime


class Holds(Protocol):
    """Places and releases holds. A hold is a set of claims with an expiry.

    Once `expires_at` has passed a hold no longer counts, whether or not it has been swept.

    No adapter reads a clock: a hold lasts from the `now` it was placed at to a later `now` that is
    not before `expires_at`. So a caller whose clock is anchored to a monotonic one keeps holds at
    their full length when the machine's clock jumps. Between machines a hold is shortened by as
    much as their clocks differ.
    """

    async def place(
        self,
        *,
        hold_id: str,
        venue: VenueId,
        placement: Placement,
        holder: str,
        expires_at: datetime,
        now: datetime,
        limit: int,
    ) -> Hold:
        """Claim every cell of a placement and charge its pacing windows, or nothing at all.

        Placing the same `hold_id` again returns the hold as it stands.

        Raises: SlotTaken, PacingExceeded, TooManyHolds (the holder has `limit` live holds already).
        """
        ...

    async def release(self, *, hold_id: str) -> None:
        """Give a hold's claims and charges back. A hold that is gone already is no error."""
        ...

    async def get(self, *, hold_id: str, now: datetime) -> Hold | None:
        """The hold, or None where it has lapsed, was released or became a booking."""
        ...

    async def sweep(self, *, now: datetime) -> int:
        """Delete all holds lapsed at `now`; returns how many."""
        ...
