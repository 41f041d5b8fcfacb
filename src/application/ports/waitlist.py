"""The waitlist in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from domain.venue import VenueId
from domain.waitlist import WaitlistEntry, WaitlistId


class Waitlist(Protocol):
    async def join(self, *, entry: WaitlistEntry) -> WaitlistEntry:
        """Put a guest on the list.

        Somebody who is on it already for the same day, number of people and service (by user id, or by
        phone, where these are not empty) keeps their place: that entry comes back, brought up to date
        by `domain.waitlist.joined_again`. The same `entry.id` again changes nothing.
        """
        ...

    async def get(self, *, id: WaitlistId) -> WaitlistEntry | None: ...

    async def change(self, *, changed: WaitlistEntry) -> WaitlistEntry | None:
        """Store a new version and return it; None where the entry is not at `changed.version` any
        more. Its venue and `created_at` stay as they were."""
        ...

    async def on_day(self, *, venue: VenueId, day: date) -> Sequence[WaitlistEntry]:
        """Every entry of a day, longest waiting first."""
        ...

    async def listed(self) -> Sequence[WaitlistEntry]:
        """Everybody of every venue who waits or has an offer, longest waiting first."""
        ...

    async def of_guest(
        self, *, venue: VenueId, user_id: str, phone: str
    ) -> Sequence[WaitlistEntry]:
        """What a guest waits for or is offered, by day; found by `user_id`, or by `phone`, where these
        are not empty. `phone` must be proven by the channel."""
        ...
