"""`/ops` and the figures behind it, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from application.access import Scope
from application.demand import Demand
from application.lately import Lately
from application.ports.turn_observer import CompletedTurn
from domain.availability import RefusalCode
from infrastructure.http import ops_page
from infrastructure.http.parts import OpsWindow
from tests.fakes.clock import StillClock
from tests.fakes.outside import Outside

Client = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

ASSETS = Path(ops_page.__file__).parent / "pages" / "assets" / "ops"
FIGURES = ("/ops/latency", "/ops/answers", "/ops/demand")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def watched(outside: Outside, clock: StillClock) -> OpsWindow:
    outside.ops = OpsWindow(Lately(clock=clock), Demand(clock=clock))
    return outside.ops


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es-ES,es;q=0.9,en;q=0.8", "es"),
        ("en;q=0.5, es;q=0.9", "es"),
        ("de-DE,de;q=0.9,es;q=0.2", "es"),
        ("de", "en"),
        ("es;q=1.2.3, en", "en"),
        ("", "en"),
    ],
)
async def test_the_page_is_in_the_browsers_language(
    client: httpx.AsyncClient, header: str, language: str
) -> None:
    page = await client.get("/ops", headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in page.text
    assert page.headers["Vary"] == "Accept-Language"


async def test_a_language_that_was_asked_for_wins(client: httpx.AsyncClient) -> None:
    page = await client.get("/ops?lang=es", headers={"Accept-Language": "en"})
    assert '<html lang="es">' in page.text


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/ops")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "{{" not in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=\"/)|\son\w+=|style=", page.text)
    for path in re.findall(r'(?:src|href)="(/assets[^"]+)"', page.text):
        assert (await client.get(path)).status_code == 200, path


def test_every_language_says_everything() -> None:
    words = {p.stem: json.loads(p.read_text()) for p in (ASSETS / "words").glob("*.json")}
    assert set(words) == set(ops_page.LANGUAGES)
    first = words["en"]
    for language, texts in words.items():
        assert texts.keys() == first.keys(), language
        for key, text in texts.items():
            assert text, (language, key)
            assert _slots(text) == _slots(first[key]), (language, key)


def _slots(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_word_that_the_page_uses_is_there() -> None:
    known = json.loads((ASSETS / "words" / "en.json").read_text()).keys()
    for script in ASSETS.glob("*.js"):
        for key in re.findall(r'\bsay\("([\w.-]+)"', script.read_text()):
            assert key in known, (script.name, key)
        for key in re.findall(r'\bsayOf\("([\w.-]+)"', script.read_text()):
            assert f"{key}.one" in known, (script.name, key)


def test_every_reason_for_a_refusal_has_its_words() -> None:
    known = json.loads((ASSETS / "words" / "es.json").read_text()).keys()
    mistakes = {RefusalCode.PAST, RefusalCode.OFF_GRID}
    assert {f"reason.{code.value}" for code in RefusalCode if code not in mistakes} <= known


async def test_latency_is_told_by_stage_in_steps(
    watched: OpsWindow, client: httpx.AsyncClient, clock: StillClock
) -> None:
    with watched.lately.stage("router"):
        clock.move(0.2)
    told = (await client.get("/ops/latency?hours=1")).json()
    assert told["step_s"] == 300
    assert len(told["starts"]) == 12
    stage = told["stages"]["router"]
    assert sum(stage["count"]) == 1
    assert stage["p99_ms"][-1] == pytest.approx(200, rel=0.05)


@pytest.mark.parametrize("hours", ["0", "25", "x"])
async def test_at_most_a_day_can_be_asked_for(
    watched: OpsWindow, client: httpx.AsyncClient, hours: str
) -> None:
    assert (await client.get(f"/ops/latency?hours={hours}")).status_code == 422


async def test_answers_tell_of_costs_and_troubles(
    watched: OpsWindow, client: httpx.AsyncClient, clock: StillClock
) -> None:
    watched.lately.completed(
        CompletedTurn("c", clock.now(), "confirmed", 0.1, (), ("time", "time"))
    )
    told = (await client.get("/ops/answers")).json()
    assert told["booked"] == {"conversations": 1, "tokens": 0, "cost_usd": 0}
    assert told["abandoned"] == {"conversations": 0, "tokens": None, "cost_usd": None}
    assert told["claim_check_stops"] == [{"reason": "time", "last_hour": 2, "last_day": 2}]
    assert told["fallbacks"] == []


@pytest.mark.parametrize("path", FIGURES)
async def test_figures_need_the_scope_of_operators_and_the_page_does_not(
    connect: Client, watched: OpsWindow, path: str
) -> None:
    keys = [(Scope.OPS, "an-operators"), (Scope.GUEST, "a-guests")]
    async with connect(api_keys=keys) as client:
        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers={"X-API-Key": "a-guests"})).status_code == 403
        assert (await client.get(path, headers={"X-API-Key": "an-operators"})).status_code == 200
        assert (await client.get("/ops")).status_code == 200


@pytest.mark.parametrize("path", FIGURES)
async def test_a_server_that_counts_nothing_says_so(client: httpx.AsyncClient, path: str) -> None:
    answered = await client.get(path)
    assert (answered.status_code, answered.json()["code"]) == (404, "no_figures")
