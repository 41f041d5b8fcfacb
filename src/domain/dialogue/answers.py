"""The house's answers to questions: its own words first, then its data."""

from __future__ import annotations

from datetime import date

from domain.acts import Act, HouseFacts, HouseSays, NoAnswer, OpeningHours
from domain.availability import start_windows
from domain.dialogue.here import Here
from domain.names import fold
from domain.venue import HouseAnswer, ResourceKind, Service, Venue
from domain.when import KnownDays, UnclearDay, resolve_day


def answer(here: Here) -> Act:
    """What the house says about the topic the guest asked about."""
    topic = here.said.topic
    own = _own_answer(here.venue, topic)
    if own is not None:
        return HouseSays(own.topic, _in_language(own, here))
    if topic == "hours":
        return _opening_hours(here)
    lines = _facts(here.venue, topic, here.said.language)
    if lines:
        return HouseFacts(topic, lines)
    return NoAnswer(topic, here.venue.contact.phone)


def _own_answer(venue: Venue, topic: str) -> HouseAnswer | None:
    wanted = fold(topic)
    for own in venue.answers:
        if wanted and wanted == fold(own.topic):
            return own
    return None


def _in_language(own: HouseAnswer, here: Here) -> str:
    for language in (here.said.language, here.venue.language, *own.text):
        if language in own.text:
            return own.text[language]
    return ""


def _facts(venue: Venue, topic: str, language: str) -> tuple[str, ...]:
    contact = venue.contact
    match topic:
        case "address":
            return tuple(line for line in (contact.address, contact.map_url) if line)
        case "phone" | "contact":
            return tuple(line for line in (contact.phone, contact.email) if line)
        case "prices":
            return tuple(_price(s, venue, language) for s in venue.services if s.price is not None)
        case "services":
            return tuple(_name(service, language) for service in venue.services)
        case "team":
            return tuple(r.name for r in venue.resources if r.kind is ResourceKind.PRACTITIONER)
        case _:
            return ()


def _name(service: Service, language: str) -> str:
    return service.names.get(language) or next(iter(service.names.values()), service.id)


def _price(service: Service, venue: Venue, language: str) -> str:
    whole, cents = divmod(service.price or 0, 100)
    amount = f"{whole}" if not cents else f"{whole}.{cents:02d}"
    return f"{_name(service, language)}: {amount} {venue.currency}"


def _opening_hours(here: Here) -> OpeningHours:
    day = _asked_day(here)
    venue = here.venue
    if day is not None:
        services = tuple(
            (s.id, tuple(start_windows(venue, day, s.id))) for s in _with_own_hours(venue)
        )
        return OpeningHours(day, services)
    weekly = tuple(
        (service.id, weekday, tuple((i.start, i.end) for i in service.hours.by_weekday[weekday]))
        for service in _with_own_hours(venue)
        for weekday in sorted(service.hours.by_weekday)
    )
    return OpeningHours(None, (), weekly)


def _with_own_hours(venue: Venue) -> tuple[Service, ...]:
    """One service for each different timetable: a clinic's check-up and cleaning share theirs."""
    seen: list[Service] = []
    for service in venue.services:
        if all(service.hours != other.hours for other in seen):
            seen.append(service)
    return tuple(seen)


def _asked_day(here: Here) -> date | None:
    if here.said.when.day is None:
        return None
    match resolve_day(here.said.when.day, today=here.today):
        case KnownDays(days=days) | UnclearDay(options=days) if len(days) <= 2:
            return days[0]
        case _:
            return None
