"""Who looks at a day hears that it has changed: one look for all of them, however many they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date

import structlog

from application.errors import DependencyError
from domain.venue import VenueId

LOOK_EVERY_S = 0.3
"""Two screens and a chat see the same within a second: a third of it until somebody looks, the rest
for word of it and for reading the day again. A look takes under a millisecond (November 2026)."""

log = structlog.get_logger()

Mark = Callable[[VenueId, date], Awaitable[object]]
"""Something that differs from before whenever anything that is shown of a day has changed."""


@dataclass(eq=False)
class _Watched:
    mark: object = None
    listeners: set[asyncio.Event] = field(default_factory=set)


class DayWatch:
    """Looks while somebody listens, and not at all while nobody does."""

    def __init__(self, mark: Mark, *, every_s: float = LOOK_EVERY_S) -> None:
        self._mark = mark
        self._every_s = every_s
        self._watched: dict[tuple[VenueId, date], _Watched] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def changes(self, venue: VenueId, day: date) -> AsyncIterator[None]:
        """Yields once at the beginning, then after each change, until `close`.

        What is read after the first of them and again after each later one is never out of date for
        longer than a look takes to come round. Changes that follow closely are one.
        """
        watched = self._watched.setdefault((venue, day), _Watched())
        changed = asyncio.Event()
        changed.set()
        watched.listeners.add(changed)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            while True:
                await changed.wait()
                if self._closed:
                    return
                changed.clear()
                yield
        finally:
            watched.listeners.discard(changed)
            if not watched.listeners:
                self._watched.pop((venue, day), None)

    def close(self) -> None:
        """Let everybody go: the server is stopping."""
        self._closed = True
        for watched in self._watched.values():
            _tell(watched)

    async def _look(self) -> None:
        try:
            while self._watched and not self._closed:
                for (venue, day), watched in list(self._watched.items()):
                    await self._look_at(venue, day, watched)
                await asyncio.sleep(self._every_s)
        finally:
            self._looking = None

    async def _look_at(self, venue: VenueId, day: date, watched: _Watched) -> None:
        try:
            mark = await self._mark(venue, day)
        except DependencyError as error:
            log.warning("day_watch.blind", venue=venue, error=type(error).__name__)
            return
        except KeyError:
            return  # the house was taken out of the booking store
        if mark != watched.mark:
            watched.mark = mark
            _tell(watched)


def _tell(watched: _Watched) -> None:
    for listener in watched.listeners:
        listener.set()
