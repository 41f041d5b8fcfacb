"""Comments: order, pages, mentions, whose they are."""

from __future__ import annotations

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import INVALID_REQUEST, error_of
from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import STAFF_USER


@pytest.fixture
def path(rows: str, bookings: Table) -> str:
    return f"{rows}/{bookings.create({'Name': 'Laura'})['id']}/comments"


def test_comments_come_newest_first_and_in_pages(http: httpx.Client, path: str) -> None:
    for number in range(5):
        http.post(path, json={"text": str(number)})
    first = http.get(path, params={"pageSize": 3}).json()
    second = http.get(path, params={"pageSize": 3, "offset": first["offset"]}).json()
    assert [each["text"] for each in first["comments"]] == ["4", "3", "2"]
    assert [each["text"] for each in second["comments"]] == ["1", "0"]
    assert second["offset"] is None


def test_a_comment_answers_another(http: httpx.Client, path: str) -> None:
    first = http.post(path, json={"text": "Conflict"}).json()
    second = http.post(path, json={"text": "Settled", "parentCommentId": first["id"]}).json()
    assert second["parentCommentId"] == first["id"]
    assert first["id"].startswith("com")
    missing = {"text": "?", "parentCommentId": "com00000000000000"}
    assert http.post(path, json=missing).status_code == 404


def test_people_are_mentioned_by_id(http: httpx.Client, path: str) -> None:
    made = http.post(path, json={"text": f"@[{STAFF_USER}] and @[usr00000000000000]"}).json()
    assert list(made["mentioned"]) == [STAFF_USER]


def test_a_changed_comment_says_when(http: httpx.Client, path: str) -> None:
    made = http.post(path, json={"text": "Conflict"}).json()
    assert made["lastUpdatedTime"] is None
    changed = http.patch(f"{path}/{made['id']}", json={"text": "Settled"}).json()
    assert changed["text"] == "Settled"
    assert changed["lastUpdatedTime"]


def test_somebody_else_s_comment_cannot_be_changed(
    http: httpx.Client, path: str, control: Control
) -> None:
    record = path.split("/")[2]
    made = control.staff("comment", table="Bookings", record=record, text="By hand")
    response = http.patch(f"{path}/{made['id']}", json={"text": "x"})
    assert error_of(response)[:2] == (403, "INVALID_PERMISSIONS")
    assert http.get(path).json()["comments"][0]["author"]["id"] == STAFF_USER


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 4}, {"text": "a", "color": "red"}])
def test_a_comment_takes_a_text(http: httpx.Client, path: str, body: dict[str, object]) -> None:
    assert error_of(http.post(path, json=body)) == INVALID_REQUEST


def test_comments_need_their_record_and_scope(
    http: httpx.Client, path: str, rows: str, control: Control
) -> None:
    missing = http.get(f"{rows}/rec00000000000000/comments")
    assert error_of(missing) == (404, "MODEL_ID_NOT_FOUND", "Record not found")
    control.put_token("patTEST", scopes=["data.recordComments:read"])
    assert http.get(path).status_code == 200
    assert http.post(path, json={"text": "x"}).status_code == 403


def test_comments_leave_with_their_record(http: httpx.Client, path: str, bookings: Table) -> None:
    http.post(path, json={"text": "x"})
    bookings.delete(path.split("/")[2])
    assert http.get(path).status_code == 404
