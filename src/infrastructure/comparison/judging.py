"""Whether a scripted guest got what they came for: by the bookings that stand, and by what was read out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.booking import Booking, BookingCode, shown_code
from domain.venue import Venue
from infrastructure.comparison.phrases import notes_words
from infrastructure.comparison.scenarios import Facts, Scenario, wall_clock

_HEARD = 0.5
"""Of the longer words of a house's answer, the share that a reply must hold: models may reword it."""

_LONG_WORD = re.compile(r"\w{5,}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is judged: the answers that were given, and the bookings before and after."""

    answers: Sequence[Mapping[str, Any]]
    before: Mapping[BookingCode, Booking]
    own: Sequence[BookingCode]
    """Of `before`, those that are the guest's, in the scenario's order."""
    after: Mapping[BookingCode, Booking]


def faults(scenario: Scenario, venue: Venue, evidence: Evidence) -> list[str]:
    """Why the scenario has failed; empty where it has not."""
    return [
        *_wrong_bookings(scenario, venue, evidence),
        *_wrong_status(scenario, evidence),
        *_unheard(scenario, venue, evidence),
    ]


def _wrong_bookings(scenario: Scenario, venue: Venue, evidence: Evidence) -> Iterator[str]:
    made = [booking for code, booking in evidence.after.items() if code not in evidence.before]
    changed = {
        code for code, booking in evidence.before.items() if evidence.after.get(code) != booking
    }
    concerned = evidence.own[:1] if scenario.goal in {"move", "cancel"} else ()
    if scenario.ends.nothing:
        concerned = ()
    if changed - set(concerned):
        yield "a booking was changed that should stand as it was"
    if scenario.goal == "book" and not scenario.ends.nothing:
        if len(made) != 1:
            yield f"{len(made)} bookings were made instead of one"
        yield from (f for booking in made for f in _misfits(booking, scenario, venue))
    elif made:
        yield "a booking was made that nobody wanted"
    for code in concerned:
        yield from _wrong_change(evidence.after[code], scenario, venue)


def _wrong_change(booking: Booking, scenario: Scenario, venue: Venue) -> Iterator[str]:
    if scenario.goal == "move":
        yield from _misfits(booking, scenario, venue)
    elif booking.is_open:
        yield "the booking was not cancelled"


def _misfits(booking: Booking, scenario: Scenario, venue: Venue) -> Iterator[str]:
    """Where a booking is not what was wanted."""
    facts = scenario.final_facts
    if not booking.is_open:
        yield f"the booking is {booking.status}"
    if booking.start not in _wanted_starts(scenario, facts, venue):
        yield f"it is at {booking.start.astimezone(venue.zone):%Y-%m-%d %H:%M}"
    if facts.party is not None and booking.party_size.covers != facts.party:
        yield f"it is for {booking.party_size}"
    if facts.service is not None and booking.service != facts.service:
        yield f"it is a {booking.service}"
    if facts.person is not None and facts.person not in booking.resources:
        yield "it is with somebody else"
    if facts.name is not None and _plain(facts.name) != _plain(booking.guest.name):
        yield "it stands under another name"
    if facts.phone is not None and _digits(facts.phone) not in _digits(booking.guest.phone):
        yield "it has another phone number"
    yield from (f"it has no {wish}" for wish in _not_there(facts.preferences, booking, venue))
    for request in facts.requests:
        if not _is_noted(request, booking.notes):
            yield f"its notes do not say {request}"


def _wanted_starts(scenario: Scenario, facts: Facts, venue: Venue) -> set[datetime]:
    if scenario.ends.starts:
        return {wall_clock(text, venue.zone) for text in scenario.ends.starts}
    return set() if facts.start is None else {facts.start.replace(tzinfo=venue.zone)}


def _not_there(preferences: Iterable[str], booking: Booking, venue: Venue) -> Iterator[str]:
    resources = [venue.resource(each) for each in booking.resources]
    there = {label for resource in resources for label in (resource.area, *resource.features)}
    return (each for each in preferences if each not in there)


def _is_noted(request: str, notes: str) -> bool:
    words = [*notes_words(request, "es"), *notes_words(request, "en")]
    return any(_plain(word) in _plain(notes) for word in words)


def _wrong_status(scenario: Scenario, evidence: Evidence) -> Iterator[str]:
    wanted = scenario.ends.status
    if wanted is not None and wanted not in {answer["status"] for answer in evidence.answers}:
        yield f"no answer was {wanted}"


def _unheard(scenario: Scenario, venue: Venue, evidence: Evidence) -> Iterator[str]:
    replies = [str(answer["response"]) for answer in evidence.answers]
    for topic in scenario.asks:
        texts = next(answer.text for answer in venue.answers if answer.topic == topic)
        if not any(_is_told(text, reply) for text in texts.values() for reply in replies):
            yield f"the answer about {topic} was not given"
    if scenario.goal == "check":
        for code in evidence.own:
            if not any(shown_code(code) in reply for reply in replies):
                yield "a booking was not read out"


def _is_told(text: str, reply: str) -> bool:
    words = set(_LONG_WORD.findall(_plain(text)))
    said = set(_LONG_WORD.findall(_plain(reply)))
    return len(words & said) >= _HEARD * len(words)


def _plain(text: str) -> str:
    """Lower case without accents."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
