"""Houses that are watched while guests talk to them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

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


class Scraped:
    """What a scrape said, as Prometheus' own parser reads it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self._values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families.values()
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float:
        """0 where there is no such figure."""
        return self._values.get((name, frozenset(labels.items())), 0.0)

    def total(self, name: str, **labels: str) -> float:
        """Added up over all labels that are not given."""
        wanted = frozenset(labels.items())
        return sum(v for (n, of), v in self._values.items() if n == name and wanted <= of)

    def label_values(self) -> set[str]:
        return {value for _, labels in self._values for _, value in labels}


async def scrape(client: httpx.AsyncClient, **headers: str) -> Scraped:
    answered = await client.get("/metrics", headers=headers)
    assert answered.status_code == 200, answered.text
    assert answered.headers["content-type"].startswith("text/plain")
    return Scraped(answered.text)
