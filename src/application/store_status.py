"""What every process knows about the booking store, though only one of them talks to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog

from application.errors import DependencyError
from application.ports.clock import Clock
from application.ports.store_state import StoreState
from application.store_keeper import PING, SYNC, WANTED

LOOK_EVERY_S = 0.3
"""How soon one process hears what another has found."""

LOAD_WAIT_S = 10.0
"""How long the first guests wait for the first reading of the store; then they are served without."""

log = structlog.get_logger()


class StoreStatus:
    """Follows the documents of `StoreState`: freshness, reachability, pings, changed houses."""

    def __init__(
        self,
        *,
        state: StoreState,
        clock: Clock,
        max_age_s: float,
        on_change: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[None]]],
        on_ping: Callable[[], None],
        on_wanted: Callable[[str], None],
    ) -> None:
        """`on_change`: what to do when the document of that name has changed; `on_wanted` hears the
        token of a full pass that somebody wants."""
        self._on_wanted = on_wanted
        self._state = state
        self._clock = clock
        self._max_age_s = max_age_s
        self._on_change = on_change
        self._on_ping = on_ping
        self._known: dict[str, int] = {}
        self._reachable = True
        self._why = ""
        self._seen_at: datetime | None = None
        self._born = clock.now()
        self._loaded = asyncio.Event()

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except DependencyError as error:
                log.warning("store_status.unknown", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Take in what has changed since the last look. Raises: StoreUnavailable."""
        revisions = await self._state.revisions()
        changed = [n for n, revision in revisions.items() if self._known.get(n) != revision]
        for name in changed:
            document = await self._state.get(name=name)
            if document is None:
                continue
            if name == SYNC:
                self._take_in(document.value)
            elif name == PING and name in self._known:
                self._on_ping()
            elif name == WANTED and self._known:
                self._on_wanted(str(document.value["token"]))
            elif name in self._on_change:
                await self._on_change[name](document.value)
            self._known[name] = document.revision

    def _take_in(self, sync: Mapping[str, Any]) -> None:
        self._reachable = bool(sync.get("reachable"))
        self._why = str(sync.get("why", ""))
        if "seen_at" in sync:
            self._seen_at = datetime.fromisoformat(sync["seen_at"])
        if sync.get("loaded"):
            self._loaded.set()

    async def loaded(self) -> None:
        """Wait until the store has been read once, but not for ever: what is booked without is
        verified when it is written."""
        if self._loaded.is_set():
            return
        left_s = LOAD_WAIT_S - (self._clock.now() - self._born).total_seconds()
        if left_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._loaded.wait()

    def age_s(self) -> float:
        """For how long a change in the store may have gone unnoticed."""
        since = self._seen_at or self._born
        return max(0.0, (self._clock.now() - since).total_seconds())

    @property
    def answers(self) -> bool:
        """Whether the store answered when it was asked last."""
        return self._reachable

    @property
    def why_not(self) -> str:
        """In words for operators, where it did not."""
        return self._why

    def is_reachable(self) -> bool:
        """Whether it is worth waiting for the store: it answered, or did until a short while ago."""
        return self._reachable or self.age_s() <= self._max_age_s

    async def pinged(self) -> None:
        """A ping came to this process: whichever has the lease hears of it."""
        self._on_ping()
        await self._state.put(name=PING, value={"at": self._clock.now().isoformat()})
