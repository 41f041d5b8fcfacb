"""Every exception of the packages below has a verdict, those of their next releases too."""

from __future__ import annotations

import inspect
from types import ModuleType

import pyairtable.exceptions
import pytest
import requests
import requests.exceptions
import urllib3.exceptions

from application.errors import DependencyError, StoreUnavailable
from infrastructure.airtable.errors import (
    VERDICTS,
    AirtableAway,
    AirtableForbidden,
    AirtableFrozen,
    AirtableQuotaSpent,
    AirtableRefused,
    Verdict,
    failure_of,
    translated,
    verdict_of,
)

SECRET_WORDS = "Laura at 8"
REFUSAL = b'{"error": {"type": "INVALID_VALUE_FOR_COLUMN", "message": "Laura at 8"}}'


def _classes(module: ModuleType) -> list[type[Exception]]:
    """The module's own exceptions; a warning is never raised."""
    return [
        each
        for each in vars(module).values()
        if inspect.isclass(each)
        and each.__module__ == module.__name__
        and issubclass(each, Exception)
        and not issubclass(each, Warning)
    ]


@pytest.mark.parametrize("module", [requests.exceptions, urllib3.exceptions])
def test_every_class_is_in_the_table(module: ModuleType) -> None:
    classes = _classes(module)
    assert len(classes) > 20
    assert [each for each in classes if each not in VERDICTS] == []


def test_every_class_of_pyairtable_is_a_wrong_use_of_it() -> None:
    classes = _classes(pyairtable.exceptions)
    assert len(classes) > 5
    assert {verdict_of(each.__new__(each)) for each in classes} == {Verdict.OURS}


def test_every_class_is_translated_or_our_own_mistake() -> None:
    for each in _classes(requests.exceptions) + _classes(urllib3.exceptions):
        error = each.__new__(each)
        ours = verdict_of(error) is Verdict.OURS
        with pytest.raises(each if ours else AirtableAway), translated():
            raise error


def test_mistakes_that_are_nobodys_class_pass_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError


def _connection_error(inner: Exception) -> requests.ConnectionError:
    retries = urllib3.exceptions.MaxRetryError(None, "/v0", inner)  # type: ignore[arg-type]
    return requests.ConnectionError(retries)


@pytest.mark.parametrize(
    ("error", "ambiguous", "reason"),
    [
        (
            _connection_error(urllib3.exceptions.NewConnectionError(None, "no route")),  # type: ignore[arg-type]
            False,
            "connection",
        ),
        (
            _connection_error(urllib3.exceptions.NameResolutionError("host", None, OSError())),  # type: ignore[arg-type]
            False,
            "connection",
        ),
        (
            requests.ConnectionError(
                urllib3.exceptions.ProtocolError("aborted", ConnectionResetError())
            ),
            True,
            "reset",
        ),
        (
            requests.ConnectionError(urllib3.exceptions.ReadTimeoutError(None, "/v0", "")),  # type: ignore[arg-type]
            True,
            "timeout",
        ),
        (requests.ConnectTimeout(), False, "connection"),
        (requests.ReadTimeout(), True, "timeout"),
        (requests.exceptions.ChunkedEncodingError(), True, "broken_answer"),
        (requests.exceptions.ProxyError(), False, "connection"),
        (requests.exceptions.SSLError("reset in the middle"), True, "reset"),
    ],
)
def test_what_was_never_sent_is_told_from_what_may_have_been_done(
    error: Exception, ambiguous: bool, reason: str
) -> None:
    with pytest.raises(AirtableAway) as raised, translated():
        raise error
    assert (raised.value.ambiguous, raised.value.reason) == (ambiguous, reason)
    assert raised.value.__cause__ is None, "the cause holds the request with its token"


def _response(status: int, body: bytes = b"", **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@pytest.mark.parametrize(
    ("body", "type_", "said"),
    [
        (REFUSAL, "INVALID_VALUE_FOR_COLUMN", "Laura at 8"),
        (b'{"error": "NOT_FOUND"}', "NOT_FOUND", ""),
        (b'{"errors": [{"error": "BAD", "message": "no"}]}', "BAD", "no"),
        (b'{"error": {"type": "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"}}', None, ""),
        (b'{"error": {"type": 7}}', "", ""),
        (b'{"errors": []}', "", ""),
        (b"null", "", ""),
        (b"[1]", "", ""),
        (b"<html>", "", ""),
        (b"\xff\xfe\xff", "", ""),
        (b"", "", ""),
    ],
)
def test_a_refusal_is_read_in_each_of_its_shapes(body: bytes, type_: str | None, said: str) -> None:
    error = failure_of(_response(422, body))
    assert isinstance(error, AirtableRefused)
    assert error.is_dead_cursor == (type_ is None)
    assert error.said == said
    assert type_ is None or error.type == type_


@pytest.mark.parametrize("status", [400, 404, 405, 413, 414, 422])
def test_a_wrong_request_is_refused_for_good(status: int) -> None:
    error = failure_of(_response(status, REFUSAL))
    assert isinstance(error, AirtableRefused)
    assert not isinstance(error, StoreUnavailable)
    assert error.status == status


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_is_forbidden_and_nothing_was_done(status: int) -> None:
    error = failure_of(_response(status, b'{"error": {"type": "INVALID_PERMISSIONS"}}'))
    assert isinstance(error, AirtableForbidden)
    assert (error.status, error.type, error.ambiguous) == (status, "INVALID_PERMISSIONS", False)


@pytest.mark.parametrize("status", [301, 307, 408, 500, 502, 503, 504, 520])
def test_any_other_answer_leaves_open_what_was_done(status: int) -> None:
    error = failure_of(_response(status, b"<html>", Retry_After="7"))
    assert isinstance(error, AirtableAway)
    assert error.ambiguous
    assert error.retry_after_s == (7.0 if status >= 500 else None)


@pytest.mark.parametrize(
    "body",
    [
        b'{"errors": [{"error": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded."}]}',
        b'{"error": {"type": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded."}}',
        b"<html>",
        b"",
    ],
)
def test_too_many_requests_are_known_by_the_status_alone(body: bytes) -> None:
    error = failure_of(_response(429, body))
    assert isinstance(error, AirtableFrozen)
    assert not error.ambiguous


def test_a_spent_quota_is_another_429() -> None:
    body = b'{"errors": [{"error": "PUBLIC_API_BILLING_LIMIT_EXCEEDED", "message": "."}]}'
    error = failure_of(_response(429, body))
    assert isinstance(error, AirtableQuotaSpent)
    assert not error.ambiguous


def test_no_error_quotes_what_airtable_said() -> None:
    for status in (401, 403, 404, 422, 429, 500):
        error: DependencyError = failure_of(_response(status, REFUSAL))
        assert SECRET_WORDS not in f"{error} {error!r}"
