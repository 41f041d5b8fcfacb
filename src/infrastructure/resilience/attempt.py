"""One request to a provider: counted when it begins, given up when it takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from application.errors import ModelUnavailable
from application.ports.language_model import Completion, Prompt, Usage
from application.ports.model_figures import PricedModel
from infrastructure.resilience.spending import Meter, current_meters, current_turn
from infrastructure.resilience.streams import Piece, closing, next_piece

CHARS_PER_TOKEN = 4
"""Of English and Spanish, about; where a provider has not counted, we do."""


class Attempt:
    """The innermost layer.

    Its own time limit is shorter than the agent's deadline: what the deadline cuts off is cancelled,
    which tells the breaker nothing, while what is given up here counts as the provider's failure.
    """

    def __init__(self, model: PricedModel, *, timeout_s: float) -> None:
        self._model = model
        self._timeout_s = timeout_s

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, prompt: Prompt) -> Completion:
        meters = _count_call()
        try:
            async with asyncio.timeout(self._timeout_s):
                completion = await self._model.complete(prompt)
        except TimeoutError as error:
            raise ModelUnavailable("timeout") from error
        _add(meters, completion.usage)
        return completion

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """The limit holds for each piece: a long answer may take longer, a stalled one may not.

        A stream that is stopped, or breaks, before it says what it took is metered by estimate.
        """
        meters = _count_call()
        said = 0
        usage: Usage | None = None
        try:
            async with closing(self._model.stream(prompt)) as pieces:
                while True:
                    reason = "cut_stream" if said else "timeout"
                    piece = await next_piece(pieces, seconds=self._timeout_s, reason=reason)
                    if piece is None:
                        return
                    if isinstance(piece, Usage):
                        usage = piece
                    else:
                        said += len(piece)
                    yield piece
        finally:
            if usage is None and said:
                usage = self._estimated(prompt, said)
            if usage is not None:
                _add(meters, usage)

    def _estimated(self, prompt: Prompt, said: int) -> Usage:
        """What a request took of which `said` characters have come."""
        figures = self._model.figures
        sent, answered = figures.count_tokens(prompt), -(-said // CHARS_PER_TOKEN)
        cost = figures.price_usd(tokens_in=sent, tokens_out=answered)
        return Usage(self.name, tokens_in=sent, tokens_out=answered, cost_usd=cost)


def _count_call() -> tuple[Meter, ...]:
    """Raises: BudgetExceeded where the turn has made all its calls."""
    turn = current_turn()
    if turn is not None:
        turn.check_call()
    meters = current_meters()
    for meter in meters:
        meter.calls += 1
    return meters


def _add(meters: tuple[Meter, ...], usage: Usage) -> None:
    for meter in meters:
        meter.add(usage)
