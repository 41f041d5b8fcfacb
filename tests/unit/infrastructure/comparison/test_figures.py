"""The numbers of a comparison."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.comparison.figures import figures_of, pass_hat, percentile
from tests.unit.infrastructure.comparison.played import agent, answer, played


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.data())
def test_pass_hat_is_the_share_of_choices_that_hit_successes_only(
    tries: list[bool], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(tries)))
    chosen = [all(choice) for choice in combinations(tries, k)]
    assert pass_hat(len(tries), sum(tries), k) == pytest.approx(fmean(chosen))


@given(st.integers(1, 8), st.floats(0, 1))
def test_pass_hat_is_unbiased(k: int, chance: float) -> None:
    """Its mean over all outcomes of eight tries is the chance of `k` successes in a row."""
    from math import comb

    tries = 8
    mean = sum(
        comb(tries, good) * chance**good * (1 - chance) ** (tries - good) * pass_hat(tries, good, k)
        for good in range(tries + 1)
    )
    assert mean == pytest.approx(chance**k)


@pytest.mark.parametrize("k", [0, 4])
def test_more_tries_than_were_made_cannot_be_chosen(k: int) -> None:
    with pytest.raises(ValueError, match="3 tries"):
        pass_hat(3, 2, k)


def test_percentiles_are_values_that_occurred() -> None:
    values = [5.0, 1.0, 3.0, 2.0, 4.0]
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (3.0, 5.0)
    assert percentile([], 0.5) is None


def test_success_is_averaged_over_scenarios() -> None:
    runs = [
        played("steady", 0),
        played("steady", 1),
        played("shaky", 0),
        played("shaky", 1, faults=("no",)),
    ]
    assert figures_of(runs)["success"] == {"pass^1": 0.75, "pass^2": 0.5}


def test_turns_are_counted_to_the_first_write() -> None:
    quick = played(answers=[answer(action="schedule_appointment")])
    slow = played(answers=[answer(), answer(), answer(action="cancel_appointment"), answer()])
    never = played(answers=[answer()])
    found = figures_of([quick, slow, never])
    assert found["turns_to_booking"] == {"mean": 2.0, "p95": 3}
    assert found["confirmed_bookings"] == 1


def test_stops_and_fallbacks_are_told_apart() -> None:
    agents = [
        agent("router", fallback="certain"),
        agent("router", fallback="timeout"),
        agent("human", fallback="claim_check", source="model"),
        agent("human", source="model"),
        agent("logic", fallback="invalid"),
    ]
    found = figures_of([played(answers=[answer(agents=agents)])])
    assert found["claim_check_stops"] == 1
    assert found["twin_fallbacks_by_reason"] == {"invalid": 1, "timeout": 1}
    assert (found["twin_fallbacks"], found["model_answers"]) == (2, 2)


def test_tokens_and_costs_are_divided_among_confirmed_bookings() -> None:
    spent: list[dict[str, Any]] = [
        answer(agents=[agent("router", tokens=100)], cost=0.01),
        answer(agents=[agent("human", tokens=50)], cost=0.005, action="schedule_appointment"),
    ]
    found = figures_of([played(answers=spent), played(answers=spent)])
    assert (found["tokens"], found["tokens_per_booking"]) == (300, 150)
    assert found["cost_usd_per_booking"] == pytest.approx(0.015)


def test_without_a_booking_there_is_no_price_of_one() -> None:
    found = figures_of([played(answers=[answer()])])
    assert found["cost_usd_per_booking"] is None
    assert found["turns_to_booking"] == {"mean": None, "p95": None}
