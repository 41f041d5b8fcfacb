"""The queue of one process: who goes first, and who leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from application.errors import StoreUnavailable
from application.ports.allowance import Grant, Stop
from infrastructure.airtable.limiter import Limiter, Priority
from infrastructure.memory.allowance import MemoryAllowance
from tests.fakes.clock import StillClock


class Gate(MemoryAllowance):
    """Grants only when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: asyncio.Queue[Grant | Exception] = asyncio.Queue()
        self.asked = 0

    async def take(self, *, limits: Mapping[str, float], now_s: float) -> Grant:
        self.asked += 1
        answer = await self.answers.get()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def open(self, *answers: Grant | Exception) -> None:
        for answer in answers or (Grant(),):
            self.answers.put_nowait(answer)


class Line:
    """A limiter, and the order in which requests got their turn."""

    def __init__(self, at_once: int = 100) -> None:
        self.gate = Gate()
        self.limiter = Limiter(
            allowance=self.gate, limits={"base": 4.0}, clock=StillClock(), at_once=at_once
        )
        self.order: list[str] = []

    async def join(self, name: str, priority: Priority = Priority.COMMIT) -> asyncio.Task[None]:
        task = asyncio.create_task(self._wait(name, priority))
        await settled()
        return task

    async def _wait(self, name: str, priority: Priority) -> None:
        turn = await self.limiter.take(priority)
        self.order.append(f"{name} {turn.grant.stop}" if turn.grant.stop else name)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_most_urgent_goes_first_and_equals_in_the_order_they_came() -> None:
    line = Line()
    # The first is already asking; from then on the queue decides.
    tasks = [await line.join("first", Priority.RECONCILE)]
    for name, priority in (
        ("reconcile", Priority.RECONCILE),
        ("refill", Priority.REFILL),
        ("payload", Priority.PAYLOAD),
        ("verify", Priority.VERIFY),
    ):
        tasks.append(await line.join(name, priority))
    tasks += [await line.join("commit 1"), await line.join("commit 2")]
    for _ in range(40):
        line.gate.open()
        await settled()
        if len(line.order) == 7:
            break
    await asyncio.gather(*tasks)
    urgent = [name for name in line.order if name != "first"]
    assert urgent == ["commit 1", "commit 2", "verify", "payload", "refill", "reconcile"]


async def test_only_the_head_of_the_queue_asks() -> None:
    line = Line()
    tasks = [await line.join(str(number)) for number in range(5)]
    assert (line.gate.asked, line.limiter.waiting) == (1, 5)
    line.gate.open(*[Grant()] * 5)
    await asyncio.gather(*tasks)
    assert (line.gate.asked, line.limiter.waiting) == (5, 0)


async def test_a_cancelled_waiter_leaves_the_queue_to_the_others() -> None:
    line = Line()
    head, middle, last = [await line.join(name) for name in ("head", "middle", "last")]
    for task in (middle, head):
        task.cancel()
        await settled()
        assert task.cancelled()
    assert line.limiter.waiting == 1
    line.gate.open()
    await last
    assert line.order == ["last"]
    assert line.limiter.waiting == 0


async def test_no_more_are_under_way_than_there_are_threads() -> None:
    line = Line(at_once=2)
    line.gate.open(*[Grant()] * 5)
    tasks = [await line.join(str(number)) for number in range(5)]
    await settled()
    assert line.order == ["0", "1"]
    line.limiter.done()
    await settled()
    assert line.order == ["0", "1", "2"]
    line.limiter.done()
    line.limiter.done()
    await asyncio.gather(*tasks)


async def test_who_has_to_wait_asks_again_and_holds_nothing_meanwhile() -> None:
    line = Line(at_once=1)
    line.gate.open(Grant(wait_s=0.01), Grant())
    await (await line.join("only"))
    assert line.gate.asked == 2
    line.limiter.done()
    line.gate.open()
    await (await line.join("next"))
    assert line.order == ["only", "next"]


async def test_a_stop_is_told_to_everybody_who_waits_and_holds_nothing() -> None:
    line = Line(at_once=1)
    tasks = [await line.join(str(number)) for number in range(3)]
    line.gate.open(*[Grant(30.0, Stop.FROZEN)] * 3)
    await asyncio.gather(*tasks)
    assert line.order == ["0 frozen", "1 frozen", "2 frozen"]
    line.gate.open()
    await (await line.join("after"))


async def test_a_ledger_that_fails_is_told_to_the_one_who_asked() -> None:
    line = Line(at_once=1)
    first, second = await line.join("first"), await line.join("second")
    line.gate.open(StoreUnavailable("the ledger is away"), Grant())
    with pytest.raises(StoreUnavailable):
        await first
    await second
    assert line.order == ["second"]
