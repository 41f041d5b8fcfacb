"""Warm day sheets: each process keeps what it has read, and asks the ledger only whether it changed.

What one process has read, others find in the cache, under a key that holds the revisions it was read
at: there it can be missing, but never wrong.
"""

from __future__ import annotations

import asyncio
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
    """Sheets by service day, and where they came from: `ledger` where claims had to be read there or
    its revisions alone said that there are none, else `cache`."""

    sheets: Mapping[date, DaySheet]
    source: str


@dataclass(frozen=True, slots=True)
class _Warm:
    sheet: DaySheet
    revisions: Revisions


class WarmSheets:
    """The sheets of any venue and day, true at the moment of asking.

    The revisions are read before the claims, so a sheet is never older than the revision it is
    filed under; at worst it is read once too often. Of those who want the same sheet at the same
    revision at once, one reads it for all: nothing had changed when the last of them asked.
    """

    def __init__(self, day_sheets: DaySheets, cache: Cache | None = None) -> None:
        self._day_sheets = day_sheets
        self._cache = cache
        self._warm: OrderedDict[tuple[VenueId, date], _Warm] = OrderedDict()
        self._reading: dict[str, asyncio.Task[Read]] = {}
        self._sharing: set[asyncio.Task[None]] = set()

    async def read(self, venue: Venue, days: Iterable[date], *, now: datetime) -> Read:
        current = await self._current(venue, sorted(set(days)))
        sheets: dict[date, DaySheet] = {}
        for day, revisions in current.items():
            warm = self._warm.get((venue.id, day))
            if warm is not None and warm.revisions == revisions:
                sheets[day] = warm.sheet.as_of(now)
                self._warm.move_to_end((venue.id, day))
        stale = {day: each for day, each in current.items() if day not in sheets}
        if not stale:
            return Read(sheets, "cache")
        found = await self._read_together(venue, stale, now=now)
        return Read({**sheets, **found.sheets}, found.source)

    async def aclose(self) -> None:
        """End what still runs for nobody."""
        left = [*self._reading.values(), *self._sharing]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _read_together(
        self, venue: Venue, stale: Mapping[date, Revisions], *, now: datetime
    ) -> Read:
        """What others are reading already is waited for, the rest is read at once."""
        keys = {day: _key(venue, day, revisions) for day, revisions in stale.items()}
        alone = {day: stale[day] for day, key in keys.items() if key not in self._reading}
        if alone:
            task = asyncio.create_task(self._read(venue, alone, now=now))
            for day in alone:
                self._reading[keys[day]] = task
            task.add_done_callback(lambda _: self._have_read(keys[day] for day in alone))
        tasks = {day: self._reading[key] for day, key in keys.items()}
        different = tuple(dict.fromkeys(tasks.values()))
        # Whoever gives up leaves the others their reading.
        found = await asyncio.gather(*map(asyncio.shield, different))
        reads = dict(zip(different, found, strict=True))
        is_from_ledger = any(each.source == "ledger" for each in found)
        return Read(
            {day: reads[task].sheets[day].as_of(now) for day, task in tasks.items()},
            "ledger" if is_from_ledger else "cache",
        )

    def _have_read(self, keys: Iterable[str]) -> None:
        for key in keys:
            del self._reading[key]

    async def _read(self, venue: Venue, stale: Mapping[date, Revisions], *, now: datetime) -> Read:
        kept = await self._from_cache(venue, stale, now=now)
        claimed = [day for day, each in stale.items() if any(each.values())]
        unread = [day for day in claimed if day not in kept]
        empty = {day: build_sheet(venue, day, (), now=now) for day in stale if day not in claimed}
        read = await self._from_ledger(venue, {day: stale[day] for day in unread}, now=now)
        sheets = {**empty, **kept, **read}
        for day, sheet in sheets.items():
            self._keep((venue.id, day), _Warm(sheet, stale[day]))
        return Read(sheets, "cache" if kept and not unread else "ledger")

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
        """What some process has read at this revision."""
        keys = {_key(venue, day, each): day for day, each in wanted.items() if any(each.values())}
        if self._cache is None or not keys:
            return {}
        kept = await self._cache.get_many(SHEETS, list(keys))
        return {
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
        if self._cache is not None:
            # Others may wait for it, the guest does not.
            sharing = asyncio.create_task(_share(self._cache, venue, sheets, wanted))
            self._sharing.add(sharing)
            sharing.add_done_callback(self._sharing.discard)
        return sheets

    def _keep(self, key: tuple[VenueId, date], warm: _Warm) -> None:
        self._warm[key] = warm
        self._warm.move_to_end(key)
        while len(self._warm) > MAX_SHEETS:
            self._warm.popitem(last=False)


async def _share(
    cache: Cache, venue: Venue, sheets: Mapping[date, DaySheet], revisions: Mapping[date, Revisions]
) -> None:
    for day, sheet in sheets.items():
        allocations: tuple[Allocation, ...] = tuple(sheet.allocations.values())
        await cache.set(SHEETS, _key(venue, day, revisions[day]), allocations)


def _key(venue: Venue, day: date, revisions: Revisions) -> str:
    return sheet_key(venue.id, day, window=sheet_window(venue, day), revisions=revisions)
