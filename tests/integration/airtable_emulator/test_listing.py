"""Lists: pages, cursors that die, order, views, formats."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import INVALID_REQUEST, error_of
from tests.support.airtable_emulator.client import Control

CURSOR_GONE = (422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE", None)


@pytest.fixture
def guests(bookings: Table) -> list[str]:
    """Five rows, in the order in which they were made."""
    return [
        each["id"]
        for each in bookings.batch_create(
            [
                {"Name": name, "Party": party}
                for name, party in (("b", 2), ("a", 4), ("C", 2), ("d", 1), (None, 3))
            ]
        )
    ]


def names(response: httpx.Response) -> list[Any]:
    return [each["fields"].get("Name") for each in response.json()["records"]]


@pytest.mark.parametrize("size", ["0", "101", "-1", "ten"])
def test_a_page_has_1_to_100_records(http: httpx.Client, rows: str, size: str) -> None:
    assert error_of(http.get(rows, params={"pageSize": size})) == INVALID_REQUEST


def test_max_records_counts_over_all_pages(
    http: httpx.Client, rows: str, guests: list[str]
) -> None:
    first = http.get(rows, params={"pageSize": 2, "maxRecords": 3}).json()
    second = http.get(
        rows, params={"pageSize": 2, "maxRecords": 3, "offset": first["offset"]}
    ).json()
    assert [len(first["records"]), len(second["records"])] == [2, 1]
    assert "offset" not in second


def test_an_offset_names_an_iterator_and_a_record(
    http: httpx.Client, rows: str, guests: list[str]
) -> None:
    offset = http.get(rows, params={"pageSize": 2}).json()["offset"]
    assert re.fullmatch(r"itr[A-Za-z0-9]{14}/rec[A-Za-z0-9]{14}", offset)


def test_the_last_page_has_no_offset(http: httpx.Client, rows: str, guests: list[str]) -> None:
    assert "offset" not in http.get(rows, params={"pageSize": 5}).json()


def test_the_same_page_can_be_asked_for_again(
    http: httpx.Client, rows: str, guests: list[str]
) -> None:
    offset = http.get(rows, params={"pageSize": 2}).json()["offset"]
    one, other = (http.get(rows, params={"offset": offset}).json() for _ in range(2))
    assert one == other


def test_a_cursor_dies_of_inactivity(
    http: httpx.Client, rows: str, guests: list[str], control: Control
) -> None:
    offset = http.get(rows, params={"pageSize": 2}).json()["offset"]
    control.advance(299)
    offset = http.get(rows, params={"offset": offset}).json()["offset"]
    control.advance(301)
    assert error_of(http.get(rows, params={"offset": offset})) == CURSOR_GONE


def test_a_cursor_dies_with_the_server(
    http: httpx.Client, rows: str, guests: list[str], control: Control
) -> None:
    offset = http.get(rows, params={"pageSize": 2}).json()["offset"]
    control.load(control.dump())
    assert error_of(http.get(rows, params={"offset": offset})) == CURSOR_GONE


def test_a_cursor_of_another_table_is_not_available(
    http: httpx.Client, rows: str, guests: list[str]
) -> None:
    offset = http.get(rows, params={"pageSize": 2}).json()["offset"]
    other = rows.replace("Bookings", "Resources")
    assert error_of(http.get(other, params={"offset": offset})) == CURSOR_GONE


def test_what_is_no_offset_is_an_invalid_offset(http: httpx.Client, rows: str) -> None:
    status, type_, _ = error_of(http.get(rows, params={"offset": "2"}))
    assert (status, type_) == (422, "INVALID_OFFSET_VALUE")


def test_pages_are_cut_from_the_table_as_it_stands(
    http: httpx.Client, rows: str, guests: list[str], control: Control
) -> None:
    query: dict[str, str | int] = {"pageSize": 3, "sort[0][field]": "Name"}
    first = http.get(rows, params=query)
    control.update("Bookings", guests[3], {"Name": "0"})
    second = http.get(rows, params=query | {"offset": first.json()["offset"]})
    assert names(first) == [None, "a", "b"]
    assert names(second) == ["C"], "a row moved to a page that was already read"


def test_the_next_page_is_found_though_its_first_record_is_gone(
    http: httpx.Client, rows: str, guests: list[str], control: Control
) -> None:
    query: dict[str, str | int] = {"pageSize": 2, "sort[0][field]": "Name"}
    first = http.get(rows, params=query)
    control.delete("Bookings", guests[0])
    second = http.get(rows, params=query | {"offset": first.json()["offset"]})
    assert (names(first), names(second)) == ([None, "a"], ["C", "d"])


def test_without_sort_and_view_the_order_means_nothing(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    created = [each["id"] for each in bookings.batch_create([{}] * 30)]
    listed = [each["id"] for each in http.get(rows).json()["records"]]
    assert set(listed) == set(created)
    assert listed != created


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ({"sort[0][field]": "Name"}, [None, "a", "b", "C", "d"]),
        ({"sort[0][field]": "Name", "sort[0][direction]": "desc"}, ["d", "C", "b", "a", None]),
        (
            {"sort[0][field]": "Party", "sort[0][direction]": "desc", "sort[1][field]": "Name"},
            ["a", None, "b", "C", "d"],
        ),
        ({"sort[0][field]": "Number"}, ["b", "a", "C", "d", None]),
        ({"view": "Grid view"}, ["b", "a", "C", "d", None]),
        ({"view": "Grid view", "sort[0][field]": "Name"}, [None, "a", "b", "C", "d"]),
    ],
)
def test_a_sort_orders_and_overrides_the_view(
    http: httpx.Client, rows: str, guests: list[str], sort: dict[str, str], expected: list[Any]
) -> None:
    assert names(http.get(rows, params=sort)) == expected


def test_a_single_select_is_sorted_by_its_options(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    bookings.batch_create([{"Status": each} for each in ("❤️ Family", "Confirmed", "Cancelled")])
    listed = http.get(rows, params={"sort[0][field]": "Status"}).json()["records"]
    statuses = [each["fields"]["Status"] for each in listed]
    assert statuses == ["Confirmed", "Cancelled", "❤️ Family"]


def test_a_sort_by_post_is_a_list(http: httpx.Client, rows: str, guests: list[str]) -> None:
    body = {"sort": [{"field": "Name", "direction": "desc"}], "pageSize": 2, "fields": ["Name"]}
    assert names(http.post(f"{rows}/listRecords", json=body)) == ["d", "C"]


@pytest.mark.parametrize(
    "query", [{"fields[]": "Nothing"}, {"sort[0][field]": "Nothing"}], ids=["fields", "sort"]
)
def test_an_unknown_field_is_named(http: httpx.Client, rows: str, query: dict[str, str]) -> None:
    assert error_of(http.get(rows, params=query)) == (
        422,
        "UNKNOWN_FIELD_NAME",
        'Unknown field name: "Nothing"',
    )


@pytest.mark.parametrize(
    "query",
    [
        {"sort[0][field]": "Name", "sort[0][direction]": "down"},
        {"cellFormat": "string"},
        {"cellFormat": "string", "timeZone": "Europe/Madrid"},
        {"cellFormat": "string", "timeZone": "Europe/Nowhere", "userLocale": "es"},
        {"cellFormat": "html"},
        {"recordMetadata[]": "author"},
        {"limit": "3"},
        {"maxRecords": "0"},
        {"returnFieldsByFieldId": "maybe"},
    ],
)
def test_a_parameter_that_is_not_documented_is_refused(
    http: httpx.Client, rows: str, query: dict[str, str]
) -> None:
    assert error_of(http.get(rows, params=query)) == INVALID_REQUEST


def test_time_zone_and_locale_stay_in_the_query_of_a_post(
    http: httpx.Client, rows: str, guests: list[str]
) -> None:
    path = f"{rows}/listRecords?timeZone=Europe/Madrid&userLocale=es"
    assert http.post(path, json={"cellFormat": "string"}).status_code == 200
    assert error_of(http.post(f"{path}&pageSize=3", json={})) == INVALID_REQUEST


def test_an_unknown_view_is_named(http: httpx.Client, rows: str) -> None:
    status, type_, _ = error_of(http.get(rows, params={"view": "Nothing"}))
    assert (status, type_) == (422, "VIEW_NAME_NOT_FOUND")


def test_a_view_restricts_and_orders_and_hides_nothing(
    http: httpx.Client, rows: str, guests: list[str], control: Control
) -> None:
    view = control.staff(
        "create_view",
        table="Bookings",
        name="Pairs",
        formula="{Party}=2",
        sort=[["Name", True]],
        hidden=["Party"],
    )
    for name in ("Pairs", view["id"]):
        response = http.get(rows, params={"view": name})
        assert names(response) == ["C", "b"]
        assert response.json()["records"][0]["fields"]["Party"] == 2


def test_columns_can_be_chosen_by_name_or_id(
    http: httpx.Client, rows: str, guests: list[str], fields: dict[str, str]
) -> None:
    query = {"fields[]": ["Party", fields["Name"]], "sort[0][field]": "Number"}
    first = http.get(rows, params=query).json()["records"][0]
    assert first["fields"] == {"Name": "b", "Party": 2}


def test_the_table_can_be_named_or_given_by_id(
    http: httpx.Client, rows: str, bookings: Table, control: Control
) -> None:
    table_id = bookings.id
    control.staff("rename_table", table="Bookings", name="Reservas / 2026")
    assert http.get(rows.replace("Bookings", table_id)).status_code == 200
    assert http.get(rows.replace("Bookings", "Reservas%20%2F%202026")).status_code == 200
    assert http.get(rows).status_code == 403


def test_comment_counts_come_on_request(http: httpx.Client, rows: str, bookings: Table) -> None:
    record = bookings.create({"Name": "Laura"})
    bookings.add_comment(record["id"], "Hello")
    plain = http.get(rows).json()["records"][0]
    counted = http.get(rows, params={"recordMetadata[]": "commentCount"}).json()["records"][0]
    assert "commentCount" not in plain
    assert counted["commentCount"] == 1


def test_the_text_form_shows_cells_as_the_grid_does(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    bookings.create(
        {"Start": "2026-03-29T18:00:00Z", "Arrived": True, "Wishes": ["Window", "Quiet"]}
    )
    query = {"cellFormat": "string", "timeZone": "Europe/Madrid", "userLocale": "es"}
    cells = http.get(rows, params=query).json()["records"][0]["fields"]
    assert (cells["Start"], cells["Arrived"], cells["Wishes"]) == (
        "2026-03-29 20:00",
        "checked",
        "Window, Quiet",
    )


def test_one_record_is_read_by_its_id(
    http: httpx.Client, rows: str, guests: list[str], fields: dict[str, str]
) -> None:
    shown = http.get(f"{rows}/{guests[0]}", params={"returnFieldsByFieldId": "true"}).json()
    assert shown["id"] == guests[0]
    assert shown["fields"][fields["Name"]] == "b"


def test_a_record_of_another_table_is_returned_too(
    http: httpx.Client, rows: str, control: Control
) -> None:
    resource = control.create("Resources", {"Name": "T7"})
    assert http.get(f"{rows}/{resource}").json()["fields"]["Name"] == "T7"


def test_a_missing_record_is_a_model_id_not_found(http: httpx.Client, rows: str) -> None:
    assert error_of(http.get(f"{rows}/rec00000000000000")) == (
        404,
        "MODEL_ID_NOT_FOUND",
        "Record not found",
    )
    assert error_of(http.get(f"{rows}/nothing")) == (404, "NOT_FOUND", None)


def test_a_missing_record_of_a_single_update_or_delete_is_not_found(
    http: httpx.Client, rows: str
) -> None:
    missing = f"{rows}/rec00000000000000"
    for response in (http.patch(missing, json={"fields": {}}), http.delete(missing)):
        assert error_of(response) == (404, "MODEL_ID_NOT_FOUND", "Record not found")
