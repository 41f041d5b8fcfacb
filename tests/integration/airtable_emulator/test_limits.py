"""5 requests a second per base, 50 per user, the penalty of 30 s, the month's allowance."""

from __future__ import annotations

import httpx
import pytest
import requests
from pyairtable import Api

from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import TEST_BASE

PLURAL = {
    "errors": [
        {
            "error": "RATE_LIMIT_REACHED",
            "message": "Rate limit exceeded. Please try again later",
        }
    ]
}
SINGULAR = {
    "error": {
        "type": "RATE_LIMIT_REACHED",
        "message": "Rate limit exceeded. Please try again later",
    }
}
QUOTA = {
    "errors": [
        {
            "error": "PUBLIC_API_BILLING_LIMIT_EXCEEDED",
            "message": "API billing plan limit exceeded. You've reached the maximum number of "
            "requests allowed for this month.",
        }
    ]
}
HOOKS = f"bases/{TEST_BASE}/webhooks"
SCHEMA = f"meta/bases/{TEST_BASE}/tables"


@pytest.fixture
def strict(control: Control) -> Control:
    """The clock stands still until it is moved."""
    control.freeze()
    control.limits(mode="strict")
    return control


def statuses(http: httpx.Client, path: str, count: int) -> list[int]:
    return [http.get(path).status_code for _ in range(count)]


def test_the_sixth_request_in_a_second_is_refused(
    http: httpx.Client, rows: str, strict: Control
) -> None:
    assert statuses(http, rows, 6) == [200] * 5 + [429]


def test_the_window_slides(http: httpx.Client, rows: str, strict: Control) -> None:
    assert statuses(http, rows, 3) == [200] * 3
    strict.advance(0.6)
    assert statuses(http, rows, 2) == [200] * 2
    strict.advance(0.5)
    assert statuses(http, rows, 4) == [200] * 3 + [429]


def test_after_one_too_many_nothing_succeeds_for_30_seconds(
    http: httpx.Client, rows: str, strict: Control
) -> None:
    statuses(http, rows, 6)
    strict.advance(29.9)
    assert statuses(http, rows, 2) == [429, 429]
    strict.advance(0.2)
    assert statuses(http, rows, 1) == [200]


def test_a_refused_write_is_not_carried_out(http: httpx.Client, rows: str, strict: Control) -> None:
    statuses(http, rows, 6)
    assert http.post(rows, json={"fields": {}}).status_code == 429
    assert strict.records("Bookings") == []


def test_soft_refuses_the_excess_only(http: httpx.Client, rows: str, strict: Control) -> None:
    strict.limits(mode="soft")
    assert statuses(http, rows, 7) == [200] * 5 + [429] * 2
    strict.advance(1.01)
    assert statuses(http, rows, 5) == [200] * 5


@pytest.mark.parametrize("path", [HOOKS, SCHEMA])
def test_webhook_and_schema_calls_share_the_base_s_limit(
    http: httpx.Client, rows: str, strict: Control, path: str
) -> None:
    statuses(http, rows, 5)
    assert http.get(path).status_code == 429


def test_another_base_has_its_own_limit(http: httpx.Client, rows: str, strict: Control) -> None:
    other = strict.create_base("Other")
    statuses(http, rows, 6)
    assert http.get(f"bases/{other}/webhooks").status_code == 200


def test_all_callers_of_a_base_share_its_limit(
    http: httpx.Client, rows: str, strict: Control
) -> None:
    strict.put_token("patOTHER", user="usrOTHER000000001")
    statuses(http, rows, 5)
    response = http.get(rows, headers={"authorization": "Bearer patOTHER"})
    assert response.status_code == 429


def test_a_user_has_50_requests_a_second_over_all_tokens_and_bases(
    http: httpx.Client, strict: Control
) -> None:
    strict.put_token("patSECOND")
    second = {"authorization": "Bearer patSECOND"}
    bases = [strict.create_base(str(number)) for number in range(11)]
    for base in bases[:10]:
        assert statuses(http, f"bases/{base}/webhooks", 5) == [200] * 5
    assert http.get(f"bases/{bases[10]}/webhooks", headers=second).status_code == 429
    strict.advance(31)
    assert http.get(f"bases/{bases[10]}/webhooks", headers=second).status_code == 200


def test_staff_in_the_grid_do_not_count(http: httpx.Client, rows: str, strict: Control) -> None:
    for _ in range(10):
        strict.create("Bookings", {"Name": "Laura"})
    assert statuses(http, rows, 5) == [200] * 5


def test_requests_without_a_token_do_not_count(
    http: httpx.Client, rows: str, strict: Control
) -> None:
    for _ in range(10):
        http.get(rows, headers={"authorization": "Bearer wrong"})
    assert statuses(http, rows, 5) == [200] * 5


def test_both_bodies_of_a_429_can_be_had(http: httpx.Client, rows: str, strict: Control) -> None:
    statuses(http, rows, 5)
    assert http.get(rows).json() == PLURAL
    strict.limits(plural_body=False)
    statuses(http, rows, 5)
    assert http.get(rows).json() == SINGULAR


def test_retry_after_comes_only_when_switched_on(
    http: httpx.Client, rows: str, strict: Control
) -> None:
    statuses(http, rows, 5)
    assert "retry-after" not in http.get(rows).headers
    strict.limits(retry_after=True)
    statuses(http, rows, 5)
    assert 30 <= int(http.get(rows).headers["retry-after"]) <= 31


def test_the_month_s_allowance_is_another_429(
    http: httpx.Client, rows: str, control: Control
) -> None:
    control.set_clock("2026-03-31T12:00:00Z")
    control.limits(mode="soft", per_base=100, monthly=3)
    assert statuses(http, rows, 4) == [200] * 3 + [429]
    assert http.get(rows).json() == QUOTA
    control.advance(30)
    assert http.get(rows).status_code == 429, "waiting 30 s is useless"
    assert http.get(SCHEMA).status_code == 200, "the schema can still be read"
    control.advance(24 * 3600)
    assert http.get(rows).status_code == 200, "a new month"


def test_pyairtable_without_its_retries_hands_the_429_on(
    rows: str, http: httpx.Client, control: Control, api: Api
) -> None:
    control.limits(mode="strict")
    statuses(http, rows, 6)
    with pytest.raises(requests.HTTPError) as raised:
        api.table(TEST_BASE, "Bookings").all()
    assert raised.value.response is not None
    assert raised.value.response.json() == PLURAL
