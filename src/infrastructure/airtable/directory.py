"""Which record is which venue, service and resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.store_row import RecordId
from domain.venue import ResourceId, ServiceId, VenueId
from infrastructure.airtable.rows import Rows, read_rows
from infrastructure.airtable.schema import BaseSchema, Row

if TYPE_CHECKING:
    from infrastructure.airtable.wire import Wire

_TABLES = ("venues", "services", "resources")


class Records:
    """Keys of rows and their record ids. Rows without a key are not in it.

    Two houses may have a service or a table of the same key, so it is asked for with its venue; without
    one it is found only where no other house has it too.
    """

    def __init__(self, rows: Rows) -> None:
        self.use(rows)

    def use(self, rows: Rows) -> None:
        """Take these rows instead: those that `read_venues` says are in force."""
        self._rows = {table: tuple(rows.get(table, ())) for table in _TABLES}
        venues = {RecordId(row.id): VenueId(_key(row)) for row in _with_key(self._rows["venues"])}
        self._venues = venues
        self._services = self._within(venues, "services")
        self._resources = self._within(venues, "resources")

    @property
    def only_venue(self) -> VenueId | None:
        """The base's one house; None where it has several."""
        return next(iter(self._venues.values())) if len(self._venues) == 1 else None

    def venue_of(self, record: RecordId) -> VenueId | None:
        return self._venues.get(record)

    def service_of(self, record: RecordId) -> ServiceId | None:
        known = self._services.get(record)
        return None if known is None else ServiceId(known[1])

    def resource_of(self, record: RecordId) -> ResourceId | None:
        known = self._resources.get(record)
        return None if known is None else ResourceId(known[1])

    def house_of(self, record: RecordId) -> VenueId | None:
        """The venue that a service or a resource belongs to."""
        known = self._services.get(record) or self._resources.get(record)
        return None if known is None else known[0]

    def record_of_venue(self, venue: VenueId) -> RecordId | None:
        return next((record for record, key in self._venues.items() if key == venue), None)

    def record_of_service(
        self, service: ServiceId, venue: VenueId | None = None
    ) -> RecordId | None:
        return _record_of(self._services, service, venue)

    def record_of_resource(
        self, resource: ResourceId, venue: VenueId | None = None
    ) -> RecordId | None:
        return _record_of(self._resources, resource, venue)

    def _within(
        self, venues: dict[RecordId, VenueId], table: str
    ) -> dict[RecordId, tuple[VenueId, str]]:
        only = next(iter(venues)) if len(venues) == 1 else None
        found = {}
        for row in _with_key(self._rows[table]):
            houses = row.cells.get("venue", ()) or ([only] if only else [])
            if houses and houses[0] in venues:
                found[RecordId(row.id)] = (venues[RecordId(houses[0])], _key(row))
        return found


class BaseDirectory(Records):
    """The records of a base, as of the last reading."""

    def __init__(self, wire: Wire, schema: BaseSchema, rows: Rows) -> None:
        super().__init__(rows)
        self._wire = wire
        self._schema = schema

    async def refresh(self) -> None:
        """Read venues, services and resources again, in three requests. A row in use keeps the key
        that it had: bookings know it by that.

        Raises: as the wire; everything stays as it was then.
        """
        found = await read_rows(self._wire, self._schema.found, _TABLES)
        keys = {
            row.id: _key(row)
            for table, some in self._rows.items()
            for row in _with_key(some)
            if table == "venues" or row.cells.get("active")
        }
        self.use(
            {
                table: [
                    replace(row, cells={**row.cells, "key": keys[row.id]})
                    if row.id in keys
                    else row
                    for row in some
                ]
                for table, some in found.items()
            }
        )


def _key(row: Row) -> str:
    return str(row.cells.get("key", "")).strip()


def _with_key(rows: Sequence[Row]) -> list[Row]:
    """Older rows first, so that a copy is not taken for the row it was made from."""
    return sorted((row for row in rows if _key(row)), key=lambda row: (row.created, row.id))


def _record_of(
    known: dict[RecordId, tuple[VenueId, str]], key: str, venue: VenueId | None
) -> RecordId | None:
    found = [
        (house, record)
        for record, (house, own) in known.items()
        if own == key and venue in (None, house)
    ]
    return found[0][1] if len({house for house, _ in found}) == 1 else None
