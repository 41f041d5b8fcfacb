"""What is counted, one report at a time."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest

from application.errors import ModelUnavailable
from application.ports.agents import AgentReceipt
from application.ports.turn_observer import CompletedTurn
from infrastructure.metrics import open_measurements
from infrastructure.metrics.measurements import Measurements
from infrastructure.metrics.windows import Durations
from infrastructure.metrics.words import OTHER, Words
from infrastructure.resilience.breaker import Breaker
from tests.fakes.clock import StillClock
from tests.support.scraping import Scraped


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def measurements(clock: StillClock) -> Measurements:
    return open_measurements(clock=clock)


def counted(measurements: Measurements) -> Scraped:
    return Scraped(generate_latest(measurements.registry).decode())


def completed(
    clock: StillClock, *receipts: AgentReceipt, stopped: tuple[str, ...] = ()
) -> CompletedTurn:
    return CompletedTurn("c1", clock.now(), "answered", 0.8, receipts, stopped)


def test_tokens_and_cost_go_to_their_agent_and_to_who_answered(
    measurements: Measurements, clock: StillClock
) -> None:
    asked = AgentReceipt("router", "model", "openai/gpt-4o", 350, 212, 128, 31, 0.0008, calls=2)
    fell = AgentReceipt("human", "local", "local", 3, 90, 0, 7, 0.0004, fallback_reason="deadline")
    for _ in range(2):
        measurements.completed(completed(clock, asked, fell))
    scraped = counted(measurements)
    tokens = "agent_tokens_total"
    assert scraped(tokens, agent="router", source="model", kind="in") == 424
    assert scraped(tokens, agent="router", source="model", kind="cached") == 256
    assert scraped(tokens, agent="router", source="model", kind="out") == 62
    assert scraped(tokens, agent="human", source="local", kind="out") == 14
    assert scraped("agent_cost_usd_total", agent="router", source="model") == pytest.approx(0.0016)
    assert scraped("agent_calls_total", agent="router", source="model") == 4
    assert scraped("agent_fallbacks_total", agent="human", reason="deadline") == 2
    assert scraped("agent_duration_seconds_sum", agent="router", source="model") == 0.7


def test_what_the_claim_check_stopped_is_counted_by_reason(
    measurements: Measurements, clock: StillClock
) -> None:
    measurements.completed(completed(clock, stopped=("time", "outcome", "time")))
    scraped = counted(measurements)
    assert scraped("claim_check_stops_total", reason="time") == 2
    assert scraped("claim_check_stops_total", reason="outcome") == 1


def test_a_stage_that_fails_took_its_time_all_the_same(
    measurements: Measurements, clock: StillClock
) -> None:
    def fail() -> None:
        with measurements.stage("decide"):
            clock.move(2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert counted(measurements)("turn_stage_duration_seconds_sum", stage="decide") == 2


def test_a_breaker_is_known_from_its_making_and_through_every_change(
    measurements: Measurements, clock: StillClock
) -> None:
    breaker = Breaker("openai/gpt-4o", clock=clock, failures=2, on_state=measurements.breaker)
    state = "breaker_state"
    assert counted(measurements)(state, breaker="openai/gpt-4o") == 0
    assert "openai/gpt-4o" in counted(measurements).label_values()

    def fail() -> None:
        with pytest.raises(ModelUnavailable), breaker.guarded():
            raise ModelUnavailable("connection")

    fail()
    fail()
    assert measurements.breakers == {"openai/gpt-4o": "open"}
    assert counted(measurements)(state, breaker="openai/gpt-4o") == 2
    clock.move(31)
    fail()
    assert counted(measurements)(state, breaker="openai/gpt-4o") == 2
    opened = "breaker_opened_total"
    assert counted(measurements)(opened, breaker="openai/gpt-4o") == 1, "it had not closed"
    clock.move(31)
    with breaker.guarded():
        assert counted(measurements)(state, breaker="openai/gpt-4o") == 1
    assert counted(measurements)(state, breaker="openai/gpt-4o") == 0
    assert measurements.breakers == {"openai/gpt-4o": "closed"}
    fail()
    fail()
    assert counted(measurements)(opened, breaker="openai/gpt-4o") == 2


def test_a_booking_is_followed_into_the_store(measurements: Measurements) -> None:
    for outcome, waited_s in (("unavailable", 1.0), ("unknown", 2.0), ("stored", 3.0)):
        measurements.commit(outcome, waited_s)
    measurements.commit("settled", 3.5)
    scraped = counted(measurements)
    for outcome in ("unavailable", "unknown", "stored"):
        assert scraped("store_writes_total", outcome=outcome) == 1
    assert scraped("store_settled_seconds_sum") == 3.5
    assert scraped.total("store_writes_total") == 3


def test_the_last_hours_turns_are_kept_and_no_older_ones(
    measurements: Measurements, clock: StillClock
) -> None:
    measurements.completed(completed(clock))
    clock.move(3000)
    measurements.completed(completed(clock))
    assert len(measurements.recent_turns()) == 2
    clock.move(1000)
    assert len(measurements.recent_turns()) == 1


def test_percentiles_are_those_of_the_last_hour() -> None:
    durations = Durations()
    assert durations.percentiles(0.0).p50_ms is None
    for number in range(1, 101):
        durations.add(1000.0, number / 1000)
    told = durations.percentiles(1000.0)
    assert (told.count, told.p50_ms, told.p95_ms, told.p99_ms) == (100, 50, 95, 99)
    durations.add(5000.0, 0.007)
    told = durations.percentiles(5000.0)
    assert (told.count, told.p50_ms, told.p99_ms) == (1, 7, 7)


def test_words_stay_few_and_plain() -> None:
    words = Words(2)
    assert [words(each) for each in ("time", "time", "outcome", "price", "time")] == [
        "time", "time", "outcome", OTHER, "time",
    ]  # fmt: skip
    assert [Words(9)(each) for each in ("", "Laura Gil", 'a"b', "x" * 81)] == [OTHER] * 4
    routes = ("/chat", "/bookings/{code}", "openai/gpt-4o", "other")
    assert [Words(9)(each) for each in routes] == list(routes)
