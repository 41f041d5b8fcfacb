"""Agents without language: the router reads scripted understandings, the human names the acts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from application.actions import Actions
from application.conversation import Answered, Conversation, IncomingMessage, TurnEvent
from application.ports.aftercare import Prompts, TakenConversations
from application.ports.agents import (
    AgentReceipt,
    Exchange,
    GuestMessage,
    Ranked,
    ReplyDone,
    ReplyPlan,
    ReplyText,
    Routed,
)
from domain.availability import Wish
from domain.dialogue import DialogueState
from domain.floor import Slot
from domain.understanding import Understanding
from domain.venue import Venue
from infrastructure.memory import MemoryLedger
from tests.support.desks import reservations_of, waitlist_of
from tests.unit.domain.houses import restaurant

START = datetime(2026, 11, 21, 10, tzinfo=UTC)


def receipt(agent: Any) -> AgentReceipt:
    return AgentReceipt(agent, "local", "local", 0.1)


@dataclass
class TestClock:
    __test__ = False

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_time(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class ScriptedRouter:
    """Understands a message as the test has put it down under its text."""

    understandings: dict[str, Understanding] = field(default_factory=dict)

    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        return Routed(self.understandings[message.text], receipt("router"))


class KeepsOrder:
    async def run(
        self, *, venue: Venue, wish: Wish, words: str, candidates: Sequence[Slot], language: str
    ) -> Ranked:
        return Ranked(tuple(range(len(candidates))), "", "", receipt("logic"))


@dataclass
class NamesActs:
    """A reply is the names of its acts; `fails` makes the next ones die before a word."""

    fails: int = 0

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the process died here")
        text = " ".join(type(act).__name__ for act in plan.acts)
        yield ReplyText(text)
        yield ReplyDone(text, receipt("human"))


@dataclass
class House:
    """The application around a ledger in memory."""

    venue: Venue = field(default_factory=restaurant)
    clock: TestClock = field(default_factory=TestClock)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    router: ScriptedRouter = field(default_factory=ScriptedRouter)
    human: NamesActs = field(default_factory=NamesActs)
    prompts: Prompts | None = None
    front_desk: TakenConversations | None = None

    def __post_init__(self) -> None:
        ledger = self.ledger
        self.reservations = reservations_of(ledger, self.venue, clock=self.clock)
        self.waitlist = waitlist_of(ledger, self.reservations, clock=self.clock)
        self.conversation = Conversation(
            router=self.router,
            human=self.human,
            actions=Actions(
                reservations=self.reservations, logic=KeepsOrder(), waitlist=self.waitlist
            ),
            reservations=self.reservations,
            conversations=ledger.conversations,
            bookings=ledger.bookings,
            clock=self.clock,
            phone_of=lambda user_id: user_id if user_id.startswith("+") else "",
            guest_key=lambda user_id: "hash",
            prompts=self.prompts,
            front_desk=self.front_desk,
        )

    async def hears(
        self, text: str, said: Understanding, *, message_id: str = "", user_id: str = "ana"
    ) -> dict[str, Any]:
        """The answer to a message that is understood as `said`."""
        self.router.understandings[text] = said
        events = await self.events(text, message_id=message_id, user_id=user_id)
        last = events[-1]
        assert isinstance(last, Answered)
        return dict(last.response)

    async def events(
        self, text: str, *, message_id: str = "", user_id: str = "ana"
    ) -> list[TurnEvent]:
        self.clock.pass_time(seconds=5)
        incoming = IncomingMessage(
            self.venue.id, user_id, text, message_id or f"{text}@{self.clock.at.timestamp()}"
        )
        return [event async for event in self.conversation.handle_message(incoming)]

    def with_venue(self, **own: Any) -> House:
        return House(venue=replace(self.venue, **own))
