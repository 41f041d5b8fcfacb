"""Counters of this process alone: for where there is no shared cache, or while it is away."""

from __future__ import annotations

from collections import OrderedDict

from application.ports.clock import Clock

MOST = 10_000
"""Counters at once; beyond it the one that began first is forgotten."""


class LocalCounters:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def count(self, key: str, *, window_s: float) -> int:
        now = self._clock.monotonic()
        counted, ends = self._counts.get(key, (0, 0.0))
        if ends <= now:
            self._counts.pop(key, None)
            counted, ends = 0, now + window_s
        self._counts[key] = (counted + 1, ends)
        while len(self._counts) > MOST:
            self._counts.popitem(last=False)
        return counted + 1
