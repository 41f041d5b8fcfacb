"""Agents that work without a provider: when the model-backed one fails, its local twin answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace

import structlog

from application.errors import DependencyError
from application.ports.agents import (
    AgentReceipt,
    Exchange,
    GuestMessage,
    HumanAgent,
    LogicAgent,
    Ranked,
    ReplyDone,
    ReplyPlan,
    ReplyText,
    Routed,
    RouterAgent,
)
from application.ports.clock import Clock
from domain.availability import Wish
from domain.dialogue import DialogueState
from domain.floor import Slot
from domain.venue import Venue
from infrastructure.resilience.chain import reason_of
from infrastructure.resilience.spending import Meter, TurnBudget, begin_turn, metered

log = structlog.get_logger()


class TwinRouter:
    """Reads a message with the model, unless its twin is certain: a plain "sí", a code, "la segunda"."""

    def __init__(
        self, primary: RouterAgent, twin: RouterAgent, *, deadline_s: float, clock: Clock
    ) -> None:
        self._primary = primary
        self._twin = twin
        self._deadline_s = deadline_s
        self._clock = clock

    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        """Every turn begins with its router, so the turn's budget begins here too."""
        timer = _Timer(self._clock)
        begin_turn(TurnBudget(timer.began))
        local = await self._twin.run(message=message, state=state, venue=venue, history=history)
        if local.understanding.certain:
            return replace(local, receipt=replace(local.receipt, fallback_reason="certain"))
        with metered() as meter:
            try:
                async with asyncio.timeout(self._deadline_s):
                    routed = await self._primary.run(
                        message=message, state=state, venue=venue, history=history
                    )
            except (DependencyError, TimeoutError) as error:
                return replace(local, receipt=_fell_back(local.receipt, meter, error, timer.ms()))
        return replace(routed, receipt=_charged(routed.receipt, meter, timer.ms()))


class TurnOpening:
    """A router without a model, where other agents have one: the turn's budget begins with it."""

    def __init__(self, router: RouterAgent, *, clock: Clock) -> None:
        self._router = router
        self._clock = clock

    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        begin_turn(TurnBudget(self._clock.monotonic()))
        return await self._router.run(message=message, state=state, venue=venue, history=history)


class TwinLogic:
    """Ranks with the model, or else locally."""

    def __init__(
        self, primary: LogicAgent, twin: LogicAgent, *, deadline_s: float, clock: Clock
    ) -> None:
        self._primary = primary
        self._twin = twin
        self._deadline_s = deadline_s
        self._clock = clock

    async def run(
        self, *, venue: Venue, wish: Wish, words: str, candidates: Sequence[Slot], language: str
    ) -> Ranked:
        timer = _Timer(self._clock)
        with metered() as meter:
            try:
                async with asyncio.timeout(self._deadline_s):
                    ranked = await self._primary.run(
                        venue=venue,
                        wish=wish,
                        words=words,
                        candidates=candidates,
                        language=language,
                    )
            except (DependencyError, TimeoutError) as error:
                failure = error
            else:
                return replace(ranked, receipt=_charged(ranked.receipt, meter, timer.ms()))
        ranked = await self._twin.run(
            venue=venue, wish=wish, words=words, candidates=candidates, language=language
        )
        return replace(ranked, receipt=_fell_back(ranked.receipt, meter, failure, timer.ms()))


class TwinHuman:
    """Words replies with the model; where that fails before its first piece, locally."""

    def __init__(
        self, primary: HumanAgent, twin: HumanAgent, *, deadline_s: float, clock: Clock
    ) -> None:
        self._primary = primary
        self._twin = twin
        self._deadline_s = deadline_s
        self._clock = clock

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        timer = _Timer(self._clock)
        pieces = self._primary.run(plan)
        failure: Exception | None = None
        with metered() as meter:
            try:
                async with asyncio.timeout(self._deadline_s):
                    first = await anext(pieces)
            except (DependencyError, TimeoutError) as error:
                failure = error
        if failure is not None:
            async for piece in self._twin.run(plan):
                if isinstance(piece, ReplyDone):
                    receipt = _fell_back(piece.receipt, meter, failure, timer.ms())
                    piece = replace(piece, receipt=receipt)
                yield piece
            return
        try:
            yield _settled(first, meter, timer)
            async for piece in pieces:
                yield _settled(piece, meter, timer)
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()


class _Timer:
    """How long something has taken so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.began = clock.monotonic()

    def ms(self) -> float:
        return (self._clock.monotonic() - self.began) * 1000


def _settled(piece: ReplyText | ReplyDone, meter: Meter, timer: _Timer) -> ReplyText | ReplyDone:
    if isinstance(piece, ReplyText):
        return piece
    return replace(piece, receipt=_charged(piece.receipt, meter, timer.ms()))


def _fell_back(
    receipt: AgentReceipt, meter: Meter, failure: BaseException, latency_ms: float
) -> AgentReceipt:
    """The twin's receipt with why it answered and what the model's try took."""
    reason = reason_of(failure)
    log.warning("model.fell_back", agent=receipt.agent, to="local", reason=reason)
    return _charged(replace(receipt, fallback_reason=reason), meter, latency_ms)


def _charged(receipt: AgentReceipt, meter: Meter, latency_ms: float) -> AgentReceipt:
    receipt = replace(receipt, latency_ms=latency_ms)
    if not meter.calls:
        return receipt
    return replace(
        receipt,
        calls=meter.calls,
        tokens_in=meter.tokens_in,
        tokens_cached=meter.tokens_cached,
        tokens_out=meter.tokens_out,
        cost_usd=meter.cost_usd,
    )
