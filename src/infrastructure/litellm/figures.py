"""Prices, end dates and tokenizers, from the data files that litellm brings along.

They are read as files: importing litellm takes seconds and 200 MB, and neither a check of the
settings nor an adapter that talks to a provider directly needs it for this.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from application.ports.language_model import Prompt

_PRICES = "model_prices_and_context_window_backup.json"
_TOKENIZERS = Path("litellm_core_utils") / "tokenizers"
_USUAL_ENCODING = "o200k_base"
"""For models whose own tokenizer is not published: counts differ by a few per cent."""
_MESSAGE_OVERHEAD = 10
"""What a system and a user message take beside their text: 3 tokens a message, 1 for its role, 2 at
the end, by OpenAI's own account of its chat format."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What litellm's map says of one model; prices in US dollars a token."""

    input_usd: float = 0.0
    cached_usd: float = 0.0
    output_usd: float = 0.0
    ends_on: date | None = None
    reads_schemas: bool = False


class Figures:
    """The tokenizer and the prices of one model."""

    def __init__(self, name: str) -> None:
        self.facts = read_facts([name])[name]
        self._encoding = _encoding(name)
        self._count_fixed = lru_cache(maxsize=64)(self.count_text)

    def count_text(self, text: str) -> int:
        # What a guest types must not be read as a control token, nor refused as one.
        return len(self._encoding.encode(text, disallowed_special=()))

    def count_tokens(self, prompt: Prompt) -> int:
        schema = json.dumps(prompt.schema, separators=(",", ":")) if prompt.schema else ""
        fixed = self._count_fixed(prompt.system) + self._count_fixed(schema)
        return fixed + self.count_text(prompt.user) + _MESSAGE_OVERHEAD

    def price_usd(self, *, tokens_in: int, tokens_cached: int = 0, tokens_out: int) -> float:
        facts = self.facts
        fresh = (tokens_in - tokens_cached) * facts.input_usd
        return fresh + tokens_cached * facts.cached_usd + tokens_out * facts.output_usd


def read_facts(names: Iterable[str]) -> dict[str, ModelFacts]:
    """Facts by model name; a model that the map does not have gets none, and costs nothing.

    The map is read once for all names and let go: as Python objects it takes 30 MB.
    """
    entries: Mapping[str, Any] = json.loads((_folder() / _PRICES).read_bytes())
    return {name: _facts(entries.get(name) or entries.get(_bare(name)) or {}) for name in names}


def count_tokens(model: str, text: str) -> int:
    """Tokens of a text by a model's own tokenizer, where it is published."""
    return len(_encoding(model).encode(text, disallowed_special=()))


def _bare(name: str) -> str:
    """`gpt-4o` for `openai/gpt-4o`: the map has the first form for some providers."""
    return name.partition("/")[2]


def _facts(entry: Mapping[str, Any]) -> ModelFacts:
    price = float(entry.get("input_cost_per_token") or 0.0)
    return ModelFacts(
        input_usd=price,
        cached_usd=float(entry.get("cache_read_input_token_cost", price)),
        output_usd=float(entry.get("output_cost_per_token") or 0.0),
        ends_on=_date(entry.get("deprecation_date")),
        reads_schemas=bool(entry.get("supports_response_schema")),
    )


def _date(written: str | None) -> date | None:
    """The map's sample entry holds an explanation where a date would stand."""
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None


def _folder() -> Path:
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("litellm is not installed")
    return Path(spec.origin).parent


@lru_cache(maxsize=8)
def _encoding(name: str) -> Any:
    """tiktoken's encoding of a model, from the files litellm brings: nothing is fetched."""
    os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(_folder() / _TOKENIZERS))
    import tiktoken

    try:
        return tiktoken.encoding_for_model(_bare(name) or name)
    except KeyError:
        return tiktoken.get_encoding(_USUAL_ENCODING)
