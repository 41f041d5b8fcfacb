"""Venues as rows that staff keep: there and back, and what a broken row does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.hours import open_intervals
from domain.venue import Interval, ResourceId, ServiceId, Venue
from infrastructure.airtable.rows import rows_from_json, rows_to_json
from infrastructure.airtable.tables import (
    BY_KEY,
    CHECK,
    DAY,
    LINKS,
    NUMBER,
    SELECT,
    SELECTS,
)
from infrastructure.airtable.venues import HouseReading, RowProblem, read_venues
from infrastructure.venues.assembly import venue_of
from infrastructure.venues.files import FollowUpEntry, VenueFile
from infrastructure.venues.loader import load_venues
from tests.support.base_rows import Rows, edited, rows_of_files, sample_rows, with_row

YEAR = 2026
FRIDAY = date(2026, 11, 27)
DINNER, LUNCH = ServiceId("dinner"), ServiceId("lunch")
TERRAZA = "rec/la-terraza"
SONRISA = "rec/clinica-sonrisa"


def read(rows: Rows, before: Rows | None = None) -> HouseReading:
    return read_venues(rows, year=YEAR, before=before)


def venue(reading: HouseReading, id_: str) -> Venue:
    return next(each for each in reading.venues if each.id == id_)


def terraza(reading: HouseReading) -> Venue:
    return venue(reading, "la-terraza")


def only(problems: Sequence[RowProblem]) -> RowProblem:
    assert len(problems) == 1, problems
    return problems[0]


def hours_row(rows: Rows, service: str) -> str:
    """The id of the row with a service's weekly hours."""
    return next(
        row.id
        for row in rows["hours"]
        if row.cells.get("service") == (f"{TERRAZA}/services/{service}",)
        and "weekdays" in row.cells
    )


# --- there and back ------------------------------------------------------------------------------


def test_both_samples_read_back_from_their_rows_as_equal_venues() -> None:
    reading = read(sample_rows())
    assert reading.problems == ()
    assert reading.venues == load_venues(today=date(YEAR, 1, 1))


def test_a_house_with_rare_settings_and_a_bar_reads_back_as_an_equal_venue() -> None:
    file = VenueFile.model_validate(
        {
            "id": "bar",
            "name": "Bar",
            "kind": "restaurant",
            "zone": "Europe/Oslo",
            "languages": ["en"],
            "country": "NO",
            "currency": "NOK",
            "formal": False,
            "policy": {
                "lead_time": "0m",
                "booking_window": "36h",
                "hold_time": "7m",
                "max_party": 4,
                "confirm": "implicit",
                "allow_split": "true",
                "max_waste": 2,
                "follow_up": {
                    "reminders": ["36h", "90m"],
                    "no_answer": "cancel",
                    "quiet": "23:30-07:00",
                },
                "waitlist": {"enabled": "false", "order": "largest", "answer_time": "45m"},
                "pacing": [{"id": "door", "window": "15m", "parties": 3, "service": "night"}],
            },
            "services": [
                {
                    "id": "night",
                    "names": {"en": "night"},
                    "hours": {"fri": "20:00-02:00", "sat": "12:00-16:00, 20:00-02:00"},
                    "turn_times": {"2": "90m", "4": "2h"},
                    "price": "12.50",
                    "needs": ["table"],
                },
                {
                    "id": "day",
                    "names": {"en": "day"},
                    "hours": {"fri": "9:00-12:00"},
                    "turn_times": "1h",
                },
            ],
            "tables": [
                {
                    "id": "BAR",
                    "seats": 4,
                    "shared": "true",
                    "area": "inside",
                    "services": ["night"],
                },
                {
                    "id": "T1",
                    "seats": 4,
                    "min_party": 2,
                    "buffer_before": "5m",
                    "hours": {},
                    "absences": [{"from": "2026-12-01 14:00", "to": "2026-12-02 12:00"}],
                },
            ],
            "special_hours": [{"day": "2026-12-30", "hours": "closed"}],
            "closures": [{"from": "2026-12-24", "to": "2026-12-26", "reason": "Yule"}],
        }
    )
    for each in (file, silent(file)):
        reading = read(rows_of_files([each]))
        assert reading.problems == ()
        assert reading.venues == (venue_of(each, year=YEAR),)


def silent(file: VenueFile) -> VenueFile:
    """The same house, which reminds of nothing and writes at any hour."""
    follow_up = FollowUpEntry.model_validate({"reminders": [], "quiet": "none"})
    return file.model_copy(
        update={"policy": file.policy.model_copy(update={"follow_up": follow_up})}
    )


def test_the_order_in_which_airtable_lists_rows_does_not_matter() -> None:
    rows = sample_rows()
    backwards = {table: tuple(reversed(some)) for table, some in rows.items()}
    assert read(backwards).venues == read(rows).venues


def test_rows_in_force_survive_being_kept_as_json() -> None:
    reading = read(sample_rows())
    kept = rows_from_json(json.loads(json.dumps(rows_to_json(reading.rows))))
    assert kept == dict(reading.rows)
    assert read(kept).venues == reading.venues


# --- what staff write ----------------------------------------------------------------------------


def test_a_service_without_hours_of_its_own_has_those_of_the_house() -> None:
    rows = edited(
        sample_rows("la-terraza"), "hours", hours_row(sample_rows(), "lunch"), service=None
    )
    reading = read(rows)
    assert reading.problems == ()
    assert open_intervals(terraza(reading), FRIDAY, LUNCH) == (Interval(780, 960),)
    assert open_intervals(terraza(reading), FRIDAY, DINNER) == (Interval(1200, 1470),)


def test_a_row_without_a_venue_belongs_to_the_only_one_and_to_none_of_two() -> None:
    new = {"reason": "Obras", "first": "2026-12-01"}
    alone = read(with_row(sample_rows("la-terraza"), "closures", "new", **new))
    assert alone.problems == ()
    assert any(closure.reason == "Obras" for closure in terraza(alone).closures)
    problem = only(read(with_row(sample_rows(), "closures", "new", **new)).problems)
    assert (problem.row, problem.column, problem.repair) == ("Obras", "venue", "choose the venue")


def test_an_empty_row_is_nothing() -> None:
    rows = sample_rows()
    for table in rows:
        rows = with_row(rows, table, f"empty-{table}")
    reading = read(rows)
    assert reading.problems == ()
    assert reading.venues == read(sample_rows()).venues


def test_a_table_that_is_not_active_is_known_but_not_offered() -> None:
    rows = edited(sample_rows("la-terraza"), "resources", f"{TERRAZA}/resources/T7", active=None)
    reading = read(rows)
    assert reading.problems == ()
    house = terraza(reading)
    assert house.resource(ResourceId("T7")).absences
    assert house.resource(ResourceId("T8")).absences == ()


def test_a_service_that_is_not_active_is_known_but_never_open() -> None:
    rows = edited(sample_rows("la-terraza"), "services", f"{TERRAZA}/services/lunch", active=None)
    rows = with_row(rows, "hours", "all", day="2026-12-30", opens="12:00", closes="17:00")
    house = terraza(read(rows))
    assert open_intervals(house, FRIDAY, LUNCH) == ()
    assert open_intervals(house, date(2026, 12, 30), LUNCH) == ()
    assert open_intervals(house, date(2026, 12, 30), DINNER) == (Interval(720, 1020),)


def test_a_table_that_is_taken_out_of_use_and_emptied_is_still_known() -> None:
    good = read(sample_rows("la-terraza"))
    t7 = f"{TERRAZA}/resources/T7"
    rows = edited(sample_rows("la-terraza"), "resources", t7, active=None, seats=None)
    reading = read(rows, dict(good.rows))
    assert reading.problems == ()
    table = terraza(reading).resource(ResourceId("T7"))
    assert (table.max_covers, len(table.absences)) == (4, 1)


def test_the_order_is_the_one_that_staff_number() -> None:
    t1 = f"{TERRAZA}/resources/T1"
    rows = edited(sample_rows("la-terraza"), "resources", t1, position=25)
    keys = [each.id for each in terraza(read(rows)).resources]
    assert keys[:3] == ["T2", "T1", "T3"]


def test_an_unfinished_row_is_silent_until_it_is_made_active() -> None:
    rows = with_row(sample_rows("la-terraza"), "resources", "new", name="Mesa 13")
    assert read(rows).problems == ()
    problem = only(read(edited(rows, "resources", "new", active=True)).problems)
    assert (problem.table, problem.row, problem.column) == ("resources", "Mesa 13", "kind")


# --- broken rows ---------------------------------------------------------------------------------

BROKEN: list[tuple[str, str, dict[str, Any], str]] = [
    ("venues", TERRAZA + "/venues/la-terraza", {"zone": "Madrid"}, "zone"),
    ("venues", TERRAZA + "/venues/la-terraza", {"zone": None}, "zone"),
    ("venues", TERRAZA + "/venues/la-terraza", {"country": "Spain"}, "country"),
    ("venues", TERRAZA + "/venues/la-terraza", {"kind": "Bar"}, "kind"),
    ("venues", TERRAZA + "/venues/la-terraza", {"max_party": 2.5}, "max_party"),
    ("venues", TERRAZA + "/venues/la-terraza", {"settings": "policy: {hold: 5m}"}, "settings"),
    (
        "venues",
        TERRAZA + "/venues/la-terraza",
        {"settings": "policy: {follow_up: {quiet: at night}}"},
        "settings",
    ),
    ("venues", TERRAZA + "/venues/la-terraza", {"settings": "policy: ["}, "settings"),
    ("venues", TERRAZA + "/venues/la-terraza", {"settings": "tables: []"}, "settings"),
    ("venues", TERRAZA + "/venues/la-terraza", {"subdivision": "XX"}, "subdivision"),
    ("services", TERRAZA + "/services/dinner", {"turn_times": "2: 75; four: 90"}, "turn_times"),
    ("services", TERRAZA + "/services/dinner", {"turn_times": None}, "minutes"),
    ("services", TERRAZA + "/services/dinner", {"names": "dinner"}, "names"),
    ("services", TERRAZA + "/services/dinner", {"names": None}, "names"),
    ("services", TERRAZA + "/services/dinner", {"slot_interval": 7}, "slot_interval"),
    ("resources", TERRAZA + "/resources/T4", {"seats": None}, "seats"),
    ("resources", TERRAZA + "/resources/T4", {"min_party": 5}, "min_party"),
    ("resources", TERRAZA + "/resources/T4", {"buffer_after": 500}, "buffer_after"),
    ("resources", TERRAZA + "/resources/T4", {"kind": "Sofa"}, "kind"),
    ("resources", SONRISA + "/resources/DR-QUISPE", {"services": (TERRAZA,)}, "services"),
    ("hours", TERRAZA + "/hours/0", {"day": "2026-12-30"}, "day"),
    ("hours", TERRAZA + "/hours/0", {"weekdays": None}, "weekdays"),
    ("closures", TERRAZA + "/closures/0", {"last": "2026-12-01"}, "last"),
    ("closures", TERRAZA + "/closures/0", {"starts": "14:00"}, "starts"),
]


@pytest.mark.parametrize(("table", "id_", "cells", "column"), BROKEN)
def test_a_broken_row_stays_as_it_last_was_and_says_what_to_type(
    table: str, id_: str, cells: dict[str, Any], column: str
) -> None:
    good = read(sample_rows())
    reading = read(edited(sample_rows(), table, id_, **cells), dict(good.rows))
    assert reading.venues == good.venues
    assert dict(reading.rows) == dict(good.rows)
    problem = only(reading.problems)
    assert (problem.table, problem.record, problem.column) == (table, id_, column)
    assert problem.wrong
    assert problem.repair


def test_without_a_last_good_row_a_venue_with_a_broken_zone_is_left_out_and_the_other_is_not() -> (
    None
):
    rows = edited(sample_rows(), "venues", f"{TERRAZA}/venues/la-terraza", zone="Madrid")
    reading = read(rows)
    assert [each.id for each in reading.venues] == ["clinica-sonrisa"]
    assert only(reading.problems).wrong == "'Madrid' is not a time zone such as Europe/Madrid"


@pytest.mark.parametrize("typed", ["2", "20", "20:", "20:0", "25:00", "20:03", "eight"])
def test_hours_that_are_being_typed_do_not_close_the_house(typed: str) -> None:
    good = read(sample_rows("la-terraza"))
    rows = edited(
        sample_rows("la-terraza"), "hours", hours_row(sample_rows(), "dinner"), opens=typed
    )
    reading = read(rows, dict(good.rows))
    assert reading.venues == good.venues
    assert only(reading.problems).column == "opens"


def test_a_closure_without_a_day_is_skipped_and_the_others_count() -> None:
    rows = with_row(
        sample_rows("la-terraza"),
        "closures",
        "new",
        reason="Obras",
        venue=(f"{TERRAZA}/venues/la-terraza",),
    )
    reading = read(rows)
    assert reading.venues == read(sample_rows("la-terraza")).venues
    problem = only(reading.problems)
    assert (problem.row, problem.column, problem.wrong) == ("Obras", "first", "is empty")


def test_an_answer_that_lacks_a_language_is_left_out() -> None:
    rows = with_row(sample_rows("la-terraza"), "questions", "new", topic="piano", text="Sí, hay.")
    reading = read(rows)
    assert "piano" not in {each.topic for each in terraza(reading).answers}
    assert only(reading.problems).wrong == "piano has no answer in 'en'"
    rows = with_row(rows, "questions", "english", topic="piano", language="en", text="Yes.")
    answers = {each.topic: each.text for each in terraza(read(rows)).answers}
    assert answers["piano"] == {"es": "Sí, hay.", "en": "Yes."}


def test_a_practitioner_whose_own_hours_cannot_be_read_is_never_there_rather_than_always() -> None:
    rows = sample_rows("clinica-sonrisa")
    own = f"{SONRISA}/resources/DRA-ROJAS"
    for row in rows["hours"]:
        if row.cells.get("resource") == (own,):
            rows = edited(rows, "hours", row.id, opens="mañana")
    house = venue(read(rows), "clinica-sonrisa")
    hours = house.resource(ResourceId("DRA-ROJAS")).hours
    assert hours is not None
    assert hours.by_weekday == {}


def test_a_copied_row_with_the_same_key_does_not_replace_the_original() -> None:
    rows = sample_rows("la-terraza")
    original = next(row for row in rows["resources"] if row.id.endswith("/T4"))
    reading = read(with_row(rows, "resources", "copy", **{**original.cells, "seats": 9}))
    assert reading.venues == read(rows).venues
    problem = only(reading.problems)
    assert (problem.record, problem.wrong) == ("copy", "T4 is the key of Mesa 4 too")


def test_a_row_in_use_keeps_its_key_whatever_is_typed() -> None:
    good = read(sample_rows("la-terraza"))
    rows = edited(sample_rows("la-terraza"), "resources", f"{TERRAZA}/resources/T4", key="X")
    reading = read(rows, dict(good.rows))
    assert reading.venues == good.venues
    assert only(reading.problems).repair == "type T4 again"


def test_overlapping_hours_of_one_day_count_once_and_are_told() -> None:
    rows = with_row(
        sample_rows("la-terraza"),
        "hours",
        "new",
        name="Cena larga",
        service=(f"{TERRAZA}/services/dinner",),
        weekdays=("fri",),
        opens="19:00",
        closes="23:00",
    )
    reading = read(rows)
    assert reading.venues == read(sample_rows("la-terraza")).venues
    assert only(reading.problems).wrong == "overlaps with another row of that day"


def test_a_broken_table_takes_its_combinations_along_and_nothing_else() -> None:
    rows = edited(sample_rows("la-terraza"), "resources", f"{TERRAZA}/resources/T1", seats=None)
    reading = read(rows)
    house = terraza(reading)
    assert len(house.resources) == 11
    assert len(house.combinations) == 7
    assert {problem.column for problem in reading.problems} == {"seats", "settings"}


def test_rows_that_no_longer_fit_together_leave_the_venue_as_it_was() -> None:
    good = read(sample_rows("clinica-sonrisa"))
    rows = sample_rows("clinica-sonrisa")
    only_kept = tuple(row for row in rows["resources"] if "DRA-ROJAS" not in row.id)
    only_kept = tuple(row for row in only_kept if "DR-QUISPE" not in row.id)
    reading = read({**rows, "resources": only_kept}, dict(good.rows))
    assert reading.venues == good.venues
    assert dict(reading.rows) == dict(good.rows)
    assert only(reading.problems).wrong == (
        "extraction nothing here can serve it: it needs a practitioner and a room"
    )


def test_a_venue_that_stays_as_it_was_does_not_hold_another_back() -> None:
    good = read(sample_rows())
    lunch = f"{TERRAZA}/services/lunch"
    rows = edited(sample_rows(), "services", lunch, names="en: midday meal", minutes=60)
    rows = edited(rows, "venues", f"{TERRAZA}/venues/la-terraza", name="La Terraza Nueva")
    rows = edited(rows, "venues", f"{SONRISA}/venues/clinica-sonrisa", subdivision="XX")
    reading = read(rows, dict(good.rows))
    assert terraza(reading).name == "La Terraza Nueva"
    assert venue(reading, "clinica-sonrisa") == venue(good, "clinica-sonrisa")
    assert terraza(reading).service(LUNCH).names["en"] == "midday meal"
    again = read(dict(reading.rows))
    assert again.problems == ()
    assert again.venues == reading.venues


def test_a_venue_without_services_is_left_out_and_told() -> None:
    rows = {**sample_rows("la-terraza"), "services": ()}
    reading = read(rows)
    assert reading.venues == ()
    assert "has no service that can be booked" in {problem.wrong for problem in reading.problems}


# --- whatever is typed ---------------------------------------------------------------------------

GOOD = sample_rows()
IDS = [row.id for some in GOOD.values() for row in some]
TYPED = st.text(max_size=12) | st.sampled_from(
    [
        "2",
        "25:00",
        "20:00",
        "2026-13-01",
        "es: a, b",
        "a: [",
        "{}",
        "policy: {max_waste: x}",
        "policy: {pacing: [{window: 7m}]}",
        "policy: {pacing: [{window: 30m, service: brunch}]}",
        "combinations: [{tables: [T1], party: 9}]",
        "combinations: [{tables: [T1, T99], party: 2}]",
    ]
)
CELLS: dict[str, st.SearchStrategy[Any]] = {
    NUMBER: st.integers(-5, 2000) | st.floats(allow_nan=False, allow_infinity=False),
    CHECK: st.just(True),
    DAY: st.dates().map(str),
    SELECT: TYPED.filter(bool),
    SELECTS: st.lists(TYPED.filter(bool), min_size=1, max_size=3).map(tuple),
    LINKS: st.lists(st.sampled_from(IDS), min_size=1, max_size=3).map(tuple),
}


@st.composite
def typings(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """A row, and what is typed into some of its cells; None empties one."""
    table = draw(st.sampled_from(list(GOOD)))
    row = draw(st.sampled_from(GOOD[table]))
    columns = draw(st.lists(st.sampled_from(BY_KEY[table].columns), min_size=1, max_size=3))
    cells = {
        column.key: draw(st.none() | CELLS.get(column.type, TYPED.filter(bool)))
        for column in columns
    }
    return table, row.id, cells


@settings(max_examples=60)
@given(st.lists(typings(), min_size=1, max_size=4))
def test_whatever_staff_type_no_house_is_lost(typed: list[tuple[str, str, dict[str, Any]]]) -> None:
    rows = GOOD
    for table, id_, cells in typed:
        rows = edited(rows, table, id_, **cells)
    good = read(GOOD)
    reading = read(rows, dict(good.rows))
    assert [each.id for each in reading.venues] == [each.id for each in good.venues]
    again = read(dict(reading.rows))
    assert again.venues == reading.venues, "what is in force reads the same for every process"
    read(rows)
