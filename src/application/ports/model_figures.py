"""What calls to a language model will take, known before they are made."""

from __future__ import annotations

from typing import Protocol

from application.ports.language_model import LanguageModel, Prompt


class ModelFigures(Protocol):
    """The tokenizer and the price list of one model."""

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens that will be sent, the schema included."""
        ...

    def price_usd(self, *, tokens_in: int, tokens_cached: int = 0, tokens_out: int) -> float:
        """What so many tokens cost, `tokens_cached` of `tokens_in`; 0 where no price is known."""
        ...


class PricedModel(LanguageModel, Protocol):
    """A model with its figures."""

    @property
    def figures(self) -> ModelFigures: ...
