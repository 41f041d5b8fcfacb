"""A booking: who comes, when, to which table or chair, and where it stands in its life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.errors import IllegalTransition
from domain.guest import Guest
from domain.venue import ResourceId, ServiceId, VenueId

BookingId = NewType("BookingId", str)
BookingCode = NewType("BookingCode", str)

# Letters and digits that survive being read over a bad line in Spanish and in English: no 0/O, 1/I,
# B/V, D/T's partner D, M/N's partner N, S/F's partner S, G/J's partner G, U, or Z. 24 symbols.
CODE_ALPHABET = "23456789ACEFHJKLMPQRTWXY"
# 24 ** 9 is 2 ** 41.2: more than the 40 bits that a code needs to be unguessable for its use.
CODE_LENGTH = 9


class BookingStatus(StrEnum):
    """Where a booking stands in its life."""

    CONFIRMING = "confirming"
    """Its claims are ours; the booking store has not answered yet."""
    RECEIVED = "received"
    """The guest was told "received": the store was slow or away, the work goes on."""
    CONFIRMED = "confirmed"
    SEATED = "seated"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


_NEXT: dict[BookingStatus, frozenset[BookingStatus]] = {
    BookingStatus.CONFIRMING: frozenset(
        {BookingStatus.CONFIRMED, BookingStatus.RECEIVED, BookingStatus.CANCELLED}
    ),
    BookingStatus.RECEIVED: frozenset({BookingStatus.CONFIRMED, BookingStatus.CANCELLED}),
    BookingStatus.CONFIRMED: frozenset(
        {BookingStatus.SEATED, BookingStatus.CANCELLED, BookingStatus.NO_SHOW}
    ),
    # Staff mark the wrong party as seated or as a no-show, and put it right.
    BookingStatus.SEATED: frozenset({BookingStatus.COMPLETED, BookingStatus.CONFIRMED}),
    BookingStatus.NO_SHOW: frozenset({BookingStatus.SEATED, BookingStatus.CONFIRMED}),
    BookingStatus.COMPLETED: frozenset(),
    BookingStatus.CANCELLED: frozenset(),
}

LIVE = frozenset(
    {
        BookingStatus.CONFIRMING,
        BookingStatus.RECEIVED,
        BookingStatus.CONFIRMED,
        BookingStatus.SEATED,
    }
)
"""Statuses whose bookings keep their claims on the floor."""

UNCONFIRMED = frozenset({BookingStatus.CONFIRMING, BookingStatus.RECEIVED})
"""Statuses of which the guest has not been told that they have the place."""

OPEN = frozenset({BookingStatus.CONFIRMING, BookingStatus.RECEIVED, BookingStatus.CONFIRMED})
"""Statuses whose bookings a guest may still move or cancel."""


def check_transition(before: BookingStatus, after: BookingStatus) -> None:
    """Raises: IllegalTransition where a booking cannot go from `before` to `after`."""
    if after not in _NEXT[before]:
        raise IllegalTransition(before=before, after=after)


@dataclass(frozen=True, slots=True, order=True)
class PartySize:
    """How many people come, at least one."""

    covers: int

    def __post_init__(self) -> None:
        if self.covers < 1:
            raise ValueError(f"a party has at least one person, not {self.covers}")

    def __str__(self) -> str:
        return str(self.covers)


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking as it stands. `start` and `end` are aware UTC, [start, end)."""

    id: BookingId
    code: BookingCode
    venue: VenueId
    service: ServiceId
    start: datetime
    end: datetime
    party_size: PartySize
    resources: tuple[ResourceId, ...]
    status: BookingStatus
    guest: Guest
    created_at: datetime
    notes: str = ""
    """What the guest asked for, in their own words: allergies, a high chair, a birthday."""
    channel: str = "chat"
    """Where it came from: chat, whatsapp, staff, walk_in."""
    version: int = 1
    """Grows by one with every change; a change names the version it read."""
    sequence: int = 0
    """RFC 5545 SEQUENCE: grows when the time changes, so that calendars follow."""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a booking's times need a time zone")
        if self.end <= self.start:
            raise ValueError("a booking ends after it starts")
        if not self.resources:
            raise ValueError("a booking occupies at least one resource")

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


def spoken_code(text: str) -> BookingCode:
    """A code as a person writes or reads it out ("7k2 9ma-xy4"), in its stored form."""
    return BookingCode("".join(c for c in text.upper() if c.isalnum()))


def shown_code(code: BookingCode) -> str:
    """A code in groups of three, as it is shown: `7K2-9MA-XY4`."""
    return "-".join(code[i : i + 3] for i in range(0, len(code), 3))
