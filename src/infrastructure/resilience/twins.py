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
from domain.dialogue import DialogueState, Expecting, Task
from domain.floor import Slot
from domain.understanding import Intent, Understanding
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
        if _agrees_for_the_guest(routed.understanding, local.understanding, message, state):
            log.warning("model.fell_back", agent="router", to="local", reason="agreed_unasked")
            receipt = replace(local.receipt, fallback_reason="agreed_unasked")
            return replace(local, receipt=_charged(receipt, meter, timer.ms()))
        return Routed(
            _doubted(routed.understanding, state), _charged(routed.receipt, meter, timer.ms())
        )


def _doubted(model: Understanding, state: DialogueState) -> Understanding:
    """A no to a reminder cancels at once where it is certain, and a model's word alone never is."""
    if state.expecting is Expecting.COMING and _refuses(model):
        return replace(model, certain=False)
    return model


_PROMPTED = frozenset({Expecting.COMING, Expecting.PLACE})
_PUT_TO_GUEST = _PROMPTED | {
    Expecting.OFFER,
    Expecting.CANCEL_YES,
    Expecting.SUGGESTED_DAY,
    Expecting.WAITLIST,
}
_GO_AHEAD = {Task.MOVE: Intent.RESCHEDULE, Task.CANCEL: Intent.CANCEL}
"""What agrees like a yes where that is being arranged; elsewhere it is "book it"."""
_SOMETHING_ELSE = frozenset(Intent) - {
    Intent.AFFIRM,
    Intent.INFORM,
    Intent.THANKS,
    Intent.GREET,
    Intent.SMALLTALK,
    Intent.OUT_OF_SCOPE,
}
"""Readings of a twin that are no yes. Of the ones left out a yes in words unknown to it may be one."""


def _agrees_for_the_guest(
    model: Understanding, twin: Understanding, message: GuestMessage, state: DialogueState
) -> bool:
    """Whether a model takes for a yes, or for a choice, what its twin clearly reads as something else.

    A yes books, moves or cancels, so a model's word alone does not make one of a question, a denial
    or new details. A no to a reminder cancels, and so it is with that.
    """
    if state.expecting in _PROMPTED and _refuses(model) and not _refuses(twin):
        return twin.intent in _SOMETHING_ELSE | {Intent.AFFIRM} or "?" in message.text
    if state.expecting not in _PUT_TO_GUEST or not _agrees(model, state) or _agrees(twin, state):
        return False
    gives = twin.when or twin.party or twin.name or twin.service or twin.requests or twin.code
    return bool(gives) or twin.intent in _SOMETHING_ELSE or "?" in message.text


def _refuses(said: Understanding) -> bool:
    return Intent.DENY in said.intents or said.intent is Intent.CANCEL


def _agrees(said: Understanding, state: DialogueState) -> bool:
    """Whether it can be taken for agreement to what is on the table, or for a choice from it."""
    if Intent.AFFIRM in said.intents or said.choice is not None:
        return True
    go_ahead = _GO_AHEAD.get(state.task, Intent.BOOK) if state.task else Intent.BOOK
    return said.intent is go_ahead and not (said.when or said.party or said.service)


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
