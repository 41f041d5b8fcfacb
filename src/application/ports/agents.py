"""The three agents, as the conversation sees them: a model-backed one and a local twin behind each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from domain.acts import Act
from domain.availability import Wish
from domain.dialogue import DialogueState
from domain.floor import Slot
from domain.understanding import Understanding
from domain.venue import Venue

AgentName = Literal["router", "logic", "human"]


@dataclass(frozen=True, slots=True)
class AgentReceipt:
    """Who answered, how long it took and what it cost: one line of a turn's receipt."""

    agent: AgentName
    source: Literal["model", "local", "cache"]
    model: str
    """litellm's name of the model, or `local`."""
    latency_ms: float
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    calls: int = 0
    """Requests to a provider, failed and repeated ones included."""
    fallback_reason: str | None = None
    """Why the twin answered instead of the model: a word of `ModelUnavailable.reason`, `invalid`,
    `budget`, `deadline`, `claim_check`; None where nothing fell back. `certain` marks a message
    that needed no model."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier message and its reply."""

    guest: str
    reply: str


@dataclass(frozen=True, slots=True)
class GuestMessage:
    """What a guest wrote, cleaned of control characters, at most 4,000 characters."""

    text: str
    user_id: str
    channel: str
    at: datetime
    """When it came: aware UTC."""


@dataclass(frozen=True, slots=True)
class Routed:
    understanding: Understanding
    receipt: AgentReceipt


@dataclass(frozen=True, slots=True)
class Ranked:
    """Positions in the candidates, best first, at most three; and why, in one sentence (may be empty)."""

    order: tuple[int, ...]
    reason: str
    reason_code: str
    receipt: AgentReceipt


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """All that a reply may say."""

    venue: Venue
    language: str
    acts: tuple[Act, ...]
    now: datetime
    """Aware UTC: what "tonight" and "tomorrow" are measured from."""
    message: str = ""
    """What the guest wrote, for tone; facts come from `acts` alone."""
    guest_name: str = ""
    last_reply: str = ""
    """So that the same sentence is not said twice running."""
    turn: int = 1
    history: Sequence[Exchange] = field(default=())


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A piece of the reply that has passed the claim check: whole sentences with their spacing."""

    text: str


@dataclass(frozen=True, slots=True)
class ReplyDone:
    """The end of a reply: its whole text and who worded it."""

    text: str
    receipt: AgentReceipt
    stopped: tuple[str, ...] = ()
    """What the claim check stopped, as reasons (`time`, `outcome`, …), never the text."""


class RouterAgent(Protocol):
    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        """What the guest wants and which details they gave. Decides no dates.

        Raises: DependencyError (a model-backed one; the local twin never does).
        """
        ...


class LogicAgent(Protocol):
    async def run(
        self, *, venue: Venue, wish: Wish, words: str, candidates: Sequence[Slot], language: str
    ) -> Ranked:
        """Ranks at most twelve real candidates for a guest's wish; never adds one.

        Raises: DependencyError (a model-backed one).
        """
        ...


class HumanAgent(Protocol):
    def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        """Words a plan, piece by piece; the last item is ReplyDone.

        Raises: DependencyError before the first piece (a model-backed one); after it, never: what
        cannot be finished is finished by the twin.
        """
        ...
