"""What keeps the values behind a `TieredCache`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from application.cache_report import BreakerFigures, CompressionFigures, PoolFigures
from application.ports.cache import Namespace


@dataclass(frozen=True, slots=True)
class Entry:
    """A value with what its end is decided by. Instants are seconds since the epoch."""

    value: Any
    """None: it is known that there is none."""
    stored_at: float
    fresh_s: float
    """How long it serves from `stored_at`; kept longer where it may serve stale."""
    cost_s: float
    """How long its computation took."""

    def left_s(self, now: float) -> float:
        """Until it is no longer fresh; below 0 afterwards."""
        return self.stored_at + self.fresh_s - now


class Tier(Protocol):
    """Entries by key. Every method raises CacheUnavailable where the tier does not answer in time."""

    name: str

    async def read(self, namespace: Namespace[Any], key: str) -> Entry | None: ...

    async def read_many(
        self, namespace: Namespace[Any], keys: Sequence[str]
    ) -> Mapping[str, Entry]: ...

    async def write(
        self, namespace: Namespace[Any], key: str, entry: Entry, *, keep_s: float
    ) -> None: ...

    async def delete(self, keys: Sequence[str]) -> int: ...

    async def delete_pattern(self, pattern: str) -> int: ...

    async def count(self, key: str, *, window_s: float) -> int: ...

    async def ping(self) -> None: ...

    def breaker(self) -> BreakerFigures: ...

    def pool(self) -> PoolFigures: ...

    def compression(self) -> CompressionFigures: ...

    def corrupt(self) -> int: ...

    def fault(self) -> str | None:
        """Why it does not work as it should, though it answers; None if it does."""
        ...
