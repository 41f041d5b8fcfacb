"""Turns under way: each runs in a task of its own, whoever listens, and can be listened to again.

A guest whose connection breaks comes back with the same message id and finds the turn still running
or just ended. Later than that the saved answer is in the ledger, and `handle_message` returns it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, Protocol

import structlog

from application.conversation import (
    Accepted,
    Answered,
    IncomingMessage,
    StageDone,
    TurnEvent,
    Words,
)
from application.errors import ConversationBusy
from domain.errors import AnfitrionError
from domain.venue import VenueId
from infrastructure.http.problems import Problem, problem_of

_log = structlog.get_logger()

KEPT_S = 120.0
"""How long an ended turn can still be listened to."""

MAX_KEPT = 2000
MAX_RUNNING = 5000
MAX_QUEUED = 10
"""Messages of one guest that may wait for each other."""

BUSY_WAIT_S = 8.0
"""How long a message waits for a turn of its conversation that another process is answering."""

BUSY_RETRY_S = 0.2


EventName = Literal["accepted", "stage", "token", "done", "error"]


class Answers(Protocol):
    """The part of `application.conversation.Conversation` that is needed here."""

    def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]: ...


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event as a guest's page gets it. `number` is its id, from 1."""

    number: int
    name: EventName
    data: Mapping[str, Any]

    @property
    def is_last(self) -> bool:
        return self.name in {"done", "error"}


class LiveTurn:
    """The events of one turn so far, and a way to wait for more."""

    def __init__(self, incoming: IncomingMessage) -> None:
        self.incoming = incoming
        self.events: list[LiveEvent] = []
        self.failure: Exception | None = None
        self.ended_at: float | None = None
        self._more = asyncio.Event()

    @property
    def has_ended(self) -> bool:
        return bool(self.events) and self.events[-1].is_last

    def accept(self, conversation_id: str | None) -> None:
        """Say that the message is ours; said once, however often it is known."""
        if not self.events:
            message_id = self.incoming.message_id
            self._add("accepted", {"conversation_id": conversation_id, "message_id": message_id})

    def add(self, event: TurnEvent) -> None:
        match event:
            case Accepted():
                self.accept(event.conversation_id)
            case StageDone():
                self._add(
                    "stage",
                    {
                        "stage": event.stage,
                        "latency_ms": round(event.latency_ms, 1),
                        "source": event.source,
                    },
                )
            case Words():
                self._add("token", {"text": event.text})
            case Answered():
                self.accept(event.response.get("conversation_id"))
                self._add("done", event.response)

    def fail(self, failure: Exception) -> None:
        """End without an answer; an answer that is there already stands."""
        if self.has_ended:
            return
        self.failure = failure
        self._add("error", problem_of(failure).document())

    async def started(self) -> None:
        """Wait for the first event.

        Raises: what the turn failed with, where it failed before it was accepted.
        """
        while not self.events:
            await self._more.wait()
        if self.failure and len(self.events) == 1:
            raise self.failure

    async def answer(self) -> Mapping[str, Any]:
        """The answer, once it is there. Raises: what the turn failed with."""
        while not self.has_ended:
            await self._more.wait()
        if self.failure:
            raise self.failure
        return self.events[-1].data

    async def after(self, number: int) -> AsyncIterator[LiveEvent]:
        """The events after one that was received before (0: all), ending with the last one.

        The last one always comes: a turn that was answered again from the ledger has fewer events
        than the listener may have counted the first time.
        """
        position = number
        latest: LiveEvent | None = None
        while latest is None or not latest.is_last:
            if position < len(self.events):
                latest = self.events[position]
                position += 1
                yield latest
            elif self.has_ended:
                latest = self.events[-1]
                yield latest
            else:
                await self._more.wait()

    def _add(self, name: EventName, data: Mapping[str, Any]) -> None:
        self.events.append(LiveEvent(len(self.events) + 1, name, data))
        self._more.set()
        self._more = asyncio.Event()


_Guest = tuple[VenueId, str]
_Key = tuple[VenueId, str, str]


class LiveTurns:
    """All turns of this process, one at a time for each guest, in the order in which they came."""

    def __init__(self, conversation: Answers) -> None:
        self._conversation = conversation
        self._turns: dict[_Key, LiveTurn] = {}
        self._ended: OrderedDict[_Key, LiveTurn] = OrderedDict()
        self._queues: dict[_Guest, list[asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def attach(self, incoming: IncomingMessage) -> LiveTurn:
        """The turn that answers this message: the one under way, or a new one.

        Raises: Problem, where too much is going on to start one.
        """
        self._forget_old()
        key = (incoming.venue, incoming.user_id, incoming.message_id)
        turn = self._turns.get(key)
        if turn is None or turn.failure:
            turn = self._start(key, incoming)
        return turn

    async def drain(self, timeout_s: float) -> None:
        """Start nothing more and let running turns end; those that do not in time are cancelled."""
        self._stopping = True
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
        for task in late:
            task.cancel()
        if late:
            _log.warning("turns.cut", count=len(late))
            await asyncio.wait(late)

    def _start(self, key: _Key, incoming: IncomingMessage) -> LiveTurn:
        queue = self._queues.get((incoming.venue, incoming.user_id), [])
        self._check_room(len(queue))
        turn = LiveTurn(incoming)
        task = asyncio.create_task(self._run(turn, queue[-1] if queue else None))
        self._turns[key] = turn
        self._ended.pop(key, None)
        self._tasks.add(task)
        self._queues[incoming.venue, incoming.user_id] = [*queue, task]
        task.add_done_callback(lambda _: self._finish(key, turn, task))
        return turn

    def _check_room(self, queued: int) -> None:
        if self._stopping or len(self._tasks) >= MAX_RUNNING:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "stopping" if self._stopping else "overloaded",
                "Messages cannot be answered here right now.",
                headers={"Retry-After": "2"},
            )
        if queued >= MAX_QUEUED:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_messages",
                f"{MAX_QUEUED} messages of this guest are waiting for their answers.",
                headers={"Retry-After": "5"},
            )

    async def _run(self, turn: LiveTurn, previous: asyncio.Task[None] | None) -> None:
        if previous is not None and not previous.done():
            turn.accept(turn.incoming.conversation_id)
            await asyncio.wait([previous])
        try:
            await self._answer(turn)
        except AnfitrionError as error:
            turn.fail(error)
        except asyncio.CancelledError:
            turn.fail(
                Problem(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "stopping",
                    "The server stopped before the answer was ready; send the same message again.",
                )
            )
            raise
        except Exception as error:  # noqa: BLE001 the outermost edge of a turn
            _log.exception("turn.failed", channel=turn.incoming.channel)
            turn.fail(error)

    async def _answer(self, turn: LiveTurn) -> None:
        """Carry a turn to its end, waiting while another process answers the same conversation."""
        give_up_at = time.monotonic() + BUSY_WAIT_S
        while True:
            try:
                async for event in self._conversation.handle_message(turn.incoming):
                    turn.add(event)
            except ConversationBusy:
                if time.monotonic() >= give_up_at:
                    raise
                turn.accept(turn.incoming.conversation_id)
                await asyncio.sleep(BUSY_RETRY_S)
            else:
                break
        if not turn.has_ended:
            raise RuntimeError("a turn ended without an answer")

    def _finish(self, key: _Key, turn: LiveTurn, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        guest = key[:2]
        rest = [other for other in self._queues.get(guest, ()) if other is not task]
        if rest:
            self._queues[guest] = rest
        else:
            self._queues.pop(guest, None)
        turn.ended_at = time.monotonic()
        if self._turns.get(key) is turn:
            self._ended[key] = turn

    def _forget_old(self) -> None:
        oldest_kept = time.monotonic() - KEPT_S
        while self._ended:
            key, turn = next(iter(self._ended.items()))
            if len(self._ended) <= MAX_KEPT and (turn.ended_at or 0) > oldest_kept:
                return
            del self._ended[key]
            del self._turns[key]
