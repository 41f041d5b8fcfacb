"""The breaker's law, as a table, and what pybreaker alone would get wrong."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from application.errors import ModelUnavailable
from application.ports.language_model import Prompt
from infrastructure.resilience.breaker import COUNTED, Breaker, Guarded
from tests.fakes.clock import StillClock
from tests.fakes.scripted_model import Answer, Cut, Never, ScriptedModel

PROMPT = Prompt("s", "u")
DOWN = ModelUnavailable("server_error")
REFUSED = ModelUnavailable("refused")
FAILURES, PAUSE = 3, 30


def breaker_of(clock: StillClock) -> Breaker:
    return Breaker("m", clock=clock, failures=FAILURES, pause_s=PAUSE)


async def call(breaker: Breaker, outcome: str) -> str:
    """One call with this outcome; gives what the caller sees."""
    answers: dict[str, Answer] = {"ok": "fine", "down": DOWN, "refused": REFUSED}
    guarded = Guarded(ScriptedModel([answers[outcome]]), breaker)
    try:
        await guarded.complete(PROMPT)
    except ModelUnavailable as error:
        return error.reason
    return "ok"


# From the state before, by an event, to the state after, and what the caller sees.
LAW = [
    ("closed", ["ok"], "closed", "ok"),
    ("closed", ["down"], "closed", "server_error"),
    ("closed", ["down", "down", "ok", "down", "down"], "closed", "server_error"),
    ("closed", ["down", "down", "down"], "open", "server_error"),
    ("closed", ["refused"] * 5, "closed", "refused"),
    ("closed", ["down", "down", "refused", "down"], "open", "server_error"),
    ("open", ["ok"], "open", "breaker_open"),
    ("open", ["wait 29", "ok"], "open", "breaker_open"),
    ("open", ["wait 30", "ok"], "closed", "ok"),
    ("open", ["wait 30", "down"], "open", "server_error"),
    ("open", ["wait 30", "down", "wait 29", "ok"], "open", "breaker_open"),
    ("open", ["wait 30", "down", "wait 30", "ok"], "closed", "ok"),
    ("open", ["wait 30", "refused", "ok"], "closed", "ok"),
    ("open", ["wait 30", "ok", "down", "down"], "closed", "server_error"),
]


@pytest.mark.parametrize(("before", "events", "after", "seen"), LAW)
async def test_the_law(before: str, events: list[str], after: str, seen: str) -> None:
    clock = StillClock()
    breaker = breaker_of(clock)
    if before == "open":
        for _ in range(FAILURES):
            await call(breaker, "down")
    last = ""
    for event in events:
        if event.startswith("wait"):
            clock.move(float(event.split()[1]))
        else:
            last = await call(breaker, event)
    assert (breaker.state, last) == (after, seen)


@pytest.mark.parametrize("reason", sorted(COUNTED))
async def test_what_speaks_of_the_provider_counts(reason: str) -> None:
    breaker = breaker_of(StillClock())
    guarded = Guarded(ScriptedModel([ModelUnavailable(reason)]), breaker)
    for _ in range(FAILURES):
        with pytest.raises(ModelUnavailable):
            await guarded.complete(PROMPT)
    assert breaker.state == "open"


async def half_open() -> tuple[Breaker, StillClock]:
    clock = StillClock()
    breaker = breaker_of(clock)
    for _ in range(FAILURES):
        await call(breaker, "down")
    clock.move(PAUSE)
    return breaker, clock


async def test_after_the_pause_a_single_call_is_let_through() -> None:
    breaker, _ = await half_open()
    trial = asyncio.create_task(Guarded(ScriptedModel([Never()]), breaker).complete(PROMPT))
    await asyncio.sleep(0)
    assert [await call(breaker, "ok") for _ in range(10)] == ["breaker_open"] * 10
    trial.cancel()
    await asyncio.wait([trial])


async def test_a_cancelled_trial_leaves_everything_as_it_was() -> None:
    breaker, _ = await half_open()
    trial = asyncio.create_task(Guarded(ScriptedModel([Never()]), breaker).complete(PROMPT))
    await asyncio.sleep(0)
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    assert breaker.state == "half-open"
    assert await call(breaker, "ok") == "ok"
    assert breaker.state == "closed"


async def test_a_cancelled_call_counts_neither_way() -> None:
    breaker = breaker_of(StillClock())
    await call(breaker, "down")
    await call(breaker, "down")
    task = asyncio.create_task(Guarded(ScriptedModel([Never()]), breaker).complete(PROMPT))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert breaker.state == "closed"
    await call(breaker, "down")
    assert breaker.state == "open", "the two failures before it still count"


async def test_a_call_from_before_it_opened_does_not_close_it() -> None:
    breaker = breaker_of(StillClock())
    late = asyncio.Event()

    class Late(ScriptedModel):
        async def complete(self, prompt: Prompt):  # type: ignore[no-untyped-def]
            await late.wait()
            return await super().complete(prompt)

    old = asyncio.create_task(Guarded(Late(["fine"]), breaker).complete(PROMPT))
    await asyncio.sleep(0)
    for _ in range(FAILURES):
        await call(breaker, "down")
    late.set()
    await old
    assert breaker.state == "open"


async def test_a_cut_stream_counts_and_a_stream_that_nobody_reads_to_its_end_does_not() -> None:
    breaker = breaker_of(StillClock())
    cut = Guarded(ScriptedModel([Cut("una mesa")]), breaker)
    for _ in range(FAILURES - 1):
        with pytest.raises(ModelUnavailable):
            _ = [piece async for piece in cut.stream(PROMPT)]
    left = Guarded(ScriptedModel(["una mesa para dos"]), breaker).stream(PROMPT)
    await anext(left)
    await left.aclose()  # type: ignore[attr-defined]
    assert breaker.state == "closed"
    with pytest.raises(ModelUnavailable):
        _ = [piece async for piece in cut.stream(PROMPT)]
    assert breaker.state == "open"


async def test_opening_and_closing_are_logged_once() -> None:
    with capture_logs() as logs:
        breaker, _ = await half_open()
        await call(breaker, "ok")
    assert [log["event"] for log in logs] == ["breaker.opened", "breaker.closed"]
    assert logs[0]["breaker"] == "m"


async def test_a_refusal_says_when_to_come_back() -> None:
    clock = StillClock()
    breaker = breaker_of(clock)
    for _ in range(FAILURES):
        await call(breaker, "down")
    clock.move(10)
    with pytest.raises(ModelUnavailable) as refusal:
        await Guarded(ScriptedModel(["fine"]), breaker).complete(PROMPT)
    assert refusal.value.retry_after_s == pytest.approx(20)
