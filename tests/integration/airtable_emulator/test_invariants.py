"""The checker finds each kind of fault, and none where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from pyairtable import Table

from tests.support.airtable_emulator.client import Control, ControlError

RULES: dict[str, Any] = {
    "table": "Bookings",
    "resource": "Tables",
    "start": "Start",
    "end": "End",
    "key": "Key",
    "status": "Status",
    "live": ["Confirmed"],
}


@pytest.fixture
def table(control: Control) -> str:
    return control.create("Resources", {"Name": "T1"})


def booking(key: str, table: str, start: int, end: int, **cells: Any) -> dict[str, Any]:
    return {
        "Key": key,
        "Tables": [table],
        "Start": f"2026-03-29T{start}:00:00Z",
        "End": f"2026-03-29T{end}:00:00Z",
        "Status": "Confirmed",
        **cells,
    }


def test_a_true_base_is_ok(control: Control, bookings: Table, table: str) -> None:
    bookings.batch_create(
        [
            booking("a", table, 18, 20),
            booking("b", table, 20, 22),
            booking("c", table, 19, 21, Status="Cancelled"),
        ]
    )
    report = control.check(**RULES, acknowledged=["a", "b"], known=["a", "b", "c"])
    assert report == {
        "ok": True,
        "rows": 3,
        "live": 2,
        "overlaps": [],
        "missing": [],
        "duplicates": {},
        "orphans": [],
        "incomplete": [],
    }


def test_an_overlap_on_one_resource_is_found(control: Control, bookings: Table, table: str) -> None:
    other = control.create("Resources", {"Name": "T2"})
    one = bookings.create(booking("a", table, 18, 22))["id"]
    bookings.create(booking("b", other, 18, 22))
    two = control.create("Bookings", booking("", table, 21, 23))
    three = control.create("Bookings", booking("", other, 22, 23) | {"Tables": [table, other]})
    report = control.check(**RULES)
    assert report["ok"] is False
    assert report["overlaps"] == [
        {"resource": table, "one": one, "other": two},
        {"resource": table, "one": two, "other": three},
    ]


def test_resources_may_be_plain_text(control: Control, bookings: Table) -> None:
    times = {"Start": "2026-03-29T18:00:00Z", "End": "2026-03-29T20:00:00Z"}
    bookings.batch_create([{"Name": "mesa-1", **times}, {"Name": "mesa-1", **times}])
    rules = RULES | {"resource": "Name", "status": None, "live": []}
    assert [each["resource"] for each in control.check(**rules)["overlaps"]] == ["mesa-1"]


def test_an_acknowledged_key_that_is_missing_or_cancelled_is_found(
    control: Control, bookings: Table, table: str
) -> None:
    bookings.create(booking("a", table, 18, 20, Status="Cancelled"))
    report = control.check(**RULES, acknowledged=["a", "b"])
    assert (report["ok"], report["missing"]) == (False, ["a", "b"])


def test_a_key_that_is_there_twice_is_found_whatever_its_status(
    control: Control, bookings: Table, table: str
) -> None:
    ids = [
        bookings.create(booking("a", table, 18, 20))["id"],
        bookings.create(booking("a", table, 20, 22, Status="Cancelled"))["id"],
    ]
    report = control.check(**RULES, acknowledged=["a"])
    assert (report["ok"], report["missing"]) == (False, [])
    assert sorted(report["duplicates"]["a"]) == sorted(ids)


def test_a_live_row_of_ours_that_nobody_knows_is_an_orphan_and_one_of_staff_is_not(
    control: Control, bookings: Table, table: str
) -> None:
    ours = bookings.create(booking("lost", table, 18, 20))["id"]
    control.create("Bookings", booking("", table, 20, 22))
    report = control.check(**RULES, known=["a"])
    assert (report["ok"], report["orphans"]) == (False, [ours])


def test_a_half_typed_live_row_is_reported_and_is_no_fault(control: Control, table: str) -> None:
    record = control.create("Bookings", {"Status": "Confirmed", "Tables": [table]})
    report = control.check(**RULES)
    assert (report["ok"], report["incomplete"]) == (True, [record])


def test_fields_are_given_by_id_too(
    control: Control, bookings: Table, table: str, fields: dict[str, str]
) -> None:
    bookings.create(booking("a", table, 18, 20))
    by_id = {
        name: fields.get(field, field) for name, field in RULES.items() if isinstance(field, str)
    }
    assert control.check(**RULES | by_id, acknowledged=["a"])["ok"] is True


def test_rules_that_name_nothing_are_refused(control: Control) -> None:
    with pytest.raises(ControlError, match="no field Nothing"):
        control.check(**RULES | {"resource": "Nothing"})
