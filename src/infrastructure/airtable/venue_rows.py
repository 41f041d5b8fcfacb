"""A venue file as rows of the base: what the samples, or a house's own files, look like in the grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from domain.venue import MINUTES_PER_DAY, Interval, ResourceKind, WeeklyHours
from infrastructure.airtable.tables import TABLES, WEEKDAYS
from infrastructure.venues.assembly import with_seats_apart
from infrastructure.venues.files import (
    AbsenceEntry,
    ClosureEntry,
    PacingEntry,
    PolicyEntry,
    PractitionerEntry,
    RoomEntry,
    ServiceEntry,
    TableEntry,
    VenueFile,
)
from infrastructure.venues.yaml_text import write_yaml

_DAY = timedelta(days=1)
_POSITION_STEP = 10
"""Staff can put a row between two others."""

POLICY_MINUTES = ("lead_time", "cancel_cutoff", "change_cutoff")
POLICY_PLAIN = ("max_party", "needs_phone", "closed_on_holidays")
CONTACT = ("phone", "email", "address", "map_url")


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be made. Links are tuples of the keys of rows of the same house."""

    table: str
    cells: Mapping[str, Any]

    @property
    def key(self) -> str:
        """By which others link to it; empty where none do."""
        return str(self.cells.get("key", ""))


def rows_of(file: VenueFile) -> tuple[NewRow, ...]:
    """Every row of a house; a row links only to rows before it. Read back they are an equal venue."""
    file = with_seats_apart(file)
    rows = [NewRow("venues", _venue(file))]
    for table, of in (
        ("services", _services),
        ("resources", _resources),
        ("hours", _hours),
        ("closures", _closures),
        ("questions", _questions),
    ):
        rows += [NewRow(table, _filled({"venue": (file.id,), **cells})) for cells in of(file)]
    assert [row.table for row in rows] == sorted(
        (row.table for row in rows), key=[table.key for table in TABLES].index
    )
    return tuple(rows)


def _venue(file: VenueFile) -> dict[str, Any]:
    policy = file.policy
    return _filled(
        {
            "name": file.name,
            "key": file.id,
            "kind": str(file.kind),
            "zone": file.zone.key,
            "languages": ", ".join(file.languages),
            "country": file.country,
            "subdivision": file.subdivision,
            "currency": file.currency,
            "formal": file.formal,
            **{name: getattr(file.contact, name) for name in CONTACT},
            **{name: _minutes(getattr(policy, name)) for name in POLICY_MINUTES},
            **{name: getattr(policy, name) for name in POLICY_PLAIN},
            "booking_window": None if policy.booking_window % _DAY else policy.booking_window.days,
            "settings": _settings(file),
        }
    )


def _settings(file: VenueFile) -> str:
    """What has no column, where it is not the default."""
    policy = {
        name: _in_yaml(getattr(file.policy, name))
        for name, field in PolicyEntry.model_fields.items()
        if name not in (*POLICY_MINUTES, *POLICY_PLAIN, "booking_window", "pacing")
        and getattr(file.policy, name) != field.default
    }
    if file.policy.booking_window % _DAY:
        policy["booking_window"] = _in_yaml(file.policy.booking_window)
    if file.policy.pacing:
        policy["pacing"] = [_pacing(each) for each in file.policy.pacing]
    settings: dict[str, Any] = {"policy": policy} if policy else {}
    if file.combinations:
        settings["combinations"] = [
            {"tables": list(each.tables), "party": _range(*each.party)}
            for each in file.combinations
        ]
    return write_yaml(settings) if settings else ""


def _pacing(entry: PacingEntry) -> dict[str, Any]:
    written = {name: _in_yaml(getattr(entry, name)) for name in PacingEntry.model_fields}
    return {name: value for name, value in written.items() if value is not None}


def _services(file: VenueFile) -> Iterator[dict[str, Any]]:
    first, *others = file.languages
    for place, entry in enumerate(file.services, 1):
        yield {
            "name": entry.names.get(first, entry.id),
            "key": entry.id,
            "names": _by_language({each: (entry.names.get(each, ""),) for each in others}),
            "aliases": _by_language(entry.aliases),
            "price": None if entry.price is None else float(entry.price),
            **_turn_times(entry),
            "slot_interval": _minutes(entry.slot_interval),
            "last_seating": None if entry.last_seating is None else _minutes(entry.last_seating),
            "needs": tuple(str(each) for each in entry.needs or ()),
            "active": True,
            "position": place * _POSITION_STEP,
        }


def _turn_times(entry: ServiceEntry) -> dict[str, Any]:
    if list(entry.turn_times) == [1]:
        return {"minutes": _minutes(entry.turn_times[1])}
    steps = sorted(entry.turn_times.items())
    return {"turn_times": ", ".join(f"{party}: {_minutes(length)}" for party, length in steps)}


def _resources(file: VenueFile) -> Iterator[dict[str, Any]]:
    for place, entry in enumerate(_resource_entries(file), 1):
        yield {
            "name": entry.name or entry.id,
            "key": entry.id,
            **_kind(entry),
            "features": ", ".join(sorted(entry.features)),
            "services": tuple(sorted(entry.services)),
            "active": True,
            "buffer_before": _minutes(entry.buffer_before) or None,
            "buffer_after": _minutes(entry.buffer_after) or None,
            "position": place * _POSITION_STEP,
        }


def _resource_entries(file: VenueFile) -> tuple[TableEntry | PractitionerEntry | RoomEntry, ...]:
    return (*file.tables, *file.practitioners, *file.rooms)


def _kind(entry: TableEntry | PractitionerEntry | RoomEntry) -> dict[str, Any]:
    match entry:
        case TableEntry():
            return {
                "kind": str(ResourceKind.TABLE),
                "seats": entry.seats,
                "min_party": entry.min_party if entry.min_party > 1 else None,
                "area": entry.area,
            }
        case PractitionerEntry():
            return {"kind": str(ResourceKind.PRACTITIONER), "seats": entry.patients}
    return {"kind": str(ResourceKind.ROOM), "seats": entry.patients}


# --- hours and closures ------------------------------------------------------------------------


def _hours(file: VenueFile) -> Iterator[dict[str, Any]]:
    alike = all(entry.hours == file.services[0].hours for entry in file.services)
    for entry in file.services[:1] if alike else file.services:
        name = file.name if alike else entry.names.get(file.languages[0], entry.id)
        service = () if alike else (entry.id,)
        yield from _weekly(entry.hours, {"name": name, "service": service})
    for resource in _resource_entries(file):
        if resource.hours is not None:
            own = {"name": resource.name or resource.id, "resource": (resource.id,)}
            yield from (
                _weekly(resource.hours, own)
                if resource.hours.by_weekday
                else [{**own, "weekdays": ("mon",), "opens": "closed"}]
            )
    for special in file.special_hours:
        day = special.day.isoformat()
        service = () if special.service is None else (special.service,)
        whose = {"name": day, "day": day, "service": service}
        for interval in special.hours:
            yield {**whose, **_clocks(interval)}
        if not special.hours:
            yield {**whose, "opens": "closed"}


def _weekly(hours: WeeklyHours, whose: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One row for each interval, on all its days."""
    days: dict[Interval, list[str]] = {}
    for iso, intervals in sorted(hours.by_weekday.items()):
        for interval in intervals:
            days.setdefault(interval, []).append(WEEKDAYS[iso - 1].key)
    for interval, weekdays in days.items():
        yield {**whose, "weekdays": tuple(weekdays), **_clocks(interval)}


def _clocks(interval: Interval) -> dict[str, str]:
    return {"opens": _clock(interval.start), "closes": _clock(interval.end)}


def _clock(minute: int) -> str:
    return f"{minute % MINUTES_PER_DAY // 60:02d}:{minute % 60:02d}"


def _closures(file: VenueFile) -> Iterator[dict[str, Any]]:
    for closure in file.closures:
        yield _closure(closure)
    for resource in _resource_entries(file):
        for absence in resource.absences:
            yield {"resource": (resource.id,), **_absence(absence)}


def _closure(entry: ClosureEntry) -> dict[str, Any]:
    return {
        "reason": entry.reason,
        "service": () if entry.service is None else (entry.service,),
        "first": entry.first.isoformat(),
        "last": (entry.last or entry.first).isoformat(),
    }


def _absence(entry: AbsenceEntry) -> dict[str, Any]:
    (first, starts), (last, ends) = entry.first, entry.last
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "starts": None if starts is None else _clock(starts),
        "ends": None if ends is None else _clock(ends),
    }


def _questions(file: VenueFile) -> Iterator[dict[str, Any]]:
    for place, entry in enumerate(file.answers, 1):
        for language in file.languages:
            yield {
                "topic": entry.topic,
                "language": language,
                "words": ", ".join(entry.aliases.get(language, ())),
                "text": entry.text.get(language, ""),
                "position": place * _POSITION_STEP,
            }


# --- words -------------------------------------------------------------------------------------


def _filled(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Empty cells are left out, as Airtable leaves them out."""
    return {
        key: value
        for key, value in cells.items()
        if value is not None and value is not False and value not in ("", ())
    }


def _by_language(words: Mapping[str, Iterable[str]]) -> str:
    lines = {language: ", ".join(each for each in some if each) for language, some in words.items()}
    return "\n".join(f"{language}: {line}" for language, line in lines.items() if line)


def _range(smallest: int, largest: int) -> str:
    return str(smallest) if smallest == largest else f"{smallest}-{largest}"


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


def _in_yaml(value: Any) -> Any:
    match value:
        case timedelta():
            return f"{_minutes(value)}m"
        case bool() | int() | None:
            return value
        case tuple():
            return [_in_yaml(each) for each in value]
        case Interval():
            return f"{_clock(value.start)}-{_clock(value.end)}"
        case BaseModel():
            return {
                name: _in_yaml(getattr(value, name))
                for name, field in type(value).model_fields.items()
                if getattr(value, name) != field.default
            }
    return str(value)
