"""Handovers: conversations in which a guest needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.venue import VenueId


class HandoverReason(StrEnum):
    ASKED = "asked"
    """The guest asked for a person."""
    STUCK = "stuck"
    """We did not get any further."""
    LARGE_PARTY = "large_party"


@dataclass(frozen=True, slots=True)
class Handover:
    """While `taken_at` is set a person has the conversation, and the engine is silent in it."""

    conversation_id: str
    venue: VenueId
    user_id: str
    channel: str
    reason: HandoverReason
    since: datetime
    taken_at: datetime | None = None


class Handovers(Protocol):
    """At most one open handover for each conversation."""

    async def open(self, *, handover: Handover) -> bool:
        """List it; False where this conversation is on the list already (it stays as it is)."""
        ...

    async def take(self, *, conversation_id: str, now: datetime) -> Handover | None:
        """A person has it from now on, or had it before; None where it is not on the list."""
        ...

    async def hand_back(self, *, conversation_id: str, now: datetime) -> bool:
        """The engine answers again; False where it was not on the list."""
        ...

    async def of(self, *, conversation_id: str) -> Handover | None:
        """The open handover of a conversation."""
        ...

    async def open_ones(self, *, venue: VenueId) -> Sequence[Handover]:
        """Longest waiting first."""
        ...
