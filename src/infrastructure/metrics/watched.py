"""The parts of a server whose figures are looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from application.cache_report import CacheStats
from application.ports.activity import Activity
from application.ports.outbox import Backlog


class StoreHealth(Protocol):
    """What the wire to the booking store says about itself."""

    @property
    def state(self) -> str: ...
    @property
    def requests(self) -> Mapping[tuple[str, str], int]: ...
    @property
    def requests_this_month(self) -> int: ...
    @property
    def remaining_this_month(self) -> int | None: ...
    @property
    def waiting(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """The parts to look at; None where there is no such part."""

    cache: Callable[[], CacheStats] | None = None
    store: Callable[[], StoreHealth] | None = None
    backlog: Callable[[], Awaitable[Backlog]] | None = None
    activity: Activity | None = None
