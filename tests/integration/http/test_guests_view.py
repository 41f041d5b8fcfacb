"""What anyone may ask: venues, what is free, health, pages and documentation."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.fakes.outside import Outside


async def test_venues_are_listed_and_shown(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/venues")).json()["venues"]
    shown = (await client.get("/venues/casa")).json()
    assert [(venue["id"], venue["time_zone"]) for venue in listed] == [("casa", "Europe/Madrid")]
    assert shown["services"][0]["hours"]["5"] == [{"start": "20:00", "end": "00:30"}]


async def test_what_is_free_is_said_in_the_venues_time(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    url = (
        "/venues/casa/availability?date=2026-11-27&party_size=2&service=dinner&from=21:00&to=00:15"
    )
    answered = (await client.get(url)).json()
    assert answered["slots"][0]["start"] == "2026-11-27T20:00:00+01:00"
    assert answered["refusals"] == [{"start": "2026-11-27T20:00:00+01:00", "code": "no_resource"}]
    assert answered["age_s"] == 0.25
    assert (
        outside.reservations.on_day_asked["first"],
        outside.reservations.on_day_asked["last"],
    ) == (
        21 * 60,
        24 * 60 + 15,
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "date=2026-02-30&party_size=2",
        "date=0001-01-01&party_size=2",
        "date=2026-11-27&party_size=0",
        "date=2026-11-27&party_size=dos",
        "date=2026-11-27&party_size=2&from=9pm",
        "date=2026-11-27&party_size=2&service=brunch",
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, query: str
) -> None:
    assert (await client.get(f"/venues/casa/availability?{query}")).status_code == 422


async def test_ready_says_which_dependency_is_down(
    client: httpx.AsyncClient, outside: Outside
) -> None:
    well = await client.get("/health/ready")

    async def away() -> None:
        raise OSError

    outside.probes["store"] = away
    ill = await client.get("/health/ready")
    assert (well.status_code, well.json()["status"]) == (200, "ok")
    assert (ill.status_code, ill.json()["status"]) == (503, "down")
    assert ill.json()["dependencies"]["ledger"]["status"] == "ok"
    assert ill.json()["dependencies"]["store"]["status"] == "down"
    assert (await client.get("/health/live")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_and_all_it_loads_come_from_here(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    policy = page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"#][^"]*)"', page.text)
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert loaded
    for address in loaded:
        assert address.startswith("/")
        assert (await client.get(address)).status_code == 200
    assert "<script>" not in page.text
    assert not re.search(r"\son\w+=", page.text)


@pytest.mark.parametrize(
    "script", ["/assets/chat/chat.js", "/assets/chat/talk.js", "/assets/chat/view.js", "/widget.js"]
)
async def test_the_chat_page_never_makes_markup_of_words(
    client: httpx.AsyncClient, script: str
) -> None:
    script = (await client.get(script)).text
    assert script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


async def test_the_interface_describes_itself(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    assert {"/chat", "/chat/stream", "/venues/{venue}/availability", "/bookings/{code}"} <= set(
        described["paths"]
    )
    message = described["components"]["schemas"]["ChatRequest"]["properties"]
    assert message["message_id"]["description"]


async def test_answers_are_not_kept_by_caches(client: httpx.AsyncClient) -> None:
    answered = await client.get("/venues")
    assert answered.headers["cache-control"] == "no-store"
    assert answered.headers["x-content-type-options"] == "nosniff"
