"""Asks once more, where that is safe and there is time for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from application.errors import DependencyError, ModelUnavailable
from application.ports.language_model import Completion, LanguageModel, Prompt
from infrastructure.resilience.streams import Piece, closing

SAFE = frozenset({"rate_limited", "server_error", "connection"})
"""Failures after which the same request may simply be sent again. A timeout is none: the time that
it took is gone from the guest's turn, and the second try would rarely be quicker."""
_backoff = wait_random_exponential(multiplier=0.2, max=2)


class Retry:
    """Repeats a request that failed in a way that is safe to repeat.

    A wait that the provider asks for (Retry-After) is kept to the second, or not waited for at all
    where it would pass `within_s`; otherwise waits grow and are random, so that many guests whose
    calls failed together do not come back together.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        attempts: int = 2,
        within_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._model = model
        self._attempts = attempts
        self._within_s = within_s
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, prompt: Prompt) -> Completion:
        return await self._retrying()(self._model.complete, prompt)

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """Repeats only what failed before its first piece."""
        first: Piece
        pieces: AsyncIterator[Piece]
        first, pieces = await self._retrying()(self._begin, prompt)
        async with closing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    async def _begin(self, prompt: Prompt) -> tuple[Piece, AsyncIterator[Piece]]:
        pieces = self._model.stream(prompt)
        return await anext(pieces), pieces

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(self._attempts) | stop_before_delay(self._within_s),
            wait=_wait,
            retry=retry_if_exception(_is_safe),
            sleep=self._sleep,
            reraise=True,
        )


def _is_safe(error: BaseException) -> bool:
    return isinstance(error, ModelUnavailable) and error.reason in SAFE


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, DependencyError) and error.retry_after_s is not None:
        return error.retry_after_s
    return _backoff(state)
