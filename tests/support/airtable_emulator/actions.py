"""A change to a base: whole or not at all, with an author, and with what webhooks must be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.support.airtable_emulator.ids import new_id
from tests.support.airtable_emulator.model import Base, Field, Record, Table, User, World


@dataclass(frozen=True, slots=True)
class Author:
    """`source` is one of the webhook sources: `client` is the grid, `publicApi` this API."""

    user: str
    source: str = "publicApi"


@dataclass(slots=True)
class TableBefore:
    """A table as it was, as far as an action touched it; None stands for "there was none"."""

    records: dict[str, Record | None] = field(default_factory=dict)
    fields: dict[str, Field | None] = field(default_factory=dict)
    metadata: dict[str, Any] | None = None


class Action:
    """Writes go through here, remember what was there before, and can be undone."""

    def __init__(self, world: World, base: Base, author: Author, at: datetime) -> None:
        self.base = base
        self.author = author
        self.at = at
        self.before: dict[str, TableBefore] = {}
        self.created_tables: dict[str, Table] = {}
        self.destroyed_tables: dict[str, Table] = {}
        self._world = world

    @property
    def users(self) -> Iterable[User]:
        return self._world.users.values()

    def create(self, table: Table, cells: dict[str, Any]) -> Record:
        record = Record(
            id=new_id("rec"),
            # Airtable's are usually whole seconds: no tie-breaker.
            created_at=self.at.replace(microsecond=0),
            created_by=self.author.user,
            source=self.author.source,
            number=table.next_number,
            cells={},
        )
        table.next_number += 1
        self._remember(table, record.id)
        table.records[record.id] = replace(record, cells=cells)
        self._mirror_links(table, record, cells)
        return table.records[record.id]

    def update(self, table: Table, record: Record, cells: dict[str, Any]) -> Record:
        """Set the record's cells to exactly these."""
        changed = [
            each for each in {**record.cells, **cells} if record.cells.get(each) != cells.get(each)
        ]
        if not changed:
            return record
        self._put(table, record, cells, changed)
        self._mirror_links(table, record, cells)
        return table.records[record.id]

    def delete(self, table: Table, record: Record) -> None:
        self._remember(table, record.id)
        self._mirror_links(table, record, {})
        del table.records[record.id]
        table.comments.pop(record.id, None)

    def put_field(self, table: Table, field: Field) -> None:
        self._table_before(table).fields.setdefault(field.id, table.fields.get(field.id))
        table.fields[field.id] = field

    def delete_field(self, table: Table, field: Field) -> None:
        """With the field on the other side where it is a link."""
        if inverse := field.options.get("inverseLinkFieldId"):
            other = self.base.tables[field.options["linkedTableId"]]
            if other.fields[inverse].options.get("inverseLinkFieldId") == field.id:
                self._drop_field(other, other.fields[inverse])
        self._drop_field(table, field)

    def _drop_field(self, table: Table, field: Field) -> None:
        for record in list(table.records.values()):
            if field.id in record.cells:
                self._remember(table, record.id)
                cells = {key: value for key, value in record.cells.items() if key != field.id}
                table.records[record.id] = replace(record, cells=cells)
        self._table_before(table).fields.setdefault(field.id, field)
        del table.fields[field.id]

    def put_table(self, table: Table) -> None:
        self.base.tables[table.id] = table
        self.created_tables[table.id] = table

    def describe_table(self, table: Table, *, name: str, description: str | None) -> None:
        before = self._table_before(table)
        before.metadata = before.metadata or {
            "name": table.name,
            "description": table.description,
        }
        table.name, table.description = name, description

    def delete_table(self, table: Table) -> None:
        for other, link in self._links_to(table):
            self.delete_field(other, link)
        self.destroyed_tables[table.id] = table
        del self.base.tables[table.id]

    def undo(self) -> None:
        self.base.tables.update(self.destroyed_tables)
        for table_id in self.created_tables:
            del self.base.tables[table_id]
        for table_id, before in self.before.items():
            if table_id in self.base.tables:
                _restore(self.base.tables[table_id], before)

    def changes(self) -> Iterator[tuple[Table, TableBefore]]:
        """Tables that were there before and still are, with what changed in them."""
        for table_id, before in self.before.items():
            if table_id in self.base.tables and table_id not in self.created_tables:
                yield self.base.tables[table_id], before

    @property
    def changed_something(self) -> bool:
        return bool(self.before or self.created_tables or self.destroyed_tables)

    def _put(self, table: Table, record: Record, cells: dict[str, Any], changed: list[str]) -> None:
        self._remember(table, record.id)
        table.records[record.id] = replace(
            record,
            cells={key: value for key, value in cells.items() if value is not None},
            changed_at=record.changed_at | dict.fromkeys(changed, self.at),
            changed_by=self.author.user,
        )

    def _remember(self, table: Table, record_id: str) -> None:
        self._table_before(table).records.setdefault(record_id, table.records.get(record_id))

    def _table_before(self, table: Table) -> TableBefore:
        return self.before.setdefault(table.id, TableBefore())

    def _links_to(self, table: Table) -> list[tuple[Table, Field]]:
        return [
            (other, each)
            for other in self.base.tables.values()
            for each in other.fields.values()
            if each.options.get("linkedTableId") == table.id
        ]

    def _mirror_links(self, table: Table, before: Record, cells: dict[str, Any]) -> None:
        """Show every new or lost link on the other side as well."""
        for each in table.fields.values():
            inverse = each.options.get("inverseLinkFieldId")
            if each.type != "multipleRecordLinks" or inverse is None:
                continue
            linked = self.base.tables[each.options["linkedTableId"]]
            was, now = set(before.cells.get(each.id, ())), set(cells.get(each.id, ()))
            for other in was - now:
                if other in linked.records:
                    self._relink(linked, linked.records[other], inverse, without=before.id)
            for other in now - was:
                self._relink(linked, linked.records[other], inverse, with_=before.id)

    def _relink(
        self, table: Table, record: Record, field_id: str, *, with_: str = "", without: str = ""
    ) -> None:
        ids = [each for each in record.cells.get(field_id, ()) if each not in (with_, without)]
        ids += [with_] if with_ else []
        self._put(table, record, record.cells | {field_id: ids or None}, [field_id])


def _restore(table: Table, before: TableBefore) -> None:
    for record_id, record in before.records.items():
        if record is None:
            table.records.pop(record_id, None)
        else:
            table.records[record_id] = record
    for field_id, field_before in before.fields.items():
        if field_before is None:
            table.fields.pop(field_id, None)
        else:
            table.fields[field_id] = field_before
    if before.metadata:
        table.name, table.description = before.metadata["name"], before.metadata["description"]
