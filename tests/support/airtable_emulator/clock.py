"""The emulator's time, which tests move: the penalty of 30 s and the week of a webhook pass at once."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime


class Clock:
    def __init__(self) -> None:
        self.offset_s = 0.0
        self._frozen_at: float | None = None
        self._moved = asyncio.Event()

    def seconds(self) -> float:
        """Since the epoch."""
        real = time.time() if self._frozen_at is None else self._frozen_at
        return real + self.offset_s

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    @property
    def is_frozen(self) -> bool:
        return self._frozen_at is not None

    def advance(self, seconds: float) -> None:
        self.offset_s += seconds
        self._wake()

    def set(self, instant: datetime) -> None:
        self.advance(instant.timestamp() - self.seconds())

    def freeze(self, frozen: bool) -> None:
        """Stop or let go on from where it stands."""
        if frozen == self.is_frozen:
            return
        stands_at = self.seconds()
        self._frozen_at = time.time() if frozen else None
        self.offset_s = stands_at - (self._frozen_at or time.time())
        self._wake()

    async def sleep_until(self, seconds: float) -> None:
        while (left := seconds - self.seconds()) > 0:
            moved = self._moved
            with suppress(TimeoutError):
                async with asyncio.timeout(None if self.is_frozen else left):
                    await moved.wait()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


def iso(instant: datetime) -> str:
    """As Airtable writes instants: UTC with milliseconds."""
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"
