"""Tokens, scopes, bases and roles; paths and bodies that nobody can answer."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.airtable_emulator.furniture import INVALID_REQUEST, error_of
from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import TEST_BASE

UNAUTHENTICATED = (401, "AUTHENTICATION_REQUIRED", "Authentication required")
NO_MODEL = (
    403,
    "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
    "Invalid permissions, or the requested model was not found. Check that both your user and your "
    "token have the required permissions, and that the model names and/or ids are correct.",
)


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic patTEST", "Bearer keyOLD123"])
def test_without_a_known_token_nothing_is_answered(
    http: httpx.Client, rows: str, header: str
) -> None:
    assert error_of(http.get(rows, headers={"authorization": header})) == UNAUTHENTICATED


def test_a_revoked_token_is_unknown_at_once(
    http: httpx.Client, control: Control, rows: str
) -> None:
    assert http.get(rows).status_code == 200
    control.revoke_token()
    assert error_of(http.get(rows)) == UNAUTHENTICATED


@pytest.mark.parametrize(
    ("scope", "method", "path", "body"),
    [
        ("data.records:read", "GET", "{base}/Bookings", None),
        ("data.records:read", "POST", "{base}/Bookings/listRecords", {}),
        ("data.records:write", "POST", "{base}/Bookings", {"fields": {}}),
        ("schema.bases:read", "GET", "meta/bases", None),
        ("schema.bases:read", "GET", "meta/bases/{base}/tables", None),
        ("schema.bases:write", "POST", "meta/bases/{base}/tables", {}),
        ("webhook:manage", "GET", "bases/{base}/webhooks", None),
    ],
)
def test_each_call_needs_its_scope(
    http: httpx.Client,
    control: Control,
    scope: str,
    method: str,
    path: str,
    body: dict[str, object] | None,
) -> None:
    scopes = [each for each in http.get("meta/whoami").json()["scopes"] if each != scope]
    control.put_token("patTEST", scopes=scopes)
    response = http.request(method, path.format(base=TEST_BASE), json=body)
    assert error_of(response) == NO_MODEL


def test_without_the_scope_for_it_whoami_gives_no_address(
    http: httpx.Client, control: Control
) -> None:
    assert "email" in http.get("meta/whoami").json()
    control.put_token("patTEST", scopes=["data.records:read"])
    assert "email" not in http.get("meta/whoami").json()


@pytest.mark.parametrize(
    "path", ["appUNKNOWN0000000/Bookings", "{base}/Nothing", "{base}/tbl00000000000000"]
)
def test_an_unknown_base_or_table_looks_like_a_missing_permission(
    http: httpx.Client, path: str
) -> None:
    assert error_of(http.get(path.format(base=TEST_BASE))) == NO_MODEL


def test_a_base_that_is_not_granted_is_not_there(http: httpx.Client, control: Control) -> None:
    other = control.create_base("Other")
    assert http.get(f"meta/bases/{other}/tables").status_code == 200
    control.put_token("patTEST", bases=[TEST_BASE])
    assert error_of(http.get(f"meta/bases/{other}/tables")) == NO_MODEL
    assert [each["id"] for each in http.get("meta/bases").json()["bases"]] == [TEST_BASE]


def test_a_reader_writes_no_records_and_is_told_the_table(
    http: httpx.Client, control: Control, rows: str
) -> None:
    control.put_token("patTEST", role="read")
    status, type_, message = error_of(http.post(rows, json={"fields": {"Name": "Laura"}}))
    assert (status, type_) == (403, "INVALID_PERMISSIONS")
    assert str(message).startswith("You are not permitted to create records in table Bookings (tbl")
    assert http.get(rows).status_code == 200


def test_an_editor_makes_no_webhooks(http: httpx.Client, control: Control) -> None:
    control.put_token("patTEST", role="edit")
    assert error_of(http.get(f"bases/{TEST_BASE}/webhooks")) == (
        403,
        "INVALID_PERMISSIONS",
        "You are not permitted to perform this operation",
    )


@pytest.mark.parametrize("path", ["", "meta/nothing", f"bases/{TEST_BASE}/nothing", "something"])
def test_an_unknown_path_is_not_found(http: httpx.Client, path: str) -> None:
    assert error_of(http.get(path)) == (404, "NOT_FOUND", None)


def test_a_body_that_is_no_json_is_400(http: httpx.Client, rows: str) -> None:
    assert http.post(rows, content=b"{").status_code == 400


def test_a_body_that_is_no_object_is_refused(http: httpx.Client, rows: str) -> None:
    assert error_of(http.post(rows, json=[1])) == INVALID_REQUEST


@pytest.mark.parametrize(("length", "status"), [(15_900, 200), (16_000, 414)])
def test_urls_of_16000_characters_are_refused(
    http: httpx.Client, rows: str, length: int, status: int
) -> None:
    formula = f"{{Name}}='{'x' * (length - 120)}'"
    url = str(http.base_url) + rows + "?filterByFormula=" + httpx.QueryParams({"a": formula})["a"]
    padding = length - len(str(http.build_request("GET", url).url))
    url = url[:-1] + "x" * padding + "'"
    assert http.get(url).status_code == status


def test_too_large_a_body_is_413(http: httpx.Client, rows: str) -> None:
    body = {"fields": {"Notes": "x" * 5_000_000}}
    assert http.post(rows, json=body).status_code == 413


def test_answers_are_json_with_its_charset_and_without_rate_limit_headers(
    http: httpx.Client, rows: str
) -> None:
    headers = http.get(rows).headers
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert not [each for each in headers if "rate" in each or "retry" in each]
