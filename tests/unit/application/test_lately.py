"""Percentiles over time, what conversations took, and what went wrong in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.lately import Lately
from application.observers import Observers
from application.ports.agents import AgentReceipt
from application.ports.turn_observer import CompletedTurn
from tests.fakes.clock import StillClock

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def lately(clock: StillClock) -> Lately:
    return Lately(clock=clock)


def turn(
    clock: StillClock,
    conversation: str = "c",
    status: str = "offering",
    *receipts: AgentReceipt,
    took_s: float = 0.1,
    stopped: Sequence[str] = (),
) -> CompletedTurn:
    return CompletedTurn(conversation, clock.now(), status, took_s, receipts, stopped)


def receipt(tokens: int = 0, cost: float = 0.0, reason: str | None = None) -> AgentReceipt:
    return AgentReceipt(
        "human", "model", "m", 5, tokens_in=tokens, cost_usd=cost, fallback_reason=reason
    )


@given(st.lists(st.floats(min_value=0.0002, max_value=60), min_size=1, max_size=200))
def test_a_percentile_is_right_to_a_twentieth(durations: list[float]) -> None:
    clock = StillClock()
    lately = Lately(clock=clock)
    for took_s in durations:
        lately.completed(turn(clock, took_s=took_s))
    told = lately.latency(HOUR).stages["turn"]
    ordered = sorted(durations)
    for percent, found in ((50, told.p50_ms[-1]), (95, told.p95_ms[-1]), (99, told.p99_ms[-1])):
        true_ms = ordered[-(-len(ordered) * percent // 100) - 1] * 1000
        assert found is not None
        assert abs(found - true_ms) <= 0.05 * true_ms + 0.005  # and it is told in hundredths


def test_each_five_minutes_are_a_step_and_the_last_one_is_now(
    lately: Lately, clock: StillClock
) -> None:
    lately.completed(turn(clock, took_s=0.1))
    clock.move(600)
    lately.completed(turn(clock, took_s=0.4))
    told = lately.latency(HOUR)
    assert len(told.starts) == 12
    assert told.starts[-1] <= clock.now() < told.starts[-1] + timedelta(minutes=5)
    assert told.stages["turn"].count == [0] * 9 + [1, 0, 1]
    assert told.stages["turn"].p50_ms[-2] is None


def test_a_stage_is_timed_also_where_it_fails(lately: Lately, clock: StillClock) -> None:
    def decide() -> None:
        with lately.stage("decide"):
            clock.move(2)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        decide()
    (slow,) = filter(None, lately.latency(HOUR).stages["decide"].p99_ms)
    assert slow == pytest.approx(2000, rel=0.05)


def test_after_a_day_steps_are_forgotten(lately: Lately, clock: StillClock) -> None:
    lately.completed(turn(clock))
    clock.move(24 * 3600 + 300)
    lately.completed(turn(clock))
    told = lately.latency(timedelta(hours=48))
    assert len(told.starts) == 288
    assert sum(told.stages["turn"].count) == 1


def test_what_a_booking_and_an_abandoned_talk_took(lately: Lately, clock: StillClock) -> None:
    lately.completed(turn(clock, "booked", "offering", receipt(100, 0.01)))
    lately.completed(turn(clock, "booked", "confirmed", receipt(300, 0.03)))
    lately.completed(turn(clock, "booked", "answered", receipt(50, 0.0)))
    lately.completed(turn(clock, "gone", "offering", receipt(80, 0.002)))
    lately.completed(turn(clock, "asked a question", "answered", receipt(999, 9.0)))
    assert lately.figures().abandoned.conversations == 0, "the guest may still answer"
    clock.move(16 * 60)
    figures = lately.figures()
    assert (figures.booked.conversations, figures.booked.tokens) == (1, 450)
    assert figures.booked.cost_usd == pytest.approx(0.04)
    assert (figures.abandoned.conversations, figures.abandoned.tokens) == (1, 80)


def test_fallbacks_and_stops_are_counted_by_reason(lately: Lately, clock: StillClock) -> None:
    lately.completed(turn(clock, "a", "offering", receipt(reason="timeout"), stopped=["time"]))
    clock.move(2 * 3600)
    lately.completed(turn(clock, "b", "offering", receipt(reason="timeout")))
    lately.completed(turn(clock, "b", "offering", receipt(reason="certain")))
    figures = lately.figures()
    (fallback,) = figures.fallbacks
    assert (fallback.what, fallback.last_hour, fallback.last_day) == (("human", "timeout"), 1, 2)
    (stop,) = figures.stops
    assert (stop.what, stop.last_hour, stop.last_day) == (("time",), 0, 1)


def test_several_observers_hear_the_same(clock: StillClock) -> None:
    one, two = Lately(clock=clock), Lately(clock=clock)
    both = Observers(one, two)
    with both.stage("router"):
        clock.move(1)
    both.completed(turn(clock))
    assert one.latency(HOUR) == two.latency(HOUR)
    assert set(one.latency(HOUR).stages) == {"router", "turn"}
