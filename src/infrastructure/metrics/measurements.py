"""What this process counts, and what it tells Prometheus and the dashboard."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, values

from application.activity import SUCCEEDED, WINDOW
from application.ports.activity import TurnFact
from application.ports.agents import AgentReceipt
from application.ports.clock import Clock
from application.ports.turn_observer import CompletedTurn, Stage
from infrastructure.metrics.answers import Answers, MeasuredAnswers
from infrastructure.metrics.catalogue import Catalogue
from infrastructure.metrics.windows import Durations
from infrastructure.metrics.words import OTHER, Words

MOST_TURNS = 20_000
"""Turns of the last hour that are looked at, here and in the ledger."""

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

STATES = {"closed": 0, "half-open": 1, "open": 2}


class Measurements:
    """Hears of turns, requests, breakers, cache operations and commits, and counts them.

    One for each app. Counting never raises and never waits.
    """

    def __init__(self, *, clock: Clock, shared_dir: Path | None = None) -> None:
        if values.ValueClass._multiprocess != (shared_dir is not None):
            raise RuntimeError("figures are shared by all of a process, or by none of it")
        self.clock = clock
        self.shared_dir = shared_dir
        self.registry = CollectorRegistry()
        if shared_dir is None:
            ProcessCollector(registry=self.registry)
        self.catalogue = self._counted = Catalogue(self.registry)
        self._routes, self._words = Words(200), Words(200)
        self._stages: dict[Stage, _Stage] = {}
        self._agents: dict[tuple[str, str], _Agent] = {}
        self._turns: deque[TurnFact] = deque(maxlen=MOST_TURNS)
        self.durations: dict[str, Durations] = {"turn": Durations()}
        self.breakers: dict[str, str] = {}
        self._left_alone: set[str] = set()
        """Breakers that have not closed since they opened: a trial that fails opens none anew."""

    # --- turns: `application.ports.turn_observer.TurnObserver` ----------------------------------

    def stage(self, name: Stage) -> AbstractContextManager[None]:
        stage = self._stages.get(name)
        if stage is None:
            durations = self.durations[name] = Durations()
            histogram = self._counted.stage_duration.labels(name)
            stage = self._stages[name] = _Stage(self.clock, histogram, durations)
        return _Timed(stage)

    def completed(self, turn: CompletedTurn) -> None:
        self._counted.turn_duration.observe(turn.duration_s)
        self.durations["turn"].add(self.clock.monotonic(), turn.duration_s)
        if turn.status in SUCCEEDED:
            self._counted.bookings.labels("guest", turn.status).inc()
        for reason in turn.stopped:
            self._counted.stops.labels(self._words(reason)).inc()
        for receipt in turn.receipts:
            self._answered(receipt)
        self._turns.append(turn.fact)

    def _answered(self, receipt: AgentReceipt) -> None:
        key = (receipt.agent, receipt.source)
        agent = self._agents.get(key)
        if agent is None:
            agent = self._agents[key] = _Agent(self._counted, *key)
        agent.add(receipt)
        if receipt.fallback_reason:
            reason = self._words(receipt.fallback_reason)
            self._counted.fallbacks.labels(receipt.agent, reason).inc()

    def measured(self, answers: Answers) -> MeasuredAnswers:
        """The same answers, counted."""
        return MeasuredAnswers(answers, self._came_to)

    def _came_to(self, status: str) -> None:
        self._counted.chat_requests.labels(self._words(status)).inc()

    def recent_turns(self) -> Sequence[TurnFact]:
        """Those of the last hour that this process answered."""
        since = self.clock.now() - WINDOW
        return [fact for fact in self._turns if fact.at > since]

    # --- everything else that reports -----------------------------------------------------------

    def request(self, method: str, route: str, status: int, took_s: float) -> None:
        """An HTTP request; `route` is its pattern, empty where none fits."""
        method = method if method in _METHODS else OTHER
        labels = (method, self._routes(route or "unmatched"), str(status))
        self._counted.http_duration.labels(*labels).observe(took_s)

    def breaker(self, name: str, state: str) -> None:
        """A breaker's state: when it is made, and whenever it changes."""
        label = self._words(name)
        if state == "open" and name not in self._left_alone:
            self._left_alone.add(name)
            self._counted.breaker_opened.labels(label).inc()
        elif state == "closed":
            self._left_alone.discard(name)
        self.breakers[name] = state
        self._counted.breaker_state.labels(label).set(STATES[state])

    def cache_operation(self, operation: str, outcome: str, took_s: float) -> None:
        """One operation on the cache: `hit`, `miss` or `error`."""
        self._counted.cache_requests.labels(operation, outcome).inc()
        self._counted.cache_duration.labels(operation).observe(took_s)

    def staff_booking(self, outcome: str) -> None:
        """What staff did themselves: `confirmed`, `received`, `moved` or `cancelled`."""
        self._counted.bookings.labels("staff", outcome).inc()

    def commit(self, outcome: str, waited_s: float) -> None:
        """What became of a booking on its way to the store, and how long ago it was queued."""
        if outcome == "settled":
            self._counted.store_settled.observe(waited_s)
        else:
            self._counted.store_writes.labels(self._words(outcome)).inc()


class _Stage:
    __slots__ = ("clock", "durations", "histogram")

    def __init__(self, clock: Clock, histogram: Histogram, durations: Durations) -> None:
        self.clock = clock
        self.histogram = histogram
        self.durations = durations


class _Timed:
    """One run of a stage, counted also where it fails."""

    __slots__ = ("_began", "_stage")

    def __init__(self, stage: _Stage) -> None:
        self._stage = stage

    def __enter__(self) -> None:
        self._began = self._stage.clock.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        now = self._stage.clock.monotonic()
        self._stage.histogram.observe(now - self._began)
        self._stage.durations.add(now, now - self._began)


class _Agent:
    """What one agent's answers of one source add to: looked up once, because labels cost most."""

    def __init__(self, catalogue: Catalogue, agent: str, source: str) -> None:
        self._duration = catalogue.agent_duration.labels(agent, source)
        self._cost = catalogue.agent_cost.labels(agent, source)
        self._calls = catalogue.agent_calls.labels(agent, source)
        tokens = catalogue.agent_tokens
        self._in, self._cached, self._out = (
            tokens.labels(agent, source, kind) for kind in ("in", "cached", "out")
        )

    def add(self, receipt: AgentReceipt) -> None:
        self._duration.observe(receipt.latency_ms / 1000)
        if receipt.calls:
            self._calls.inc(receipt.calls)
        if receipt.cost_usd:
            self._cost.inc(receipt.cost_usd)
        if receipt.tokens_in or receipt.tokens_out:
            self._in.inc(receipt.tokens_in)
            self._cached.inc(receipt.tokens_cached)
            self._out.inc(receipt.tokens_out)
