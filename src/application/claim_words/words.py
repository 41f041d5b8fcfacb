"""What is known of a language: enough to read numbers, dates, times and claims, no more.

Values are pieces of regular expressions over lower-case text. All but `claims` are matched without
accents; claims keep theirs, because "reservé" claims what "reserve" only asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Claim(StrEnum):
    """What a sentence can state as done or as being so."""

    BOOKED = "booked"
    EXISTS = "exists"
    """There is a booking of theirs."""
    STANDS = "stands"
    """Their booking is still good."""
    RECEIVED = "received"
    MOVED = "moved"
    CANCELLED = "cancelled"
    WAITLISTED = "waitlisted"
    UNLISTED = "unlisted"
    """They have been taken off the waitlist."""
    UPDATED = "updated"
    HELD = "held"
    """A table is kept for them for a while."""
    DONE = "done"
    """ "All set", "listo", ✅: something has been completed."""
    AWAITED = "awaited"
    """ "See you on Saturday"."""
    FREE = "free"
    FULL = "full"
    CLOSED = "closed"
    FOLLOW_UP = "follow_up"
    """The house will write or call."""
    HANDED_OVER = "handed_over"
    """A person has been told."""
    FAILED = "failed"
    """It came to nothing: false where the outcome is still open."""
    NOTHING_OWED = "nothing_owed"
    """There is nothing left for the guest to do or to pay."""


class Part(StrEnum):
    """Part of the day, as said beside a time."""

    AM = "am"
    PM = "pm"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    NIGHT = "night"
    SMALL_HOURS = "small_hours"


@dataclass(frozen=True, slots=True)
class Words:
    months: tuple[str, ...]
    """Twelve; the full name first, abbreviations after a bar."""
    weekdays: tuple[str, ...]
    """Seven, Monday first; the same."""
    numbers: Mapping[str, int]
    """Two and more; "one" is an article in most languages."""
    one: str
    ordinals: Mapping[str, int]
    """Ordinals that name a day of the month."""
    near_days: Mapping[str, int]
    """ "today" is 0. Phrases before words they contain."""
    parts: Mapping[str, Part]
    clock_words: Mapping[str, int]
    """Midnight, noon: minutes after midnight."""
    before_hour: str
    """What makes the number after it a time: "a las", "at"."""
    after_hour: str
    """What makes the number before it a time: "Uhr"."""
    past: Mapping[str, int]
    """After the hour: "y media" is 30, "menos cuarto" is -15."""
    past_before: Mapping[str, int]
    """Before the hour: "half past" is 30."""
    day_before: str
    """What makes the number after it a day of the month: "el", "the"."""
    people: str
    party: str
    """What makes the number after it a party: "mesa para", "party of"."""
    minutes: str
    hours: str
    longer: str
    """Days, weeks, months as lengths."""
    tables: str
    """Nouns that carry the number of a table or room."""
    negations: str
    harmless: str
    """Phrases with a negation in them that negate nothing: "no se preocupe"."""
    softeners: str
    """What before a claim makes it possible rather than so: "puedo", "would"."""
    frames: str
    """What only looks like a softener: "puedo confirmarle que"."""
    conditions: str
    """What opens a condition."""
    strict_conditions: str
    """Conditions that count even after what they condition: "en cuanto me diga"."""
    openers: str
    """How a question begins, where no ¿ shows it."""
    ignorance: str
    """ "I have no information about": what follows is no claim."""
    formerly: str
    """What may stand before a time that no longer holds: "de las", "from"."""
    once: str
    """What makes all of its clause a thing of the past: "antes era", "previously"."""
    nightly: str
    """What tells that 00:15 is meant as part of the evening before."""
    notes: str
    """Words around something taken down for the guest."""
    deeds: str
    """How the house says that it has done something, is doing it or will; the verb is a group."""
    innocent: str
    """Verbs of deeds that touch no booking: "entendido", "looking"."""
    claims: Mapping[Claim, str]
    places: Mapping[str, str]
    """Areas and features by key."""
    topics: Mapping[str, str]
    """What only the house can tell: deposits, parking, discounts."""
    person: str
    """What introduces another person: "familia", "Mr"; any case."""
    common: frozenset[str]
    """Everyday words, to tell the language by."""
    seats: str = ""
    """Nouns for what is booked: "mesa", "spot". Empty where too little of the language is known."""
    asides: str = ""
    """What speaks of a booking without saying anything of it: "vamos con", "help you with"."""
    is_so: str = ""
    """What after such a noun says something of it: "es", "is"."""
