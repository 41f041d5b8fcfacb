"""A row of the Bookings table and a `StoreRow`: cells by field id on one side, our values on the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from application.cleaning import clean_text
from domain.booking import Booking, BookingId, BookingStatus
from domain.booking_cells import cells_of
from domain.store_row import RecordId, StoreRow
from domain.venue import ResourceId, ServiceId, VenueId
from infrastructure.airtable.directory import BaseDirectory
from infrastructure.airtable.schema import BaseSchema
from infrastructure.airtable.tables import BOOKINGS

T = TypeVar("T")

TABLE = BOOKINGS.key

_NAMES = tuple(each.key for each in BOOKINGS.columns)
"""Our columns are called as the values of `StoreRow` are."""
_EMPTY = {each.name: each.default for each in fields(StoreRow)}

DISPENSABLE = frozenset(each.key for each in BOOKINGS.columns if not each.essential)
"""A booking is understood without these: where the column is missing or wrong it is left out."""

# A grid cell takes 100,000 characters; whoever looks at it does not.
_LONGEST = {
    "name": 120,
    "phone": 40,
    "email": 254,
    "language": 20,
    "notes": 2000,
    "code": 20,
    "conflict": 1000,
}
_MANY_LINES = frozenset({"notes", "conflict"})
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Unwritable(Exception):
    """A booking cannot be said in this base's cells; the text says why, without any cell's value."""


class NothingToLink(Unwritable):
    """Its venue, its service or one of its resources has no row."""


class Unreadable(Exception):
    """A cell holds something that the engine cannot read."""


class BookingRows:
    """Reads and writes rows with the schema and the directory as they are at that moment."""

    def __init__(self, schema: BaseSchema, directory: BaseDirectory) -> None:
        self._schema = schema
        self._directory = directory

    # From Airtable

    def row(self, record: Mapping[str, Any]) -> StoreRow:
        """A record of REST. Never fails: what cannot be read is named in `unreadable`."""
        values, unreadable = self.values(record["fields"])
        if not values.get("venue") and "venue" not in unreadable:
            values["venue"] = self._directory.only_venue
        for name in self._of_another_house(record["fields"], values.get("venue")):
            values.pop(name, None)
            unreadable += (name,)
        return StoreRow(
            record=RecordId(record["id"]),
            created_at=_instant(record["createdTime"]),
            unreadable=unreadable,
            **values,
        )

    def _of_another_house(self, cells: Mapping[str, Any], venue: VenueId | None) -> list[str]:
        """The columns whose links lead to rows of another venue than the booking's."""
        if venue is None:
            return []
        return [
            name
            for name in ("service", "resources")
            if any(
                self._directory.house_of(RecordId(each)) not in (None, venue)
                for each in cells.get(self._schema.field(TABLE, name) or "", ())
            )
        ]

    def values(self, cells: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Values by the names of `StoreRow` of those cells that are there (None for one that was
        emptied), and the field keys of those that cannot be read. Cells of columns that are none of
        ours are passed over."""
        values: dict[str, Any] = {}
        unreadable = []
        for name in _NAMES:
            field = self._schema.field(TABLE, name)
            if field is None or field not in cells:
                continue
            cell = cells[field]
            try:
                values[name] = _EMPTY[name] if cell is None else self._value(name, cell)
            except Unreadable:
                if name not in DISPENSABLE:
                    unreadable.append(name)
        return values, tuple(unreadable)

    def _value(self, name: str, cell: Any) -> Any:
        match name:
            case "start" | "end":
                return self._instant(cell)
            case "covers":
                return self._covers(cell)
            case "status":
                return self._status(cell)
            case "channel":
                return self._channel(cell)
            case "venue":
                return self._venue(cell)
            case "service":
                return self._service(cell)
            case "resources":
                return self._resources(cell)
            case "key":
                return self._key(cell)
            case "version":
                return self._version(cell)
        return self._text(name, cell)

    def strange(self, records: Iterable[Mapping[str, Any]]) -> set[str]:
        """Statuses and linked rows that neither the schema nor the directory knows."""
        directory = self._directory
        known: Mapping[str, Callable[[RecordId], Any]] = {
            "status": lambda name: self._option_key("status", name),
            "venue": directory.venue_of,
            "service": directory.service_of,
            "resources": directory.resource_of,
        }
        fields = {self._schema.field(TABLE, name): of for name, of in known.items()}
        return {
            each
            for record in records
            for field, cell in record["fields"].items()
            if field in fields
            for each in (cell if isinstance(cell, list) else [cell])
            if isinstance(each, str) and fields[field](RecordId(each)) is None
        }

    def _text(self, column: str, cell: Any) -> str:
        if not isinstance(cell, str):
            raise Unreadable
        return written(column, cell)

    def _key(self, cell: Any) -> BookingId | None:
        """Whatever staff typed there is no key of ours."""
        return BookingId(cell) if isinstance(cell, str) and _KEY.fullmatch(cell) else None

    def _version(self, cell: Any) -> int:
        return int(cell) if isinstance(cell, int | float) and cell > 0 else 0

    def _covers(self, cell: Any) -> int:
        if isinstance(cell, bool) or not isinstance(cell, int | float) or cell != int(cell):
            raise Unreadable
        if cell < 1:
            raise Unreadable
        return int(cell)

    def _instant(self, cell: Any) -> datetime:
        try:
            return _instant(cell)
        except (TypeError, ValueError):
            raise Unreadable from None

    def _status(self, cell: Any) -> BookingStatus:
        try:
            return BookingStatus(self._option_key("status", cell) or "")
        except ValueError:
            raise Unreadable from None

    def _channel(self, cell: Any) -> str:
        """Staff may make channels of their own."""
        return self._option_key("channel", cell) or self._text("channel", cell)

    def _option_key(self, column: str, name: Any) -> str | None:
        return self._schema.option_key(TABLE, column, name) if isinstance(name, str) else None

    def _venue(self, cell: Any) -> VenueId | None:
        return _only(_linked(cell, self._directory.venue_of))

    def _service(self, cell: Any) -> ServiceId | None:
        return _only(_linked(cell, self._directory.service_of))

    def _resources(self, cell: Any) -> tuple[ResourceId, ...]:
        return tuple(sorted(set(_linked(cell, self._directory.resource_of))))

    # To Airtable

    def shown(self, booking: Booking) -> dict[str, Any]:
        """What the row of a booking is to show, as `values` would read it back: texts cleaned, and
        without cells that this base has no column or option for and that a booking can do without.

        Raises: Unwritable where a column is missing that it cannot do without.
        """
        values = {}
        for name, value in cells_of(booking).items():
            if self._schema.field(TABLE, name) is None:
                if self._can_miss(name):
                    continue
                raise Unwritable(f"the Bookings table has no column for {name}")
            if name == "channel" and self._schema.option_name(TABLE, name, value) is None:
                continue
            values[name] = written(name, value) if type(value) is str else value
        return values

    def cells(self, values: Mapping[str, Any], venue: VenueId) -> dict[str, Any]:
        """Cells by field id, as Airtable takes them, of a booking of this venue.

        Raises: Unwritable where the base has no option or record for a value, or no column.
        """
        return {self.field(name): self._cell(name, value, venue) for name, value in values.items()}

    def _cell(self, name: str, value: Any, venue: VenueId) -> Any:
        directory = self._directory
        match name:
            case "venue":
                return _links(name, [directory.record_of_venue(value)])
            case "service":
                return _links(name, [directory.record_of_service(value, venue)])
            case "resources":
                return _links(name, [directory.record_of_resource(each, venue) for each in value])
            case "status" | "channel":
                return self._option_name(name, value)
            case "start" | "end":
                # Without the Z it would be read in the field's own time zone.
                return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
        return value

    def field(self, column: str) -> str:
        """The id of one of our columns. Raises: Unwritable where it is missing."""
        field = self._schema.field(TABLE, column)
        if field is None:
            raise Unwritable(f"the Bookings table has no column for {column}")
        return field

    def column_named(self, name: str) -> str | None:
        """The key of one of our columns, by the name that it has in the base."""
        table = self._schema.found.tables.get(TABLE)
        columns = table.fields.items() if table else ()
        return next((key for key, each in columns if each.name == name), None)

    def _can_miss(self, name: str) -> bool:
        return name in DISPENSABLE or (name == "venue" and self._directory.only_venue is not None)

    def _option_name(self, column: str, value: str) -> str:
        name = self._schema.option_name(TABLE, column, value)
        if name is None:
            raise Unwritable(f"the {column} column has no option for {value}")
        return name


def written(column: str, text: str) -> str:
    """A text as a cell of this column holds it: no control characters, on one line where the column
    has one, of bounded length. What begins with `=` is plain text to Airtable, and stays."""
    text = clean_text(text)
    if column not in _MANY_LINES:
        text = " ".join(text.split("\n"))
    longest = _LONGEST.get(column)
    return text if longest is None else text[:longest].rstrip()


def v1_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Cells of a webhook's payload as REST would show them: options by name, links by record id."""
    return {field: _v1(cell) for field, cell in cells.items()}


def _v1(cell: Any) -> Any:
    match cell:
        case {"id": str(id_), "name": str(name)}:
            return name if id_.startswith("sel") else cell
        case [{"id": str()}, *_]:
            return [each["id"] for each in cell]
    return cell


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _linked(cell: Any, of: Callable[[RecordId], T | None]) -> list[T]:
    if not isinstance(cell, list):
        raise Unreadable
    found = [of(each) for each in cell]
    if None in found:
        raise Unreadable
    return [each for each in found if each is not None]


def _only(found: list[T]) -> T | None:
    if len(found) > 1:
        raise Unreadable
    return found[0] if found else None


def _links(name: str, records: list[RecordId | None]) -> list[str]:
    if None in records:
        raise NothingToLink(f"the base has no row for what {name} is to link to")
    return [each for each in records if each is not None]
