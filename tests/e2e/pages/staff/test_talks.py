"""A guest asks for a person: staff see it, answer in the same thread, and give the engine back its voice."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.pages.staff.conftest import VENUE, Site
from tests.support.browser import PHONE, visiting

NAUGHTY = Path(__file__).parents[4].parent / "shared" / "eval" / "robustness" / "blns.jsonl"
ASKS = "Quiero hablar con una persona"


async def ask(site: Site, text: str = ASKS, *, guest: str = "+34600111222") -> dict[str, Any]:
    """A guest writes by another channel: the answer."""
    site.clock.move(timedelta(seconds=20))
    answered = await site.client.post(
        "/chat",
        json={"venue": VENUE, "user_id": guest, "message": text, "channel": "whatsapp"},
    )
    answer: dict[str, Any] = answered.json()
    return answer


def counted(page: Page) -> Locator:
    return page.locator("#talks .count")


async def open_first(page: Page) -> Locator:
    """The thread of whoever waits longest."""
    await page.locator("#talks").click()
    await page.locator(".talk button").first.click()
    await expect(page.locator(".thread .said").first).to_be_visible()
    return page.locator(".thread")


async def answer(page: Page, text: str) -> None:
    await page.locator("form.answer textarea").fill(text)
    await page.locator("form.answer textarea").press("Enter")
    await expect(page.locator(".said.staff p").last).to_have_text(text)


async def test_a_guest_is_answered_by_a_person_and_then_by_the_engine_again(
    site: Site, browser: Browser
) -> None:
    desk = await site.screen()
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        guest = await visit.open(f"{site.address}/?venue={VENUE}")

        async def write(text: str) -> None:
            await guest.fill("#message", text)
            await guest.press("#message", "Enter")

        replies = guest.locator(".line.house[data-id]")
        await write(ASKS)
        await expect(replies).to_have_count(1)

        await expect(counted(desk)).to_have_text("1")
        await expect(desk.locator("#said")).to_have_text("Alguien espera a una persona.")
        await expect(desk).to_have_title("(1) viernes, 27 de noviembre · La Terraza")
        thread = await open_first(desk)
        await expect(thread.locator(".said.guest")).to_contain_text(ASKS)
        site.clock.move(timedelta(minutes=1))
        await answer(desk, "Buenas noches, soy Marta")

        await expect(guest.locator(".line.staff .words")).to_have_text("Buenas noches, soy Marta")
        site.clock.move(timedelta(minutes=1))
        await write("¿Tienen trona?")
        await expect(thread.locator(".said.guest").last).to_contain_text("¿Tienen trona?")
        await expect(guest.locator(".note")).to_have_count(1)
        await write("Y carrito")
        await expect(thread.locator(".said.guest")).to_have_count(3)
        await expect(guest.locator(".note")).to_have_count(1)
        await expect(replies).to_have_count(1)

        await desk.get_by_role("button", name="Devolver al asistente").click()
        await expect(desk.locator(".about")).to_contain_text("El asistente responde")
        await expect(desk.locator("form.answer")).to_be_hidden()
        await expect(counted(desk)).to_be_empty()
        site.clock.move(timedelta(minutes=1))
        await write("¿Qué horario tienen?")
        await expect(replies).to_have_count(2)
        assert visit.complaints == []
    assert site.elsewhere() == set()


async def test_who_takes_a_conversation_is_seen_on_the_other_screen(site: Site) -> None:
    await ask(site)
    one, other = await site.screen(), await site.screen()
    for page in (one, other):
        await expect(page.locator("#talks")).to_have_class("icon counted urgent")
    await open_first(one)
    await other.locator("#talks").click()
    await expect(other.locator(".talk .pill")).to_have_text("Espera")
    await one.get_by_role("button", name="Atender", exact=True).click()
    await expect(other.locator(".talk .pill")).to_have_text("Atendida")
    for page in (one, other):
        await expect(page.locator("#talks")).to_have_class("icon counted")
    assert (await ask(site, "¿Hola?"))["response"] == ""


async def test_what_is_written_and_not_sent_survives_news_and_a_look_elsewhere(site: Site) -> None:
    await ask(site)
    page = await site.screen()
    thread = await open_first(page)
    await page.locator("form.answer textarea").fill("Un momento, que lo")
    await ask(site, "¿Hay alguien?")
    await expect(thread.locator(".said.guest")).to_have_count(2)
    await expect(page.locator("form.answer textarea")).to_be_focused()
    await page.locator(".back").click()
    await page.locator(".talk button").click()
    await expect(page.locator("form.answer textarea")).to_have_value("Un momento, que lo")


async def test_words_that_did_not_arrive_are_sent_again_and_count_once(site: Site) -> None:
    conversation = (await ask(site))["conversation_id"]
    page = await site.screen()
    await open_first(page)
    sent = 0

    async def lose_first(route: Any) -> None:
        """The house has the words, and its answer never arrives here."""
        nonlocal sent
        sent += 1
        if sent > 1:
            await route.continue_()
            return
        await route.fetch()
        await route.abort()

    await page.route("**/messages", lose_first)
    box = page.locator("form.answer textarea")
    await box.fill("Buenas noches")
    await box.press("Enter")
    await expect(page.locator("#toast")).to_contain_text("no se llega al servidor")
    await expect(box).to_have_value("Buenas noches")
    await page.locator("form.answer button").click()
    await expect(box).to_have_value("")
    lines = (await site.client.get(f"/conversations/{conversation}")).json()["lines"]
    assert [line["text"] for line in lines if line["speaker"] == "staff"] == ["Buenas noches"]


async def test_a_large_party_waits_for_a_person_too(site: Site) -> None:
    await ask(site, "Mesa para 40 personas mañana a las 21:00")
    page = await site.screen()
    await page.locator("#talks").click()
    await expect(page.locator(".talk .why")).to_contain_text("Grupo grande")


async def test_the_keyboard_alone_answers_a_guest(site: Site) -> None:
    await ask(site)
    page = await site.screen()
    await page.locator("#talks").focus()
    await page.keyboard.press("Enter")
    await page.locator(".talk button").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("form.answer textarea")).to_be_focused()
    await page.keyboard.type("Hola")
    await page.keyboard.press("Enter")
    await expect(page.locator(".said.staff")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.locator("#panel")).to_be_hidden()
    await expect(page.locator("#talks")).to_be_focused()


async def test_naughty_strings_of_guests_and_staff_are_text(site: Site) -> None:
    if not NAUGHTY.exists():
        pytest.skip(f"{NAUGHTY.name} is not here")
    lines = NAUGHTY.read_text(encoding="utf-8").splitlines()
    strings = [value for line in lines if "<" in (value := json.loads(line)["value"])][:40]
    answered = await ask(site)
    path = f"/conversations/{answered['conversation_id']}/messages"
    sent = []
    for number, text in enumerate(strings):
        site.clock.move(timedelta(seconds=1))
        headers = {"Idempotency-Key": f"k{number}"}
        said: httpx.Response = await site.client.post(path, json={"text": text}, headers=headers)
        if said.status_code == 201:
            sent.append(said.json()["text"])
            await ask(site, text)
    assert len(sent) > 20
    page = await site.screen()
    await open_first(page)
    await expect(page.locator(".said.staff")).to_have_count(len(sent))
    for who in ("staff", "guest"):
        shown: list[str] = await page.locator(f".said.{who} p").evaluate_all(
            "(all) => all.map((each) => each.textContent)"
        )
        assert shown[-len(sent) :] == sent
    hostile = page.locator(".thread :is(script, img, iframe, object, embed, style, a, svg)")
    assert await hostile.count() == 0
    await page.locator(".back").click()
    await expect(page.locator(".talk .last")).to_contain_text(sent[-1][:5])
    assert await page.locator(".talk :is(script, img, iframe)").count() == 0
    assert site.elsewhere() == set()
