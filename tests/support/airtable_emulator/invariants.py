"""What must be true of a base after any run, read from the emulator's own state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.model import Base, Field, Record, Table
from tests.support.airtable_emulator.reading import Reader


@dataclass(frozen=True, slots=True)
class Rules:
    """Where bookings stand in a table; fields by name or id."""

    table: str
    resource: str
    start: str
    end: str
    key: str
    status: str | None = None
    live: tuple[str, ...] = ()
    """Statuses of rows that hold their resource; empty means that every row does."""
    acknowledged: tuple[str, ...] = ()
    """Keys that a guest was told are booked: each must be there once, and live."""
    known: tuple[str, ...] | None = None
    """Keys that may be there. Given, any other live row that came over the API is an orphan."""


@dataclass(slots=True)
class Report:
    rows: int = 0
    live: int = 0
    overlaps: list[dict[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Acknowledged and not there as a live row."""
    duplicates: dict[str, list[str]] = field(default_factory=dict)
    """Keys that several rows carry, live or not."""
    orphans: list[str] = field(default_factory=list)
    """Live rows from the API without a key, or with one that nobody knows."""
    incomplete: list[str] = field(default_factory=list)
    """Live rows without resource, start or end; not a fault where staff are typing."""

    @property
    def ok(self) -> bool:
        return not (self.overlaps or self.missing or self.duplicates or self.orphans)

    def json(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self)}


@dataclass(frozen=True, slots=True)
class _Row:
    record: Record
    key: str
    is_live: bool
    resources: tuple[str, ...]
    start: datetime | None
    end: datetime | None


def check(base: Base, reader: Reader, rules: Rules) -> Report:
    """Raises: ApiError where the rules name a table or field that is not there."""
    rows = list(_rows(base, reader, rules))
    live = [row for row in rows if row.is_live]
    report = Report(rows=len(rows), live=len(live))
    report.overlaps = list(_overlaps(live))
    report.duplicates = _duplicates(rows)
    live_keys = {row.key for row in live}
    report.missing = [each for each in rules.acknowledged if each not in live_keys]
    if rules.known is not None:
        report.orphans = [row.record.id for row in live if _is_orphan(row, set(rules.known))]
    report.incomplete = [row.record.id for row in live if not _is_complete(row)]
    return report


def _rows(base: Base, reader: Reader, rules: Rules) -> Iterable[_Row]:
    table = base.table_by(rules.table)
    if table is None:
        raise errors.invalid_request(f"no table {rules.table}")
    resource, start, end, key = (
        _field(table, each) for each in (rules.resource, rules.start, rules.end, rules.key)
    )
    status = _field(table, rules.status) if rules.status else None
    for record in table.records.values():
        yield _Row(
            record,
            key=str(record.cells.get(key.id, "")),
            is_live=not rules.live
            or (status is not None and reader.value(table, record, status) in rules.live),
            resources=_resources(record, resource),
            start=_instant(record, start),
            end=_instant(record, end),
        )


def _overlaps(rows: list[_Row]) -> Iterable[dict[str, str]]:
    """Half-open: one may begin where another ends."""
    by_resource: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        if _is_complete(row):
            for each in row.resources:
                by_resource[each].append(row)
    for resource, held in by_resource.items():
        held.sort(key=lambda row: (row.start, row.end, row.record.id))
        for at, first in enumerate(held):
            for second in held[at + 1 :]:
                assert first.end is not None
                assert second.start is not None
                if second.start >= first.end:
                    break
                yield {"resource": resource, "one": first.record.id, "other": second.record.id}


def _duplicates(rows: list[_Row]) -> dict[str, list[str]]:
    by_key: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.key:
            by_key[row.key].append(row.record.id)
    return {key: records for key, records in by_key.items() if len(records) > 1}


def _is_orphan(row: _Row, known: set[str]) -> bool:
    return row.record.source == "publicApi" and row.key not in known


def _is_complete(row: _Row) -> bool:
    return bool(row.resources) and row.start is not None and row.end is not None


def _resources(record: Record, field: Field) -> tuple[str, ...]:
    """Ids of linked rows or of options, or the text itself."""
    value = record.cells.get(field.id)
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (str(value),)


def _instant(record: Record, field: Field) -> datetime | None:
    value = record.cells.get(field.id)
    return datetime.fromisoformat(value) if value else None


def _field(table: Table, name: str) -> Field:
    found = table.field_by(name)
    if found is None:
        raise errors.invalid_request(f"no field {name} in {table.name}")
    return found
