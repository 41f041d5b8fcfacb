"""The cache: what has been worked out before, for as long as it is true. May be lost at any moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from application.cache_report import CacheHealth, CacheStats
from application.errors import DependencyError

T = TypeVar("T")

Source = Literal["near", "cache", "computed", "stale"]
"""Where a value came from: this process, the shared cache, the computation, or the cache after its
time because the computation failed."""


class CacheUnavailable(DependencyError):
    """The cache did not do what it was asked. Stays behind the port: callers see a miss.

    `reason` is one word: timeout, connection, protocol, loading, denied (credentials), refused,
    out_of_memory, read_only, wrong_type, busy (no connection free, or this process too busy to hear
    the answer), breaker_open.
    """

    code = "cache_unavailable"

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"the cache is unavailable: {reason}", retry_after_s=retry_after_s)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Namespace(Generic[T]):
    """One kind of value: what it is called and how long it is kept. `T` is the type of its values.

    Times are in seconds. What is kept lives about `ttl_s`, longer where its values are asked for
    again and shorter where they are not, within `shortest_s` and `longest_s`.
    """

    name: str
    ttl_s: float
    shortest_s: float
    longest_s: float
    absent_s: float = 5.0
    """How long it is remembered that there is no such value."""
    stale_s: float = 0.0
    """How long after its time a value still serves where the computation fails."""
    is_near: bool = True
    """Whether decoded values are kept in the process too."""

    def __post_init__(self) -> None:
        if not 0 < self.shortest_s <= self.ttl_s <= self.longest_s:
            raise ValueError(f"{self.name}: the time to live lies outside its bounds")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """An answer of `get_or_compute`; a value of None is the knowledge that there is none."""

    value: T | None
    source: Source
    age_s: float = 0.0
    """Since it was computed."""


class Cache(Protocol):
    """Values by key, each under a namespace. Keys come from `application.cache_keys` only.

    Nothing here raises because of the cache: what cannot be read is a miss, what cannot be written
    is not kept. A value is never served under another key or another namespace, nor after it was
    replaced or deleted by any process that shares the cache, except for the moment (about a
    millisecond) that the news takes. Values are shared: nobody may change what they were given.
    """

    async def get(self, namespace: Namespace[T], key: str) -> T | None:
        """The value, or None where it is not kept, no longer, or known not to exist."""
        ...

    async def get_many(self, namespace: Namespace[T], keys: Sequence[str]) -> Mapping[str, T]:
        """The values of those keys that are kept, in one request."""
        ...

    async def set(
        self, namespace: Namespace[T], key: str, value: T, *, ttl_s: float | None = None
    ) -> None:
        """Keep a value; without `ttl_s` as long as its namespace says, give or take a tenth."""
        ...

    async def get_or_compute(
        self, namespace: Namespace[T], key: str, compute: Callable[[], Awaitable[T | None]]
    ) -> Found[T]:
        """The value that is kept, or else the one that `compute` gives, which is then kept.

        However many ask for a key at once, one of them computes. A value about to end may be
        computed anew in the background while it still serves. A `compute` that gives None says
        that there is no such value.

        Raises: what `compute` raises; of a DependencyError only where no stale value can serve.
        """
        ...

    async def delete(self, *keys: str) -> int:
        """Forget keys; how many there were."""
        ...

    async def delete_pattern(self, pattern: str) -> int:
        """Forget every key that matches a glob pattern (`*`, `?`, `[ab]`); how many there were."""
        ...

    async def count(self, key: str, *, window_s: float) -> int:
        """One more in the window that begins with the first; how many it has had, this one included.

        Counted by all processes together; by this one alone while the cache is away.
        """
        ...

    def stats(self) -> CacheStats: ...

    async def health(self) -> CacheHealth: ...
