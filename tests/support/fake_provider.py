"""A model provider on loopback that does as it is told, and keeps what it was sent.

It speaks real HTTP from a thread of its own, so that nothing of the program's event loop is shared.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from infrastructure.benchmarks.provider import Provider, Reply, sensible_answer

Rule = Callable[[dict[str, Any]], Reply]

HANG = Reply(delay_s=3600)
INVALID_JSON = Reply("I would rather not say.")


def too_many_requests(*, retry_after_s: float | None = None) -> Reply:
    headers = {} if retry_after_s is None else {"retry-after": f"{retry_after_s:g}"}
    return Reply(status=429, headers=headers)


def broken(status: int = 500) -> Reply:
    return Reply(status=status)


def cut(text: str, *, after: int) -> Reply:
    """A stream that breaks off after so many words."""
    return Reply(text, cut_after=after)


def invented_ids() -> Reply:
    """A ranking of candidates that were never shown."""
    return Reply(json.dumps({"ids": ["77", "T9"], "code": "fit", "reason": ""}))


class FakeProvider:
    """Plays the script first, then goes by its rule: a sensible answer for whichever agent asks."""

    def __init__(self) -> None:
        self.script: deque[Reply] = deque()
        self.rule: Rule = lambda body: Reply(sensible_answer(body))
        self.requests: list[dict[str, Any]] = []
        self.address = ""

    @property
    def base_url(self) -> str:
        return f"{self.address}/v1"

    @property
    def sent(self) -> str:
        """Everything that was sent to it, as one text."""
        return "\n".join(json.dumps(body, ensure_ascii=False) for body in self.requests)

    def will(self, *replies: Reply) -> None:
        self.script.extend(replies)

    def respond(self, body: dict[str, Any]) -> Reply:
        self.requests.append(body)
        return self.script.popleft() if self.script else self.rule(body)


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    """A provider that serves until the block is left."""
    fake = FakeProvider()
    loop = asyncio.new_event_loop()
    provider = Provider(fake.respond)
    thread = threading.Thread(target=loop.run_forever, name="fake-provider", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(provider.start(), loop).result(timeout=5)
    fake.address = provider.address
    try:
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(provider.stop(), loop).result(timeout=5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        loop.close()
