"""The numbers of a comparison, from what was played. The report and the JSON file both show these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, comb
from statistics import fmean
from typing import Any

from infrastructure.comparison.playing import Played

MOST_TRIES = 8
STAGES = ("router", "logic", "human", "turn")

_NO_FALLBACK = frozenset({None, "certain", "claim_check"})
"""What a receipt says where no twin stood in: nothing, that no model was needed, or that a sentence
was stopped, which is counted for itself."""


def pass_hat(tries: int, successes: int, k: int) -> float:
    """The unbiased estimate of the chance that `k` independent tries all succeed.

    The share of the ways to choose `k` of `tries` that hit successes only (τ-bench, Yao et al. 2024).
    """
    if not 1 <= k <= tries:
        raise ValueError(f"of {tries} tries nobody can choose {k}")
    return comb(successes, k) / comb(tries, k)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def figures_of(played: Sequence[Played]) -> dict[str, Any]:
    """One side's numbers, ready for JSON. Rates are shares of 1, times milliseconds, costs US dollars;
    None where there is nothing to count."""
    receipts = [answer["receipt"] for each in played for answer in each.answers]
    agents = [agent for receipt in receipts for agent in receipt["agents"]]
    booked = sum(each.booked for each in played)
    turns = [each.turns_to_booking for each in played if each.turns_to_booking is not None]
    tokens = sum(agent["tokens_in"] + agent["tokens_out"] for agent in agents)
    cost = sum(receipt["cost_usd"] for receipt in receipts)
    fallbacks = Counter(
        agent["fallback_reason"] for agent in agents if agent["fallback_reason"] not in _NO_FALLBACK
    )
    return {
        "runs": len(played),
        "messages": len(receipts),
        "success": _success(played),
        "turns_to_booking": {
            "mean": _rounded(fmean(turns)) if turns else None,
            "p95": percentile(turns, 0.95),
        },
        "claim_check_stops": sum(agent["fallback_reason"] == "claim_check" for agent in agents),
        "twin_fallbacks": fallbacks.total(),
        "twin_fallbacks_by_reason": dict(sorted(fallbacks.items())),
        "model_answers": sum(agent["source"] == "model" for agent in agents),
        "latency_ms": _latencies(receipts),
        "tokens": tokens,
        "cost_usd": round(cost, 6),
        "confirmed_bookings": booked,
        "tokens_per_booking": _rounded(tokens / booked) if booked else None,
        "cost_usd_per_booking": round(cost / booked, 6) if booked else None,
    }


def _success(played: Iterable[Played]) -> dict[str, float]:
    """pass^1 to pass^8 over all scenarios, as far as there were so many repeats."""
    tries = Counter(each.scenario for each in played)
    good = Counter(each.scenario for each in played if each.is_success)
    most = min([MOST_TRIES, *tries.values()])
    return {
        f"pass^{k}": round(fmean(pass_hat(n, good[name], k) for name, n in tries.items()), 4)
        for k in range(1, most + 1)
        if tries
    }


def _latencies(receipts: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float | None]]:
    taken: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for receipt in receipts:
        taken["turn"].append(receipt["latency_ms"])
        for agent in receipt["agents"]:
            taken[agent["agent"]].append(agent["latency_ms"])
    return {
        stage: {"p50": percentile(each, 0.5), "p95": percentile(each, 0.95)}
        for stage, each in taken.items()
    }


def _rounded(value: float) -> float:
    return round(value, 2)
