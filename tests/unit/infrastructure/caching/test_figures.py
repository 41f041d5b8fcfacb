"""Figures over a sliding window."""

from __future__ import annotations

from infrastructure.caching.counters import MOST, LocalCounters
from infrastructure.caching.figures import LATENCIES, WINDOW_S, Window
from tests.fakes.clock import StillClock


def test_what_is_older_than_the_window_no_longer_counts() -> None:
    clock = StillClock()
    window = Window(clock.monotonic)
    window.add(took_s=1.0, hits=1)
    clock.move(WINDOW_S / 2)
    window.add(took_s=0.002, misses=1)
    assert window.figures().total == 2
    clock.move(WINDOW_S / 2 + 11)
    figures = window.figures()
    assert (figures.hits, figures.misses, figures.hit_rate) == (0, 1, 0.0)
    assert figures.avg_latency_ms == 2.0
    clock.move(WINDOW_S)
    assert (window.figures().total, window.figures().p95_latency_ms) == (0, 0.0)


def test_the_95th_percentile_is_not_exceeded_by_95_of_100() -> None:
    window = Window(StillClock().monotonic)
    for number in range(1, 101):
        window.add(took_s=number / 1000, hits=1)
    assert window.figures().p95_latency_ms == 95.0
    assert window.figures().avg_latency_ms == 50.5


def test_errors_are_apart_from_hits_and_misses() -> None:
    window = Window(StillClock().monotonic)
    window.add(took_s=0.1, errors=1)
    window.add(took_s=0.1, hits=1)
    figures = window.figures()
    assert (figures.total, figures.errors, figures.hit_rate) == (1, 1, 1.0)


def test_memory_is_bounded_however_long_it_runs() -> None:
    clock = StillClock()
    window = Window(clock.monotonic)
    for _ in range(3 * LATENCIES):
        window.add(took_s=0.1, hits=1)
        clock.move(1)
    assert len(window._latencies) <= LATENCIES
    assert len(window._slices) <= 31


def test_a_counter_begins_anew_after_its_window() -> None:
    clock = StillClock()
    counters = LocalCounters(clock)
    assert [counters.count("a", window_s=10) for _ in range(3)] == [1, 2, 3]
    clock.move(9)
    assert counters.count("a", window_s=10) == 4
    clock.move(1)
    assert counters.count("a", window_s=10) == 1


def test_counters_do_not_grow_without_bound() -> None:
    counters = LocalCounters(StillClock())
    for number in range(MOST + 10):
        counters.count(str(number), window_s=60)
    assert counters.count("0", window_s=60) == 1
    assert counters.count(str(MOST), window_s=60) == 2
