"""Guests' messages, counted by what came of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from application.conversation import Answered, IncomingMessage, TurnEvent
from application.errors import ConversationBusy


class Answers(Protocol):
    """The part of `application.conversation.Conversation` that is needed here."""

    def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]: ...


class MeasuredAnswers:
    """`count` hears the turn's status, `repeated` where it was answered before, or `failed`."""

    def __init__(self, answers: Answers, count: Callable[[str], None]) -> None:
        self._answers = answers
        self._count = count

    async def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]:
        came_to: str | None = "failed"
        try:
            async for event in self._answers.handle_message(incoming):
                if isinstance(event, Answered):
                    came_to = "repeated" if event.repeated else str(event.response["status"])
                yield event
        except ConversationBusy:
            came_to = None  # it is tried again
            raise
        finally:
            if came_to is not None:
                self._count(came_to)
