"""What the handlers work with, opened when the server starts and closed when it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Protocol

from fastapi import Depends, Request

from application.ports.clock import Clock
from application.ports.keys import Keys
from application.reservations import Reservations
from domain.venue import Venue, VenueId
from infrastructure.http.auth import Gate
from infrastructure.http.problems import Problem
from infrastructure.http.turns import Answers, LiveTurns

Probe = Callable[[], Awaitable[object]]
"""Asks a dependency something small; raises where it does not answer."""


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
    def probes(self) -> Mapping[str, Probe]: ...


@dataclass(frozen=True, slots=True)
class Parts:
    reservations: Reservations
    turns: LiveTurns
    gate: Gate
    clock: Clock
    probes: Mapping[str, Probe]

    def venue(self, venue_id: str) -> Venue:
        """Raises: Problem 404."""
        try:
            return self.reservations.venue(VenueId(venue_id))
        except KeyError:
            raise Problem(
                HTTPStatus.NOT_FOUND, "unknown_venue", "There is no such venue here."
            ) from None


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsHere = Annotated[Parts, Depends(_parts)]
