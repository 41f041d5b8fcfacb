"""A guest at the chat page: books, reloads, loses the network, moves, cancels."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Route, expect

from infrastructure.venues.loader import load_venues
from tests.e2e.pages.guest.chatting import FRIDAY, WISH, Chat, sent
from tests.e2e.pages.guest.conftest import OpenSite, Site
from tests.support.browser import DESKTOP, PHONE, grave_faults, screenshot, visiting

MOST_BYTES = 60 * 1024
"""What the whole chat page may weigh, compressed."""


async def test_a_guest_books_by_buttons_and_gets_a_card(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await chat.say("Quiero reservar mesa para cenar")
        await chat.page.locator(".picker input[type=date]").fill(FRIDAY)
        await chat.page.locator(".picker select").select_option("4")
        await chat.press(chat.page.locator(".picker button"))
        await chat.say("a las nueve")
        await expect(chat.choices.first).to_contain_text("21:00")
        await chat.press(chat.choices.first)
        await chat.say("Laura Gil")
        card = chat.cards.last
        await expect(card).to_contain_text("Reserva confirmada")
        await expect(card).to_contain_text("viernes 27 de noviembre")
        await expect(card).to_contain_text("4 personas")
        (booked,) = await site.bookings(FRIDAY)
        assert await card.locator(".code").inner_text() == booked["code"]
        file = await site.client.get(
            await card.get_by_text("Calendario").get_attribute("href") or ""
        )
        assert b"BEGIN:VEVENT" in file.content
        assert await card.get_by_text("Cómo llegar").get_attribute("href")
        assert visit.complaints == []
        assert visit.hosts() == {urlsplit(site.url).netloc}


async def test_several_offers_are_buttons_in_the_replys_language(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, f"{site.url}/?lang=es")
        await chat.say(
            "I'd like a table for 2 on Friday 27 November in the evening, my name is Ann Lee"
        )
        await expect(chat.choices).not_to_have_count(0)
        labels = await chat.choices.all_inner_texts()
        assert len(labels) > 1
        assert all(label.endswith(("terrace", "inside")) for label in labels)
        await chat.press(chat.choices.nth(1))
        await expect(chat.cards.last).to_contain_text("Booking confirmed")
        (booked,) = await site.bookings(FRIDAY)
        assert booked["start"][11:16] == labels[1][:5]


async def test_a_reload_in_mid_stream_shows_the_answer_once(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        held = asyncio.Event()
        ids: list[str] = []

        async def hold(route: Route) -> None:
            ids.append(sent(route)["message_id"])
            if len(ids) == 1:
                # The house has the message, and its answer never arrives here.
                await route.fetch()
                held.set()
                return
            await route.continue_()

        await visit.context.route("**/chat/stream", hold)
        await chat.write(WISH)
        await held.wait()
        await chat.page.reload()
        await expect(chat.answers).to_have_count(1)
        await expect(chat.said).to_have_count(1)
        assert len(ids) == 2
        assert len(set(ids)) == 1
        await chat.press(chat.choices.first)
        await chat.page.reload()
        await expect(chat.cards).to_have_count(1)
        await expect(chat.answers).to_have_count(2)
        assert len(await site.bookings(FRIDAY)) == 1


async def test_a_broken_stream_goes_on_where_it_broke(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        resumed: list[str] = []

        async def cut(route: Route) -> None:
            resumed.append(route.request.headers["last-event-id"])
            if len(resumed) > 1:
                await route.continue_()
                return
            whole = (await (await route.fetch()).text()).split("\n\n")
            await route.fulfill(
                content_type="text/event-stream", body="\n\n".join(whole[:2]) + "\n\n"
            )

        await visit.context.route("**/chat/stream", cut)
        await chat.say("¿Qué horario tienen?")
        assert resumed == ["0", "2"]
        await expect(chat.answers).to_have_count(1)


async def test_without_network_a_message_waits_and_goes_once(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await visit.context.set_offline(True)
        await chat.write(WISH)
        await expect(chat.page.locator("#trouble")).to_contain_text("Sin conexión")
        await screenshot(chat.page, "guest-offline-phone")
        await visit.context.set_offline(False)
        await expect(chat.answers).to_have_count(1)
        await expect(chat.page.locator("#trouble")).to_be_hidden()
        await expect(chat.said).to_have_count(1)


async def test_a_refused_message_says_so_and_can_be_sent_again(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        ids: list[str] = []

        async def refuse_first(route: Route) -> None:
            ids.append(sent(route)["message_id"])
            if len(ids) == 1:
                await route.fulfill(status=422, json={"code": "invalid_request", "detail": "No."})
            else:
                await route.continue_()

        await visit.context.route("**/chat/stream", refuse_first)
        await chat.write("Hola")
        alert = chat.page.locator(".wrong")
        await expect(alert).to_contain_text("no ha salido")
        await chat.page.reload()
        await chat.press(alert.get_by_role("button"))
        await expect(chat.page.locator(".wrong")).to_have_count(0)
        assert len(set(ids)) == 1


async def test_a_guest_moves_and_cancels_in_the_chat(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        code = await chat.book()
        await chat.press(chat.cards.last.get_by_role("button", name="Cambiar"))
        await chat.say("a las 22:00")
        await chat.press(chat.choices.first)
        await expect(chat.cards.last).to_contain_text("Reserva cambiada")
        (moved,) = await site.bookings(FRIDAY)
        assert (moved["code"], moved["start"][11:16]) == (code, "22:00")
        assert await chat.page.locator(".actions").count() == 1
        await chat.press(chat.cards.last.get_by_role("button", name="Cancelar"))
        await expect(chat.choices.first).to_contain_text("Sí, cancelar")
        await chat.press(chat.choices.first)
        await expect(chat.cards.last).to_contain_text("Reserva cancelada")
        (cancelled,) = await site.bookings(FRIDAY)
        assert cancelled["status"] == "cancelled"


async def test_of_two_guests_who_race_for_the_last_table_one_is_offered_the_next(
    browser: Browser, site: Site
) -> None:
    # All tables but the two for eight and those for two, at that hour.
    for number, table in enumerate(
        ("T7", "T8", "T9", "T10", "T11", "T1", "T2", "T3", "T4", "T5", "T6")
    ):
        await site.book(
            f"{FRIDAY}T{'20:00' if number < 6 else '20:30'}:00+01:00",
            party=2,
            key=table,
            resources=[table],
        )
    wish = "Mesa para 4 el viernes 27 de noviembre a las 20:45, a nombre de {}"
    async with (
        visiting(browser, **PHONE, locale="es-ES") as one,
        visiting(browser, **PHONE, locale="es-ES") as other,
    ):
        chats = [await Chat.open(visit, site.url) for visit in (one, other)]
        await asyncio.gather(
            *(chat.say(wish.format(name)) for chat, name in zip(chats, ("Ana", "Eva"), strict=True))
        )
        await asyncio.gather(*(chat.press(chat.choices.first) for chat in chats))
        for chat in chats:
            if not await chat.cards.count():
                await chat.press(chat.choices.first)
        for chat in chats:
            await expect(chat.cards).to_have_count(1)
    at_once = [b for b in await site.bookings(FRIDAY) if b["guest_name"] in ("Ana", "Eva")]
    starts = sorted(booking["start"][11:16] for booking in at_once)
    assert len(starts) == 2
    assert starts.count("20:45") == 1


async def test_the_whole_page_weighs_little_and_shows_itself_before_any_script(
    browser: Browser, site: Site
) -> None:
    async with visiting(browser, **PHONE) as visit:
        await visit.open(site.url)
        loaded = {url for url in visit.asked if url.startswith(site.url)}
        total = sum([len(gzip.compress((await site.client.get(url)).content)) for url in loaded])
        assert total <= MOST_BYTES, total
        assert len(loaded) <= 10
    async with visiting(browser, **PHONE, java_script_enabled=False) as visit:
        page = await visit.open(site.url)
        await expect(page.get_by_role("heading", name="La Terraza")).to_be_visible()
        await expect(page.locator(".no-script")).to_be_visible()


async def test_several_houses_have_a_chooser_and_talks_of_their_own(
    browser: Browser, open_site: OpenSite
) -> None:
    async with (
        open_site(load_venues()) as site,
        visiting(browser, **DESKTOP, locale="es-ES") as visit,
    ):
        chat = await Chat.open(visit, site.url)
        await chat.page.select_option("#venue", "la-terraza")
        await chat.say("Hola")
        await chat.page.select_option("#venue", "clinica-sonrisa")
        await expect(chat.answers).to_have_count(0)
        await chat.say("Quiero una cita")
        await expect(chat.choices).to_have_count(3)
        await screenshot(chat.page, "guest-clinic-desktop")
        await chat.page.select_option("#venue", "la-terraza")
        await expect(chat.answers).to_have_count(1)
        alone = await Chat.open(visit, f"{site.url}/?venue=clinica-sonrisa")
        await expect(alone.page.locator("#venue")).to_be_hidden()
        assert visit.complaints == []


async def test_the_name_of_a_house_is_not_cut_on_a_phone(
    browser: Browser, open_site: OpenSite
) -> None:
    async with (
        open_site(load_venues()) as site,
        visiting(browser, **PHONE, locale="es-ES") as visit,
    ):
        chat = await Chat.open(visit, site.url)
        for house in ("clinica-sonrisa", "la-terraza"):
            await chat.page.select_option("#venue", house)
            missing = await chat.page.locator("#venue").evaluate(
                """(chooser) => {
                  const shown = chooser.getBoundingClientRect().width;
                  chooser.style.maxWidth = "none";
                  const whole = chooser.getBoundingClientRect().width;
                  chooser.style.maxWidth = "";
                  return whole - shown;
                }"""
            )
            assert missing < 1


async def test_a_guest_needs_no_key_where_programs_do(
    browser: Browser, open_site: OpenSite
) -> None:
    async with (
        open_site(api_keys="guest:open-sesame") as site,
        visiting(browser, **PHONE, locale="es-ES") as visit,
    ):
        chat = await Chat.open(visit, site.url)
        await chat.book()
        assert (await site.client.get(await chat.booking_page())).status_code == 200
        # Left open for longer than the page's pass lasts.
        site.clock.move(timedelta(days=1, minutes=1))
        await chat.say("Gracias")
        assert (await site.client.get("/venues")).status_code == 401
        body = {"user_id": "g", "message": "Hola"}
        assert (await site.client.post("/chat", json=body)).status_code == 401


async def test_two_tabs_of_one_guest_show_one_conversation(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        one = await Chat.open(visit, site.url)
        other = await Chat.open(visit, site.url)
        await one.say("Hola")
        await expect(other.answers).to_have_count(1)
        await other.say(WISH)
        await expect(one.answers).to_have_count(2)
        await expect(one.choices).not_to_have_count(0)


async def test_history_is_capped(browser: Browser, site: Site) -> None:
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await chat.say("Hola")
        await chat.page.evaluate(
            """() => {
              const key = "anfitrion.talk.la-terraza";
              const talk = JSON.parse(localStorage.getItem(key));
              const many = Array.from({ length: 400 }, (_, n) => ({ ...talk.lines[0], id: `old-${n}` }));
              localStorage.setItem(key, JSON.stringify({ ...talk, lines: [...many, ...talk.lines] }));
            }"""
        )
        await chat.page.reload()
        await chat.say("¿Qué horario tienen?")
        await chat.page.reload()
        assert await chat.page.locator(".line").count() == 200
        await expect(chat.page.locator(".earlier")).to_be_visible()


async def test_the_keyboard_alone_books_a_table(browser: Browser, site: Site) -> None:
    async with visiting(browser, **DESKTOP, locale="en-GB") as visit:
        chat = await Chat.open(visit, site.url)
        await chat.page.focus("#message")
        await chat.page.keyboard.type("A table for 2 on Friday 27 November at 21:00, name Ann Lee")
        await chat.page.keyboard.press("Enter")
        await expect(chat.choices).not_to_have_count(0)
        await chat.page.keyboard.press("Shift+Tab")
        await chat.page.keyboard.press("Shift+Tab")
        await expect(chat.choices.first).to_be_focused()
        await chat.page.keyboard.press("Enter")
        await expect(chat.cards).to_have_count(1)
        # The button that was pressed is gone, the guest's place is not.
        assert await chat.page.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "settings"), [("phone", PHONE), ("desktop", DESKTOP)])
async def test_the_chat_has_no_grave_fault(
    browser: Browser, site: Site, scheme: str, size: str, settings: dict[str, object]
) -> None:
    async with visiting(browser, **settings, locale="es-ES", color_scheme=scheme) as visit:
        chat = await Chat.open(visit, site.url)
        await screenshot(chat.page, f"guest-welcome-{size}-{scheme}")
        faults = await grave_faults(chat.page)
        await chat.say("Quiero cenar el viernes 27 de noviembre")
        faults += await grave_faults(chat.page)
        await chat.say("Seremos 4, por la noche")
        await screenshot(chat.page, f"guest-offers-{size}-{scheme}")
        faults += await grave_faults(chat.page)
        await chat.press(chat.choices.first)
        await chat.say("Laura Gil")
        await screenshot(chat.page, f"guest-card-{size}-{scheme}")
        faults += await grave_faults(chat.page)
        assert faults == []
        assert visit.complaints == []
        wider = await chat.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider
