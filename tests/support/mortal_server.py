"""Serves as `anfitrion serve` does until a turn comes to a certain point: there it dies, or dawdles.

    python -m tests.support.mortal_server POINT ACTION

The points lie before and after the two writes of a turn; ACTION is the one whose turn it is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from functools import wraps
from typing import Any

from application.ports.agents import ReplyDone, ReplyPlan, ReplyText
from infrastructure.database.bookings import DatabaseBookings
from infrastructure.database.conversations import DatabaseConversations
from infrastructure.http.server import serve
from infrastructure.local.human import LocalHuman
from infrastructure.logging import configure
from infrastructure.settings import read_settings
from main import create_app

WRITES = {
    "schedule_appointment": "book",
    "reschedule_appointment": "move",
    "cancel_appointment": "set_status",
}
DAWDLES_S = 0.8


def before_the_write(action: str) -> None:
    _die_around(DatabaseBookings, WRITES[action], before=True)


def after_the_write(action: str) -> None:
    _die_around(DatabaseBookings, WRITES[action])


def before_the_save(action: str) -> None:
    _die_around(DatabaseConversations, "end_turn", before=True, only_if=_did(action))


def after_the_save(action: str) -> None:
    _die_around(DatabaseConversations, "end_turn", only_if=_did(action))


POINTS: dict[str, Callable[[str], None]] = {
    point.__name__: point
    for point in (before_the_write, after_the_write, before_the_save, after_the_save)
}


def _did(action: str) -> Callable[[dict[str, Any]], bool]:
    return lambda given: bool(given["record"].response["action"] == action)


def _die_around(
    owner: type,
    name: str,
    *,
    before: bool = False,
    only_if: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> None:
    method = getattr(owner, name)

    @wraps(method)
    async def mortal(*args: Any, **given: Any) -> Any:
        if before and only_if(given):
            _die()
        result = await method(*args, **given)
        if only_if(given):
            _die()
        return result

    setattr(owner, name, mortal)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DawdlingHuman:
    """Takes its time over every reply."""

    def __init__(self) -> None:
        self._human = LocalHuman()

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        await asyncio.sleep(DAWDLES_S)
        async for piece in self._human.run(plan):
            yield piece


def main(point: str, action: str) -> None:
    if point in POINTS:
        POINTS[point](action)
    settings = read_settings()
    configure(settings.log_format)
    app = create_app(settings, human=DawdlingHuman() if point == "dawdle" else None)
    serve(
        app, host=settings.host, port=settings.port, on_listening=lambda at: print(at, flush=True)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
