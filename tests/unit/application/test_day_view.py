"""What staff see of a day, made from its sheet and bookings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from application.day_view import DayView, day_view
from domain.availability import place
from domain.booking import Booking, BookingCode, BookingId, BookingStatus, PartySize
from domain.floor import Allocation, Slot, build_sheet
from domain.guest import Guest
from domain.venue import (
    Absence,
    Closure,
    Interval,
    PacingRule,
    Policy,
    Resource,
    ResourceId,
    Venue,
    WeeklyHours,
)
from domain.zones import instant_of
from tests.unit.domain.houses import DINNER, FRIDAY, LUNCH, MADRID, NOW, minutes
from tests.unit.domain.houses import restaurant as any_restaurant

EXPIRY = NOW + minutes(10)
KITCHEN = PacingRule("kitchen", minutes(30), max_covers=24, max_parties=8)


def restaurant() -> Venue:
    return any_restaurant(policy=Policy(pacing=(KITCHEN,)))


def at(wall: str, day: date = FRIDAY) -> datetime:
    """24:30 is half past twelve in the night."""
    hours, minute = wall.split(":")
    return instant_of(day, int(hours) * 60 + int(minute), MADRID)


def booking(start: str, end: str, *tables: str, code: str = "7K29MAXY4", **own: Any) -> Booking:
    return Booking(
        id=BookingId(code),
        code=BookingCode(code),
        venue=restaurant().id,
        service=DINNER,
        start=at(start),
        end=at(end),
        party_size=PartySize(2),
        resources=tuple(ResourceId(each) for each in tables),
        status=own.pop("status", BookingStatus.CONFIRMED),
        guest=Guest("g", name="Laura Gil"),
        created_at=NOW,
        **own,
    )


def claimed(venue: Venue, each: Booking, *, held: bool = False) -> Allocation:
    slot = Slot(each.service, each.start, each.end, each.party_size.covers, each.resources)
    placed = place(venue, slot)
    return Allocation(
        id="h1" if held else each.id,
        claims=placed.claims,
        charges=placed.charges,
        expires_at=EXPIRY if held else None,
        booking=None if held else each.code,
    )


def view(
    venue: Venue,
    *bookings: Booking,
    holds: tuple[Booking, ...] = (),
    day: date = FRIDAY,
    now: datetime = NOW,
) -> DayView:
    allocations = [claimed(venue, each) for each in bookings if each.is_live]
    allocations += [claimed(venue, each, held=True) for each in holds]
    return day_view(venue, build_sheet(venue, day, allocations, now=NOW), bookings, now=now)


def with_first_table(venue: Venue, **own: Any) -> Venue:
    first, *rest = venue.resources
    return replace(venue, resources=(replace(first, **own), *rest))


def first_table(venue: Venue) -> Resource:
    return venue.resources[0]


def test_a_day_spans_the_full_hours_around_its_openings() -> None:
    venue = restaurant()
    shown = view(venue)
    assert shown.start <= min(each.start for each in shown.openings)
    assert shown.end >= max(each.end for each in shown.openings)
    for edge in (shown.start, shown.end):
        assert edge.astimezone(MADRID).minute == 0
    assert shown.end - shown.start < timedelta(hours=24)


def test_a_booking_outside_the_hours_widens_the_day() -> None:
    venue = restaurant()
    table = first_table(venue).id
    shown = view(venue, booking("9:15", "10:45", table))
    assert shown.start == at("9:00")


def test_a_closed_day_without_bookings_still_has_hours_to_show() -> None:
    venue = replace(restaurant(), closures=(Closure(FRIDAY, FRIDAY, "obras"),))
    shown = view(venue)
    assert shown.openings == ()
    assert shown.start < shown.end
    assert [(each.service, each.reason) for each in shown.closed] == [(None, "obras")]


def test_a_closure_of_another_day_is_not_shown() -> None:
    tomorrow = FRIDAY + timedelta(days=1)
    assert view(replace(restaurant(), closures=(Closure(tomorrow, tomorrow),))).closed == ()


def test_a_service_that_is_closed_is_named() -> None:
    venue = replace(restaurant(), closures=(Closure(FRIDAY, FRIDAY, "boda", LUNCH),))
    shown = view(venue)
    assert [each.service for each in shown.closed] == [LUNCH]
    assert {each.service for each in shown.openings} == {DINNER}


def test_a_hold_is_shown_without_its_buffers_and_with_its_end() -> None:
    venue = with_first_table(restaurant(), buffer_after=minutes(15))
    table = first_table(venue).id
    shown = view(venue, holds=(booking("21:00", "22:30", table),))
    (held,) = shown.holds
    assert (held.start, held.end) == (at("21:00"), at("22:30"))
    assert (held.resources, held.covers, held.expires_at) == ((table,), 2, EXPIRY)
    (buffer,) = shown.buffers
    assert (buffer.start, buffer.end, buffer.booking) == (at("22:30"), at("22:45"), None)


def test_a_lapsed_hold_is_not_shown() -> None:
    venue = restaurant()
    held = booking("21:00", "22:30", first_table(venue).id)
    assert view(venue, holds=(held,), now=EXPIRY).holds == ()


def test_the_buffers_of_a_booking_are_shown_on_both_sides() -> None:
    venue = with_first_table(restaurant(), buffer_before=minutes(10), buffer_after=minutes(15))
    table = first_table(venue).id
    shown = view(venue, booking("21:00", "22:30", table))
    spans = sorted((each.start, each.end) for each in shown.buffers)
    assert spans == [(at("20:50"), at("21:00")), (at("22:30"), at("22:45"))]
    assert {each.booking for each in shown.buffers} == {"7K29MAXY4"}


def test_a_cancelled_booking_has_no_buffers() -> None:
    venue = with_first_table(restaurant(), buffer_after=minutes(15))
    gone = booking("21:00", "22:30", first_table(venue).id, status=BookingStatus.CANCELLED)
    assert view(venue, gone).buffers == ()


def test_an_absence_is_shown_as_far_as_the_day_is() -> None:
    away = Absence(at("21:00"), at("60:00"))
    venue = with_first_table(restaurant(), absences=(away,))
    shown = view(venue)
    (gap,) = shown.away
    assert (gap.resource, gap.start, gap.end) == (first_table(venue).id, at("21:00"), shown.end)


def test_outside_its_own_hours_a_resource_is_away() -> None:
    own = WeeklyHours({FRIDAY.isoweekday(): (Interval(20 * 60, 22 * 60),)})
    venue = with_first_table(restaurant(), hours=own)
    shown = view(venue)
    assert [(each.start, each.end) for each in shown.away] == [
        (shown.start, at("20:00")),
        (at("22:00"), shown.end),
    ]


def test_pacing_counts_bookings_and_holds_in_their_window() -> None:
    venue = restaurant()
    one, other = (each.id for each in venue.resources[:2])
    shown = view(venue, booking("21:00", "22:30", one), holds=(booking("21:00", "22:30", other),))
    (used,) = [each for each in shown.pacing if each.covers]
    assert used.start <= at("21:00") < used.end
    assert (used.covers, used.parties) == (4, 2)
    assert (used.max_covers, used.max_parties) == (24, 8)
    assert len({(each.rule, each.start) for each in shown.pacing}) == len(shown.pacing)


def test_every_pacing_window_of_the_openings_is_shown_and_no_other() -> None:
    venue = restaurant()
    shown = view(venue)
    for each in shown.pacing:
        assert any(each.start < o.end and o.start < each.end for o in shown.openings)
    assert len(shown.pacing) == 6 + 9  # half hours of lunch and of dinner
    assert list(shown.pacing) == sorted(shown.pacing, key=lambda each: each.start)


def test_on_the_night_clocks_go_back_the_day_is_an_hour_longer() -> None:
    night = date(2026, 10, 24)
    hours = WeeklyHours({day: (Interval(20 * 60, 28 * 60),) for day in range(1, 8)})
    venue = restaurant()
    dinner = replace(venue.service(DINNER), hours=hours)
    late = replace(venue, services=(dinner,), resources=venue.resources)
    shown = view(late, day=night, now=at("12:00", night))
    assert shown.end - shown.start == timedelta(hours=9)
