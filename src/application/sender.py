"""Of several processes one sends messages, so that no two send the same one."""

from __future__ import annotations

from datetime import timedelta

from application.ports.clock import Clock
from application.ports.leases import Leases

SENDER = "sender"
"""The name of the lease."""

LEASE = timedelta(minutes=2)
"""Longer than any messenger takes; so long nothing is sent where the sender has died."""


class Sender:
    """This process's claim to be the sender. `holder` is its name, like no other's."""

    def __init__(self, *, leases: Leases, clock: Clock, holder: str) -> None:
        self._leases = leases
        self._clock = clock
        self._holder = holder

    async def is_ours(self) -> bool:
        """Take or prolong the lease; False while another process has it."""
        now = self._clock.now()
        fence = await self._leases.take(
            name=SENDER, holder=self._holder, until=now + LEASE, now=now
        )
        return fence is not None

    async def give_back(self) -> None:
        """Let another process send at once."""
        await self._leases.give_back(name=SENDER, holder=self._holder)
