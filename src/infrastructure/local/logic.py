"""The logic agent's local twin: the engine's own ranking stands."""

from __future__ import annotations

import time
from collections.abc import Sequence

from application.ports.agents import AgentReceipt, Ranked
from domain.availability import Wish
from domain.floor import Slot
from domain.venue import Venue


class LocalLogic:
    """Keeps the candidates' order, which `domain.availability` has made by closeness and fit.

    It gives no reason: what it could say of its first choice is what the offer itself says.
    """

    async def run(
        self,
        *,
        venue: Venue,  # noqa: ARG002 - the port gives it; the order is the engine's already
        wish: Wish,  # noqa: ARG002
        words: str,  # noqa: ARG002
        candidates: Sequence[Slot],
        language: str,  # noqa: ARG002
    ) -> Ranked:
        began = time.perf_counter()
        order = tuple(range(min(3, len(candidates))))
        latency_ms = (time.perf_counter() - began) * 1000
        receipt = AgentReceipt("logic", "local", "local", round(latency_ms, 3))
        return Ranked(order, "", "engine_order", receipt)
