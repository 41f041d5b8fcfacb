"""From a venue file to a `Venue`, and what has to agree between its keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from babel.numbers import get_currency_precision
from pydantic import BaseModel

from domain.floor import units_of
from domain.venue import (
    Absence,
    Closure,
    Combination,
    Contact,
    FollowUpPolicy,
    HouseAnswer,
    PacingRule,
    Policy,
    Resource,
    ResourceId,
    ResourceKind,
    Service,
    ServiceId,
    SpecialHours,
    TurnTime,
    Venue,
    VenueId,
    VenueKind,
    WaitlistPolicy,
)
from domain.zones import instant_of
from infrastructure.venues.files import (
    AbsenceEntry,
    CombinationEntry,
    PacingEntry,
    PractitionerEntry,
    RoomEntry,
    ServiceEntry,
    TableEntry,
    VenueFile,
)
from infrastructure.venues.holidays import public_holidays


class Problem(Exception):
    """Something wrong at a key, before the file's name is known."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key
        self.problem = problem


def venue_of(file: VenueFile, *, year: int) -> Venue:
    """The venue a file describes, with public holidays for `year` and the two after it.

    Raises: Problem where keys that are right by themselves do not go together.
    """
    _check_languages(file)
    _check_ids(file)
    _check_services_named(file)
    try:
        venue = _assembled(file, year)
    except ValueError as error:
        raise Problem("", str(error)) from None
    _check_pacing(venue)
    for service in venue.services:
        if not units_of(venue, service.id):
            kinds = " and a ".join(service.needs)
            raise Problem(
                f"services.{service.id}", f"nothing here can serve it: it needs a {kinds}"
            )
    return venue


def with_seats_apart(file: VenueFile) -> VenueFile:
    """The same house without shared tables: each seat is a table, each run of seats a combination."""
    tables: list[TableEntry] = []
    for table in file.tables:
        tables += (
            [_seat(table, place) for place in range(1, table.seats + 1)]
            if table.shared
            else [table]
        )
    runs = [
        CombinationEntry.model_validate({"tables": run.members, "party": str(run.max_covers)})
        for table in file.tables
        if table.shared
        for run in _runs(table)
    ]
    return file.model_copy(
        update={"tables": tuple(tables), "combinations": (*file.combinations, *runs)}
    )


def _assembled(file: VenueFile, year: int) -> Venue:
    return Venue(
        id=VenueId(file.id),
        name=file.name,
        kind=file.kind,
        zone=file.zone,
        languages=file.languages,
        country=file.country,
        currency=file.currency,
        services=tuple(_service(each, file) for each in file.services),
        resources=_resources(file),
        combinations=_combinations(file),
        policy=_policy(file),
        closures=tuple(
            Closure(each.first, each.last or each.first, each.reason, _service_id(each.service))
            for each in file.closures
        ),
        special_hours=tuple(
            SpecialHours(each.day, each.hours, _service_id(each.service))
            for each in file.special_hours
        ),
        holidays=_holidays(file, year),
        answers=tuple(
            HouseAnswer(each.topic, _lowered(each.aliases), dict(each.text))
            for each in file.answers
        ),
        contact=Contact(**file.contact.model_dump()),
        widget_origins=file.widget_origins,
        formal=file.formal,
    )


def _service(entry: ServiceEntry, file: VenueFile) -> Service:
    price = entry.price
    return Service(
        id=ServiceId(entry.id),
        names=dict(entry.names),
        aliases=_lowered(entry.aliases),
        hours=entry.hours,
        turn_times=tuple(TurnTime(most, each) for most, each in sorted(entry.turn_times.items())),
        needs=entry.needs or _usual_needs(file),
        slot_interval=entry.slot_interval,
        last_seating=entry.last_seating,
        price=None if price is None else int(price.scaleb(get_currency_precision(file.currency))),
    )


def _usual_needs(file: VenueFile) -> tuple[ResourceKind, ...]:
    if file.kind is VenueKind.RESTAURANT:
        return (ResourceKind.TABLE,)
    if file.rooms:
        return (ResourceKind.PRACTITIONER, ResourceKind.ROOM)
    return (ResourceKind.PRACTITIONER,)


def _resources(file: VenueFile) -> tuple[Resource, ...]:
    tables = [
        resource
        for entry in file.tables
        for resource in (_shared_seats(entry, file) if entry.shared else [_table(entry, file)])
    ]
    practitioners = [
        _resource(each, ResourceKind.PRACTITIONER, each.patients, file)
        for each in file.practitioners
    ]
    rooms = [_resource(each, ResourceKind.ROOM, each.patients, file) for each in file.rooms]
    return (*tables, *practitioners, *rooms)


def _table(entry: TableEntry, file: VenueFile) -> Resource:
    return _resource(
        entry,
        ResourceKind.TABLE,
        entry.seats,
        file,
        min_covers=entry.min_party,
        area=entry.area,
    )


def _shared_seats(entry: TableEntry, file: VenueFile) -> list[Resource]:
    """Each seat of a shared table, as a resource of one cover: BAR-1, BAR-2, …"""
    return [_table(_seat(entry, place), file) for place in range(1, entry.seats + 1)]


def _seat(entry: TableEntry, place: int) -> TableEntry:
    return entry.model_copy(
        update={
            "id": _seat_id(entry, place),
            "name": f"{entry.name or entry.id} {place}",
            "seats": 1,
            "min_party": 1,
            "shared": False,
        }
    )


def _seat_id(entry: TableEntry, place: int) -> ResourceId:
    return ResourceId(f"{entry.id}-{place}")


def _resource(
    entry: TableEntry | PractitionerEntry | RoomEntry,
    kind: ResourceKind,
    covers: int,
    file: VenueFile,
    **own: Any,
) -> Resource:
    return Resource(
        **{
            "id": ResourceId(entry.id),
            "kind": kind,
            "name": entry.name or entry.id,
            "max_covers": covers,
            "features": entry.features,
            "services": frozenset(ServiceId(each) for each in entry.services),
            "hours": entry.hours,
            "absences": tuple(_absence(each, file) for each in entry.absences),
            "buffer_before": entry.buffer_before,
            "buffer_after": entry.buffer_after,
            **own,
        }
    )


def _absence(entry: AbsenceEntry, file: VenueFile) -> Absence:
    first_day, first_minute = entry.first
    last_day, last_minute = entry.last
    if last_minute is None:
        last_day, last_minute = last_day + timedelta(days=1), 0
    start = instant_of(first_day, first_minute or 0, file.zone)
    end = instant_of(last_day, last_minute, file.zone)
    if end <= start:
        raise ValueError(f"an absence from {first_day} ends before it starts")
    return Absence(start, end)


def _combinations(file: VenueFile) -> tuple[Combination, ...]:
    tables = {table.id for table in file.tables if not table.shared}
    for entry in file.combinations:
        unknown = [name for name in entry.tables if name not in tables]
        if unknown:
            raise Problem("combinations", f"{unknown[0]} is no table of this venue")
    written = [
        Combination(tuple(ResourceId(name) for name in entry.tables), *entry.party)
        for entry in file.combinations
    ]
    return (*written, *(run for table in file.tables if table.shared for run in _runs(table)))


def _runs(table: TableEntry) -> list[Combination]:
    """Every run of adjacent seats of a shared table: a party sits on exactly as many as it is."""
    return [
        Combination(tuple(_seat_id(table, first + step) for step in range(length)), length, length)
        for length in range(max(2, table.min_party), table.seats + 1)
        for first in range(1, table.seats - length + 2)
    ]


def _policy(file: VenueFile) -> Policy:
    entry = file.policy
    return Policy(
        **{
            **_fields(entry),
            "follow_up": FollowUpPolicy(**_fields(entry.follow_up)),
            "waitlist": WaitlistPolicy(**_fields(entry.waitlist)),
            "pacing": tuple(_pacing(each) for each in entry.pacing),
        }
    )


def _fields(entry: BaseModel) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in type(entry).model_fields}


def _pacing(entry: PacingEntry) -> PacingRule:
    return PacingRule(
        id=entry.id,
        window=entry.window,
        max_covers=entry.covers,
        max_parties=entry.parties,
        service=_service_id(entry.service),
    )


def _holidays(file: VenueFile, year: int) -> Mapping[date, str]:
    try:
        return public_holidays(
            file.country, file.subdivision, language=file.languages[0], first_year=year
        )
    except ValueError as error:
        raise Problem("subdivision" if file.subdivision else "country", str(error)) from None


def _service_id(name: str | None) -> ServiceId | None:
    return None if name is None else ServiceId(name)


def _lowered(aliases: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(word.lower() for word in words) for language, words in aliases.items()}


# --- what spans several keys -----------------------------------------------------------------


def _check_languages(file: VenueFile) -> None:
    """Every text that a guest reads is there in every language of the house."""
    texts = {f"services.{each.id}.names": each.names for each in file.services}
    texts |= {f"answers.{each.topic}.text": each.text for each in file.answers}
    for key, text in texts.items():
        for language in file.languages:
            if not text.get(language, "").strip():
                raise Problem(key, f"has no text in {language!r}")


def _check_ids(file: VenueFile) -> None:
    seats = [_seat_id(t, place) for t in file.tables if t.shared for place in range(1, t.seats + 1)]
    groups: dict[str, list[str]] = {
        "services": [each.id for each in file.services],
        "answers": [each.topic for each in file.answers],
        "policy.pacing": [each.id for each in file.policy.pacing],
        "tables, practitioners, rooms": [
            *(each.id for each in (*file.tables, *file.practitioners, *file.rooms)),
            *seats,
        ],
    }
    for key, names in groups.items():
        for name, count in Counter(names).items():
            if count > 1:
                raise Problem(key, f"{name} is there {count} times")


def _check_services_named(file: VenueFile) -> None:
    """Every service that an entry names is one of the venue's."""
    known = {each.id for each in file.services}
    named = [("policy.pacing", each.service) for each in file.policy.pacing]
    named += [("closures", each.service) for each in file.closures]
    named += [("special_hours", each.service) for each in file.special_hours]
    named += [
        (f"{entry.id}.services", service)
        for entry in (*file.tables, *file.practitioners, *file.rooms)
        for service in entry.services
    ]
    for key, service in named:
        if service is not None and service not in known:
            raise Problem(key, f"{service} is no service of this venue")


def _check_pacing(venue: Venue) -> None:
    """A rule that the largest party alone would break makes its online limit a lie."""
    for rule in venue.policy.pacing:
        if rule.max_covers is not None and rule.max_covers < venue.policy.max_party:
            raise Problem(
                "policy.pacing",
                f"{rule.id} lets {rule.max_covers} covers start, "
                f"so a party of {venue.policy.max_party} (policy.max_party) never could",
            )
