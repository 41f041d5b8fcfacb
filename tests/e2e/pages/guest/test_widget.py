"""The chat on a venue's own site: where the venue allows it, and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, expect

from infrastructure.http.server import serving
from tests.e2e.pages.guest.chatting import WISH
from tests.e2e.pages.guest.conftest import OpenSite, terraza
from tests.support.browser import DESKTOP, PHONE, grave_faults, screenshot, visiting


@asynccontextmanager
async def _own_site(script: str) -> AsyncIterator[str]:
    """A venue's own page with our script on it, on another origin."""
    app = FastAPI()
    app.state.end_streams = lambda: None

    @app.get("/")
    async def home() -> HTMLResponse:
        return HTMLResponse(
            '<!doctype html><html lang="es"><title>La Terraza</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f"<main><h1>La Terraza</h1><p>Cocina de mercado.</p></main>{script}</html>",
            headers={
                # As strict as a site can be and still have the widget.
                "Content-Security-Policy": "default-src 'none'; script-src http://127.0.0.1:*; "
                "frame-src http://127.0.0.1:*; img-src data:"
            },
        )

    async with serving(app) as url:
        yield url


def _script(url: str) -> str:
    return f'<script src="{url}/widget.js" data-venue="la-terraza" async></script>'


@pytest.mark.parametrize(("size", "settings"), [("phone", PHONE), ("desktop", DESKTOP)])
async def test_on_an_allowed_site_a_guest_books_in_the_frame(
    browser: Browser, open_site: OpenSite, size: str, settings: dict[str, object]
) -> None:
    allowed: list[str] = []
    house = terraza()
    async with open_site([house]) as site, _own_site(_script(site.url)) as own:
        allowed.append(own)
        site.app.state.parts.reservations.replace_venues(
            [replace(house, widget_origins=tuple(allowed))]
        )
        async with visiting(browser, **settings, locale="es-ES") as visit:
            page = await visit.open(own)
            bubble = page.get_by_role("button", name="Reservar")
            await bubble.click()
            frame = page.frame_locator("iframe")
            await expect(frame.locator("#message")).to_be_focused()
            await frame.locator("#message").fill(WISH)
            await frame.locator("#message").press("Enter")
            await frame.locator("#lines .choices button").first.click()
            await expect(frame.locator(".card")).to_contain_text("Reserva confirmada")
            await screenshot(page, f"guest-widget-{size}")
            assert await grave_faults(page) == []
            await frame.locator("#message").press("Escape")
            await expect(page.locator(".panel")).to_be_hidden()
            await expect(bubble).to_be_focused()
            await bubble.click()
            await expect(frame.locator(".card")).to_be_visible()
            assert visit.complaints == []


async def test_what_is_written_while_the_frame_is_closed_shows_on_its_button(
    browser: Browser, open_site: OpenSite
) -> None:
    house = terraza()
    async with open_site([house]) as site, _own_site(_script(site.url)) as own:
        site.parts.reservations.replace_venues([replace(house, widget_origins=(own,))])
        async with visiting(browser, **DESKTOP, locale="es-ES") as visit:
            page = await visit.open(own)
            await page.get_by_role("button", name="Reservar").click()
            frame = page.frame_locator("iframe")
            await frame.locator("#message").fill("Quiero hablar con una persona")
            await frame.locator("#message").press("Enter")
            await expect(frame.locator(".line.house[data-id]")).to_have_count(1)
            await frame.locator("#message").press("Escape")
            listed = await site.client.get("/venues/la-terraza/conversations")
            (waiting,) = listed.json()["conversations"]
            await site.client.post(
                f"/conversations/{waiting['id']}/messages",
                json={"text": "Buenas, soy Marta"},
                headers={"Idempotency-Key": "k"},
            )
            bubble = page.get_by_role("button", name="Reservar. Mensaje nuevo")
            await bubble.click()
            await expect(frame.locator(".line.staff")).to_contain_text("Buenas, soy Marta")
            await frame.locator("#message").press("Escape")
            await expect(page.get_by_role("button", name="Reservar", exact=True)).to_be_visible()
            assert visit.complaints == []


async def test_on_any_other_site_the_frame_stays_shut_and_leads_to_the_page(
    browser: Browser, open_site: OpenSite
) -> None:
    house = replace(terraza(), widget_origins=("https://laterraza.example",))
    async with (
        open_site([house]) as site,
        _own_site(_script(site.url)) as own,
        visiting(browser, **DESKTOP, locale="es-ES") as visit,
    ):
        page = await visit.open(own)
        await page.get_by_role("button", name="Reservar").click()
        away = page.get_by_role("link", name="Abrir las reservas en otra pestaña")
        await expect(away).to_be_visible()
        assert (await away.get_attribute("href") or "").startswith(site.url)
        assert any("frame-ancestors" in line for line in visit.complaints)
        await expect(page.frame_locator("iframe").locator("#message")).to_have_count(0)


async def test_the_page_itself_is_framed_by_nobody(open_site: OpenSite) -> None:
    house = replace(terraza(), widget_origins=("https://laterraza.example",))
    async with open_site([house]) as site:
        plain = await site.client.get("/")
        framed = await site.client.get("/?widget=true&venue=la-terraza")
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]
    policy = framed.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://laterraza.example;" in policy
