"""What has come of a guest's bookings since they last wrote: told once, then struck off the lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from application.ports.clock import Clock
from application.ports.conflicts import ConflictKind, Conflicts
from application.ports.notices import Notice, Notices
from domain.booking import Booking, BookingCode
from domain.venue import VenueId

_ONLY_TO_BE_TOLD = frozenset(
    {ConflictKind.MOVED, ConflictKind.CANCELLED, ConflictKind.NOT_CONFIRMED}
)
"""What is settled by the guest's knowing; the others need staff to change something."""


class GuestNews:
    def __init__(self, *, notices: Notices, conflicts: Conflicts, clock: Clock) -> None:
        self._notices = notices
        self._conflicts = conflicts
        self._clock = clock

    async def untold(self, *, venue: VenueId, user_id: str, phone: str) -> Sequence[Notice]:
        """What a guest has not heard yet, oldest first. `phone` must be proven by the channel."""
        return await self._notices.untold(venue=venue, user_id=user_id, phone=phone)

    async def heard_of(
        self, bookings: Collection[BookingCode], *, venue: VenueId, user_id: str, phone: str
    ) -> None:
        """What these bookings came to was said in this very turn: it is no news any more."""
        untold = await self.untold(venue=venue, user_id=user_id, phone=phone)
        heard = [notice for notice in untold if notice.booking.code in bookings]
        if heard:
            await self.told(heard)

    async def told(self, notices: Sequence[Notice]) -> None:
        """The guest has heard these; hearing one twice, after a crash, is better than never."""
        now = self._clock.now()
        await self._notices.told(ids=[notice.id for notice in notices], now=now)
        for notice in notices:
            await self.written(notice.booking)

    async def written(self, booking: Booking) -> None:
        """The guest was written to about this booking: staff need not do so."""
        for conflict in await self._conflicts.open_ones(venue=booking.venue, code=booking.code):
            if conflict.kind in _ONLY_TO_BE_TOLD:
                await self._conflicts.resolve(id=conflict.id, now=self._clock.now())
