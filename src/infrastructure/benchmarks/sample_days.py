"""Day sheets as the sample venues would have them: what compression is trained and measured on.

A house is filled the way its guests would: parties of many sizes, each at the free start nearest to
the hour it asks for, until as many have come as the day has. Ids and codes are as random as real ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import msgspec

from domain.availability import Wish, find_slots, place
from domain.booking import CODE_ALPHABET, CODE_LENGTH, BookingCode
from domain.floor import LAST_MINUTE, Allocation, build_sheet
from domain.venue import Venue

_FIRST_DAY = date(2026, 11, 23)
_ATTEMPTS = 3
_JSON = msgspec.json.Encoder()
_HELD = 0.05
"""The share of allocations that are only held."""


def sample_days(
    venue: Venue, *, days: int, seed: int, first_day: date = _FIRST_DAY
) -> Iterator[tuple[Allocation, ...]]:
    """One day after the other, from nearly empty to full; the same for the same seed."""
    for offset in range(days):
        day = first_day + timedelta(days=offset)
        random = Random(f"{seed} {venue.id} {day}")  # noqa: S311 - samples, no secrets
        yield sample_day(venue, day, parties=random.randrange(2, 60), random=random)


def sample_day(venue: Venue, day: date, *, parties: int, random: Random) -> tuple[Allocation, ...]:
    """At most so many parties on a day: fewer where the house is full before, none where it is closed."""
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    sheet = build_sheet(venue, day, [], now=now)
    allocations: list[Allocation] = []
    for _ in range(_ATTEMPTS * parties):
        covers = random.choice((1, 2, 2, 2, 3, 4, 4, 5, 6, 8))
        wish = Wish(day, covers, 0, LAST_MINUTE, random.randrange(510, 1410))
        slots = find_slots(venue, sheet, wish, now=now, limit=1).slots
        if slots:
            placement = place(venue, slots[0])
            is_held = random.random() < _HELD
            lapses = now + timedelta(microseconds=random.randrange(600_000_000))
            allocation = Allocation(
                id=_hold_id(random) if is_held else f"{random.getrandbits(128):032x}",
                claims=placement.claims,
                charges=placement.charges,
                expires_at=lapses if is_held else None,
                booking=None if is_held else _code(random),
            )
            allocations.append(allocation)
            sheet = sheet.add(allocation)
        if len(allocations) == parties:
            break
    return tuple(allocations)


def plain_json(day: Iterable[Allocation]) -> bytes:
    """Compact, with names: as a day sheet would be written without a codec of its own."""
    return _JSON.encode(
        [
            each._asdict()
            | {
                "claims": [claim._asdict() for claim in each.claims],
                "charges": [charge._asdict() for charge in each.charges],
            }
            for each in day
        ]
    )


def _hold_id(random: Random) -> str:
    """Of a conversation and its turn, as in service."""
    return f"{random.getrandbits(96):024x}:{random.randrange(2, 12)}"


def _code(random: Random) -> BookingCode:
    return BookingCode("".join(random.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)))
