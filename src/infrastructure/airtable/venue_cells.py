"""One row of a house's tables as the part of a venue file that it stands for.

Everything here raises Wrong, with the column and what to type into it: staff read that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from domain.venue import LONGEST_BUFFER, Interval, ResourceKind, VenueKind
from infrastructure.airtable.names import fold
from infrastructure.airtable.schema import Row
from infrastructure.airtable.tables import WEEKDAYS
from infrastructure.airtable.venue_rows import CONTACT, POLICY_MINUTES, POLICY_PLAIN
from infrastructure.venues.assembly import Problem
from infrastructure.venues.files import (
    PractitionerEntry,
    RoomEntry,
    ServiceEntry,
    TableEntry,
    VenueFile,
)
from infrastructure.venues.words import read_clock, read_intervals
from infrastructure.venues.yaml_text import read_yaml

CLOSED_WORDS = frozenset({"closed", "cerrado", "cerrada"})
_SETTINGS = ("policy", "combinations")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_TURN_TIME = re.compile(r"(\d{1,3})\s*:\s*(\d{1,4})")
_GRID_MINUTES = 5
_NEVER_THERE = {"from": "2000-01-01", "to": "2099-12-31"}
"""The absence of what is not active: bookings still know it, guests are not offered it."""


class Wrong(Exception):
    """A cell that cannot be read."""

    def __init__(self, column: str, wrong: str, repair: str) -> None:
        super().__init__(wrong)
        self.column = column
        self.wrong = wrong
        self.repair = repair


# --- the rows ----------------------------------------------------------------------------------


def venue_entry(row: Row) -> dict[str, Any]:
    """A venue file without its services, resources, closures and answers."""
    settings = _read_settings(row)
    columns: dict[str, Any] = {
        name: f"{minutes}m" for name in POLICY_MINUTES if (minutes := whole(row, name)) is not None
    }
    columns |= {name: row.cells[name] for name in POLICY_PLAIN if name in row.cells}
    if (days := whole(row, "booking_window", least=1)) is not None:
        columns["booking_window"] = f"{days}d"
    if (largest := whole(row, "max_party", least=1)) is not None:
        columns["max_party"] = largest
    entry = {
        "id": required(row, "key", "type a short name such as la-terraza"),
        "name": required(row, "name", "type the house's name"),
        "kind": option(row, "kind", VenueKind),
        "zone": required(row, "zone", "type one such as Europe/Madrid"),
        "languages": words(required(row, "languages", "type them such as: es, en")),
        "country": required(row, "country", "type two letters such as ES").upper(),
        "subdivision": text(row, "subdivision") or None,
        "currency": required(row, "currency", "type three letters such as EUR").upper(),
        "formal": row.cells.get("formal", False),
        "contact": {name: text(row, name) for name in CONTACT},
        **settings,
        "policy": {**settings.get("policy", {}), **columns},
    }
    checked(VenueFile, entry, _VENUE_COLUMNS, _VENUE_HINTS, leave=("services",))
    return entry


_VENUE_COLUMNS = {"id": "key", "combinations": "settings"}
_VENUE_HINTS = {
    "id": "type small letters, digits and hyphens, such as la-terraza",
    "zone": "type one such as Europe/Madrid",
    "languages": "type them such as: es, en",
    "country": "type two letters such as ES",
    "currency": "type three letters such as EUR",
    "policy": "correct it, or empty it for the usual",
    "combinations": "write them such as: - {tables: [T1, T2], party: 3-4}",
}


def _read_settings(row: Row) -> dict[str, Any]:
    written = text(row, "settings")
    hint = "write it as in a venue file, or empty it for the usual"
    try:
        settings = read_yaml(written) if written else {}
    except Problem as error:
        raise Wrong("settings", f"{error.key} {error.problem}".strip(), hint) from None
    if not isinstance(settings, dict) or not isinstance(settings.get("policy", {}), dict):
        raise Wrong("settings", "is not a table of keys", hint)
    for key in settings:
        if key not in _SETTINGS:
            raise Wrong("settings", f"{key!r} is not known", f"use {' and '.join(_SETTINGS)}")
    return settings


def service_entry(row: Row, languages: Sequence[str]) -> dict[str, Any]:
    """A service without its hours."""
    first, *others = languages
    names = by_language(row, "names")
    names[first] = required(row, "name", "type the service's name")
    for language in others:
        if not names.get(language):
            raise Wrong(
                "names", f"has no name in {language!r}", f"type a line such as {language}: …"
            )
    interval = whole(row, "slot_interval", least=_GRID_MINUTES)
    if interval is not None and interval % _GRID_MINUTES:
        raise Wrong("slot_interval", f"{interval} is not a multiple of 5", "type one such as 15")
    last = whole(row, "last_seating")
    entry = {
        "id": required(row, "key", "type a short name such as dinner"),
        "names": names,
        "aliases": {
            language: words(line) for language, line in by_language(row, "aliases").items()
        },
        "hours": {},
        "turn_times": _turn_times(row),
        "needs": row.cells.get("needs"),
        "slot_interval": f"{15 if interval is None else interval}m",
        "last_seating": None if last is None else f"{last}m",
        "price": _price(row),
    }
    hints = {"id": "type letters, digits and hyphens, such as dinner"}
    checked(ServiceEntry, entry, {"id": "key"}, hints)
    return entry


def _turn_times(row: Row) -> dict[int, str]:
    written = text(row, "turn_times")
    if not written:
        minutes = whole(row, "minutes", least=_GRID_MINUTES)
        if minutes is None:
            raise Wrong("minutes", "is empty", "type how many minutes it takes, such as 45")
        return {1: f"{minutes}m"}
    steps = {}
    for part in re.split(r"[,;\n]", written):
        found = _TURN_TIME.fullmatch(part.strip())
        if found is None or not int(found[1]) or int(found[2]) < _GRID_MINUTES:
            raise Wrong(
                "turn_times", f"{part.strip()!r} cannot be read", "type such as 2: 75, 4: 90"
            )
        steps[int(found[1])] = f"{found[2]}m"
    return steps


def _price(row: Row) -> Decimal | None:
    price = row.cells.get("price")
    if price is None:
        return None
    if not isinstance(price, int | float) or price < 0:
        raise Wrong("price", f"{price} is not a price", "type a number, or empty it")
    return Decimal(str(price))


def resource_entry(row: Row) -> tuple[str, dict[str, Any]]:
    """Which list of a venue file it belongs to, and its entry without services and hours."""
    kind = ResourceKind(option(row, "kind", ResourceKind))
    own: dict[str, Any] = {
        "id": required(row, "key", "type a short name such as T4"),
        "name": text(row, "name"),
        "features": words(text(row, "features")),
        **{each: f"{_buffer(row, each)}m" for each in ("buffer_before", "buffer_after")},
        "absences": [] if row.cells.get("active") else [_NEVER_THERE],
    }
    seats = whole(row, "seats", least=1)
    hints = {"id": "type letters, digits and hyphens, such as T4"}
    if kind is not ResourceKind.TABLE:
        own["patients"] = seats or 1
        model = PractitionerEntry if kind is ResourceKind.PRACTITIONER else RoomEntry
        checked(model, own, {"id": "key"}, hints)
        return f"{kind}s", own
    if seats is None:
        raise Wrong("seats", "is empty", "type how many people it seats")
    own |= {"seats": seats, "min_party": whole(row, "min_party", least=1) or 1}
    if own["min_party"] > seats:
        raise Wrong(
            "min_party", f"{own['min_party']} is more than its seats", f"type at most {seats}"
        )
    own["area"] = text(row, "area")
    checked(TableEntry, own, {"id": "key"}, hints)
    return "tables", own


def _buffer(row: Row, column: str) -> int:
    minutes = whole(row, column) or 0
    most = int(LONGEST_BUFFER.total_seconds()) // 60
    if minutes > most:
        raise Wrong(column, f"{minutes} is too long", f"type at most {most}")
    return minutes


def hours_days(row: Row) -> tuple[tuple[str, ...], str]:
    """The weekdays of an opening-hours row, or its one date; the other is empty."""
    weekdays, day = row.cells.get("weekdays", ()), str(row.cells.get("day", ""))
    known = {each.key for each in WEEKDAYS}
    for each in weekdays:
        if each not in known:
            raise Wrong("weekdays", f"{each!r} is no weekday", "choose Monday to Sunday")
    if weekdays and day:
        raise Wrong("day", "stands beside weekdays", "leave one of the two empty")
    if not weekdays and not day:
        raise Wrong("weekdays", "is empty", "choose the days")
    return weekdays, day


def hours_interval(row: Row) -> tuple[str, Interval] | None:
    """From when to when, as in a venue file; None for closed."""
    opens = required(row, "opens", "type a time such as 20:00")
    if fold(opens) in CLOSED_WORDS:
        return None
    start = _clock("opens", opens)
    end = _clock("closes", required(row, "closes", "type a time such as 23:30"))
    written = f"{start}-{end}"
    try:
        (interval,) = read_intervals(written)
    except ValueError:
        raise Wrong(
            "closes", f"{end} is not before noon of the next day", "type an earlier time"
        ) from None
    return written, interval


def closure_days(row: Row) -> tuple[date, date]:
    """First and last day, both included."""
    first = required(row, "first", "choose the first day")
    last = text(row, "last") or first
    days = _day("first", first), _day("last", last)
    if days[1] < days[0]:
        raise Wrong("last", f"{last} is before the first day", "choose a later day")
    return days


def closure_times(row: Row) -> tuple[str, str]:
    """From which time of the first day to which of the last; empty where the whole day counts."""
    starts, ends = (
        _clock(column, text(row, column)) if text(row, column) else ""
        for column in ("starts", "ends")
    )
    first, last = closure_days(row)
    if first == last and ends and read_clock(ends) <= (read_clock(starts) if starts else 0):
        raise Wrong("ends", f"{ends} is not after {starts or 'midnight'}", "type a later time")
    return starts, ends


# --- cells -------------------------------------------------------------------------------------


def text(row: Row, column: str) -> str:
    return str(row.cells.get(column, "")).strip()


def required(row: Row, column: str, repair: str) -> str:
    written = text(row, column)
    if not written:
        raise Wrong(column, "is empty", repair)
    return written


def whole(row: Row, column: str, *, least: int = 0) -> int | None:
    value = row.cells.get(column)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise Wrong(column, f"{value} is not a whole number", "type one without a point")
    if value < least:
        raise Wrong(column, f"{int(value)} is too small", f"type {least} or more")
    return int(value)


def option(row: Row, column: str, known: type[VenueKind | ResourceKind]) -> str:
    chosen = required(row, column, "choose one")
    if chosen not in {str(each) for each in known}:
        raise Wrong(column, f"{chosen!r} is not known", "choose one of the first options")
    return chosen


def words(line: str) -> list[str]:
    """What stands between commas."""
    return [word for each in re.split(r"[,\n]", line) if (word := " ".join(each.split()))]


def by_language(row: Row, column: str) -> dict[str, str]:
    """Lines such as `en: lunch`."""
    found = {}
    for line in filter(None, map(str.strip, text(row, column).splitlines())):
        language, colon, rest = line.partition(":")
        if not colon or not _LANGUAGE.fullmatch(language.strip().lower()):
            raise Wrong(
                column, f"{line!r} has no language in front", "type a line such as en: lunch"
            )
        found[language.strip().lower()] = rest.strip()
    return found


def _day(column: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Wrong(column, f"{written!r} is not a day", "choose one") from None


def _clock(column: str, written: str) -> str:
    """A time as in a venue file; 20.30 is one too."""
    clock = written.replace(".", ":")
    try:
        read_clock(clock)
    except ValueError as error:
        raise Wrong(column, str(error), "type a time such as 20:00") from None
    return clock


def checked(
    model: type[BaseModel],
    entry: Mapping[str, Any],
    columns: Mapping[str, str],
    hints: Mapping[str, str],
    leave: Sequence[str] = (),
) -> None:
    """Raises: Wrong where the venue file's own rules do not take it; keys in `leave` are not asked."""
    try:
        model.model_validate(entry)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            if fault["loc"][0] in leave:
                continue
            where = [str(step) for step in fault["loc"]]
            column, hint = _place(where, columns), hints.get(where[0], "correct it")
            raise Wrong(
                column, _told(fault["type"], fault["msg"], where, fault["input"]), hint
            ) from None


def _place(where: Sequence[str], columns: Mapping[str, str]) -> str:
    """The column of a key; what has none of its own stands among the settings."""
    if where[0] == "policy":
        own = (*POLICY_MINUTES, *POLICY_PLAIN, "booking_window")
        return where[1] if len(where) > 1 and where[1] in own else "settings"
    return columns.get(where[0], where[0])


def _told(type_: str, message: str, where: Sequence[str], given: object) -> str:
    if type_ == "value_error":
        return message.removeprefix("Value error, ")
    if type_ == "extra_forbidden":
        return f"{'.'.join(where)} is not known"
    if type_ == "missing":
        return f"{'.'.join(where)} is missing"
    return f"{str(given)[:60]!r} cannot be read"
