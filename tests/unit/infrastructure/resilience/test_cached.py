"""The cache's guard: nobody waits long, and while the breaker is open nobody waits at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from application.ports.cache import CacheUnavailable
from infrastructure.resilience.cached import (
    DEADLINE_S,
    FAILURES,
    PAUSE_S,
    SAFE,
    STALLED_S,
    CacheGuard,
)
from tests.fakes.clock import StillClock


class Server:
    """Fails as often as it is told to, with a reason; then answers."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        if self.reasons:
            raise CacheUnavailable(self.reasons.pop(0))
        return "answer"


async def silence() -> str:
    await asyncio.sleep(3600)
    return ""


async def reason(guard: CacheGuard, command: Callable[[], Awaitable[str]]) -> str:
    try:
        return await guard.call(command)
    except CacheUnavailable as error:
        return error.reason


async def opened(clock: StillClock) -> CacheGuard:
    guard = CacheGuard(clock=clock)
    for _ in range(FAILURES):
        await reason(guard, Server("timeout"))
    assert not guard.is_closed
    return guard


@pytest.mark.parametrize("word", sorted(SAFE))
async def test_what_is_safe_to_repeat_is_repeated_once(word: str) -> None:
    guard = CacheGuard(clock=StillClock())
    server = Server(word)
    assert await guard.call(server) == "answer"
    assert server.asked == 2
    assert guard.figures().failures == 0
    server = Server(word, word, word)
    assert await reason(guard, server) == word
    assert server.asked == 2
    assert guard.figures().failures == 1


@pytest.mark.parametrize("word", ["timeout", "protocol", "denied", "out_of_memory", "busy"])
async def test_nothing_else_is_repeated(word: str) -> None:
    server = Server(word)
    assert await reason(CacheGuard(clock=StillClock()), server) == word
    assert server.asked == 1


async def test_what_may_not_be_carried_out_twice_is_not() -> None:
    server = Server("connection")
    with pytest.raises(CacheUnavailable):
        await CacheGuard(clock=StillClock()).call(server, repeats=False)
    assert server.asked == 1


async def test_silence_is_given_up_and_the_loop_runs_on_meanwhile() -> None:
    guard = CacheGuard(clock=StillClock(), command_s=0.05)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.create_task(tick())
    assert await reason(guard, silence) in {"timeout", "busy"}
    ticking.cancel()
    assert ticks >= 2, "no wait blocks the loop"


async def test_a_timeout_while_another_command_is_answered_is_our_own_and_does_not_count() -> None:
    """The server is there: this process, with connections to make or guests to serve, was late."""
    guard = CacheGuard(clock=StillClock(), command_s=0.3)
    waiting = [asyncio.create_task(reason(guard, silence)) for _ in range(2 * FAILURES)]
    await asyncio.sleep(0)
    assert await reason(guard, Server()) == "answer"
    assert await asyncio.gather(*waiting) == ["busy"] * (2 * FAILURES)
    assert guard.figures().failures == 0
    assert guard.is_closed


async def test_an_answer_from_before_excuses_no_later_silence() -> None:
    guard = CacheGuard(clock=StillClock(), command_s=0.02)
    assert await reason(guard, Server()) == "answer"
    for _ in range(60):  # on a busy machine some are noticed late
        await reason(guard, silence)
        if not guard.is_closed:
            return
    raise AssertionError("silence did not open it")


async def test_a_time_limit_of_the_clients_own_is_judged_by_the_same_rule() -> None:
    guard = CacheGuard(clock=StillClock(), command_s=5)
    answered = asyncio.Event()

    async def connecting() -> str:
        await answered.wait()
        raise CacheUnavailable("timeout")

    waiting = asyncio.create_task(reason(guard, connecting))
    await asyncio.sleep(0)
    assert await reason(guard, Server()) == "answer"
    answered.set()
    assert await waiting == "busy"
    assert await reason(guard, Server("timeout")) == "timeout"
    assert guard.figures().failures == 1


async def test_a_stall_of_this_process_is_no_failure_in_the_second_attempt_either() -> None:
    """The first leaves the second 0.3 s."""
    guard = CacheGuard(clock=StillClock(), command_s=0.4, deadline_s=0.7)
    asked = 0

    async def refused_then_silent() -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise CacheUnavailable("connection")
        asyncio.get_running_loop().call_soon(time.sleep, 0.3 + 3 * STALLED_S)
        return await silence()

    assert await reason(guard, refused_then_silent) == "busy"
    assert asked == 2
    assert guard.figures().failures == 0


async def test_two_attempts_and_the_wait_between_them_fit_into_the_deadline() -> None:
    asked = 0

    async def slow_to_fail() -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.02)
        raise CacheUnavailable("connection")

    guard = CacheGuard(clock=StillClock(), command_s=0.1, deadline_s=0.12)
    assert await reason(guard, slow_to_fail) in {"timeout", "connection"}
    assert asked <= 2
    assert DEADLINE_S == 0.25


async def test_after_five_failures_in_a_row_nobody_waits_any_more() -> None:
    guard = await opened(StillClock())
    server = Server()
    began = time.perf_counter()
    assert {await reason(guard, server) for _ in range(100)} == {"breaker_open"}
    assert server.asked == 0
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("word", ["refused", "busy", "out_of_memory", "read_only", "wrong_type"])
async def test_what_speaks_of_one_command_does_not_open_it(word: str) -> None:
    guard = CacheGuard(clock=StillClock())
    for _ in range(3 * FAILURES):
        await reason(guard, Server(word))
    assert guard.is_closed


async def test_a_success_in_between_begins_the_count_anew() -> None:
    guard = CacheGuard(clock=StillClock())
    for _ in range(FAILURES):
        await reason(guard, Server("timeout"))
        await reason(guard, Server())
    assert guard.is_closed


async def test_only_the_probe_closes_it_again_and_only_after_the_pause() -> None:
    clock = StillClock()
    guard = await opened(clock)
    early, server = Server(), Server()
    with pytest.raises(CacheUnavailable, match="breaker_open"):
        await guard.probe(early)
    clock.move(PAUSE_S)
    assert await reason(guard, server) == "breaker_open"
    assert (early.asked, server.asked) == (0, 0)
    await guard.probe(server)
    assert guard.is_closed
    assert guard.figures().failures == 0
    assert await guard.call(server) == "answer"


async def test_a_probe_that_fails_begins_another_pause() -> None:
    clock = StillClock()
    guard = await opened(clock)
    clock.move(PAUSE_S)
    with pytest.raises(CacheUnavailable, match="timeout"):
        await guard.probe(Server("timeout"))
    clock.move(PAUSE_S / 2)
    with pytest.raises(CacheUnavailable, match="breaker_open"):
        await guard.probe(Server())
    assert not guard.is_closed


async def test_a_probe_that_this_process_was_too_busy_for_is_made_again_at_once() -> None:
    clock = StillClock()
    guard = await opened(clock)
    clock.move(PAUSE_S)
    with pytest.raises(CacheUnavailable, match="busy"):
        await guard.probe(Server("busy"))
    assert guard.figures().state == "half-open"
    await guard.probe(Server())
    assert guard.is_closed


async def test_every_change_of_state_is_told() -> None:
    clock = StillClock()
    heard: list[tuple[str, str]] = []
    guard = CacheGuard(
        clock=clock, failures=1, on_state=lambda name, state: heard.append((name, state))
    )
    await reason(guard, Server("timeout"))
    clock.move(PAUSE_S)
    await guard.probe(Server())
    assert heard == [("cache", state) for state in ("closed", "open", "half-open", "closed")]


async def test_it_says_since_when() -> None:
    clock = StillClock()
    assert CacheGuard(clock=clock).figures().changed_at is None
    guard = await opened(clock)
    opened_at = clock.now()
    clock.move(PAUSE_S)
    assert guard.figures().changed_at == opened_at
    await guard.probe(Server())
    assert guard.figures().changed_at == clock.now()
    assert guard.figures().state == "closed"


async def test_a_cancelled_command_counts_neither_way() -> None:
    guard = CacheGuard(clock=StillClock())
    for _ in range(2 * FAILURES):
        task = asyncio.create_task(guard.call(silence))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert guard.is_closed
    assert guard.figures().failures == 0
