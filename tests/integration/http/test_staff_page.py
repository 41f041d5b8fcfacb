"""`/staff` over HTTP: the page, what it shows of a day, and word of changes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from application.access import Scope
from infrastructure.http import staff_page
from infrastructure.http.server import serving
from infrastructure.settings import Settings
from main import create_app
from tests.integration.http.conftest import Client
from tests.support.house import House, MovedClock, open_house, sample_venues

NOW = datetime(2026, 11, 27, 19, 40, tzinfo=UTC)
HERE = "/venues/la-terraza"
LAURA = {"start": "2026-11-27T21:00:00+01:00", "party_size": 4, "guest_name": "Laura Gil"}
LONG_S = 30.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, start=NOW, in_memory=True) as opened:
        yield opened


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole program on a port: streams need one."""
    settings = Settings(_env_file=None, data_dir=tmp_path, redis_url="off")
    app = create_app(settings, clock=MovedClock(NOW), venues=sample_venues(), background=False)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=LONG_S) as client:
        yield client


async def test_the_page_comes_with_a_policy_that_allows_nothing_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/staff")
    policy = page.headers["content-security-policy"]
    assert page.status_code == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"(src|href)=\"(?!/assets/)", page.text)
    assert " style=" not in page.text
    for asset in re.findall(r"\"(/assets/[^\"]+)\"", page.text):
        assert (await client.get(asset)).status_code == 200, asset


@pytest.mark.parametrize("path", [f"{HERE}/day", f"{HERE}/events"])
async def test_a_day_is_shown_to_staff_alone(connect: Client, path: str) -> None:
    async with connect(api_keys=[(Scope.GUEST, "g"), (Scope.STAFF, "s")]) as client:
        assert (await client.get("/staff")).status_code == 200
        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers={"X-API-Key": "g"})).status_code == 403
        assert (await client.get(path, headers={"X-API-Key": "s"})).status_code == 404


async def test_a_day_holds_all_there_is_to_see(house: House) -> None:
    made = await house.book_as_staff("la-terraza", LAURA)
    await house.say(
        "Mesa para 2 hoy a las 22:00", venue="la-terraza", guest="g", channel="chat", message_id="m"
    )
    day = await house.get(f"{HERE}/day", date="2026-11-27")
    assert (day["date"], day["today"], day["store"]) == ("2026-11-27", "2026-11-27", "ledger")
    assert (day["start"], day["end"]) == ("2026-11-27T13:00:00+01:00", "2026-11-28T01:00:00+01:00")
    assert [each["code"] for each in day["bookings"]] == [made["code"]]
    assert [(each["start"], each["covers"]) for each in day["holds"]] == [
        ("2026-11-27T22:00:00+01:00", 2)
    ]
    used = {each["start"]: each["covers"] for each in day["pacing"] if each["covers"]}
    assert used == {"2026-11-27T21:00:00+01:00": 4, "2026-11-27T22:00:00+01:00": 2}
    assert {each["service"] for each in day["openings"]} == {"lunch", "dinner"}


async def test_without_a_date_it_is_the_service_day_that_is_running(house: House) -> None:
    house.clock.move(datetime(2026, 11, 27, 23, 15, tzinfo=UTC) - NOW)  # 00:15 in Madrid
    day = await house.get(f"{HERE}/day")
    assert (day["date"], day["now"]) == ("2026-11-27", "2026-11-28T00:15:00+01:00")


async def test_the_buffers_of_a_clinic_are_shown(house: House) -> None:
    await house.book_as_staff(
        "clinica-sonrisa",
        {
            "start": "2026-11-30T09:00:00-04:00",
            "party_size": 1,
            "guest_name": "Ana",
            "service": "check-up",
        },
    )
    day = await house.get("/venues/clinica-sonrisa/day", date="2026-11-30")
    assert [(each["start"], each["end"]) for each in day["buffers"]] == [
        ("2026-11-30T09:30:00-04:00", "2026-11-30T09:40:00-04:00")
    ]


async def test_a_closure_is_named(house: House) -> None:
    day = await house.get(f"{HERE}/day", date="2026-12-25")
    assert day["closed"] == [{"service": None, "reason": "Navidad"}]
    assert day["openings"] == []


@pytest.mark.parametrize("what", ["day", "events"])
async def test_an_unknown_house_or_a_day_that_is_none_is_refused(house: House, what: str) -> None:
    unknown = await house.client.get(f"/venues/nowhere/{what}")
    wrong = await house.client.get(f"{HERE}/{what}?date=27-11-2026")
    assert (unknown.status_code, wrong.status_code) == (404, 422)


# --- changes --------------------------------------------------------------------------------


async def changes(
    client: httpx.AsyncClient, *, heard: asyncio.Queue[str], day: str = "2026-11-27"
) -> None:
    async with client.stream("GET", f"{HERE}/events?date={day}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                heard.put_nowait(line)


async def quiet(heard: asyncio.Queue[str]) -> None:
    """Wait for the first words, and for those that the first look brings."""
    async with asyncio.timeout(LONG_S):
        await heard.get()
    await asyncio.sleep(1.2)
    while not heard.empty():
        heard.get_nowait()


async def test_every_kind_of_change_is_heard(served: httpx.AsyncClient) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.create_task(changes(served, heard=heard))
    await quiet(heard)

    async def heard_after(done: Any) -> httpx.Response:
        answered: httpx.Response = await done
        assert answered.status_code < 300, answered.text
        async with asyncio.timeout(LONG_S):
            assert await heard.get() == 'data: {"date":"2026-11-27"}'
        return answered

    booked = await heard_after(
        served.post(f"{HERE}/bookings", json=LAURA, headers={"Idempotency-Key": "k"})
    )
    path = f"/bookings/{booked.json()['code']}"
    await heard_after(served.patch(path, json={"notes": "trona"}))
    await heard_after(served.patch(path, json={"start": "2026-11-27T21:30:00+01:00"}))
    await heard_after(served.patch(path, json={"status": "seated"}))
    said = {"venue": "la-terraza", "user_id": "g", "message": "Mesa para 2 hoy a las 22:00"}
    await heard_after(served.post("/chat", json=said))
    once = {"Idempotency-Key": "w"}
    wish = {"date": "2026-11-27", "party_size": 2, "guest_name": "Ana"}
    added = await heard_after(served.post(f"{HERE}/waitlist", json=wish, headers=once))
    await heard_after(served.delete(f"/waitlist/{added.json()['id']}"))
    asks = {**said, "user_id": "h", "message": "Quiero hablar con una persona"}
    asked = await heard_after(served.post("/chat", json=asks))
    talk = f"/conversations/{asked.json()['conversation_id']}"
    await heard_after(served.post(f"{talk}/take"))
    for number, text in enumerate(("Buenas tardes", "¿Sigue ahí?")):
        key = {"Idempotency-Key": f"s{number}"}
        await heard_after(served.post(f"{talk}/messages", json={"text": text}, headers=key))
        await heard_after(served.post("/chat", json={**asks, "message": f"Sí, {number}"}))
    await heard_after(served.post(f"{talk}/hand-back"))
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_server_that_stops_waits_for_no_listener(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, redis_url="off")
    app = create_app(settings, clock=MovedClock(NOW), venues=sample_venues(), background=False)
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with httpx.AsyncClient(timeout=LONG_S) as client:
        async with asyncio.timeout(LONG_S - 10):  # the server itself would wait for 30 seconds
            async with serving(app) as url:
                client.base_url = httpx.URL(url)
                listening = asyncio.create_task(changes(client, heard=heard))
                await heard.get()
        await asyncio.gather(listening, return_exceptions=True)


# --- words ----------------------------------------------------------------------------------


def test_both_languages_have_the_same_words() -> None:
    file = Path(staff_page.__file__).parent / "pages" / "assets" / "staff" / "words.js"
    spanish, english = file.read_text(encoding="utf-8").split("const EN = {")
    keys = [re.findall(r"(\w+): [\"({]", each) for each in (spanish, english)]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 100
