"""Who looks at a day hears of its changes, and nobody looks for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from application.day_watch import DayWatch
from application.errors import StoreUnavailable
from domain.venue import VenueId

HOUSE = VenueId("casa")
TODAY = date(2026, 11, 27)
OFTEN_S = 0.001
LONG_S = 10.0


class Marks:
    """What is looked at; counts the looks."""

    def __init__(self) -> None:
        self.by_day: dict[date, object] = {}
        self.failure: Exception | None = None
        self.looks: list[date] = []

    async def __call__(self, venue: VenueId, day: date) -> object:
        self.looks.append(day)
        if self.failure is not None:
            raise self.failure
        return self.by_day.get(day, "as ever")

    async def look(self, times: int = 2) -> None:
        """Wait for further looks."""
        wanted = len(self.looks) + times
        async with asyncio.timeout(LONG_S):
            while len(self.looks) < wanted:  # noqa: ASYNC110 - the watch tells nobody
                await asyncio.sleep(OFTEN_S)


@pytest.fixture
def marks() -> Marks:
    return Marks()


@pytest.fixture
def watch(marks: Marks) -> DayWatch:
    return DayWatch(marks, every_s=OFTEN_S)


class Listener:
    """Counts what it hears."""

    def __init__(self, changes: AsyncIterator[None]) -> None:
        self.heard = 0
        self._changes = changes
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for _ in self._changes:
            self.heard += 1

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def settled(watch: DayWatch, marks: Marks, day: date = TODAY) -> Listener:
    """Somebody who has heard what is heard at the beginning."""
    listener = Listener(watch.changes(HOUSE, day))
    await marks.look()
    listener.heard = 0
    return listener


async def test_the_beginning_is_heard_without_a_change(watch: DayWatch) -> None:
    async with asyncio.timeout(LONG_S):
        await anext(watch.changes(HOUSE, TODAY))
    watch.close()


async def test_a_change_is_heard_once_by_everybody_there(watch: DayWatch, marks: Marks) -> None:
    one, other = await settled(watch, marks), await settled(watch, marks)
    marks.by_day[TODAY] = "changed"
    await marks.look(4)
    assert (one.heard, other.heard) == (1, 1)
    watch.close()
    await asyncio.gather(one.task, other.task)


async def test_many_listeners_cost_one_look(watch: DayWatch, marks: Marks) -> None:
    listeners = [await settled(watch, marks) for _ in range(20)]
    before = len(marks.looks)
    marks.by_day[TODAY] = "changed"
    await marks.look(2)
    assert all(each.heard == 1 for each in listeners)
    assert len(marks.looks) - before < len(listeners)
    watch.close()


async def test_another_day_is_another_matter(watch: DayWatch, marks: Marks) -> None:
    tomorrow = TODAY + timedelta(days=1)
    one, other = await settled(watch, marks), await settled(watch, marks, tomorrow)
    marks.by_day[tomorrow] = "changed"
    await marks.look(4)
    assert (one.heard, other.heard) == (0, 1)
    watch.close()


async def test_nobody_looks_for_nobody(watch: DayWatch, marks: Marks) -> None:
    listener = await settled(watch, marks)
    await listener.leave()
    await asyncio.sleep(OFTEN_S * 5)
    before = len(marks.looks)
    await asyncio.sleep(OFTEN_S * 10)
    assert len(marks.looks) == before
    again = await settled(watch, marks)
    marks.by_day[TODAY] = "changed"
    await marks.look(3)
    assert again.heard == 1
    watch.close()


async def test_a_ledger_that_is_away_is_looked_at_again(watch: DayWatch, marks: Marks) -> None:
    listener = await settled(watch, marks)
    marks.failure = StoreUnavailable("away")
    await marks.look(3)
    marks.failure = None
    marks.by_day[TODAY] = "changed meanwhile"
    await marks.look(3)
    assert listener.heard == 1
    watch.close()


async def test_closing_lets_everybody_go(watch: DayWatch, marks: Marks) -> None:
    listener = await settled(watch, marks)
    watch.close()
    async with asyncio.timeout(LONG_S):
        await listener.task


async def test_who_comes_after_the_end_is_let_go_at_once(watch: DayWatch) -> None:
    watch.close()
    async with asyncio.timeout(LONG_S):
        assert [each async for each in watch.changes(HOUSE, TODAY)] == []
