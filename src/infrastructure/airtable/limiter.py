"""Who may send the next request to a base: the most urgent one, when its turn has come."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count

from application.ports.allowance import Allowance, Grant
from application.ports.clock import Clock


class Priority(IntEnum):
    """What goes first, when several requests of this process wait."""

    COMMIT = 0
    VERIFY = 1
    PAYLOAD = 2
    REFILL = 3
    RECONCILE = 4


@dataclass(frozen=True, slots=True)
class Turn:
    grant: Grant
    asked_s: float
    """When it was asked for, by the clock's monotonic time: what its place in the row is counted from."""


@dataclass(order=True)
class _Waiter:
    priority: Priority
    number: int
    moved: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


class Limiter:
    """The queue of this process in front of the allowance that all processes share.

    At most `at_once` requests are under way. Only the head of the queue asks for a turn; between
    processes it is first come, first served. A waiter that is cancelled leaves the queue.
    """

    def __init__(
        self, *, allowance: Allowance, limits: Mapping[str, float], clock: Clock, at_once: int
    ) -> None:
        self._allowance = allowance
        self._limits = limits
        self._clock = clock
        self._at_once = at_once
        self._asking = False
        self._under_way = 0
        self._numbers = count()
        self._queue: list[_Waiter] = []

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def take(self, priority: Priority) -> Turn:
        """Wait for a turn; whoever got one says `done` when the request has ended.

        One whose grant has a `stop` is none: nothing may be sent before its `wait_s` is over, and
        there is nothing to be said.

        Raises: StoreUnavailable where the allowance cannot be asked.
        """
        with self._queued(priority) as waiter:
            while True:
                await self._until_first(waiter)
                turn = await self._ask()
                if turn.grant.stop or not turn.grant.wait_s:
                    return turn
                await asyncio.sleep(turn.grant.wait_s)

    def done(self) -> None:
        """A request is no longer under way."""
        self._under_way -= 1
        self._wake_first()

    @contextmanager
    def _queued(self, priority: Priority) -> Iterator[_Waiter]:
        waiter = _Waiter(priority, next(self._numbers))
        insort(self._queue, waiter)
        self._wake_first()
        try:
            yield waiter
        finally:
            self._queue.remove(waiter)
            self._wake_first()

    async def _until_first(self, waiter: _Waiter) -> None:
        while self._queue[0] is not waiter or self._asking or self._under_way >= self._at_once:
            waiter.moved.clear()
            await waiter.moved.wait()

    async def _ask(self) -> Turn:
        # One at a time: whoever comes meanwhile and is more urgent has the next turn.
        self._asking = True
        try:
            asked_s = self._clock.monotonic()
            now_s = self._clock.now().timestamp()
            grant = await self._allowance.take(limits=self._limits, now_s=now_s)
            if grant.stop is None and not grant.wait_s:
                self._under_way += 1
            return Turn(grant, asked_s)
        finally:
            self._asking = False
            self._wake_first()

    def _wake_first(self) -> None:
        if self._queue:
            self._queue[0].moved.set()
