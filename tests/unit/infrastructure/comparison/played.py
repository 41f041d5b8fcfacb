"""Dialogues that were played, made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infrastructure.comparison.playing import Played


def agent(
    name: str,
    *,
    source: str = "local",
    fallback: str | None = None,
    latency_ms: float = 1.0,
    tokens: int = 0,
) -> dict[str, Any]:
    return {
        "agent": name,
        "source": source,
        "latency_ms": latency_ms,
        "tokens_in": tokens,
        "tokens_out": 0,
        "fallback_reason": fallback,
    }


def answer(
    *,
    status: str = "collecting",
    action: str = "none",
    missing: Sequence[str] = (),
    offers: Sequence[dict[str, Any]] = (),
    response: str = "",
    agents: Sequence[dict[str, Any]] = (),
    cost: float = 0.0,
) -> dict[str, Any]:
    return {
        "status": status,
        "action": action,
        "missing": list(missing),
        "offers": list(offers),
        "booking": None,
        "response": response,
        "receipt": {"latency_ms": 2.0, "cost_usd": cost, "agents": list(agents)},
    }


def offer(start: str, party: int = 2) -> dict[str, Any]:
    return {"start": f"{start}:00+01:00", "party_size": party}


def played(
    scenario: str = "s",
    repeat: int = 0,
    *,
    faults: tuple[str, ...] = (),
    answers: Sequence[dict[str, Any]] = (),
) -> Played:
    return Played(scenario, repeat, ("hola",) * len(answers), tuple(answers), faults)
