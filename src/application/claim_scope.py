"""Which facts the mentions of a clause may agree with: those of the booking or offer it speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from application.claim_argument import Argument, Clause
from application.claim_facts import Entry, Standing
from application.claim_words import Claim

_STANDING: dict[Claim, frozenset[Standing]] = {
    Claim.BOOKED: frozenset({Standing.BOOKED}),
    Claim.AWAITED: frozenset({Standing.BOOKED}),
    Claim.DONE: frozenset({Standing.BOOKED, Standing.CANCELLED, Standing.WAITING}),
    Claim.UPDATED: frozenset({Standing.BOOKED, Standing.RECEIVED}),
    Claim.EXISTS: frozenset({Standing.BOOKED, Standing.RECEIVED, Standing.CANCELLED}),
    Claim.STANDS: frozenset({Standing.BOOKED, Standing.RECEIVED}),
    Claim.RECEIVED: frozenset({Standing.RECEIVED, Standing.BOOKED}),
    Claim.MOVED: frozenset({Standing.BOOKED, Standing.RECEIVED}),
    Claim.CANCELLED: frozenset({Standing.CANCELLED}),
    Claim.WAITLISTED: frozenset({Standing.WAITING}),
    Claim.UNLISTED: frozenset({Standing.WISHED}),
    Claim.HELD: frozenset({Standing.OFFERED, Standing.BOOKED}),
    Claim.FREE: frozenset({Standing.OFFERED, Standing.BOOKED}),
    Claim.FULL: frozenset({Standing.WISHED}),
    Claim.CLOSED: frozenset({Standing.WISHED}),
}


_OF_A_BOOKING = frozenset(
    {
        Claim.BOOKED,
        Claim.AWAITED,
        Claim.EXISTS,
        Claim.STANDS,
        Claim.RECEIVED,
        Claim.MOVED,
        Claim.CANCELLED,
        Claim.WAITLISTED,
    }
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the mentions of one clause may agree with."""

    entries: tuple[Entry, ...]
    booking: bool
    """The clause is about a booking: general facts, such as opening hours, do not excuse it."""
    refusing: bool


def scope_of(argument: Argument, clause: Clause) -> Scope:
    claims = argument.claims_in(clause)
    standings = frozenset().union(*(_STANDING.get(c, frozenset()) for c in claims))
    entries = tuple(
        e
        for e in argument.facts.entries
        if (e.standing in standings if standings else e.standing is not Standing.FORMER)
    )
    return Scope(
        _narrowed(argument, entries),
        booking=bool(claims & _OF_A_BOOKING) and bool(entries),
        refusing=bool(claims) and claims <= {Claim.FULL, Claim.CLOSED},
    )


def _narrowed(argument: Argument, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Where a sentence has one code, or one time, the entries it speaks of."""
    reading = argument.reading
    if len(reading.codes) == 1:
        code = letters(reading.codes[0].text)
        entries = tuple(e for e in entries if letters(e.code) == code) or entries
    if len(reading.times) == 1:
        minutes = reading.times[0].minutes
        entries = tuple(e for e in entries if e.minute in minutes) or entries
    return entries


def letters(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())
