"""What the last hour's turns came to: the arithmetic behind the dashboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from application.ports.activity import TurnFact

WINDOW = timedelta(hours=1)

SILENCE = timedelta(minutes=15)
"""A guest who has been silent for longer has gone: the conversation is not active any more, and what
was under way in it is abandoned."""

UNDER_WAY = frozenset({"collecting", "offering", "awaiting_confirmation", "verifying"})
SUCCEEDED = frozenset({"confirmed", "received", "moved", "cancelled", "waitlisted"})
HANDED_OVER = frozenset({"escalated"})


@dataclass(frozen=True, slots=True)
class HourFigures:
    """Attempts are what guests set out to do (book, move, cancel) and that ended within the window:
    done, handed to a person, or abandoned."""

    turns: int
    active_conversations: int
    succeeded: int
    handed_over: int
    abandoned: int
    confirmed: int
    """Turns that ended with a confirmed booking."""
    tokens: int
    cost_usd: float

    @property
    def success_rate(self) -> float | None:
        return _share(self.succeeded, self._attempts)

    @property
    def abandonment_rate(self) -> float | None:
        return _share(self.abandoned, self._attempts)

    @property
    def tokens_per_confirmed(self) -> float | None:
        return _share(self.tokens, self.confirmed)

    @property
    def cost_usd_per_confirmed(self) -> float | None:
        return _share(self.cost_usd, self.confirmed)

    @property
    def _attempts(self) -> int:
        return self.succeeded + self.handed_over + self.abandoned


def hour_figures(facts: Iterable[TurnFact], *, now: datetime) -> HourFigures:
    """`facts` of the last hour, in any order of conversations, each conversation's by time."""
    facts = sorted(facts, key=lambda fact: fact.conversation_id)
    active = succeeded = handed_over = abandoned = 0
    for _, turns in groupby(facts, key=lambda fact: fact.conversation_id):
        statuses, last = [], now
        for turn in turns:
            statuses.append(turn.status)
            last = turn.at
        succeeded += sum(status in SUCCEEDED for status in statuses)
        handed_over += sum(status in HANDED_OVER for status in statuses)
        is_active = last > now - SILENCE
        active += is_active
        abandoned += not is_active and statuses[-1] in UNDER_WAY
    return HourFigures(
        turns=len(facts),
        active_conversations=active,
        succeeded=succeeded,
        handed_over=handed_over,
        abandoned=abandoned,
        confirmed=sum(fact.status == "confirmed" for fact in facts),
        tokens=sum(fact.tokens for fact in facts),
        cost_usd=sum(fact.cost_usd for fact in facts),
    )


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
