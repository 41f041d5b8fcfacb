"""Everything that a booking store besides the ledger needs, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from application.committer import Committer, Heard
from application.conflict_desk import ConflictDesk, Word
from application.giving_way import GivingWay
from application.guest_book import GuestBook, GuestList
from application.ports.booking_store import BookingStore, StoreFeed
from application.ports.bookings import Bookings
from application.ports.clock import Clock
from application.ports.conflicts import Conflicts
from application.ports.leases import Leases
from application.ports.mirror import Mirror
from application.ports.notices import Notices
from application.ports.outbox import Outbox
from application.ports.store_state import StoreState
from application.settlement import Settlement
from application.sheets import WarmSheets
from application.staff_edits import StaffEdits
from application.store_keeper import Pace, StoreKeeper
from application.store_status import StoreStatus
from domain.venue import Venue


class StoreLedger(Protocol):
    """What the ledger keeps for a booking store."""

    @property
    def bookings(self) -> Bookings: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def mirror(self) -> Mirror: ...
    @property
    def conflicts(self) -> Conflicts: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def store_state(self) -> StoreState: ...


class StoreOffice:
    """One process's part in keeping ledger and booking store together.

    `settlement` and `status` serve the guests of this process; `keeper` does the work for all
    processes while it has the lease.
    """

    def __init__(
        self,
        *,
        ledger: StoreLedger,
        store: BookingStore,
        feed: StoreFeed,
        guests: GuestList,
        sheets: WarmSheets,
        venues: Callable[[], Sequence[Venue]],
        clock: Clock,
        word: Word,
        reload_houses: Callable[[int], Awaitable[None]],
        on_change: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[None]]],
        holder: str,
        pace: Pace,
        deadline_s: float,
        max_age_s: float,
        heard: Heard | None = None,
    ) -> None:
        """`venues` gives the houses as they are now; `on_change` hears of documents of `StoreState`,
        `heard` of each booking's way into the store."""
        self.status = StoreStatus(
            state=ledger.store_state,
            clock=clock,
            max_age_s=max_age_s,
            on_change=on_change,
            on_ping=self._ping,
            on_wanted=self._want,
        )
        self.settlement = Settlement(
            outbox=ledger.outbox,
            bookings=ledger.bookings,
            clock=clock,
            deadline_s=deadline_s,
            reachable=self.status.is_reachable,
            wake=self._wake,
        )
        has_changed = self.settlement.has_changed
        book = GuestBook(guests)
        desk = ConflictDesk(
            conflicts=ledger.conflicts,
            notices=ledger.notices,
            mirror=ledger.mirror,
            bookings=ledger.bookings,
            store=store,
            clock=clock,
            word=word,
        )
        giving_way = GivingWay(
            mirror=ledger.mirror,
            bookings=ledger.bookings,
            sheets=sheets,
            desk=desk,
            clock=clock,
            has_changed=has_changed,
        )
        self.edits = StaffEdits(
            mirror=ledger.mirror,
            bookings=ledger.bookings,
            desk=desk,
            giving_way=giving_way,
            venues=venues,
            clock=clock,
            has_changed=has_changed,
            store=store,
        )
        self.committer = Committer(
            outbox=ledger.outbox,
            store=store,
            mirror=ledger.mirror,
            edits=self.edits,
            clock=clock,
            has_changed=has_changed,
            guests=book,
            heard=heard,
        )
        self.keeper = StoreKeeper(
            leases=ledger.leases,
            state=ledger.store_state,
            committer=self.committer,
            store=store,
            feed=feed,
            mirror=ledger.mirror,
            edits=self.edits,
            reload_houses=reload_houses,
            clock=clock,
            holder=holder,
            pace=pace,
            guests=book,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin to follow, and to work whenever the lease is ours."""
        self._tasks = [
            asyncio.create_task(self.status.follow()),
            asyncio.create_task(self.keeper.run()),
        ]

    async def close(self) -> None:
        """Stop, and give the lease back so that another process can go on at once."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _wake(self) -> None:
        self.committer.wake()

    def _ping(self) -> None:
        self.keeper.ping()

    def _want(self, token: str) -> None:
        self.keeper.want_full_pass(token)
