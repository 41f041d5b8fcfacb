"""How long a value lives: jitter, early refresh, and a time to live that follows its use."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from application.ports.cache import Namespace

Random = Callable[[], float]
"""Numbers in [0, 1)."""

JITTER = 0.1
"""Values kept at the same time end at different times, over a fifth of their life."""

EAGERNESS = 1.0
"""XFetch's beta: 1 refreshes about one computation's time before the end, more refreshes earlier."""

READS_A_STEP = 200
_STEP = 1.25
_WORTH_KEEPING = 0.8
_NOT_WORTH_KEEPING = 0.3


def jittered(seconds: float, random: Random) -> float:
    return seconds * (1 + JITTER * (2 * random() - 1))


def is_due_early(left_s: float, cost_s: float, random: Random) -> bool:
    """Whether this reader should compute a value anew although it is still fresh.

    Optimal probabilistic early expiration (Vattani, Chierichetti, Lowenstein, 2015): the closer the
    end and the dearer the computation, the likelier; on average one of many readers does it.
    """
    return -math.log(1 - random()) * cost_s * EAGERNESS >= left_s


class Lifetime:
    """The time to live of one namespace: a step up while its values are asked for again and again,
    a step down while they are not, within the namespace's bounds."""

    def __init__(self, namespace: Namespace[Any]) -> None:
        self._namespace = namespace
        self._hits = 0
        self._reads = 0
        self._near_before = 0
        self._rate: float | None = None
        self.near_hits = 0
        """Since the start; raised by whoever serves a near value."""
        self.ttl_s = namespace.ttl_s

    @property
    def hit_rate(self) -> float:
        """Of the last full step, or of what there is of the first."""
        if self._rate is not None:
            return self._rate
        reads = self._reads + self.near_hits
        return (self._hits + self.near_hits) / reads if reads else 0.0

    def count(self, *, hits: int, reads: int) -> None:
        """What was read from far."""
        self._hits += hits
        self._reads += reads
        near = self.near_hits - self._near_before
        if self._reads + near >= READS_A_STEP:
            self._rate = (self._hits + near) / (self._reads + near)
            self._hits = self._reads = 0
            self._near_before = self.near_hits
            self._adapt(self._rate)

    def _adapt(self, rate: float) -> None:
        if rate >= _WORTH_KEEPING:
            self.ttl_s = min(self.ttl_s * _STEP, self._namespace.longest_s)
        elif rate <= _NOT_WORTH_KEEPING:
            self.ttl_s = max(self.ttl_s / _STEP, self._namespace.shortest_s)
