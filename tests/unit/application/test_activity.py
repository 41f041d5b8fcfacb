"""What the last hour's turns came to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from application.activity import hour_figures
from application.chat_answer import Outcome
from application.ports.activity import TurnFact

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def talk(conversation: str, *statuses: str, ago_m: float = 1.0) -> list[TurnFact]:
    """Turns a second apart; the last one so many minutes ago."""
    last = NOW - timedelta(minutes=ago_m)
    return [
        TurnFact(conversation, last - timedelta(seconds=left), status, 100, 0.01)
        for left, status in zip(reversed(range(len(statuses))), statuses, strict=True)
    ]


def test_nothing_is_no_rate_at_all() -> None:
    hour = hour_figures([], now=NOW)
    assert (hour.turns, hour.active_conversations) == (0, 0)
    assert hour.success_rate is hour.abandonment_rate is hour.tokens_per_confirmed is None


@pytest.mark.parametrize(
    ("statuses", "ago_m", "succeeded", "handed_over", "abandoned"),
    [
        (("collecting", "offering", "confirmed", "answered"), 1, 1, 0, 0),
        (("collecting", "offering", "confirmed", "answered"), 20, 1, 0, 0),
        (("confirmed", "collecting", "cancelled"), 1, 2, 0, 0),
        (("received",), 20, 1, 0, 0),
        (("collecting", "escalated"), 20, 0, 1, 0),
        (("collecting", "offering"), 1, 0, 0, 0),
        (("collecting", "offering"), 20, 0, 0, 1),
        (("awaiting_confirmation",), 20, 0, 0, 1),
        (("answered", "answered"), 20, 0, 0, 0),
    ],
)
def test_an_attempt_ends_done_handed_over_or_abandoned(
    statuses: tuple[str, ...], ago_m: float, succeeded: int, handed_over: int, abandoned: int
) -> None:
    hour = hour_figures(talk("c", *statuses, ago_m=ago_m), now=NOW)
    assert (hour.succeeded, hour.handed_over, hour.abandoned) == (succeeded, handed_over, abandoned)
    assert hour.active_conversations == (ago_m < 15)


def test_rates_are_shares_of_the_attempts_that_ended() -> None:
    facts = [
        *talk("a", "offering", "confirmed"),
        *talk("b", "confirmed"),
        *talk("c", "offering", ago_m=30),
        *talk("d", "escalated"),
        *talk("e", "offering"),
        *talk("f", "answered", ago_m=40),
    ]
    hour = hour_figures(facts, now=NOW)
    assert (hour.success_rate, hour.abandonment_rate) == (0.5, 0.25)
    assert (hour.confirmed, hour.tokens_per_confirmed) == (2, 350)
    assert hour.cost_usd_per_confirmed == pytest.approx(0.035)
    assert hour.active_conversations == 4


def test_turns_may_come_in_the_order_in_which_they_were_answered() -> None:
    one, other = talk("a", "offering", "confirmed"), talk("b", "offering", "answered")
    mixed = [one[0], other[0], other[1], one[1]]
    assert hour_figures(mixed, now=NOW) == hour_figures([*one, *other], now=NOW)


def test_an_outcome_that_is_not_known_here_is_no_attempt() -> None:
    assert hour_figures(talk("a", Outcome("something new").status), now=NOW).succeeded == 0
