"""Warm day sheets: each process keeps what it has read, and asks the ledger only whether it changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from application.ports.day_sheets import DaySheets
from domain.cells import utc_days_of
from domain.floor import DaySheet, build_sheet, sheet_window
from domain.venue import Venue, VenueId

# About 5 KB each with a full day of bookings; 4,000 are 40 venues with 100 days.
MAX_SHEETS = 4000


@dataclass(frozen=True, slots=True)
class Read:
    """Sheets by service day, and where they came from: `cache` where nothing had to be read."""

    sheets: Mapping[date, DaySheet]
    source: str


@dataclass(frozen=True, slots=True)
class _Warm:
    sheet: DaySheet
    revisions: Mapping[int, int]


class WarmSheets:
    """The sheets of any venue and day, true at the moment of asking.

    The revisions are read before the claims, so a sheet is never older than the revision it is
    filed under; at worst it is read once too often.
    """

    def __init__(self, day_sheets: DaySheets) -> None:
        self._day_sheets = day_sheets
        self._warm: OrderedDict[tuple[VenueId, date], _Warm] = OrderedDict()

    async def read(self, venue: Venue, days: Iterable[date], *, now: datetime) -> Read:
        wanted = sorted(set(days))
        touched = {day: tuple(utc_days_of(*sheet_window(venue, day))) for day in wanted}
        every = {utc_day for utc_days in touched.values() for utc_day in utc_days}
        revisions = await self._day_sheets.revisions(venue=venue.id, utc_days=sorted(every))
        sheets: dict[date, DaySheet] = {}
        stale: list[date] = []
        for day in wanted:
            current = {utc_day: revisions.get(utc_day, 0) for utc_day in touched[day]}
            warm = self._warm.get((venue.id, day))
            if warm is not None and warm.revisions == current:
                sheets[day] = warm.sheet.as_of(now)
                self._warm.move_to_end((venue.id, day))
            else:
                stale.append(day)
        for day, sheet in (await self._load(venue, stale, now=now)).items():
            current = {utc_day: revisions.get(utc_day, 0) for utc_day in touched[day]}
            self._keep((venue.id, day), _Warm(sheet, current))
            sheets[day] = sheet
        return Read(sheets, "ledger" if stale else "cache")

    async def _load(
        self, venue: Venue, days: Sequence[date], *, now: datetime
    ) -> Mapping[date, DaySheet]:
        if not days:
            return {}
        windows = [sheet_window(venue, day) for day in days]
        allocations = await self._day_sheets.allocations(
            venue=venue.id,
            first_cell=min(first for first, _ in windows),
            end_cell=max(end for _, end in windows),
            now=now,
        )
        return {day: build_sheet(venue, day, allocations, now=now) for day in days}

    def _keep(self, key: tuple[VenueId, date], warm: _Warm) -> None:
        self._warm[key] = warm
        self._warm.move_to_end(key)
        while len(self._warm) > MAX_SHEETS:
            self._warm.popitem(last=False)
