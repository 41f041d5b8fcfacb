"""What the span model has spotted, joined with what the rules have read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.dialogue import Expecting
from domain.when import Mention
from infrastructure.local.dates import DateReader
from infrastructure.local.understanding.contact import Found, Span
from infrastructure.local.understanding.party import PartyMention, counts_people, find_parties
from infrastructure.local.understanding.requests import things_counted
from infrastructure.local.understanding.tagger import Tagged
from infrastructure.local.understanding.text import Said

_REQUESTED = {
    Expecting.PARTY_SIZE: ("people",),
    Expecting.DATE: ("date",),
    Expecting.TIME: ("time",),
    Expecting.NEW_TIME: ("date", "time"),
    Expecting.NAME: ("first_name", "last_name"),
}


def requested(expecting: Expecting) -> tuple[str, ...]:
    """What the last reply asked for, in the span model's terms."""
    return _REQUESTED.get(expecting, ())


def read_moments(
    dates: DateReader, text: str, language: str, *, expecting_time: bool
) -> tuple[Mention, ...]:
    """Days and times in a text; a bare number is a time only where nothing clearer is one."""
    mentions = dates.read(text, language=language)
    if not expecting_time or any(m.when.time is not None for m in mentions):
        return mentions
    said = Said.of(text)
    if len(said.text) == len(text):
        text = said.without(things_counted(said)).text
    return dates.read(text, language=language, expecting_time=True)


def with_party(
    parties: list[PartyMention],
    spotted: Sequence[Tagged],
    said: Said,
    *,
    taken: Sequence[Span],
) -> list[PartyMention]:
    """The rules' parties; where they found none, the spotted one if its words can be counted."""
    tag = _of(spotted, "people")
    if parties or tag is None or not counts_people(said.plain, tag.start, tag.end):
        return parties
    words = Said.of(said.text[tag.start : tag.end])
    counted = [
        replace(m, start=m.start + tag.start, end=m.end + tag.start, strong=True)
        for m in find_parties(words, expected=True)
    ]
    return [p for p in counted if not any(p.start < end and start < p.end for start, end in taken)]


def with_moments(
    mentions: tuple[Mention, ...],
    spotted: Sequence[Tagged],
    said: Said,
    *,
    dates: DateReader,
) -> tuple[Mention, ...]:
    """The rules' mentions, and spotted times that they took for something else ("around 930")."""
    tag = _of(spotted, "time")
    if tag is None or any(m.when.time is not None for m in mentions):
        return mentions
    words = said.text[tag.start : tag.end]
    found = read_moments(dates, words, "en", expecting_time=True)
    clear = [m for m in found if m.when.time is not None]
    moved = [replace(m, start=m.start + tag.start, end=m.end + tag.start) for m in clear]
    apart = [m for m in moved if not any(m.start < o.end and o.start < m.end for o in mentions)]
    return tuple(sorted((*mentions, *apart), key=lambda m: m.start))


def with_name(name: Found | None, spotted: Sequence[Tagged], said: Said) -> Found | None:
    """The rules' name; where they found none, the spotted first and last name."""
    tags = [tag for tag in spotted if tag.slot in {"first_name", "last_name"}]
    if name is not None or not tags:
        return name
    start, end = min(t.start for t in tags), max(t.end for t in tags)
    value = said.text[start:end].strip()
    return None if "_" in value else Found(value, (start, end))


def words_of(spotted: Sequence[Tagged], said: Said) -> dict[str, str]:
    """The guest's words by slot."""
    return {tag.slot: said.text[tag.start : tag.end] for tag in spotted}


def _of(spotted: Sequence[Tagged], slot: str) -> Tagged | None:
    return next((tag for tag in spotted if tag.slot == slot), None)
