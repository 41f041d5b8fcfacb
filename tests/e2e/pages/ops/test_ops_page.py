"""`/ops` in a real browser: what an operator sees, also while half of it does not answer."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.pages.ops.conftest import OpenHouse, open_to_browsers
from tests.support.browser import DESKTOP, PHONE, Visit, grave_faults, screenshot, visiting

EVERYTHING = "Everything works"


@asynccontextmanager
async def looking(
    browser: Browser, house: OpenHouse, **settings: Any
) -> AsyncIterator[tuple[Page, Visit]]:
    async with visiting(browser, locale="en-GB", **{**DESKTOP, **settings}) as visit:
        page = await visit.context.new_page()
        await page.clock.install()
        await page.goto(f"{house.address}/ops")
        yield page, visit


def tile(page: Page, name: str) -> Any:
    return page.locator("#now .tiles > div", has_text=name).locator("dd").first


async def fails(page: Page, path: str, status: int) -> None:
    async def refuse(route: Route) -> None:
        await route.fulfill(status=status, body="no")

    await page.route(f"**{path}*", refuse)


async def hangs(page: Page, path: str) -> None:
    async def say_nothing(route: Route) -> None:
        pass

    await page.route(f"**{path}*", say_nothing)


async def answers(page: Page, path: str, body: Mapping[str, Any], status: int = 200) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(status=status, content_type="application/json", body=json.dumps(body))

    await page.route(f"**{path}*", answer)


async def real(page: Page, house: OpenHouse, path: str) -> dict[str, Any]:
    answered = await house.client.get(path)
    found: dict[str, Any] = answered.json()
    return found


async def test_what_guests_did_is_on_the_page(browser: Browser, busy_house: OpenHouse) -> None:
    async with looking(browser, busy_house) as (page, visit):
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        await expect(tile(page, "bookings in the last hour")).to_have_text("4")
        await expect(tile(page, "of attempts abandoned")).not_to_have_text("–")
        await expect(page.locator("#parts li", has_text="Ledger")).to_contain_text("OK")
        await expect(page.locator("#latency table")).to_contain_text("whole answer")
        await expect(page.locator("#latency-chart canvas")).to_be_visible()
        await expect(page.locator("#demand [data-body]")).to_contain_text("Worst hour: 21:00")
        await expect(page.locator("#demand-legend")).to_contain_text("closed")
        await expect(page.locator("#cost")).to_contain_text("booked")
        await expect(page.locator("#models")).to_contain_text("No model is configured")
        await expect(page.locator("#store")).to_contain_text("Not in use")
        await expect(page.locator(".panel.stale")).to_have_count(0)
        assert visit.complaints == []
        assert visit.hosts() == {urlsplit(busy_house.address).netloc}


async def test_a_chart_is_also_a_table(browser: Browser, busy_house: OpenHouse) -> None:
    async with looking(browser, busy_house) as (page, _):
        await page.locator("#demand summary").click()
        row = page.locator("#demand-table tr", has_text="21:00")
        await expect(row.locator("td").last).to_have_text("2")
        label = await page.locator("#latency-chart").get_attribute("aria-label")
        assert label is not None
        assert "median" in label


async def test_another_stage_and_another_time_can_be_chosen(
    browser: Browser, busy_house: OpenHouse
) -> None:
    async with looking(browser, busy_house) as (page, visit):
        await expect(page.locator("#latency-chart canvas")).to_be_visible()
        await page.locator("#stage").select_option("decide")
        await expect(page.locator("#latency-chart")).to_have_attribute(
            "aria-label", re.compile("^decide")
        )
        async with page.expect_request("**/ops/latency?hours=24"):
            await page.locator("#hours").select_option("24")
        assert visit.complaints == []


async def test_new_figures_come_by_themselves(browser: Browser, house: OpenHouse) -> None:
    async with looking(browser, house) as (page, _):
        await expect(tile(page, "messages in the last hour")).to_have_text("0")
        await house.say("hola", guest="new")
        house.clock.move(timedelta(minutes=1))  # the ledger's figures are kept for some seconds
        await page.clock.fast_forward(11_000)
        await expect(tile(page, "messages in the last hour")).to_have_text("1")


async def test_half_of_it_down_the_other_half_is_read_and_the_old_is_marked(
    browser: Browser, busy_house: OpenHouse
) -> None:
    async with looking(browser, busy_house) as (page, _):
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        await fails(page, "/metrics/dashboard", 500)
        await hangs(page, "/ops/demand")
        await fails(page, "/cache/stats", 502)
        await page.get_by_role("button", name="Refresh now").click()

        await expect(page.locator("#now .age")).to_contain_text("error 500")
        await expect(page.locator("#cache .age")).to_contain_text("error 502")
        await page.clock.fast_forward(4_000)
        await expect(page.locator("#demand .age")).to_contain_text("no answer within 4 s")
        await expect(tile(page, "bookings in the last hour")).to_have_text("4")
        await expect(page.locator("#demand [data-body]")).to_contain_text("Worst hour: 21:00")
        await expect(page.locator("#headline")).to_have_text("Guests are served")
        await expect(page.locator("#findings")).to_contain_text("what is grey below is old")
        for told in ("#now .tiles > .old >> nth=0", "#demand-chart.old", "#cache .old"):
            await expect(page.locator(told)).to_be_visible()
        await expect(page.locator("#latency-chart.old, #parts .old")).to_have_count(0)
        await screenshot(page, "ops-half-down-desktop", full_page=True)
        assert await grave_faults(page) == []

        await page.unroute_all(behavior="ignoreErrors")
        await page.get_by_role("button", name="Refresh now").click()
        await expect(page.locator(".old")).to_have_count(0)
        await expect(page.locator("#findings")).to_contain_text("Nothing to do")


async def test_opened_while_half_of_it_is_down_the_rest_is_there(
    browser: Browser, busy_house: OpenHouse
) -> None:
    async with visiting(browser, locale="en-GB", **PHONE) as visit:
        page = await visit.context.new_page()
        for path in ("/health/ready", "/metrics/dashboard", "/ops/latency", "/cache/health"):
            await fails(page, path, 500)
        await page.goto(f"{busy_house.address}/ops")
        await expect(page.locator("#headline")).to_have_text("Not enough is known")
        await expect(page.locator("#parts")).to_contain_text("/health/ready does not answer")
        await expect(page.locator("#now .age")).to_contain_text("error 500")
        await expect(page.locator("#demand [data-body]")).to_contain_text("Worst hour: 21:00")
        await expect(page.locator("#cache [data-body]")).to_be_visible()


async def test_a_server_that_is_gone_is_said_to_be_gone(browser: Browser, house: OpenHouse) -> None:
    async with looking(browser, house) as (page, _):
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        await page.context.set_offline(True)
        await page.get_by_role("button", name="Refresh now").click()
        await expect(page.locator("#headline")).to_have_text("The server does not answer")
        await expect(page.locator("#verdict")).to_have_attribute("data-level", "bad")
        await expect(page.locator("#now .age")).to_contain_text("no connection")
        await page.context.set_offline(False)
        await page.get_by_role("button", name="Refresh now").click()
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)


async def airtable_is_away(page: Page, house: OpenHouse) -> None:
    """What the server says then, as `/health/ready` and `/metrics/dashboard` say it."""
    ready = await real(page, house, "/health/ready")
    ready["status"] = "degraded"
    ready["dependencies"]["airtable"] = {"status": "degraded", "latency_ms": 0.1, "detail": "away"}
    await answers(page, "/health/ready", ready)
    dashboard = await real(page, house, "/metrics/dashboard")
    dashboard |= {"queue_depth": 3, "queue_oldest_s": 240.0, "conflicts_open": 1}
    dashboard["breakers"] = {"cache": "closed", "openai/gpt-4o": "open"}
    dashboard["booking_store"] = {
        "state": "down",
        "requests_this_month": 84_000,
        "remaining_this_month": 16_000,
        "waiting": 2,
    }
    await answers(page, "/metrics/dashboard", dashboard)
    told = await real(page, house, "/ops/answers")
    told["booked"] = {"conversations": 4, "tokens": 2410.5, "cost_usd": 0.0064}
    told["abandoned"] = {"conversations": 2, "tokens": 1180.0, "cost_usd": 0.0031}
    told["fallbacks"] = [
        {"agent": "human", "reason": "breaker_open", "last_hour": 11, "last_day": 14},
        {"agent": "router", "reason": "timeout", "last_hour": 2, "last_day": 5},
    ]
    told["claim_check_stops"] = [{"reason": "time", "last_hour": 0, "last_day": 2}]
    await answers(page, "/ops/answers", told)


async def test_airtable_away_is_told_in_plain_words(
    browser: Browser, busy_house: OpenHouse
) -> None:
    async with visiting(browser, locale="en-GB", **DESKTOP) as visit:
        page = await visit.context.new_page()
        await airtable_is_away(page, busy_house)
        await page.goto(f"{busy_house.address}/ops")
        await expect(page.locator("#headline")).to_have_text("Works, with limits")
        findings = page.locator("#findings")
        await expect(findings).to_contain_text("bookings are taken as received, 3 waiting")
        await expect(findings).to_contain_text("the first for 4 min")
        await expect(findings).to_contain_text("16% of this month’s Airtable calls are left")
        await expect(findings).to_contain_text("1 booking needs a person")
        await expect(findings).to_contain_text("the local twin answers")
        await expect(page.locator("#models")).to_contain_text("breaker open")


async def test_a_ledger_that_is_down_means_that_nobody_can_book(
    browser: Browser, house: OpenHouse
) -> None:
    async with looking(browser, house) as (page, _):
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        down = {
            "status": "down",
            "dependencies": {"ledger": {"status": "down", "latency_ms": 2000.0}},
        }
        await answers(page, "/health/ready", down, status=503)
        await page.get_by_role("button", name="Refresh now").click()
        await expect(page.locator("#headline")).to_have_text("Guests cannot book")
        await expect(page.locator("#findings")).to_contain_text("nobody can book")
        await expect(page.locator("#parts.stale")).to_have_count(0)


async def test_a_key_is_asked_for_where_keys_are_configured(
    browser: Browser, tmp_path: Path
) -> None:
    keys = "ops:an-operators-key,guest:a-guests-key"
    async with (
        open_to_browsers(tmp_path, api_keys=keys) as house,
        looking(browser, house) as (page, visit),
    ):
        field = page.get_by_label("API key with the scope ops")
        await expect(field).to_be_visible()
        await expect(page.locator("#headline")).to_have_text("A key is needed")
        await screenshot(page, "ops-key-desktop")
        await field.fill("a-guests-key")
        await page.get_by_role("button", name="Open").click()
        await expect(page.locator("#key-wrong")).to_be_visible()
        await field.fill("an-operators-key")
        await page.get_by_role("button", name="Open").click()
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        await expect(field).to_be_hidden()
        await page.reload()
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        assert "an-operators-key" not in " ".join(visit.asked)


async def test_what_a_server_says_is_never_html(browser: Browser, house: OpenHouse) -> None:
    async with visiting(browser, locale="en-GB", **DESKTOP) as visit:
        page = await visit.context.new_page()
        told = await real(page, house, "/ops/answers")
        bad = "<img src=x onerror=alert(1)>"
        told["fallbacks"] = [{"agent": bad, "reason": bad, "last_hour": 1, "last_day": 1}]
        await answers(page, "/ops/answers", told)
        await page.goto(f"{house.address}/ops")
        await expect(page.locator("#models")).to_contain_text(bad)
        assert await page.locator("main img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "settings"), [("phone", PHONE), ("desktop", DESKTOP)])
@pytest.mark.parametrize("state", ["quiet", "troubled"])
async def test_it_can_be_read_by_everybody(
    browser: Browser,
    busy_house: OpenHouse,
    scheme: str,
    size: str,
    settings: Mapping[str, Any],
    state: str,
) -> None:
    language = "es" if state == "troubled" and size == "phone" else "en"
    async with visiting(browser, locale=language, color_scheme=scheme, **settings) as visit:
        page = await visit.context.new_page()
        if state == "troubled":
            await airtable_is_away(page, busy_house)
        await page.goto(f"{busy_house.address}/ops")
        await expect(page.locator("#latency-chart canvas")).to_be_visible()
        await expect(page.locator("#demand-chart canvas")).to_be_visible()
        await expect(page.locator("#verdict:not([data-level=unknown])")).to_be_visible()
        await screenshot(page, f"ops-{state}-{size}-{scheme}", full_page=True)
        assert await grave_faults(page) == []
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= settings["viewport"]["width"], "nothing reaches beyond the screen's side"
        assert visit.complaints == []


async def test_words_are_the_browsers_and_can_be_changed(
    browser: Browser, house: OpenHouse
) -> None:
    async with visiting(browser, locale="es-ES", **PHONE) as visit:
        page = await visit.open(f"{house.address}/ops")
        await expect(page.locator("#headline")).to_have_text("Todo funciona")
        await page.locator("#language").click()
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)


async def test_figures_grow_old_while_nothing_answers(browser: Browser, house: OpenHouse) -> None:
    async with looking(browser, house) as (page, _):
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        await hangs(page, "/ops/answers")
        await page.clock.fast_forward(11_000)
        await page.clock.fast_forward(4_000)
        await expect(page.locator("#models .age")).to_contain_text("15 s ago")
        await page.clock.fast_forward(3 * 60_000)
        await expect(page.locator("#models .age")).to_contain_text("3 min ago")
        await expect(page.locator("#latency .old")).to_have_count(0)


async def test_it_is_light(browser: Browser, house: OpenHouse) -> None:
    async with looking(browser, house) as (page, visit):
        await expect(page.locator("#headline")).to_have_text(EVERYTHING)
        files = {url for url in visit.asked if "/assets/" in url or url.endswith("/ops")}
        assert any("uplot.min.js" in url for url in files)
        sizes = [len(gzip.compress((await house.client.get(url)).content)) for url in files]
        assert sum(sizes) <= 60_000, sizes
