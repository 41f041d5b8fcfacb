"""The chat as a guest uses it: what is written, pressed and read."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from tests.support.browser import Visit

FRIDAY = "2026-11-27"
WISH = "Mesa para 4 el viernes 27 de noviembre a las 21:00, a nombre de Laura Gil"


class Chat:
    """One open chat page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers = page.locator(".line.house[data-id]")
        self.said = page.locator(".line.guest")
        self.choices = page.locator("#lines .choices button")
        self.cards = page.locator("#lines .card")

    @classmethod
    async def open(cls, visit: Visit, url: str) -> Chat:
        return cls(await visit.open(url))

    async def say(self, text: str) -> str:
        """Write a message and wait for its answer."""
        before = await self.answers.count()
        await self.write(text)
        return await self.answer(before)

    async def press(self, button: Locator) -> str:
        before = await self.answers.count()
        await button.click()
        return await self.answer(before)

    async def write(self, text: str) -> None:
        await self.page.fill("#message", text)
        await self.page.press("#message", "Enter")

    async def answer(self, index: int) -> str:
        await expect(self.answers).to_have_count(index + 1)
        return await self.answers.nth(index).locator(".words").inner_text()

    async def book(self) -> str:
        """The table of WISH; the booking's code."""
        await self.say(WISH)
        await self.press(self.choices.first)
        return await self.cards.last.locator(".code").inner_text()

    async def booking_page(self) -> str:
        """The path of the booking's own page."""
        href = await self.cards.last.locator("a[target=_blank]").last.get_attribute("href")
        assert href is not None
        assert re.fullmatch(r"/b/[A-Z0-9]{9}[A-Za-z0-9_-]{24}", href)
        return href


def sent(route: Route) -> dict[str, Any]:
    """The body of a message on its way to the house."""
    body: dict[str, Any] = route.request.post_data_json or {}
    return body
