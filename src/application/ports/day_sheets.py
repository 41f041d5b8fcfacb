"""Day sheets: what the ledger knows to be claimed, for the search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.floor import Allocation
from domain.venue import VenueId


class DaySheets(Protocol):
    """Reads the claims of a venue. What it returns may be a moment old: only a claim decides."""

    async def revisions(self, *, venue: VenueId, utc_days: Iterable[int]) -> Mapping[int, int]:
        """The revision of each UTC day (days since the epoch); 0 where nothing ever changed.

        Whoever changes a claim raises the revision of every UTC day it touches in the same
        transaction, so an unchanged revision means an unchanged day (but holds still lapse).
        """
        ...

    async def allocations(
        self, *, venue: VenueId, first_cell: int, end_cell: int, now: datetime
    ) -> Sequence[Allocation]:
        """Every live allocation that touches the cells [first_cell, end_cell), in no order.

        Holds lapsed at `now` are left out. A hold's allocation has the hold's id, a booking's has
        the booking's id.
        """
        ...
