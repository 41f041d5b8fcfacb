"""JSON as RFC 8259 has it, without what two readers could understand differently.

Python's own reader takes NaN, the last of two equal keys and lone surrogates; a guest's message
must mean the same in the log, to the model and in the store, so all of these are refused here.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 32

_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


class NotStrictJson(ValueError):
    """The bytes are not JSON that everybody reads alike. The message never quotes them."""


def loads(raw: bytes) -> Any:
    """The value in a body; a byte order mark at its start is no harm.

    Raises: NotStrictJson.
    """
    text = _decoded(raw)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except NotStrictJson:
        raise
    except ValueError as error:
        raise NotStrictJson("the body is not valid JSON") from error
    _check_surrogates(text, value)
    return value


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotStrictJson("the body is not UTF-8") from error


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise NotStrictJson(f"the body is nested deeper than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotStrictJson("the body names the same key twice in one object")
    return made


def _no_constant(_: str) -> NoReturn:
    raise NotStrictJson("NaN and Infinity are not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotStrictJson("a number is too large")
    return number


def _check_surrogates(text: str, value: Any) -> None:
    """Half of a surrogate pair, written as an escape, is no character: it cannot be stored."""
    if "\\ud" not in text and "\\uD" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotStrictJson("the body holds half of a surrogate pair") from error
