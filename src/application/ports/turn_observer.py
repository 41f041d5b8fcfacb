"""Whoever watches turns: figures and traces. A turn goes the same way whether anybody does or not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from application.ports.activity import TurnFact
from application.ports.agents import AgentReceipt

Stage = Literal["begin", "router", "decide", "human", "save"]
"""The parts of a turn, in order: the lease and the state, what is wanted, what is done about it
(searches, holds and writes included), how it is said, and the saved answer."""


@dataclass(frozen=True, slots=True)
class CompletedTurn:
    """A turn that was answered and saved."""

    conversation_id: str
    at: datetime
    """When its message came."""
    status: str
    """As in the answer: `collecting`, `confirmed`, …"""
    duration_s: float
    receipts: Sequence[AgentReceipt]
    stopped: Sequence[str]
    """What the claim check stopped, as reasons."""

    @property
    def fact(self) -> TurnFact:
        """It as the ledger will have it."""
        return TurnFact(
            conversation_id=self.conversation_id,
            at=self.at,
            status=self.status,
            tokens=sum(each.tokens_in + each.tokens_out for each in self.receipts),
            cost_usd=sum(each.cost_usd for each in self.receipts),
        )


class TurnObserver(Protocol):
    """Never raises, and takes microseconds: a guest waits for it."""

    def stage(self, name: Stage) -> AbstractContextManager[None]:
        """Around one stage."""
        ...

    def completed(self, turn: CompletedTurn) -> None: ...


class Unobserved:
    """Nobody watches."""

    def stage(self, name: Stage) -> AbstractContextManager[None]:  # noqa: ARG002 the port's
        return nullcontext()

    def completed(self, turn: CompletedTurn) -> None:
        pass
