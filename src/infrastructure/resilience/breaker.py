"""A circuit breaker: after some failures in a row a provider is left alone for a while.

pybreaker keeps the states and tells the listeners; what it lacks for asyncio is added here: time
by the monotonic clock, one single trial after the pause, and cancellation that counts as nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pybreaker
import structlog

from application.errors import ModelUnavailable
from application.ports.clock import Clock
from application.ports.language_model import Completion, LanguageModel, Prompt
from infrastructure.resilience.streams import Piece, closing

FAILURES = 5
PAUSE_S = 30.0
COUNTED = frozenset(
    {"timeout", "rate_limited", "server_error", "connection", "cut_stream", "unconfigured"}
)
"""Reasons that speak of the provider. A refusal (`refused`) speaks of one request only."""

OnState = Callable[[str, str], None]
"""Hears a breaker's name and its state: when it is made, and at each change."""

log = structlog.get_logger()


class Breaker:
    """Lets calls through or refuses them; shared by everything that calls one provider."""

    def __init__(
        self,
        name: str,
        *,
        clock: Clock,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
        on_state: OnState | None = None,
    ) -> None:
        self._clock = clock
        self._pause_s = pause_s
        self._opened_at = 0.0
        self._on_trial = False
        self._states = pybreaker.CircuitBreaker(
            name=name, fail_max=failures, listeners=[_Log(on_state)], throw_new_error_on_trip=False
        )
        if on_state is not None:
            on_state(name, self.state)

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open`."""
        return str(self._states.current_state)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Around one call. Raises: ModelUnavailable (`breaker_open`) instead of entering."""
        is_trial = self._admit()
        try:
            yield
        except ModelUnavailable as error:
            if error.reason in COUNTED:
                self._report(error, is_trial=is_trial)
            raise
        else:
            self._report(None, is_trial=is_trial)
        finally:
            if is_trial:
                self._on_trial = False

    def _admit(self) -> bool:
        """Whether the call that may now be made is the trial after a pause."""
        if self.state == pybreaker.STATE_CLOSED:
            return False
        left = self._opened_at + self._pause_s - self._clock.monotonic()
        if self.state == pybreaker.STATE_OPEN and left <= 0:
            self._states.half_open()
        if self.state == pybreaker.STATE_OPEN or self._on_trial:
            raise ModelUnavailable("breaker_open", retry_after_s=max(left, 0.0))
        self._on_trial = True
        return True

    def _report(self, error: ModelUnavailable | None, *, is_trial: bool) -> None:
        """Tell pybreaker how a call ended. Once it is no longer closed, only the trial has a say."""
        if self.state != pybreaker.STATE_CLOSED and not is_trial:
            return
        if error is None:
            self._states.call(lambda: None)
            return
        try:
            self._states.call(_raise, error)
        except ModelUnavailable:
            if self.state == pybreaker.STATE_OPEN:
                self._opened_at = self._clock.monotonic()


def _raise(error: ModelUnavailable) -> None:
    raise error


class _Log(pybreaker.CircuitBreakerListener):
    """Writes down when a breaker opens and when it closes, and tells whoever wants to hear."""

    def __init__(self, on_state: OnState | None) -> None:
        self._on_state = on_state

    def state_change(
        self,
        cb: pybreaker.CircuitBreaker,
        old_state: pybreaker.CircuitBreakerState | None,
        new_state: pybreaker.CircuitBreakerState,
    ) -> None:
        if self._on_state is not None:
            self._on_state(str(cb.name), str(new_state.name))
        was_closed = old_state is not None and old_state.name == pybreaker.STATE_CLOSED
        if new_state.name == pybreaker.STATE_OPEN and was_closed:
            log.warning("breaker.opened", breaker=cb.name, failures=cb.fail_counter)
        elif new_state.name == pybreaker.STATE_CLOSED:
            log.info("breaker.closed", breaker=cb.name)


class Guarded:
    """A model behind a breaker."""

    def __init__(self, model: LanguageModel, breaker: Breaker) -> None:
        self._model = model
        self._breaker = breaker

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, prompt: Prompt) -> Completion:
        with self._breaker.guarded():
            return await self._model.complete(prompt)

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        with self._breaker.guarded():
            async with closing(self._model.stream(prompt)) as pieces:
                async for piece in pieces:
                    yield piece
