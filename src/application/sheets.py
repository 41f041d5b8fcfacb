"""Warm day sheets: each process keeps what it has read, and asks the ledger only whether it changed.

What one process has read, others find in the cache, under a key that holds the revisions it was read
at: there it can be missing, but never wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from application.cache_keys import SHEETS, sheet_key
from application.ports.cache import Cache
from application.ports.day_sheets import DaySheets
from domain.cells import utc_days_of
from domain.floor import Allocation, DaySheet, build_sheet, sheet_window
from domain.venue import Venue, VenueId

# About 5 KB each with a full day of bookings; 4,000 are 40 venues with 100 days.
MAX_SHEETS = 4000

Revisions = Mapping[int, int]
"""By UTC day."""


@dataclass(frozen=True, slots=True)
class Read:
    """Sheets by service day, and where they came from: `ledger` where something had to be read
    there, else `cache`."""

    sheets: Mapping[date, DaySheet]
    source: str


@dataclass(frozen=True, slots=True)
class _Warm:
    sheet: DaySheet
    revisions: Revisions


class WarmSheets:
    """The sheets of any venue and day, true at the moment of asking.

    The revisions are read before the claims, so a sheet is never older than the revision it is
    filed under; at worst it is read once too often.
    """

    def __init__(self, day_sheets: DaySheets, cache: Cache | None = None) -> None:
        self._day_sheets = day_sheets
        self._cache = cache
        self._warm: OrderedDict[tuple[VenueId, date], _Warm] = OrderedDict()

    async def read(self, venue: Venue, days: Iterable[date], *, now: datetime) -> Read:
        current = await self._current(venue, sorted(set(days)))
        sheets: dict[date, DaySheet] = {}
        for day, revisions in current.items():
            warm = self._warm.get((venue.id, day))
            if warm is not None and warm.revisions == revisions:
                sheets[day] = warm.sheet.as_of(now)
                self._warm.move_to_end((venue.id, day))
        stale = {day: each for day, each in current.items() if day not in sheets}
        found = await self._from_cache(venue, stale, now=now)
        unread = {day: each for day, each in stale.items() if day not in found}
        found |= await self._from_ledger(venue, unread, now=now)
        for day, sheet in found.items():
            self._keep((venue.id, day), _Warm(sheet, current[day]))
        return Read({**sheets, **found}, "ledger" if unread else "cache")

    async def revisions(self, venue: Venue, day: date) -> Revisions:
        """What a day's sheet depends on: unchanged revisions mean an unchanged sheet."""
        return (await self._current(venue, [day]))[day]

    async def _current(self, venue: Venue, days: Sequence[date]) -> dict[date, Revisions]:
        """The revisions that each day's sheet depends on."""
        touched = {day: tuple(utc_days_of(*sheet_window(venue, day))) for day in days}
        every = {utc_day for utc_days in touched.values() for utc_day in utc_days}
        revisions = await self._day_sheets.revisions(venue=venue.id, utc_days=sorted(every))
        return {
            day: {utc_day: revisions.get(utc_day, 0) for utc_day in utc_days}
            for day, utc_days in touched.items()
        }

    async def _from_cache(
        self, venue: Venue, wanted: Mapping[date, Revisions], *, now: datetime
    ) -> dict[date, DaySheet]:
        """Days on which nothing was ever claimed, and what some process has read at this revision."""
        empty = [day for day, revisions in wanted.items() if not any(revisions.values())]
        found = {day: build_sheet(venue, day, (), now=now) for day in empty}
        if self._cache is None or len(found) == len(wanted):
            return found
        keys = {_key(venue, day, wanted[day]): day for day in wanted if day not in found}
        kept = await self._cache.get_many(SHEETS, list(keys))
        return found | {
            keys[key]: build_sheet(venue, keys[key], allocations, now=now)
            for key, allocations in kept.items()
        }

    async def _from_ledger(
        self, venue: Venue, wanted: Mapping[date, Revisions], *, now: datetime
    ) -> dict[date, DaySheet]:
        if not wanted:
            return {}
        windows = [sheet_window(venue, day) for day in wanted]
        allocations = await self._day_sheets.allocations(
            venue=venue.id,
            first_cell=min(first for first, _ in windows),
            end_cell=max(end for _, end in windows),
            now=now,
        )
        sheets = {day: build_sheet(venue, day, allocations, now=now) for day in wanted}
        await self._share(venue, sheets, wanted)
        return sheets

    async def _share(
        self, venue: Venue, sheets: Mapping[date, DaySheet], revisions: Mapping[date, Revisions]
    ) -> None:
        if self._cache is None:
            return
        for day, sheet in sheets.items():
            allocations: tuple[Allocation, ...] = tuple(sheet.allocations.values())
            await self._cache.set(SHEETS, _key(venue, day, revisions[day]), allocations)

    def _keep(self, key: tuple[VenueId, date], warm: _Warm) -> None:
        self._warm[key] = warm
        self._warm.move_to_end(key)
        while len(self._warm) > MAX_SHEETS:
            self._warm.popitem(last=False)


def _key(venue: Venue, day: date, revisions: Revisions) -> str:
    return sheet_key(venue.id, day, window=sheet_window(venue, day), revisions=revisions)
