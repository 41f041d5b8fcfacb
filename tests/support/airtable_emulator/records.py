"""Records over REST: list, get, create, update, replace, upsert, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.airtable_emulator import errors, queries
from tests.support.airtable_emulator.actions import Action
from tests.support.airtable_emulator.cells import CellWriter
from tests.support.airtable_emulator.ids import is_id
from tests.support.airtable_emulator.model import Base, Field, Record, Table
from tests.support.airtable_emulator.queries import Cursors, Show
from tests.support.airtable_emulator.reading import Reader
from tests.support.airtable_emulator.wire import Request, only

MOST_PER_WRITE = 10

_WRITE_OPTIONS = ("typecast", "returnFieldsByFieldId")

# dateTime is not among the documented ones.
_MERGEABLE = {
    "number",
    "singleLineText",
    "multilineText",
    "singleSelect",
    "multipleSelects",
    "date",
}


def list_page(
    reader: Reader, table: Table, request: Request, cursors: Cursors, now_s: float
) -> dict[str, Any]:
    options = queries.list_options(request)
    query = queries.query(table, options)
    if offset := options.get("offset"):
        query = cursors.resume(table, str(offset), now_s)
        page, following = cursors.next_page(str(offset), queries.select(reader, table, query))
    else:
        records = queries.select(reader, table, query)
        page, following = cursors.first_page(table, query, records, now_s)
    shown = {"records": [query.show.record(reader, table, each) for each in page]}
    return shown | ({"offset": following} if following else {})


def get(reader: Reader, base: Base, table: Table, record_id: str, show: Show) -> dict[str, Any]:
    """Also a record of another table of the base, which Airtable documents as a fallback."""
    for each in (table, *base.tables.values()):
        if record := reader.records(each).get(record_id):
            return show.record(reader, each, record)
    raise _missing(record_id)


def create(action: Action, reader: Reader, table: Table, body: Mapping[str, Any]) -> dict[str, Any]:
    only(body, "records", "fields", *_WRITE_OPTIONS)
    show = _show(body)
    writer = _writer(action, table, body)
    if "records" not in body:
        if "fields" not in body:
            raise errors.missing_fields()
        record = action.create(table, _new_cells(writer, table, body["fields"]))
        return show.record(reader, table, record)
    if "fields" in body:
        raise errors.invalid_request("both records and fields")
    rows = body["records"]
    if not isinstance(rows, list) or not rows or len(rows) > MOST_PER_WRITE:
        raise errors.too_many_to_create(len(rows) if isinstance(rows, list) else 0)
    created = [action.create(table, _new_cells(writer, table, _fields_of(row))) for row in rows]
    return {"records": [show.record(reader, table, each) for each in created]}


def update_one(
    action: Action,
    reader: Reader,
    table: Table,
    record_id: str,
    body: Mapping[str, Any],
    *,
    replace: bool,
) -> dict[str, Any]:
    only(body, "fields", *_WRITE_OPTIONS)
    if "fields" not in body:
        raise errors.missing_fields()
    record = table.records.get(record_id)
    if record is None:
        raise _missing(record_id)
    given = given_cells(_writer(action, table, body), table, body["fields"])
    updated = _apply(action, table, record, given, replace=replace)
    return _show(body).record(reader, table, updated)


def update_many(
    action: Action, reader: Reader, table: Table, body: Mapping[str, Any], *, replace: bool
) -> dict[str, Any]:
    """In the order given, also where ids and merge keys are mixed."""
    only(body, "records", "performUpsert", *_WRITE_OPTIONS)
    rows = body.get("records")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_PER_WRITE:
        raise errors.invalid_records()
    upsert = _Upsert(table, body["performUpsert"]) if "performUpsert" in body else None
    writer, show = _writer(action, table, body), _show(body)
    planned = [_planned(writer, table, row, upsert) for row in rows]
    _refuse_repetition(planned)
    records, created = [], []
    for target, cells in planned:
        if target is None:
            record = action.create(table, _filled(cells))
            created.append(record.id)
        else:
            record = _apply(action, table, target, cells, replace=replace)
        records.append(record.id)
    shown = [show.record(reader, table, table.records[each]) for each in records]
    if upsert is None:
        return {"records": shown}
    updated = [each for each in records if each not in created]
    return {"records": shown, "createdRecords": created, "updatedRecords": updated}


def delete_one(action: Action, table: Table, record_id: str) -> dict[str, Any]:
    record = table.records.get(record_id)
    if record is None:
        raise _missing(record_id)
    action.delete(table, record)
    return {"id": record_id, "deleted": True}


def delete_many(action: Action, table: Table, request: Request) -> dict[str, Any]:
    named = {name.partition("[")[0] for name, _ in request.query}
    ids = [value for _, value in request.query]
    if named != {"records"} or len(ids) > MOST_PER_WRITE:
        raise errors.invalid_records()
    for each in ids:
        if each not in table.records:
            raise errors.row_does_not_exist(each)
    for each in dict.fromkeys(ids):
        action.delete(table, table.records[each])
    return {"records": [{"id": each, "deleted": True} for each in ids]}


def given_cells(writer: CellWriter, table: Table, fields: Any) -> dict[str, Any]:
    """Kept values by field id, None for those that are to be emptied. Raises: ApiError."""
    if not isinstance(fields, dict):
        raise errors.invalid_records()
    cells = {}
    for name, value in fields.items():
        field = table.field_by(name)
        if field is None:
            raise errors.unknown_field(name)
        if field.id in cells:
            raise errors.invalid_request(f"{name} is given by name and by id")
        cells[field.id] = writer.stored(field, value)
    return cells


class _Upsert:
    """Finds the record that a row without an id means, as the table stood before the request."""

    def __init__(self, table: Table, options: Any) -> None:
        names = options.get("fieldsToMergeOn") if isinstance(options, dict) else None
        if not isinstance(names, list) or not 1 <= len(names) <= 3:
            raise errors.invalid_request("fieldsToMergeOn takes one to three fields")
        self._table = table
        self.fields = [self._field(name) for name in names]
        self._by_key: dict[tuple[Any, ...], list[Record]] = {}
        for record in table.records.values():
            self._by_key.setdefault(self._key(record.cells), []).append(record)

    def _field(self, name: Any) -> Field:
        field = self._table.field_by(name) if isinstance(name, str) else None
        if field is None:
            raise errors.unknown_field(str(name))
        if field.type not in _MERGEABLE:
            raise errors.invalid_request(f"{field.name} is not of a type to merge on")
        return field

    def target(self, cells: Mapping[str, Any]) -> Record | None:
        for field in self.fields:
            if field.id not in cells:
                raise errors.invalid_request(f"a record lacks the merge field {field.name}")
        key = self._key(cells)
        if None in key:
            # pyairtable's live test: a row with an empty key is created, beside others like it.
            return None
        found = self._by_key.get(key, [])
        if len(found) > 1:
            raise errors.many_match(", ".join(field.name for field in self.fields))
        return found[0] if found else None

    def _key(self, cells: Mapping[str, Any]) -> tuple[Any, ...]:
        values = [cells.get(field.id) for field in self.fields]
        return tuple(tuple(each) if isinstance(each, list) else each for each in values)


def _planned(
    writer: CellWriter, table: Table, row: Any, upsert: _Upsert | None
) -> tuple[Record | None, dict[str, Any]]:
    """The record that a row of a batch is for, None for a new one, and its cells."""
    if not isinstance(row, dict) or "fields" not in row:
        raise errors.invalid_records()
    record_id = row.get("id")
    if record_id is None and upsert is None:
        raise errors.invalid_records()
    cells = given_cells(writer, table, row["fields"])
    if record_id is None:
        return (upsert.target(cells) if upsert else None), cells
    if record_id not in table.records:
        raise errors.row_does_not_exist(str(record_id))
    return table.records[record_id], cells


def _refuse_repetition(planned: list[tuple[Record | None, dict[str, Any]]]) -> None:
    targets = [record.id for record, _ in planned if record]
    if len(set(targets)) < len(targets):
        raise errors.same_record_twice()


def _apply(
    action: Action, table: Table, record: Record, cells: dict[str, Any], *, replace: bool
) -> Record:
    # Earlier rows of the request may have changed it through its links.
    record = table.records[record.id]
    kept = {} if replace else record.cells
    return action.update(table, record, _filled({**kept, **cells}))


def _filled(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in cells.items() if value is not None}


def _new_cells(writer: CellWriter, table: Table, fields: Any) -> dict[str, Any]:
    return _filled(given_cells(writer, table, fields))


def _fields_of(row: Any) -> Any:
    if not isinstance(row, dict) or "fields" not in row:
        raise errors.missing_fields()
    only(row, "fields")
    return row["fields"]


def _writer(action: Action, table: Table, body: Mapping[str, Any]) -> CellWriter:
    return CellWriter(action, table, typecast=queries.flag(body.get("typecast")))


def _show(body: Mapping[str, Any]) -> Show:
    return Show(by_id=queries.flag(body.get("returnFieldsByFieldId")))


def _missing(record_id: str) -> errors.ApiError:
    return errors.record_not_found() if is_id(record_id, "rec") else errors.not_found()
