"""Answers in JSON: asked for, read, and once asked for again where they do not fit."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from time import perf_counter
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from application.errors import AnswerInvalid
from application.ports.agents import AgentName, AgentReceipt
from application.ports.language_model import LanguageModel, Prompt, Usage

_Answer = TypeVar("_Answer", bound=BaseModel)

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_REPAIR = "Your last answer did not fit ({fault}). Answer again, with valid JSON only."


async def ask(model: LanguageModel, prompt: Prompt, answer: type[_Answer]) -> tuple[_Answer, Usage]:
    """The model's answer, with one chance to repair it, and what it took altogether.

    Raises: AnswerInvalid; and what the model raises.
    """
    first = await model.complete(prompt)
    try:
        return _read(first.text, answer), first.usage
    except ValueError as error:
        fault = _fault(error)
    again = replace(prompt, user=f"{prompt.user}\n\n{_REPAIR.format(fault=fault)}")
    second = await model.complete(again)
    try:
        return _read(second.text, answer), _added(first.usage, second.usage)
    except ValueError as error:
        raise AnswerInvalid(f"the answer does not fit: {_fault(error)}") from error


def _read(text: str, answer: type[_Answer]) -> _Answer:
    """Models put JSON between words or fences now and then; the object counts.

    Raises: ValueError (pydantic's ValidationError is one).
    """
    found = _OBJECT.search(text)
    if found is None:
        raise ValueError("no JSON object")
    return answer.model_validate(json.loads(found[0]))


def _fault(error: ValueError) -> str:
    """What is wrong, without a word of the answer: it may hold what the guest wrote."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['type']}"
    return "not JSON"


def _added(first: Usage, second: Usage) -> Usage:
    return replace(
        second,
        tokens_in=first.tokens_in + second.tokens_in,
        tokens_cached=first.tokens_cached + second.tokens_cached,
        tokens_out=first.tokens_out + second.tokens_out,
        cost_usd=first.cost_usd + second.cost_usd,
        calls=first.calls + second.calls,
    )


def model_receipt(agent: AgentName, usage: Usage, *, began: float) -> AgentReceipt:
    """The receipt of an answer that a model gave; `began` is a `perf_counter` reading."""
    return AgentReceipt(
        agent=agent,
        source="model",
        model=usage.model,
        latency_ms=(perf_counter() - began) * 1000,
        tokens_in=usage.tokens_in,
        tokens_cached=usage.tokens_cached,
        tokens_out=usage.tokens_out,
        cost_usd=usage.cost_usd,
        calls=usage.calls,
    )


def small_schema(answer: type[BaseModel], *only: str) -> dict[str, Any]:
    """The JSON schema of an answer without what it can do without: each word costs tokens.

    Of the fields, those named in `only` (all where none is); an object may have more than those.
    What is required is said in the prompt, and held against the answer's model.
    """
    schema = _slim(answer.model_json_schema())
    definitions = schema.pop("$defs", {})
    if only:
        schema["properties"] = {name: schema["properties"][name] for name in only}
    schema.pop("required", None)
    return dict(_inlined(schema, definitions))


def _slim(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_slim(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    dropped = {"title", "description", "default", "minItems"}
    # Under `properties` and `$defs` the keys are names, which may be any word.
    slim = {
        key: {name: _slim(each) for name, each in value.items()}
        if key in {"properties", "$defs"}
        else _slim(value)
        for key, value in schema.items()
        if key not in dropped
    }
    if "enum" in slim:
        del slim["type"]
    return slim


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(value, definitions) for key, value in schema.items()}
