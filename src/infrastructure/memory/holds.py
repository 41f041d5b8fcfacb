"""Holds in memory."""

from __future__ import annotations

from datetime import datetime

from application.ports.holds import Hold
from domain.errors import TooManyHolds
from domain.floor import Placement
from domain.venue import VenueId
from infrastructure.memory.floor import Floor, Kept


class MemoryHolds:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def place(
        self,
        *,
        hold_id: str,
        venue: VenueId,
        placement: Placement,
        holder: str,
        expires_at: datetime,
        now: datetime,
        limit: int,
    ) -> Hold:
        earlier = await self.get(hold_id=hold_id, now=now)
        if earlier is not None:
            return earlier
        wanted = Kept(hold_id, venue, placement, holder=holder, expires_at=expires_at)
        live = [
            kept
            for kept in self._floor.kept.values()
            if (kept.venue, kept.holder) == (venue, holder)
            and kept.booking is None
            and not kept.has_lapsed(now)
        ]
        if len(live) >= limit:
            raise TooManyHolds(limit=limit)
        self._floor.take(wanted, own=(), now=now)
        return _hold(wanted, expires_at)

    async def release(self, *, hold_id: str) -> None:
        kept = self._floor.kept.get(hold_id)
        if kept is not None and kept.booking is None:
            self._floor.remove(hold_id)

    async def get(self, *, hold_id: str, now: datetime) -> Hold | None:
        kept = self._floor.kept.get(hold_id)
        if kept is None or kept.expires_at is None or kept.has_lapsed(now):
            return None
        return _hold(kept, kept.expires_at)

    async def sweep(self, *, now: datetime) -> int:
        return self._floor.sweep(now)


def _hold(kept: Kept, expires_at: datetime) -> Hold:
    return Hold(
        id=kept.id,
        venue=kept.venue,
        placement=kept.placement,
        holder=kept.holder,
        expires_at=expires_at,
    )
