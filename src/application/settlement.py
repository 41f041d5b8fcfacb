"""Waiting with a guest until the booking store has what the ledger has given them, but not for ever."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress

from application.ports.bookings import Bookings
from application.ports.clock import Clock
from application.ports.outbox import Outbox
from domain.booking import Booking, BookingId

# Where another process has the committer's lease nobody tells us: then we ask this often.
POLL_S = 0.25


class Settlement:
    """What a guest hears at the end of a write: confirmed, or received where the store is slow.

    `reachable` says whether the store answered lately: while it does not, nobody is kept waiting.
    `wake` tells the committer that there is work.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        bookings: Bookings,
        clock: Clock,
        deadline_s: float,
        reachable: Callable[[], bool],
        wake: Callable[[], None],
    ) -> None:
        self._outbox = outbox
        self._bookings = bookings
        self._clock = clock
        self._deadline_s = deadline_s
        self._reachable = reachable
        self._wake = wake
        self._waiting: dict[BookingId, list[asyncio.Event]] = defaultdict(list)

    def has_changed(self, booking: BookingId) -> None:
        """The committer, in this process: something came of a booking."""
        for event in self._waiting.get(booking, ()):
            event.set()

    async def is_settled(self, booking: Booking) -> bool:
        """Whether the store has the newest version of a booking."""
        return not await self._outbox.pending(booking=booking.id)

    async def wait(self, booking: Booking) -> Booking:
        """The booking as it stands once the store has it, or when the deadline has passed: then a
        guest is told "received", and hears what comes of it as a notice.

        Raises: StoreUnavailable where the ledger cannot be reached.
        """
        self._wake()
        if self._reachable():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._deadline_s):
                    await self._settled(booking.id)
        if await self._outbox.pending(booking=booking.id):
            deferred = await self._outbox.defer(code=booking.code, now=self._clock.now())
            return deferred or booking
        return await self._bookings.get(code=booking.code) or booking

    async def _settled(self, booking: BookingId) -> None:
        event = asyncio.Event()
        self._waiting[booking].append(event)
        try:
            while await self._outbox.pending(booking=booking):
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await event.wait()
                event.clear()
        finally:
            self._waiting[booking].remove(event)
            if not self._waiting[booking]:
                del self._waiting[booking]
