"""What stands between the cache and a server that fails, is slow or is gone.

One command has `COMMAND_S`; where the connection failed it is tried once more within `DEADLINE_S`,
so that nobody waits longer for the cache than for what it saves. After `FAILURES` in a row the server
is left alone, and only a probe in the background finds out that it is back: no guest's request is
ever the trial.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random,
)

from application.cache_report import BreakerFigures
from application.errors import ModelUnavailable
from application.ports.cache import CacheUnavailable
from application.ports.clock import Clock
from infrastructure.resilience.breaker import Breaker, OnState

R = TypeVar("R")

COMMAND_S = 0.1
DEADLINE_S = 0.25
FAILURES = 5
PAUSE_S = 1.0

STALLED_S = 0.05
"""A time limit that is noticed so late speaks of this process, which could not hear any answer. So does
one of a command during which another was answered: the server is there, and this process, with many
connections to make or much else to do, had not come to hear it."""

SAFE = frozenset({"connection", "loading"})
"""Failures after which the same command may simply be sent again. A timeout is none: the time that it
took is gone, and the second try would rarely be quicker."""

_OF_ONE_COMMAND = frozenset({"refused", "busy", "out_of_memory", "read_only", "wrong_type"})
"""Reasons that say nothing about whether the server is there."""

_BACKOFF = wait_random(min=0.005, max=0.025)


class CacheGuard:
    """Deadline, retry and breaker around the commands to one server."""

    def __init__(
        self,
        *,
        clock: Clock,
        command_s: float = COMMAND_S,
        deadline_s: float = DEADLINE_S,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
        on_state: OnState | None = None,
    ) -> None:
        self._clock = clock
        self._breaker = Breaker(
            "cache", clock=clock, failures=failures, pause_s=pause_s, on_state=on_state
        )
        self._command_s = command_s
        self._deadline_s = deadline_s
        self._failures = 0
        self._changed_at: datetime | None = None
        self._state = self._breaker.state
        self._answered_at = 0.0
        """When a command last ended well, by the loop's clock."""
        self.pause_s = pause_s

    @property
    def is_closed(self) -> bool:
        return self._state == "closed"

    def figures(self) -> BreakerFigures:
        return BreakerFigures(self._breaker.state, self._failures, self._changed_at)

    async def call(self, command: Callable[[], Awaitable[R]], *, repeats: bool = True) -> R:
        """What a command gives, in time. `repeats`: whether it may be carried out twice.

        Raises: CacheUnavailable; `breaker_open` at once where the breaker is not closed.
        """
        if self._state != "closed":
            raise CacheUnavailable("breaker_open")
        try:
            result = await self._attempt(command)
        except CacheUnavailable as error:
            if not repeats or error.reason not in SAFE:
                self._report(error)
                raise
            result = await self._again(command, error)
        if self._failures:
            self._report(None)
        return result

    async def probe(self, command: Callable[[], Awaitable[R]]) -> None:
        """The one trial of a breaker that is not closed; nothing while its pause lasts.

        Raises: CacheUnavailable.
        """
        failure: CacheUnavailable | None = None
        try:
            with self._breaker.guarded():
                try:
                    await self._attempt(command)
                except CacheUnavailable as error:
                    failure = error
                    # A trial that this process was too busy for is none; the next probe makes it.
                    word = "refused" if error.reason == "busy" else "connection"
                    raise ModelUnavailable(word) from error
        except ModelUnavailable as refusal:
            self._note_state()
            raise failure or CacheUnavailable("breaker_open") from refusal
        self._failures = 0
        self._note_state()

    async def _attempt(self, command: Callable[[], Awaitable[R]]) -> R:
        time = asyncio.get_running_loop().time
        began = time()
        ends = began + self._command_s
        try:
            async with asyncio.timeout_at(ends):
                result = await command()
        except TimeoutError as error:
            raise self._overdue(began, ends) from error
        except CacheUnavailable as error:
            # The client's own time limits, for connecting, end in this reason.
            if error.reason != "timeout":
                raise
            raise self._overdue(began, ends) from error
        self._answered_at = time()
        return result

    def _overdue(self, began: float, ends: float) -> CacheUnavailable:
        """Whose fault it is that a command, or two, took longer than from `began` to `ends`."""
        late_s = asyncio.get_running_loop().time() - ends
        was_heard = self._answered_at > began
        return CacheUnavailable("busy" if was_heard or late_s > STALLED_S else "timeout")

    async def _again(self, command: Callable[[], Awaitable[R]], failure: CacheUnavailable) -> R:
        """Once more after a wait. The first attempt is over: it is played to tenacity again, which
        is built only now because most commands never need it."""
        failed = [failure]

        async def attempt() -> R:
            if failed:
                raise failed.pop()
            return await self._attempt(command)

        retrying = AsyncRetrying(
            stop=stop_after_attempt(2),
            wait=_BACKOFF,
            retry=retry_if_exception(_is_safe),
            reraise=True,
        )
        began = asyncio.get_running_loop().time()
        ends = began + self._deadline_s - self._command_s
        try:
            async with asyncio.timeout_at(ends):
                return await retrying(attempt)
        except TimeoutError as error:
            overdue = self._overdue(began, ends)
            self._report(overdue)
            raise overdue from error
        except CacheUnavailable as error:
            self._report(error)
            raise

    def _report(self, error: CacheUnavailable | None) -> None:
        """Tell the breaker how a call ended; once it is no longer closed, only the probe has a say.

        It counts by the words that models fail with; any that counts will do.
        """
        if (error is not None and error.reason in _OF_ONE_COMMAND) or self._state != "closed":
            return
        try:
            with self._breaker.guarded():
                if error is not None:
                    raise ModelUnavailable("connection") from error
        except ModelUnavailable:
            self._failures += 1
        else:
            self._failures = 0
        self._note_state()

    def _note_state(self) -> None:
        state = self._breaker.state
        if state != self._state:
            self._state = state
            self._changed_at = self._clock.now()


def _is_safe(error: BaseException) -> bool:
    return isinstance(error, CacheUnavailable) and error.reason in SAFE
