"""The floor of the day in a browser: who sees what, what moves, and what is refused with its reason."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from application.ports.conflicts import Conflict, ConflictKind
from domain.booking import spoken_code
from tests.e2e.pages.staff.conftest import NOW, VENUE, Open, Site
from tests.support.browser import PHONE, grave_faults, screenshot


def block(page: Page, booking: dict[str, Any]) -> Locator:
    return page.locator(f'.block[data-code="{booking["code"]}"]').first


async def in_lane(page: Page, booking: dict[str, Any], lane: str) -> None:
    await expect(
        page.locator(f'.block[data-code="{booking["code"]}"][data-lane="{lane}"]')
    ).to_be_visible()


async def drag(page: Page, booking: dict[str, Any], lane: str, *, minutes: float = 0) -> None:
    """To another lane, and so many minutes later."""
    grip = await block(page, booking).bounding_box()
    there = await page.locator(f'.track[data-lane="{lane}"]').bounding_box()
    scale: float = await page.locator(".canvas").evaluate(
        "(canvas) => parseFloat(getComputedStyle(canvas).getPropertyValue('--m'))"
    )
    assert grip is not None
    assert there is not None
    x, y = grip["x"] + 12, grip["y"] + 12
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 20, y + 8)
    await page.mouse.move(x + minutes * scale, there["y"] + 12, steps=3)
    await expect(page.locator(".ghost")).to_be_visible()
    await page.mouse.up()


async def say(site: Site, text: str, message_id: str) -> dict[str, Any]:
    said = {"venue": VENUE, "user_id": "+34600111222", "message": text, "message_id": message_id}
    answer: dict[str, Any] = (await site.client.post("/chat", json=said)).json()
    return answer


# --- seeing ---------------------------------------------------------------------------------


async def test_two_screens_see_what_a_guest_holds_and_books(site: Site) -> None:
    one, other = await site.screen(), await site.screen()
    await say(site, "Mesa para 2 hoy a las 22:00, a nombre de Laura Gil", "m1")
    for page in (one, other):
        await expect(page.locator(".hold")).to_have_count(1)
    booked = await say(site, "sí, por favor", "m2")
    assert booked["status"] == "confirmed", booked
    for page in (one, other):
        await expect(block(page, booked["booking"])).to_contain_text("Laura Gil")
        await expect(page.locator(".hold")).to_have_count(0)


async def test_what_one_screen_does_the_other_sees(site: Site) -> None:
    booking = await site.book("21:00", "Laura Gil")
    one, other = await site.screen(), await site.screen()
    await block(one, booking).click()
    await one.get_by_role("button", name="Sentar", exact=True).click()
    await expect(block(other, booking)).to_have_class("block seated")
    await site.change(booking["code"], guest_name="Laura Gil Ruiz")
    for page in (one, other):
        await expect(block(page, booking)).to_contain_text("Laura Gil Ruiz")


async def test_a_screen_that_was_cut_off_catches_up(site: Site) -> None:
    page = await site.screen()
    await expect(page.locator("#live")).to_have_text("En vivo")
    site.parts.days.close()
    await expect(page.locator("#live")).to_have_text("Sin conexión")
    site.watch_again()
    booking = await site.book("21:00", "Laura Gil")
    await expect(block(page, booking)).to_be_visible()
    await expect(page.locator("#live")).to_have_text("En vivo")


async def test_a_name_is_text_whatever_it_says(site: Site) -> None:
    hostile = "<img src=x onerror=document.title='gotcha'>"
    booking = await site.book("21:00", hostile, notes=hostile)
    page = await site.screen()
    await expect(block(page, booking)).to_contain_text("<img")
    await block(page, booking).click()
    await expect(page.locator("#panel blockquote")).to_have_text(hostile)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Lista", exact=True).click()
    await expect(page.locator("#list tbody")).to_contain_text("<img")
    assert await page.locator("#main img, #panel img").count() == 0
    assert "gotcha" not in await page.title()


async def test_the_pacing_bar_counts_what_starts(site: Site) -> None:
    for party in (4, 6, 8):
        await site.book("21:00", f"De {party}", party=party)
    page = await site.screen()
    bar = page.locator(".pacing li", has_text="21:00: 18 de 24 personas, 3 de 8 reservas")
    await expect(bar).to_have_class("near")


async def test_the_search_finds_by_name_phone_and_code(site: Site) -> None:
    laura = await site.book("21:00", "Álvaro Muñoz", guest_phone="+34600111222")
    await site.book("21:30", "Sofía Castro", guest_phone="+34600333444")
    page = await site.screen()
    for wanted in ("munoz", "600 111 222", laura["code"].lower()[:7]):
        await page.locator("#search").fill(wanted)
        await expect(page.locator(".block.found")).to_have_count(1)
        await expect(block(page, laura)).to_have_class("block confirmed found")
        await expect(page.locator("#said")).to_have_text("1 reserva encontrada")
    await page.locator("#search").press("Enter")
    await expect(page.locator("#panel-title")).to_have_text("Álvaro Muñoz")


async def test_a_code_of_another_day_is_found(site: Site) -> None:
    booking = await site.book("00:15", "De madrugada", day="2027-01-01")
    page = await site.screen()
    await page.locator("#search").fill(booking["code"])
    await page.locator("#search").press("Enter")
    await expect(page.locator("#panel-title")).to_have_text("De madrugada")
    await expect(page.locator("#day-shown")).to_have_text("jue, 31 dic")


async def test_where_bookings_live_in_airtable_the_page_says_so(site: Site) -> None:
    page = await site.screen()
    assert await page.get_by_text("viven en Airtable").count() == 0

    async def well() -> None:
        return None

    probes = site.parts.probes
    assert isinstance(probes, dict)
    probes["airtable"] = well
    await page.reload()
    await expect(page.get_by_text("viven en Airtable")).to_be_visible()


# --- moving ---------------------------------------------------------------------------------


async def test_a_booking_is_dragged_to_another_table_and_time(site: Site) -> None:
    booking = await site.book("21:00", "Laura Gil", resources=["T1"])
    page, other = await site.screen(), await site.screen()
    await page.locator(".block").wait_for()
    await drag(page, booking, "T3", minutes=30)
    for each in (page, other):
        await in_lane(each, booking, "T3")
    moved = await site.booking(booking["code"])
    assert (moved["start"], moved["resources"]) == ("2026-11-27T21:30:00+01:00", ["T3"])


async def test_a_drag_onto_a_taken_table_is_refused_with_the_reason(site: Site) -> None:
    booking = await site.book("21:00", "Laura Gil", resources=["T1"])
    await site.book("21:15", "Sofía Castro", resources=["T2"])
    page = await site.screen()
    await block(page, booking).wait_for()
    await drag(page, booking, "T2")
    await expect(page.locator("#toast")).to_contain_text("ahí está Sofía Castro a las 21:15")
    await expect(page.locator(".ghost")).to_have_count(0)
    await in_lane(page, booking, "T1")
    stands = await site.booking(booking["code"])
    assert (stands["start"], stands["resources"]) == (booking["start"], ["T1"])
    await screenshot(page, "staff-drag-refused")


async def test_a_drag_into_closed_hours_is_refused_with_the_reason(site: Site) -> None:
    booking = await site.book("20:00", "Laura Gil", resources=["T1"])
    page = await site.screen()
    await block(page, booking).wait_for()
    await drag(page, booking, "T1", minutes=-60)
    await expect(page.locator("#toast")).to_contain_text("a esa hora está cerrado")
    assert (await site.booking(booking["code"]))["start"] == booking["start"]


async def test_an_alternative_that_is_offered_is_taken_with_a_click(site: Site) -> None:
    booking = await site.book("21:00", "Laura Gil", resources=["T1"])
    await site.book("21:15", "Sofía Castro", resources=["T2"])
    page = await site.screen()
    await block(page, booking).wait_for()
    await drag(page, booking, "T2")
    await page.locator("#toast button").first.click()
    await expect(page.locator("#said")).to_contain_text("Movida")
    assert (await site.booking(booking["code"]))["version"] == 2


async def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(site: Site) -> None:
    booking = await site.book("21:00", "Laura Gil", resources=["T1"])
    page = await site.screen()
    await block(page, booking).wait_for()
    site.parts.days.close()  # this screen hears of nothing
    await site.change(booking["code"], notes="trona")
    await drag(page, booking, "T3")
    await expect(page.locator("#toast")).to_contain_text("alguien la ha cambiado antes")
    assert (await site.booking(booking["code"]))["resources"] == ["T1"]


async def test_a_booking_is_moved_with_the_keys_alone(site: Site) -> None:
    booking = await site.book("21:00", "Laura Gil", resources=["T1"])
    await site.book("21:00", "Sofía Castro", resources=["T2"])
    page = await site.screen()
    await block(page, booking).wait_for()
    await page.locator("#main").focus()
    await page.keyboard.press("Tab")
    await expect(block(page, booking)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    for key in ("m", "ArrowRight", "ArrowDown", "ArrowDown"):
        await page.keyboard.press(key)
    await expect(page.locator("#said")).to_contain_text("21:15 · Mesa 3. Intro para mover")
    await page.keyboard.press("Enter")
    await in_lane(page, booking, "T3")
    moved = await site.booking(booking["code"])
    assert (moved["start"], moved["resources"]) == ("2026-11-27T21:15:00+01:00", ["T3"])
    await expect(block(page, booking)).to_be_focused()


async def test_escape_leaves_a_booking_where_it_was(site: Site) -> None:
    booking = await site.book("21:00", "Laura Gil", resources=["T1"])
    page = await site.screen()
    await block(page, booking).focus()
    for key in ("m", "ArrowRight", "Escape"):
        await page.keyboard.press(key)
    await expect(page.locator("#said")).to_have_text("Se queda donde estaba.")
    await expect(page.locator(".ghost")).to_have_count(0)
    assert (await site.booking(booking["code"]))["version"] == 1


# --- taking and ending ----------------------------------------------------------------------


async def test_a_booking_is_taken_once_however_often_the_button_is_pressed(site: Site) -> None:
    page = await site.screen()
    await page.get_by_role("button", name="Nueva reserva").click()
    form = page.locator("#panel form")
    await form.get_by_label("Nombre").fill("Laura Gil")
    await form.get_by_label("Teléfono").fill("+34600111222")
    await form.get_by_label("Personas").fill("4")
    await expect(form.locator(".free")).to_have_attribute("aria-busy", "false")
    await form.get_by_role("button", name="21:30", exact=True).click()
    await form.get_by_role("button", name="Reservar").dblclick()
    await expect(page.locator("#toast")).to_contain_text("Reservada: 21:30")
    listed = await site.client.get(f"/venues/{VENUE}/bookings?date=2026-11-27")
    (booking,) = listed.json()["bookings"]
    assert (booking["start"], booking["party_size"]) == ("2026-11-27T21:30:00+01:00", 4)
    await expect(block(page, booking)).to_contain_text("Laura Gil")


async def test_a_taken_table_comes_with_what_is_free_instead(site: Site) -> None:
    await site.book("21:00", "Sofía Castro", resources=["T1"])
    page = await site.screen()
    await page.get_by_role("button", name="Nueva reserva").click()
    form = page.locator("#panel form")
    await form.get_by_label("Nombre").fill("Laura Gil")
    await form.get_by_label("Hora", exact=True).fill("21:00")
    await form.get_by_role("checkbox", name="Mesa 1 2").check()
    await form.get_by_role("button", name="Reservar").click()
    refusal = form.locator(".refusal")
    await expect(refusal).to_contain_text("No se puede: está ocupado")
    await refusal.get_by_role("button").first.click()
    await expect(page.locator("#toast")).to_contain_text("Reservada")


async def test_an_hour_after_midnight_belongs_to_the_night(site: Site) -> None:
    booking = await site.book("22:30", "Laura Gil", resources=["T1"])
    page = await site.screen("&date=2026-12-31")
    await page.get_by_role("button", name="Nueva reserva").click()
    form = page.locator("#panel form")
    await form.get_by_label("Nombre").fill("Nochevieja")
    await form.get_by_label("Hora", exact=True).fill("00:15")
    await form.get_by_role("button", name="Reservar").click()
    made = page.locator(".block", has_text="Nochevieja")
    await expect(made).to_contain_text("00:15")
    code = await made.get_attribute("data-code")
    assert (await site.booking(code or ""))["start"] == "2027-01-01T00:15:00+01:00"
    assert booking["code"] != code


async def test_who_walks_in_sits_at_once(site: Site) -> None:
    page = await site.screen()
    await page.get_by_role("button", name="Sin reserva").click()
    await page.get_by_role("radio", name="3").check()
    await page.get_by_role("button", name="Sentar ahora").click()
    seated = page.locator(".block.seated")
    await expect(seated).to_have_count(1)
    booking = await site.booking(await seated.get_attribute("data-code") or "")
    assert (booking["channel"], booking["party_size"]) == ("walk_in", 3)
    assert booking["start"] == "2026-11-27T20:30:00+01:00"


async def test_a_booking_goes_through_its_life_on_the_panel(site: Site) -> None:
    came = await site.book("20:00", "Vino")
    missed = await site.book("20:00", "Faltó")
    called = await site.book("20:00", "Llamó")
    page = await site.screen()

    async def press(booking: dict[str, Any], *names: str) -> None:
        await block(page, booking).click()
        for name in names:
            await page.locator("#panel").get_by_role("button", name=name, exact=True).click()
        await expect(page.locator("#panel")).to_be_hidden()

    await press(came, "Sentar")
    await press(came, "Terminar")
    await press(missed, "No vino")
    await press(called, "Cancelar reserva", "Sí, cancelar")
    await expect(block(page, called)).to_have_count(0)
    states = [(await site.booking(each["code"]))["status"] for each in (came, missed, called)]
    assert states == ["completed", "no_show", "cancelled"]


async def test_a_conflict_is_copied_and_resolved(site: Site) -> None:
    booking = await site.book("22:45", "Laura Gil")
    conflict = Conflict(
        id="closed:1",
        venue=site.parts.venue(VENUE).id,
        kind=ConflictKind.CLOSED,
        code=spoken_code(booking["code"]),
        record=None,
        detail="La cena de las 22:45 queda fuera del horario nuevo.",
        draft="Hola, Laura: hoy cerramos antes.",
        other=None,
        detected_at=NOW,
    )
    page, other = await site.screen(), await site.screen()
    assert site.parts.conflicts is not None
    await site.parts.conflicts.report(conflict=conflict)
    await expect(other.locator("#conflicts")).to_have_text("1 aviso")
    await page.locator("#conflicts").click()
    draft = page.get_by_label("Mensaje para el cliente").first
    await expect(draft).to_have_value("Hola, Laura: hoy cerramos antes.")
    await draft.fill("Hola, Laura: cerramos antes. ¿A las 21:00?")
    await page.get_by_role("button", name="Resuelto").click()
    await expect(page.get_by_text("No hay nada pendiente.")).to_be_visible()
    for each in (page, other):
        await expect(each.locator("#conflicts")).to_be_hidden()


# --- access, size, looks --------------------------------------------------------------------


@pytest.mark.parametrize("wrong_first", [False, True])
async def test_where_there_are_keys_the_page_asks_for_one(
    open_site: Open, wrong_first: bool
) -> None:
    async with open_site(settings={"api_keys": "staff:secreta"}) as site:
        site.client = httpx.AsyncClient(
            base_url=site.address, headers={"X-API-Key": "secreta"}, timeout=30
        )
        async with site.client:
            booking = await site.book("21:00", "Laura Gil")
        page = await site.screen(waits=False)
        key = page.get_by_label("Clave del personal")
        if wrong_first:
            await key.fill("otra")
            await page.get_by_role("button", name="Entrar").click()
            await expect(page.get_by_text("Esa clave no abre")).to_be_visible()
        await key.fill("secreta")
        await page.get_by_role("button", name="Entrar").click()
        await expect(block(page, booking)).to_be_visible()
        await expect(page.locator("#live")).to_have_text("En vivo")
        kept = await page.evaluate("[JSON.stringify(localStorage), document.cookie, location.href]")
        assert not any("secreta" in each for each in kept)


async def full_evening(site: Site) -> dict[str, dict[str, Any]]:
    """An evening in full swing, with one of everything."""
    made: dict[str, dict[str, Any]] = {}
    for time, name, party, more in (
        ("13:30", "Marta Ruiz", 2, {}),
        ("13:30", "Familia Ortega", 4, {"notes": "Trona para la niña"}),
        ("14:00", "Jorge Peña", 3, {}),
        ("20:00", "Laura Gil", 2, {"guest_phone": "+34600111222"}),
        ("20:30", "Nuria Sanz", 2, {"notes": "Alérgica a los frutos secos"}),
        ("21:00", "Álvaro Muñoz", 4, {}),
        ("21:00", "Sofía Castro", 6, {}),
        ("21:30", "Cumpleaños Vega", 10, {"notes": "Traen tarta"}),
        ("22:00", "Pablo Herrero", 4, {}),
        ("22:45", "Hugo Prieto", 2, {}),
    ):
        made[name] = await site.book(time, name, party=party, **more)
    for name, status in (
        ("Marta Ruiz", "seated"),
        ("Jorge Peña", "no_show"),
        ("Laura Gil", "seated"),
    ):
        await site.change(made[name]["code"], status=status)
    await say(site, "Mesa para 2 hoy a las 21:45", "held")
    return made


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_every_view_is_accessible_and_none_goes_elsewhere(
    site: Site, scheme: str, device: str
) -> None:
    made = await full_evening(site)
    look: dict[str, Any] = {"color_scheme": scheme, **(PHONE if device == "phone" else {})}
    page = await site.screen("&view=floor", **look)
    await block(page, made["Álvaro Muñoz"]).wait_for()
    name = f"staff-{device}-{scheme}"
    await screenshot(page, name)
    faults = await grave_faults(page)
    for opener in ("#new", "#walk-in", "#as-list"):
        await page.locator(opener).click()
        await screenshot(page, f"{name}-{opener[1:]}")
        faults += await grave_faults(page)
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Álvaro Muñoz").click()
    await screenshot(page, f"{name}-booking")
    faults += await grave_faults(page)
    assert faults == []
    assert site.elsewhere() == set()


async def test_paper_shows_the_list_whatever_the_screen_shows(site: Site) -> None:
    await site.book("21:00", "Laura Gil", notes="Trona")
    page = await site.screen()
    await page.locator(".block").wait_for()
    await page.emulate_media(media="print")
    await expect(page.locator("#floor")).to_be_hidden()
    await expect(page.locator("#list")).to_contain_text("La Terraza · viernes, 27 de noviembre")
    await expect(page.locator("#list tbody tr")).to_contain_text("Trona")
    await screenshot(page, "staff-print")


async def test_in_a_clinic_a_patient_changes_dentist_and_room_one_by_one(site: Site) -> None:
    made = await site.client.post(
        "/venues/clinica-sonrisa/bookings",
        json={
            "start": "2026-11-27T16:00:00-04:00",
            "party_size": 1,
            "guest_name": "Ana Rojas",
            "service": "check-up",
            "resources": ["DRA-ROJAS", "ROOM-1"],
        },
        headers={"Idempotency-Key": "ana"},
    )
    assert made.status_code == 201, made.text
    booking = made.json()
    page = await site.screen()
    await page.locator("#venue").select_option("clinica-sonrisa")
    await expect(page.locator(f'.block[data-code="{booking["code"]}"]')).to_have_count(2)
    await expect(page.locator(".buffer")).to_have_count(1)
    await drag(page, booking, "DR-QUISPE", minutes=15)
    await in_lane(page, booking, "DR-QUISPE")
    await in_lane(page, booking, "ROOM-1")
    await drag(page, booking, "ROOM-2")
    await in_lane(page, booking, "ROOM-2")
    moved = await site.booking(booking["code"])
    assert moved["resources"] == ["DR-QUISPE", "ROOM-2"]
    assert moved["start"] == "2026-11-27T16:15:00-04:00"
    await screenshot(page, "staff-clinic")
