"""The floor in memory: who has which cell, and what the pacing windows have been charged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.booking import BookingCode
from domain.cells import utc_days_of
from domain.errors import PacingExceeded, SlotTaken
from domain.floor import Claim, Placement
from domain.venue import ResourceId, VenueId

Cell = tuple[VenueId, ResourceId, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """One hold or booking with its place on the floor."""

    id: str
    venue: VenueId
    placement: Placement
    holder: str = ""
    expires_at: datetime | None = None
    booking: BookingCode | None = None

    def has_lapsed(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass
class Floor:
    """Every change is one call without an `await`, so nothing can come in between."""

    kept: dict[str, Kept] = field(default_factory=dict)
    cells: dict[Cell, str] = field(default_factory=dict)
    pacing: Counter[tuple[VenueId, str, str]] = field(default_factory=Counter)
    """Counts by venue, pacing key, and `covers` or `parties`."""
    revisions: Counter[tuple[VenueId, int]] = field(default_factory=Counter)

    def take(
        self, wanted: Kept, *, own: Sequence[str], now: datetime, keep_pacing: bool = True
    ) -> None:
        """Put `wanted` in the place of those of `own` that there are, or change nothing.

        Raises: SlotTaken, PacingExceeded.
        """
        self.sweep(now)
        replaced = [self.kept[key] for key in own if key in self.kept]
        self._refuse_if_taken(wanted, replaced)
        if keep_pacing:
            self._refuse_if_full(wanted, replaced)
        for old in replaced:
            self.remove(old.id)
        self.kept[wanted.id] = wanted
        self.cells |= dict.fromkeys(_cells(wanted), wanted.id)
        self._charge(wanted, 1)

    def remove(self, key: str) -> None:
        old = self.kept.pop(key)
        for cell in _cells(old):
            del self.cells[cell]
        self._charge(old, -1)

    def sweep(self, now: datetime) -> int:
        lapsed = [kept.id for kept in self.kept.values() if kept.has_lapsed(now)]
        for key in lapsed:
            self.remove(key)
        return len(lapsed)

    def _refuse_if_taken(self, wanted: Kept, replaced: Iterable[Kept]) -> None:
        own = {kept.id for kept in replaced}
        others = {self.cells[cell] for cell in _cells(wanted) if cell in self.cells} - own
        if others:
            raise SlotTaken(held=all(self.kept[key].booking is None for key in others))

    def _refuse_if_full(self, wanted: Kept, replaced: Iterable[Kept]) -> None:
        growth = _charges(wanted)
        for old in replaced:
            growth.subtract(_charges(old))
        for charge in wanted.placement.charges:
            for what, limit in (("covers", charge.max_covers), ("parties", charge.max_parties)):
                counter = (wanted.venue, charge.key, what)
                grows = growth[counter] > 0
                if grows and limit is not None and self.pacing[counter] + growth[counter] > limit:
                    raise PacingExceeded(rule=charge.rule)

    def _charge(self, kept: Kept, sign: int) -> None:
        for counter, count in _charges(kept).items():
            self.pacing[counter] += sign * count
        self.revisions.update((kept.venue, day) for day in _days(kept.placement.claims))


def _cells(kept: Kept) -> list[Cell]:
    return [
        (kept.venue, claim.resource, cell)
        for claim in kept.placement.claims
        for cell in range(claim.first, claim.end)
    ]


def _charges(kept: Kept) -> Counter[tuple[VenueId, str, str]]:
    counts: Counter[tuple[VenueId, str, str]] = Counter()
    for charge in kept.placement.charges:
        counts[kept.venue, charge.key, "covers"] += charge.covers
        counts[kept.venue, charge.key, "parties"] += charge.parties
    return counts


def _days(claims: Iterable[Claim]) -> set[int]:
    return {day for claim in claims for day in utc_days_of(claim.first, claim.end)}
