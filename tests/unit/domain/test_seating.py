"""Where else a booking could sit at its own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.availability import place
from domain.floor import Allocation, DaySheet, Slot, build_sheet
from domain.seating import free_resources, is_present
from domain.venue import Absence, ResourceId, ServiceId, Venue
from infrastructure.venues.loader import load_venues

DAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TERRAZA = next(v for v in load_venues(None) if v.id == "la-terraza")
CLINIC = next(v for v in load_venues(None) if v.id == "clinica-sonrisa")


def slot(*resources: str, covers: int = 4, at: tuple[int, int] = (20, 0)) -> Slot:
    start = datetime(2026, 11, 27, *at, tzinfo=UTC)
    names = tuple(ResourceId(name) for name in resources)
    return Slot(ServiceId("dinner"), start, start + timedelta(minutes=105), covers, names)


def sheet(*taken: Slot, venue: Venue = TERRAZA) -> DaySheet:
    allocations = [
        Allocation(str(number), place(venue, each).claims, ()) for number, each in enumerate(taken)
    ]
    return build_sheet(venue, DAY, allocations, now=NOW)


def test_the_least_wasteful_free_table_is_taken() -> None:
    assert free_resources(TERRAZA, sheet(slot("T7")), slot("T7")) == ("T8",)


def test_a_table_that_is_free_only_for_a_part_of_the_time_is_not_free() -> None:
    later = slot("T8", at=(21, 0))
    free = free_resources(TERRAZA, sheet(slot("T7"), later), slot("T7"))
    assert free is not None
    assert "T8" not in free


def test_a_time_between_the_usual_starts_is_as_good_as_any() -> None:
    odd = slot("T7", at=(20, 10))
    assert free_resources(TERRAZA, sheet(slot("T7", at=(20, 10))), odd) == ("T8",)


def test_where_every_table_is_taken_there_is_none() -> None:
    every = [slot(table.id) for table in TERRAZA.resources]
    assert free_resources(TERRAZA, sheet(*every), slot("T7")) is None


def test_a_practitioner_who_is_chosen_gets_a_free_room() -> None:
    start = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
    service = CLINIC.services[0]
    dentist = CLINIC.resources[0].id
    wanted = Slot(service.id, start, start + service.turn_time(1), 1, (dentist,))
    free = free_resources(CLINIC, sheet(venue=CLINIC), wanted, among=(dentist,))
    assert free is not None
    assert dentist in free
    assert {CLINIC.resource(each).kind for each in free} == set(service.needs)


@pytest.mark.parametrize(("first_hour", "present"), [(18, False), (23, True)])
def test_a_resource_that_is_away_then_is_not_present(first_hour: int, *, present: bool) -> None:
    begins = datetime(2026, 11, 27, first_hour, 0, tzinfo=UTC)
    absence = Absence(begins, begins + timedelta(hours=4))
    resources = tuple(
        replace(each, absences=(absence,)) if each.id == "T7" else each
        for each in TERRAZA.resources
    )
    assert is_present(replace(TERRAZA, resources=resources), slot("T7")) is present
    assert is_present(replace(TERRAZA, resources=resources), slot("T8"))
