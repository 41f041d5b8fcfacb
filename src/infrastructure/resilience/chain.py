"""The models in order, within one deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

import structlog

from application.errors import BudgetExceeded, ModelUnavailable
from application.ports.clock import Clock
from application.ports.language_model import Completion, LanguageModel, Prompt
from infrastructure.resilience.spending import current_turn
from infrastructure.resilience.streams import Piece, closing, next_piece

log = structlog.get_logger()

_Failure = ModelUnavailable | BudgetExceeded


class Chain:
    """Asks the first model, and the next one where it fails.

    Each try may take an equal share of the time that is left, so that a slow first model leaves the
    second one some. The time left of the turn is a deadline as well.
    """

    def __init__(self, models: Sequence[LanguageModel], *, deadline_s: float, clock: Clock) -> None:
        if not models:
            raise ValueError("a chain needs at least one model")
        self._models = models
        self._deadline_s = deadline_s
        self._clock = clock

    @property
    def name(self) -> str:
        return self._models[0].name

    async def complete(self, prompt: Prompt) -> Completion:
        end = self._end()
        failures: list[_Failure] = []
        for model, share in self._tries(end, failures):
            try:
                async with asyncio.timeout(share):
                    return await model.complete(prompt)
            except TimeoutError:
                failures.append(ModelUnavailable("deadline"))
            except (ModelUnavailable, BudgetExceeded) as error:
                failures.append(error)
        raise failures[-1]

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """The next model takes over only before the first piece; later a failure is the end."""
        end = self._end()
        failures: list[_Failure] = []
        for model, share in self._tries(end, failures):
            async with closing(model.stream(prompt)) as pieces:
                try:
                    piece = await next_piece(pieces, seconds=share, reason="deadline")
                except (ModelUnavailable, BudgetExceeded) as error:
                    failures.append(error)
                    continue
                while piece is not None:
                    yield piece
                    left = end - self._clock.monotonic()
                    piece = await next_piece(pieces, seconds=left, reason="cut_stream")
                return
        raise failures[-1]

    def _tries(
        self, end: float, failures: Sequence[_Failure]
    ) -> Iterator[tuple[LanguageModel, float]]:
        """Each model with its share of the time, and a log line for each that was given up."""
        for position, model in enumerate(self._models):
            if position:
                log.warning(
                    "model.fell_back",
                    model=self._models[position - 1].name,
                    to=model.name,
                    reason=reason_of(failures[-1]),
                )
            left = max(end - self._clock.monotonic(), 0.0)
            yield model, left / (len(self._models) - position)

    def _end(self) -> float:
        now = self._clock.monotonic()
        turn = current_turn()
        left = self._deadline_s if turn is None else turn.seconds_left(now)
        return now + min(self._deadline_s, left)


def reason_of(failure: BaseException) -> str:
    """One word for receipts and logs."""
    match failure:
        case ModelUnavailable(reason=reason):
            return reason
        case BudgetExceeded():
            return "budget"
        case TimeoutError():
            return "deadline"
        case _:
            return "invalid"
