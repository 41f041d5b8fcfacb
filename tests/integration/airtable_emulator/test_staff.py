"""Staff in the grid, through the control API."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import error_of
from tests.support.airtable_emulator.client import Control, ControlError
from tests.support.airtable_emulator.ids import TEST_BASE

HOOKS = f"bases/{TEST_BASE}/webhooks"


@pytest.fixture
def payloads(http: httpx.Client) -> Any:
    """What a webhook over the whole base hears from here on."""
    options = {"filters": {"dataTypes": ["tableData", "tableFields", "tableMetadata"]}}
    made = http.post(HOOKS, json={"specification": {"options": options}}).json()["id"]

    def read() -> list[dict[str, Any]]:
        return list(http.get(f"{HOOKS}/{made}/payloads").json()["payloads"])

    return read


def test_every_keystroke_is_saved_and_told(
    control: Control, payloads: Any, bookings: Table, fields: dict[str, str]
) -> None:
    record = control.type("Bookings", "Name", "Laura")
    first, *typed = payloads()
    assert list(first["changedTablesById"][bookings.id]["createdRecordsById"]) == [record]
    names = [
        each["changedTablesById"][bookings.id]["changedRecordsById"][record]["current"][
            "cellValuesByFieldId"
        ][fields["Name"]]
        for each in typed
    ]
    assert names == ["L", "La", "Lau", "Laur", "Laura"]


def test_a_half_typed_row_is_visible(control: Control, bookings: Table) -> None:
    record = control.create("Bookings", {})
    assert bookings.all() == [bookings.get(record)]
    began = time.perf_counter()
    control.type("Bookings", "Name", "Lau", record=record, interval_s=0.02)
    assert time.perf_counter() - began >= 0.06
    assert bookings.get(record)["fields"]["Name"] == "Lau"


def test_a_double_booking_is_a_copy_with_another_name(control: Control, bookings: Table) -> None:
    table = control.create("Resources", {"Name": "T1"})
    ours = bookings.create(
        {
            "Name": "Laura",
            "Tables": [table],
            "Start": "2026-03-29T18:00:00Z",
            "End": "2026-03-29T20:00:00Z",
        }
    )
    theirs = control.duplicate("Bookings", ours["id"], {"Name": "Nora"})
    copy = bookings.get(theirs)["fields"]
    assert (copy["Name"], copy["Tables"], copy["Start"]) == (
        "Nora",
        [table],
        "2026-03-29T18:00:00.000Z",
    )
    sources = {each["id"]: each["source"] for each in control.records("Bookings")}
    assert sources == {ours["id"]: "publicApi", theirs: "client"}


def test_staff_make_options_by_typing_them(control: Control, bookings: Table) -> None:
    record = control.create("Bookings", {"Status": "Walk-in"})
    assert bookings.get(record)["fields"]["Status"] == "Walk-in"


def test_rows_are_deleted(control: Control, bookings: Table) -> None:
    ids = [each["id"] for each in bookings.batch_create([{}, {}, {}])]
    control.delete("Bookings", *ids[:2])
    assert [each["id"] for each in bookings.all()] == ids[2:]


def test_a_renamed_field_breaks_its_name_and_keeps_its_id(
    control: Control, bookings: Table, http: httpx.Client, rows: str, fields: dict[str, str]
) -> None:
    control.staff("rename_field", table="Bookings", field="Name", name="Nombre")
    response = http.post(rows, json={"fields": {"Name": "Laura"}})
    assert error_of(response)[1] == "UNKNOWN_FIELD_NAME"
    created = bookings.create({fields["Name"]: "Laura"})
    assert created["fields"]["Nombre"] == "Laura"


def test_a_removed_option_empties_its_cells_and_refuses_its_name(
    control: Control, bookings: Table, http: httpx.Client, rows: str, payloads: Any
) -> None:
    one = bookings.create({"Status": "Confirmed", "Wishes": ["Quiet", "Window"]})["id"]
    control.staff("remove_option", table="Bookings", field="Status", option="Confirmed")
    control.staff("remove_option", table="Bookings", field="Wishes", option="Quiet")
    cells = bookings.get(one)["fields"]
    assert ("Status" in cells, cells["Wishes"]) == (False, ["Window"])
    response = http.post(rows, json={"fields": {"Status": "Confirmed"}})
    assert error_of(response)[1] == "INVALID_MULTIPLE_CHOICE_OPTIONS"
    assert len(payloads()) == 3


def test_a_deleted_field_takes_its_cells_along(
    control: Control, bookings: Table, fields: dict[str, str]
) -> None:
    record = bookings.create({"Name": "Laura", "Notes": "x"})["id"]
    control.staff("delete_field", table="Bookings", field="Notes")
    assert "Notes" not in bookings.get(record)["fields"]
    control.staff("delete_field", table="Bookings", field="Tables")
    shown = bookings.get(record)["fields"]
    assert shown["Seats"] == {"error": "#ERROR!"}
    assert "Bookings" not in {each["name"] for each in control.schema()["tables"][0]["fields"]}


def test_a_field_s_type_can_be_changed(
    control: Control, bookings: Table, http: httpx.Client, rows: str
) -> None:
    control.staff("change_field", table="Bookings", field="Party", type="singleLineText")
    response = http.post(rows, json={"fields": {"Party": 4}})
    assert error_of(response)[1] == "INVALID_VALUE_FOR_COLUMN"


def test_a_deleted_table_takes_the_links_to_it_along(control: Control, bookings: Table) -> None:
    table = control.create("Resources", {"Name": "T1"})
    record = bookings.create({"Tables": [table]})["id"]
    control.staff("delete_table", table="Resources")
    assert "Tables" not in bookings.get(record)["fields"]


def test_another_source_can_be_named(control: Control, payloads: Any) -> None:
    control.staff("create", table="Bookings", fields={"Name": "x"}, source="formSubmission")
    assert payloads()[0]["actionMetadata"]["source"] == "formSubmission"


@pytest.mark.parametrize(
    ("deed", "given", "said"),
    [
        ("dance", {}, "staff cannot dance"),
        ("create", {"table": "Nothing"}, "no table Nothing"),
        ("create", {}, "table"),
        ("update", {"table": "Bookings", "record": "recX", "fields": {}}, "recX"),
        ("create", {"table": "Bookings", "fields": {"Nothing": 1}}, "Nothing"),
        ("create", {"table": "Bookings", "fields": {"Number": 1}}, "computed"),
    ],
)
def test_a_mistake_in_a_test_is_told_aloud(
    control: Control, deed: str, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ControlError, match=said):
        control.staff(deed, **given)
