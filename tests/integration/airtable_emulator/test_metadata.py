"""The schema through the API: what can be made, what cannot, and how it is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.integration.airtable_emulator.conftest import field_ids
from tests.integration.airtable_emulator.furniture import (
    INVALID_REQUEST,
    MADRID,
    STARS,
    TICK,
    choices,
    error_of,
)
from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import TEST_BASE

TABLES = f"meta/bases/{TEST_BASE}/tables"
NAME = {"name": "Name", "type": "singleLineText"}


@pytest.fixture
def guests(http: httpx.Client) -> str:
    """The path of a new table."""
    made = http.post(TABLES, json={"name": "Guests", "fields": [NAME]}).json()
    return f"{TABLES}/{made['id']}"


def test_a_new_table_has_its_first_field_as_primary_and_a_grid_view(http: httpx.Client) -> None:
    body = {"name": "Guests", "description": "Who came", "fields": [NAME]}
    made = http.post(TABLES, json=body).json()
    assert made["primaryFieldId"] == made["fields"][0]["id"]
    assert made["description"] == "Who came"
    assert [each["type"] for each in made["views"]] == ["grid"]
    assert http.get(TABLES).json()["tables"][-1] == made


def test_visible_fields_are_shown_on_request(http: httpx.Client) -> None:
    plain = http.get(TABLES).json()["tables"][0]["views"][0]
    asked = http.get(TABLES, params={"include": "visibleFieldIds"}).json()["tables"][0]
    assert "visibleFieldIds" not in plain
    assert asked["views"][0]["visibleFieldIds"] == [each["id"] for each in asked["fields"]]


@pytest.mark.parametrize(
    ("type_", "options"),
    [
        ("singleLineText", None),
        ("multilineText", None),
        ("richText", None),
        ("email", None),
        ("url", None),
        ("phoneNumber", None),
        ("number", {"precision": 0}),
        ("percent", {"precision": 1}),
        ("currency", {"precision": 2, "symbol": "€"}),
        ("duration", {"durationFormat": "h:mm"}),
        ("rating", STARS),
        ("checkbox", TICK),
        ("date", {"dateFormat": {"name": "european"}}),
        ("dateTime", MADRID),
        ("singleSelect", choices("es", "en")),
        ("multipleSelects", choices("es", "en")),
        ("singleCollaborator", None),
        ("multipleCollaborators", None),
        ("multipleAttachments", None),
        ("barcode", None),
    ],
)
def test_a_field_of_each_type_can_be_made(
    http: httpx.Client, guests: str, type_: str, options: dict[str, Any] | None
) -> None:
    body = {"name": "New", "type": type_} | ({"options": options} if options else {})
    made = http.post(f"{guests}/fields", json=body).json()
    assert (made["name"], made["type"]) == ("New", type_)
    assert made["id"].startswith("fld")


def test_options_get_ids_and_formats_are_completed(http: httpx.Client, guests: str) -> None:
    select = {"name": "Language", "type": "singleSelect", "options": choices("es", "en")}
    made = http.post(f"{guests}/fields", json=select).json()
    assert [each["name"] for each in made["options"]["choices"]] == ["es", "en"]
    assert all(each["id"].startswith("sel") for each in made["options"]["choices"])
    moment = {"name": "At", "type": "dateTime", "options": MADRID}
    made = http.post(f"{guests}/fields", json=moment).json()
    assert made["options"]["dateFormat"] == {"name": "iso", "format": "YYYY-MM-DD"}
    assert made["options"]["timeZone"] == "Europe/Madrid"


@pytest.mark.parametrize(
    "type_",
    [
        "formula",
        "rollup",
        "count",
        "multipleLookupValues",
        "autoNumber",
        "createdTime",
        "lastModifiedTime",
        "createdBy",
        "lastModifiedBy",
        "button",
    ],
)
def test_a_computed_field_has_to_be_made_by_hand(
    http: httpx.Client, guests: str, type_: str
) -> None:
    response = http.post(f"{guests}/fields", json={"name": "New", "type": type_})
    assert error_of(response) == (
        422,
        "UNSUPPORTED_FIELD_TYPE_FOR_CREATE",
        f"Creating {type_} fields is not supported at this time",
    )


@pytest.mark.parametrize(
    ("type_", "options"),
    [
        ("singleLineText", {"length": 3}),
        ("number", {}),
        ("number", {"precision": 9}),
        ("currency", {"precision": 2}),
        ("checkbox", {}),
        ("rating", {"icon": "star"}),
        ("duration", {"durationFormat": "minutes"}),
        ("date", {}),
        ("date", {"dateFormat": {"name": "mine"}}),
        ("date", {"dateFormat": {"name": "iso", "format": "D/M/YYYY"}}),
        ("dateTime", {"dateFormat": {"name": "iso"}, "timeFormat": {"name": "24hour"}}),
        ("dateTime", MADRID | {"timeZone": "Europe/Nowhere"}),
        ("singleSelect", {}),
        ("singleSelect", choices("es", "es")),
        ("multipleRecordLinks", {"linkedTableId": "Bookings"}),
        ("multipleRecordLinks", {"linkedTableId": "x", "prefersSingleRecordLink": True}),
    ],
)
def test_missing_or_wrong_options_are_refused(
    http: httpx.Client, guests: str, type_: str, options: dict[str, Any]
) -> None:
    body = {"name": "New", "type": type_, "options": options}
    response = http.post(f"{guests}/fields", json=body)
    assert error_of(response)[:2] == (422, "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE")


def test_a_link_makes_a_field_on_the_other_side(
    http: httpx.Client, guests: str, control: Control
) -> None:
    guests_id = guests.rpartition("/")[2]
    bookings = next(each for each in control.schema()["tables"] if each["name"] == "Bookings")
    body = {
        "name": "Visits",
        "type": "multipleRecordLinks",
        "options": {"linkedTableId": bookings["id"]},
    }
    made = http.post(f"{guests}/fields", json=body).json()
    inverse = made["options"]["inverseLinkFieldId"]
    assert field_ids(control, "Bookings")["Guests"] == inverse
    other = next(each for each in control.schema()["tables"] if each["name"] == "Bookings")
    (field,) = (each for each in other["fields"] if each["id"] == inverse)
    assert field["options"]["linkedTableId"] == guests_id
    assert field["options"]["inverseLinkFieldId"] == made["id"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": "Bookings", "fields": [NAME]}, "DUPLICATE_TABLE_NAME"),
        ({"name": "New", "fields": []}, "INVALID_REQUEST_UNKNOWN"),
        ({"name": "", "fields": [NAME]}, "INVALID_REQUEST_UNKNOWN"),
        ({"name": "New", "fields": [NAME, NAME]}, "DUPLICATE_OR_EMPTY_FIELD_NAME"),
        (
            {"name": "New", "fields": [{"name": "", "type": "email"}]},
            "DUPLICATE_OR_EMPTY_FIELD_NAME",
        ),
        (
            {"name": "New", "fields": [{"name": "A", "type": "telepathy"}]},
            "INVALID_REQUEST_UNKNOWN",
        ),
        (
            {"name": "New", "fields": [{"name": "A", "type": "checkbox", "options": TICK}]},
            "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE",
        ),
        ({"name": "New", "fields": [NAME], "color": "red"}, "INVALID_REQUEST_UNKNOWN"),
    ],
)
def test_a_table_that_cannot_be_is_refused_and_leaves_nothing(
    http: httpx.Client, control: Control, body: dict[str, Any], expected: str
) -> None:
    before = control.schema()
    assert error_of(http.post(TABLES, json=body))[:2] == (422, expected)
    assert control.schema() == before


def test_a_field_s_name_is_its_own(http: httpx.Client, guests: str) -> None:
    response = http.post(f"{guests}/fields", json={"name": "Name", "type": "email"})
    assert error_of(response)[:2] == (422, "DUPLICATE_OR_EMPTY_FIELD_NAME")


def test_of_a_field_only_name_and_description_change(
    http: httpx.Client, control: Control, guests: str
) -> None:
    made = http.post(f"{guests}/fields", json={"name": "Mail", "type": "email"}).json()
    path = f"{guests}/fields/{made['id']}"
    changed = http.patch(path, json={"name": "Correo", "description": "To write to"}).json()
    assert (changed["name"], changed["description"]) == ("Correo", "To write to")
    assert error_of(http.patch(path, json={"type": "url"})) == INVALID_REQUEST
    assert error_of(http.patch(path, json={"name": "Name"}))[:2] == (
        422,
        "DUPLICATE_OR_EMPTY_FIELD_NAME",
    )


def test_of_a_table_name_and_description_change(http: httpx.Client, guests: str) -> None:
    changed = http.patch(guests, json={"name": "Huéspedes", "description": "x"}).json()
    assert (changed["name"], changed["description"]) == ("Huéspedes", "x")
    assert error_of(http.patch(guests, json={"name": "Bookings"}))[1] == "DUPLICATE_TABLE_NAME"


@pytest.mark.parametrize("path", ["", "/fields/fld00000000000000"])
def test_nothing_can_be_deleted_through_the_api(http: httpx.Client, guests: str, path: str) -> None:
    assert http.delete(guests + path).status_code == 404


def test_an_empty_base_has_no_tables(http: httpx.Client, control: Control) -> None:
    control.reset()
    assert http.get(TABLES).json() == {"tables": []}


def test_computed_fields_are_described_with_their_sources(
    http: httpx.Client, fields: dict[str, str]
) -> None:
    table = http.get(TABLES).json()["tables"][1]
    shown = {each["name"]: each for each in table["fields"]}
    assert shown["Label"]["options"]["isValid"] is True
    assert shown["Zones"]["options"]["recordLinkFieldId"] == fields["Tables"]
    assert "options" not in shown["Number"]
