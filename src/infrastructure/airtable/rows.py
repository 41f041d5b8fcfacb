"""The rows of a base's tables, read and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.schema import BaseMap, Row

if TYPE_CHECKING:
    from infrastructure.airtable.wire import Wire

HOUSE_TABLES = ("venues", "services", "resources", "hours", "closures", "questions")
"""What venues are read from."""

Rows = Mapping[str, Sequence[Row]]
"""By table, in no order."""


async def read_rows(
    wire: Wire,
    base: BaseMap,
    tables: Sequence[str] = HOUSE_TABLES,
    *,
    priority: Priority = Priority.REFILL,
) -> dict[str, tuple[Row, ...]]:
    """Every row of these tables, one request for each hundred; none of a table that is not there.

    Raises: as the wire.
    """
    found: dict[str, tuple[Row, ...]] = {}
    for table in tables:
        found[table] = ()
        if table in base.tables:
            records = await wire.list_records(
                base.table(table).id, priority=priority, fields=base.field_ids(table)
            )
            found[table] = tuple(base.row(table, each) for each in records)
    return found


def rows_to_json(rows: Rows) -> dict[str, Any]:
    """Plain JSON; only for the tables of `HOUSE_TABLES`, whose cells hold no instants."""
    return {table: [asdict(row) for row in some] for table, some in rows.items()}


def rows_from_json(kept: Mapping[str, Any]) -> dict[str, tuple[Row, ...]]:
    """Also from lists where there were tuples, as JSON brings them back."""
    return {
        table: tuple(Row(row["id"], row["created"], _cells(row["cells"])) for row in some)
        for table, some in kept.items()
    }


def _cells(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
