"""Counts and latencies over a sliding window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from statistics import fmean

from application.cache_report import OperationFigures

WINDOW_S = 300.0
LATENCIES = 1024
_SLICES = 30
_SLICE_S = WINDOW_S / _SLICES

Monotonic = Callable[[], float]


class Window:
    """What one operation did in the last `WINDOW_S`, to a slice of ten seconds."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._slices: deque[tuple[int, list[int]]] = deque()
        self._latencies: deque[tuple[float, float]] = deque(maxlen=LATENCIES)

    def add(self, *, took_s: float, hits: int = 0, misses: int = 0, errors: int = 0) -> None:
        now = self._monotonic()
        counts = self._current(now)
        counts[0] += hits
        counts[1] += misses
        counts[2] += errors
        self._latencies.append((now, took_s))

    def figures(self) -> OperationFigures:
        now = self._monotonic()
        oldest = int(now / _SLICE_S) - _SLICES
        counts = [counts for number, counts in self._slices if number > oldest]
        took = sorted(took_s for at, took_s in self._latencies if at > now - WINDOW_S)
        return OperationFigures(
            hits=sum(each[0] for each in counts),
            misses=sum(each[1] for each in counts),
            errors=sum(each[2] for each in counts),
            avg_latency_ms=round(fmean(took) * 1000, 3) if took else 0.0,
            p95_latency_ms=round(_p95(took) * 1000, 3) if took else 0.0,
        )

    def _current(self, now: float) -> list[int]:
        number = int(now / _SLICE_S)
        if not self._slices or self._slices[-1][0] != number:
            self._slices.append((number, [0, 0, 0]))
            while self._slices[0][0] <= number - _SLICES:
                self._slices.popleft()
        return self._slices[-1][1]


def _p95(ordered: list[float]) -> float:
    """The smallest latency that 95 % of the calls did not exceed."""
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
