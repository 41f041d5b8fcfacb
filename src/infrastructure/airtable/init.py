"""Making a base ready: what is missing is made, nothing that is there is renamed or deleted.

What the API cannot do (types and options of columns that are there, views, hiding) is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from infrastructure.airtable.names import fold
from infrastructure.airtable.rows import read_rows
from infrastructure.airtable.samples import write_houses
from infrastructure.airtable.schema import BaseMap, What, find_map, repair, told
from infrastructure.airtable.tables import LINKS, TABLES, Table, definition

if TYPE_CHECKING:
    from infrastructure.airtable.wire import Wire
    from infrastructure.venues.files import VenueFile

Say = Callable[[str], None]

CLIENT = "client"
"""Dates are shown in the time zone of whoever looks."""
_USUAL_LANGUAGE = "es"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made in a base, and what is left to do by hand, in plain words."""

    base: BaseMap
    made: tuple[str, ...]
    by_hand: tuple[str, ...]
    rows: int
    """That were written."""


async def prepare(
    wire: Wire,
    *,
    language: str | None = None,
    houses: Sequence[VenueFile] = (),
    remembered: Mapping[str, object] | None = None,
    say: Say = lambda _line: None,
) -> Prepared:
    """Make what is missing, then write the rows of `houses`, where there are none of theirs.

    `language` is `es` or `en`; None takes the one that the base already speaks, or Spanish. A second
    time it makes nothing. `say` hears each step. Raises: as the wire.
    """
    described = await wire.schema()
    base = find_map(described, remembered)
    language = language or base.language(_USUAL_LANGUAGE)
    zone = shown_zone([*await _zones(wire, base), *(house.zone.key for house in houses)])
    made: list[str] = []

    def tell(line: str) -> None:
        made.append(line)
        say(line)

    names = {each["id"]: {fold(field["name"]) for field in each["fields"]} for each in described}
    in_the_way = await _make(wire, base, names, language, zone, tell)
    if made:
        base = find_map(await wire.schema(), base.to_json())
    rows = await write_houses(wire, base, houses, say=tell)
    return Prepared(base, tuple(made), (*in_the_way, *_by_hand(base)), rows)


def shown_zone(zones: Sequence[str]) -> str:
    """In which zone the base shows dates with time: that of its houses, where they share one.

    A column has one zone for everybody who looks at it. Where the houses' clocks differ none is right
    for all, so each viewer sees their own: staff stand in their house.
    """
    return zones[0] if len(set(zones)) == 1 else CLIENT


async def _zones(wire: Wire, base: BaseMap) -> list[str]:
    """Of the houses that are in the base already."""
    rows = (await read_rows(wire, base, ("venues",)))["venues"]
    return [zone for row in rows if _is_zone(zone := str(row.cells.get("zone", "")).strip())]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


async def _make(
    wire: Wire,
    base: BaseMap,
    names: Mapping[str, Collection[str]],
    language: str,
    zone: str,
    tell: Say,
) -> list[str]:
    """Tables before those that link to them. `names` are those of all columns, folded, by table id.

    Returns what stood in the way.
    """
    ids = {key: table.id for key, table in base.tables.items()}
    in_the_way: list[str] = []
    for table in TABLES:
        if table.key not in ids:
            ids[table.key] = await _make_table(wire, table, language, zone, ids)
            tell(f"made the table {table.names.in_language(language)}")
            continue
        for lack in base.lacks:
            if lack.table != table.key or lack.what is not What.COLUMN:
                continue
            column = table.column(lack.column)
            name = column.names.in_language(language)
            where = base.name_of(table.key)
            if fold(name) in names[ids[table.key]]:
                in_the_way.append(
                    f"{where}: another column is called {name}; rename it, and run init again"
                )
                continue
            body = definition(column, language, zone=zone, table_ids=ids)
            await wire.create_field(ids[table.key], body)
            tell(f"made the column {name} in {where}")
    return in_the_way


async def _make_table(
    wire: Wire, table: Table, language: str, zone: str, ids: Mapping[str, str]
) -> str:
    body = {
        "name": table.names.in_language(language),
        "description": table.about.in_language(language),
        "fields": [
            definition(column, language, zone=zone, table_ids=ids) for column in table.columns
        ],
    }
    return str((await wire.create_table(body))["id"])


def _by_hand(base: BaseMap) -> list[str]:
    lines = [
        f"{told(lack, base)}; {repair(lack, base)}"
        for lack in base.lacks
        if lack.what in (What.TYPE, What.OPTION)
    ]
    if "bookings" not in base.tables:
        return lines

    def name(column: str) -> str:
        return base.name_of("bookings", column)

    bookings = base.name_of("bookings")
    today = "Hoy" if base.language() == "es" else "Today"
    lines += [
        f"{bookings}: make a grid view “{today}” where {name('start')} is today, sorted by "
        f"{name('start')}, grouped by {name('resources')}",
        f"{bookings}: make a calendar view on {name('start')} and {name('end')}",
        f"{bookings}: hide {name('key')} and {name('version')}, which are the engine's; "
        "in every view",
        f"{', '.join(_linked(base))}: hide the columns that only show links from other tables",
        f"{bookings}: switch off “allow linking to multiple records” for {name('service')} and "
        f"{name('venue')}",
    ]
    return lines


def _linked(base: BaseMap) -> list[str]:
    """The tables that others link to: Airtable gives them a column for each of those."""
    keys = {column.links for table in TABLES for column in table.columns if column.type == LINKS}
    return [base.name_of(table.key) for table in TABLES if table.key in keys]
