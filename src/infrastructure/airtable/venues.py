"""Venues out of the rows that staff keep.

A row that cannot be read does not take the house down: it counts as it was when it last could be
read, or not at all, and staff are told what to type. What holds between rows is decided for a whole
venue: where it does not fit together, the venue stays as it last did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from domain.venue import Interval, Venue
from infrastructure.airtable import venue_cells as cells
from infrastructure.airtable.rows import HOUSE_TABLES, Rows
from infrastructure.airtable.schema import BaseMap, Row
from infrastructure.airtable.tables import BY_KEY
from infrastructure.airtable.venue_cells import Wrong
from infrastructure.venues.assembly import Problem, venue_of
from infrastructure.venues.files import VenueFile

Entry = dict[str, Any]
"""Part of a venue file, as it is before it is checked."""

_KEYED = ("venues", "services", "resources")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that needs a person."""

    table: str
    """By key, like the column."""
    record: str
    row: str
    """What staff see in its first column."""
    column: str
    wrong: str
    repair: str

    def told(self, base: BaseMap) -> str:
        """One line, with the names that the base has."""
        where = f"{base.name_of(self.table)}, {self.row or 'a row without a name'}"
        return f"{where}, {base.name_of(self.table, self.column)}: {self.wrong}; {self.repair}"


@dataclass(frozen=True, slots=True)
class HouseReading:
    """What the rows say. `rows` are those in force, to be given as `before` the next time."""

    venues: tuple[Venue, ...]
    problems: tuple[RowProblem, ...]
    rows: Mapping[str, tuple[Row, ...]]


def read_venues(rows: Rows, *, year: int, before: Rows | None = None) -> HouseReading:
    """The venues of a base, by key, with public holidays for `year` and the two after it.

    `before` are the rows that were in force until now. Without them, what cannot be read is left out:
    a closure or an answer for itself, a venue whose time zone cannot be read as a whole.
    """
    reader = _Reader(rows, before or {})
    houses = reader.houses()
    venues = [venue for house in houses if (venue := reader.venue(house, year)) is not None]
    in_force = {table: tuple(some) for table, some in reader.in_force.items()}
    return HouseReading(
        tuple(sorted(venues, key=lambda venue: venue.id)), tuple(reader.problems), in_force
    )


@dataclass(slots=True)
class _House:
    """A venue while it is put together from its rows."""

    row: Row
    entry: Entry
    services: dict[str, _Listed] = field(default_factory=dict)
    """By record id, like the resources."""
    resources: dict[str, _Listed] = field(default_factory=dict)
    closures: list[Entry] = field(default_factory=list)
    weekly: dict[tuple[str, str], dict[str, list[tuple[str, Interval]]]] = field(
        default_factory=dict
    )
    """Intervals by weekday, of ("services", id), ("resources", id) and ("services", "")."""
    special: dict[tuple[str, str | None], list[tuple[str, Interval]]] = field(default_factory=dict)
    """Intervals by day and service."""
    answers: dict[str, _Answer] = field(default_factory=dict)
    """By topic."""

    @property
    def languages(self) -> list[str]:
        return list(self.entry["languages"])


@dataclass(slots=True)
class _Listed:
    row: Row
    entry: Entry
    list: str = ""
    """`tables`, `practitioners` or `rooms`, for a resource."""


@dataclass(slots=True)
class _Answer:
    row: Row
    text: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)


class _Reader:
    def __init__(self, rows: Rows, before: Rows) -> None:
        self._rows = rows
        self._before = {row.id: row for some in before.values() for row in some}
        self._before_rows = before
        self._houses: dict[str, _House] = {}
        self._count = sum(1 for row in rows.get("venues", ()) if row.cells)
        self._keys: dict[tuple[str, str, str], Row] = {}
        """Rows by table, venue and key."""
        self.problems: list[RowProblem] = []
        self.in_force: dict[str, list[Row]] = {table: [] for table in HOUSE_TABLES}

    def houses(self) -> list[_House]:
        self._each("venues", self._read_venue)
        self._each("services", self._read_service)
        self._each("resources", self._read_resource)
        self._each("hours", self._read_hours)
        self._each("closures", self._read_closure)
        self._each("questions", self._read_question)
        return list(self._houses.values())

    # Row by row

    def _each(self, table: str, read: Callable[[Row], None]) -> None:
        """Older rows first, so that of two with one key the copy is at fault."""
        for given in sorted(self._rows.get(table, ()), key=lambda row: (row.created, row.id)):
            if not given.cells:
                continue
            row = self._with_its_key(table, given)
            used = self._used(table, row, read)
            if used is None and table == "hours":
                # That it is there says that somebody has hours of their own.
                used = row
            if used is not None:
                self.in_force[table].append(used)

    def _used(self, table: str, row: Row, read: Callable[[Row], None]) -> Row | None:
        """The row that counts: this one, or as it was before."""
        unfinished = table in ("services", "resources") and not row.cells.get("active")
        old = self._before.get(row.id)
        try:
            read(row)
        except Wrong as wrong:
            if not unfinished:
                self._tell(table, row, wrong)
        else:
            return row
        if old is None:
            return None
        if unfinished:
            old = replace(old, cells={k: v for k, v in old.cells.items() if k != "active"})
        try:
            read(old)
        except Wrong:
            return None
        return old

    def _tell(self, table: str, row: Row, wrong: Wrong) -> None:
        title = cells.text(row, BY_KEY[table].columns[0].key)
        problem = RowProblem(table, row.id, title, wrong.column, wrong.wrong, wrong.repair)
        if problem not in self.problems:
            self.problems.append(problem)

    def _with_its_key(self, table: str, row: Row) -> Row:
        """A row in use keeps its key: bookings know it by that."""
        old = self._before.get(row.id)
        if table not in _KEYED or old is None or not (table == "venues" or old.cells.get("active")):
            return row
        key = cells.text(old, "key")
        if cells.text(row, "key") != key:
            was = f"was {key}, and bookings know it by that"
            self._tell(table, row, Wrong("key", was, f"type {key} again"))
        return replace(row, cells={**row.cells, "key": key})

    def _read_venue(self, row: Row) -> None:
        entry = cells.venue_entry(row)
        self._claim_key("venues", "", entry["id"], row)
        self._houses[row.id] = _House(row, entry)

    def _read_service(self, row: Row) -> None:
        if (house := self._house(row)) is None:
            return
        entry = cells.service_entry(row, house.languages)
        self._claim_key("services", house.row.id, entry["id"], row)
        house.services[row.id] = _Listed(row, entry)

    def _read_resource(self, row: Row) -> None:
        if (house := self._house(row)) is None:
            return
        list_, entry = cells.resource_entry(row)
        links = row.cells.get("services", ())
        entry["services"] = [
            listed.entry["id"] for link in links if (listed := house.services.get(link))
        ]
        if links and not entry["services"]:
            raise Wrong(
                "services", "are none of this venue's", "choose its own, or empty it for all"
            )
        self._claim_key("resources", house.row.id, entry["id"], row)
        house.resources[row.id] = _Listed(row, entry, list_)

    def _read_hours(self, row: Row) -> None:
        weekdays, day = cells.hours_days(row)
        interval = cells.hours_interval(row)
        targets = list(self._targets(row))
        if day and row.cells.get("resource"):
            raise Wrong("day", "stands beside a resource", "use Closures for its absence")
        hours = [
            mine
            for house, table, id_ in targets
            for mine in (
                [house.special.setdefault((day, id_ or None), [])]
                if day
                else [
                    house.weekly.setdefault((table, id_), {}).setdefault(each, [])
                    for each in weekdays
                ]
            )
        ]
        if interval is None:
            return
        for mine in hours:
            if any(_overlap(interval[1], other) for _, other in mine):
                raise Wrong("opens", "overlaps with another row of that day", "correct one of them")
        for mine in hours:
            mine.append(interval)

    def _read_closure(self, row: Row) -> None:
        first, last = cells.closure_days(row)
        starts, ends = cells.closure_times(row)
        targets = list(self._targets(row))
        away = {"from": f"{first} {starts}".strip(), "to": f"{last} {ends}".strip()}
        if (starts or ends) and not row.cells.get("resource"):
            raise Wrong(
                "starts" if starts else "ends",
                "counts for a resource only",
                "empty it, and use Opening Hours for a day with other hours",
            )
        for house, table, id_ in targets:
            if table == "resources":
                _resource(house, id_).entry["absences"].append(away)
            else:
                house.closures.append(
                    {
                        "from": str(first),
                        "to": str(last),
                        "reason": cells.text(row, "reason"),
                        "service": id_ or None,
                    }
                )

    def _read_question(self, row: Row) -> None:
        topic = cells.required(row, "topic", "type one word, such as parking")
        text = cells.required(row, "text", "type the answer")
        for house in self._its_houses(row):
            language = cells.text(row, "language").lower() or house.languages[0]
            if language not in house.languages:
                raise Wrong(
                    "language",
                    f"{language!r} is not spoken at {house.entry['name']}",
                    f"type one of: {', '.join(house.languages)}",
                )
            if topic in house.answers and language in house.answers[topic].text:
                raise Wrong("topic", f"{topic} has another answer in {language!r}", "delete one")
            answer = house.answers.setdefault(topic, _Answer(row))
            answer.text[language] = text
            if words := cells.words(cells.text(row, "words")):
                answer.aliases[language] = words

    # Which house

    def _its_houses(self, row: Row) -> list[_House]:
        links = row.cells.get("venue", ())
        if not links and self._count == 1:
            return list(self._houses.values())
        if not links:
            raise Wrong("venue", "is empty", "choose the venue")
        # A venue that is not here has its own line.
        return [self._houses[link] for link in links if link in self._houses]

    def _house(self, row: Row) -> _House | None:
        if len(row.cells.get("venue", ())) > 1:
            raise Wrong("venue", "names several venues", "choose one")
        return next(iter(self._its_houses(row)), None)

    def _targets(self, row: Row) -> Iterable[tuple[_House, str, str]]:
        """What the row is about: houses with a service or resource of theirs, or "" for all services."""
        services, resources = row.cells.get("service", ()), row.cells.get("resource", ())
        if services and resources:
            raise Wrong("resource", "stands beside a service", "leave one of the two empty")
        for table, column, links in (
            ("services", "service", services),
            ("resources", "resource", resources),
        ):
            for link in links:
                house = self._home(table, link)
                if house is None:
                    continue  # it cannot be read itself, and has its own line
                if house.row.id not in row.cells.get("venue", (house.row.id,)):
                    raise Wrong(column, "belongs to another venue", "choose one of this venue")
                yield house, table, getattr(house, table)[link].entry["id"]
        if not services and not resources:
            for house in self._its_houses(row):
                yield house, "services", ""

    def _home(self, table: str, link: str) -> _House | None:
        return next((each for each in self._houses.values() if link in getattr(each, table)), None)

    def _claim_key(self, table: str, house: str, key: str, row: Row) -> None:
        owner = self._keys.setdefault((table, house, key), row)
        if owner.id != row.id:
            title = cells.text(owner, BY_KEY[table].columns[0].key)
            raise Wrong("key", f"{key} is the key of {title} too", "type another")

    # A whole venue

    def venue(self, house: _House, year: int) -> Venue | None:
        """None where it does not fit together and never did."""
        try:
            return _checked_venue(self._file(house), year)
        except Problem as problem:
            self._tell("venues", house.row, _wrong_of(problem))
        last = read_venues(self._before_rows, year=year).venues if self._before_rows else ()
        before = next((venue for venue in last if venue.id == house.entry["id"]), None)
        if before is not None:
            self._back_in_force(house.row.id)
        return before

    def _back_in_force(self, venue: str) -> None:
        """Every row of a venue as it was before."""

        def is_its(table: str, row: Row) -> bool:
            # A row without a venue belongs to the only one.
            links = (row.id,) if table == "venues" else row.cells.get("venue", (venue,))
            return venue in links

        for table, some in self.in_force.items():
            others = [row for row in some if not is_its(table, row)]
            old = [row for row in self._before_rows.get(table, ()) if is_its(table, row)]
            self.in_force[table] = others + old

    def _file(self, house: _House) -> Entry:
        services = _in_order(house.services.values())
        for listed in services:
            listed.entry["hours"] = self._service_hours(house, listed)
        entry: Entry = {**house.entry, "services": [each.entry for each in services]}
        for list_ in ("tables", "practitioners", "rooms"):
            own = _in_order(each for each in house.resources.values() if each.list == list_)
            entry[list_] = [{**each.entry, **self._resource_hours(house, each)} for each in own]
        ids = {each.entry["id"] for each in services}
        entry["combinations"] = self._combinations(house, {each["id"] for each in entry["tables"]})
        entry["policy"] = self._policy(house, ids)
        entry["closures"] = sorted(
            house.closures, key=lambda each: (each["from"], each["to"], each["service"] or "")
        )
        entry["special_hours"] = self._special_hours(house)
        entry["answers"] = [
            {"topic": topic, "aliases": answer.aliases, "text": answer.text}
            for topic, answer in self._answers(house)
        ]
        return entry

    def _service_hours(self, house: _House, listed: _Listed) -> dict[str, str]:
        """None for one that is not active: bookings still know it, guests are not offered it."""
        if not listed.row.cells.get("active"):
            return {}
        own = listed.row.id in self._with_own_hours()
        hours = house.weekly.get(("services", listed.entry["id"] if own else ""), {})
        special = any(each in (None, listed.entry["id"]) for _, each in house.special)
        if not hours and not special:
            wrong = Wrong("name", "has no opening hours", "add a row in Opening Hours")
            self._tell("services", listed.row, wrong)
        return {day: _joined(some) for day, some in hours.items()}

    def _with_own_hours(self) -> frozenset[str]:
        """Services and resources that have weekly hours of their own, also where a row of them cannot
        be read."""
        return frozenset(
            link
            for row in self.in_force["hours"]
            if not row.cells.get("day")
            for column in ("service", "resource")
            for link in row.cells.get(column, ())
        )

    def _special_hours(self, house: _House) -> list[Entry]:
        """What is not active stays closed on special days too."""
        special = dict(house.special)
        for listed in house.services.values():
            if not listed.row.cells.get("active"):
                special |= {(day, listed.entry["id"]): [] for day, _ in house.special}
        return [
            {"day": day, "service": service, "hours": _joined(hours)}
            for (day, service), hours in sorted(
                special.items(), key=lambda each: (each[0][0], each[0][1] or "")
            )
        ]

    def _resource_hours(self, house: _House, listed: _Listed) -> Entry:
        """None at all where its rows cannot be read: never is safer than always."""
        if listed.row.id not in self._with_own_hours():
            return {}
        hours = house.weekly.get(("resources", listed.entry["id"]), {})
        return {"hours": {day: _joined(some) for day, some in hours.items()}}

    def _combinations(self, house: _House, tables: set[str]) -> list[Entry]:
        kept = []
        for each in house.entry.get("combinations", ()):
            unknown = [name for name in each["tables"] if name not in tables]
            if unknown:
                wrong = f"combinations name {unknown[0]}, which is no table here"
                self._tell("venues", house.row, Wrong("settings", wrong, "correct the key"))
            else:
                kept.append(each)
        return kept

    def _policy(self, house: _House, services: set[str]) -> Entry:
        policy: Entry = house.entry["policy"]
        kept = []
        for each in policy.get("pacing", ()):
            if each.get("service", None) in (None, *services):
                kept.append(each)
            else:
                wrong = f"pacing names {each['service']}, which is no service here"
                self._tell("venues", house.row, Wrong("settings", wrong, "correct the key"))
        return {**policy, "pacing": kept}

    def _answers(self, house: _House) -> list[tuple[str, _Answer]]:
        kept = []
        for topic, answer in house.answers.items():
            lacking = [each for each in house.languages if each not in answer.text]
            if lacking:
                self._tell(
                    "questions",
                    answer.row,
                    Wrong(
                        "language",
                        f"{topic} has no answer in {lacking[0]!r}",
                        "add a row with the same topic in that language",
                    ),
                )
            else:
                kept.append((topic, answer))
        return sorted(kept, key=lambda each: _place(each[1].row, each[0]))


def _checked_venue(entry: Entry, year: int) -> Venue:
    if not entry["services"]:
        raise Problem("services", "has no service that can be booked")
    try:
        return venue_of(VenueFile.model_validate(entry), year=year)
    except ValidationError as error:
        # Every row was checked for itself, so this is about what no row can know.
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise Problem(place, first["msg"].removeprefix("Value error, ")) from None


_REPAIRS: Mapping[str, tuple[str, str]] = {
    "services": ("name", "add or correct rows in Services and Resources"),
    "country": ("country", "type two letters such as ES"),
    "subdivision": ("subdivision", "correct it, or empty it"),
    "policy": ("settings", "correct the numbers"),
    "combinations": ("settings", "correct them"),
}
"""By the first word of a venue file's key: the column of Venues, and what to do."""


def _wrong_of(problem: Problem) -> Wrong:
    first, _, rest = problem.key.partition(".")
    column, repair = _REPAIRS.get(first, ("name", "correct its rows"))
    place = rest if first == "services" else ""
    return Wrong(column, f"{place} {problem.problem}".strip(), repair)


def _resource(house: _House, id_: str) -> _Listed:
    return next(each for each in house.resources.values() if each.entry["id"] == id_)


def _overlap(one: Interval, other: Interval) -> bool:
    return one.start < other.end and other.start < one.end


def _joined(hours: Iterable[tuple[str, Interval]]) -> str:
    return ", ".join(written for written, _ in hours) or "closed"


def _in_order(listed: Iterable[_Listed]) -> list[_Listed]:
    return sorted(listed, key=lambda each: _place(each.row, each.entry["id"]))


def _place(row: Row, name: str) -> tuple[float, str, str]:
    """By the number that staff gave, else by age."""
    position = row.cells.get("position")
    return (float("inf") if position is None else float(position), row.created, name)
