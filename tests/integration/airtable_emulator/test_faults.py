"""Faults: each does what its name says, before or after the write; rates are reproducible."""

from __future__ import annotations

import json
import time
from collections import Counter

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import error_of
from tests.support.airtable_emulator.client import Control, ControlError

LAURA = {"fields": {"Name": "Laura"}}


@pytest.mark.parametrize(("fault", "written"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset_breaks_the_connection_before_or_after_the_write(
    http: httpx.Client, rows: str, control: Control, fault: str, written: int
) -> None:
    control.next_fault(fault)
    with pytest.raises(httpx.TransportError):
        http.post(rows, json=LAURA)
    assert len(control.records("Bookings")) == written
    assert http.get(rows).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "written"),
    [
        ("error_500_before", 500, 0),
        ("error_500_after", 500, 1),
        ("error_502_before", 502, 0),
        ("error_502_after", 502, 1),
        ("error_503_before", 503, 0),
        ("error_503_after", 503, 1),
        ("rate_limit", 429, 0),
        ("quota", 429, 0),
    ],
)
def test_a_server_error_comes_before_or_after_the_write(
    http: httpx.Client, rows: str, control: Control, fault: str, status: int, written: int
) -> None:
    control.next_fault(fault)
    assert http.post(rows, json=LAURA).status_code == status
    assert len(control.records("Bookings")) == written


def test_a_502_is_html_and_a_503_says_that_it_is_retriable(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.next_fault("error_502_before")
    assert http.get(rows).headers["content-type"] == "text/html"
    control.next_fault("error_503_before")
    assert error_of(http.get(rows)) == (
        503,
        "RETRIABLE_ERROR",
        "Server encountered an error while processing your request, and it is safe to retry the "
        "request",
    )


def test_a_503_may_carry_retry_after(http: httpx.Client, rows: str, control: Control) -> None:
    control.next_fault("error_503_after")
    assert "retry-after" not in http.get(rows).headers
    control.faults(rates={}, retry_after_s=2)
    control.next_fault("error_503_after")
    assert http.get(rows).headers["retry-after"] == "2"


def test_a_429_out_of_the_blue_locks_the_base_as_any_other(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.limits(mode="strict")
    control.freeze()
    control.next_fault("rate_limit")
    assert [http.get(rows).status_code for _ in range(2)] == [429, 429]
    control.advance(31)
    assert http.get(rows).status_code == 200


def test_a_truncated_answer_breaks_off_after_the_write(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.next_fault("truncated")
    with pytest.raises(httpx.RemoteProtocolError):
        http.post(rows, json=LAURA)
    assert len(control.records("Bookings")) == 1


def test_an_empty_200_comes_after_the_write(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.next_fault("empty")
    response = http.post(rows, json=LAURA)
    assert (response.status_code, response.content) == (200, b"")
    assert len(control.records("Bookings")) == 1


def test_a_slow_answer_outlasts_a_timeout_though_the_write_is_done(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.faults(rates={}, slow_s=0.3)
    control.next_fault("slow", times=2)
    with pytest.raises(httpx.ReadTimeout):
        http.post(rows, json=LAURA, timeout=0.1)
    began = time.perf_counter()
    assert http.get(rows).status_code == 200
    assert time.perf_counter() - began >= 0.3
    assert len(control.records("Bookings")) == 1


@pytest.mark.parametrize("path", ["", "/listRecords", "/{record}"])
def test_a_stale_read_shows_what_was_there_a_moment_ago(
    http: httpx.Client, rows: str, control: Control, bookings: Table, path: str
) -> None:
    control.freeze()
    kept = bookings.create({"Name": "before"})["id"]
    control.advance(10)
    bookings.update(kept, {"Name": "after"})
    new = bookings.create({"Name": "new"})["id"]
    control.faults(rates={}, stale_s=5)
    control.next_fault("stale_read")
    method = "POST" if path == "/listRecords" else "GET"
    body: dict[str, str] | None = {} if method == "POST" else None

    def shown() -> dict[str, str]:
        answer = http.request(method, rows + path.format(record=kept), json=body).json()
        found = answer.get("records", [answer])
        return {each["id"]: each["fields"]["Name"] for each in found}

    assert shown() == {kept: "before"}
    now = {kept: "after"} if path == "/{record}" else {kept: "after", new: "new"}
    assert shown() == now


def test_a_stale_read_shows_what_was_deleted(
    http: httpx.Client, rows: str, control: Control, bookings: Table
) -> None:
    control.freeze()
    gone = bookings.create({})["id"]
    control.advance(10)
    bookings.delete(gone)
    control.faults(rates={}, stale_s=5)
    control.next_fault("stale_read")
    assert [each["id"] for each in http.get(rows).json()["records"]] == [gone]


def test_a_cursor_dies_in_the_middle_of_a_scan(bookings: Table, control: Control) -> None:
    bookings.batch_create([{}] * 30)
    control.next_fault("cursor_death", skip=1)
    pages = bookings.iterate(page_size=10)
    next(pages)
    next(pages)
    with pytest.raises(Exception, match="LIST_RECORDS_ITERATOR_NOT_AVAILABLE"):
        next(pages)


def test_a_script_chooses_by_method_and_path_and_lets_some_pass(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.next_fault("error_500_before", method="POST", path="Bookings$", skip=1, times=2)
    assert http.get(rows).status_code == 200
    statuses = [http.post(rows, json=LAURA).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_rates_hit_about_as_often_as_they_say_and_the_same_for_the_same_seed(
    http: httpx.Client, rows: str, control: Control
) -> None:
    def run(seed: int) -> list[int]:
        control.faults(seed=seed, rates={"error_503_before": 0.1, "error_500_after": 0.1})
        return [http.get(rows, params={"maxRecords": n + 1}).status_code for n in range(200)]

    first, again, other = run(1), run(1), run(2)
    assert first == again
    assert first != other
    assert 10 <= Counter(first)[503] <= 32
    assert 10 <= Counter(first)[500] <= 32


def test_a_request_that_is_sent_again_has_another_chance(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.faults(rates={"error_503_before": 0.5})
    assert {http.get(rows).status_code for _ in range(20)} == {200, 503}


def test_hits_are_counted_and_faults_can_be_ended(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.faults(rates={"error_503_before": 1})
    http.get(rows)
    assert control.fault_hits() == {"error_503_before": 1}
    control.no_faults()
    assert http.get(rows).status_code == 200


def test_an_unknown_fault_is_refused(control: Control) -> None:
    with pytest.raises(ControlError, match="weather"):
        control.next_fault("weather")


def test_latency_is_log_normal_around_its_median(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.latency(0.02, sigma=0.3, seed=1)
    took = []
    for _ in range(15):
        began = time.perf_counter()
        http.get(rows)
        took.append(time.perf_counter() - began)
    assert 0.012 < sorted(took)[7] < 0.04
    assert max(took) > 1.2 * min(took)


def test_requests_are_counted_by_kind_and_status(
    http: httpx.Client, rows: str, control: Control, bookings: Table
) -> None:
    record = bookings.create({})["id"]
    http.get(f"{rows}/{record}")
    http.get(f"{rows}/rec00000000000000")
    counted = control.requests()
    assert counted["total"] == 3
    assert counted["by_status"] == {"200": 2, "404": 1}
    assert counted["by_kind"] == {
        "POST /{base}/{table}": 1,
        "GET /{base}/{table}/{record}": 2,
    }
    assert [each["method"] for each in counted["last"]] == ["POST", "GET", "GET"]
    control.reset_requests()
    assert control.requests()["total"] == 0


def test_a_request_costs_less_than_three_milliseconds_of_processor_time(
    bookings: Table, control: Control
) -> None:
    for number in range(30):
        bookings.batch_upsert(
            [{"fields": {"Key": f"{number}-{i}", "Status": "Confirmed"}} for i in range(10)],
            key_fields=["Key"],
        )
        terms = ",".join(f"{{Key}}='{number}-{i}'" for i in range(10))
        assert len(bookings.all(formula=f"OR({terms})")) == 10
    assert control.requests()["cpu_ms_per_request"] < 3


def test_what_is_on_the_wire_after_a_truncation_is_half_an_answer(
    http: httpx.Client, rows: str, control: Control, bookings: Table
) -> None:
    bookings.create({"Name": "Laura"})
    control.next_fault("truncated")
    received = bytearray()

    def receive() -> None:
        with http.stream("GET", rows) as response:
            for part in response.iter_raw():
                received.extend(part)

    with pytest.raises(httpx.RemoteProtocolError):
        receive()
    assert received
    with pytest.raises(json.JSONDecodeError):
        json.loads(received)
