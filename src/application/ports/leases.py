"""Leases: one process of several does a piece of work, and one that was overtaken cannot write."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

COMMITTER = "committer"
"""Whoever has this lease, and nobody else, writes to the booking store and brings back what staff
wrote there."""


class Leases(Protocol):
    async def take(self, *, name: str, holder: str, until: datetime, now: datetime) -> int | None:
        """Take or prolong a lease; returns its fencing token, None while somebody else holds it.

        The token stays while the same holder prolongs in time and grows by one each time the lease
        changes hands or is taken up again after it ran out. One that ends minutes later than this one
        would was taken by a clock that ran ahead, and is nobody's.
        """
        ...

    async def give_back(self, *, name: str, holder: str) -> None:
        """End one's own lease at once; anybody else's is left alone."""
        ...
