"""Airtable's emulator in a process of its own, and its control API, through which staff act.

It is part of the source tree and no part of this program, so it is started by name and spoken to over
HTTP only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from infrastructure.benchmarks.children import running_module

_MODULE = "tests.support.airtable_emulator"
_PATIENCE_S = 30.0
_TOO_MANY = "429"


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests that the emulator had since it was asked to forget the earlier ones."""

    kinds: Mapping[str, int]
    """By what they are for; a webhook's pings are none, they go the other way."""
    too_many: int
    """Those that were answered with 429."""

    @property
    def total(self) -> int:
        return sum(self.kinds.values())


class Emulator:
    """A base in it, by its one token, and what only its control API can do."""

    def __init__(self, url: str, token: str, base: str, control: httpx.AsyncClient) -> None:
        self.url = url
        self.token = token
        self.base = base
        self._control = control

    async def pace(self, *, mode: str, latency_s: float) -> None:
        """`mode`: `strict`, one request too many and nothing succeeds for 30 s, or `off`.

        `latency_s` is the median of a log-normal distribution.
        """
        await self._do("PATCH", "limits", {"mode": mode})
        await self._do("PATCH", "latency", {"median_s": latency_s})

    async def create(self, table: str, cells: Mapping[str, Any]) -> str:
        """Staff add a row; its id. Cells by the ids or names of their columns."""
        body = {"table": table, "fields": dict(cells)}
        return str((await self._do("POST", f"staff/{self.base}/create", body))["id"])

    async def forget_traffic(self) -> None:
        await self._do("POST", "requests/reset", {})

    async def traffic(self) -> Traffic:
        found = await self._do("GET", "requests")
        kinds: Counter[str] = Counter()
        for kind, count in found["by_kind"].items():
            kinds[_purpose(kind)] += count
        return Traffic(kinds, found["by_status"].get(_TOO_MANY, 0))

    async def _do(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        response = await self._control.request(method, f"/_control/{path}", json=body)
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer


@asynccontextmanager
async def running_emulator(checkout: Path) -> AsyncIterator[Emulator]:
    """A strict one with an empty base, from the source tree at `checkout`."""
    with _process(checkout) as (url, token, base):
        # Loopback is not reached through whatever proxy this machine is set up with.
        async with httpx.AsyncClient(base_url=url, timeout=_PATIENCE_S, trust_env=False) as control:
            yield Emulator(url, token, base, control)


@contextmanager
def _process(checkout: Path) -> Iterator[tuple[str, str, str]]:
    """Its address, token and base."""
    options = ("--port", "0", "--strict", "--until-stdin-closes")
    with running_module(_MODULE, *options, folder=checkout) as printed:
        place, names = printed.readline(), printed.readline()
        if not names:
            raise RuntimeError("the emulator did not start")
        # "airtable emulator is at URL", "token TOKEN, base BASE"
        _, token, _, base = names.replace(",", "").split()
        yield place.split()[-1], token, base


def _purpose(kind: str) -> str:
    """Of a method and a path without ids."""
    method, _, path = kind.partition(" ")
    if path.endswith("/payloads"):
        return "changes"
    if path.endswith("/listRecords") or (method, path) == ("GET", "/{base}/{table}"):
        return "list"
    return "write" if path == "/{base}/{table}" else "other"
