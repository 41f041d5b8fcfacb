"""Counts what model calls take, by turn and by agent.

The counters travel in context variables, because a request is counted deep inside the layers
around a model, and twice more when it is repeated, while ports and agents know nothing of it.
Everything that a turn does in its own task, and in tasks started from there, is counted to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from application.errors import BudgetExceeded
from application.ports.language_model import Usage

MAX_CALLS_PER_TURN = 4
MAX_TOKENS_PER_TURN = 20_000
MAX_SECONDS_PER_TURN = 30.0


@dataclass(slots=True)
class Meter:
    """Requests to providers, failed and repeated ones included, and what they took."""

    calls: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    longest_out: int = 0
    """Tokens of the longest answer so far."""
    cost_usd: float = 0.0

    def add(self, usage: Usage) -> None:
        self.tokens_in += usage.tokens_in
        self.tokens_cached += usage.tokens_cached
        self.tokens_out += usage.tokens_out
        self.longest_out = max(self.longest_out, usage.tokens_out)
        self.cost_usd += usage.cost_usd


@dataclass(frozen=True, slots=True)
class TurnBudget:
    """What one turn may spend; `started` is a reading of the monotonic clock."""

    started: float
    max_calls: int = MAX_CALLS_PER_TURN
    max_tokens: int = MAX_TOKENS_PER_TURN
    max_seconds: float = MAX_SECONDS_PER_TURN
    meter: Meter = field(default_factory=Meter)

    def check_call(self) -> None:
        """Raises: BudgetExceeded where the turn has made all its calls."""
        if self.meter.calls >= self.max_calls:
            raise BudgetExceeded("calls per turn")

    def check_tokens(self, sent: int, answered: int) -> None:
        """Raises: BudgetExceeded where these tokens would pass what the turn may use.

        A provider that has answered at greater length than it was asked to is expected to do so again.
        """
        upcoming = sent + max(answered, self.meter.longest_out)
        if self.meter.tokens_in + self.meter.tokens_out + upcoming > self.max_tokens:
            raise BudgetExceeded("tokens per turn")

    def seconds_left(self, now: float) -> float:
        return max(self.started + self.max_seconds - now, 0.0)


_turn: ContextVar[TurnBudget | None] = ContextVar("turn_budget", default=None)
_meters: ContextVar[tuple[Meter, ...]] = ContextVar("meters", default=())


def begin_turn(budget: TurnBudget) -> None:
    """From here on, what this task spends is counted to a new turn."""
    _turn.set(budget)


def current_turn() -> TurnBudget | None:
    return _turn.get()


def current_meters() -> tuple[Meter, ...]:
    """The meters that a request made now counts on: the turn's, and those of `metered` blocks."""
    turn = _turn.get()
    return _meters.get() if turn is None else (turn.meter, *_meters.get())


@contextmanager
def metered() -> Iterator[Meter]:
    """Counts the requests begun inside the block. Never spans a `yield` of an async generator."""
    meter = Meter()
    token = _meters.set((*_meters.get(), meter))
    try:
        yield meter
    finally:
        _meters.reset(token)
