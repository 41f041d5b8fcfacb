"""Strings that would be markup or a script somewhere are text here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from domain.booking import spoken_code
from tests.e2e.pages.guest.chatting import FRIDAY, Chat, sent
from tests.e2e.pages.guest.conftest import Site
from tests.support.browser import PHONE, visiting

NAUGHTY = Path(__file__).parents[4].parent / "shared" / "eval" / "robustness" / "blns.jsonl"


def naughty_strings() -> list[str]:
    if not NAUGHTY.exists():
        pytest.skip(f"{NAUGHTY.name} is not here")
    lines = NAUGHTY.read_text(encoding="utf-8").splitlines()
    return [value for line in lines if (value := json.loads(line)["value"]).strip()]


async def test_what_the_house_says_and_asks_is_never_markup(browser: Browser, site: Site) -> None:
    strings = naughty_strings()
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        await chat.book()
        before = await chat.page.evaluate("document.querySelectorAll('*').length")
        # Every field of every line that the page keeps and shows again.
        await chat.page.evaluate(
            """(strings) => {
              const key = "anfitrion.talk.la-terraza";
              const talk = JSON.parse(localStorage.getItem(key));
              const [guest, house] = [talk.lines[0], talk.lines.at(-1)];
              const lines = strings.slice(-99).flatMap((text, n) => [
                { ...guest, id: `g${n}`, text },
                { ...house, id: `h${n}`, text, language: text, status: text, action: text,
                  booking: { ...house.booking, code: text, status: text, link: text, resources: [text] } },
              ]);
              localStorage.setItem(key, JSON.stringify({ ...talk, lines }));
            }""",
            [text for text in strings if "<" in text or "javascript:" in text][:99] or strings,
        )
        await chat.page.reload()
        await expect(chat.page.locator(".line").first).to_be_attached()
        assert await chat.page.evaluate("document.querySelectorAll('*').length") > before
        assert (
            await chat.page.locator("#talk :is(script, img, iframe, object, embed, style)").count()
            == 0
        )
        hrefs = await chat.page.evaluate(
            "[...document.querySelectorAll('a')].map((a) => a.protocol)"
        )
        assert set(hrefs) <= {"http:", "https:"}


async def test_every_naughty_string_comes_back_as_it_is(browser: Browser, site: Site) -> None:
    strings = [text for text in naughty_strings() if len(text) <= 4000]
    async with visiting(browser, **PHONE, locale="es-ES") as visit:
        chat = await Chat.open(visit, site.url)
        answered: list[str] = []

        async def echo(route: Route) -> None:
            """A house that repeats what it heard, so that both sides show every string."""
            body = sent(route)
            answer = {
                "conversation_id": "c",
                "message_id": body["message_id"],
                "response": body["message"],
                "language": "es",
                "status": "answered",
                "action": "none",
                "missing": [],
                "offers": [],
                "booking": None,
            }
            answered.append(body["message"])
            data = json.dumps(answer)
            await route.fulfill(
                content_type="text/event-stream", body=f"event: done\ndata: {data}\nid: 1\n\n"
            )

        await visit.context.route("**/chat/stream", echo)
        marked = [text for text in strings if "<" in text or "script" in text.lower()]
        assert len(marked) > 50
        await chat.page.evaluate(
            """async (strings) => {
              const field = document.getElementById("message");
              for (const text of strings) {
                field.value = text;
                document.getElementById("composer").requestSubmit();
              }
            }""",
            marked,
        )
        await expect(chat.page.locator(".line.house[data-id]")).not_to_have_count(0)
        await chat.page.wait_for_function(
            "(n) => document.querySelectorAll('.line.house[data-id]').length === n", arg=len(marked)
        )
        shown = await chat.page.evaluate(
            "[...document.querySelectorAll('.line.house .words')].map((each) => each.textContent)"
        )
        assert sorted(shown) == sorted(answered)
        assert (
            await chat.page.locator(
                "#lines :is(script, img, iframe, object, embed, style, a)"
            ).count()
            == 0
        )
        assert visit.complaints == []


async def test_a_bookings_page_shows_naughty_names_and_notes_as_text(
    browser: Browser, site: Site
) -> None:
    marked = [text for text in naughty_strings() if "<" in text and len(text) < 180][:12]
    async with visiting(browser, **PHONE) as visit:
        for number, text in enumerate(marked):
            booked = await site.book(
                f"{FRIDAY}T{13 + number // 6 * 7}:{number % 6 // 3 * 30:02d}:00+01:00",
                party=1,
                key=f"{number}",
                guest_name=text,
                notes=text,
            )
            path = site.app.state.parts.links.path(spoken_code(booked["code"]))
            page = await visit.open(site.url + path)
            assert await page.locator("main :is(script, img, iframe, object, svg)").count() == 0
            await page.close()
        assert visit.complaints == []
