"""What is done between messages: lapsed holds swept, turns that died finished."""

from __future__ import annotations

from collections.abc import Sequence

from application.conversation import Conversation
from application.ports.clock import Clock
from application.ports.conversations import AbandonedTurn, Conversations
from application.ports.holds import Holds

# How many dead turns one sweep looks at; the next sweep sees the rest.
MAX_TURNS = 100


class Upkeep:
    """The steps of background work. Each may run twice, and then finds nothing left to do."""

    def __init__(
        self,
        *,
        conversation: Conversation,
        conversations: Conversations,
        holds: Holds,
        clock: Clock,
    ) -> None:
        self._conversation = conversation
        self._conversations = conversations
        self._holds = holds
        self._clock = clock

    async def sweep_holds(self) -> int:
        """Delete the holds that have lapsed; returns how many."""
        return await self._holds.sweep(now=self._clock.now())

    async def abandoned_turns(self) -> Sequence[str]:
        """The names of turns that wrote something and never ended."""
        return [_name(turn) for turn in await self._abandoned()]

    async def finish_turn(self, name: str) -> None:
        """End such a turn, so that its answer is there; one that has ended meanwhile is left alone."""
        for turn in await self._abandoned():
            if _name(turn) == name:
                await self._conversation.finish_turn(turn)

    async def _abandoned(self) -> Sequence[AbandonedTurn]:
        return await self._conversations.abandoned(now=self._clock.now(), limit=MAX_TURNS)


def _name(turn: AbandonedTurn) -> str:
    return f"{turn.conversation_id}:{turn.turn}"
