"""A base as it is: which of its tables, columns and options are ours, whatever staff call them.

Found by the ids of an earlier time first, then by name in either language, then by other names that
people use. What is found is addressed by id from then on, so that staff may rename everything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from infrastructure.airtable.names import Names, fold
from infrastructure.airtable.tables import (
    BY_KEY,
    LINKS,
    SAME_CELLS,
    TABLES,
    TYPE_NAMES,
    Column,
    Option,
    Table,
)

if TYPE_CHECKING:
    from infrastructure.airtable.wire import Wire


class What(StrEnum):
    """What is wrong with a part of the base."""

    TABLE = "table"
    """It is not there; `init` makes it."""
    COLUMN = "column"
    """It is not there; `init` makes it."""
    TYPE = "type"
    """It is there with another type, or links elsewhere: only staff can change that."""
    OPTION = "option"
    """A select has no such option: only staff can add it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something of ours that the base does not have, by keys."""

    what: What
    table: str
    column: str = ""
    option: str = ""
    essential: bool = True
    """Whether bookings cannot be kept here without it."""
    named: str = ""
    """What the column of another type is called in the base."""
    type: str = ""
    """Which type it has."""


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """A column as it is in the base."""

    id: str
    name: str
    type: str
    options: Mapping[str, Choice] = field(default_factory=dict)
    """By our key."""
    other_options: tuple[str, ...] = ()
    """Names of options that staff have added, in their order."""
    zone: str = ""
    """In which a date with time is shown: `client`, `utc` or a zone's name; empty for other types."""


@dataclass(frozen=True, slots=True)
class TableSchema:
    id: str
    name: str
    fields: Mapping[str, FieldSchema]
    """By our key; those of another type than ours are left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record with its cells by our keys; empty cells and columns of others are missing.

    Links are tuples of record ids, selects are keys of options (or the name, where it is an option
    of staff's own), dates with time are aware UTC, dates are ISO text; all else is as in JSON.
    """

    id: str
    created: str
    """ISO instant."""
    cells: Mapping[str, Any]


class BaseMap:
    """Where everything is in one base. What is not there is in `lacks`."""

    def __init__(self, tables: Mapping[str, TableSchema], lacks: Sequence[Lack]) -> None:
        self.tables = tables
        self.lacks = tuple(lacks)

    @property
    def is_usable(self) -> bool:
        """Whether bookings can be kept here."""
        return not any(lack.essential for lack in self.lacks)

    def table(self, table: str) -> TableSchema:
        """Raises: KeyError where the base has no such table."""
        return self.tables[table]

    def has(self, table: str, column: str) -> bool:
        return table in self.tables and column in self.tables[table].fields

    def field_id(self, table: str, column: str) -> str:
        """Raises: KeyError where the base has no such column."""
        return self.tables[table].fields[column].id

    def field_ids(self, table: str, *columns: str) -> list[str]:
        """Of these columns, or of all of ours; those that are not there are left out."""
        fields = self.tables[table].fields
        return [fields[key].id for key in (columns or fields) if key in fields]

    def name_of(self, table: str, column: str = "") -> str:
        """What staff see: the base's own name, or ours for what it does not have."""
        known = self.tables.get(table)
        if not column:
            return known.name if known else self._in_language(BY_KEY[table].names)
        if known and column in known.fields:
            return known.fields[column].name
        return self._in_language(BY_KEY[table].column(column).names)

    def language(self, default: str = "en") -> str:
        """`es` or `en`: in which more of its names are; `default` where neither."""
        spanish = english = 0
        for key, table in self.tables.items():
            pairs = [(BY_KEY[key].names, table.name)]
            pairs += [(BY_KEY[key].column(each).names, f.name) for each, f in table.fields.items()]
            for names, name in pairs:
                spanish += fold(name) == fold(names.es) != fold(names.en)
                english += fold(name) == fold(names.en) != fold(names.es)
        if spanish == english:
            return default
        return "es" if spanish > english else "en"

    def _in_language(self, names: Names) -> str:
        return names.in_language(self.language())

    # Rows

    def row(self, table: str, record: Mapping[str, Any]) -> Row:
        """A record, with its fields by id, as a row of this table."""
        known = self.tables[table]
        given = record.get("fields", {})
        cells = {}
        for key, each in known.fields.items():
            value = given.get(each.id)
            read = None if value is None else _read(each, value)
            if read not in (None, "", ()):
                cells[key] = read
        return Row(str(record["id"]), str(record.get("createdTime", "")), cells)

    def fields(self, table: str, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Cells by our keys as fields by id, for a write.

        None, "" and () empty a cell. Links are record ids, selects are keys of options, where `other`
        stands for those a column does not know; dates with time must be aware. Columns and options
        that the base does not have are left out.

        Raises: KeyError for a key that is none of the table's, ValueError for a naive datetime.
        """
        known = self.tables[table].fields
        written: dict[str, Any] = {}
        for key, value in cells.items():
            column = BY_KEY[table].column(key)
            if key in known:
                self._write(column, known[key], value, into=written)
        return written

    def _write(
        self, column: Column, known: FieldSchema, value: Any, *, into: dict[str, Any]
    ) -> None:
        if value in (None, "", ()):
            into[known.id] = None
            return
        match column.type:
            case "singleSelect":
                choice = known.options.get(value) or known.options.get("other")
                if choice is not None:
                    into[known.id] = choice.name
            case "multipleSelects":
                into[known.id] = [
                    known.options[each].name for each in value if each in known.options
                ]
            case _:
                into[known.id] = _written(value)

    # Keeping

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, for `from_json` and for `find_map` at a later time."""
        return {
            "tables": {
                key: {
                    "id": table.id,
                    "name": table.name,
                    "fields": {each: _field_json(f) for each, f in table.fields.items()},
                }
                for key, table in self.tables.items()
            },
            "lacks": [
                {name: getattr(lack, name) for name in Lack.__slots__} | {"what": str(lack.what)}
                for lack in self.lacks
            ],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> BaseMap:
        tables = {
            key: TableSchema(
                table["id"],
                table["name"],
                {each: _field_from(found) for each, found in table["fields"].items()},
            )
            for key, table in kept["tables"].items()
        }
        lacks = [Lack(**{**lack, "what": What(lack["what"])}) for lack in kept["lacks"]]
        return cls(tables, lacks)


class BaseSchema:
    """The map of a base that is in use: read again when the base turns out to have changed."""

    def __init__(
        self, wire: Wire, found: BaseMap, *, on_change: Callable[[BaseMap], Awaitable[None]]
    ) -> None:
        self._wire = wire
        self._on_change = on_change
        self.found = found

    async def refresh(self) -> None:
        """Read the base's tables again. What was found before is found again by its ids; a map that
        differs is handed to `on_change`, to be kept for the next start.

        Raises: StoreUnavailable and AirtableRefused, as the wire; everything stays as it was then.
        """
        before = self.found
        self.found = find_map(await self._wire.schema(), before.to_json())
        if self.found.to_json() != before.to_json():
            await self._on_change(self.found)

    def table(self, table: str) -> str:
        """A table's id; empty where the base has none (only tables that are not essential)."""
        known = self.found.tables.get(table)
        return known.id if known else ""

    def field(self, table: str, column: str) -> str | None:
        """A column's id; None where the base has none."""
        known = self._field(table, column)
        return known.id if known else None

    def fields(self, table: str) -> frozenset[str]:
        """The ids of a table's columns that are ours."""
        return frozenset(self.found.field_ids(table)) if table in self.found.tables else frozenset()

    def option_key(self, table: str, column: str, name: str) -> str | None:
        """Which of our options an option's name is; None for staff's own."""
        known = self._field(table, column)
        options = known.options if known else {}
        return next((key for key, choice in options.items() if choice.name == name), None)

    def option_name(self, table: str, column: str, option: str) -> str | None:
        """What one of our options is called in the base, exactly; None where it has none."""
        known = self._field(table, column)
        choice = known.options.get(option) if known else None
        return choice.name if choice else None

    def _field(self, table: str, column: str) -> FieldSchema | None:
        known = self.found.tables.get(table)
        return known.fields.get(column) if known else None


def find_map(
    described: Sequence[Mapping[str, Any]], remembered: Mapping[str, Any] | None = None
) -> BaseMap:
    """What is ours in a base as the metadata API describes it.

    `remembered` is the `to_json` of an earlier time: its ids go before any name.
    """
    kept: Mapping[str, Any] = (remembered or {}).get("tables", {})
    tables = _assign(
        {table.key: table.names for table in TABLES},
        described,
        ids={key: str(table["id"]) for key, table in kept.items()},
    )
    ids = {key: str(table["id"]) for key, table in tables.items()}
    found: dict[str, TableSchema] = {}
    lacks: list[Lack] = []
    for table in TABLES:
        if table.key not in tables:
            lacks.append(Lack(What.TABLE, table.key, essential=table.essential))
            continue
        known = kept.get(table.key, {}).get("fields", {})
        found[table.key], missing = _find_fields(table, tables[table.key], known, ids)
        lacks += missing
    return BaseMap(found, lacks)


def _find_fields(
    table: Table,
    described: Mapping[str, Any],
    kept: Mapping[str, Any],
    table_ids: Mapping[str, str],
) -> tuple[TableSchema, list[Lack]]:
    columns = {column.key: column for column in table.columns}
    assigned = _assign(
        {key: column.names for key, column in columns.items()},
        described["fields"],
        ids={key: str(each["id"]) for key, each in kept.items()},
        fits=lambda key, each: _fits(columns[key], each, table_ids),
    )
    fields: dict[str, FieldSchema] = {}
    lacks: list[Lack] = []
    for key, column in columns.items():
        essential = table.essential and column.essential
        if key not in assigned:
            lacks.append(Lack(What.COLUMN, table.key, key, essential=essential))
        elif not _fits(column, assigned[key], table_ids):
            lacks.append(
                Lack(
                    What.TYPE,
                    table.key,
                    key,
                    essential=essential,
                    named=str(assigned[key]["name"]),
                    type=str(assigned[key]["type"]),
                )
            )
        else:
            fields[key] = _field_of(column, assigned[key], kept.get(key, {}))
            lacks += [
                Lack(
                    What.OPTION,
                    table.key,
                    key,
                    option.key,
                    essential=essential and option.essential,
                )
                for option in column.options
                if option.key not in fields[key].options
            ]
    return TableSchema(str(described["id"]), str(described["name"]), fields), lacks


def _fits(column: Column, described: Mapping[str, Any], table_ids: Mapping[str, str]) -> bool:
    if described["type"] not in SAME_CELLS[column.type]:
        return False
    if column.type != LINKS:
        return True
    return bool(described["options"]["linkedTableId"] == table_ids.get(column.links))


def _field_of(column: Column, described: Mapping[str, Any], kept: Mapping[str, Any]) -> FieldSchema:
    options = described.get("options") or {}
    choices: list[Mapping[str, Any]] = options.get("choices", [])
    assigned = _assign(
        {option.key: option.names for option in column.options},
        choices,
        ids={key: str(each["id"]) for key, each in kept.get("options", {}).items()},
        keys_are_names=True,
    )
    ours = {str(each["id"]) for each in assigned.values()}
    return FieldSchema(
        str(described["id"]),
        str(described["name"]),
        str(described["type"]),
        {key: Choice(str(each["id"]), str(each["name"])) for key, each in assigned.items()},
        tuple(str(each["name"]) for each in choices if str(each["id"]) not in ours),
        str(options.get("timeZone", "")),
    )


def _assign(
    wanted: Mapping[str, Names],
    described: Sequence[Mapping[str, Any]],
    *,
    ids: Mapping[str, str],
    fits: Callable[[str, Mapping[str, Any]], bool] = lambda _key, _each: True,
    keys_are_names: bool = False,
) -> dict[str, Mapping[str, Any]]:
    """Which of the things described each wanted key is; nothing is two.

    Ids go first, then right names, then other names; of several that match, one that fits.
    """
    by_id = {str(each["id"]): each for each in described}
    assigned = {key: by_id[id_] for key, id_ in ids.items() if key in wanted and id_ in by_id}
    free = [each for each in described if all(each is not one for one in assigned.values())]

    def take(matches: Callable[[str, str], bool], must_fit: bool) -> None:
        for key in wanted:
            for each in free:
                right = matches(key, str(each["name"])) and (not must_fit or fits(key, each))
                if key not in assigned and right:
                    assigned[key] = each
                    free.remove(each)
                    break

    def is_other_name(key: str, name: str) -> bool:
        return wanted[key].may_be(name) or (keys_are_names and fold(name) == fold(key))

    for must_fit in (True, False):
        take(lambda key, name: wanted[key].are_right(name), must_fit)
        take(is_other_name, must_fit)
    return assigned


# --- cells -------------------------------------------------------------------------------------


def _read(known: FieldSchema, value: Any) -> Any:
    match known.type:
        case "singleSelect":
            return _option_key(known, value)
        case "multipleSelects":
            return tuple(_option_key(known, each) for each in _list(value))
        case "multipleRecordLinks":
            return tuple(str(each) for each in _list(value))
        case "dateTime":
            return _instant(value)
    return value


def _option_key(known: FieldSchema, name: Any) -> str:
    for key, choice in known.options.items():
        if choice.name == name:
            return key
    return str(name)


def _list(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()


def _instant(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _written(value: Any) -> Any:
    match value:
        case datetime():
            if value.tzinfo is None:
                raise ValueError("an instant for Airtable needs a time zone")
            # A text without Z would be read in the field's own zone.
            moment = value.astimezone(UTC).replace(tzinfo=None)
            return f"{moment.isoformat(timespec='milliseconds')}Z"
        case date():
            return value.isoformat()
        case tuple() | list():
            return [str(each) for each in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
    return value


# --- keeping -----------------------------------------------------------------------------------


def _field_json(known: FieldSchema) -> dict[str, Any]:
    return {
        "id": known.id,
        "name": known.name,
        "type": known.type,
        "options": {key: {"id": each.id, "name": each.name} for key, each in known.options.items()},
        "other_options": list(known.other_options),
        "zone": known.zone,
    }


def _field_from(kept: Mapping[str, Any]) -> FieldSchema:
    return FieldSchema(
        kept["id"],
        kept["name"],
        kept["type"],
        {key: Choice(each["id"], each["name"]) for key, each in kept["options"].items()},
        tuple(kept["other_options"]),
        kept["zone"],
    )


# --- words -------------------------------------------------------------------------------------


def told(lack: Lack, base: BaseMap) -> str:
    """What is lacking, in plain words with the base's own names."""
    table = base.name_of(lack.table)
    if lack.what is What.TABLE:
        return f"the table {table} is not there"
    column = BY_KEY[lack.table].column(lack.column)
    name = base.name_of(lack.table, lack.column)
    match lack.what:
        case What.COLUMN:
            return f"{table}: the column {name} is not there"
        case What.TYPE:
            return f"{table}: the column {lack.named} is {_type_name(lack.type)}, not {_wanted(column, base)}"
    option = _option(column, lack.option).names.in_language(base.language())
    return f"{table}: the column {name} has no option {option}"


def repair(lack: Lack, base: BaseMap) -> str:
    """What a person does about it."""
    match lack.what:
        case What.TABLE | What.COLUMN:
            return "run `anfitrion airtable init`"
        case What.TYPE:
            column = BY_KEY[lack.table].column(lack.column)
            return (
                f"change its type to {_wanted(column, base)}, "
                "or rename it and run `anfitrion airtable init`"
            )
    return "add the option in Airtable"


def _wanted(column: Column, base: BaseMap) -> str:
    name = _type_name(column.type)
    return f"{name} in {base.name_of(column.links)}" if column.type == LINKS else name


def _type_name(type_: str) -> str:
    name = TYPE_NAMES.get(type_, type_)
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _option(column: Column, key: str) -> Option:
    return next(option for option in column.options if option.key == key)
