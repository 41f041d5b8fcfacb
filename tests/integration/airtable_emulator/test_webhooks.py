"""Webhooks: what a specification may say, what payloads hold, cursors, life and death."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import INVALID_REQUEST, error_of
from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import API_USER, STAFF_USER, TEST_BASE

HOOKS = f"bases/{TEST_BASE}/webhooks"
DAY_S = 24 * 3600


class Hook:
    """One webhook, as its owner reads it."""

    def __init__(self, http: httpx.Client, filters: dict[str, Any], includes: dict[str, Any]):
        self._http = http
        options = {"filters": {"dataTypes": ["tableData"]} | filters, "includes": includes}
        response = http.post(HOOKS, json={"specification": {"options": options}})
        assert response.status_code == 200, response.headers
        self.path = f"{HOOKS}/{response.json()['id']}"

    def page(self, **query: int) -> dict[str, Any]:
        page: dict[str, Any] = self._http.get(f"{self.path}/payloads", params=query).json()
        return page

    def payloads(self) -> list[dict[str, Any]]:
        return list(self.page()["payloads"])

    def changes(self, table: str) -> list[dict[str, Any]]:
        return [each["changedTablesById"][table] for each in self.payloads()]

    def described(self) -> dict[str, Any]:
        hooks = self._http.get(HOOKS).json()["webhooks"]
        return next(each for each in hooks if self.path.endswith(each["id"]))


@pytest.fixture
def hook(http: httpx.Client) -> Any:
    def make(filters: dict[str, Any] | None = None, **includes: Any) -> Hook:
        return Hook(http, filters or {}, includes)

    return make


def test_the_secret_is_shown_once(http: httpx.Client, hook: Any) -> None:
    body = {"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}}
    made = http.post(HOOKS, json=body).json()
    assert set(made) == {"id", "macSecretBase64", "expirationTime"}
    assert made["id"].startswith("ach")
    (listed,) = http.get(HOOKS).json()["webhooks"]
    assert set(listed) == {
        "id",
        "specification",
        "notificationUrl",
        "cursorForNextPayload",
        "isHookEnabled",
        "areNotificationsEnabled",
        "expirationTime",
        "lastSuccessfulNotificationTime",
        "lastNotificationResult",
    }


@pytest.mark.parametrize(
    "filters",
    [
        {"dataTypes": []},
        {"dataTypes": ["rows"]},
        {"recordChangeScope": "Bookings"},
        {"recordChangeScope": "tbl00000000000000"},
        {"recordChangeScope": "viw00000000000000"},
        {"changeTypes": ["move"]},
        {"fromSources": ["staff"]},
        {"watchDataInFieldIds": ["Name"]},
        {"watchSchemasOfFieldIds": ["fld00000000000000"]},
        {"tables": ["Bookings"]},
    ],
)
def test_a_specification_takes_ids_and_known_words_only(
    http: httpx.Client, filters: dict[str, Any]
) -> None:
    options = {"filters": {"dataTypes": ["tableData"]} | filters}
    response = http.post(HOOKS, json={"specification": {"options": options}})
    assert error_of(response) == INVALID_REQUEST


@pytest.mark.parametrize("body", [{}, {"specification": {}}, {"notificationUrl": "x"}])
def test_a_webhook_needs_data_types(http: httpx.Client, body: dict[str, Any]) -> None:
    assert error_of(http.post(HOOKS, json=body)) == INVALID_REQUEST


def test_a_base_has_ten_webhooks(http: httpx.Client, hook: Any) -> None:
    for _ in range(10):
        hook()
    body = {"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}}
    assert http.post(HOOKS, json=body).status_code == 422


def test_a_payload_says_when_and_by_whom(hook: Any, bookings: Table, control: Control) -> None:
    webhook = hook()
    bookings.create({"Name": "Laura"})
    control.create("Bookings", {"Name": "Nora"})
    first, second = webhook.payloads()
    assert first["payloadFormat"] == "v0"
    assert second["baseTransactionNumber"] == first["baseTransactionNumber"] + 1
    for payload, source, user in ((first, "publicApi", API_USER), (second, "client", STAFF_USER)):
        assert payload["actionMetadata"]["source"] == source
        assert payload["actionMetadata"]["sourceMetadata"]["user"]["id"] == user


def test_values_come_in_the_webhook_form(
    hook: Any, bookings: Table, control: Control, fields: dict[str, str]
) -> None:
    webhook = hook({"recordChangeScope": bookings.id})
    table = control.create("Resources", {"Name": "T1", "Zone": "Terrace"})
    created = bookings.create(
        {
            "Status": "Confirmed",
            "Wishes": ["Quiet"],
            "Tables": [table],
            "Start": "2026-03-29T18:00:00Z",
            "Host": {"id": STAFF_USER},
        }
    )
    record = webhook.changes(bookings.id)[-1]["createdRecordsById"][created["id"]]
    assert record["createdTime"] == created["createdTime"]
    cells = record["cellValuesByFieldId"]
    assert cells[fields["Status"]]["name"] == "Confirmed"
    assert cells[fields["Status"]]["id"].startswith("sel")
    assert [each["name"] for each in cells[fields["Wishes"]]] == ["Quiet"]
    assert cells[fields["Tables"]] == [{"id": table, "name": "T1"}]
    assert cells[fields["Start"]] == "2026-03-29T18:00:00.000Z"
    assert cells[fields["Host"]]["permissionLevel"] == "create"
    assert cells[fields["Zones"]] == {
        "linkedRecordIds": [table],
        "valuesByLinkedRecordId": {table: ["Terrace"]},
    }
    assert fields["Name"] not in cells


def test_a_change_holds_the_changed_cells_only(
    hook: Any, bookings: Table, fields: dict[str, str]
) -> None:
    created = bookings.create({"Key": "k", "Status": "Confirmed"})
    webhook = hook()
    bookings.update(created["id"], {"Status": None, "Key": "k"})
    (change,) = webhook.changes(bookings.id)
    record = change["changedRecordsById"][created["id"]]
    assert set(record) == {"current"}
    cells = record["current"]["cellValuesByFieldId"]
    assert cells[fields["Status"]] is None
    assert fields["Key"] not in cells


def test_previous_and_unchanged_values_come_when_included(
    hook: Any, bookings: Table, fields: dict[str, str]
) -> None:
    created = bookings.create({"Key": "k", "Party": 2})
    webhook = hook(
        includePreviousCellValues=True,
        includeCellValuesInFieldIds=[fields["Key"]],
    )
    everything = hook(includeCellValuesInFieldIds="all")
    bookings.update(created["id"], {"Party": 4})
    record = webhook.changes(bookings.id)[0]["changedRecordsById"][created["id"]]
    assert record["current"]["cellValuesByFieldId"][fields["Party"]] == 4
    assert record["previous"]["cellValuesByFieldId"][fields["Party"]] == 2
    assert record["unchanged"]["cellValuesByFieldId"] == {fields["Key"]: "k"}
    whole = everything.changes(bookings.id)[0]["changedRecordsById"][created["id"]]
    assert fields["Name"] in whole["unchanged"]["cellValuesByFieldId"]


def test_a_write_that_changes_nothing_leaves_no_payload(hook: Any, bookings: Table) -> None:
    created = bookings.create({"Party": 2})
    webhook = hook()
    bookings.update(created["id"], {"Party": 2})
    assert webhook.payloads() == []


def test_deleted_records_are_named(hook: Any, bookings: Table) -> None:
    ids = [each["id"] for each in bookings.batch_create([{}, {}])]
    webhook = hook()
    bookings.batch_delete(ids)
    (change,) = webhook.changes(bookings.id)
    assert sorted(change["destroyedRecordIds"]) == sorted(ids)


def test_a_link_changes_the_other_table_in_the_same_payload(
    hook: Any, bookings: Table, control: Control
) -> None:
    table = control.create("Resources", {"Name": "T1"})
    webhook = hook()
    bookings.create({"Tables": [table]})
    (payload,) = webhook.payloads()
    assert len(payload["changedTablesById"]) == 2


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"changeTypes": ["add"]}, ["createdRecordsById"]),
        ({"changeTypes": ["update"]}, ["changedRecordsById"]),
        ({"changeTypes": ["remove"]}, ["destroyedRecordIds"]),
        ({}, ["createdRecordsById", "changedRecordsById", "destroyedRecordIds"]),
        ({"dataTypes": ["tableFields"]}, []),
    ],
)
def test_change_types_choose(
    hook: Any, bookings: Table, filters: dict[str, Any], expected: list[str]
) -> None:
    webhook = hook(filters)
    created = bookings.create({"Name": "Laura"})
    bookings.update(created["id"], {"Name": "Nora"})
    bookings.delete(created["id"])
    assert [next(iter(each)) for each in webhook.changes(bookings.id)] == expected


def test_scope_sources_and_watched_fields_choose(
    hook: Any, bookings: Table, control: Control, fields: dict[str, str]
) -> None:
    resources = next(each["id"] for each in control.schema()["tables"])
    elsewhere = hook({"recordChangeScope": resources})
    by_hand = hook({"fromSources": ["client"]})
    of_party = hook({"watchDataInFieldIds": [fields["Party"]], "changeTypes": ["update"]})
    created = bookings.create({"Name": "Laura"})
    control.update("Bookings", created["id"], {"Name": "Nora"})
    bookings.update(created["id"], {"Party": 4})
    assert elsewhere.payloads() == []
    assert [each["actionMetadata"]["source"] for each in by_hand.payloads()] == ["client"]
    (change,) = of_party.changes(bookings.id)
    cells = change["changedRecordsById"][created["id"]]["current"]["cellValuesByFieldId"]
    assert list(cells) == [fields["Party"]]


def test_schema_changes_are_told(
    hook: Any, bookings: Table, http: httpx.Client, control: Control, fields: dict[str, str]
) -> None:
    webhook = hook(
        {"dataTypes": ["tableFields", "tableMetadata"]}, includePreviousFieldDefinitions=True
    )
    of = bookings.id
    control.staff("rename_field", table="Bookings", field="Key", name="Clave")
    new = {"name": "Zone", "type": "singleLineText"}
    zone = control.staff("create_field", table="Bookings", definition=new)["id"]
    control.staff("delete_field", table="Bookings", field="Zone")
    control.staff("rename_table", table="Bookings", name="Reservas")
    made = http.post(
        f"meta/bases/{TEST_BASE}/tables", json={"name": "Guests", "fields": [new]}
    ).json()
    control.staff("delete_table", table="Guests")
    renamed, created, destroyed, table, made_table, gone_table = webhook.payloads()
    assert renamed["changedTablesById"][of]["changedFieldsById"] == {
        fields["Key"]: {"current": {"name": "Clave"}, "previous": {"name": "Key"}}
    }
    assert created["changedTablesById"][of]["createdFieldsById"] == {zone: new}
    assert destroyed["changedTablesById"][of]["destroyedFieldIds"] == [zone]
    metadata = table["changedTablesById"][of]["changedMetadata"]
    assert (metadata["previous"]["name"], metadata["current"]["name"]) == ("Bookings", "Reservas")
    assert made_table["createdTablesById"][made["id"]]["metadata"]["name"] == "Guests"
    assert gone_table["destroyedTableIds"] == [made["id"]]


def test_an_action_over_many_records_is_split_under_one_transaction_number(
    hook: Any, bookings: Table, control: Control
) -> None:
    control.webhook_settings(most_records_per_payload=4)
    webhook = hook({"recordChangeScope": bookings.id})
    bookings.batch_create([{"Name": str(i)} for i in range(10)])
    payloads = webhook.payloads()
    parts = [each["createdRecordsById"] for each in webhook.changes(bookings.id)]
    assert [len(each) for each in parts] == [4, 4, 2]
    assert len({each["baseTransactionNumber"] for each in payloads}) == 1


def test_cursors_start_at_one_and_name_the_next_payload(hook: Any, bookings: Table) -> None:
    webhook = hook()
    assert webhook.page() == {"payloads": [], "cursor": 1, "mightHaveMore": False}
    for _ in range(5):
        bookings.create({})
    first = webhook.page(limit=2)
    second = webhook.page(cursor=first["cursor"])
    assert (len(first["payloads"]), first["cursor"], first["mightHaveMore"]) == (2, 3, True)
    assert (len(second["payloads"]), second["cursor"], second["mightHaveMore"]) == (3, 6, False)
    assert webhook.page(cursor=6) == {"payloads": [], "cursor": 6, "mightHaveMore": False}
    assert webhook.described()["cursorForNextPayload"] == 6
    assert webhook.page(cursor=1, limit=1)["payloads"] == first["payloads"][:1]


def test_at_most_fifty_payloads_come_at_once(hook: Any, bookings: Table) -> None:
    webhook = hook()
    created = bookings.create({})["id"]
    for number in range(60):
        bookings.update(created, {"Party": number + 1})
    page = webhook.page()
    assert (len(page["payloads"]), page["cursor"], page["mightHaveMore"]) == (50, 51, True)


@pytest.mark.parametrize("query", ["cursor=0", "cursor=3", "cursor=x", "limit=51", "limit=0"])
def test_a_cursor_or_limit_that_cannot_be_is_refused(
    http: httpx.Client, hook: Any, query: str
) -> None:
    assert error_of(http.get(f"{hook().path}/payloads?{query}")) == INVALID_REQUEST


def test_a_webhook_expires_after_seven_days(
    hook: Any, bookings: Table, control: Control, http: httpx.Client
) -> None:
    webhook = hook()
    bookings.create({})
    control.advance(7 * DAY_S + 1)
    bookings.create({})
    assert webhook.described()["isHookEnabled"] is False
    assert len(webhook.payloads()) == 0, "the first payload is seven days old as well"
    assert http.post(f"{webhook.path}/refresh").status_code == 422


def test_after_expiry_payloads_stay_readable_for_a_while(
    hook: Any, bookings: Table, control: Control, http: httpx.Client
) -> None:
    webhook = hook()
    control.advance(6 * DAY_S)
    bookings.create({})
    control.advance(2 * DAY_S)
    assert len(webhook.payloads()) == 1
    control.advance(7 * DAY_S)
    assert http.get(f"{webhook.path}/payloads").status_code == 404
    assert http.get(HOOKS).json() == {"webhooks": []}


@pytest.mark.parametrize("how", ["refresh", "payloads"])
def test_refreshing_and_reading_extend_the_life_by_seven_days(
    hook: Any, control: Control, http: httpx.Client, how: str
) -> None:
    webhook = hook()
    control.advance(6 * DAY_S)
    if how == "refresh":
        shown = http.post(f"{webhook.path}/refresh").json()
        assert shown == {"expirationTime": webhook.described()["expirationTime"]}
    else:
        webhook.page()
    control.advance(6 * DAY_S)
    assert webhook.described()["isHookEnabled"] is True


def test_payloads_are_deleted_after_seven_days_read_or_not(
    hook: Any, bookings: Table, control: Control
) -> None:
    webhook = hook()
    bookings.create({})
    control.advance(5 * DAY_S)
    bookings.create({})
    webhook.page()
    control.advance(3 * DAY_S)
    page = webhook.page(cursor=1)
    assert (len(page["payloads"]), page["cursor"]) == (1, 3)


def test_deleting_a_named_field_makes_a_zombie(
    hook: Any, bookings: Table, control: Control, fields: dict[str, str]
) -> None:
    webhook = hook({"watchDataInFieldIds": [fields["Notes"], fields["Name"]]})
    control.staff("delete_field", table="Bookings", field="Notes")
    bookings.create({"Name": "Laura"})
    (payload,) = webhook.payloads()
    assert (payload["error"], payload["code"]) == (True, "INVALID_HOOK")
    assert webhook.described()["isHookEnabled"] is True


def test_a_payload_can_be_an_internal_error(hook: Any, bookings: Table, control: Control) -> None:
    webhook = hook()
    control.next_fault("payload_error")
    bookings.create({})
    bookings.create({})
    first, second = webhook.payloads()
    assert (first["error"], first["code"]) == (True, "INTERNAL_ERROR")
    assert "error" not in second


def test_notifications_are_switched_and_hooks_deleted(http: httpx.Client, hook: Any) -> None:
    webhook = hook()
    path = f"{webhook.path}/enableNotifications"
    assert http.post(path, json={"enable": False}).json() == {}
    assert webhook.described()["areNotificationsEnabled"] is False
    assert error_of(http.post(path, json={"enable": "no"})) == INVALID_REQUEST
    assert http.delete(webhook.path).status_code == 200
    assert error_of(http.get(f"{webhook.path}/payloads")) == (404, "NOT_FOUND", None)
