"""What a list asks for, and the pages in which it is answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.cells import SELECTS
from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.formulas.values import EvaluationError, text
from tests.support.airtable_emulator.ids import new_id
from tests.support.airtable_emulator.model import Field, Record, Table, View
from tests.support.airtable_emulator.reading import Reader
from tests.support.airtable_emulator.wire import Request, only

MOST_PER_PAGE = 100

_SHOW_OPTIONS = ("cellFormat", "timeZone", "userLocale", "returnFieldsByFieldId")
_LIST_OPTIONS = (
    *_SHOW_OPTIONS,
    "pageSize",
    "maxRecords",
    "offset",
    "view",
    "sort",
    "fields",
    "filterByFormula",
    "recordMetadata",
)
_OFFSET = re.compile(r"itr[A-Za-z0-9]{14}/rec[A-Za-z0-9]{14}")
_INDEXED = re.compile(r"(\w+)\[(\d*)\](?:\[(\w+)\])?")


@dataclass(frozen=True, slots=True)
class Show:
    """How records are written out; `fields` None means all."""

    by_id: bool = False
    fields: frozenset[str] | None = None
    as_text_in: ZoneInfo | None = None
    comment_count: bool = False

    def record(self, reader: Reader, table: Table, record: Record) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": record.id,
            "createdTime": iso(record.created_at),
            "fields": self._cells(reader, table, record),
        }
        if self.comment_count:
            shown["commentCount"] = len(table.comments.get(record.id, ()))
        return shown

    def _cells(self, reader: Reader, table: Table, record: Record) -> dict[str, Any]:
        cells = {}
        for each in table.fields.values():
            if self.fields is not None and each.id not in self.fields:
                continue
            value = self._cell(reader, table, record, each)
            if value is not None:
                cells[each.id if self.by_id else each.name] = value
        return cells

    def _cell(self, reader: Reader, table: Table, record: Record, field: Field) -> Any:
        if self.as_text_in is not None:
            return reader.text(table, record, field, self.as_text_in) or None
        return reader.json(table, record, field)


@dataclass(frozen=True, slots=True)
class Query:
    show: Show
    page_size: int = MOST_PER_PAGE
    max_records: float = inf
    view: View | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    formula: str | None = None


def list_options(request: Request) -> dict[str, Any]:
    """The options of a list, from the query string (GET) or the body (POST). Raises: ApiError."""
    if request.method == "GET":
        options = _from_pairs(request.query)
    else:
        # These two stay in the query string, says Airtable's staff.
        spare = _from_pairs(request.query)
        only(spare, "timeZone", "userLocale")
        options = request.json() | spare
    only(options, *_LIST_OPTIONS)
    return options


def show_options(request: Request) -> Show:
    options = _from_pairs(request.query)
    only(options, *_SHOW_OPTIONS)
    return _show(options, fields=None)


def query(table: Table, options: Mapping[str, Any]) -> Query:
    """Raises: ApiError."""
    fields = options.get("fields")
    return Query(
        show=_show(
            options,
            fields=None if fields is None else [_field(table, each).id for each in fields],
        ),
        page_size=_whole(options, "pageSize", MOST_PER_PAGE, most=MOST_PER_PAGE),
        max_records=_whole(options, "maxRecords", None, most=None),
        view=_view(table, options.get("view")),
        sort=tuple(_sort_key(table, each) for each in options.get("sort") or ()),
        formula=options.get("filterByFormula") or None,
    )


def select(reader: Reader, table: Table, query: Query) -> list[Record]:
    """All records that the query keeps, in its order. Raises: ApiError."""
    records: Iterable[Record] = reader.records(table).values()
    for formula in (query.view and query.view.formula, query.formula):
        if formula:
            records = filter(reader.predicate(table, formula), records)
    return ordered(reader, table, records, query)


def ordered(reader: Reader, table: Table, records: Iterable[Record], query: Query) -> list[Record]:
    """By the sort, else by the view, else by record id: an order that means nothing."""
    sort = query.sort or (query.view.sort if query.view else ())
    result = sorted(records, key=lambda each: each.number if query.view else each.id)
    for field_id, descends in reversed(sort):
        field = table.fields[field_id]
        result.sort(
            key=lambda each: _rank(reader, table, each, field),
            reverse=descends,
        )
    return result


@dataclass(slots=True)
class _Cursor:
    table: str
    query: Query
    used_at_s: float
    returned: dict[str, int] = field(default_factory=dict)
    """How many records came before the page that begins with this record."""


class Cursors:
    """Open iterators. A page is cut from the table as it stands when the page is asked for, so records
    may move between pages while staff edit; nothing documents a snapshot."""

    def __init__(self) -> None:
        self.life_s = 300.0
        self._open: dict[str, _Cursor] = {}

    def first_page(
        self, table: Table, query: Query, records: list[Record], now_s: float
    ) -> tuple[list[Record], str | None]:
        return self._page(new_id("itr"), _Cursor(table.id, query, now_s), records, 0)

    def resume(self, table: Table, offset: str, now_s: float) -> Query:
        """The query that the offset belongs to. Raises: ApiError for one that is dead or no offset."""
        if not _OFFSET.fullmatch(offset):
            raise errors.invalid_offset(offset)
        iterator, _, record = offset.partition("/")
        cursor = self._open.get(iterator)
        if cursor is None or cursor.table != table.id or record not in cursor.returned:
            raise errors.cursor_gone()
        if now_s - cursor.used_at_s > self.life_s:
            del self._open[iterator]
            raise errors.cursor_gone()
        cursor.used_at_s = now_s
        return cursor.query

    def next_page(self, offset: str, records: list[Record]) -> tuple[list[Record], str | None]:
        iterator, _, record = offset.partition("/")
        cursor = self._open[iterator]
        returned = cursor.returned[record]
        at = next((i for i, each in enumerate(records) if each.id == record), returned)
        return self._page(iterator, cursor, records[at:], returned)

    def kill(self, offset: str | None = None) -> None:
        """Let one iterator die, or all of them."""
        if offset is None:
            self._open.clear()
        else:
            self._open.pop(offset.partition("/")[0], None)

    def _page(
        self, iterator: str, cursor: _Cursor, left: list[Record], returned: int
    ) -> tuple[list[Record], str | None]:
        size = int(min(cursor.query.page_size, cursor.query.max_records - returned))
        page, rest = left[:size], left[size:]
        if not rest or returned + len(page) >= cursor.query.max_records:
            return page, None
        self._open[iterator] = cursor
        cursor.returned[rest[0].id] = returned + len(page)
        return page, f"{iterator}/{rest[0].id}"


def _from_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`fields[]=a`, `fields[0]=a` and `sort[0][field]=a` become lists."""
    options: dict[str, Any] = {}
    lists: dict[str, dict[int, Any]] = {}
    for name, value in pairs:
        match = _INDEXED.fullmatch(name)
        if match is None:
            options[name] = value
            continue
        list_name, index, key = match.groups()
        items = lists.setdefault(list_name, {})
        at = int(index) if index else len(items)
        if key:
            items.setdefault(at, {})[key] = value
        else:
            items[at] = value
    for list_name, items in lists.items():
        options[list_name] = [items[at] for at in sorted(items)]
    return options


def _show(options: Mapping[str, Any], fields: list[str] | None) -> Show:
    metadata = options.get("recordMetadata") or []
    if metadata not in ([], ["commentCount"]):
        raise errors.invalid_request("recordMetadata knows commentCount only")
    return Show(
        by_id=flag(options.get("returnFieldsByFieldId")),
        fields=None if fields is None else frozenset(fields),
        as_text_in=_text_zone(options),
        comment_count=bool(metadata),
    )


def flag(value: Any) -> bool:
    if value in (None, False, "false", "0", ""):
        return False
    if value in (True, "true", "1"):
        return True
    raise errors.invalid_request(f"{value!r} is neither true nor false")


def _text_zone(options: Mapping[str, Any]) -> ZoneInfo | None:
    cell_format = options.get("cellFormat", "json")
    if cell_format == "json":
        return None
    if cell_format != "string" or not options.get("timeZone") or not options.get("userLocale"):
        raise errors.invalid_request("cellFormat is json, or string with timeZone and userLocale")
    try:
        return ZoneInfo(options["timeZone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise errors.invalid_request("no such time zone") from error


def _whole(options: Mapping[str, Any], name: str, default: Any, most: int | None) -> Any:
    if name not in options:
        return inf if default is None else default
    try:
        value = int(options[name])
    except (TypeError, ValueError) as error:
        raise errors.invalid_request(f"{name} is no whole number") from error
    if value < 1 or (most is not None and value > most):
        raise errors.invalid_request(f"{name} is out of range")
    return value


def _view(table: Table, name: str | None) -> View | None:
    if not name:
        return None
    view = table.view_by(name)
    if view is None:
        raise errors.view_not_found(name)
    return view


def _field(table: Table, name: Any) -> Field:
    found = table.field_by(name) if isinstance(name, str) else None
    if found is None:
        raise errors.unknown_field(str(name))
    return found


def _sort_key(table: Table, key: Any) -> tuple[str, bool]:
    if not isinstance(key, dict) or key.get("direction", "asc") not in ("asc", "desc"):
        raise errors.invalid_request("a sort is a field and a direction, asc or desc")
    only(key, "field", "direction")
    return _field(table, key.get("field")).id, key.get("direction") == "desc"


def _rank(reader: Reader, table: Table, record: Record, field: Field) -> tuple[Any, ...]:
    """Empty first; options by their place in the list; text without regard to case."""
    try:
        value = reader.value(table, record, field)
    except EvaluationError:
        return (0,)
    if value in (None, "", []):
        return (0,)
    if field.type in SELECTS:
        places = {each["name"]: at for at, each in enumerate(field.options["choices"])}
        return (1, [places[each] for each in ([value] if isinstance(value, str) else value)])
    if isinstance(value, str | list):
        return (1, text(value).casefold())
    return (1, value)
