"""The one table from errors to status codes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from application import errors as dependency_errors
from application.reservations import CannotPlace
from domain import errors as domain_errors
from domain.availability import Refusal, RefusalCode
from domain.errors import AnfitrionError, BookingNotFound, KeyReused, SlotTaken
from infrastructure.http.problems import problem_of


def every_error() -> Iterator[type[AnfitrionError]]:
    for module in (domain_errors, dependency_errors):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, AnfitrionError):
                yield kind


@pytest.mark.parametrize("kind", [kind for kind in every_error() if kind is not AnfitrionError])
def test_every_error_of_ours_has_a_status_of_its_own(kind: type[AnfitrionError]) -> None:
    problem = problem_of(_made(kind))
    assert 400 <= problem.status_code < 600
    assert problem.status_code != 500
    assert problem.document()["code"] == kind.code


def _made(kind: type[AnfitrionError]) -> AnfitrionError:
    """An instance without the data its own constructor wants: the table looks at the class alone."""
    made = kind.__new__(kind)
    if isinstance(made, dependency_errors.DependencyError):
        made.retry_after_s = None
    return made


def test_the_common_refusals_have_their_usual_status() -> None:
    refused = CannotPlace(refusal=Refusal(RefusalCode.CLOSED), alternatives=())
    assert problem_of(SlotTaken()).status_code == 409
    assert problem_of(refused).status_code == 409
    assert problem_of(BookingNotFound()).status_code == 404
    assert problem_of(KeyReused()).status_code == 422
    assert problem_of(dependency_errors.StoreUnavailable("x")).status_code == 503


def test_a_mistake_of_ours_says_nothing_of_itself() -> None:
    document = problem_of(ValueError("+34600111222")).document()
    assert document["status"] == 500
    assert "600" not in document["detail"]
