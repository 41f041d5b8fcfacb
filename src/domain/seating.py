"""Where else a booking could sit at its own time: used when staff give its place to somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from domain.availability import place, service_day
from domain.cells import cells_mask
from domain.floor import Claim, DaySheet, Slot, Unit, sheet_window, units_of
from domain.starts import hours_away
from domain.venue import ResourceId, Venue


def free_resources(
    venue: Venue, sheet: DaySheet, slot: Slot, *, among: tuple[ResourceId, ...] = ()
) -> tuple[ResourceId, ...] | None:
    """The best resources that are free for all of a slot, whatever it says itself; None for none.

    `among`: resources that must be part of them. The slot may begin between the usual starts and
    outside opening hours: staff decide about that. Its own allocation must not be on the sheet.
    """
    for unit in _fitting(venue, slot, among):
        moved = replace(slot, resources=unit.resources)
        if all(_is_free(venue, sheet, claim) for claim in place(venue, moved).claims):
            return unit.resources
    return None


def is_present(venue: Venue, slot: Slot) -> bool:
    """Whether every resource of a slot is there then, by its working hours and absences."""
    first, end = sheet_window(venue, service_day(venue, slot.start))
    day = service_day(venue, slot.start)
    claims = {claim.resource: claim for claim in place(venue, slot).claims}
    return not any(
        hours_away(venue, day, venue.resource(name), first, end) & _bits(claims[name], first)
        for name in slot.resources
    )


def _fitting(venue: Venue, slot: Slot, among: tuple[ResourceId, ...]) -> Iterator[Unit]:
    """Units that seat the party, the least wasteful first."""
    needed = set(among)
    units = [
        unit
        for unit in units_of(venue, slot.service)
        if unit.seats_party(slot.covers) and needed <= set(unit.resources)
    ]
    yield from sorted(units, key=lambda u: (u.max_covers, len(u.seats), u.size, u.resources))


def _is_free(venue: Venue, sheet: DaySheet, claim: Claim) -> bool:
    bits = _bits(claim, sheet.first_cell)
    away = hours_away(
        venue,
        sheet.day,
        venue.resource(claim.resource),
        sheet.first_cell,
        sheet.first_cell + sheet.cells,
    )
    return not (sheet.busy.get(claim.resource, 0) | away) & bits


def _bits(claim: Claim, first_cell: int) -> int:
    return cells_mask(max(claim.first - first_cell, 0), max(claim.end - first_cell, 0))
