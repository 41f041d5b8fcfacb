"""What is kept in the cache, and under which keys.

A key is `anfitrion:{schema}:{venue}:{namespace}:…`, made of everything the value depends on, so that
a stored value can be missing but never wrong. Parts are escaped: none can run into the next or act
as a pattern. No key holds what a guest wrote or who they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import quote

from application.ports.cache import Namespace
from domain.floor import Allocation
from domain.venue import VenueId

SCHEMA = 2
"""Raised when values are written in another way: old ones are then never read again."""

PREFIX = f"anfitrion:{SCHEMA}:"

SHEETS: Namespace[tuple[Allocation, ...]] = Namespace(
    "sheet", ttl_s=900, shortest_s=120, longest_s=3600, is_near=False
)
"""The allocations of a service day. Not kept near: `WarmSheets` holds the sheets made of them."""

VENUES: Namespace[Mapping[str, Any]] = Namespace(
    "venue", ttl_s=600, shortest_s=60, longest_s=3600, stale_s=3600
)
"""A venue's document as plain JSON."""

ANSWERS: Namespace[str] = Namespace(
    "answer", ttl_s=3600, shortest_s=300, longest_s=86_400, absent_s=60, stale_s=3600
)
"""The house's answer to a question about the house."""

RATE = "rate"
"""The namespace of counters, which have no values to decode."""

NAMESPACES: tuple[Namespace[Any], ...] = (SHEETS, VENUES, ANSWERS)

GuestClass = Literal["guest", "staff"]
"""Who asks, where the answer depends on it."""

_GUEST_HASH = re.compile(r"[0-9a-f]{16,64}")
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){3}")
_PERSONAL_SIGNS = frozenset("@⟨⟩")
_NO_WORD = re.compile(r"[^\w]+")


def sheet_key(
    venue: VenueId,
    day: date,
    *,
    window: tuple[int, int],
    revisions: Mapping[int, int],
) -> str:
    """Of the allocations in the cells [first, end) of `window`.

    `revisions` are those of every UTC day that the window touches. The ledger counts them in steps
    at random, so that one which was restored or begun anew does not use a number twice.
    """
    first, end = window
    counted = "_".join(f"{utc_day}-{number}" for utc_day, number in sorted(revisions.items()))
    return _key(venue, SHEETS.name, day.isoformat(), f"{first}-{end}", counted)


def venue_key(venue: VenueId, *, version: str) -> str:
    """Of a venue's document; `version` changes with its content."""
    return _key(venue, VENUES.name, version)


def answer_key(
    venue: VenueId, *, language: str, question: str, version: str, guest_class: GuestClass
) -> str | None:
    """Of the answer to a question that holds nothing personal, however it is written.

    `question` is what models see, with placeholders for what is personal. None where something
    personal is or may be in it (a placeholder, an address, a longer number): then nothing is kept.
    `version` changes with the content that the house answers from.
    """
    if _PERSONAL_SIGNS.intersection(question) or _LONG_NUMBER.search(question):
        return None
    digest = blake2b(_normalised(question).encode(), digest_size=16).hexdigest()
    return _key(venue, ANSWERS.name, language, guest_class, version, digest)


def rate_key(venue: VenueId, *, what: str, guest_hash: str) -> str:
    """Of a counter of what one guest does, under the keyed hash by which logs name them.

    Raises: ValueError for what is no such hash, such as a phone number.
    """
    if not _GUEST_HASH.fullmatch(guest_hash):
        raise ValueError("a guest is named by a hash of at least 16 hex digits")
    return _key(venue, RATE, what, guest_hash)


def everything_of(venue: VenueId, namespace: Namespace[Any] | None = None) -> str:
    """The pattern of all keys of a venue, or of those in one namespace."""
    return _key(venue, *([namespace.name] if namespace else [])) + ":*"


def _key(venue: VenueId, *parts: str) -> str:
    return PREFIX + ":".join(quote(part, safe="") for part in (venue, *parts))


def _normalised(question: str) -> str:
    """Without case, accents, punctuation and double spaces, which change no question."""
    plain = unicodedata.normalize("NFKD", question.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return _NO_WORD.sub(" ", letters).strip()
