"""Errors as RFC 9457 problems, and the one table from our errors to status codes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from application.errors import ConversationBusy, DependencyError
from domain.errors import (
    AnfitrionError,
    BookingChanged,
    BookingNotFound,
    DomainError,
    HoldExpired,
    IllegalTransition,
    KeyReused,
    PacingExceeded,
    SlotTaken,
    TooLateToChange,
    TooManyBookings,
    TooManyHolds,
)
from infrastructure.http.json_bytes import as_json

MEDIA_TYPE = "application/problem+json"

# The most specific class first: the first that fits decides.
STATUS_OF: tuple[tuple[type[AnfitrionError], HTTPStatus, str], ...] = (
    (BookingNotFound, HTTPStatus.NOT_FOUND, "There is no such booking."),
    (BookingChanged, HTTPStatus.CONFLICT, "Somebody else changed the booking first."),
    (
        IllegalTransition,
        HTTPStatus.CONFLICT,
        "A booking in its status cannot be changed like that.",
    ),
    (SlotTaken, HTTPStatus.CONFLICT, "The slot is taken."),
    (PacingExceeded, HTTPStatus.CONFLICT, "The house cannot start that many more parties then."),
    (HoldExpired, HTTPStatus.CONFLICT, "The offer has expired."),
    (TooManyHolds, HTTPStatus.CONFLICT, "This guest holds as many slots as the house allows."),
    (TooManyBookings, HTTPStatus.CONFLICT, "This guest has as many bookings as the house allows."),
    (TooLateToChange, HTTPStatus.CONFLICT, "The cut-off for changing this booking has passed."),
    (
        KeyReused,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "This idempotency key was used for a different request.",
    ),
    (DomainError, HTTPStatus.CONFLICT, "The house's rules do not allow this."),
    (
        ConversationBusy,
        HTTPStatus.CONFLICT,
        "An earlier message of this conversation is still being answered.",
    ),
    (DependencyError, HTTPStatus.SERVICE_UNAVAILABLE, "Something this needs is not available."),
)

_RETRY_AFTER_S = 2


class Problem(HTTPException):
    """A refusal as its caller reads it. `extra` are further members of the problem's JSON."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status.value, detail, headers=dict(headers or {}))
        self.code = code
        self.extra = dict(extra or {})

    def document(self) -> dict[str, Any]:
        return {
            "type": f"urn:anfitrion:problem:{self.code}",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:anfitrion:problem:slot_taken"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["slot_taken"])
    detail: str = Field(examples=["The slot is taken."])


def problem_of(error: Exception) -> Problem:
    """Any error as a problem; one that is not ours is a mistake in this program."""
    if isinstance(error, Problem):
        return error
    for kind, status, detail in STATUS_OF:
        if isinstance(error, kind):
            return Problem(status, error.code, detail, headers=_retry_after(error))
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong here. It has been recorded.",
    )


def _retry_after(error: AnfitrionError) -> dict[str, str]:
    if not isinstance(error, DependencyError):
        return {}
    wait_s = error.retry_after_s or _RETRY_AFTER_S
    return {"Retry-After": str(math.ceil(wait_s))}


def response_of(problem: Problem) -> Response:
    return Response(
        as_json(problem.document()),
        status_code=problem.status_code,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


def invalid(faults: Sequence[Mapping[str, Any]]) -> Problem:
    """What is wrong with a request, field by field, without the values that were sent."""
    errors = [
        {"field": _field(fault["loc"]), "code": fault["type"], "detail": fault["msg"]}
        for fault in faults[:10]
    ]
    named = ", ".join(dict.fromkeys(error["field"] for error in errors if error["field"]))
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_request",
        f"The request cannot be used; look at: {named}."
        if named
        else "The request cannot be used.",
        extra={"errors": errors},
    )


def _field(location: Sequence[str | int]) -> str:
    """A field's name as the caller wrote it, unless it is nothing like a name."""
    parts = [str(part) for part in location if part not in {"body", "query", "path", "header"}]
    name = ".".join(parts)
    return name if name.replace("_", "").replace(".", "").replace("-", "").isalnum() else ""


def install(app: FastAPI) -> None:
    """Answer every kind of error with a problem."""

    async def refused(_: Request, error: Exception) -> Response:
        return response_of(problem_of(error))

    async def not_valid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return response_of(invalid(error.errors()))

    async def framework(_: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)
        status = HTTPStatus(error.status_code)
        code = status.name.lower()
        return response_of(Problem(status, code, f"{status.phrase}.", headers=error.headers))

    app.add_exception_handler(Problem, refused)
    app.add_exception_handler(AnfitrionError, refused)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(StarletteHTTPException, framework)
