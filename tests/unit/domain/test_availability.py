"""What can be booked, by example and against a search that works it out the slow way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.availability import (
    Refusal,
    RefusalCode,
    Wish,
    check_slot,
    find_slots,
    nearest_alternatives,
    place,
    service_day,
    start_windows,
)
from domain.floor import (
    LAST_MINUTE,
    Charge,
    Claim,
    DaySheet,
    Placement,
    Slot,
    build_sheet,
)
from domain.venue import (
    Absence,
    Closure,
    PacingRule,
    Policy,
    ResourceId,
    ServiceId,
    Venue,
)
from domain.zones import instant_of
from tests.unit.domain import naive
from tests.unit.domain.houses import (
    CHECK_UP,
    DINNER,
    EXTRACTION,
    FRIDAY,
    LA_PAZ,
    LUNCH,
    MADRID,
    MONDAY,
    NINE,
    NOW,
    any_time,
    booked,
    bookings,
    clinic,
    every_day,
    exactly,
    minutes,
    moments,
    restaurant,
    service,
    table,
    venues,
    wishes,
)

PARTY_CODES = {RefusalCode.PARTY_TOO_LARGE, RefusalCode.PARTY_TOO_SMALL}


def empty(venue: Venue, day: date = FRIDAY) -> DaySheet:
    return build_sheet(venue, day, [], now=NOW)


def taken_at(venue: Venue, names: str, *, at: int = NINE, name: str = "b1") -> DaySheet:
    """A Friday on which the named tables are booked at one time."""
    sheet = empty(venue)
    for each in names.split():
        sheet = sheet.add(booked(venue, slot_on(venue, each, at=at), name=f"{name}-{each}"))
    return sheet


def slot_on(venue: Venue, *names: str, at: int = NINE, covers: int = 2) -> Slot:
    start = instant_of(FRIDAY, at, venue.zone)
    length = venue.service(DINNER).turn_time(covers)
    return Slot(DINNER, start, start + length, covers, tuple(ResourceId(name) for name in names))


def code_of(venue: Venue, sheet: DaySheet, wish: Wish, *, now: datetime = NOW) -> str | None:
    refusal = find_slots(venue, sheet, wish, now=now).refusal
    return None if refusal is None else refusal.code


def first_tables(venue: Venue, sheet: DaySheet, wish: Wish) -> tuple[str, ...]:
    return find_slots(venue, sheet, wish, now=NOW).slots[0].resources


def sheet_of(venue: Venue, day: date, taken: Sequence[naive.Taken], now: datetime) -> DaySheet:
    allocations = [
        booked(venue, each.slot, name=each.id, expires_at=each.expires_at) for each in taken
    ]
    return build_sheet(venue, day, allocations, now=now)


def charged(placed: Sequence[Placement]) -> Iterator[tuple[int, int, Charge]]:
    """Covers and parties that each pacing window has taken."""
    charges = [charge for each in placed for charge in each.charges]
    for key in {charge.key for charge in charges}:
        same = [charge for charge in charges if charge.key == key]
        yield sum(charge.covers for charge in same), len(same), same[0]


# --- slots and their order --------------------------------------------------------------------


def test_a_free_wish_comes_first_and_is_not_refused() -> None:
    venue = restaurant()
    found = find_slots(venue, empty(venue), any_time(NINE), now=NOW)
    assert found.refusal is None
    assert found.slots[0].start == instant_of(FRIDAY, NINE, MADRID)


def test_a_slot_lasts_the_turn_time_of_its_party() -> None:
    venue = restaurant()
    pair, four = (
        find_slots(venue, empty(venue), exactly(NINE, covers), now=NOW).slots[0]
        for covers in (2, 4)
    )
    assert pair.end - pair.start == minutes(90)
    assert four.end - four.start == minutes(105)


def test_closeness_to_the_wish_comes_before_a_better_fit() -> None:
    venue = restaurant()
    slots = find_slots(venue, taken_at(venue, "T1 T2"), any_time(NINE), now=NOW).slots
    assert slots[0].start == instant_of(FRIDAY, NINE, MADRID)
    assert slots[0].resources == ("T3",)


def test_the_smallest_table_that_fits_is_offered() -> None:
    venue = restaurant()
    assert first_tables(venue, empty(venue), exactly(NINE, 3)) == ("T3",)
    assert first_tables(venue, empty(venue), exactly(NINE, 5)) == ("T4",)


def test_a_preference_chooses_among_equal_fits_but_excludes_nothing() -> None:
    venue = restaurant()
    wish = exactly(NINE, preferences=frozenset({"terrace"}))
    assert first_tables(venue, empty(venue), wish) == ("T2",)
    assert first_tables(venue, taken_at(venue, "T2"), wish) == ("T1",)


def test_a_required_feature_excludes_what_lacks_it() -> None:
    venue = restaurant()
    wish = exactly(NINE, required=frozenset({"wheelchair"}))
    assert first_tables(venue, empty(venue), wish) == ("T3",)
    assert code_of(venue, taken_at(venue, "T3"), wish) == "no_resource"


def test_a_single_table_is_used_before_tables_are_pushed_together() -> None:
    venue = restaurant()
    assert first_tables(venue, empty(venue), exactly(NINE, 4)) == ("T3",)
    assert first_tables(venue, taken_at(venue, "T3"), exactly(NINE, 4)) == ("T1", "T2")


def test_tables_pushed_together_are_on_the_terrace_only_if_all_of_them_are() -> None:
    venue = restaurant()
    wish = exactly(NINE, 4, required=frozenset({"terrace"}))
    assert code_of(venue, empty(venue), wish) == "no_resource"


def test_a_table_asked_for_by_name_is_the_only_one_offered() -> None:
    venue = restaurant()
    wish = exactly(NINE, 4, resource=ResourceId("T4"))
    assert first_tables(venue, empty(venue), wish) == ("T4",)
    assert code_of(venue, taken_at(venue, "T4"), wish) == "no_resource"


def test_a_table_too_large_is_not_given_by_name_while_a_fitting_one_is_free() -> None:
    venue = restaurant(policy=Policy(max_waste=3))
    wish = exactly(NINE, 2, resource=ResourceId("T4"))
    assert code_of(venue, empty(venue), wish) == "no_resource"
    assert code_of(venue, taken_at(venue, "T1 T2 T3"), wish) is None


def test_a_party_smaller_than_a_table_takes_is_not_put_there() -> None:
    venue = restaurant(resources=(table("T1", 4, min_covers=3), table("T2", 4)), combinations=())
    assert first_tables(venue, empty(venue), exactly(NINE, 2)) == ("T2",)


def test_no_more_slots_than_asked_for() -> None:
    venue = restaurant()
    assert len(find_slots(venue, empty(venue), any_time(NINE), now=NOW, limit=3).slots) == 3


def test_each_start_is_offered_once_even_where_two_services_share_it() -> None:
    brunch = service("brunch", every_day((720, 960)), (12, 60))
    venue = restaurant(services=(*restaurant().services, brunch))
    slots = find_slots(venue, empty(venue), any_time(800), now=NOW, limit=100).slots
    assert max(Counter(slot.start for slot in slots).values()) == 1


def test_a_service_asked_for_is_the_only_one_offered() -> None:
    venue = restaurant()
    slots = find_slots(venue, empty(venue), any_time(NINE, service=LUNCH), now=NOW, limit=99).slots
    assert {slot.service for slot in slots} == {LUNCH}


def test_a_service_the_house_does_not_offer_is_a_mistake() -> None:
    venue = restaurant()
    with pytest.raises(KeyError):
        find_slots(venue, empty(venue), exactly(NINE, service=ServiceId("tea")), now=NOW)


def test_a_sheet_of_another_day_is_a_mistake() -> None:
    venue = restaurant()
    with pytest.raises(ValueError, match="is not one of"):
        find_slots(venue, empty(venue, MONDAY), exactly(NINE), now=NOW)


# --- hours and policy -------------------------------------------------------------------------


def test_half_past_midnight_belongs_to_the_night_before() -> None:
    late = restaurant(services=(service("dinner", every_day((1200, 1590)), (12, 90)),))
    slot = find_slots(late, empty(late), exactly(1470), now=NOW).slots[0]
    assert slot.start.astimezone(MADRID).isoformat() == "2026-11-28T00:30:00+01:00"
    assert service_day(late, slot.start) == FRIDAY


def test_the_whole_turn_must_end_by_closing() -> None:
    venue = restaurant()
    assert code_of(venue, empty(venue), exactly(1380, 2)) is None
    assert code_of(venue, empty(venue), exactly(1395, 2)) == "too_late"


def test_nobody_is_seated_after_last_seating() -> None:
    dinner = service("dinner", every_day((1200, 1470)), (12, 60), last_seating=minutes(120))
    venue = restaurant(services=(dinner,))
    assert code_of(venue, empty(venue), exactly(1350)) is None
    assert code_of(venue, empty(venue), exactly(1365)) == "too_late"


def test_a_late_last_seating_does_not_cut_a_turn_short() -> None:
    dinner = service("dinner", every_day((1200, 1470)), (12, 90), last_seating=minutes(30))
    venue = restaurant(services=(dinner,))
    assert code_of(venue, empty(venue), exactly(1395)) == "too_late"


def test_a_minute_between_two_starts_is_off_the_grid_and_not_closed() -> None:
    venue = restaurant()
    assert code_of(venue, empty(venue), exactly(NINE + 7)) == "off_grid"


def test_a_minute_after_the_last_start_is_too_late_and_not_off_the_grid() -> None:
    venue = restaurant()
    assert code_of(venue, empty(venue), exactly(1380 + 7, 2)) == "too_late"


def test_an_hour_between_two_services_is_closed() -> None:
    venue = restaurant()
    refusal = find_slots(venue, empty(venue), exactly(1080), now=NOW).refusal
    assert refusal == Refusal(RefusalCode.CLOSED, instant_of(FRIDAY, 1080, MADRID))


def test_a_day_without_opening_is_closed_as_a_whole() -> None:
    venue = restaurant(closures=(Closure(FRIDAY, FRIDAY),))
    found = find_slots(venue, empty(venue), any_time(NINE), now=NOW)
    assert found.refusal == Refusal(RefusalCode.CLOSED)
    assert found.slots == ()


@pytest.mark.parametrize(
    ("policy", "now", "code"),
    [
        (Policy(), datetime(2026, 11, 27, 20, 1, tzinfo=UTC), "past"),
        (Policy(), datetime(2026, 11, 27, 20, 0, tzinfo=UTC), "lead_time"),
        (Policy(), datetime(2026, 11, 27, 19, 31, tzinfo=UTC), "lead_time"),
        (Policy(), datetime(2026, 11, 27, 19, 30, tzinfo=UTC), None),
        (Policy(lead_time=timedelta(0)), datetime(2026, 11, 27, 20, 0, tzinfo=UTC), None),
        (Policy(booking_window=timedelta(days=5)), NOW, "too_far"),
        (Policy(booking_window=timedelta(days=6)), NOW, None),
    ],
)
def test_a_start_is_neither_past_nor_too_soon_nor_too_far(
    policy: Policy, now: datetime, code: str | None
) -> None:
    venue = restaurant(policy=policy)
    assert code_of(venue, empty(venue), exactly(NINE), now=now) == code


def test_the_booking_window_ends_with_a_whole_day() -> None:
    venue = restaurant(policy=Policy(booking_window=timedelta(days=6)))
    morning = datetime(2026, 11, 21, 0, 1, tzinfo=MADRID)
    assert code_of(venue, empty(venue), exactly(1380), now=morning) is None


@pytest.mark.parametrize(
    ("covers", "code"), [(9, "party_too_large"), (13, "party_too_large"), (1, "party_too_small")]
)
def test_a_party_that_no_table_may_take_is_told_so(covers: int, code: str) -> None:
    venue = restaurant(policy=Policy(min_party=2))
    found = find_slots(venue, empty(venue), exactly(NINE, covers), now=NOW)
    assert found.refusal == Refusal(RefusalCode(code))


# --- claims, holds and pacing -----------------------------------------------------------------


def test_a_table_is_free_again_when_its_turn_ends() -> None:
    venue = restaurant(resources=(table("T1", 2),), combinations=())
    sheet = taken_at(venue, "T1")
    assert code_of(venue, sheet, exactly(NINE + 75)) == "no_resource"
    assert code_of(venue, sheet, exactly(NINE + 90)) is None
    assert code_of(venue, sheet, exactly(NINE - 45)) == "no_resource"


def test_buffers_of_both_bookings_are_kept_between_them() -> None:
    tables = (table("T1", 2, buffer_before=minutes(5), buffer_after=minutes(10)),)
    venue = restaurant(resources=tables, combinations=())
    sheet = taken_at(venue, "T1")
    assert code_of(venue, sheet, exactly(NINE + 90)) == "no_resource"
    assert code_of(venue, sheet, exactly(NINE + 105)) is None


def test_what_is_only_held_may_come_back_and_is_called_held() -> None:
    venue = restaurant(resources=(table("T1", 2),), combinations=())
    hold = booked(venue, slot_on(venue, "T1"), expires_at=NOW + minutes(10))
    sheet = empty(venue).add(hold)
    assert code_of(venue, sheet, exactly(NINE)) == "held"
    assert code_of(venue, sheet, exactly(NINE), now=NOW + minutes(10)) is None
    both = sheet.add(booked(venue, slot_on(venue, "T1"), name="b2"))
    assert code_of(venue, both, exactly(NINE)) == "no_resource"


def test_a_full_pacing_window_refuses_although_tables_are_free() -> None:
    rule = PacingRule("kitchen", minutes(30), max_covers=4, max_parties=None)
    venue = restaurant(policy=Policy(pacing=(rule,)))
    sheet = taken_at(venue, "T1")
    assert code_of(venue, sheet, exactly(NINE + 15, 3)) == "pacing"
    assert code_of(venue, sheet, exactly(NINE + 15, 2)) is None
    assert code_of(venue, sheet, exactly(NINE + 30, 3)) is None


def test_pacing_counts_parties_too() -> None:
    rule = PacingRule("door", minutes(15), max_parties=1)
    venue = restaurant(policy=Policy(pacing=(rule,)))
    assert code_of(venue, taken_at(venue, "T1"), exactly(NINE)) == "pacing"


def test_pacing_of_one_service_does_not_count_another() -> None:
    rule = PacingRule("lunch-door", minutes(15), max_parties=0, service=LUNCH)
    venue = restaurant(policy=Policy(pacing=(rule,)))
    assert code_of(venue, empty(venue), exactly(NINE)) is None
    assert code_of(venue, empty(venue), exactly(800 - 20)) == "pacing"


def test_no_table_is_said_before_pacing_and_pacing_before_held() -> None:
    rule = PacingRule("kitchen", minutes(30), max_covers=2)
    venue = restaurant(resources=(table("T1", 2),), combinations=(), policy=Policy(pacing=(rule,)))
    hold = booked(venue, slot_on(venue, "T1"), expires_at=NOW + minutes(10))
    assert code_of(venue, empty(venue).add(hold), exactly(NINE)) == "pacing"
    assert code_of(venue, taken_at(venue, "T1"), exactly(NINE)) == "no_resource"


def test_a_guest_who_moves_is_not_in_their_own_way() -> None:
    rule = PacingRule("kitchen", minutes(30), max_parties=1)
    venue = restaurant(resources=(table("T1", 2),), combinations=(), policy=Policy(pacing=(rule,)))
    sheet = taken_at(venue, "T1")
    assert code_of(venue, sheet, exactly(NINE + 15)) == "no_resource"
    assert code_of(venue, sheet, exactly(NINE + 15, moving="b1-T1")) is None


# --- practitioners and rooms ------------------------------------------------------------------


def test_an_appointment_needs_a_practitioner_and_a_room() -> None:
    house = clinic()
    found = find_slots(house, empty(house), exactly(600, 1, service=CHECK_UP), now=NOW)
    assert found.slots[0].resources == ("DR-B", "ROOM-1")


def test_without_a_free_room_a_free_practitioner_is_of_no_use() -> None:
    away = (Absence(datetime(2026, 11, 27, 0, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC)),)
    house = clinic()
    rooms = tuple(
        replace(each, absences=away) if each.id.startswith("ROOM") else each
        for each in house.resources
    )
    house = replace(house, resources=rooms)
    wish = exactly(600, 1, service=CHECK_UP)
    assert code_of(house, empty(house), wish) == "no_resource"


def test_a_practitioner_must_be_there_for_the_whole_appointment() -> None:
    house = clinic()
    wish = any_time(870, 1, service=EXTRACTION, resource=ResourceId("DR-B"))
    slots = find_slots(house, empty(house), wish, now=NOW, limit=99).slots
    assert max(slot.end for slot in slots) == instant_of(FRIDAY, 750, LA_PAZ)


def test_an_absent_practitioner_is_not_offered() -> None:
    house = clinic()
    lunch_on = Absence(instant_of(FRIDAY, 600, LA_PAZ), instant_of(FRIDAY, 1440, LA_PAZ))
    away = replace(house.resource(ResourceId("DRA-A")), absences=(lunch_on,))
    house = replace(house, resources=(away, *house.resources[1:]))
    wish = any_time(600, 1, service=CHECK_UP, resource=ResourceId("DRA-A"))
    slots = find_slots(house, empty(house), wish, now=NOW, limit=99).slots
    assert max(slot.end for slot in slots) == instant_of(FRIDAY, 600, LA_PAZ)


# --- check and place --------------------------------------------------------------------------


def test_what_is_placed_claims_its_resources_with_their_buffers() -> None:
    venue = restaurant(resources=(table("T1", 2, buffer_after=minutes(15)),), combinations=())
    slot = slot_on(venue, "T1")
    first = int(slot.start.timestamp()) // 300
    assert place(venue, slot).claims == (Claim(ResourceId("T1"), first, first + 18 + 3),)


def test_a_start_after_midnight_is_charged_to_the_night_it_belongs_to() -> None:
    rule = PacingRule("kitchen", minutes(60), max_covers=10)
    late = restaurant(
        services=(service("dinner", every_day((1200, 1590)), (12, 60)),),
        policy=Policy(pacing=(rule,)),
    )
    slot = find_slots(late, empty(late), exactly(1485), now=NOW).slots[0]
    (charge,) = place(late, slot).charges
    window = instant_of(FRIDAY, 1440, MADRID)
    assert charge.key == f"kitchen@{int(window.timestamp()) // 300}"
    assert (charge.covers, charge.parties, charge.max_covers) == (2, 1, 10)


def test_a_slot_on_tables_that_are_no_combination_is_refused() -> None:
    venue = restaurant()
    refusal = check_slot(venue, empty(venue), slot_on(venue, "T1", "T3", covers=6), now=NOW)
    assert refusal is not None
    assert refusal.code is RefusalCode.NO_RESOURCE


def test_a_slot_at_the_second_showing_of_a_time_is_no_start() -> None:
    night = service("night", every_day((60, 300)), (12, 30))
    venue = restaurant(services=(night,))
    day = date(2026, 10, 25)
    start = instant_of(day, 150, MADRID, later=True)
    slot = Slot(night.id, start, start + minutes(30), 2, (ResourceId("T1"),))
    refusal = check_slot(venue, empty(venue, day), slot, now=datetime(2026, 10, 20, tzinfo=UTC))
    assert refusal == Refusal(RefusalCode.OFF_GRID, start, night.id)


def test_a_time_that_clocks_skip_is_no_start() -> None:
    venue = restaurant(services=(service("night", every_day((60, 300)), (12, 30)),))
    day = date(2027, 3, 28)
    before = datetime(2027, 3, 20, tzinfo=UTC)
    slots = find_slots(venue, empty(venue, day), any_time(120, day=day), now=before, limit=99).slots
    shown = sorted(slot.start.astimezone(MADRID).strftime("%H:%M") for slot in slots)
    assert shown[3:5] == ["01:45", "03:00"]
    assert code_of(venue, empty(venue, day), exactly(135, day=day), now=before) == "off_grid"


def test_an_offered_slot_still_stands_after_the_house_changed_its_turn_times() -> None:
    venue = restaurant()
    slot = replace(slot_on(venue, "T1"), end=slot_on(venue, "T1").start + minutes(45))
    assert check_slot(venue, empty(venue), slot, now=NOW) is None


# --- alternatives -----------------------------------------------------------------------------


def test_alternatives_are_the_same_service_that_day_by_closeness() -> None:
    venue = restaurant(resources=(table("T1", 2),), combinations=())
    sheets = {FRIDAY: taken_at(venue, "T1", at=NINE)}
    slots = nearest_alternatives(venue, sheets, exactly(NINE, service=DINNER), now=NOW)
    starts = [slot.start.astimezone(MADRID).strftime("%H:%M") for slot in slots]
    assert starts == ["22:30", "22:45", "23:00"]


@pytest.mark.parametrize("service", [DINNER, None])
def test_the_same_meal_on_days_beside_and_another_meal_that_day_are_both_offered(
    service: ServiceId | None,
) -> None:
    venue = restaurant(
        resources=(table("T1", 2),),
        combinations=(),
        closures=(Closure(FRIDAY, FRIDAY, service=DINNER),),
    )
    days = [FRIDAY + timedelta(days=step) for step in (0, 1, -1)]
    sheets = {day: empty(venue, day) for day in days}
    wish = exactly(NINE, service=service)
    slots = nearest_alternatives(venue, sheets, wish, now=NOW)
    assert [slot.service for slot in slots] == [DINNER, DINNER, LUNCH]
    assert {service_day(venue, slot.start) for slot in slots[:2]} == {days[1], days[2]}
    assert service_day(venue, slots[2].start) == FRIDAY


def test_another_meal_that_day_comes_after_the_same_one() -> None:
    venue = restaurant(resources=(table("T1", 2),), combinations=())
    sheets = {FRIDAY: taken_at(venue, "T1", at=NINE)}
    slots = nearest_alternatives(venue, sheets, exactly(NINE), now=NOW, limit=100)
    services_in_order = [slot.service for slot in slots]
    assert services_in_order[0] == DINNER
    assert services_in_order == sorted(services_in_order)
    assert LUNCH in services_in_order


def test_a_check_up_is_no_alternative_to_an_extraction() -> None:
    house = clinic(closures=(Closure(FRIDAY, FRIDAY, service=EXTRACTION),))
    wish = exactly(600, 1, service=EXTRACTION)
    assert nearest_alternatives(house, {FRIDAY: empty(house)}, wish, now=NOW) == ()


def test_the_day_after_at_the_same_hour_is_nearer_than_three_days_on() -> None:
    venue = restaurant(closures=(Closure(FRIDAY, FRIDAY),))
    days = [FRIDAY + timedelta(days=step) for step in (3, 1, 2)]
    sheets = {day: empty(venue, day) for day in days}
    wish = exactly(NINE, service=DINNER)
    slots = nearest_alternatives(venue, sheets, wish, now=NOW)
    assert [service_day(venue, slot.start) for slot in slots] == [days[1]] * 3
    assert slots[0].start == instant_of(days[1], NINE, MADRID)


def test_without_the_dentist_asked_for_another_one_comes_last() -> None:
    house = clinic()
    name = ResourceId("DR-B")
    wish = exactly(960, 1, service=EXTRACTION, resource=name)
    slots = nearest_alternatives(house, {FRIDAY: empty(house)}, wish, now=NOW, limit=99)
    with_name = [name in slot.resources for slot in slots]
    assert with_name[0]
    assert not with_name[-1]
    assert with_name == sorted(with_name, reverse=True)


def test_a_party_is_split_over_two_tables_only_where_the_house_allows_it() -> None:
    tables = (table("T1", 4), table("T2", 3))
    wish = exactly(NINE, 6, service=DINNER)
    strict = restaurant(resources=tables, combinations=())
    assert code_of(strict, empty(strict), wish) == "party_too_large"
    assert nearest_alternatives(strict, {FRIDAY: empty(strict)}, wish, now=NOW) == ()
    lenient = replace(strict, policy=Policy(allow_split=True))
    assert code_of(lenient, empty(lenient), wish) == "no_resource"
    slots = nearest_alternatives(lenient, {FRIDAY: empty(lenient)}, wish, now=NOW)
    assert slots[0].resources == ("T1", "T2")
    assert check_slot(lenient, empty(lenient), slots[0], now=NOW) is None
    assert check_slot(strict, empty(strict), slots[0], now=NOW) is not None


def test_no_start_is_offered_twice_among_alternatives() -> None:
    venue = restaurant(policy=Policy(allow_split=True))
    sheets = {FRIDAY + timedelta(days=n): empty(venue, FRIDAY + timedelta(days=n)) for n in (0, 1)}
    wish = exactly(NINE, 4, service=DINNER, resource=ResourceId("T3"))
    slots = nearest_alternatives(venue, sheets, wish, now=NOW, limit=500)
    assert max(Counter(slot.start for slot in slots).values()) == 1


# --- opening ----------------------------------------------------------------------------------


def test_the_house_is_open_when_one_of_its_services_is() -> None:
    venue = restaurant()
    assert start_windows(venue, FRIDAY) == ((780, 960), (1200, 1470))
    assert start_windows(venue, FRIDAY, LUNCH) == ((780, 960),)


# --- against the slow way ---------------------------------------------------------------------

RANDOM_HOUSES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@settings(RANDOM_HOUSES, max_examples=300)
@given(st.data())
def test_the_search_equals_the_slow_one_on_random_floors(data: st.DataObject) -> None:
    venue, day = data.draw(venues())
    now = data.draw(moments(venue, day))
    taken = data.draw(bookings(venue, day, now))
    wish = data.draw(wishes(venue, day, taken))
    sheet = sheet_of(venue, day, taken, now)

    found = find_slots(venue, sheet, wish, now=now, limit=1000)
    expected = naive.search(venue, wish, taken, now)

    if found.refusal is not None and found.refusal.code in PARTY_CODES:
        assert expected.slots == []
        return
    assert list(found.slots) == expected.slots
    assert [(each.start, each.code) for each in found.refusals] == expected.refusals
    target = min(max(wish.target, wish.earliest), wish.latest)
    on_grid = {
        minute
        for each in venue.services
        if wish.service in (None, each.id)
        for minute, _ in naive.grid_of(venue, each, day)
    }
    if target in on_grid:
        start = naive.first_instant(venue, day, target)
        reasons = dict(expected.refusals)
        assert (None if found.refusal is None else found.refusal.code) == reasons.get(start)
    else:
        assert found.refusal is not None


@RANDOM_HOUSES
@given(st.data())
def test_what_is_offered_can_be_had_and_then_is_offered_no_more(data: st.DataObject) -> None:
    venue, day = data.draw(venues())
    now = data.draw(moments(venue, day))
    taken = data.draw(bookings(venue, day, now))
    wish = replace(data.draw(wishes(venue, day, taken)), moving=None)
    sheet = sheet_of(venue, day, taken, now)
    slots = find_slots(venue, sheet, wish, now=now, limit=1000).slots
    assume(slots)
    slot = data.draw(st.sampled_from(slots))
    assert check_slot(venue, sheet, slot, now=now) is None

    fuller = sheet.add(booked(venue, slot, name="mine"))

    assert check_slot(venue, fuller, slot, now=now) is not None
    assert check_slot(venue, fuller, slot, now=now, moving="mine") is None
    for later in find_slots(venue, fuller, wish, now=now, limit=1000).slots:
        apart = later.end <= slot.start or slot.end <= later.start
        assert apart or not set(later.resources) & set(slot.resources)


@settings(RANDOM_HOUSES, max_examples=60)
@given(st.data())
def test_a_day_filled_slot_by_slot_keeps_every_rule(data: st.DataObject) -> None:
    venue, day = data.draw(venues())
    now = naive.first_instant(venue, day, 0) - timedelta(hours=1)
    sheet = build_sheet(venue, day, [], now=now)
    placed = []
    for number in range(12):
        wish = Wish(day, data.draw(st.integers(1, 4)), 0, LAST_MINUTE, 60 * number)
        for slot in find_slots(venue, sheet, wish, now=now, limit=1).slots:
            placed.append(place(venue, slot))
            sheet = sheet.add(booked(venue, slot, name=str(number)))

    claimed = [
        (c.resource, cell) for p in placed for c in p.claims for cell in range(c.first, c.end)
    ]
    assert len(claimed) == len(set(claimed))
    for covers, parties, charge in charged(placed):
        assert charge.max_covers is None or covers <= charge.max_covers
        assert charge.max_parties is None or parties <= charge.max_parties
    for each in placed:
        assert any(
            naive.first_instant(venue, day, span.start) <= each.slot.start
            and each.slot.end <= naive.first_instant(venue, day, span.end)
            for span in naive.hours_of(venue, venue.service(each.slot.service), day)
        )


@RANDOM_HOUSES
@given(st.data())
def test_a_slot_moves_as_if_it_had_never_been_placed(data: st.DataObject) -> None:
    venue, day = data.draw(venues())
    now = data.draw(moments(venue, day))
    taken = data.draw(bookings(venue, day, now))
    assume(taken)
    mine = data.draw(st.sampled_from(taken))
    wish = replace(data.draw(wishes(venue, day, taken)), moving=mine.id)
    with_mine = sheet_of(venue, day, taken, now)
    without = sheet_of(venue, day, [each for each in taken if each is not mine], now)
    assert find_slots(venue, with_mine, wish, now=now) == find_slots(venue, without, wish, now=now)
