"""Writing houses into a base: the samples, to start from or to try things out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.rows import HOUSE_TABLES, Rows, read_rows
from infrastructure.airtable.schema import BaseMap, Row
from infrastructure.airtable.tables import BY_KEY
from infrastructure.airtable.venue_rows import NewRow, rows_of

if TYPE_CHECKING:
    from infrastructure.airtable.wire import Wire
    from infrastructure.venues.files import VenueFile

_MOST_AT_ONCE = 10


async def write_houses(
    wire: Wire, base: BaseMap, houses: Sequence[VenueFile], *, say: Callable[[str], None]
) -> int:
    """Write the rows of each house; returns how many.

    A table that holds rows of the house is completed where they are as they would be written, so that
    an attempt that broke off can be repeated; where staff have changed any, it is left alone.
    Raises: as the wire.
    """
    if not houses:
        return 0
    rows = await read_rows(wire, base)
    return sum([await _write_house(wire, base, rows, house, say) for house in houses])


async def _write_house(
    wire: Wire, base: BaseMap, rows: Rows, house: VenueFile, say: Callable[[str], None]
) -> int:
    wanted = rows_of(house)
    ids: dict[tuple[str, str], str] = {}
    """Records by table and key."""
    written = 0
    for table in HOUSE_TABLES:
        if table not in base.tables:
            continue
        there = _rows_of_house(rows, table, house.id, ids)
        ids |= {(table, str(row.cells["key"])): row.id for row in there if "key" in row.cells}
        new = [_resolved(each, ids) for each in wanted if each.table == table]
        known = [_known(base, table, each) for each in new]
        if table == "venues":
            missing = [] if there else new
        elif all(row.cells in known for row in there):
            seen = [row.cells for row in there]
            missing = [each for each, own in zip(new, known, strict=True) if own not in seen]
        else:
            say(f"{base.name_of(table)}: has rows of {house.name}, left as they are")
            continue
        ids |= await _create(wire, base, table, missing)
        written += len(missing)
        if missing:
            say(f"{base.name_of(table)}: wrote {len(missing)} rows of {house.name}")
    return written


def _rows_of_house(
    rows: Rows, table: str, house: str, ids: Mapping[tuple[str, str], str]
) -> list[Row]:
    if table == "venues":
        return [row for row in rows[table] if row.cells.get("key") == house]
    venue = ids["venues", house]
    return [row for row in rows[table] if venue in row.cells.get("venue", ())]


def _resolved(new: NewRow, ids: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Links by record id; what staff have deleted meanwhile is left out."""
    cells = {}
    for key, value in new.cells.items():
        links = BY_KEY[new.table].column(key).links
        cells[key] = (
            tuple(ids[links, each] for each in value if (links, each) in ids) if links else value
        )
    return cells


def _known(base: BaseMap, table: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    """How the cells would be read back: without columns that the base does not have."""
    return {key: value for key, value in cells.items() if base.has(table, key)}


async def _create(
    wire: Wire, base: BaseMap, table: str, cells: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], str]:
    ids: dict[tuple[str, str], str] = {}
    for first in range(0, len(cells), _MOST_AT_ONCE):
        some = cells[first : first + _MOST_AT_ONCE]
        records = await wire.create(
            base.table(table).id,
            [base.fields(table, each) for each in some],
            priority=Priority.REFILL,
        )
        ids |= {
            (table, str(each.get("key", ""))): str(record["id"])
            for each, record in zip(some, records, strict=True)
        }
    return ids
