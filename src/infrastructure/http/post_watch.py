"""Guests whose page is open hear of a post at once: one look for all of them, however many they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import structlog

from application.errors import DependencyError
from application.ports.posts import Post, Posts
from domain.venue import VenueId

LOOK_EVERY_S = 0.3
"""A guest sees what staff write within a second."""

SAY_EVERY_S = 15.0
"""After so long without a post a listener is told that there is none, so that the line stays open."""

MAX_LISTENERS = 5000

_log = structlog.get_logger()


class PostWatch:
    """Looks while somebody listens, and not at all while nobody does."""

    def __init__(self, posts: Posts, *, every_s: float = LOOK_EVERY_S) -> None:
        self._posts = posts
        self._every_s = every_s
        self._listeners: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self._latest = 0
        self._closed = False

    @property
    def is_full(self) -> bool:
        return self._closed or len(self._listeners) >= MAX_LISTENERS

    async def after(
        self, venue: VenueId, user_id: str, number: int
    ) -> AsyncIterator[Sequence[Post]]:
        """A guest's posts with a greater id, oldest first, as they come, until `close`.

        Empty at the beginning where there is none, and again every fifteen seconds.
        """
        told = asyncio.Event()
        told.set()
        self._listeners.add(told)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            while not self._closed:
                told.clear()
                found = await self._read(venue, user_id, number)
                yield found
                if found:
                    number = found[-1].id
                    continue
                await self._wait(told)
        finally:
            self._listeners.discard(told)

    def close(self) -> None:
        """Let everybody go: the server is stopping."""
        self._closed = True
        self._tell()

    async def _read(self, venue: VenueId, user_id: str, number: int) -> Sequence[Post]:
        try:
            return await self._posts.after(venue=venue, user_id=user_id, id=number)
        except DependencyError as error:
            _log.warning("post_watch.blind", venue=venue, error=type(error).__name__)
            return ()

    async def _wait(self, told: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(SAY_EVERY_S):
                await told.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        try:
            while self._listeners and not self._closed:
                await self._look_once()
                await asyncio.sleep(self._every_s)
        finally:
            self._looking = None

    async def _look_once(self) -> None:
        try:
            latest = await self._posts.latest()
        except DependencyError as error:
            _log.warning("post_watch.blind", error=type(error).__name__)
            return
        if latest != self._latest:
            self._latest = latest
            self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener.set()
