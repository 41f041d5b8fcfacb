"""Where and when a message is read: the arguments that every part of the dialogue shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.dialogue.prompts import Prompt
from domain.understanding import Understanding
from domain.venue import Venue, VenueKind


@dataclass(frozen=True, slots=True)
class Here:
    venue: Venue
    now: datetime
    """Aware UTC."""
    said: Understanding
    phone: str = ""
    """The guest's number where the channel gives it; empty otherwise."""
    last_reply: str = ""
    prompt: Prompt | None = None
    """What the house has asked since, of its own accord, and the guest has not answered."""

    @property
    def local_now(self) -> datetime:
        return self.now.astimezone(self.venue.zone)

    @property
    def today(self) -> date:
        return self.local_now.date()

    @property
    def is_clinic(self) -> bool:
        return self.venue.kind is VenueKind.CLINIC
