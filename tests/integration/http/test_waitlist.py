"""The waitlist through the interface: who is put on it, offered a place, given one, or taken off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.house import House, open_house

NOW = datetime(2026, 11, 27, 11, tzinfo=UTC)
HERE = "/venues/la-terraza"
ANA = {
    "date": "2026-11-27",
    "party_size": 4,
    "from": "21:00",
    "to": "22:00",
    "guest_name": "Ana Belén",
    "guest_phone": "+34600111222",
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, start=NOW, in_memory=True) as opened:
        yield opened


async def post(house: House, path: str, body: dict[str, Any], key: str = "k") -> httpx.Response:
    return await house.client.post(path, json=body, headers={"Idempotency-Key": key})


async def add(house: House, key: str = "k", **changed: Any) -> dict[str, Any]:
    answered = await post(house, f"{HERE}/waitlist", {**ANA, **changed}, key)
    assert answered.status_code == 201, answered.text
    entry: dict[str, Any] = answered.json()
    return entry


async def listed(house: House, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await house.get(f"{HERE}/waitlist", **query))["entries"]
    return found


async def test_who_is_added_is_on_the_list_of_their_day(house: House) -> None:
    entry = await add(house, notes="Alergia")
    assert await listed(house) == await listed(house, date="2026-11-27") == [entry]
    assert await listed(house, date="2026-11-28") == []
    assert {name: entry[name] for name in ("date", "party_size", "from", "to", "status")} == {
        "date": "2026-11-27",
        "party_size": 4,
        "from": "2026-11-27T21:00:00+01:00",
        "to": "2026-11-27T22:00:00+01:00",
        "status": "waiting",
    }
    assert (entry["guest_name"], entry["notes"], entry["channel"]) == (
        "Ana Belén",
        "Alergia",
        "staff",
    )


async def test_hours_after_midnight_belong_to_the_night_before(house: House) -> None:
    entry = await add(house, **{"from": "23:30", "to": "00:15"})
    assert entry["to"] == "2026-11-28T00:15:00+01:00"


async def test_the_same_key_adds_once(house: House) -> None:
    await add(house, guest_phone="")
    await add(house, guest_phone="")
    assert len(await listed(house)) == 1
    await add(house, key="other", guest_phone="")
    assert len(await listed(house)) == 2


async def test_a_place_is_offered_held_and_booked(house: House) -> None:
    entry = await add(house)
    offered = (await post(house, f"/waitlist/{entry['id']}/offer", {})).json()
    assert (offered["status"], offered["offer"]["start"]) == (
        "offered",
        "2026-11-27T21:00:00+01:00",
    )
    day = await house.get(f"{HERE}/day", date="2026-11-27")
    assert [each["resources"] for each in day["holds"]] == [offered["offer"]["resources"]]
    path = f"/waitlist/{entry['id']}/book"
    booked = await post(house, path, {})
    assert booked.status_code == 201, booked.text
    assert booked.json()["resources"] == offered["offer"]["resources"]
    assert booked.json()["guest_name"] == "Ana Belén"
    (over,) = await listed(house)
    assert over["status"] == "booked"
    assert (await house.get(f"{HERE}/day", date="2026-11-27"))["holds"] == []


@pytest.mark.parametrize("offered", [True, False])
async def test_nobody_is_booked_twice_from_the_list(house: House, offered: bool) -> None:
    entry = await add(house)
    body = {} if offered else {"start": "2026-11-27T21:30:00+01:00"}
    if offered:
        await post(house, f"/waitlist/{entry['id']}/offer", {})
    path = f"/waitlist/{entry['id']}/book"
    first, again = await post(house, path, body), await post(house, path, body)
    assert first.status_code == again.status_code == 201, again.text
    assert first.json()["code"] == again.json()["code"]
    other = await post(house, path, {"start": "2026-11-27T22:30:00+01:00"})
    assert (other.status_code, other.json()["code"]) == (409, "already_booked")
    assert len(house.ledger.bookings()) == 1


async def test_a_place_is_booked_however_many_bookings_staff_have_taken(house: House) -> None:
    for number in range(7):
        start = f"2026-11-{28 + number % 2}T20:{number // 2 * 15:02d}:00+01:00"
        booking = {"start": start, "party_size": 2, "guest_name": f"Mesa {number}"}
        await house.book_as_staff("la-terraza", booking)
    entry = await add(house, guest_phone="")
    await post(house, f"/waitlist/{entry['id']}/offer", {})
    booked = await post(house, f"/waitlist/{entry['id']}/book", {})
    assert booked.status_code == 201, booked.text


async def test_offering_again_what_is_offered_changes_nothing(house: House) -> None:
    entry = await add(house)
    path = f"/waitlist/{entry['id']}/offer"
    first, again = await post(house, path, {}), await post(house, path, {})
    assert first.json() == again.json()
    other = (await post(house, path, {"start": "2026-11-27T22:30:00+01:00"})).json()
    assert other["offer"]["start"] == "2026-11-27T22:30:00+01:00"
    assert len((await house.get(f"{HERE}/day", date="2026-11-27"))["holds"]) == 1


async def test_a_place_is_offered_at_the_start_that_staff_name(house: House) -> None:
    entry = await add(house)
    start = "2026-11-27T22:30:00+01:00"
    offered = (await post(house, f"/waitlist/{entry['id']}/offer", {"start": start})).json()
    assert offered["offer"]["start"] == start


async def test_what_is_held_for_somebody_who_is_taken_off_is_free_again(house: House) -> None:
    entry = await add(house)
    await post(house, f"/waitlist/{entry['id']}/offer", {})
    for _ in range(2):
        assert (await house.client.delete(f"/waitlist/{entry['id']}")).status_code == 204
    (over,) = await listed(house)
    assert over["status"] == "removed"
    assert (await house.get(f"{HERE}/day", date="2026-11-27"))["holds"] == []
    again = await post(house, f"/waitlist/{entry['id']}/offer", {})
    assert (again.status_code, again.json()["code"]) == (404, "unknown_entry")


async def test_where_nothing_is_free_the_reason_is_said(house: House) -> None:
    entry = await add(house, date="2026-12-25")
    refused = await post(house, f"/waitlist/{entry['id']}/offer", {})
    assert (refused.status_code, refused.json()["reason"]) == (409, "closed")
    booked = await post(
        house, f"/waitlist/{entry['id']}/book", {"start": "2026-12-25T21:00:00+01:00"}
    )
    assert (booked.status_code, booked.json()["reason"]) == (409, "closed")
    assert (await listed(house, date="2026-12-25"))[0]["status"] == "waiting"


async def test_a_booking_needs_a_start_where_nothing_is_offered(house: House) -> None:
    entry = await add(house)
    refused = await post(house, f"/waitlist/{entry['id']}/book", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "start_needed")


@pytest.mark.parametrize(
    "changed",
    [
        {"date": "27-11-2026"},
        {"party_size": 0},
        {"party_size": "4"},
        {"from": "9pm"},
        {"guest_name": ""},
        {"guest_name": " \x00"},
        {"service": "brunch"},
        {"table": "T1"},
    ],
)
async def test_a_wish_that_cannot_be_read_is_refused(house: House, changed: dict[str, Any]) -> None:
    refused = await post(house, f"{HERE}/waitlist", {**ANA, **changed})
    assert refused.status_code == 422, refused.text
    assert await listed(house) == []


async def test_writing_needs_a_key_and_somebody_who_waits(house: House) -> None:
    assert (await house.client.post(f"{HERE}/waitlist", json=ANA)).status_code == 400
    for method, path in (
        ("DELETE", "/waitlist/nobody"),
        ("POST", "/waitlist/nobody/offer"),
        ("POST", "/waitlist/nobody/book"),
    ):
        body: dict[str, str] | None = {} if method == "POST" else None
        key = {"Idempotency-Key": "k"}
        refused = await house.client.request(method, path, headers=key, json=body)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_entry")
    assert (await house.client.get("/venues/nowhere/waitlist")).status_code == 404
