"""Debian's Chromium, driven by playwright: pages as people meet them.

Nothing is installed here. Without a browser the tests are skipped, with the command that installs
one; `make test` runs that command where it may.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AxeResults
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

SCREENSHOTS = Path(__file__).parents[2] / ".artifacts" / "screenshots"
"""What tests leave for people to look at; git ignores it."""

HOW_TO_INSTALL = "apt-get install -y chromium"

PHONE: Mapping[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: Mapping[str, Any] = {"viewport": {"width": 1280, "height": 860}}

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No page of ours reaches another machine, and none that a test makes can either.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
PATIENCE_MS = 20_000
_GRAVE = frozenset({"serious", "critical"})


def chromium() -> str:
    """The path of a browser; where there is none, the test that asks is skipped."""
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    pytest.skip(f"there is no Chromium here; install it with: {HOW_TO_INSTALL}")


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A browser without a window."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


class Visit:
    """One person's browser profile: its storage is its own, and what its pages do is noted."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        """Uncaught errors, refusals by a page's policy, and console errors of all its pages."""
        self.asked: list[str] = []
        """The address of every request."""
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )
        context.on("request", lambda request: self.asked.append(request.url))

    async def open(self, url: str) -> Page:
        page = await self.context.new_page()
        await page.goto(url)
        return page

    def hosts(self) -> set[str]:
        """The hosts that were asked for anything, with their ports."""
        return {urlsplit(url).netloc for url in self.asked if url.startswith("http")}


@asynccontextmanager
async def visiting(browser: Browser, **settings: Any) -> AsyncIterator[Visit]:
    """A profile of its own; `settings` are those of playwright's `new_context`, such as PHONE."""
    context = await browser.new_context(**settings)
    try:
        yield Visit(context)
    finally:
        await context.close()


async def screenshot(page: Page, name: str, **settings: Any) -> Path:
    """Keep how a page looks as `name`.png, and say where."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    await page.screenshot(path=path, animations="disabled", **settings)
    return path


async def grave_faults(page: Page) -> list[str]:
    """What axe finds serious or critical in a page as it is now, one line each."""
    from axe_playwright_python.async_playwright import Axe

    results: AxeResults = await Axe().run(page)
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in results.response["violations"]
        if fault["impact"] in _GRAVE
        for node in fault["nodes"]
    ]
