"""A house with a booking store besides its ledger: the real office, a store in memory, a real clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from application.committer import Heard
from application.ports.bookings import Once
from application.ports.conflicts import Conflict
from application.ports.notices import Notice
from application.reservations import Reservations
from application.sheets import WarmSheets
from application.store_keeper import Pace
from application.store_office import StoreOffice
from domain.booking import Booking, BookingStatus
from domain.floor import Slot
from domain.guest import Guest
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, ServiceId, Venue
from infrastructure.clock import OffsetClock
from infrastructure.database.engine import Ledger, open_ledger
from infrastructure.local.human import word_news
from infrastructure.memory.booking_store import MemoryBookingStore
from infrastructure.venues.loader import load_venues

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NINE = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)  # 21:00 in Madrid
DINNER = ServiceId("dinner")
GUEST = "+34600111222"


@dataclass
class House:
    """One process of it. Another may run on the same ledger and store."""

    ledger: Ledger
    store: MemoryBookingStore
    office: StoreOffice
    reservations: Reservations
    venue: Venue
    reloads: list[Venue] = field(default_factory=list)
    readings: int = 0
    """How often the keeper had the houses read."""
    _made: int = 0

    def slot(
        self, *resources: str, covers: int = 4, start: datetime = NINE, minutes: int = 105
    ) -> Slot:
        names = tuple(ResourceId(name) for name in sorted(resources or ("T7",)))
        return Slot(DINNER, start, start + timedelta(minutes=minutes), covers, names)

    async def book(
        self, *resources: str, guest: str = GUEST, name: str = "Laura Gil", **slot: Any
    ) -> Booking:
        """A guest books; raises SlotTaken where the place goes to staff first."""
        self._made += 1
        return await self.reservations.book(
            self.venue,
            self.slot(*resources, **slot),
            guest=Guest(guest, name, guest, "", "es"),
            notes="",
            channel="chat",
            hold_id=None,
            once=Once(f"test:{self._made}:{id(self)}", str(self._made)),
        )

    async def move(self, booking: Booking, *resources: str, **slot: Any) -> Booking:
        self._made += 1
        once = Once(f"test:{self._made}:{id(self)}", str(self._made))
        wanted = self.slot(*resources, **slot)
        return await self.reservations.move(self.venue, booking, wanted, hold_id=None, once=once)

    async def cancel(self, booking: Booking) -> Booking:
        self._made += 1
        once = Once(f"test:{self._made}:{id(self)}", str(self._made))
        return await self.reservations.cancel(self.venue, booking, once=once)

    def typed(self, *resources: str, **cells: Any) -> RecordId:
        """Staff type a row: a confirmed booking for four at nine unless the cells say otherwise."""
        return self.store.add(
            **{
                "venue": self.venue.id,
                "start": NINE,
                "covers": 4,
                "status": BookingStatus.CONFIRMED,
                "name": "Del cuaderno",
                "resources": tuple(ResourceId(name) for name in sorted(resources)),
                **cells,
            }
        )

    def row(self, booking: Booking) -> StoreRow:
        (found,) = [row for row in self.store.records.values() if row.key == booking.id]
        return found

    async def now(self, booking: Booking) -> Booking:
        found = await self.ledger.bookings.get(code=booking.code)
        assert found is not None
        return found

    async def on_the_floor(self) -> list[Booking]:
        """The live bookings of the evening, by table."""
        found = await self.ledger.bookings.between(
            venue=self.venue.id, start=NINE - timedelta(hours=3), end=NINE + timedelta(hours=5)
        )
        return sorted((b for b in found if b.is_live), key=lambda b: b.resources)

    async def conflicts(self) -> Sequence[Conflict]:
        return await self.ledger.conflicts.open_ones(venue=self.venue.id)

    async def news(self, guest: str = GUEST) -> Sequence[Notice]:
        return await self.ledger.notices.untold(venue=self.venue.id, user_id=guest, phone=guest)

    async def until(self, holds: Callable[[], Awaitable[object]], within_s: float = 20.0) -> None:
        """Wait for what the background brings about."""
        async with asyncio.timeout(within_s):
            while not await holds():  # noqa: ASYNC110 - what changes is in a database
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Wait until every change in the store has been applied and every booking been put."""

        async def is_quiet() -> bool:
            document = await self.ledger.store_state.get(name="sync")
            backlog = await self.ledger.outbox.backlog()
            read = (await self.store.changes(position=0)).position
            position = 0 if document is None else int(document.value.get("position", 0))
            return backlog.waiting == 0 and position == read

        await self.until(is_quiet)

    def change_venue(self, venue: Venue) -> None:
        """Staff change the house itself."""
        from application.ports.booking_store import StoreChanges

        self.reloads.append(venue)
        self.store.happens(StoreChanges(house=True))


@asynccontextmanager
async def open_house(
    folder: Path,
    *,
    store: MemoryBookingStore | None = None,
    ledger: Ledger | None = None,
    deadline_s: float = 10.0,
    works: bool = True,
    holder: str = "one",
    start: datetime = NOW,
    heard: Heard | None = None,
) -> AsyncIterator[House]:
    """`works` False: nobody talks to the store."""
    clock = OffsetClock(start)
    own = ledger is None
    ledger = ledger or await open_ledger(f"sqlite:///{folder / 'ledger.db'}", queues_for_store=True)
    venue = next(v for v in load_venues(None) if v.id == "la-terraza")
    store = store or MemoryBookingStore(now=clock.now)
    sheets = WarmSheets(ledger.day_sheets)

    async def reload_houses(_fence: int) -> None:
        house.readings += 1
        if house.reloads:
            house.venue = house.reloads.pop(0)
            reservations.replace_venues([house.venue])

    office = StoreOffice(
        ledger=ledger,
        store=store,
        feed=store,
        guests=store,
        sheets=sheets,
        venues=lambda: reservations.venues,
        clock=clock,
        word=word_news,
        reload_houses=reload_houses,
        on_change={},
        holder=holder,
        pace=Pace(poll_s=0.05, full_s=600, blind_s=1, days_ahead=30),
        deadline_s=deadline_s,
        max_age_s=300,
        heard=heard,
    )
    reservations = Reservations(
        venues=[venue],
        holds=ledger.holds,
        bookings=ledger.bookings,
        sheets=sheets,
        clock=clock,
        settlement=office.settlement,
        knowledge=office.status,
    )
    house = House(ledger, store, office, reservations, venue)
    try:
        if works:
            await office.open()
        yield house
    finally:
        if works:
            await office.close()
        if own:
            await ledger.close()
