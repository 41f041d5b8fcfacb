"""How Airtable fails, in the program's own words; requests' exceptions translated in one place.

StoreUnavailable
└── AirtableAway            no answer, or none that can be believed; `ambiguous`: it may have been done
    ├── AirtableForbidden   the token is not valid or may not do this: a person must look
    ├── AirtableFrozen      too many requests: nothing is sent for half a minute
    └── AirtableQuotaSpent  the plan's requests of this month are used up
DependencyError
└── AirtableRefused         Airtable understood and will not: this very request is wrong

Nothing that Airtable says in words is in a message of ours: it quotes cells. It is in `said`.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any

import pyairtable.exceptions
import requests
import requests.exceptions
import urllib3.exceptions

from application.errors import DependencyError, StoreUnavailable

QUOTA = "PUBLIC_API_BILLING_LIMIT_EXCEEDED"
_DEAD_CURSORS = frozenset({"LIST_RECORDS_ITERATOR_NOT_AVAILABLE", "INVALID_OFFSET_VALUE"})


class AirtableAway(StoreUnavailable):
    """Airtable could not be reached, or what came back was no answer.

    `reason` is one word for logs and metrics: connection (never reached), reset, timeout,
    server_error, broken_answer, redirected, cursor, and those of the classes below. `ambiguous`:
    whether a write was carried out is not known; otherwise it certainly was not.
    """

    code = "airtable_away"

    def __init__(
        self, reason: str, *, ambiguous: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"Airtable is away: {reason}", retry_after_s=retry_after_s)
        self.reason = reason
        self.ambiguous = ambiguous


class AirtableForbidden(AirtableAway):
    """The token is not valid (401), or may not do this or see this (403)."""

    code = "airtable_forbidden"

    def __init__(self, status: int, type_: str, said: str = "") -> None:
        super().__init__(f"{status} {type_}")
        self.status = status
        self.type = type_
        self.said = said


class AirtableFrozen(AirtableAway):
    """This base, or this token, has sent too many requests: nothing is sent before `retry_after_s`."""

    code = "airtable_frozen"

    def __init__(self, *, retry_after_s: float | None = None) -> None:
        super().__init__("frozen", retry_after_s=retry_after_s)


class AirtableQuotaSpent(AirtableAway):
    """The requests that the plan allows in a month are used up; it is tried again now and then."""

    code = "airtable_quota_spent"

    def __init__(self, *, retry_after_s: float | None = None) -> None:
        super().__init__("quota", retry_after_s=retry_after_s)


class AirtableRefused(DependencyError):
    """Airtable will not do this, however often it is asked: 400, 404, 413, 422 and the like."""

    code = "airtable_refused"

    def __init__(self, status: int, type_: str, said: str = "") -> None:
        super().__init__(f"Airtable refuses: {status} {type_}")
        self.status = status
        self.type = type_
        """As Airtable writes it: UNKNOWN_FIELD_NAME, INVALID_VALUE_FOR_COLUMN, …; may be empty."""
        self.said = said
        """Its own words. They may quote cells: for a check at a terminal, never for a log."""

    @property
    def is_dead_cursor(self) -> bool:
        """The list must be read again from its first page."""
        return self.type in _DEAD_CURSORS


class Verdict(Enum):
    """What an exception says about the request that raised it."""

    NOT_SENT = auto()
    AMBIGUOUS = auto()
    LOOK_INSIDE = auto()
    """One class for several failures: what it wraps tells."""
    OURS = auto()
    """Our own mistake, which passes as it is."""


_R, _U = requests.exceptions, urllib3.exceptions
VERDICTS: Mapping[type[BaseException], Verdict] = {
    _R.RequestException: Verdict.AMBIGUOUS,
    _R.ConnectionError: Verdict.LOOK_INSIDE,
    _R.SSLError: Verdict.LOOK_INSIDE,
    _R.ProxyError: Verdict.NOT_SENT,
    _R.ConnectTimeout: Verdict.NOT_SENT,
    _R.Timeout: Verdict.AMBIGUOUS,
    _R.ReadTimeout: Verdict.AMBIGUOUS,
    _R.ChunkedEncodingError: Verdict.AMBIGUOUS,
    _R.ContentDecodingError: Verdict.AMBIGUOUS,
    _R.InvalidJSONError: Verdict.AMBIGUOUS,
    _R.JSONDecodeError: Verdict.AMBIGUOUS,
    _R.HTTPError: Verdict.AMBIGUOUS,
    _R.RetryError: Verdict.AMBIGUOUS,
    _R.TooManyRedirects: Verdict.AMBIGUOUS,
    _R.URLRequired: Verdict.OURS,
    _R.MissingSchema: Verdict.OURS,
    _R.InvalidSchema: Verdict.OURS,
    _R.InvalidURL: Verdict.OURS,
    _R.InvalidProxyURL: Verdict.OURS,
    _R.InvalidHeader: Verdict.OURS,
    _R.StreamConsumedError: Verdict.OURS,
    _R.UnrewindableBodyError: Verdict.OURS,
    # requests wraps nearly all of these; what it lets through, and what it wraps:
    _U.HTTPError: Verdict.AMBIGUOUS,
    _U.NewConnectionError: Verdict.NOT_SENT,
    _U.NameResolutionError: Verdict.NOT_SENT,
    _U.ConnectTimeoutError: Verdict.NOT_SENT,
    _U.ProxyError: Verdict.NOT_SENT,
    _U.ProxySchemeUnknown: Verdict.OURS,
    _U.ProxySchemeUnsupported: Verdict.OURS,
    _U.PoolError: Verdict.NOT_SENT,
    _U.ClosedPoolError: Verdict.NOT_SENT,
    _U.EmptyPoolError: Verdict.NOT_SENT,
    _U.FullPoolError: Verdict.NOT_SENT,
    _U.RequestError: Verdict.LOOK_INSIDE,
    _U.MaxRetryError: Verdict.LOOK_INSIDE,
    _U.SSLError: Verdict.LOOK_INSIDE,
    _U.HostChangedError: Verdict.AMBIGUOUS,
    _U.TimeoutError: Verdict.AMBIGUOUS,
    _U.ReadTimeoutError: Verdict.AMBIGUOUS,
    _U.ProtocolError: Verdict.AMBIGUOUS,
    _U.DecodeError: Verdict.AMBIGUOUS,
    _U.ResponseError: Verdict.AMBIGUOUS,
    _U.ResponseNotChunked: Verdict.AMBIGUOUS,
    _U.BodyNotHttplibCompatible: Verdict.AMBIGUOUS,
    _U.IncompleteRead: Verdict.AMBIGUOUS,
    _U.InvalidChunkLength: Verdict.AMBIGUOUS,
    _U.InvalidHeader: Verdict.AMBIGUOUS,
    _U.HeaderParsingError: Verdict.AMBIGUOUS,
    _U.UnrewindableBodyError: Verdict.OURS,
    _U.TimeoutStateError: Verdict.OURS,
    _U.LocationValueError: Verdict.OURS,
    _U.LocationParseError: Verdict.OURS,
    _U.URLSchemeUnknown: Verdict.OURS,
    # A certificate that is not to be trusted: nothing was said after it.
    ssl.SSLCertVerificationError: Verdict.NOT_SENT,
    ConnectionRefusedError: Verdict.NOT_SENT,
    # Raised for a wrong use of the package, before anything is sent.
    pyairtable.exceptions.PyAirtableError: Verdict.OURS,
}
"""By class; a class that is not here has the verdict of its nearest base."""


def verdict_of(error: BaseException) -> Verdict:
    """Never LOOK_INSIDE: where nothing inside tells more, it is AMBIGUOUS."""
    verdict = _by_class(type(error))
    if verdict is not Verdict.LOOK_INSIDE:
        return verdict
    for inner in (getattr(error, "reason", None), *error.args):
        if isinstance(inner, BaseException) and verdict_of(inner) is Verdict.NOT_SENT:
            return Verdict.NOT_SENT
    return Verdict.AMBIGUOUS


def _by_class(error_type: type[BaseException]) -> Verdict:
    return next(
        (VERDICTS[base] for base in error_type.__mro__ if base in VERDICTS), Verdict.AMBIGUOUS
    )


@contextmanager
def translated() -> Iterator[None]:
    """Whatever requests, urllib3 and pyairtable raise for one request.

    Raises: AirtableAway. Our own mistakes pass as they are. The cause is left out: it holds the
    request with its token, and the URL with its formula.
    """
    try:
        yield
    except (_R.RequestException, _U.HTTPError) as error:
        verdict = verdict_of(error)
        if verdict is Verdict.OURS:
            raise
        ambiguous = verdict is Verdict.AMBIGUOUS
        reason = _reason(error) if ambiguous else "connection"
        raise AirtableAway(reason, ambiguous=ambiguous) from None


def _reason(error: BaseException) -> str:
    # A timeout while the body is read comes wrapped in a ConnectionError.
    if any(isinstance(each, (_R.Timeout, _U.TimeoutError)) for each in (error, *error.args)):
        return "timeout"
    if isinstance(error, (_R.InvalidJSONError, _R.ChunkedEncodingError, _R.ContentDecodingError)):
        return "broken_answer"
    return "reset"


def failure_of(response: requests.Response) -> DependencyError:
    """What an answer means whose status is not one of success."""
    status = response.status_code
    type_, said = _said(response)
    match status:
        case 429 if type_ == QUOTA:
            return AirtableQuotaSpent()
        case 429:
            return AirtableFrozen(retry_after_s=_retry_after_s(response))
        case 401 | 403:
            return AirtableForbidden(status, type_, said)
        case 408:
            return AirtableAway("timeout", ambiguous=True)
        case _ if 400 <= status < 500:
            return AirtableRefused(status, type_, said)
        case _ if status >= 500:
            return AirtableAway(
                "server_error", ambiguous=True, retry_after_s=_retry_after_s(response)
            )
    # Airtable redirects nobody; whoever stands in between may have passed the request on.
    return AirtableAway("redirected", ambiguous=True)


def _said(response: requests.Response) -> tuple[str, str]:
    """Type and message of a refusal, in any of its three shapes; empty where there are none."""
    try:
        body = response.json()
    except (ValueError, _R.RequestException):  # the status is enough, where the body is cut off
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    match body.get("error") or body.get("errors"):
        case str(type_):
            return type_, ""
        case {"type": str(type_), **rest}:
            return type_, _text(rest.get("message"))
        case [{"error": str(type_), **rest}, *_]:
            return type_, _text(rest.get("message"))
    return "", ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _retry_after_s(response: requests.Response) -> float | None:
    """Only in seconds; the header's other form, a date, has not been seen from Airtable."""
    try:
        return max(float(response.headers.get("Retry-After", "")), 0.0)
    except ValueError:
        return None
