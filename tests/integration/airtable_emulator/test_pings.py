"""Pings: signature, retries, giving up, and the ways in which they go astray."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pyairtable import Table
from pyairtable.models import WebhookNotification

from tests.integration.airtable_emulator.listener import Listener, listening, until
from tests.support.airtable_emulator.client import Control
from tests.support.airtable_emulator.ids import TEST_BASE

HOOKS = f"bases/{TEST_BASE}/webhooks"
DAY_S = 24 * 3600


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def webhook(http: httpx.Client, control: Control, listener: Listener) -> dict[str, Any]:
    """Its first ping, the one right after creation, has come."""
    control.webhook_settings(ping_delay_s=0.01)
    specification = {"options": {"filters": {"dataTypes": ["tableData"]}}}
    body = {"notificationUrl": listener.url, "specification": specification}
    made: dict[str, Any] = http.post(HOOKS, json=body).json()
    listener.wait_for(1)
    until(lambda: described(http)["lastNotificationResult"])
    listener.pings.clear()
    return made


def described(http: httpx.Client) -> dict[str, Any]:
    (hook,) = http.get(HOOKS).json()["webhooks"]
    return dict(hook)


def test_a_ping_names_base_and_webhook_and_carries_no_data(
    webhook: dict[str, Any], listener: Listener, bookings: Table
) -> None:
    bookings.create({"Name": "Laura"})
    listener.wait_for(1)
    body = json.loads(listener.pings[0][0])
    assert body.pop("timestamp")
    assert body == {"base": {"id": TEST_BASE}, "webhook": {"id": webhook["id"]}}


def test_a_ping_is_signed_over_its_raw_bytes(
    webhook: dict[str, Any], listener: Listener, bookings: Table
) -> None:
    bookings.create({"Name": "Laura"})
    listener.wait_for(1)
    body, mac = listener.pings[0]
    secret = base64.b64decode(webhook["macSecretBase64"])
    assert mac == "hmac-sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    notification = WebhookNotification.from_request(body.decode(), mac, webhook["macSecretBase64"])
    assert notification.webhook.id == webhook["id"]
    with pytest.raises(ValueError, match="failed validation"):
        WebhookNotification.from_request(body.decode() + " ", mac, webhook["macSecretBase64"])


def test_changes_close_together_share_a_ping(
    webhook: dict[str, Any], listener: Listener, control: Control
) -> None:
    control.webhook_settings(ping_delay_s=0.1)
    control.type("Bookings", "Name", "Laura Gil")
    listener.wait_for(1)
    assert listener.stays_at(1)


def test_a_success_is_recorded(
    webhook: dict[str, Any], listener: Listener, http: httpx.Client, bookings: Table
) -> None:
    result = described(http)["lastNotificationResult"]
    assert result["success"] is True
    assert result["retryNumber"] == 0
    assert described(http)["lastSuccessfulNotificationTime"] == result["completionTimestamp"]


@pytest.mark.parametrize(("status", "body"), [(500, b""), (302, b""), (200, b'{"ok": true}')])
def test_anything_but_an_empty_200_or_204_is_a_failure(
    webhook: dict[str, Any],
    listener: Listener,
    http: httpx.Client,
    bookings: Table,
    status: int,
    body: bytes,
) -> None:
    listener.status, listener.body = status, body
    bookings.create({})
    until(lambda: described(http)["lastNotificationResult"]["success"] is False)
    result = described(http)["lastNotificationResult"]
    assert result["willBeRetried"] is True
    assert result["error"]["message"]


def test_a_failed_ping_is_retried_with_growing_delays(
    webhook: dict[str, Any],
    listener: Listener,
    control: Control,
    bookings: Table,
    http: httpx.Client,
) -> None:
    control.freeze()
    listener.status = 500
    bookings.create({})
    until(lambda: described(http)["lastNotificationResult"]["success"] is False)
    for number, delay_s in enumerate((10, 20, 40), start=2):
        control.advance(delay_s - 1)
        assert listener.stays_at(number - 1, 0.05)
        control.advance(1)
        listener.wait_for(number)


def test_after_about_a_day_notifications_are_switched_off_and_payloads_go_on(
    webhook: dict[str, Any],
    listener: Listener,
    control: Control,
    bookings: Table,
    http: httpx.Client,
) -> None:
    listener.status = 500
    bookings.create({})
    listener.wait_for(1)
    until(lambda: described(http)["lastNotificationResult"]["success"] is False)
    control.advance(DAY_S)
    until(lambda: described(http)["areNotificationsEnabled"] is False)
    assert len(listener.pings) == 13
    assert described(http)["lastNotificationResult"]["willBeRetried"] is False

    listener.status = 204
    bookings.create({})
    assert listener.stays_at(13)
    path = f"{HOOKS}/{webhook['id']}"
    assert len(http.get(f"{path}/payloads").json()["payloads"]) == 2
    http.post(f"{path}/enableNotifications", json={"enable": True})
    bookings.create({})
    listener.wait_for(14)


def test_a_later_success_ends_the_retries(
    webhook: dict[str, Any],
    listener: Listener,
    control: Control,
    bookings: Table,
    http: httpx.Client,
) -> None:
    listener.status = 500
    bookings.create({})
    until(lambda: described(http)["lastNotificationResult"]["success"] is False)
    listener.status = 204
    control.advance(11)
    listener.wait_for(2)
    control.advance(DAY_S)
    assert listener.stays_at(2)


def test_a_lost_ping_is_not_sent_and_the_next_one_is(
    webhook: dict[str, Any], listener: Listener, control: Control, bookings: Table
) -> None:
    control.next_fault("ping_lost")
    bookings.create({})
    assert listener.stays_at(0)
    bookings.create({})
    listener.wait_for(1)


def test_a_duplicated_ping_comes_twice(
    webhook: dict[str, Any], listener: Listener, control: Control, bookings: Table
) -> None:
    control.next_fault("ping_duplicated")
    bookings.create({})
    listener.wait_for(2)
    assert listener.pings[0] == listener.pings[1]


def test_a_late_ping_comes_later(
    webhook: dict[str, Any], listener: Listener, control: Control, bookings: Table
) -> None:
    control.faults(rates={}, late_s=0.3)
    control.next_fault("ping_late")
    bookings.create({})
    assert listener.stays_at(0)
    listener.wait_for(1)


def test_a_reordered_ping_comes_after_the_next(
    webhook: dict[str, Any], listener: Listener, control: Control, bookings: Table
) -> None:
    control.next_fault("ping_reordered")
    bookings.create({})
    assert listener.stays_at(0, 0.1)
    bookings.create({})
    listener.wait_for(2)
    first, second = listener.timestamps
    assert first > second


def test_a_webhook_without_an_address_or_with_pings_off_is_silent(
    webhook: dict[str, Any], listener: Listener, http: httpx.Client, bookings: Table
) -> None:
    http.post(f"{HOOKS}/{webhook['id']}/enableNotifications", json={"enable": False})
    bookings.create({})
    assert listener.stays_at(0)
