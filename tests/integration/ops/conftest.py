"""Houses that are watched while guests talk to them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.house import House, open_house

MONDAY = datetime.fromisoformat("2026-11-23T12:00:00+01:00")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, start=MONDAY, settings={"redis_url": "off"}) as opened:
        yield opened


async def say(house: House, *texts: str, guest: str = "+34600111222") -> list[dict[str, Any]]:
    answers = []
    for text in texts:
        answered = await house.say(
            text,
            venue="la-terraza",
            guest=guest,
            channel="whatsapp",
            message_id=house.next_id("wamid"),
        )
        assert answered.status_code == 200, answered.text
        answers.append(json.loads(answered.content))
    return answers


async def book(house: House, guest: str = "+34600111222") -> dict[str, Any]:
    """A guest books a table; the answer to their last message."""
    wish = "Mesa para 4 el viernes a las nueve, a nombre de Laura Gil"
    answers = await say(house, wish, "sí, por favor", guest=guest)
    assert answers[-1]["status"] == "confirmed", answers[-1]
    return answers[-1]
