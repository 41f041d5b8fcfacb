"""litellm's exceptions in the program's own words, translated in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

from application.errors import ModelUnavailable

_REASONS = {
    "Timeout": "timeout",
    "RateLimitError": "rate_limited",
    "AuthenticationError": "unconfigured",
    "PermissionDeniedError": "unconfigured",
    "NotFoundError": "unconfigured",
    "LiteLLMUnknownProvider": "unconfigured",
    "ModelNotMappedError": "unconfigured",
    "BadRequestError": "refused",
    "UnprocessableEntityError": "refused",
    "InvalidRequestError": "refused",
    "BudgetExceededError": "refused",
    "GuardrailRaisedException": "refused",
    "BlockedPiiEntityError": "refused",
    "ModifyResponseException": "refused",
    "SensitiveDataRouteException": "refused",
    "MidStreamFallbackError": "cut_stream",
    "ServiceUnavailableError": "server_error",
    "BadGatewayError": "server_error",
    "InternalServerError": "server_error",
    "APIResponseValidationError": "server_error",
    "APIConnectionError": "connection",
    "APIError": "server_error",
}
"""By class name in `litellm.exceptions`; a class not named here has the reason of its nearest base."""
_CONNECTION = ("ConnectError", "ClientConnectorError", "ConnectionRefusedError", "ConnectionError")


@lru_cache(maxsize=1)
def reasons() -> Mapping[type[BaseException], str]:
    """The table by class. litellm must have been imported before: see `model`."""
    import openai
    from litellm import exceptions

    table = {getattr(exceptions, name): reason for name, reason in _REASONS.items()}
    # The base of nearly all of them: a class that a next release adds is then no surprise.
    return {**table, openai.OpenAIError: "server_error"}


def reason_for(error_type: type[BaseException]) -> str:
    """The reason of the most specific class in the table.

    Raises: KeyError for a class that is none of litellm's.
    """
    table = reasons()
    for base in error_type.__mro__:
        if base in table:
            return table[base]
    raise KeyError(error_type)


@contextmanager
def translated(*, after_first: bool = False) -> Iterator[None]:
    """Whatever litellm raises; `after_first`: once a stream has given out its first piece.

    Raises: ModelUnavailable. Our own mistakes pass as they are.
    """
    try:
        yield
    except tuple(reasons()) as error:
        reason = reason_for(type(error))
        if reason == "server_error" and _never_connected(error):
            reason = "connection"
        if after_first or reason == "cut_stream":
            reason = "cut_stream" if after_first else "server_error"
        raise ModelUnavailable(reason, retry_after_s=_retry_after(error)) from error


def _never_connected(error: BaseException) -> bool:
    """litellm calls a refused connection an internal server error; its cause tells."""
    cause: BaseException | None = error
    while cause is not None:
        if any(base.__name__ in _CONNECTION for base in type(cause).__mro__):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _retry_after(error: BaseException) -> float | None:
    """Seconds asked for by a Retry-After header; its other form, a date, is not used by providers."""
    headers = getattr(error, "litellm_response_headers", None) or {}
    try:
        return max(float(headers.get("retry-after", "")), 0.0)
    except ValueError:
        return None
