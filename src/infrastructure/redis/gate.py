"""How many connections are used at once, and how long anybody waits for one."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType

from application.cache_report import PoolFigures
from application.ports.cache import CacheUnavailable


class Gate:
    """An async context manager around each command: at most `limit` inside, in the order they came.

    Raises: CacheUnavailable (`busy`) where none becomes free within `wait_s`.
    """

    def __init__(self, limit: int, *, wait_s: float) -> None:
        self._limit = limit
        self._wait_s = wait_s
        self._in_use = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._refused = 0

    def figures(self) -> PoolFigures:
        return PoolFigures(self._limit, self._in_use, len(self._waiting), self._refused)

    async def __aenter__(self) -> None:
        if self._in_use < self._limit:
            self._in_use += 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._wait_s):
                await place
        except TimeoutError as error:
            self._refused += 1
            self._leave_queue(place)
            raise CacheUnavailable("busy") from error
        except asyncio.CancelledError:
            self._leave_queue(place)
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._let_next_in()

    def _leave_queue(self, place: asyncio.Future[None]) -> None:
        if place in self._waiting:
            self._waiting.remove(place)
        elif place.done() and not place.cancelled():
            # It was let in at the same moment and does not come any more.
            self._let_next_in()

    def _let_next_in(self) -> None:
        """Whoever leaves gives the place to the next who still waits."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._in_use -= 1
