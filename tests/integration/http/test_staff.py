"""Bookings as staff work with them over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from icalendar import Calendar

from domain.venue import ServiceId
from tests.fakes.outside import Outside

WANTED = {"start": "2026-11-27T21:00:00+01:00", "party_size": 2, "guest_name": "Laura Gil"}
TAKEN = WANTED | {"start": "2026-11-27T20:00:00+01:00"}
KEY = {"Idempotency-Key": "k1"}


async def test_a_booking_is_made_in_the_venues_time(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    made = await client.post(
        "/venues/casa/bookings", json=WANTED | {"service": "dinner"}, headers=KEY
    )
    booking = made.json()
    wanted, key = outside.reservations.wanted[0]
    assert made.status_code == 201
    assert made.headers["location"] == "/bookings/7K2-9MA-XY4"
    assert (booking["code"], booking["start"]) == ("7K2-9MA-XY4", "2026-11-27T20:00:00+01:00")
    assert (wanted.service, wanted.start.isoformat()) == (
        ServiceId("dinner"),
        "2026-11-27T20:00:00+00:00",
    )
    assert key == "k1"


async def test_a_booking_needs_an_idempotency_key(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    refused = await client.post("/venues/casa/bookings", json=WANTED)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_needed")
    assert not outside.reservations.wanted


async def test_a_taken_slot_comes_with_alternatives(client: httpx.AsyncClient) -> None:
    refused = await client.post("/venues/casa/bookings", json=TAKEN, headers=KEY)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "slot_taken")
    assert problem["reason"] == "no_resource"
    assert [slot["start"] for slot in problem["alternatives"]] == ["2026-11-27T22:00:00+01:00"]


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2026-11-27T20:00:00"},
        {"start": "mañana"},
        {"start": "9999-12-31T23:59:00+00:00"},
        {"party_size": "4"},
        {"party_size": 4.5},
        {"party_size": 0},
        {"party_size": 10**30},
        {"guest_name": "x" * 201},
        {"table": "T1"},
        {"resources": ["T99"]},
        {"service": "brunch"},
    ],
)
async def test_a_booking_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, outside: Outside, change: dict[str, Any]
) -> None:
    refused = await client.post("/venues/casa/bookings", json=WANTED | change, headers=KEY)
    assert refused.status_code == 422
    assert not outside.reservations.wanted


@pytest.mark.parametrize("written", ["7K29MAXY4", "7k2-9ma-xy4", "7K2 9MA XY4"])
async def test_a_code_is_found_however_it_is_written(
    client: httpx.AsyncClient, written: str
) -> None:
    assert (await client.get(f"/bookings/{written}")).json()["code"] == "7K2-9MA-XY4"


@pytest.mark.parametrize("written", ["AAAAAAAAA", "x", "ñ", "%00", "7K29MAXY0"])
async def test_a_code_that_is_none_is_not_found(client: httpx.AsyncClient, written: str) -> None:
    refused = await client.get(f"/bookings/{written}")
    assert (refused.status_code, refused.json()["code"]) == (404, "booking_not_found")


async def test_a_change_made_on_an_old_version_is_refused(client: httpx.AsyncClient) -> None:
    change = {"party_size": 3, "version": 7}
    refused = await client.patch("/bookings/7K29MAXY4", json=change)
    changed = await client.patch("/bookings/7K29MAXY4", json=change | {"version": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "booking_changed")
    assert changed.json()["party_size"] == 3


async def test_staff_cannot_claim_what_only_the_engine_knows(client: httpx.AsyncClient) -> None:
    refused = await client.patch("/bookings/7K29MAXY4", json={"status": "received"})
    assert refused.status_code == 422


async def test_a_cancelled_booking_stays_in_the_calendar_as_cancelled(
    client: httpx.AsyncClient,
) -> None:
    before = Calendar.from_ical((await client.get("/bookings/7K29MAXY4.ics")).content)
    cancelled = await client.delete("/bookings/7k2-9ma-xy4")
    file = await client.get("/bookings/7K29MAXY4.ics")
    after = Calendar.from_ical(file.content)
    assert cancelled.json()["status"] == "cancelled"
    assert file.headers["content-type"].startswith("text/calendar")
    assert before.events[0]["status"] == "CONFIRMED"
    assert after.events[0]["status"] == "CANCELLED"
    assert after.events[0]["uid"] == before.events[0]["uid"]
    assert after.events[0]["sequence"] == before.events[0]["sequence"] + 1  # type: ignore[operator]
    assert (before["method"], after["method"]) == ("PUBLISH", "CANCEL")


async def test_the_days_list_is_read_by_day_and_status(client: httpx.AsyncClient) -> None:
    listed = await client.get("/venues/casa/bookings?date=2026-11-27&status=confirmed")
    wrong = await client.get("/venues/casa/bookings?date=27/11/2026&status=eaten")
    assert [booking["guest_name"] for booking in listed.json()["bookings"]] == ["Laura Gil"]
    assert {error["field"] for error in wrong.json()["errors"]} == {"date", "status"}
