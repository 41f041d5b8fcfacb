"""Whoever watches what guests look for and do not find."""

from __future__ import annotations

from typing import Protocol

from domain.dialogue import Search, SearchDone
from domain.venue import Venue


class SearchObserver(Protocol):
    """Never raises, and takes microseconds: a guest waits for it."""

    def searched(
        self, conversation_id: str, venue: Venue, search: Search, found: SearchDone
    ) -> None: ...
