"""Identical requests in flight become one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from application.ports.language_model import Completion, LanguageModel, Prompt
from infrastructure.resilience.streams import Piece

_Key = tuple[str, str, str, int]


@dataclass(slots=True)
class _InFlight:
    task: asyncio.Task[Completion]
    waiting: int = 0


class Coalesced:
    """Asks once where several want the same completion at the same time.

    Safe across guests, because a prompt holds nothing of anyone (see `application.redaction`). The
    one whose request is made is charged for it; the others have it for nothing. It is given up
    when nobody waits for it any more. Streams are not shared.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._in_flight: dict[_Key, _InFlight] = {}

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, prompt: Prompt) -> Completion:
        key = (prompt.system, prompt.user, prompt.schema_name, prompt.max_tokens)
        shared = self._in_flight.get(key)
        if shared is not None:
            return _for_nothing(await self._result(key, shared))
        shared = _InFlight(asyncio.create_task(self._model.complete(prompt)))
        self._in_flight[key] = shared
        return await self._result(key, shared)

    async def _result(self, key: _Key, shared: _InFlight) -> Completion:
        shared.waiting += 1
        try:
            return await asyncio.shield(shared.task)
        finally:
            shared.waiting -= 1
            if shared.task.done() or not shared.waiting:
                # At once, so that nobody comes to wait for a request that is being given up.
                self._forget(key, shared)
                shared.task.cancel()

    def _forget(self, key: _Key, shared: _InFlight) -> None:
        if self._in_flight.get(key) is shared:
            del self._in_flight[key]

    def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        return self._model.stream(prompt)


def _for_nothing(completion: Completion) -> Completion:
    free = replace(
        completion.usage, tokens_in=0, tokens_cached=0, tokens_out=0, cost_usd=0.0, calls=0
    )
    return replace(completion, usage=free)
