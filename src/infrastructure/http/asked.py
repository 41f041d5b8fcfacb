"""What callers name things by, checked before anything is done with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Header
from pydantic import AfterValidator, StringConstraints

from application.cleaning import MAX_MESSAGE, clean_text, has_control
from infrastructure.http.problems import Problem


def _without_control(value: str) -> str:
    if has_control(value):
        raise ValueError("control characters are not allowed here")
    return value


def message_text(value: str) -> str:
    """What somebody writes to somebody else, cleaned. Raises: ValueError for nothing, or too much."""
    text = clean_text(value)
    if not 1 <= len(text) <= MAX_MESSAGE:
        raise ValueError(f"a message has 1 to {MAX_MESSAGE} characters")
    return text


UserId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=128),
    AfterValidator(_without_control),
]
MessageId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_without_control),
]
MessageText = Annotated[str, AfterValidator(message_text)]
ConversationId = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
IdempotencyKey = Annotated[str, Header(max_length=200, pattern=r"^[\x21-\x7e]*$")]


def needed_key(given: str) -> str:
    """Raises: Problem 400 where a request that writes has no `Idempotency-Key`."""
    if not given:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            "idempotency_key_needed",
            "Send an Idempotency-Key header, so that a repeated request counts once.",
        )
    return given
