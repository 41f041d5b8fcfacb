"""Every exception of litellm has a reason, those of its next release too."""

from __future__ import annotations

import pytest

from application.errors import ModelUnavailable
from infrastructure.litellm.errors import reason_for, translated
from infrastructure.resilience.breaker import COUNTED

REASONS = {
    "timeout", "rate_limited", "server_error", "connection", "refused", "unconfigured", "cut_stream"
}  # fmt: skip


def test_every_class_has_one_of_the_ports_reasons(exceptions: dict[str, type[Exception]]) -> None:
    assert len(exceptions) > 20
    assert {reason_for(each) for each in exceptions.values()} <= REASONS


def test_what_the_breaker_counts_can_come_from_litellm(
    exceptions: dict[str, type[Exception]],
) -> None:
    assert {reason_for(each) for each in exceptions.values()} >= COUNTED


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ContextWindowExceededError", "refused"),
        ("ContentPolicyViolationError", "refused"),
        ("LiteLLMUnknownProvider", "unconfigured"),
        ("MidStreamFallbackError", "cut_stream"),
        ("ServiceUnavailableError", "server_error"),
        ("JSONSchemaValidationError", "server_error"),
    ],
)
def test_the_most_specific_class_decides(
    exceptions: dict[str, type[Exception]], name: str, reason: str
) -> None:
    assert reason_for(exceptions[name]) == reason


def test_every_class_is_translated(exceptions: dict[str, type[Exception]]) -> None:
    for each in exceptions.values():
        with pytest.raises(ModelUnavailable), translated():
            raise each.__new__(each)


@pytest.mark.usefixtures("exceptions")
def test_our_own_mistakes_pass_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError
