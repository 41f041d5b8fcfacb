"""A house's rows as they would be read from a base, without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from infrastructure.airtable.rows import HOUSE_TABLES
from infrastructure.airtable.schema import Row
from infrastructure.airtable.tables import BY_KEY
from infrastructure.airtable.venue_rows import rows_of
from infrastructure.venues.files import VenueFile
from infrastructure.venues.loader import read_files

Rows = dict[str, tuple[Row, ...]]


def sample_rows(*ids: str) -> Rows:
    """The rows of the samples, or of some of them."""
    return rows_of_files(file for file in read_files() if not ids or file.id in ids)


def rows_of_files(files: Iterable[VenueFile]) -> Rows:
    rows: dict[str, list[Row]] = {table: [] for table in HOUSE_TABLES}
    for file in files:
        for new in rows_of(file):
            number = len(rows[new.table])
            id_ = f"rec/{file.id}/{new.table}/{new.key or _number_in(rows[new.table], file.id)}"
            made = f"2026-11-21T10:{number:02d}:00.000Z"
            cells = {
                key: _linked(file.id, new.table, key, value) for key, value in new.cells.items()
            }
            rows[new.table].append(Row(id_, made, cells))
    return {table: tuple(some) for table, some in rows.items()}


def _number_in(rows: list[Row], venue: str) -> int:
    return sum(row.id.startswith(f"rec/{venue}/") for row in rows)


def _linked(venue: str, table: str, key: str, value: Any) -> Any:
    links = BY_KEY[table].column(key).links
    if not links:
        return value
    return tuple(f"rec/{venue}/{links}/{each}" for each in value)


def edited(rows: Rows, table: str, id_: str, **cells: Any) -> Rows:
    """The same rows after staff changed cells of one; None empties a cell."""

    def change(row: Row) -> Row:
        changed = {**row.cells, **cells}
        return replace(row, cells={key: each for key, each in changed.items() if each is not None})

    assert any(row.id == id_ for row in rows[table]), [row.id for row in rows[table]]
    return {**rows, table: tuple(change(r) if r.id == id_ else r for r in rows[table])}


def with_row(rows: Rows, table: str, id_: str, **cells: Any) -> Rows:
    """The same rows with one more, the youngest."""
    return {**rows, table: (*rows[table], Row(id_, "2026-11-22T10:00:00.000Z", cells))}
