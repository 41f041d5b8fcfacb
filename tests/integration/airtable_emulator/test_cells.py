"""Every type of field: what it takes, what it refuses, how it reads."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import error_of
from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import API_USER, STAFF_USER

ENGINE = {"id": API_USER, "email": "engine@example.com", "name": "Booking engine"}


@pytest.mark.parametrize(
    ("field", "written", "read"),
    [
        ("Name", "  Laura Gil ", "  Laura Gil "),
        ("Notes", "two\nlines", "two\nlines"),
        ("Email", "not checked", "not checked"),
        ("Phone", "(+34) 600-000 000", "(+34) 600-000 000"),
        ("Site", "example", "example"),
        ("Party", 0, 0),
        ("Share", 0.123, 0.123),
        ("Deposit", 12.5, 12.5),
        ("Turn", 6300, 6300),
        ("Rating", 5, 5),
        ("Arrived", True, True),
        ("Day", "2026-03-29", "2026-03-29"),
        ("Start", "2026-03-29T18:00:00Z", "2026-03-29T18:00:00.000Z"),
        ("Start", "2026-03-29T20:00:00+02:00", "2026-03-29T18:00:00.000Z"),
        ("Start", "2026-03-29T18:00:00.123456Z", "2026-03-29T18:00:00.123Z"),
        ("Start", "2026-03-29T18:00:00", "2026-03-29T18:00:00.000Z"),
        ("Local", "2026-03-29T20:00:00", "2026-03-29T18:00:00.000Z"),
        ("Local", "2026-03-28T20:00:00", "2026-03-28T19:00:00.000Z"),
        ("Local", "2026-03-29T20:00:00Z", "2026-03-29T20:00:00.000Z"),
        ("Status", "❤️ Family", "❤️ Family"),
        ("Wishes", ["Quiet", "Window"], ["Quiet", "Window"]),
        ("Host", {"id": API_USER}, ENGINE),
        ("Host", {"email": "engine@example.com"}, ENGINE),
        ("Hosts", [{"id": API_USER}], [ENGINE]),
        ("Ticket", {"text": "A-1"}, {"text": "A-1"}),
    ],
)
def test_a_value_is_read_as_the_type_has_it(
    bookings: Table, field: str, written: Any, read: Any
) -> None:
    created = bookings.create({field: written})
    assert created["fields"][field] == read
    assert bookings.get(created["id"])["fields"][field] == read


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Name", None),
        ("Name", ""),
        ("Arrived", False),
        ("Arrived", None),
        ("Wishes", []),
        ("Tables", []),
        ("Party", None),
        ("Status", None),
        ("Status", ""),
        ("Start", None),
        ("Start", ""),
    ],
)
def test_an_empty_cell_is_left_out(bookings: Table, field: str, value: Any) -> None:
    assert field not in bookings.create({field: value})["fields"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Name", 4),
        ("Name", ["a"]),
        ("Notes", "x" * 100_001),
        ("Email", {"a": 1}),
        ("Party", "4"),
        ("Party", True),
        ("Rating", 6),
        ("Rating", 2.5),
        ("Arrived", "yes"),
        ("Arrived", 1),
        ("Day", "29/03/2026"),
        ("Day", "2026-02-30"),
        ("Day", 20260329),
        ("Start", "tomorrow"),
        ("Start", 1774807200),
        ("Status", ["Confirmed"]),
        ("Wishes", "Quiet"),
        ("Wishes", [1]),
        ("Tables", "rec00000000000000"),
        ("Host", "Laura"),
        ("Host", {"id": "usr00000000000000"}),
        ("Hosts", {"id": API_USER}),
        ("Files", ["http://127.0.0.1/menu.pdf"]),
        ("Ticket", "A-1"),
    ],
)
def test_a_value_of_another_type_is_refused(
    http: httpx.Client, rows: str, field: str, value: Any
) -> None:
    assert error_of(http.post(rows, json={"fields": {field: value}})) == (
        422,
        "INVALID_VALUE_FOR_COLUMN",
        f'Field "{field}" cannot accept the provided value',
    )


def test_an_unknown_field_is_refused_by_name(http: httpx.Client, rows: str) -> None:
    for name in ("name", "Nothing", "fld00000000000000"):
        assert error_of(http.post(rows, json={"fields": {name: "x"}})) == (
            422,
            "UNKNOWN_FIELD_NAME",
            f'Unknown field name: "{name}"',
        )


@pytest.mark.parametrize(
    ("field", "value", "option"),
    [
        ("Status", "confirmed", "confirmed"),
        ("Status", "Confirmed ", "Confirmed "),
        ("Status", "❤ Family", "❤ Family"),
        ("Wishes", ["Quiet", "Sea view"], "Sea view"),
    ],
)
def test_an_option_must_match_exactly(
    http: httpx.Client, rows: str, field: str, value: Any, option: str
) -> None:
    assert error_of(http.post(rows, json={"fields": {field: value}})) == (
        422,
        "INVALID_MULTIPLE_CHOICE_OPTIONS",
        f'Insufficient permissions to create new select option ""{option}""',
    )


def test_typecast_makes_missing_options(bookings: Table, control: Control) -> None:
    created = bookings.create({"Status": "Seated", "Wishes": "Quiet, Sea view"}, typecast=True)
    assert created["fields"]["Status"] == "Seated"
    assert created["fields"]["Wishes"] == ["Quiet", "Sea view"]
    assert bookings.create({"Status": "Seated"})["fields"]["Status"] == "Seated"


@pytest.mark.parametrize(
    ("field", "written", "read"),
    [("Name", 4, "4"), ("Party", "4", 4), ("Party", "four", None), ("Arrived", "yes", True)],
)
def test_typecast_reads_text(bookings: Table, field: str, written: Any, read: Any) -> None:
    assert bookings.create({field: written}, typecast=True)["fields"].get(field) == read


@pytest.mark.parametrize(
    "field",
    [
        "Number",
        "Created",
        "Changed",
        "Creator",
        "Changer",
        "Label",
        "Zones",
        "Seats",
        "Table count",
    ],
)
def test_a_computed_field_takes_no_value(http: httpx.Client, rows: str, field: str) -> None:
    assert error_of(http.post(rows, json={"fields": {field: "x"}})) == (
        422,
        "INVALID_VALUE_FOR_COLUMN",
        f'Field "{field}" cannot accept a value because the field is computed',
    )


def test_computed_fields_follow_their_sources(bookings: Table, control: Control) -> None:
    tables = [
        control.create("Resources", {"Name": "T1", "Zone": "Terrace", "Seats": 4}),
        control.create("Resources", {"Name": "T2", "Zone": "Inside", "Seats": 2}),
    ]
    created = bookings.create({"Name": "Laura", "Party": 4, "Deposit": 10, "Tables": tables})
    cells = created["fields"]
    assert (cells["Label"], cells["Each"]) == ("Laura x4", 2.5)
    assert (cells["Zones"], cells["Seats"], cells["Table count"]) == (["Terrace", "Inside"], 6, 2)
    control.update("Resources", tables[0], {"Zone": "Inside"})
    assert bookings.get(created["id"])["fields"]["Zones"] == ["Inside", "Inside"]


def test_a_formula_in_error_shows_an_object(bookings: Table) -> None:
    created = bookings.create({"Deposit": 10})
    assert created["fields"]["Each"] == {"error": "#ERROR!"}


def test_auto_numbers_increase_and_are_not_given_again(bookings: Table) -> None:
    first, second = bookings.batch_create([{}, {}])
    bookings.delete(second["id"])
    third = bookings.create({})
    assert first["fields"]["Number"] < second["fields"]["Number"] < third["fields"]["Number"]


def test_the_last_change_is_watched_for_all_or_some_fields(
    bookings: Table, control: Control
) -> None:
    control.freeze()
    control.set_clock("2026-03-29T18:00:00Z")
    created = bookings.create({"Name": "Laura"})
    control.advance(60)
    cells = bookings.update(created["id"], {"Party": 4})["fields"]
    assert cells["Created"] == "2026-03-29T18:00:00.000Z"
    assert cells["Changed"] == "2026-03-29T18:01:00.000Z"
    assert cells["Renamed"] == "2026-03-29T18:00:00.000Z"


def test_who_made_and_who_changed_a_record_is_known(bookings: Table, control: Control) -> None:
    created = bookings.create({"Name": "Laura"})
    control.update("Bookings", created["id"], {"Party": 4})
    cells = bookings.get(created["id"])["fields"]
    assert (cells["Creator"]["id"], cells["Changer"]["id"]) == (API_USER, STAFF_USER)


def test_a_link_shows_on_both_sides(bookings: Table, control: Control) -> None:
    table = control.create("Resources", {"Name": "T1"})
    created = bookings.create({"Tables": [table]})

    def linked() -> Any:
        return control.records("Resources")[0]["fields"].get("Bookings")

    assert linked() == [created["id"]]
    bookings.update(created["id"], {"Tables": []})
    assert linked() is None
    control.update("Resources", table, {"Bookings": [created["id"]]})
    assert bookings.get(created["id"])["fields"]["Tables"] == [table]


def test_a_deleted_record_leaves_the_links_to_it(bookings: Table, control: Control) -> None:
    one, other = (control.create("Resources", {"Name": name}) for name in ("T1", "T2"))
    created = bookings.create({"Tables": [one, other]})
    control.delete("Resources", one)
    assert bookings.get(created["id"])["fields"]["Tables"] == [other]


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("T1", "INVALID_RECORD_ID"),
        ("rec00000000000000", "ROW_DOES_NOT_EXIST"),
        ("{booking}", "ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE"),
    ],
)
def test_a_link_takes_ids_of_the_linked_table_only(
    http: httpx.Client, rows: str, bookings: Table, value: str, type_: str
) -> None:
    booking = bookings.create({})["id"]
    body = {"fields": {"Tables": [value.format(booking=booking)]}}
    assert error_of(http.post(rows, json=body))[:2] == (422, type_)


def test_lists_are_replaced_whole(bookings: Table) -> None:
    created = bookings.create({"Wishes": ["Quiet", "Window"]})
    updated = bookings.update(created["id"], {"Wishes": ["High chair"]})
    assert updated["fields"]["Wishes"] == ["High chair"]


def test_attachments_keep_their_names(bookings: Table) -> None:
    url = "http://127.0.0.1/menu.pdf"
    files: Any = [{"url": url}]
    (shown,) = bookings.create({"Files": files})["fields"]["Files"]
    assert shown["filename"] == "menu.pdf"
    assert shown["id"].startswith("att")


def test_a_renamed_option_shows_its_new_name_in_old_rows(bookings: Table, control: Control) -> None:
    created = bookings.create({"Status": "Confirmed"})
    control.staff(
        "rename_option", table="Bookings", field="Status", option="Confirmed", name="Confirmada"
    )
    assert bookings.get(created["id"])["fields"]["Status"] == "Confirmada"
