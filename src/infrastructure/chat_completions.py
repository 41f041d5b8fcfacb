"""The dialect of OpenAI's chat completions, which most providers speak: how a prompt is put into it."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from application.ports.language_model import Prompt

_EXACT, _LIVELY = 0.0, 0.4
"""Temperatures: of answers that are read by code, and of those that are read by guests."""


class AnswerFormat(StrEnum):
    """How far a provider can be held to a form of answer."""

    SCHEMA = "json_schema"
    JSON = "json_object"
    TEXT = "text"

    @property
    def plainer(self) -> AnswerFormat | None:
        """What to try where the provider refuses this one."""
        order = list(AnswerFormat)
        rest = order[order.index(self) + 1 :]
        return rest[0] if rest else None


def best_format(model: str, *, reads_schemas: bool) -> AnswerFormat:
    """DeepSeek's own service takes JSON mode only, whatever the map says of the model."""
    if model.startswith("deepseek/") or not reads_schemas:
        return AnswerFormat.JSON
    return AnswerFormat.SCHEMA


def request_of(prompt: Prompt, form: AnswerFormat) -> dict[str, Any]:
    """The part of a request that depends on the prompt: what stays the same in it comes first."""
    request: dict[str, Any] = {
        "messages": [
            {"role": "system", "content": _system(prompt, form)},
            {"role": "user", "content": prompt.user},
        ],
        "max_tokens": prompt.max_tokens,
        "temperature": _EXACT if prompt.schema else _LIVELY,
    }
    if prompt.schema and form is AnswerFormat.SCHEMA:
        # Not strict: a strict schema makes the model write every field, empty ones too, and what is
        # written is what the guest waits for.
        schema = {"name": prompt.schema_name, "schema": prompt.schema, "strict": False}
        request["response_format"] = {"type": form.value, "json_schema": schema}
    elif prompt.schema and form is AnswerFormat.JSON:
        request["response_format"] = {"type": form.value}
    return request


def is_about_format(refusal: str) -> bool:
    """Whether a provider's refusal speaks of the form of answer that was asked for."""
    said = refusal.lower()
    return "response_format" in said or "json_schema" in said or "json_object" in said


def _system(prompt: Prompt, form: AnswerFormat) -> str:
    if not prompt.schema or form is AnswerFormat.SCHEMA:
        return prompt.system
    schema = json.dumps(prompt.schema, separators=(",", ":"))
    return f"{prompt.system}\nJSON schema: {schema}"
