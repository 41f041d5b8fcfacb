"""The waitlist in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from domain.venue import VenueId
from domain.waitlist import WaitlistEntry, WaitlistId


class Waitlist(Protocol):
    async def join(self, *, entry: WaitlistEntry) -> WaitlistEntry:
        """Put a guest on the list. Somebody who is on it already for the same day, number of people
        and service (by user id, or phone where that is not empty) keeps their place: that entry comes
        back, its hours and name brought up to date."""
        ...

    async def get(self, *, id: WaitlistId) -> WaitlistEntry | None: ...

    async def change(self, *, changed: WaitlistEntry) -> WaitlistEntry | None:
        """Store a new version; None where the entry is not at `changed.version` any more."""
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
        """What a guest waits for, by day. `phone` must be proven by the channel."""
        ...
