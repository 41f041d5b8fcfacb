"""What guests and the house have lately been doing, as the ledger has it: for all processes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TurnFact:
    """One answered turn, without anything that a guest said."""

    conversation_id: str
    at: datetime
    """When its message came."""
    status: str
    tokens: int
    """In and out, of all its agents."""
    cost_usd: float


class Activity(Protocol):
    """Raises: StoreUnavailable, both of them."""

    async def turns_since(self, since: datetime, *, limit: int) -> Sequence[TurnFact]:
        """The turns answered since then, of conversations that went on since then, by conversation
        and number; at most `limit` of them."""
        ...

    async def open_conflicts(self) -> Mapping[str, int]:
        """How many conflicts wait for a person, by kind; kinds without any are missing."""
        ...
