"""Looking a base over: what is right, and what a person has to repair, one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from domain.booking import UNCONFIRMED
from infrastructure.airtable.directory import Records
from infrastructure.airtable.init import CLIENT, shown_zone
from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.lookups import starts_within
from infrastructure.airtable.rows import read_rows
from infrastructure.airtable.schema import BaseMap, Lack, Row, What, find_map, repair, told
from infrastructure.airtable.tables import BY_KEY, INSTANT
from infrastructure.airtable.venues import HouseReading, read_venues

if TYPE_CHECKING:
    from domain.venue import Venue
    from infrastructure.airtable.wire import Wire

_BOOKINGS_BACK = timedelta(days=1)
_BOOKINGS_AHEAD = timedelta(days=400)


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing has to be done."""
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    item: str
    detail: str


async def check_base(
    wire: Wire, *, now: datetime, remembered: Mapping[str, Any] | None = None
) -> list[Finding]:
    """Tables, columns, options, zones, the rows of the houses, and bookings from yesterday on.

    Raises: as the wire.
    """
    base = find_map(await wire.schema(), remembered)
    findings = [*_schema(base), *_names(base)]
    rows = await read_rows(wire, base)
    reading = read_venues(rows, year=now.year)
    findings += [*_zones(base, reading.venues), *_houses(base, rows, reading)]
    if base.is_usable:
        findings += _bookings(base, await _bookings_from(wire, base, now), Records(rows))
    return findings


# --- the schema --------------------------------------------------------------------------------


def _schema(base: BaseMap) -> Iterator[Finding]:
    columns = sum(len(table.fields) for table in base.tables.values())
    if not base.lacks:
        yield Finding(Verdict.OK, "tables", f"{len(base.tables)} tables, {columns} columns")
    for lack in base.lacks:
        verdict = Verdict.REPAIR if _is_needed(lack) else Verdict.NOTE
        yield Finding(verdict, lack.what, f"{told(lack, base)}; {repair(lack, base)}")


def _is_needed(lack: Lack) -> bool:
    if lack.what is not What.OPTION:
        return lack.essential
    column = BY_KEY[lack.table].column(lack.column)
    # The rows of unconfirmed bookings say that they are confirmed.
    return column.essential and lack.option not in UNCONFIRMED


def _names(base: BaseMap) -> Iterator[Finding]:
    """What staff have renamed, and options of their own for a booking's status."""
    for key, table in base.tables.items():
        plan = BY_KEY[key]
        renamed = [
            f"{plan.column(each).names.in_language(base.language())} is called {known.name}"
            for each, known in table.fields.items()
            if not plan.column(each).names.are_right(known.name)
        ]
        if not plan.names.are_right(table.name):
            renamed.insert(0, f"{plan.names.in_language(base.language())} is called {table.name}")
        if renamed:
            yield Finding(Verdict.NOTE, "names", f"{table.name}: {', '.join(renamed)}")
    if base.has("bookings", "status"):
        for option in base.tables["bookings"].fields["status"].other_options:
            where = f"{base.name_of('bookings')}, {base.name_of('bookings', 'status')}"
            yield Finding(
                Verdict.NOTE,
                "option",
                f"{where}: {option} is the house's own; a row with it is no booking",
            )


def _zones(base: BaseMap, venues: Sequence[Venue]) -> Iterator[Finding]:
    houses = sorted({venue.zone.key for venue in venues})
    wanted = shown_zone(houses)
    for key, table in base.tables.items():
        for column in BY_KEY[key].columns:
            known = table.fields.get(column.key)
            if column.type != INSTANT or known is None or not houses or known.zone == wanted:
                continue
            where = f"{table.name}: {known.name} is shown in"
            if known.zone == CLIENT:
                # Right for everybody who is in the house.
                detail = f"{where} each viewer's own time zone; {wanted} would be safer"
                yield Finding(Verdict.NOTE, "zone", detail)
            else:
                wish = "each viewer's own time zone" if wanted == CLIENT else wanted
                yield Finding(Verdict.REPAIR, "zone", f"{where} {known.zone}; set it to {wish}")


# --- the houses --------------------------------------------------------------------------------


def _houses(
    base: BaseMap, rows: Mapping[str, Sequence[Row]], reading: HouseReading
) -> Iterator[Finding]:
    for venue in reading.venues:
        detail = (
            f"{venue.name}: {len(venue.services)} services, {len(venue.resources)} resources, "
            f"{len(venue.answers)} answers, {venue.zone.key}"
        )
        yield Finding(Verdict.OK, venue.id, detail)
    for problem in reading.problems:
        yield Finding(Verdict.REPAIR, problem.table, problem.told(base))
    if not reading.venues:
        detail = (
            f"{base.name_of('venues')}: no house can be read; fill it in, "
            "or run `anfitrion airtable init --sample` to try one"
        )
        yield Finding(Verdict.REPAIR, "venues", detail)
    for table in ("services", "resources"):
        idle = [row for row in rows[table] if row.cells and not row.cells.get("active")]
        if idle:
            names = ", ".join(str(row.cells.get("name", "?")) for row in idle)
            where = f"{base.name_of(table)}: not offered, {base.name_of(table, 'active')} is off"
            yield Finding(Verdict.NOTE, table, f"{where}: {names}")


# --- bookings ----------------------------------------------------------------------------------


async def _bookings_from(wire: Wire, base: BaseMap, now: datetime) -> list[Row]:
    """From yesterday on; older ones are history."""
    start = base.field_id("bookings", "start")
    records = await wire.list_records(
        base.table("bookings").id,
        priority=Priority.REFILL,
        formula=starts_within(start, now - _BOOKINGS_BACK, now + _BOOKINGS_AHEAD),
        fields=base.field_ids(
            "bookings", "start", "code", "key", "venue", "service", "resources", "status"
        ),
    )
    return [base.row("bookings", each) for each in records]


def _bookings(base: BaseMap, rows: Sequence[Row], records: Records) -> Iterator[Finding]:
    repairs = [*_repeated(base, rows)]
    for row in rows:
        repairs += _links(base, row, records)
    for detail in repairs:
        yield Finding(Verdict.REPAIR, "bookings", f"{base.name_of('bookings')}: {detail}")
    if not repairs:
        yield Finding(Verdict.OK, "bookings", f"{len(rows)} rows from yesterday on")


def _repeated(base: BaseMap, rows: Sequence[Row]) -> Iterator[str]:
    for column in ("key", "code"):
        counts = Counter(str(row.cells[column]) for row in rows if column in row.cells)
        for value, count in counts.items():
            if count > 1:
                name = base.name_of("bookings", column)
                yield f"{count} rows have the {name} {value}; empty it in the copies"


def _links(base: BaseMap, row: Row, records: Records) -> Iterator[str]:
    name = _spoken(row)
    venues = row.cells.get("venue", ())
    venue = records.venue_of(venues[0]) if venues else records.only_venue
    if venue is None:
        why = "names a venue that cannot be read" if venues else "names no venue"
        yield f"{name} {why}; choose it in {base.name_of('bookings', 'venue')}"
        return
    for column in ("service", "resources"):
        for link in row.cells.get(column, ()):
            house = records.house_of(link)
            if house != venue:
                what = "is not known" if house is None else f"belongs to {house}"
                yield (f"{name}: {base.name_of('bookings', column)} {what}; choose one of {venue}")


def _spoken(row: Row) -> str:
    """A row by its code or its time, never by the guest's name."""
    start = row.cells.get("start")
    when = f"{start:%Y-%m-%d %H:%M} UTC" if isinstance(start, datetime) else row.id
    return f"the booking {row.cells.get('code') or when}"
