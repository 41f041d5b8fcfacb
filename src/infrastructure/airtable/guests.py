"""The Guests table: staff's list of who has booked."""

from __future__ import annotations

from collections.abc import Sequence

from application.errors import StoreUnavailable
from application.guest_book import GuestEntry
from infrastructure.airtable.errors import AirtableRefused
from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.schema import BaseSchema
from infrastructure.airtable.wire import Wire

_TABLE, _KEY = "guests", "guest_key"


class AirtableGuests:
    """A `GuestList`. A base without the table, or without its key column, goes without."""

    def __init__(self, wire: Wire, schema: BaseSchema) -> None:
        self._wire = wire
        self._schema = schema

    async def remember(self, *, guests: Sequence[GuestEntry]) -> None:
        key = self._schema.field(_TABLE, _KEY)
        if key is None or not guests:
            return
        records = [{"fields": self._schema.found.fields(_TABLE, _cells(each))} for each in guests]
        try:
            await self._wire.update(
                self._schema.table(_TABLE), records, upsert_on=[key], priority=Priority.REFILL
            )
        except AirtableRefused as error:
            raise StoreUnavailable("the Guests table does not take these rows") from error


def _cells(entry: GuestEntry) -> dict[str, object]:
    cells = {
        _KEY: entry.key,
        "name": entry.name,
        "phone": entry.phone,
        "email": entry.email,
        "language": entry.language,
        "last_booking": entry.last_booking,
    }
    return {column: cell for column, cell in cells.items() if cell}
