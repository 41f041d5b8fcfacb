"""What the handlers work with, opened when the server starts and closed when it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from application.day_watch import DayWatch
from application.demand import Demand
from application.front_desk import FrontDesk
from application.lately import Lately
from application.message_desk import MessageDesk
from application.ports.cache import Cache
from application.ports.clock import Clock
from application.ports.conflicts import Conflicts
from application.ports.conversations import Conversations
from application.ports.keys import Keys
from application.ports.posts import Posts
from application.reservations import Reservations
from application.waitlist_desk import WaitlistDesk
from domain.venue import Venue, VenueId
from infrastructure.http.auth import Gate
from infrastructure.http.guest_pass import GuestPasses
from infrastructure.http.links import BookingLinks
from infrastructure.http.post_watch import PostWatch
from infrastructure.http.problems import Problem
from infrastructure.http.turns import Answers, LiveTurns

HearPing = Callable[[bytes, str | None], Awaitable[bool]]
"""Takes the raw body of a ping from the booking store and its signature; False where that is wrong."""


class Degraded(Exception):
    """A dependency does not answer, and the server does its work without it."""


Probe = Callable[[], Awaitable[object]]
"""Asks a dependency something small; raises where it does not answer."""


class Figures(Protocol):
    """What ops are shown; neither fails because another part does."""

    @property
    def content_type(self) -> str: ...
    async def exposition(self) -> bytes: ...
    async def dashboard(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class OpsWindow:
    """What this process remembers for `/ops` alone."""

    lately: Lately
    demand: Demand


class Opened(Protocol):
    """What the composition root opens for the server."""

    @property
    def conversation(self) -> Answers: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def links_key(self) -> bytes: ...
    @property
    def probes(self) -> Mapping[str, Probe]: ...
    @property
    def conflicts(self) -> Conflicts | None: ...
    @property
    def hear_ping(self) -> HearPing | None: ...
    @property
    def cache(self) -> Cache | None: ...
    @property
    def figures(self) -> Figures | None: ...
    @property
    def ops(self) -> OpsWindow | None: ...
    @property
    def conversations(self) -> Conversations | None: ...
    @property
    def posts(self) -> Posts | None: ...
    @property
    def messages(self) -> MessageDesk | None: ...
    @property
    def waitlist(self) -> WaitlistDesk | None: ...
    @property
    def front_desk(self) -> FrontDesk | None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    reservations: Reservations
    turns: LiveTurns
    gate: Gate
    clock: Clock
    links: BookingLinks
    passes: GuestPasses
    probes: Mapping[str, Probe]
    days: DayWatch
    conflicts: Conflicts | None = None
    """None where the ledger cannot have any (memory)."""
    hear_ping: HearPing | None = None
    """None where no booking store sends pings."""
    cache: Cache | None = None
    figures: Figures | None = None
    """None where nothing is counted."""
    ops: OpsWindow | None = None
    conversations: Conversations | None = None
    posts: Posts | None = None
    """None, as those after it, where the ledger cannot keep any."""
    post_watch: PostWatch | None = None
    messages: MessageDesk | None = None
    waitlist: WaitlistDesk | None = None
    front_desk: FrontDesk | None = None

    def venue(self, venue_id: str) -> Venue:
        """Raises: Problem 404."""
        try:
            return self.reservations.venue(VenueId(venue_id))
        except KeyError:
            raise Problem(
                HTTPStatus.NOT_FOUND, "unknown_venue", "There is no such venue here."
            ) from None

    def venue_or_only(self, asked: str | None) -> Venue:
        """Raises: Problem 404, or 422 where none is named and there are several."""
        if asked is not None:
            return self.venue(asked)
        venues = self.reservations.venues
        if len(venues) != 1:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "venue_needed",
                "There are several venues here: say which one with `venue`.",
            )
        return venues[0]


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsHere = Annotated[Parts, Depends(_parts)]
