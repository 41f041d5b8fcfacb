"""Handovers in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from application.ports.handovers import Handover
from domain.venue import VenueId


class MemoryHandovers:
    def __init__(self) -> None:
        self._open: dict[str, Handover] = {}
        """By conversation, first listed first."""

    async def open(self, *, handover: Handover) -> bool:
        return self._open.setdefault(handover.conversation_id, handover) is handover

    async def take(self, *, conversation_id: str, now: datetime) -> Handover | None:
        handover = self._open.get(conversation_id)
        if handover is None:
            return None
        taken = replace(handover, taken_at=handover.taken_at or now)
        self._open[conversation_id] = taken
        return taken

    async def hand_back(
        self,
        *,
        conversation_id: str,
        now: datetime,  # noqa: ARG002 the port's
    ) -> bool:
        return self._open.pop(conversation_id, None) is not None

    async def of(self, *, conversation_id: str) -> Handover | None:
        return self._open.get(conversation_id)

    async def open_ones(self, *, venue: VenueId) -> Sequence[Handover]:
        found = [each for each in self._open.values() if each.venue == venue]
        return sorted(found, key=lambda each: each.since)
