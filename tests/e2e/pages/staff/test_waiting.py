"""The waitlist and what needs a person, on the staff page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from application.ports.conflicts import Conflict, ConflictKind
from domain.booking import spoken_code
from domain.venue import VenueId
from tests.e2e.pages.staff.conftest import NOW, VENUE, Site
from tests.support.browser import DESKTOP, PHONE, grave_faults, screenshot


async def add(site: Site, name: str, party: int = 2, /, **more: str) -> dict[str, Any]:
    """Somebody asked staff elsewhere for a place tonight."""
    body = {"date": "2026-11-27", "party_size": party, "guest_name": name, **more}
    added = await site.client.post(
        f"/venues/{VENUE}/waitlist",
        json=body,
        headers={"Idempotency-Key": name.encode().hex()[:64]},
    )
    assert added.status_code == 201, added.text
    entry: dict[str, Any] = added.json()
    return entry


async def statuses(site: Site) -> list[str]:
    found = await site.client.get(f"/venues/{VENUE}/waitlist?date=2026-11-27")
    return [entry["status"] for entry in found.json()["entries"]]


def entry(page: Page, name: str) -> Locator:
    return page.locator("article.waiting", has_text=name)


async def test_who_is_put_on_the_list_is_on_every_screen(site: Site) -> None:
    one, other = await site.screen(), await site.screen()
    await one.locator("#waitlist").click()
    await one.locator("#panel .main", has_text="Añadir a la lista").click()
    await one.locator('[name="guest_name"]').fill("Ana Belén")
    await one.locator('[name="guest_phone"]').fill("+34600111222")
    await one.locator('[name="party_size"]').fill("4")
    await one.locator('[name="first"]').fill("21:00")
    await one.locator('[name="last"]').fill("22:30")
    await one.locator("#panel form .main").click()
    await expect(entry(one, "Ana Belén")).to_contain_text("4 personas · de 21:00 a 22:30")
    await expect(other.locator("#waitlist .count")).to_have_text("1")
    await other.locator("#waitlist").click()
    await expect(entry(other, "Ana Belén").locator(".pill")).to_have_text("Espera")
    assert await statuses(site) == ["waiting"]


async def test_a_place_is_offered_out_of_turn_and_then_booked(site: Site) -> None:
    await add(site, "Ana Belén", 4, **{"from": "21:00"})
    page, other = await site.screen(), await site.screen()
    await page.locator("#waitlist").click()
    await entry(page, "Ana Belén").get_by_role("button", name="Ofrecer ahora").click()
    await expect(entry(page, "Ana Belén").locator(".offered")).to_contain_text("21:00 · Mesa")
    # What is held for them is on the floor of every screen.
    await expect(other.locator(".hold")).to_have_count(1)
    await entry(page, "Ana Belén").get_by_role("button", name="Reservarla").click()
    await expect(page.locator("#toast")).to_contain_text("Reservada: 21:00")
    await expect(other.locator(".block", has_text="Ana Belén")).to_be_visible()
    await expect(other.locator(".hold")).to_have_count(0)
    assert await statuses(site) == ["booked"]


async def test_a_time_is_chosen_for_somebody_who_waits(site: Site) -> None:
    await add(site, "Luis")
    page = await site.screen()
    await page.locator("#waitlist").click()
    await entry(page, "Luis").get_by_role("button", name="Reservar…").click()
    await page.locator(".free .chip", has_text="22:00").click()
    await expect(page.locator('[name="time"]')).to_have_value("22:00")
    await page.locator("#panel form .main").click()
    await expect(entry(page, "Luis").locator(".pill")).to_have_text("Reservada")
    await expect(page.locator(".block", has_text="Luis")).to_be_attached()


async def test_where_no_place_is_free_the_reason_is_said(site: Site) -> None:
    await add(site, "Luis", **{"from": "23:55", "to": "00:10"})
    page = await site.screen()
    await page.locator("#waitlist").click()
    await entry(page, "Luis").get_by_role("button", name="Ofrecer ahora").click()
    await expect(page.locator("#toast")).to_contain_text("No se puede")
    assert await statuses(site) == ["waiting"]


async def test_who_is_taken_off_the_list_no_longer_counts(site: Site) -> None:
    await add(site, "Luis")
    page = await site.screen()
    await expect(page.locator("#waitlist .count")).to_have_text("1")
    await page.locator("#waitlist").click()
    await entry(page, "Luis").get_by_role("button", name="Quitar").click()
    await expect(page.locator("#waitlist .count")).to_be_empty()
    await expect(entry(page, "Luis").locator(".pill")).to_have_text("Quitada")
    assert await statuses(site) == ["removed"]


async def test_names_and_notes_on_the_list_are_text(site: Site) -> None:
    hostile = "<img src=x onerror=document.title='gotcha'>"
    await add(site, hostile, notes=hostile)
    page = await site.screen()
    await page.locator("#waitlist").click()
    await expect(page.locator("article.waiting blockquote")).to_have_text(hostile)
    assert await page.locator("#panel img").count() == 0
    assert "gotcha" not in await page.title()


# --- what needs a person --------------------------------------------------------------------


async def stranded(site: Site, code: str) -> None:
    conflict = Conflict(
        id=f"closed:{spoken_code(code)}",
        venue=VenueId(VENUE),
        kind=ConflictKind.CLOSED,
        code=spoken_code(code),
        record=None,
        detail="La reserva queda fuera del horario.",
        draft="Hola, Laura: esa noche cerramos antes.",
        other=None,
        detected_at=NOW,
    )
    assert site.parts.conflicts is not None
    await site.parts.conflicts.report(conflict=conflict)


async def deliver(site: Site) -> None:
    messages = site.parts.messages
    assert messages is not None
    for key in await messages.due():
        await messages.deliver(key)


async def test_a_draft_is_changed_and_sent_and_what_came_of_it_is_said(site: Site) -> None:
    said = {"venue": VENUE, "user_id": "g"}
    wish = "Mesa para 2 hoy a las 22:00, a nombre de Laura Gil"
    await site.client.post("/chat", json={**said, "message": wish})
    booked = (await site.client.post("/chat", json={**said, "message": "sí"})).json()["booking"]
    await stranded(site, booked["code"])
    page = await site.screen()
    await page.locator("#conflicts").click()
    await page.locator(".conflict textarea").fill("Hola, Laura: ¿puede venir a las 21:00?")
    await page.get_by_role("button", name="Enviar").click()
    result = page.locator(".conflict .result")
    await expect(result).to_have_text("En camino al cliente.")
    await deliver(site)
    await expect(result).to_have_text("Entregado por chat.")
    posts = (await site.client.get("/chat/posts", params=said)).json()["posts"]
    assert [post["text"] for post in posts] == ["Hola, Laura: ¿puede venir a las 21:00?"]


async def test_what_reaches_nobody_is_listed_at_once(site: Site) -> None:
    booked = await site.book("21:00", "Laura Gil", guest_phone="+34600111222")
    await stranded(site, booked["code"])
    page = await site.screen()
    await page.locator("#conflicts").click()
    await page.get_by_role("button", name="Enviar").click()
    await expect(page.locator(".conflict .result")).to_have_text("En camino al cliente.")
    await deliver(site)
    await expect(page.locator("#conflicts")).to_have_text("2 avisos")
    failed = page.locator(".conflict", has_text="No se pudo entregar")
    await expect(failed).to_contain_text("Hola, Laura: esa noche cerramos antes.")
    await expect(failed.locator('a[href="tel:+34600111222"]')).to_be_visible()
    await expect(page.locator(".conflict .result.failed")).to_have_text("No se ha podido entregar.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "settings"), [("phone", PHONE), ("desktop", DESKTOP)])
async def test_every_panel_is_accessible_and_fits(
    site: Site, scheme: str, size: str, settings: dict[str, Any]
) -> None:
    booked = await site.book("21:00", "Laura Gil", guest_phone="+34600111222")
    await stranded(site, booked["code"])
    ana = await add(site, "Ana Belén", 4)
    await site.client.post(f"/waitlist/{ana['id']}/offer", json={})
    over = await add(site, "Familia Ortiz de Landázuri y Etxeberria", 6, notes="Alergia")
    await site.client.delete(f"/waitlist/{over['id']}")
    await add(site, "Luis")
    asks = {"venue": VENUE, "user_id": "+34600111222", "channel": "whatsapp"}
    asked = await site.client.post("/chat", json={**asks, "message": "Quiero hablar con alguien"})
    await site.client.post(
        f"/conversations/{asked.json()['conversation_id']}/messages",
        json={"text": "Buenas noches, soy Marta"},
        headers={"Idempotency-Key": "k"},
    )
    page = await site.screen(color_scheme=scheme, **settings)
    faults: list[str] = []

    async def look(name: str) -> None:
        await screenshot(page, f"staff-{name}-{size}-{scheme}")
        faults.extend(await grave_faults(page))

    await page.locator("#talks").click()
    await look("talks")
    await page.locator(".talk button").click()
    await expect(page.locator(".said.staff")).to_be_visible()
    await look("talk")
    await page.keyboard.press("Escape")
    await page.locator("#waitlist").click()
    await expect(page.locator("article.waiting")).to_have_count(3)
    await look("waitlist")
    await page.locator("#panel .main", has_text="Añadir").click()
    await look("waitlist-add")
    await page.keyboard.press("Escape")
    await page.locator("#conflicts").click()
    await expect(page.locator(".conflict")).to_have_count(1)
    await look("conflicts")
    assert faults == []
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert site.elsewhere() == set()
