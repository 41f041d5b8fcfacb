"""Durations over a sliding window."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

WINDOW_S = 3600.0
MOST = 4096
"""Durations kept; where more came in the window, the last ones speak for all."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """In milliseconds; None where there was nothing."""

    count: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class Durations:
    def __init__(self) -> None:
        self._kept: deque[tuple[float, float]] = deque(maxlen=MOST)

    def add(self, now: float, took_s: float) -> None:
        """`now` is monotonic."""
        self._kept.append((now, took_s))

    def percentiles(self, now: float) -> Percentiles:
        took = sorted(took_s for at, took_s in self._kept if at > now - WINDOW_S)
        return Percentiles(len(took), _ms(took, 50), _ms(took, 95), _ms(took, 99))


def _ms(ordered: list[float], percent: int) -> float | None:
    """The smallest of them that `percent` of all do not exceed."""
    if not ordered:
        return None
    return round(ordered[max(0, -(-len(ordered) * percent // 100) - 1)] * 1000, 2)
