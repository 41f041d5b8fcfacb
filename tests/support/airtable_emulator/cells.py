"""What a field of each type takes in a write, and how it is kept.

Kept values: an option by its id (so that renaming it shows everywhere), a linked record by its id, a
person by their id, an instant as ISO UTC with milliseconds, everything else as it is in JSON. None
stands for empty, and empty cells are not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.ids import is_id, new_id
from tests.support.airtable_emulator.model import Base, Field, Table, User

TEXT = ("singleLineText", "multilineText", "richText", "email", "url", "phoneNumber")
NUMERIC = ("number", "percent", "currency", "duration", "rating")
SELECTS = ("singleSelect", "multipleSelects")
AS_KEPT = frozenset((*TEXT, *NUMERIC, "checkbox"))
"""Types whose kept value is the one that REST and formulas see."""

COMPUTED = frozenset(
    (
        "formula",
        "rollup",
        "count",
        "multipleLookupValues",
        "createdTime",
        "lastModifiedTime",
        "createdBy",
        "lastModifiedBy",
        "autoNumber",
        "button",
    )
)

# From memory.
_LONGEST_TEXT = 100_000


class Surroundings(Protocol):
    """What a write must see and may change besides its own cell."""

    @property
    def base(self) -> Base: ...
    @property
    def users(self) -> Iterable[User]: ...
    def put_field(self, table: Table, field: Field) -> None: ...


class CellWriter:
    """Checks values for one request; `typecast` coerces text and makes missing options."""

    def __init__(self, around: Surroundings, table: Table, *, typecast: bool) -> None:
        self._around = around
        self._table = table
        self._typecast = typecast

    def stored(self, field: Field, value: Any) -> Any:
        """The value to keep, None for empty. Raises: ApiError."""
        if field.type in COMPUTED:
            raise errors.computed_field(field.name)
        if value is None:
            return None
        parse = _PARSERS.get(field.type)
        if parse is None:
            raise errors.invalid_value(field.name, f"the type {field.type} is not emulated")
        kept = parse(self, field, value)
        return None if kept is False or kept == "" or kept == [] else kept

    def text(self, field: Field, value: Any) -> str:
        if self._typecast and isinstance(value, int | float) and not isinstance(value, bool):
            value = f"{value:.15g}"
        if not isinstance(value, str):
            raise errors.invalid_value(field.name, "not text")
        if len(value) > _LONGEST_TEXT:
            raise errors.invalid_value(field.name, f"longer than {_LONGEST_TEXT} characters")
        return value

    def number(self, field: Field, value: Any) -> float | None:
        if self._typecast and isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise errors.invalid_value(field.name, "not a number")
        return value

    def rating(self, field: Field, value: Any) -> int | None:
        number = self.number(field, value)
        if number is None or number == 0:
            return None
        if number != int(number) or not 0 < number <= field.options.get("max", 5):
            raise errors.invalid_value(field.name, "not a whole number up to the field's maximum")
        return int(number)

    def checkbox(self, field: Field, value: Any) -> bool:
        if self._typecast and isinstance(value, str):
            return value.lower() in ("true", "checked", "1", "yes")
        if not isinstance(value, bool):
            raise errors.invalid_value(field.name, "neither true nor false")
        return value

    def plain_date(self, field: Field, value: Any) -> str:
        moment = self._moment(field, value)
        return moment.isoformat() if moment else ""

    def _moment(self, field: Field, value: Any) -> date | None:
        if not isinstance(value, str):
            raise errors.invalid_value(field.name, "not a date as text")
        if not value:
            return None
        try:
            if len(value) == len("2026-03-29"):
                return date.fromisoformat(value)
            return datetime.fromisoformat(value).date()
        except ValueError as error:
            raise errors.invalid_value(field.name, "not an ISO date") from error

    def date_time(self, field: Field, value: Any) -> str:
        """Without an offset it is read in the field's time zone, `utc` and `client` meaning UTC."""
        if not isinstance(value, str):
            raise errors.invalid_value(field.name, "not a date and time as text")
        if not value:
            return ""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise errors.invalid_value(field.name, "not an ISO date and time") from error
        if moment.tzinfo is None:
            zone = field.options.get("timeZone", "utc")
            local = UTC if zone in ("utc", "client") else ZoneInfo(zone)
            moment = moment.replace(tzinfo=local)
        return iso(moment)

    def single_select(self, field: Field, value: Any) -> str:
        if not isinstance(value, str):
            raise errors.invalid_value(field.name, "not an option's name")
        return self._option(field, value) if value else ""

    def multiple_selects(self, field: Field, value: Any) -> list[str]:
        if self._typecast and isinstance(value, str):
            value = [part.strip() for part in value.split(",")]
        names = self._texts(field, value)
        return list(dict.fromkeys(self._option(field, name) for name in names))

    def _option(self, field: Field, name: str) -> str:
        # A field may have gained an option earlier in the same request.
        field = self._table.fields[field.id]
        for choice in field.options["choices"]:
            if choice["name"] == name:
                return str(choice["id"])
        if not self._typecast:
            raise errors.unknown_option(name)
        choice = {"id": new_id("sel"), "name": name, "color": "blueLight2"}
        choices = [*field.options["choices"], choice]
        self._around.put_field(
            self._table,
            Field(
                field.id,
                field.name,
                field.type,
                field.options | {"choices": choices},
                field.description,
            ),
        )
        return str(choice["id"])

    def links(self, field: Field, value: Any) -> list[str]:
        ids = list(dict.fromkeys(self._texts(field, value)))
        linked = self._around.base.tables[field.options["linkedTableId"]]
        for each in ids:
            if not is_id(each, "rec"):
                raise errors.invalid_record_id(each)
            if each not in linked.records:
                home = self._around.base.table_of_record(each)
                if home is None:
                    raise errors.row_does_not_exist(each)
                raise errors.row_of_another_table(each, home.id, linked.id)
        return ids

    def _texts(self, field: Field, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise errors.invalid_value(field.name, "not a list of texts")
        return value

    def collaborator(self, field: Field, value: Any) -> str:
        if not isinstance(value, dict):
            raise errors.invalid_value(field.name, "not a person with id or email")
        for user in self._around.users:
            if user.id == value.get("id") or user.email == value.get("email"):
                return user.id
        raise errors.invalid_value(field.name, "no such person")

    def collaborators(self, field: Field, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise errors.invalid_value(field.name, "not a list of people")
        return [self.collaborator(field, each) for each in value]

    def attachments(self, field: Field, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise errors.invalid_value(field.name, "not a list of attachments")
        return [self._attachment(field, each) for each in value]

    def _attachment(self, field: Field, value: Any) -> dict[str, Any]:
        """Kept as it was given: nothing is downloaded."""
        if not isinstance(value, dict) or not ("url" in value or "id" in value):
            raise errors.invalid_value(field.name, "an attachment without url or id")
        if "id" in value:
            return value
        filename = value.get("filename") or value["url"].rpartition("/")[2]
        return {"id": new_id("att"), "url": value["url"], "filename": filename}

    def barcode(self, field: Field, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            raise errors.invalid_value(field.name, "not a barcode")
        return value


_PARSERS: dict[str, Callable[[CellWriter, Field, Any], Any]] = {
    **dict.fromkeys(TEXT, CellWriter.text),
    **dict.fromkeys(NUMERIC, CellWriter.number),
    "rating": CellWriter.rating,
    "checkbox": CellWriter.checkbox,
    "date": CellWriter.plain_date,
    "dateTime": CellWriter.date_time,
    "singleSelect": CellWriter.single_select,
    "multipleSelects": CellWriter.multiple_selects,
    "multipleRecordLinks": CellWriter.links,
    "singleCollaborator": CellWriter.collaborator,
    "multipleCollaborators": CellWriter.collaborators,
    "multipleAttachments": CellWriter.attachments,
    "barcode": CellWriter.barcode,
}
