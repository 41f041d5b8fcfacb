"""A language model that answers from a script."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from application.errors import DependencyError, ModelUnavailable
from application.ports.language_model import Completion, Prompt, Usage
from application.ports.model_figures import ModelFigures


@dataclass(frozen=True, slots=True)
class Cut:
    """A stream that breaks off after this text."""

    text: str


class Never:
    """An answer that does not come."""


@dataclass(frozen=True, slots=True)
class FixedFigures:
    """Every prompt has so many tokens, every token costs so much."""

    tokens: int = 100
    usd: float = 0.00001

    def count_tokens(self, prompt: Prompt) -> int:
        return self.tokens

    def price_usd(self, *, tokens_in: int, tokens_cached: int = 0, tokens_out: int) -> float:
        return (tokens_in + tokens_out) * self.usd


Answer = str | DependencyError | Cut | Never | Callable[[Prompt], str]


@dataclass
class ScriptedModel:
    """Gives the answers in order and keeps the prompts; the last answer is given ever after.

    An error in the script is raised. Streams come word by word.
    """

    answers: list[Answer]
    name: str = "scripted/model"
    tokens_in: int = 100
    tokens_out: int = 20
    cost_usd: float = 0.001
    figures: ModelFigures = field(default_factory=FixedFigures)
    prompts: list[Prompt] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return len(self.prompts)

    async def complete(self, prompt: Prompt) -> Completion:
        text = await self._next_text(prompt)
        return Completion(text, self._usage())

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Usage]:
        answer = self._next(prompt)
        text = answer.text if isinstance(answer, Cut) else await self._text(answer, prompt)
        for piece in re.findall(r"\S+\s*", text):
            yield piece
        if isinstance(answer, Cut):
            raise ModelUnavailable("cut_stream")
        yield self._usage()

    async def _next_text(self, prompt: Prompt) -> str:
        answer = self._next(prompt)
        if isinstance(answer, Cut):
            raise ModelUnavailable("cut_stream")
        return await self._text(answer, prompt)

    def _next(self, prompt: Prompt) -> Answer:
        self.prompts.append(prompt)
        return self.answers[min(len(self.prompts), len(self.answers)) - 1]

    async def _text(self, answer: Answer, prompt: Prompt) -> str:
        if isinstance(answer, DependencyError):
            raise answer
        if isinstance(answer, Never):
            await asyncio.Event().wait()
        return answer(prompt) if callable(answer) else str(answer)

    def _usage(self) -> Usage:
        return Usage(
            self.name, tokens_in=self.tokens_in, tokens_out=self.tokens_out, cost_usd=self.cost_usd
        )
