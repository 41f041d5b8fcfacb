"""The use cases around any ledger, for one house."""

from __future__ import annotations

from application.ports.clock import Clock
from application.reservations import Reservations
from application.sheets import WarmSheets
from application.waitlist_desk import WaitlistDesk
from domain.venue import Venue
from tests.support.ledgers import AnyLedger


def reservations_of(ledger: AnyLedger, venue: Venue, *, clock: Clock) -> Reservations:
    return Reservations(
        venues=[venue],
        holds=ledger.holds,
        bookings=ledger.bookings,
        sheets=WarmSheets(ledger.day_sheets),
        clock=clock,
    )


def waitlist_of(ledger: AnyLedger, reservations: Reservations, *, clock: Clock) -> WaitlistDesk:
    return WaitlistDesk(
        waitlist=ledger.waitlist,
        reservations=reservations,
        holds=ledger.holds,
        messages=ledger.messages,
        clock=clock,
    )
