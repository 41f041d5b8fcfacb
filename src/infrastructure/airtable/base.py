"""A base as it is in use: its map, its houses, its booking rows and the feed of its changes.

What was learnt of it is kept in the ledger, so that a server starts with the houses it knew while
Airtable is away, and every process has what the one that reads has found.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from application.errors import DependencyError, StoreUnavailable
from application.ports.clock import Clock
from application.ports.mirror import Mirror
from application.ports.store_state import StoreState
from domain.venue import Venue
from infrastructure.airtable.booking_rows import BookingRows
from infrastructure.airtable.bookings import AirtableBookings
from infrastructure.airtable.changes import AirtableFeed
from infrastructure.airtable.directory import BaseDirectory
from infrastructure.airtable.guests import AirtableGuests
from infrastructure.airtable.rows import read_rows, rows_from_json, rows_to_json
from infrastructure.airtable.schema import BaseMap, BaseSchema, find_map
from infrastructure.airtable.venues import HouseReading, read_venues
from infrastructure.airtable.wire import Wire

SCHEMA = "schema"
HOUSES = "houses"
"""Names of the documents in `StoreState`."""

log = structlog.get_logger()


class AirtableBase:
    """Made by `open_base`. `bookings`, `feed` and `guests` are the adapters of the store's ports."""

    def __init__(
        self,
        *,
        wire: Wire,
        state: StoreState,
        mirror: Mirror,
        clock: Clock,
        public_url: str | None,
        found: BaseMap,
        reading: HouseReading | None,
    ) -> None:
        self.wire = wire
        self._state = state
        self._clock = clock
        self._reading = reading
        self._schema = BaseSchema(wire, found, on_change=self._keep_schema)
        rows = {} if reading is None else reading.rows
        self._directory = BaseDirectory(wire, self._schema, rows)
        self.bookings = AirtableBookings(wire=wire, schema=self._schema, directory=self._directory)
        self.guests = AirtableGuests(wire, self._schema)
        self.feed = AirtableFeed(
            wire=wire,
            schema=self._schema,
            rows=BookingRows(self._schema, self._directory),
            state=state,
            mirror=mirror,
            clock=clock,
            public_url=public_url,
            put_lately=self.bookings.put_lately,
        )
        self._heard: Callable[[Sequence[Venue]], None] = lambda _venues: None

    @property
    def venues(self) -> Sequence[Venue]:
        """The houses of the base as they were last read; empty where it has never been read."""
        return () if self._reading is None else self._reading.venues

    def on_venues(self, heard: Callable[[Sequence[Venue]], None]) -> None:
        """Who is to hear of houses that have changed."""
        self._heard = heard

    @property
    def on_change(self) -> Mapping[str, Callable[[Mapping[str, Any]], Awaitable[None]]]:
        """What to do when another process has found that the base has changed."""
        return {SCHEMA: self._take_schema, HOUSES: self._take_houses}

    async def reload(self, fence: int) -> None:
        """Read the base's tables and houses again, and share them. For the holder of the lease.

        Raises: StoreUnavailable, Fenced.
        """
        await self._schema.refresh()
        if not self._schema.found.is_usable:
            log.error("airtable.base_incomplete", lacks=len(self._schema.found.lacks))
            raise StoreUnavailable(
                "the base lacks tables or columns: run `anfitrion airtable check`"
            )
        rows = await read_rows(self.wire, self._schema.found)
        before = None if self._reading is None else self._reading.rows
        reading = _read(rows, self._clock.now(), before)
        for problem in reading.problems:
            log.warning(
                "airtable.row_unreadable",
                table=problem.table,
                record=problem.record,
                column=problem.column,
            )
        self._use(reading)
        await self._state.put(name=HOUSES, value={"rows": rows_to_json(reading.rows)}, fence=fence)

    async def read_first(self) -> None:
        """Read a base that is not known yet, where it can be reached."""
        try:
            await self._schema.refresh()
            if self._schema.found.is_usable:
                rows = await read_rows(self.wire, self._schema.found)
                self._use(_read(rows, self._clock.now(), None))
        except DependencyError as error:
            log.error("airtable.unknown_base", error=type(error).__name__)

    def _use(self, reading: HouseReading) -> None:
        self._reading = reading
        self._directory.use(reading.rows)
        if reading.venues:
            self._heard(reading.venues)

    async def _keep_schema(self, found: BaseMap) -> None:
        await self._state.put(name=SCHEMA, value=found.to_json())

    async def _take_schema(self, value: Mapping[str, Any]) -> None:
        self._schema.found = BaseMap.from_json(value)

    async def _take_houses(self, value: Mapping[str, Any]) -> None:
        self._use(_read(rows_from_json(value["rows"]), self._clock.now(), None))


async def open_base(
    *,
    wire: Wire,
    state: StoreState,
    mirror: Mirror,
    clock: Clock,
    public_url: str | None,
) -> AirtableBase:
    """The base as it was last known, or as it is now where it has never been read.

    Where it is neither known nor to be reached, it opens empty: the keeper reads it when it can.

    Raises: StoreUnavailable where the ledger cannot be read.
    """
    schema, houses = await state.get(name=SCHEMA), await state.get(name=HOUSES)
    found = find_map([]) if schema is None else BaseMap.from_json(schema.value)
    reading = None
    if houses is not None:
        reading = _read(rows_from_json(houses.value["rows"]), clock.now(), None)
    base = AirtableBase(
        wire=wire,
        state=state,
        mirror=mirror,
        clock=clock,
        public_url=public_url,
        found=found,
        reading=reading,
    )
    if schema is None or reading is None:
        await base.read_first()
    return base


def _read(rows: Any, now: datetime, before: Any) -> HouseReading:
    return read_venues(rows, year=now.year, before=before)
