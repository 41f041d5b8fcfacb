"""The emulator is believed because code that was written for Airtable runs against it unchanged.

These are the calls of pyairtable's own live tests and those that a booking store makes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests
from pyairtable import Api, Base, Table
from pyairtable.formulas import AND, EQ, FIND, OR, RECORD_ID, Field, Formula, match
from pyairtable.utils import date_to_iso_str, datetime_to_iso_str

from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import API_USER, TEST_BASE


def test_a_record_is_created_read_updated_replaced_and_deleted(bookings: Table) -> None:
    created = bookings.create({"Name": "Laura", "Party": 4, "Arrived": True})
    assert bookings.get(created["id"])["fields"]["Name"] == "Laura"

    updated = bookings.update(created["id"], {"Name": "Nora"})
    assert (updated["fields"]["Name"], updated["fields"]["Party"]) == ("Nora", 4)

    replaced = bookings.update(created["id"], {"Party": 2}, replace=True)
    assert "Name" not in replaced["fields"]
    assert "Arrived" not in replaced["fields"]
    assert bookings.delete(created["id"]) == {"id": created["id"], "deleted": True}
    assert bookings.all() == []


def test_batches_of_more_than_ten_are_sent_in_tens(bookings: Table, control: Control) -> None:
    created = bookings.batch_create([{"Name": f"Guest {i}"} for i in range(15)])
    updated = bookings.batch_update(
        [{"id": each["id"], "fields": {"Party": 2}} for each in created]
    )
    assert [each["id"] for each in updated] == [each["id"] for each in created]
    assert {each["fields"]["Party"] for each in updated} == {2}
    assert len(bookings.batch_delete([each["id"] for each in created])) == 15
    assert control.requests()["total"] == 6


def test_field_ids_are_taken_and_given(bookings: Table, fields: dict[str, str]) -> None:
    name = fields["Name"]
    created = bookings.create({name: "Laura"}, use_field_ids=True)
    assert created["fields"][name] == "Laura"
    assert bookings.get(created["id"], use_field_ids=True)["fields"][name] == "Laura"
    updated = bookings.update(created["id"], {name: "Nora"}, use_field_ids=True)
    assert updated["fields"][name] == "Nora"
    batch = bookings.batch_create([{name: "A"}, {name: "B"}], use_field_ids=True)
    formula = OR(RECORD_ID().eq(each["id"]) for each in batch)
    fetched = bookings.all(formula=formula, use_field_ids=True)
    assert {each["fields"][name] for each in fetched} == {"A", "B"}
    again = bookings.batch_update(
        [{"id": each["id"], "fields": {name: "C"}} for each in batch], use_field_ids=True
    )
    assert [each["fields"][name] for each in again] == ["C", "C"]


LIST_OPTIONS: list[dict[str, Any]] = [
    {"view": "Grid view"},
    {"max_records": 1},
    {"page_size": 1},
    {"offset": ""},
    {"fields": ["Name", "Party"]},
    {"cell_format": "json"},
    {"sort": ["Name", "-Party"]},
    {"time_zone": "utc"},
    {"user_locale": "en-ie"},
    {"count_comments": True},
]


@pytest.mark.parametrize("options", LIST_OPTIONS, ids=lambda options: next(iter(options)))
@pytest.mark.parametrize("formula", [None, f"{{Name}} != '{'x' * 17_000}'"], ids=["GET", "POST"])
def test_every_option_of_a_list_works_by_get_and_by_post(
    bookings: Table, control: Control, options: dict[str, Any], formula: str | None
) -> None:
    created = bookings.create({"Name": "Laura", "Party": 4})
    given = options | ({"formula": formula} if formula else {})
    (listed,) = bookings.all(**given)
    assert listed["id"] == created["id"]
    assert listed["fields"]["Name"] == "Laura"
    last = control.requests()["last"][-1]
    assert last["method"] == ("POST" if formula else "GET")


def test_a_record_is_matched_by_its_values(bookings: Table) -> None:
    created = bookings.create({"Name": "Laura", "Party": 4})
    assert bookings.first(formula=match({"Name": "Laura", "Party": 4})) == created
    assert bookings.first(formula=match({"Name": "Laura", "Party": 0})) is None
    assert bookings.first(formula=match({"Name": "Laura", "Party": 0}, match_any=True)) == created


@pytest.mark.parametrize("name", ["O'Brien's table", 'The "Quote"', "back\\slash", "two\nlines"])
def test_a_quoted_value_finds_its_record(bookings: Table, name: str) -> None:
    created = bookings.create({"Name": name})
    bookings.create({"Name": "other"})
    found = bookings.all(formula=match({"Name": name}))
    assert [each["id"] for each in found] == [created["id"]]


def test_an_instant_is_matched_to_the_millisecond(bookings: Table) -> None:
    instant = datetime(2026, 3, 29, 18, 0, 0, 123_456, tzinfo=UTC)
    created = bookings.create({"Start": datetime_to_iso_str(instant)})
    bookings.create({"Start": "2026-03-29T18:00:00.124Z"})
    assert [each["id"] for each in bookings.all(formula=match({"Start": instant}))] == [
        created["id"]
    ]


def test_a_day_is_found_inside_an_instant(bookings: Table) -> None:
    day = date_to_iso_str(date(2026, 3, 29))
    created = [bookings.create({"Start": f"2026-03-29T{hour}:00:00Z"}) for hour in (18, 20)]
    bookings.create({"Start": "2026-03-30T18:00:00Z"})
    found = bookings.all(formula=FIND(day, Field("Start")))
    assert {each["id"] for each in found} == {each["id"] for each in created}


def test_formulas_are_composed(bookings: Table) -> None:
    created = bookings.create({"Name": "Mike's", "Party": 1, "Arrived": True})
    formula = AND(EQ(Field("Name"), "Mike's"), EQ(Field("Party"), 1), EQ(Field("Arrived"), True))
    assert bookings.first(formula=formula) == created


def test_an_overlap_is_asked_for_by_instants(bookings: Table) -> None:
    def overlapping(start: str, end: str) -> Formula:
        return Formula(
            f"AND({{Key}}='mesa-4', IS_BEFORE({{Start}}, DATETIME_PARSE('{end}')), "
            f"IS_AFTER({{End}}, DATETIME_PARSE('{start}')))"
        )

    bookings.create(
        {"Key": "mesa-4", "Start": "2026-03-29T18:00:00Z", "End": "2026-03-29T20:00:00Z"}
    )
    assert bookings.all(formula=overlapping("2026-03-29T19:00:00Z", "2026-03-29T21:00:00Z"))
    assert not bookings.all(formula=overlapping("2026-03-29T20:00:00Z", "2026-03-29T21:00:00Z"))


def test_upsert_updates_by_id_updates_by_key_and_creates(bookings: Table) -> None:
    one, two = bookings.batch_create([{"Key": "One"}, {"Key": "Two"}])
    result = bookings.batch_upsert(
        [
            {"id": one["id"], "fields": {"Party": 3}},
            {"fields": {"Key": "Two", "Party": 4}},
            {"fields": {"Key": "Three", "Party": 5}},
        ],
        key_fields=["Key"],
    )
    assert result["updatedRecords"] == [one["id"], two["id"]]
    assert len(result["createdRecords"]) == 1
    assert [(each["fields"]["Key"], each["fields"]["Party"]) for each in result["records"]] == [
        ("One", 3),
        ("Two", 4),
        ("Three", 5),
    ]


def test_upsert_with_replace_clears_what_is_not_given(bookings: Table) -> None:
    one, _ = bookings.batch_create([{"Key": "One", "Party": 1}, {"Key": "Two", "Party": 2}])
    result = bookings.batch_upsert(
        [
            {"id": one["id"], "fields": {"Party": 3}},
            {"fields": {"Key": "Two"}},
            {"fields": {"Key": None, "Party": 7}},
        ],
        key_fields=["Key"],
        replace=True,
    )
    first, second, third = (each["fields"] for each in result["records"])
    assert (first.get("Key"), first["Party"]) == (None, 3)
    assert (second["Key"], second.get("Party")) == ("Two", None)
    assert (third.get("Key"), third["Party"]) == (None, 7)
    assert len(result["createdRecords"]) == 1


def test_250_rows_come_in_three_pages(bookings: Table) -> None:
    bookings.batch_create([{"Name": f"Guest {i}"} for i in range(250)])
    pages = list(bookings.iterate())
    assert [len(page) for page in pages] == [100, 100, 50]
    assert len({each["id"] for page in pages for each in page}) == 250


def test_a_long_formula_is_paged_by_post(bookings: Table, api: Api, control: Control) -> None:
    created = bookings.batch_create([{"Name": f"Guest {i}"} for i in range(500)])
    formula = OR(RECORD_ID().eq(each["id"]) for each in created[:-1])
    assert len(str(formula)) > api.MAX_URL_LENGTH
    for page_size in (10, 50):
        pages = bookings.iterate(formula=formula, page_size=page_size)
        first, second = ({each["id"] for each in next(pages)} for _ in range(2))
        assert len(first) == len(second) == page_size
        assert not first & second
    assert len(bookings.all(formula=formula)) == 499
    assert control.requests()["by_kind"]["POST /{base}/{table}/listRecords"] == 9
    paged = list(bookings.iterate(formula=formula, page_size=10, max_records=25))
    assert [len(page) for page in paged] == [10, 10, 5]


def test_comments_are_made_read_changed_and_deleted(api: Api, bookings: Table) -> None:
    record = bookings.create({"Name": "Laura"})
    me = api.whoami()["id"]
    bookings.add_comment(record["id"], f"Conflict, says @[{me}]")
    (comment,) = bookings.comments(record["id"])
    assert comment.author.id == me
    assert comment.mentioned[me].id == me
    comment.text = "Settled"
    comment.save()
    assert not comment.mentioned
    assert bookings.comments(record["id"])[0].text == "Settled"
    comment.delete()
    assert bookings.comments(record["id"]) == []


def test_bases_are_listed_and_named(api: Api) -> None:
    assert {each.id: each.name for each in api.bases()}[TEST_BASE] == "Test base"
    assert api.base(TEST_BASE, validate=True).name == "Test base"
    assert api.whoami()["id"] == API_USER


def test_the_schema_is_read(base: Base, fields: dict[str, str]) -> None:
    schema = base.schema()
    assert [each.name for each in schema.tables] == ["Resources", "Bookings"]
    table = base.table("Bookings").schema()
    assert table.field("Name").id == fields["Name"]
    assert table.field(fields["Name"]).name == "Name"
    assert len(table.fields) == len(fields)
    assert table.views[0].visible_field_ids == list(fields.values())


def test_a_table_and_a_field_are_made_and_renamed(base: Base) -> None:
    made = base.create_table("Guests", [{"name": "Name", "type": "singleLineText"}], "Who came")
    field = made.create_field("Language", "singleSelect", options={"choices": [{"name": "es"}]})
    assert field.type == "singleSelect"
    schema = made.schema(force=True)
    assert (schema.name, schema.description) == ("Guests", "Who came")
    changed = schema.field("Language")
    changed.name, changed.description = "Idioma", "What they speak"
    changed.save()
    schema.name = "Huéspedes"
    schema.save()
    again = base.schema(force=True).table("Huéspedes").field("Idioma")
    assert (again.id, again.description) == (field.id, "What they speak")
    assert made.create({"Idioma": "es"})["fields"] == {"Idioma": "es"}


def test_a_webhook_tells_of_twenty_updates_in_order(
    base: Base, bookings: Table, fields: dict[str, str]
) -> None:
    made = base.add_webhook(
        "http://127.0.0.1:9/", {"options": {"filters": {"dataTypes": ["tableData"]}}}
    )
    webhook = base.webhook(made.id)
    webhook.disable_notifications()
    created = bookings.create({"Name": "Laura"})
    (payload,) = webhook.payloads()
    changed = payload.changed_tables_by_id[bookings.id]
    cells = changed.created_records_by_id[created["id"]].cell_values_by_field_id
    assert cells[fields["Name"]] == "Laura"

    for number in range(20):
        bookings.update(created["id"], {"Name": str(number)})
    assert payload.cursor is not None
    payloads = list(webhook.payloads(cursor=payload.cursor + 1))
    assert [each.cursor for each in payloads] == list(range(2, 22))
    names = [
        each.changed_tables_by_id[bookings.id]
        .changed_records_by_id[created["id"]]
        .current.cell_values_by_field_id[fields["Name"]]
        for each in payloads
    ]
    assert names == [str(number) for number in range(20)]


def test_webhooks_are_listed_extended_and_deleted(base: Base, control: Control) -> None:
    spec = {"options": {"filters": {"dataTypes": ["tableData"]}}}
    made = base.add_webhook("http://127.0.0.1:9/", spec)
    (webhook,) = base.webhooks()
    assert webhook.id == made.id
    assert webhook.expiration_time == made.expiration_time
    control.advance(3600)
    webhook.extend_expiration()
    (extended,) = base.webhooks()
    assert extended.expiration_time is not None
    assert made.expiration_time is not None
    assert extended.expiration_time > made.expiration_time
    webhook.enable_notifications()
    webhook.delete()
    assert base.webhooks() == []


def test_a_refusal_reaches_the_caller_as_an_http_error(bookings: Table) -> None:
    with pytest.raises(requests.HTTPError) as raised:
        bookings.create({"Nam": "Laura"})
    assert raised.value.response is not None
    assert raised.value.response.status_code == 422
    assert "UNKNOWN_FIELD_NAME" in str(raised.value)


def test_default_retries_write_a_booking_twice_after_a_reset(
    emulator: Any, control: Control
) -> None:
    """The trap that the store has to avoid, so the emulator has to have it."""
    control.next_fault("reset_after", times=2, method="POST")
    api = Api(emulator.token, endpoint_url=emulator.url)
    api.table(TEST_BASE, "Bookings").create({"Name": "Laura"})
    api.session.close()
    assert len(control.records("Bookings")) == 3


def test_many_threads_share_one_api(bookings: Table) -> None:
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda i: bookings.create({"Key": str(i)}), range(64)))
    assert len({each["id"] for each in created}) == 64
    assert len(bookings.all()) == 64
