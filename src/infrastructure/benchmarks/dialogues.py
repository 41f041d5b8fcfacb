"""What guests say in measurements, and a client that says it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import aiohttp

# A booking from the first word to goodbye, with a correction and a question on the way. `{day}` keeps
# the guests of a measurement from all wanting the same evening.
SCRIPTS: tuple[tuple[str, ...], ...] = (
    (
        "Hola, quería una mesa para 2",
        "el {day} a las nueve de la noche",
        "¿tenéis parking?",
        "mejor a las diez",
        "sí",
        "Laura Gil",
        "gracias, adiós",
    ),
    (
        "Hi, a table for three on {day} at 9pm please",
        "yes please",
        "John Smith",
        "when is my booking?",
        "cancel it",
        "yes",
        "thanks, bye",
    ),
)

_TIMEOUT = aiohttp.ClientTimeout(total=60)


@dataclass
class Measured:
    """Latencies of answered messages in seconds, and what went wrong."""

    latencies: list[float] = field(default_factory=list)
    errors: int = 0
    sent: int = 0

    def summary(self) -> dict[str, float | int]:
        cuts = quantiles(self.latencies, n=100) if len(self.latencies) > 1 else [0.0] * 99
        return {
            "messages": self.sent,
            "errors": self.errors,
            "p50_ms": round(cuts[49] * 1000, 1),
            "p95_ms": round(cuts[94] * 1000, 1),
            "p99_ms": round(cuts[98] * 1000, 1),
        }


class Guest:
    """One guest who talks to a server, script after script."""

    def __init__(self, session: aiohttp.ClientSession, address: str, number: int) -> None:
        self._session = session
        self._url = f"{address}/chat"
        self._name = f"bench-{number}"
        self._lines = SCRIPTS[number % len(SCRIPTS)]
        self._day = f"{number % 27 + 1}/{number % 2 + 1}"
        self._said = 0

    async def say_next(self, measured: Measured) -> None:
        """The next line, measured from just before it is sent to the end of its answer."""
        line = self._lines[self._said % len(self._lines)].format(day=self._day)
        self._said += 1
        body = {"venue": "la-terraza", "user_id": self._name, "message": line}
        measured.sent += 1
        began = time.perf_counter()
        if await self._is_answered(body):
            measured.latencies.append(time.perf_counter() - began)
        else:
            measured.errors += 1

    async def _is_answered(self, body: dict[str, Any]) -> bool:
        try:
            async with self._session.post(self._url, json=body) as answer:
                await answer.read()
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


def session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=False), timeout=_TIMEOUT
    )


async def talk_back_to_back(address: str, guests: int, messages: int) -> Measured:
    """So many guests at once, each sending the next message when the last is answered."""
    measured = Measured()
    async with session() as opened:
        people = [Guest(opened, address, number) for number in range(guests)]

        async def talk(guest: Guest) -> None:
            for _ in range(max(1, messages // guests)):
                await guest.say_next(measured)

        await asyncio.gather(*(talk(guest) for guest in people))
    return measured


async def talk_with_pauses(
    address: str, guests: int, *, pause_s: float, lasting_s: float
) -> Measured:
    """So many open conversations whose guests think between messages.

    Messages leave when they are due, whether or not others have been answered, so a slow server
    is not spared by its own slowness.
    """
    measured = Measured()
    async with session() as opened:
        people = [Guest(opened, address, number) for number in range(guests)]
        began = asyncio.get_running_loop().time()

        async def talk(number: int, guest: Guest) -> None:
            due = began + pause_s * number / guests
            while due < began + lasting_s:
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                await guest.say_next(measured)
                due += pause_s

        await asyncio.gather(*(talk(number, guest) for number, guest in enumerate(people)))
    return measured
