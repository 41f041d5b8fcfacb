"""Group commit: what the ledger has granted is written to the booking store, and looked at once more.

Batches of up to ten bookings are put at once. One verify read then looks for rows of staff at the
same places; they are applied first (staff are right), and only what still has its place alone is
confirmed. A booking whose outcome is not clear stays on the outbox and is put again: its key makes
that safe.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from application.errors import StoreUnavailable
from application.guest_book import GuestBook
from application.ports.booking_store import (
    BookingStore,
    Occupied,
    PutOutcome,
    PutResult,
    StoreWrite,
)
from application.ports.clock import Clock
from application.ports.mirror import Mirror
from application.ports.outbox import Outbox, Waiting
from application.staff_edits import StaffEdits
from domain.booking import UNCONFIRMED, Booking, BookingId
from domain.booking_cells import cells_of, differing
from domain.store_row import StoreRow

BATCH = 10
"""Rows in one request of the store."""

COLLECT_S = 0.2
"""How long a batch that is not full waits for more at least, while another one is on its way."""

AT_ONCE = 6
"""Batches on their way at the same time: enough that in a burst the next one always waits for its turn,
before less urgent requests; then 20 bookings cost two writes and one verify read."""

LOOK_EVERY_S = 0.1
"""How soon work is found that another process has queued."""

MAX_VERIFIED = 20
"""Bookings in one verify read."""

RETRY_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses after a store that did not answer, or whose answer was not clear."""

REFUSED_RETRY_S = (60.0, 300.0, 3600.0)
"""Pauses after a row was refused: staff have to repair something first."""

Heard = Callable[[str, float], None]
"""Hears what became of a booking on its way to the store, and how many seconds after it was queued:
`stored`, `refused`, `unknown`, `gone`, `unavailable`; and `settled` once nobody is in its way."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Put:
    waiting: Waiting
    row: StoreRow


class Committer:
    """Works the outbox off for as long as its process has the lease."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        store: BookingStore,
        mirror: Mirror,
        edits: StaffEdits,
        clock: Clock,
        has_changed: Callable[[BookingId], None],
        guests: GuestBook,
        heard: Heard | None = None,
    ) -> None:
        self._guests = guests
        self._heard = heard
        self._outbox = outbox
        self._store = store
        self._mirror = mirror
        self._edits = edits
        self._clock = clock
        self._has_changed = has_changed
        self._awake = asyncio.Event()
        self._on_the_way: set[BookingId] = set()
        self._to_verify: list[_Put] = []
        self._verifying = asyncio.Lock()
        self._unanswered = 0
        self._failures = 0
        self._not_before = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way to the store."""
        return not self._on_the_way

    def wake(self) -> None:
        """There is work on the outbox."""
        self._awake.set()

    async def work(self, fence: int) -> None:
        """Put, verify and settle until cancelled.

        Raises: Fenced once another process has taken over.
        """
        async with asyncio.TaskGroup() as group:
            batches: set[asyncio.Task[None]] = set()
            while True:
                self._awake.clear()
                batch = await self._next_batch(busy=bool(batches))
                if batch:
                    self._on_the_way |= {each.booking.id for each in batch}
                    task = group.create_task(self._commit(batch, fence))
                    batches.add(task)
                    task.add_done_callback(batches.discard)
                    while len(batches) >= AT_ONCE:
                        await asyncio.wait(batches, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await self._rest(batches)

    async def _rest(self, batches: set[asyncio.Task[None]]) -> None:
        waker = asyncio.create_task(self._awake.wait())
        try:
            await asyncio.wait(
                {waker, *batches}, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waker.cancel()

    async def _next_batch(self, *, busy: bool) -> Sequence[Waiting]:
        """Up to ten bookings that are due; fewer are sent at once only where nothing is on its way."""
        if self._clock.monotonic() < self._not_before:
            return ()
        now = self._clock.now()
        try:
            found = await self._outbox.waiting(limit=len(self._on_the_way) + BATCH, now=now)
        except StoreUnavailable as error:
            log.warning("outbox.unavailable", error=type(error).__name__)
            return ()
        batch = [each for each in found if each.booking.id not in self._on_the_way][:BATCH]
        if busy and 0 < len(batch) < BATCH and not self._may_leave(batch, now):
            return ()
        return batch

    def _may_leave(self, batch: Sequence[Waiting], now: datetime) -> bool:
        """Whether a batch that is not full has waited long enough. Behind another one that waits for
        its answer it would wait too, without those that come meanwhile."""
        return not self._unanswered and _is_overdue(batch[0], now)

    # --- one batch -------------------------------------------------------------------------------

    async def _commit(self, batch: Sequence[Waiting], fence: int) -> None:
        stored: list[_Put] = []
        try:
            await self._put(batch, stored, fence)
            if stored:
                await self._verify(stored, fence)
        except StoreUnavailable as error:
            # The ledger is away too, or the store went away in between: all of it stays queued.
            log.warning("commit.interrupted", error=type(error).__name__)
            self._pause()
        finally:
            for put in stored:
                self._edits.has_noted(put.row.record)
            self._on_the_way -= {each.booking.id for each in batch}
            self._awake.set()

    async def _put(self, batch: Sequence[Waiting], stored: list[_Put], fence: int) -> None:
        """What the store has taken is added to `stored`."""
        self._unanswered += 1
        try:
            results = await self._store.put(
                writes=[StoreWrite(each.booking, each.seen) for each in batch]
            )
        except StoreUnavailable as error:
            log.warning("commit.failed", bookings=len(batch), error=type(error).__name__)
            for waiting in batch:
                self._say("unavailable", waiting)
            self._pause()
            return
        finally:
            self._unanswered -= 1
        self._failures = 0
        for waiting, result in zip(batch, results, strict=True):
            self._say(result.outcome.value, waiting)
            if result.outcome is PutOutcome.STORED and result.row is not None:
                is_new = waiting.seen is None and not waiting.tries
                self._edits.has_written(result.row, is_new=is_new)
                stored.append(_Put(waiting, result.row))
            else:
                await self._not_stored(waiting, result, fence)

    async def _not_stored(self, waiting: Waiting, result: PutResult, fence: int) -> None:
        booking = waiting.booking
        record = None if waiting.seen is None else waiting.seen.record
        match result.outcome:
            case PutOutcome.GONE if record is not None:
                # Staff deleted the row while something of ours was on its way.
                glance = self._edits.glance()
                await self._edits.apply((), gone=[record], glance=glance, fence=fence)
                return
            case PutOutcome.REFUSED:
                await self._edits.refused(booking, record, result.detail)
                pause = _nth(REFUSED_RETRY_S, waiting.tries)
            case _:
                pause = _nth(RETRY_S, waiting.tries)
        log.warning("commit.not_stored", outcome=result.outcome.value, tries=waiting.tries)
        now = self._clock.now()
        await self._outbox.postpone(
            booking=booking.id, until=now + timedelta(seconds=pause), fence=fence, now=now
        )

    async def _verify(self, stored: Sequence[_Put], fence: int) -> None:
        """Look for staff's rows at the same places; batches that wait here share one read."""
        self._to_verify.extend(stored)
        # Whoever has the lock verifies for all that wait for it; by the time it is ours, some of our
        # own may have been verified already.
        async with self._verifying:
            while any(put in self._to_verify for put in stored):
                some = self._to_verify[:MAX_VERIFIED]
                del self._to_verify[:MAX_VERIFIED]
                await self._verify_some(some, fence)

    async def _verify_some(self, stored: Sequence[_Put], fence: int) -> None:
        taken = [_place_of(put.waiting.booking) for put in stored if _takes_a_place(put.waiting)]
        if taken:
            glance = self._edits.glance()
            try:
                rows = await self._store.overlapping(occupied=taken)
            except StoreUnavailable as error:
                log.warning("verify.failed", bookings=len(taken), error=type(error).__name__)
                self._pause()
                return
            own = {put.row.record for put in stored}
            others = [row for row in rows if row.record not in own]
            await self._edits.apply(others, glance=glance, fence=fence)
        # The answer to a write shows the whole row: also a cell that staff changed just before it.
        edited = [put.row for put in stored if _shows_an_edit(put)]
        if edited:
            await self._edits.apply(edited, glance=self._edits.glance(), fence=fence)
        for put in stored:
            await self._settle(put, fence)

    async def _settle(self, put: _Put, fence: int) -> None:
        booking = put.waiting.booking
        if booking.status in UNCONFIRMED and await self._mirror.shared_with(booking=booking.id):
            return  # it has to give way first
        await self._outbox.settle(
            booking=booking.id,
            version=booking.version,
            row=put.row,
            fence=fence,
            now=self._clock.now(),
        )
        self._has_changed(booking.id)
        self._say("settled", put.waiting)
        if booking.is_live:
            self._guests.note(booking)

    def _say(self, outcome: str, waiting: Waiting) -> None:
        if self._heard is not None:
            self._heard(outcome, (self._clock.now() - waiting.since).total_seconds())

    def _pause(self) -> None:
        self._not_before = self._clock.monotonic() + _nth(RETRY_S, self._failures)
        self._failures += 1


def _is_overdue(waiting: Waiting, now: datetime) -> bool:
    return (now - waiting.since).total_seconds() >= COLLECT_S


def _takes_a_place(waiting: Waiting) -> bool:
    """Whether a booking is at a place at which it has not been looked for others yet."""
    booking, seen = waiting.booking, waiting.seen
    if not booking.is_live:
        return False
    return (
        booking.status in UNCONFIRMED
        or seen is None
        or (seen.start, seen.end, seen.resources)
        != (
            booking.start,
            booking.end,
            booking.resources,
        )
    )


def _shows_an_edit(put: _Put) -> bool:
    """Whether staff wrote into a row that was known, between the last look and our own write."""
    return put.waiting.seen is not None and bool(differing(cells_of(put.waiting.booking), put.row))


def _place_of(booking: Booking) -> Occupied:
    return Occupied(booking.venue, booking.resources, booking.start, booking.end)


def _nth(pauses: Sequence[float], tries: int) -> float:
    return pauses[min(tries, len(pauses) - 1)]
