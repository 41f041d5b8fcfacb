"""The gate: never more inside than there are places, in the order they came."""

from __future__ import annotations

import asyncio

import pytest

from application.ports.cache import CacheUnavailable
from infrastructure.redis.gate import Gate

LONG_S = 20.0


async def test_never_more_are_inside_than_places() -> None:
    gate = Gate(3, wait_s=LONG_S)
    inside = most = 0

    async def visit() -> None:
        nonlocal inside, most
        async with gate:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit() for _ in range(50)))
    assert most == 3
    assert gate.figures().in_use == 0


async def test_whoever_waits_too_long_is_refused_and_counted() -> None:
    gate = Gate(1, wait_s=0.01)
    async with gate:
        with pytest.raises(CacheUnavailable) as refusal:
            await gate.__aenter__()
        assert refusal.value.reason == "busy"
        figures = gate.figures()
        assert (figures.in_use, figures.available, figures.waiting, figures.refused) == (1, 0, 0, 1)
    assert gate.figures().in_use == 0


async def test_places_go_to_those_who_came_first() -> None:
    gate = Gate(1, wait_s=LONG_S)
    came: list[int] = []

    async def visit(number: int) -> None:
        async with gate:
            came.append(number)

    async with gate:
        tasks = [asyncio.create_task(visit(number)) for number in range(5)]
        await asyncio.sleep(0)
        assert gate.figures().waiting == 5
    await asyncio.gather(*tasks)
    assert came == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("leaves_first", [True, False])
async def test_a_place_is_not_lost_with_one_who_is_cancelled(leaves_first: bool) -> None:
    gate = Gate(1, wait_s=LONG_S)
    await gate.__aenter__()
    waiting = asyncio.create_task(gate.__aenter__())
    await asyncio.sleep(0)
    if leaves_first:
        await gate.__aexit__(None, None, None)
        waiting.cancel()
    else:
        waiting.cancel()
        await asyncio.sleep(0)
        await gate.__aexit__(None, None, None)
    await asyncio.wait([waiting])
    assert gate.figures().in_use == 0
    async with gate:
        assert gate.figures().in_use == 1
