"""What staff do in the grid: their edits carry the source `client`, and nothing counts as a request.

Staff may do what the API may not: make computed fields, remove options, delete fields and tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.support.airtable_emulator import comments, errors, metadata
from tests.support.airtable_emulator.actions import Action, Author
from tests.support.airtable_emulator.cells import CellWriter
from tests.support.airtable_emulator.emulator import Emulator
from tests.support.airtable_emulator.ids import STAFF_USER, new_id
from tests.support.airtable_emulator.model import Base, Field, Record, Table, View, new_table
from tests.support.airtable_emulator.records import given_cells

Given = Mapping[str, Any]


class Staff:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._deeds: dict[str, Callable[[Base, Given], Awaitable[Any]]] = {
            "create": self._create,
            "update": self._update,
            "type": self._type,
            "duplicate": self._duplicate,
            "delete": self._delete,
            "create_table": self._create_table,
            "rename_table": self._rename_table,
            "delete_table": self._delete_table,
            "create_field": self._create_field,
            "rename_field": self._rename_field,
            "change_field": self._change_field,
            "delete_field": self._delete_field,
            "rename_option": self._rename_option,
            "remove_option": self._remove_option,
            "create_view": self._create_view,
            "comment": self._comment,
        }

    async def do(self, base: Base, deed: str, given: Given) -> Any:
        """Raises: ApiError."""
        if deed not in self._deeds:
            raise errors.invalid_request(f"staff cannot {deed}; they can {', '.join(self._deeds)}")
        return await self._deeds[deed](base, given)

    def _author(self, given: Given) -> Author:
        return Author(STAFF_USER, given.get("source", "client"))

    async def _create(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        with self._emulator.act(base, self._author(given)) as action:
            cells = _cells(action, table, given.get("fields", {}))
            record = action.create(table, _filled(cells))
        return {"id": record.id}

    async def _update(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        with self._emulator.act(base, self._author(given)) as action:
            record = _record(table, given["record"])
            cells = _cells(action, table, given["fields"])
            action.update(table, record, _filled({**record.cells, **cells}))
        return {"id": record.id}

    async def _type(self, base: Base, given: Given) -> Any:
        """One action for each keystroke; a record is made at the first one where none is named."""
        table, text = _table(base, given), str(given["text"])
        record_id = given.get("record") or (await self._create(base, {**given, "fields": {}}))["id"]
        for end in range(1, len(text) + 1):
            await self._update(
                base, {**given, "record": record_id, "fields": {given["field"]: text[:end]}}
            )
            await asyncio.sleep(float(given.get("interval_s", 0)))
        return {"id": record_id, "actions": len(text), "table": table.id}

    async def _duplicate(self, base: Base, given: Given) -> Any:
        """A copy of a row, some cells of it different: how double bookings are typed."""
        table = _table(base, given)
        with self._emulator.act(base, self._author(given)) as action:
            original = _record(table, given["record"])
            cells = _cells(action, table, given.get("fields", {}))
            copy = action.create(table, _filled({**original.cells, **cells}))
        return {"id": copy.id}

    async def _delete(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        with self._emulator.act(base, self._author(given)) as action:
            for each in given["records"]:
                action.delete(table, _record(table, each))
        return {}

    async def _create_table(self, base: Base, given: Given) -> Any:
        """Also with fields that the API cannot make."""
        with self._emulator.act(base, self._author(given)) as action:
            fields = [metadata.field_of(base, each, by_hand=True) for each in given["fields"]]
            table = new_table(given["name"], fields)
            action.put_table(table)
            for each in fields:
                metadata.link_back(action, table, each)
        return metadata.table_json(table)

    async def _rename_table(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        with self._emulator.act(base, self._author(given)) as action:
            action.describe_table(table, name=given["name"], description=table.description)
        return {"id": table.id}

    async def _delete_table(self, base: Base, given: Given) -> Any:
        with self._emulator.act(base, self._author(given)) as action:
            action.delete_table(_table(base, given))
        return {}

    async def _create_field(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        with self._emulator.act(base, self._author(given)) as action:
            field = metadata.field_of(base, given["definition"], by_hand=True)
            action.put_field(table, field)
            metadata.link_back(action, table, field)
        return metadata.field_json(table.fields[field.id])

    async def _rename_field(self, base: Base, given: Given) -> Any:
        return await self._redefine(base, given, lambda field: replace(field, name=given["name"]))

    async def _change_field(self, base: Base, given: Given) -> Any:
        """Another type or other options, as they stand: cells are not converted."""
        return await self._redefine(
            base,
            given,
            lambda field: replace(
                field,
                type=given.get("type", field.type),
                options=field.options | given.get("options", {}),
            ),
        )

    async def _rename_option(self, base: Base, given: Given) -> Any:
        def renamed(choice: dict[str, Any]) -> dict[str, Any]:
            return choice | {"name": given["name"]} if choice["name"] == given["option"] else choice

        return await self._redefine(
            base,
            given,
            lambda field: replace(
                field, options={"choices": [renamed(each) for each in field.options["choices"]]}
            ),
        )

    async def _remove_option(self, base: Base, given: Given) -> Any:
        """Cells that held it are emptied."""
        table = _table(base, given)
        field = _field(table, given["field"])
        gone = {each["id"] for each in field.options["choices"] if each["name"] == given["option"]}
        left = [each for each in field.options["choices"] if each["id"] not in gone]
        with self._emulator.act(base, self._author(given)) as action:
            action.put_field(table, replace(field, options={"choices": left}))
            for record in list(table.records.values()):
                cells = _without(record, field, gone)
                if cells != record.cells:
                    action.update(table, record, cells)
        return metadata.field_json(table.fields[field.id])

    async def _redefine(self, base: Base, given: Given, change: Callable[[Field], Field]) -> Any:
        table = _table(base, given)
        field = _field(table, given["field"])
        with self._emulator.act(base, self._author(given)) as action:
            action.put_field(table, change(field))
        return metadata.field_json(table.fields[field.id])

    async def _delete_field(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        with self._emulator.act(base, self._author(given)) as action:
            action.delete_field(table, _field(table, given["field"]))
        return {}

    async def _create_view(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        sort = [(_field(table, name).id, descends) for name, descends in given.get("sort", ())]
        hidden = [_field(table, name).id for name in given.get("hidden", ())]
        view = View(
            new_id("viw"),
            given["name"],
            formula=given.get("formula"),
            sort=tuple(sort),
            hidden=tuple(hidden),
        )
        table.views[view.id] = view
        self._emulator.changed()
        return {"id": view.id}

    async def _comment(self, base: Base, given: Given) -> Any:
        table = _table(base, given)
        record = _record(table, given["record"])
        now = self._emulator.clock.now()
        comment = comments.add(table, record, STAFF_USER, {"text": given["text"]}, now)
        self._emulator.changed()
        return {"id": comment.id}


def _table(base: Base, given: Given) -> Table:
    table = base.table_by(given["table"])
    if table is None:
        raise errors.invalid_request(f"no table {given['table']}")
    return table


def _record(table: Table, record_id: str) -> Record:
    if record_id not in table.records:
        raise errors.row_does_not_exist(record_id)
    return table.records[record_id]


def _field(table: Table, name: str) -> Field:
    field = table.field_by(name)
    if field is None:
        raise errors.unknown_field(name)
    return field


def _cells(action: Action, table: Table, fields: Given) -> dict[str, Any]:
    """The grid takes what is typed: options that were not there are made."""
    return given_cells(CellWriter(action, table, typecast=True), table, fields)


def _filled(cells: Given) -> dict[str, Any]:
    return {key: value for key, value in cells.items() if value is not None}


def _without(record: Record, field: Field, gone: set[str]) -> dict[str, Any]:
    value = record.cells.get(field.id)
    cells = {key: kept for key, kept in record.cells.items() if key != field.id}
    if isinstance(value, list) and (left := [each for each in value if each not in gone]):
        cells[field.id] = left
    elif isinstance(value, str) and value not in gone:
        cells[field.id] = value
    return cells
