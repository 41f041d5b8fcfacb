"""Staff's list of guests: who has booked lately, kept up when nothing more urgent is to be done."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.booking import Booking
from domain.guest import Guest

BATCH = 10
_WAITING = 1000
_WRITTEN = 5000


@dataclass(frozen=True, slots=True)
class GuestEntry:
    key: str
    """The same for the same guest, and nothing that could be read back."""
    name: str
    phone: str
    email: str
    language: str
    last_booking: datetime


class GuestList(Protocol):
    """Where staff see their guests. What staff write there themselves is theirs."""

    async def remember(self, *, guests: Sequence[GuestEntry]) -> None:
        """Write guests, at most ten, by their key; cells that are empty here are left alone.

        Raises: StoreUnavailable.
        """
        ...


class GuestBook:
    """Collects guests of confirmed bookings and writes them in groups. Losing some is no harm: they
    come again with their next booking."""

    def __init__(self, guests: GuestList) -> None:
        self._list = guests
        self._waiting: OrderedDict[str, GuestEntry] = OrderedDict()
        self._written: OrderedDict[str, GuestEntry] = OrderedDict()

    def note(self, booking: Booking) -> None:
        """Somebody has booked."""
        guest = booking.guest
        if not (guest.phone or guest.email):
            return  # nobody that staff could reach
        entry = GuestEntry(
            _key(guest), guest.name, guest.phone, guest.email, guest.language, booking.start
        )
        if self._written.get(entry.key) == entry:
            return
        _keep(self._waiting, entry, _WAITING)

    async def write(self) -> None:
        """Write one group of those that wait. Raises: StoreUnavailable; they wait on then."""
        some = list(self._waiting.values())[:BATCH]
        if not some:
            return
        await self._list.remember(guests=some)
        for entry in some:
            if self._waiting.get(entry.key) == entry:
                del self._waiting[entry.key]
            _keep(self._written, entry, _WRITTEN)


def _key(guest: Guest) -> str:
    return hashlib.sha256((guest.phone or guest.email.casefold()).encode()).hexdigest()[:20]


def _keep(entries: OrderedDict[str, GuestEntry], entry: GuestEntry, limit: int) -> None:
    entries[entry.key] = entry
    entries.move_to_end(entry.key)
    while len(entries) > limit:
        entries.popitem(last=False)
