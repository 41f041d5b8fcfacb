"""What the house writes of its own accord: live in the thread, once, and answered with one press."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from application.ports.posts import Author, Post
from domain.venue import ResourceId, Venue, VenueId
from tests.e2e.pages.guest.chatting import FRIDAY, WISH, Chat
from tests.e2e.pages.guest.conftest import OpenSite, Site, terraza
from tests.e2e.pages.guest.test_hostile_text import naughty_strings
from tests.support.browser import DESKTOP, PHONE, Visit, grave_faults, screenshot, visiting

OFFER = {
    "offer_id": "o1",
    "start": f"{FRIDAY}T21:00:00+01:00",
    "end": f"{FRIDAY}T22:45:00+01:00",
    "party_size": 4,
    "service": "dinner",
    "resources": ["T7"],
    "expires_at": "2026-11-23T10:30:00+01:00",
}
BOOKING = {
    "code": "7K2-9MA-XY4",
    "venue": "la-terraza",
    "service": "dinner",
    "start": f"{FRIDAY}T21:00:00+01:00",
    "end": f"{FRIDAY}T22:45:00+01:00",
    "party_size": 4,
    "resources": ["T7"],
    "status": "confirmed",
    "guest_name": "Laura Gil",
    "notes": "",
}


async def write(
    site: Site,
    page: Page,
    text: str,
    *,
    author: Author = Author.STAFF,
    card: dict[str, Any] | None = None,
) -> None:
    """Staff, or the house, write to the guest of a page."""
    guest = await page.evaluate("localStorage.getItem('anfitrion.guest')")
    assert site.parts.posts is not None
    post = Post(VenueId("la-terraza"), guest, author, text, site.clock.now(), card=card)
    await site.parts.posts.add(key=f"{guest} {text}", post=post)


def posts(page: Page) -> Locator:
    return page.locator('.line[data-id^="post."] .words')


def listens(visit: Visit) -> list[str]:
    return [url for url in visit.asked if "/chat/posts" in url]


# --- live -----------------------------------------------------------------------------------


async def test_words_of_staff_come_by_themselves_and_look_like_theirs(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await chat.say("Hola")
        await write(site, chat.page, "Buenas tardes, soy Marta")
        said = chat.page.locator(".line.staff")
        await expect(said).to_contain_text("Buenas tardes, soy Marta")
        await expect(said.locator(".name")).to_have_text("Equipo de La Terraza")
        await write(site, chat.page, "¿Sigue ahí?")
        await expect(posts(chat.page)).to_have_text(["Buenas tardes, soy Marta", "¿Sigue ahí?"])
        await chat.page.reload()
        await write(site, chat.page, "Le llamo")
        await expect(posts(chat.page)).to_have_text(
            ["Buenas tardes, soy Marta", "¿Sigue ahí?", "Le llamo"]
        )
        assert visit.complaints == []


async def test_what_was_written_while_nobody_could_hear_comes_later_and_once(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await write(site, chat.page, "Uno")
        await expect(posts(chat.page)).to_have_text(["Uno"])
        await visit.context.set_offline(True)
        for text in ("Dos", "Tres"):
            await write(site, chat.page, text)
        await visit.context.set_offline(False)
        await expect(posts(chat.page)).to_have_text(["Uno", "Dos", "Tres"])
        # The line that broke is nobody's business.
        await expect(chat.page.locator("#trouble")).to_be_hidden()
        await chat.page.close()
        again = await visit.open(site.url)
        await write(site, again, "Cuatro")
        await expect(posts(again)).to_have_text(["Uno", "Dos", "Tres", "Cuatro"])


async def test_a_line_that_went_silent_in_a_sleep_is_made_again(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        page = await visit.context.new_page()
        await page.clock.install()
        listening = asyncio.Event()

        async def dead(route: Route) -> None:
            """The first line is one that nothing comes through any more."""
            if listening.is_set():
                await route.continue_()
            listening.set()

        await visit.context.route("**/chat/posts?*", dead)
        await page.goto(site.url)
        await write(site, page, "Buenos días")
        await listening.wait()
        await page.clock.fast_forward(60_000)
        await expect(posts(page)).to_have_text(["Buenos días"])


async def test_two_tabs_show_a_post_and_one_of_them_listens(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        one = await visit.open(site.url)
        await write(site, one, "Uno")
        await expect(posts(one)).to_have_text(["Uno"])
        other = await visit.open(site.url)
        await write(site, other, "Dos")
        for page in (one, other):
            await expect(posts(page)).to_have_text(["Uno", "Dos"])
        await other.close()
        await write(site, one, "Tres")
        await expect(posts(one)).to_have_text(["Uno", "Dos", "Tres"])
        # The first tab, the second instead of it, the first again.
        assert len(listens(visit)) == 3


async def test_what_is_being_asked_stays_where_it_is_while_staff_write(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await chat.say(WISH)
        await expect(chat.choices.first).to_contain_text("21:00")
        await write(site, chat.page, "Le guardamos la mesa de la ventana")
        await expect(posts(chat.page)).to_have_count(1)
        await chat.press(chat.choices.first)
        await expect(chat.cards.last).to_contain_text("Reserva confirmada")


async def test_posts_of_a_house_stay_in_its_own_talk(browser: Browser, open_site: OpenSite) -> None:
    clinic = replace(terraza(), id=VenueId("otra"), name="Otra Casa")
    async with (
        open_site([terraza(), clinic]) as site,
        visiting(browser, **PHONE, locale="es-ES") as visit,
    ):
        chat = await Chat.open(visit, site.url)
        await chat.page.select_option("#venue", "otra")
        await write(site, chat.page, "Desde La Terraza")
        await chat.say("Hola")
        await expect(posts(chat.page)).to_have_count(0)
        await chat.page.select_option("#venue", "la-terraza")
        await expect(posts(chat.page)).to_have_text(["Desde La Terraza"])


# --- answered with one press ----------------------------------------------------------------


async def reminded(site: Site, chat: Chat) -> str:
    """A guest has a table on Friday and is reminded of it the day before: its code."""
    code = await chat.book()
    await site.work()
    site.clock.move(timedelta(days=3, hours=11, minutes=1))
    await site.work()
    await expect(posts(chat.page)).to_have_count(1)
    await expect(chat.choices).to_have_text(["Sí, voy", "Cancelar"])
    return code


async def test_a_reminder_is_answered_with_yes(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await reminded(site, chat)
        before = await chat.answers.count()
        await chat.choices.first.click()
        await expect(chat.answers).to_have_count(before + 1)
        (booking,) = await site.bookings(FRIDAY)
        assert booking["status"] == "confirmed"
        await site.work()
        await expect(posts(chat.page)).to_have_count(1)
        await expect(chat.choices).to_have_count(0)
        assert visit.complaints == []


async def test_a_reminder_is_answered_with_cancel(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await reminded(site, chat)
        await chat.press(chat.choices.last)
        await expect(chat.cards.last).to_contain_text("Reserva cancelada")
        (booking,) = await site.bookings(FRIDAY)
        assert booking["status"] == "cancelled"


async def test_the_words_of_a_button_are_in_the_language_of_the_talk(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, f"{site.url}/?lang=es")
        await chat.say("Good morning, do you have a terrace?")
        card = {"booking": BOOKING, "asks": True}
        await write(site, chat.page, "See you on Friday?", author=Author.HOUSE, card=card)
        await expect(chat.choices).to_have_text(["Yes, I'm coming", "Cancel"])


async def test_a_second_reminder_shows_the_booking_and_asks_nothing(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await write(site, chat.page, "Hasta luego", author=Author.HOUSE, card={"booking": BOOKING})
        await expect(chat.cards).to_contain_text("viernes 27 de noviembre")
        await expect(chat.choices).to_have_count(0)


def with_one_table(venue: Venue) -> Venue:
    policy = replace(venue.policy, pacing=())
    tables = tuple(each for each in venue.resources if each.id == ResourceId("T1"))
    return replace(venue, resources=tables, combinations=(), policy=policy)


async def test_who_joins_the_waitlist_in_the_chat_is_offered_a_freed_table_there(
    browser: Browser, open_site: OpenSite
) -> None:
    async with (
        open_site([with_one_table(terraza())]) as site,
        visiting(browser, **PHONE, locale="es-ES") as visit,
    ):
        taken = [
            await site.book(f"{FRIDAY}T{hour}:00+01:00", party=2, key=hour)
            for hour in ("20:00", "21:30", "23:00")
        ]
        chat = await Chat.open(visit, site.url)
        await chat.say("Mesa para 2 el viernes 27 de noviembre a las 20:00, a nombre de Laura Gil")
        await chat.say("Apúntame en la lista de espera para el viernes 27 de noviembre")
        waiting = await site.client.get(f"/venues/la-terraza/waitlist?date={FRIDAY}")
        (entry,) = waiting.json()["entries"]
        assert (entry["status"], entry["party_size"]) == ("waiting", 2)
        await site.work()
        await expect(posts(chat.page)).to_have_count(0)
        await site.client.delete(f"/bookings/{taken[0]['code']}")
        await site.work()
        await expect(posts(chat.page)).to_have_count(1)
        await expect(chat.page.locator(".until")).to_contain_text("Guardada hasta las 10:30")
        await expect(chat.choices.first).to_contain_text("Sí, vie, 27 nov · 20:")
        await screenshot(chat.page, "guest-waitlist-offer-phone")
        await chat.choices.first.click()
        await expect(chat.cards.last).to_contain_text("Reserva confirmada")
        mine = [each for each in await site.bookings(FRIDAY) if each["guest_name"] == "Laura Gil"]
        assert [each["status"] for each in mine] == ["confirmed"]
        assert visit.complaints == []


async def test_a_place_that_is_kept_no_longer_cannot_be_pressed(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        page = await visit.context.new_page()
        await page.clock.install()
        await page.goto(site.url)
        card = {"offers": [OFFER], "asks": True}
        await write(site, page, "Ha quedado una mesa", author=Author.HOUSE, card=card)
        await expect(page.locator("#lines .choices")).to_have_count(1)
        await page.clock.fast_forward("31:00")
        await expect(page.locator("#lines .choices")).to_have_count(0)
        await expect(posts(page)).to_have_count(1)


# --- hostile, accessible --------------------------------------------------------------------


async def test_every_naughty_string_of_staff_is_shown_as_it_is(
    browser: Browser, site: Site
) -> None:
    strings = [text for text in naughty_strings() if "<" in text or "script" in text.lower()][:120]
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        for text in strings:
            card = {"booking": {**BOOKING, "code": text, "link": text, "guest_name": text}}
            await write(site, chat.page, text, card=card)
        await expect(posts(chat.page)).to_have_count(len(dict.fromkeys(strings)))
        shown = await chat.page.evaluate(
            "[...document.querySelectorAll('.line.staff .words')].map((each) => each.textContent)"
        )
        assert shown == list(dict.fromkeys(strings))
        hostile = chat.page.locator("#lines :is(script, img, iframe, object, embed, style)")
        assert await hostile.count() == 0
        hrefs = await chat.page.evaluate(
            "[...document.querySelectorAll('a')].map((a) => a.protocol)"
        )
        assert set(hrefs) <= {"http:", "https:"}
        assert visit.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "settings"), [("phone", PHONE), ("desktop", DESKTOP)])
async def test_posts_have_no_grave_fault(
    browser: Browser, site: Site, scheme: str, size: str, settings: dict[str, object]
) -> None:
    silent: dict[str, Any] = {
        "conversation_id": "c",
        "message_id": "m",
        "response": "",
        "language": "es",
        "status": "escalated",
        "action": "none",
        "offers": [],
        "missing": [],
        "booking": None,
    }

    async def keep_silent(route: Route) -> None:
        data = json.dumps(silent)
        body = f"event: done\ndata: {data}\nid: 1\n\n"
        await route.fulfill(content_type="text/event-stream", body=body)

    async with visiting(browser, **settings, locale="es-ES", color_scheme=scheme) as visit:
        chat = await Chat.open(visit, site.url)
        await visit.context.route("**/chat/stream", keep_silent)
        note = chat.page.locator(".note")
        for text in ("¿Hay alguien?", "Somos 14, con dos carritos"):
            await chat.write(text)
            await expect(note).to_have_text("Un miembro del equipo te responderá aquí")
        await expect(chat.said).to_have_count(2)
        await write(site, chat.page, "Buenas tardes. Podemos juntar dos mesas en la terraza.")
        await expect(posts(chat.page)).to_have_count(1)
        await screenshot(chat.page, f"guest-staff-{size}-{scheme}")
        faults = await grave_faults(chat.page)
        card: dict[str, Any] = {"offers": [OFFER], "asks": True}
        await write(site, chat.page, "Ha quedado una mesa", author=Author.HOUSE, card=card)
        await expect(chat.page.locator(".until")).to_be_visible()
        card = {"booking": BOOKING, "asks": True}
        await write(site, chat.page, "¿Viene el viernes?", author=Author.HOUSE, card=card)
        await expect(chat.choices).to_have_text(["Sí, voy", "Cancelar"])
        await screenshot(chat.page, f"guest-reminder-{size}-{scheme}")
        faults += await grave_faults(chat.page)
        assert faults == []
        assert visit.complaints == []
        wider = await chat.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider
