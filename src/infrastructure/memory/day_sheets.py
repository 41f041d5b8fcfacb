"""Day sheets in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from domain.floor import Allocation
from domain.venue import VenueId
from infrastructure.memory.floor import Floor


class MemoryDaySheets:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def revisions(self, *, venue: VenueId, utc_days: Iterable[int]) -> Mapping[int, int]:
        return {day: self._floor.revisions[venue, day] for day in utc_days}

    async def allocations(
        self, *, venue: VenueId, first_cell: int, end_cell: int, now: datetime
    ) -> Sequence[Allocation]:
        return [
            Allocation(
                id=kept.id,
                claims=kept.placement.claims,
                charges=kept.placement.charges,
                expires_at=kept.expires_at,
                booking=kept.booking,
            )
            for kept in self._floor.kept.values()
            if kept.venue == venue
            and not kept.has_lapsed(now)
            and any(c.first < end_cell and first_cell < c.end for c in kept.placement.claims)
        ]
