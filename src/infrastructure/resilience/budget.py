"""Limits on tokens and money, checked before a call is made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date

from application.errors import BudgetExceeded
from application.ports.clock import Clock
from application.ports.language_model import Completion, LanguageModel, Prompt, Usage
from application.ports.model_figures import ModelFigures
from infrastructure.resilience.spending import current_turn
from infrastructure.resilience.streams import Piece, closing


@dataclass(frozen=True, slots=True)
class CallLimits:
    max_tokens: int = 4000
    """MAX_TOKENS_PER_CALL: what is sent and what may be answered, together."""
    max_cost_usd: float = 0.02
    """MAX_COST_PER_CALL_USD"""


class DailyBudget:
    """Money of one UTC day, for all models of this process together.

    A call takes its highest possible price before it is made and gives back what it did not cost.
    """

    def __init__(self, limit_usd: float | None, *, clock: Clock) -> None:
        self._limit_usd = limit_usd
        self._clock = clock
        self._day = self._today()
        self.spent_usd = 0.0

    def take(self, usd: float) -> None:
        """Raises: BudgetExceeded where the day's money does not suffice."""
        if self._today() != self._day:
            self._day, self.spent_usd = self._today(), 0.0
        if self._limit_usd is not None and self.spent_usd + usd > self._limit_usd:
            raise BudgetExceeded("DAILY_BUDGET_USD")
        self.spent_usd += usd

    def give_back(self, usd: float) -> None:
        self.spent_usd = max(self.spent_usd - usd, 0.0)

    def _today(self) -> date:
        return self._clock.now().astimezone(UTC).date()


class Budgeted:
    """A model whose calls are refused where they would pass a limit."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        figures: ModelFigures,
        limits: CallLimits,
        daily: DailyBudget,
    ) -> None:
        self._model = model
        self._figures = figures
        self._limits = limits
        self._daily = daily

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, prompt: Prompt) -> Completion:
        taken = self._take(prompt)
        cost = 0.0
        try:
            completion = await self._model.complete(prompt)
            cost = completion.usage.cost_usd
        finally:
            self._daily.give_back(taken - cost)
        return completion

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """What a broken-off stream cost is not known: it is taken to have cost all it could."""
        taken = cost = self._take(prompt)
        began = False
        try:
            async with closing(self._model.stream(prompt)) as pieces:
                async for piece in pieces:
                    began = True
                    if isinstance(piece, Usage):
                        cost = piece.cost_usd
                    yield piece
        finally:
            self._daily.give_back(taken - cost if began else taken)

    def _take(self, prompt: Prompt) -> float:
        """The most the call can cost, taken from the day's money.

        Raises: BudgetExceeded, naming the limit.
        """
        sent = self._figures.count_tokens(prompt)
        if sent + prompt.max_tokens > self._limits.max_tokens:
            raise BudgetExceeded("MAX_TOKENS_PER_CALL")
        turn = current_turn()
        if turn is not None:
            turn.check_tokens(sent, prompt.max_tokens)
        most = self._figures.price_usd(tokens_in=sent, tokens_out=prompt.max_tokens)
        if most > self._limits.max_cost_usd:
            raise BudgetExceeded("MAX_COST_PER_CALL_USD")
        self._daily.take(most)
        return most
