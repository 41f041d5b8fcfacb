"""How quick the house has been, what its talks cost, and where its models were not good enough: the last day,
in this process."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby

from application.activity import SILENCE, UNDER_WAY
from application.ports.activity import TurnFact
from application.ports.clock import Clock
from application.ports.turn_observer import CompletedTurn, Stage

STEP = timedelta(minutes=5)
KEPT = timedelta(hours=24)
HOUR = timedelta(hours=1)

MOST = 20_000
"""Turns and incidents kept; where there were more, the last ones speak for all."""

_FINEST_MS = 0.1
_BINS_PER_DOUBLING = 8
"""So that a percentile is at most 4.5 % off, whatever its size."""

NEEDED_NO_MODEL = "certain"
"""A twin that answered for this reason is no fallback."""


@dataclass(frozen=True, slots=True)
class StageLatency:
    """One entry for each step; percentiles in milliseconds, None where nothing happened."""

    count: Sequence[int]
    p50_ms: Sequence[float | None]
    p95_ms: Sequence[float | None]
    p99_ms: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class LatencyOverTime:
    starts: Sequence[datetime]
    """Of each step, ascending; the last one is still going on."""
    stages: Mapping[str, StageLatency]


@dataclass(frozen=True, slots=True)
class TalkCost:
    """Conversations that ended alike, and what one of them took on average; None without any."""

    conversations: int
    tokens: float | None
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Incidents:
    """How often something happened."""

    what: tuple[str, ...]
    last_hour: int
    last_day: int


@dataclass(frozen=True, slots=True)
class LatelyFigures:
    turns: int
    booked: TalkCost
    abandoned: TalkCost
    fallbacks: Sequence[Incidents]
    """`what` is the agent and the reason; the most frequent first."""
    stops: Sequence[Incidents]
    """What the claim check stopped; `what` is the reason."""


@dataclass(slots=True)
class _Durations:
    """Durations by their size, so that a busy step takes no more room than a quiet one."""

    bins: Counter[int] = field(default_factory=Counter)

    def add(self, took_s: float) -> None:
        ms = max(took_s * 1000, _FINEST_MS)
        self.bins[int(math.log2(ms / _FINEST_MS) * _BINS_PER_DOUBLING)] += 1

    def percentile(self, percent: int) -> float | None:
        """What `percent` of them do not exceed."""
        left = -(-self.bins.total() * percent // 100)
        for each, count in sorted(self.bins.items()):
            left -= count
            if left <= 0:
                return round(_FINEST_MS * 2 ** ((each + 0.5) / _BINS_PER_DOUBLING), 2)
        return None


class Lately:
    """A `TurnObserver` that remembers a day."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self.since = clock.now()
        self._steps: dict[int, dict[str, _Durations]] = {}
        self._turns: deque[TurnFact] = deque(maxlen=MOST)
        self._fallbacks: deque[tuple[datetime, tuple[str, ...]]] = deque(maxlen=MOST)
        self._stops: deque[tuple[datetime, tuple[str, ...]]] = deque(maxlen=MOST)

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        began = self._clock.monotonic()
        try:
            yield
        finally:
            self._add(name, self._clock.monotonic() - began)

    def completed(self, turn: CompletedTurn) -> None:
        self._add("turn", turn.duration_s)
        for receipt in turn.receipts:
            if receipt.fallback_reason and receipt.fallback_reason != NEEDED_NO_MODEL:
                self._fallbacks.append((turn.at, (receipt.agent, receipt.fallback_reason)))
        self._stops.extend((turn.at, (reason,)) for reason in turn.stopped)
        self._turns.append(turn.fact)

    def latency(self, over: timedelta) -> LatencyOverTime:
        """The steps of that time, at most of a day."""
        last = self._step()
        first = last - min(over, KEPT) // STEP + 1
        steps = range(first, last + 1)
        names = sorted({name for step in steps for name in self._steps.get(step, ())})
        return LatencyOverTime(
            starts=[datetime.fromtimestamp(s * STEP.total_seconds(), UTC) for s in steps],
            stages={name: self._stage_latency(name, steps) for name in names},
        )

    def figures(self) -> LatelyFigures:
        now = self._clock.now()
        turns = [fact for fact in self._turns if fact.at > now - KEPT]
        talks = [list(each) for _, each in groupby(_by_talk(turns), lambda f: f.conversation_id)]
        return LatelyFigures(
            turns=len(turns),
            booked=_cost([t for t in talks if any(f.status == "confirmed" for f in t)]),
            abandoned=_cost([t for t in talks if _is_abandoned(t, now)]),
            fallbacks=_incidents(self._fallbacks, now),
            stops=_incidents(self._stops, now),
        )

    def _add(self, name: str, took_s: float) -> None:
        step = self._step()
        durations = self._steps.get(step)
        if durations is None:
            oldest = step - KEPT // STEP
            self._steps = {s: each for s, each in self._steps.items() if s > oldest}
            durations = self._steps[step] = {}
        durations.setdefault(name, _Durations()).add(took_s)

    def _step(self) -> int:
        return int(self._clock.now().timestamp() // STEP.total_seconds())

    def _stage_latency(self, name: str, steps: range) -> StageLatency:
        none = _Durations()
        each = [self._steps.get(step, {}).get(name, none) for step in steps]
        return StageLatency(
            count=[durations.bins.total() for durations in each],
            p50_ms=[durations.percentile(50) for durations in each],
            p95_ms=[durations.percentile(95) for durations in each],
            p99_ms=[durations.percentile(99) for durations in each],
        )


def _by_talk(turns: Sequence[TurnFact]) -> list[TurnFact]:
    return sorted(turns, key=lambda fact: fact.conversation_id)


def _is_abandoned(talk: Sequence[TurnFact], now: datetime) -> bool:
    """Its guest fell silent half-way, and nothing was booked before."""
    last = talk[-1]
    booked = any(fact.status == "confirmed" for fact in talk)
    return not booked and last.status in UNDER_WAY and last.at <= now - SILENCE


def _cost(talks: Sequence[Sequence[TurnFact]]) -> TalkCost:
    if not talks:
        return TalkCost(0, None, None)
    turns = [fact for talk in talks for fact in talk]
    return TalkCost(
        conversations=len(talks),
        tokens=sum(fact.tokens for fact in turns) / len(talks),
        cost_usd=sum(fact.cost_usd for fact in turns) / len(talks),
    )


def _incidents(
    happened: Sequence[tuple[datetime, tuple[str, ...]]], now: datetime
) -> list[Incidents]:
    day = Counter(what for at, what in happened if at > now - KEPT)
    hour = Counter(what for at, what in happened if at > now - HOUR)
    return [Incidents(what, hour[what], count) for what, count in day.most_common()]
