"""The dialogue of the README, as the engine really holds it: on the local twins, on a clock that stands still.

    uv run python scripts/readme_dialogue.py [--write]

prints it as Markdown, or puts it between its marks in README.md. Only the booking codes differ from
run to run.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from infrastructure.logging import configure
from infrastructure.memory import MemoryLedger
from infrastructure.settings import Settings
from main import create_app

README = Path(__file__).resolve().parents[1] / "README.md"
MARKS = re.compile(r"(?<=<!-- dialogue -->\n).*?(?=<!-- /dialogue -->)", re.DOTALL)

NOON_ON_MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
"""12:00 in Madrid."""

DIALOGUES = (
    (
        "+34600111222",
        (
            "Hola, ¿tenéis mesa para cuatro el viernes a las nueve?",
            "Antes de nada, ¿se puede ir con perro?",
            "Genial. Al final somos cinco, y mejor a las nueve y media",
            "Sí, y apunta una trona, por favor",
            "Laura Gil",
            "¡Gracias!",
        ),
    ),
    (
        "+447700900123",
        (
            "Hi! A table for two tomorrow at 8:30 pm, under John Smith please",
            "Yes please",
        ),
    ),
)


class _StillClock:
    def now(self) -> datetime:
        return NOON_ON_MONDAY

    def monotonic(self) -> float:
        return 0.0


async def hold() -> str:
    """All dialogues, one after the other, as Markdown."""
    async with _house() as client:
        held = [await _hold_one(client, guest, lines) for guest, lines in DIALOGUES]
    return "---\n\n".join(held)


@asynccontextmanager
async def _house() -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        _env_file=None, router_model="local", logic_model="local", human_model="local"
    )
    app = create_app(settings, ledger=MemoryLedger(), clock=_StillClock(), background=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
        ) as client,
    ):
        yield client


async def _hold_one(client: httpx.AsyncClient, guest: str, lines: Iterable[str]) -> str:
    said = ""
    for line in lines:
        message = {"venue": "la-terraza", "user_id": guest, "message": line, "channel": "whatsapp"}
        answered = await client.post("/chat", json=message)
        reply = "<br>\n".join(answered.raise_for_status().json()["response"].splitlines())
        said += f"**Guest:** {line}\n\n> **La Terraza:** {reply}\n\n"
    return said


def main() -> None:
    configure("console", level=logging.WARNING)
    dialogue = asyncio.run(hold())
    if "--write" not in sys.argv:
        print(dialogue)
        return
    readme = README.read_text(encoding="utf-8")
    README.write_text(MARKS.sub(lambda _: f"\n{dialogue}", readme), encoding="utf-8")


if __name__ == "__main__":
    main()
