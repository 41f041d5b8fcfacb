"""Writes: shapes, limits, upsert, and that a refused request changes nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import INVALID_REQUEST, error_of
from tests.support.airtable_emulator.client import Control

INVALID_RECORDS = (
    422,
    "INVALID_RECORDS",
    'You must provide an array of up to 10 record objects, each with an "id" ID field and a "fields" '
    "object for cell values.",
)


def test_one_record_is_created_bare_and_several_in_a_list(http: httpx.Client, rows: str) -> None:
    one = http.post(rows, json={"fields": {"Name": "Laura"}}).json()
    many = http.post(rows, json={"records": [{"fields": {"Name": "Nora"}}]}).json()
    assert set(one) == {"id", "createdTime", "fields"}
    assert [each["fields"]["Name"] for each in many["records"]] == ["Nora"]


def test_record_ids_have_seventeen_characters(bookings: Table) -> None:
    created = bookings.create({})["id"]
    assert created.startswith("rec")
    assert len(created) == 17


def test_more_than_ten_to_create_are_refused_with_their_number(
    http: httpx.Client, rows: str
) -> None:
    response = http.post(rows, json={"records": [{"fields": {}}] * 11})
    assert error_of(response) == (
        422,
        "INVALID_RECORDS",
        "A maximum of 10 records can be created per request but you have provided 11.",
    )


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize(
    "records",
    [
        [],
        [{"id": "rec00000000000000", "fields": {}}] * 11,
        [{"fields": {}}],
        [{"id": "rec00000000000000"}],
        "all",
    ],
    ids=["none", "eleven", "without id", "without fields", "no list"],
)
def test_an_update_takes_up_to_ten_records_with_id_and_fields(
    http: httpx.Client, rows: str, method: str, records: Any
) -> None:
    response = http.request(method, rows, json={"records": records})
    assert error_of(response) == INVALID_RECORDS


def test_an_update_of_a_record_that_is_not_there_names_it(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    there = bookings.create({"Name": "Laura"})["id"]
    missing = "rec00000000000000"
    records = [{"id": each, "fields": {"Name": "changed"}} for each in (there, missing)]
    assert error_of(http.patch(rows, json={"records": records})) == (
        422,
        "ROW_DOES_NOT_EXIST",
        f"Record ID {missing} does not exist in this table",
    )
    assert bookings.get(there)["fields"]["Name"] == "Laura"


def test_the_same_record_twice_in_a_request_is_refused(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    there = bookings.create({})["id"]
    records = [{"id": there, "fields": {}}] * 2
    status, type_, _ = error_of(http.patch(rows, json={"records": records}))
    assert (status, type_) == (422, "INVALID_RECORDS")


@pytest.mark.parametrize(
    "body",
    [
        {"fields": {}, "records": []},
        {"fields": {}, "typcast": True},
        {"fields": {}, "typecast": "perhaps"},
        {"records": [{"fields": {}, "name": "x"}]},
    ],
)
def test_a_body_with_unknown_parts_is_refused(
    http: httpx.Client, rows: str, body: dict[str, Any]
) -> None:
    assert error_of(http.post(rows, json=body)) == INVALID_REQUEST


def test_a_body_without_fields_is_told_so(http: httpx.Client, rows: str) -> None:
    status, type_, _ = error_of(http.post(rows, json={}))
    assert (status, type_) == (422, "INVALID_REQUEST_MISSING_FIELDS")


def test_one_bad_record_rejects_the_whole_request(
    http: httpx.Client, rows: str, control: Control
) -> None:
    records = [{"fields": {"Name": f"Guest {i}"}} for i in range(9)]
    records.append({"fields": {"Status": "Nothing"}})
    assert http.post(rows, json={"records": records}).status_code == 422
    assert control.records("Bookings") == []


def test_an_option_made_for_a_request_that_fails_is_not_kept(
    http: httpx.Client, rows: str, control: Control
) -> None:
    before = control.schema()
    records = [{"fields": {"Status": "New"}}, {"fields": {"Party": []}}]
    assert http.post(rows, json={"records": records, "typecast": True}).status_code == 422
    assert control.schema() == before


def test_patch_keeps_and_put_clears_what_is_not_given(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    created = bookings.create({"Name": "Laura", "Party": 4})["id"]

    def cells(method: str) -> dict[str, Any]:
        body = {"records": [{"id": created, "fields": {"Name": "Nora"}}]}
        shown = http.request(method, rows, json=body).json()["records"][0]["fields"]
        return {each: shown.get(each) for each in ("Name", "Party")}

    assert cells("PATCH") == {"Name": "Nora", "Party": 4}
    assert cells("PUT") == {"Name": "Nora", "Party": None}


def test_a_field_given_by_name_and_by_id_is_refused(
    http: httpx.Client, rows: str, fields: dict[str, str]
) -> None:
    body = {"fields": {"Name": "a", fields["Name"]: "b"}}
    assert error_of(http.post(rows, json=body)) == INVALID_REQUEST


def test_several_records_are_deleted_at_once(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    ids = [each["id"] for each in bookings.batch_create([{}, {}])]
    response = http.delete(rows, params={"records[]": ids})
    assert response.json() == {"records": [{"id": each, "deleted": True} for each in ids]}
    assert bookings.all() == []


@pytest.mark.parametrize("count", [0, 11])
def test_a_delete_takes_one_to_ten_records(http: httpx.Client, rows: str, count: int) -> None:
    ids = [f"rec0000000000000{i % 10}" for i in range(count)]
    assert error_of(http.delete(rows, params={"records[]": ids})) == INVALID_RECORDS


def test_a_delete_with_one_missing_record_deletes_none(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    there = bookings.create({})["id"]
    response = http.delete(rows, params={"records[]": [there, "rec00000000000000"]})
    assert error_of(response)[1] == "ROW_DOES_NOT_EXIST"
    assert len(bookings.all()) == 1


def upsert(
    http: httpx.Client, rows: str, *records: dict[str, Any], on: Any = ("Key",)
) -> httpx.Response:
    options = {"fieldsToMergeOn": list(on)}
    return http.patch(
        rows, json={"records": [{"fields": each} for each in records], "performUpsert": options}
    )


def test_an_upsert_with_two_matches_fails_and_changes_nothing(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    bookings.batch_create([{"Key": "k"}, {"Key": "k"}])
    assert upsert(http, rows, {"Key": "new"}, {"Key": "k", "Party": 2}).status_code == 422
    assert {each["fields"].get("Party") for each in bookings.all()} == {None}
    assert len(bookings.all()) == 2


def test_an_upsert_matches_exactly(http: httpx.Client, rows: str, bookings: Table) -> None:
    bookings.create({"Key": "mesa-1"})
    for key in ("MESA-1", "mesa-11", "mesa-1 "):
        assert upsert(http, rows, {"Key": key}).json()["updatedRecords"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Party", 4),
        ("Name", "Laura"),
        ("Notes", "a\nb"),
        ("Status", "Confirmed"),
        ("Wishes", ["Window", "Quiet"]),
        ("Day", "2026-03-29"),
    ],
)
def test_an_upsert_merges_on_numbers_texts_selects_and_dates(
    http: httpx.Client, rows: str, field: str, value: Any
) -> None:
    first = upsert(http, rows, {field: value}, on=[field]).json()
    second = upsert(http, rows, {field: value}, on=[field]).json()
    assert second["updatedRecords"] == first["createdRecords"]


@pytest.mark.parametrize("field", ["Email", "Phone", "Label", "Zones", "Seats", "Start"])
def test_an_upsert_does_not_merge_on_other_types(http: httpx.Client, rows: str, field: str) -> None:
    assert upsert(http, rows, {"Key": "k"}, on=[field]).status_code == 422


@pytest.mark.parametrize(
    "on",
    [[], ["Key", "Name", "Notes", "Party"], ["Nothing"], "Key"],
    ids=["0", "4", "unknown", "text"],
)
def test_an_upsert_merges_on_one_to_three_known_fields(
    http: httpx.Client, rows: str, on: Any
) -> None:
    body = {"records": [{"fields": {"Key": "k"}}], "performUpsert": {"fieldsToMergeOn": on}}
    assert http.patch(rows, json=body).status_code == 422


def test_an_upsert_by_two_fields_needs_both(http: httpx.Client, rows: str) -> None:
    assert error_of(upsert(http, rows, {"Key": "k"}, on=["Key", "Party"])) == INVALID_REQUEST
    both = [upsert(http, rows, {"Key": "k", "Party": n}, on=["Key", "Party"]) for n in (1, 2, 1)]
    assert [len(each.json()["createdRecords"]) for each in both] == [1, 1, 0]


def test_two_new_rows_with_one_key_in_one_request_both_appear(
    http: httpx.Client, rows: str
) -> None:
    """Rows are matched with the table as it stood before: an upsert is no unique constraint."""
    assert len(upsert(http, rows, {"Key": "k"}, {"Key": "k"}).json()["createdRecords"]) == 2


def test_an_upsert_with_an_id_that_is_not_there_fails(http: httpx.Client, rows: str) -> None:
    body = {
        "records": [{"id": "rec00000000000000", "fields": {"Key": "k"}}],
        "performUpsert": {"fieldsToMergeOn": ["Key"]},
    }
    assert error_of(http.patch(rows, json=body))[1] == "ROW_DOES_NOT_EXIST"


def test_created_times_are_whole_seconds_and_the_same_in_a_batch(bookings: Table) -> None:
    created = {each["createdTime"] for each in bookings.batch_create([{}] * 10)}
    assert len(created) == 1
    assert created.pop().endswith(".000Z")
