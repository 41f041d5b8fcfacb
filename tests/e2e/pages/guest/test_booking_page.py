"""The page of one booking: seen, moved and cancelled by whoever has its link, and by no scanner."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from playwright.async_api import Browser, expect

from domain.booking import spoken_code
from infrastructure.http.links import BookingLinks
from tests.e2e.pages.guest.chatting import FRIDAY, Chat
from tests.e2e.pages.guest.conftest import OpenSite, Site
from tests.support.browser import DESKTOP, PHONE, Visit, grave_faults, screenshot, visiting


async def _booked(visit: Visit, site: Site) -> str:
    """Book in the chat; the path of the booking's page."""
    chat = await Chat.open(visit, site.url)
    await chat.book()
    return await chat.booking_page()


async def test_a_guest_moves_on_the_page_of_their_booking(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        page = await visit.open(site.url + await _booked(visit, site))
        await expect(page.locator(".when")).to_have_text("viernes 27 de noviembre")
        await expect(page.locator(".hours")).to_have_text("21:00 – 22:45")
        await expect(page.locator(".policy")).to_contain_text(
            "hasta el viernes 27 de noviembre a las 19:00"
        )
        await page.locator("summary").click()
        await page.fill("input[name=date]", "2026-11-28")
        await page.select_option("select[name=party]", "2")
        await page.get_by_role("button", name="Ver horas libres").click()
        assert [b["status"] for b in await site.bookings(FRIDAY)] == ["confirmed"]
        await page.get_by_role("button", name="20:30").click()
        await expect(page.locator(".notice")).to_contain_text("está cambiada")
        await expect(page.locator(".when")).to_have_text("sábado 28 de noviembre")
        (moved,) = await site.bookings("2026-11-28")
        assert (moved["start"][11:16], moved["party_size"]) == ("20:30", 2)
        assert await site.bookings(FRIDAY) == []
        assert visit.complaints == []
        assert visit.hosts() == {urlsplit(site.url).netloc}


async def test_a_start_that_has_gone_is_refused_and_the_booking_stays(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        page = await visit.open(site.url + await _booked(visit, site))
        await page.locator("summary").click()
        await page.select_option("select[name=party]", "12")
        await page.get_by_role("button", name="Ver horas libres").click()
        start = page.get_by_role("button", name="20:00")
        await expect(start).to_be_visible()
        for number, tables in enumerate((["T10", "T11"], ["T9", "T12"])):
            await site.book(f"{FRIDAY}T20:00:00+01:00", party=9, key=f"{number}", resources=tables)
        await start.click()
        await expect(page.get_by_role("alert")).to_contain_text("se acaba de ocupar")
        await expect(page.locator(".hours")).to_have_text("21:00 – 22:45")
        await screenshot(page, "guest-booking-refused-phone", full_page=True)


async def test_only_an_explicit_step_cancels(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        page = await visit.open(site.url + await _booked(visit, site))
        await page.get_by_role("link", name="Cancelar la reserva").click()
        await expect(page.locator(".ask")).to_contain_text(
            "hasta el viernes 27 de noviembre a las 19:00"
        )
        await screenshot(page, "guest-booking-cancel-phone", full_page=True)
        assert (await site.bookings(FRIDAY))[0]["status"] == "confirmed"
        await page.get_by_role("button", name="Sí, cancelar").click()
        await expect(page.locator(".status")).to_have_text("Cancelada")
        assert (await site.bookings(FRIDAY))[0]["status"] == "cancelled"
        await page.go_back()
        await page.reload()
        await expect(page.locator(".ask")).to_have_count(0)


async def test_a_scanner_that_follows_every_link_changes_nothing(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE) as visit:
        path = await _booked(visit, site)
    (before,) = await site.bookings(FRIDAY)
    seen: set[str] = set()
    open_ones = {path, f"{path}?date=2026-11-28&party=2", f"{path}?done=cancelled", f"{path}/move"}
    while open_ones:
        url = open_ones.pop()
        seen.add(url)
        for method in ("GET", "HEAD"):
            answered = await site.client.request(method, url)
            assert answered.status_code in {200, 405}
        text = answered.text if url.endswith(".ics") else (await site.client.get(url)).text
        found = {
            each.replace("&amp;", "&") for each in re.findall(r'(?:href|action)="(/b/[^"]+)"', text)
        }
        open_ones |= found - seen
    assert any("/cancel" in url for url in seen)
    assert await site.bookings(FRIDAY) == [before]


async def test_a_form_sent_twice_moves_once(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE) as visit:
        path = await _booked(visit, site)
    form = {"start": f"{FRIDAY}T22:00:00+01:00", "party": "4"}
    for _ in range(2):
        answered = await site.client.post(f"{path}/move", data=form)
        assert answered.status_code == 303
    (moved,) = await site.bookings(FRIDAY)
    assert (moved["start"][11:16], moved["version"]) == ("22:00", 2)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"start": "pronto", "party": "4"},
        {"start": "9999-12-31T23:59:59+00:00", "party": "4"},
        {"start": "0001-01-01T00:00:00+14:00", "party": "4"},
        {"start": f"{FRIDAY}T22:00:00+01:00", "party": "4000"},
        {"start": f"{FRIDAY}T22:00:00+01:00", "party": "-1"},
        {"start": "2026-11-20T22:00:00+01:00", "party": "4"},
    ],
)
async def test_a_form_that_is_not_ours_changes_nothing(site: Site, form: dict[str, str]) -> None:
    booked = await site.book(f"{FRIDAY}T21:00:00+01:00", party=4, key="k")
    links: BookingLinks = site.app.state.parts.links
    answered = await site.client.post(f"{links.path(spoken_code(booked['code']))}/move", data=form)
    assert answered.status_code == 422
    assert await site.bookings(FRIDAY) == [booked]


async def test_a_calendar_file_follows_the_booking(site: Site) -> None:
    booked = await site.book(f"{FRIDAY}T21:00:00+01:00", party=4, key="k")
    path = site.app.state.parts.links.path(spoken_code(booked["code"]))

    async def event() -> tuple[str, str, int, str]:
        answered = await site.client.get(f"{path}.ics")
        calendar = Calendar.from_ical(answered.content)
        (only,) = calendar.walk("VEVENT")
        assert path in str(only["url"])
        sequence = int(str(only["sequence"]))
        return str(only["uid"]), str(calendar["method"]), sequence, str(only["status"])

    uid, *first = await event()
    form = {"start": f"{FRIDAY}T22:00:00+01:00", "party": "4"}
    await site.client.post(f"{path}/move", data=form)
    moved_uid, *moved = await event()
    await site.client.post(f"{path}/cancel")
    gone_uid, *gone = await event()
    assert uid == moved_uid == gone_uid
    assert [first, moved, gone] == [
        ["PUBLISH", 0, "CONFIRMED"],
        ["PUBLISH", 1, "CONFIRMED"],
        ["CANCEL", 2, "CANCELLED"],
    ]


async def test_after_the_cut_off_the_page_says_so_and_offers_neither(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        path = await _booked(visit, site)
        site.clock.move(timedelta(days=4, hours=9, minutes=1))
        page = await visit.open(site.url + path)
        await expect(page.locator(".policy")).to_contain_text("terminó el viernes 27 de noviembre")
        await expect(page.locator("#move")).to_have_count(0)
        await expect(page.get_by_role("link", name="Cancelar la reserva")).to_have_count(0)
        await expect(page.get_by_role("link", name="Llamar")).to_be_visible()
    answered = await site.client.post(f"{path}/cancel")
    assert answered.status_code == 409
    assert (await site.bookings(FRIDAY))[0]["status"] == "confirmed"


async def test_a_link_that_is_not_ours_opens_nothing(site: Site) -> None:
    booked = await site.book(f"{FRIDAY}T21:00:00+01:00", party=4, key="k")
    code = spoken_code(booked["code"])
    other_key = BookingLinks(b"another key").path(code)
    ours = site.app.state.parts.links.path(code)
    for path in (f"/b/{code}", other_key, ours[:-1], ours + "A", "/b/x", f"/b/{'A' * 33}"):
        for method, part in (("GET", ""), ("GET", "/cancel"), ("POST", "/cancel"), ("GET", ".ics")):
            answered = await site.client.request(method, path + part)
            assert answered.status_code == 404
            assert booked["code"] not in answered.text
    assert (await site.client.get(ours)).status_code == 200


async def test_the_page_is_kept_and_framed_and_indexed_by_nobody(site: Site) -> None:
    booked = await site.book(f"{FRIDAY}T21:00:00+01:00", party=4, key="k", notes="<b>x</b>")
    headers = (
        answered := await site.client.get(
            site.app.state.parts.links.path(spoken_code(booked["code"]))
        )
    ).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert "<b>x" not in answered.text


async def test_links_open_the_same_booking_after_a_restart(open_site: OpenSite) -> None:
    async with open_site(public_url="https://reservas.example/") as site:
        answered = await site.client.post(
            "/chat",
            json={
                "user_id": "g",
                "message": "Mesa para 2 el viernes 27 de noviembre a las 21:00, soy Ana",
            },
        )
        answered = await site.client.post("/chat", json={"user_id": "g", "message": "sí"})
        link = answered.json()["booking"]["link"]
        assert link.startswith("https://reservas.example/b/")
    async with open_site() as again:
        token = urlsplit(link).path.removeprefix("/b/")
        assert again.app.state.parts.links.code(token) is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "settings"), [("phone", PHONE), ("desktop", DESKTOP)])
async def test_the_booking_page_has_no_grave_fault(
    browser: Browser, site: Site, scheme: str, size: str, settings: dict[str, object]
) -> None:
    async with visiting(browser, **settings, locale="es-ES", color_scheme=scheme) as visit:
        path = await _booked(visit, site)
        page = await visit.open(f"{site.url}{path}?date=2026-11-28")
        await screenshot(page, f"guest-booking-{size}-{scheme}", full_page=True)
        faults = await grave_faults(page)
        await page.goto(f"{site.url}{path}/cancel")
        faults += await grave_faults(page)
        await page.goto(f"{site.url}/b/nothing")
        faults += await grave_faults(page)
        assert faults == []
