"""How long values live."""

from __future__ import annotations

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.cache import Namespace
from infrastructure.caching.lifetimes import READS_A_STEP, Lifetime, is_due_early, jittered

PLACE: Namespace[str] = Namespace("place", ttl_s=100, shortest_s=50, longest_s=400)


@given(st.floats(0, 1, exclude_max=True), st.floats(0.1, 1e6))
def test_jitter_is_a_tenth_at_most(number: float, seconds: float) -> None:
    assert 0.9 * seconds <= jittered(seconds, lambda: number) <= 1.1 * seconds + 1e-6


def test_the_nearer_the_end_and_the_dearer_the_value_the_likelier_is_a_refresh() -> None:
    numbers = random.Random(1)

    def share(left_s: float, cost_s: float) -> float:
        return fmean(is_due_early(left_s, cost_s, numbers.random) for _ in range(4000))

    assert share(0, 0.1) == 1
    assert share(0.1, 0.1) == pytest.approx(0.37, abs=0.04)
    assert share(0.1, 0.2) > share(0.1, 0.1) > share(0.3, 0.1)
    assert share(60, 0.1) == 0


def reads(lifetime: Lifetime, *, hits: int, steps: int = 1) -> None:
    for _ in range(steps):
        lifetime.count(hits=hits, reads=READS_A_STEP)


def test_values_that_are_asked_for_again_live_longer_up_to_the_bound() -> None:
    lifetime = Lifetime(PLACE)
    reads(lifetime, hits=READS_A_STEP - 1)
    assert lifetime.ttl_s == pytest.approx(125)
    reads(lifetime, hits=READS_A_STEP, steps=50)
    assert lifetime.ttl_s == PLACE.longest_s


def test_values_that_nobody_asks_for_again_live_shorter_down_to_the_bound() -> None:
    lifetime = Lifetime(PLACE)
    reads(lifetime, hits=1, steps=50)
    assert lifetime.ttl_s == PLACE.shortest_s
    assert lifetime.hit_rate == pytest.approx(1 / READS_A_STEP)


def test_near_hits_count_as_use() -> None:
    lifetime = Lifetime(PLACE)
    lifetime.near_hits += 5 * READS_A_STEP
    lifetime.count(hits=0, reads=1)
    assert lifetime.ttl_s > PLACE.ttl_s


def test_what_is_used_half_of_the_time_stays_as_it_is() -> None:
    lifetime = Lifetime(PLACE)
    reads(lifetime, hits=READS_A_STEP // 2, steps=9)
    assert lifetime.ttl_s == PLACE.ttl_s


def test_a_time_to_live_outside_its_bounds_is_no_namespace() -> None:
    with pytest.raises(ValueError, match="bounds"):
        Namespace("place", ttl_s=10, shortest_s=20, longest_s=30)
