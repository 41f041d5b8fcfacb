"""What a router makes of one message: the guest's intents and the details they gave.

Dates and times stay expressions of `domain.when`; a name, a code, a request stays in the guest's
own words. Nothing here has been checked against the venue: that is for the dialogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.when import When


class Intent(StrEnum):
    """What the guest wants with a message."""

    BOOK = "book"
    RESCHEDULE = "reschedule"
    """Change an existing booking."""
    CANCEL = "cancel"
    CHECK_BOOKING = "check_booking"
    """Do I have one, when is it, is it confirmed?"""
    ENQUIRE = "enquire"
    """A question about the house: opening hours, address, menu, price."""
    INFORM = "inform"
    """Gives a detail, asked for or not."""
    CORRECT = "correct"
    """Changes a detail before anything is confirmed."""
    AFFIRM = "affirm"
    DENY = "deny"
    GREET = "greet"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    HELP = "help"
    BOT_IDENTITY = "bot_identity"
    HANDOFF = "handoff"
    REPEAT = "repeat"
    SMALLTALK = "smalltalk"
    SYMPTOM = "symptom"
    OUT_OF_SCOPE = "out_of_scope"
    WAITLIST = "waitlist"


@dataclass(frozen=True, slots=True)
class Party:
    """How many come, as said: "8 o 9" is 8 to 9 and leads to a question.

    The numbers count everybody; `children` and `babies` say how many of them are that.
    """

    low: int
    high: int
    children: int = 0
    babies: int = 0

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class ByOrder:
    """ "la segunda" is 2, "the last one" is -1."""

    position: int


class Relative(StrEnum):
    EARLIER = "earlier"
    LATER = "later"
    ANY = "any"
    """ "la que sea", "either"."""
    OTHER = "other"
    """ "la otra"."""


@dataclass(frozen=True, slots=True)
class ByComparison:
    """ "la más tarde", "the earlier one", "whichever"."""

    which: Relative


@dataclass(frozen=True, slots=True)
class ByFeature:
    """ "la de la terraza", "the one with Dra. Rojas": words matched against the offers."""

    words: str


OfferChoice = ByOrder | ByComparison | ByFeature
"""How a guest picks from what was offered, other than by its time (which stands in `when`)."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """One message, understood. `intents` has the main one first and is never empty."""

    intents: tuple[Intent, ...]
    language: str
    """BCP 47 primary tag of the message, or of the conversation where the message does not show it."""
    when: When = field(default_factory=When)
    previous: When = field(default_factory=When)
    """When the existing booking is: "la del viernes", "change my 8pm to 9pm" """
    party: Party | None = None
    service: str = ""
    """The guest's words for a service ("limpieza"), or its id."""
    provider: str = ""
    """A practitioner or table by name, as said."""
    name: str = ""
    phone: str = ""
    """E.164 where it could be read as a number of the venue's country, else as said."""
    email: str = ""
    code: str = ""
    last4: str = ""
    """Four digits given when the phone's last four were asked for."""
    requests: tuple[str, ...] = ()
    """Wishes carried verbatim: "alérgico a los frutos secos", "trona", "cumpleaños"."""
    allergies: tuple[str, ...] = ()
    preferences: frozenset[str] = frozenset()
    """Areas and features by key: terrace, inside, quiet, window, high_chair, wheelchair, …"""
    choice: OfferChoice | None = None
    topic: str = ""
    """The house's own topic a question is about ("parking"), or a built-in one ("hours", "address")."""
    abusive: bool = False
    certain: bool = True
    """False where the reader guessed: the dialogue then rather asks."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The guest's own words by detail (`date`, `time`, `people`, …), for repeating them back."""

    @property
    def intent(self) -> Intent:
        return self.intents[0]

    def wants(self, intent: Intent) -> bool:
        return intent in self.intents
