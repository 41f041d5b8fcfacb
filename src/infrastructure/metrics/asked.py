"""A question to a part that may be slow or down, for somebody who will not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from application.errors import DependencyError
from application.ports.clock import Clock

T = TypeVar("T")


class Asked(Generic[T]):
    """Its latest answer, asked anew where that is older than `fresh_s`.

    There is never more than one question on its way, so that a part that hangs is not asked to death.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[T]], *, clock: Clock, patience_s: float, fresh_s: float
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._patience_s = patience_s
        self._fresh_s = fresh_s
        self._asking: asyncio.Task[T] | None = None
        self._answer: tuple[float, T] | None = None

    async def latest(self) -> T | None:
        """None where it does not answer, or not in time."""
        now = self._clock.monotonic()
        if self._answer is not None and now - self._answer[0] < self._fresh_s:
            return self._answer[1]
        task = self._asking
        if task is None:
            task = self._asking = asyncio.create_task(self._once())
        await asyncio.wait({task}, timeout=self._patience_s)
        if not task.done():
            return None
        if self._asking is task:
            self._asking = None
        try:
            answer = task.result()
        except DependencyError:
            return None
        self._answer = (now, answer)
        return answer

    async def aclose(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})

    async def _once(self) -> T:
        return await self._ask()
