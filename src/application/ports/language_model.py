"""A language model, as the agents see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent: a constant part first, so that providers can cache it, then what varies.

    Everything in here has been redacted (`application.redaction`): no phone, e-mail, code or name.
    """

    system: str
    user: str
    max_tokens: int = 300
    schema: Mapping[str, Any] | None = None
    """JSON schema the answer must fit; None for free text."""
    schema_name: str = "answer"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call took. `tokens_cached` is the part of `tokens_in` the provider had cached."""

    model: str
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    usage: Usage


class LanguageModel(Protocol):
    """One model (or a chain of fallbacks). Raises only ModelUnavailable and BudgetExceeded."""

    @property
    def name(self) -> str: ...

    async def complete(self, prompt: Prompt) -> Completion: ...

    def stream(self, prompt: Prompt) -> AsyncIterator[str | Usage]:
        """Text as it comes, and one Usage at the end.

        Raises: ModelUnavailable at any point, with `reason` `cut_stream` after the first piece.
        """
        ...
