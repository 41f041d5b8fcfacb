"""The same wishes, evening after evening, and what was heard: for comparing houses with each other."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from tests.support.house import House

VENUE = "la-terraza"
MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2026, 11, 23, 12, tzinfo=MADRID)
_MONTHS = {11: "noviembre", 12: "diciembre", 1: "enero"}
_OWN_TO_A_RUN = frozenset(
    {"conversation_id", "message_id", "receipt", "age_s", "offer_id", "code", "link"}
)


@dataclass
class Evening:
    """`heard` is what a run on the same ledger must hear again; `took_s` are its requests."""

    heard: list[Any] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    """Where searches in turns found their sheets."""

    def _note(self, answered: httpx.Response, took_s: float) -> Any:
        assert answered.status_code in (200, 201), answered.text
        body = answered.json()
        self.heard.append(_comparable(body))
        self.took_s.append(took_s)
        return body


def nine_on(number: int) -> datetime:
    """The start that the guest of an evening wants."""
    return datetime(2026, 11, 25, 21, tzinfo=MADRID) + timedelta(days=number)


async def spend_evening(house: House, number: int) -> Evening:
    """Somebody else comes, the guest searches, is offered a table, takes it, and the page is looked
    at before and after: each but the last two changes what is free."""
    evening, nine = Evening(), nine_on(number)

    async def timed(answering: Any) -> Any:
        began = time.perf_counter()
        answered = await answering
        return evening._note(answered, time.perf_counter() - began)

    async def say(text: str) -> dict[str, Any]:
        answer: dict[str, Any] = await timed(
            house.say(
                text,
                venue=VENUE,
                guest=f"+3460000{number:04}",
                channel="whatsapp",
                message_id=secrets.token_hex(8),
            )
        )
        if answer["receipt"]["availability"]:
            evening.sources.append(answer["receipt"]["availability"]["source"])
        return answer

    await timed(book(house, nine))
    await timed(look(house, nine))
    day = f"{nine.day} de {_MONTHS[nine.month]}"
    offered = await say(f"mesa para 4 el {day} a las nueve de la noche, a nombre de Laura Gil")
    assert offered["status"] == "offering"
    agreed = await say("sí")
    assert agreed["action"] == "schedule_appointment"
    await timed(look(house, nine))
    return evening


async def book(house: House, start: datetime, *, covers: int = 4) -> httpx.Response:
    """As staff."""
    return await house.client.post(
        f"/venues/{VENUE}/bookings",
        json={"start": start.isoformat(), "party_size": covers, "guest_name": "Otros"},
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )


async def look(house: House, start: datetime, *, covers: int = 4) -> httpx.Response:
    """At all that is free on a day."""
    return await house.client.get(
        f"/venues/{VENUE}/availability",
        params={"date": start.date().isoformat(), "party_size": covers},
    )


def _comparable(body: Any) -> Any:
    """Without what is drawn by lot or measured."""
    codes = {body["booking"]["code"]} if isinstance(body, dict) and body.get("booking") else set()
    return _without(body, codes)


def _without(body: Any, codes: set[str]) -> Any:
    if isinstance(body, Mapping):
        return {
            key: _without(each, codes) for key, each in body.items() if key not in _OWN_TO_A_RUN
        }
    if isinstance(body, str):
        for code in codes:
            body = body.replace(code, "CODE")
        return body
    if isinstance(body, Sequence):
        return [_without(each, codes) for each in body]
    return body


def p95(took_s: Sequence[float]) -> float:
    ordered = sorted(took_s)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
