"""The path of a guest's message, from its arrival to the saved reply.

`Conversation.handle_message` is the whole product on one screen. Retries, breakers, deadlines,
budgets and caching are wrappers around the ports it is given; it never mentions them.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import structlog

from application.actions import Actions, Errand
from application.chat_answer import chat_answer
from application.codec import decode, encode
from application.guest_news import GuestNews
from application.ports.aftercare import Prompts, TakenConversations
from application.ports.agents import (
    AgentReceipt,
    Exchange,
    GuestMessage,
    HumanAgent,
    ReplyDone,
    ReplyPlan,
    ReplyText,
    RouterAgent,
)
from application.ports.bookings import Bookings
from application.ports.clock import Clock
from application.ports.conversations import (
    AbandonedTurn,
    AlreadyAnswered,
    Conversations,
    TurnBegun,
    TurnRecord,
)
from application.ports.handovers import HandoverReason
from application.ports.notices import Notice
from application.ports.turn_observer import CompletedTurn, TurnObserver, Unobserved
from application.reservations import Reservations
from application.settlement import Settlement
from domain.acts import (
    Act,
    Booked,
    Cancelled,
    Escalated,
    LargeParty,
    Moved,
    News,
    NoticeKind,
    Purpose,
    Received,
)
from domain.booking import UNCONFIRMED, Booking, BookingStatus
from domain.dialogue import (
    DialogueState,
    Here,
    Prompt,
    Step,
    as_asked,
    conclude,
    finished,
    next_step,
    silenced,
)
from domain.understanding import Intent, Understanding
from domain.venue import Venue, VenueId

# A turn is bounded at 30 s; a little after that its process is taken for dead.
TURN_LEASE_S = 35.0

# A conversation is taken up again where it was left for this long; then a new one starts.
IDLE_S = 14 * 24 * 3600.0

# The models see a window of ten messages: five turns.
HISTORY_TURNS = 5

# An action can lead to another (find the booking, then search, then hold); never to this many.
MAX_ACTIONS = 6

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message as a channel delivers it. `text` is at most 4,000 characters."""

    venue: VenueId
    user_id: str
    text: str
    message_id: str
    """Unique for (venue, user); the same one again gets the first answer again."""
    channel: str = "chat"
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The message is ours to answer."""

    conversation_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class StageDone:
    stage: Literal["router", "logic", "human"]
    latency_ms: float
    source: str


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of the reply, already checked."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of the turn: the JSON answer of `POST /chat`, already saved."""

    response: Mapping[str, Any]
    repeated: bool = False
    """True where this message had been answered before and this is that answer."""


TurnEvent = Accepted | StageDone | Words | Answered


@dataclass(slots=True)
class _Turn:
    """One turn as it unfolds."""

    venue: Venue
    begun: TurnBegun
    message: GuestMessage
    message_id: str
    phone: str
    started: float
    state: DialogueState
    history: Sequence[Exchange]
    acts: list[Act] = field(default_factory=list)
    receipts: list[AgentReceipt] = field(default_factory=list)
    recordings: list[Mapping[str, Any]] = field(default_factory=list)
    availability: Mapping[str, Any] | None = None
    stopped: tuple[str, ...] = ()
    notices: Sequence[Notice] = ()
    prompt: Prompt | None = None
    taken: bool = False
    """A person has the conversation: we are silent."""

    @property
    def last_reply(self) -> str:
        return self.history[-1].reply if self.history else ""


class Conversation:
    """Answers guests' messages."""

    def __init__(
        self,
        *,
        router: RouterAgent,
        human: HumanAgent,
        actions: Actions,
        reservations: Reservations,
        conversations: Conversations,
        bookings: Bookings,
        clock: Clock,
        phone_of: Callable[[str], str],
        guest_key: Callable[[str], str],
        news: GuestNews | None = None,
        settlement: Settlement | None = None,
        observer: TurnObserver | None = None,
        prompts: Prompts | None = None,
        front_desk: TakenConversations | None = None,
    ) -> None:
        """`phone_of` reads a user id as an E.164 number (empty where it is none); `guest_key` is the
        keyed hash under which a guest appears in logs. `news` and `settlement`: where the booking
        store is another place than the ledger. `prompts`: what the house has asked of its own accord;
        `front_desk`: where conversations wait for a person."""
        self._router = router
        self._human = human
        self._actions = actions
        self._reservations = reservations
        self._conversations = conversations
        self._bookings = bookings
        self._clock = clock
        self._phone_of = phone_of
        self._guest_key = guest_key
        self._news = news
        self._settlement = settlement
        self._observer = observer or Unobserved()
        self._prompts = prompts
        self._front_desk = front_desk

    async def handle_message(self, incoming: IncomingMessage) -> AsyncIterator[TurnEvent]:
        """Answer one message, event by event; the last one is Answered.

        Nothing is lost when the consumer goes away half-way, as long as it lets the iterator run on
        in a task of its own: a turn must be carried to its end.

        Raises: KeyError for an unknown venue; ConversationBusy while another turn of the conversation
        runs; StoreUnavailable where the ledger cannot be reached (nothing was done then).
        """
        venue = self._reservations.venue(incoming.venue)
        begun = await self._begin(incoming)
        if isinstance(begun, AlreadyAnswered):
            yield Accepted(begun.turn.conversation_id, incoming.message_id)
            yield Answered(begun.turn.response, repeated=True)
            return
        yield Accepted(begun.conversation_id, incoming.message_id)
        turn = self._open(venue, begun, incoming)
        ended = False
        try:
            settled = await self._open_ears(turn)
            if turn.taken and not turn.acts:
                response = await self._keep_silent(turn)
                ended = True
                yield Answered(response)
                return
            understood = await self._understand(turn)
            yield self._stage(turn, "router")
            if not settled and not turn.taken:
                with self._observer.stage("decide"):
                    await self._decide(turn, understood)
            yield self._stage(turn, "logic")
            reply = ""
            with self._observer.stage("human"):
                async for piece in self._human.run(self._plan(turn)):
                    match piece:
                        case ReplyText(text=text):
                            yield Words(text)
                        case ReplyDone():
                            reply = self._worded(turn, piece)
            yield self._stage(turn, "human")
            response = await self._save(turn, understood, reply)
            ended = True
            yield Answered(response)
        finally:
            if not ended:
                await self._conversations.drop_turn(begun=begun)

    async def finish_turn(self, abandoned: AbandonedTurn) -> None:
        """End a turn that wrote a booking and died before it could say so.

        The answer waits under the dead turn's message id, so whoever repeats the message gets it.
        """
        incoming = IncomingMessage(
            venue=abandoned.venue,
            user_id=abandoned.user_id,
            text="",
            message_id=abandoned.message_id,
            channel="recovery",
            conversation_id=abandoned.conversation_id,
        )
        begun = await self._begin(incoming)
        if isinstance(begun, AlreadyAnswered):
            return
        turn = self._open(self._reservations.venue(abandoned.venue), begun, incoming)
        await self._open_ears(turn)
        language = turn.state.language or turn.venue.language
        understood = Understanding((Intent.AFFIRM,), language)
        reply = ""
        async for piece in self._human.run(self._plan(turn)):
            if isinstance(piece, ReplyDone):
                reply = self._worded(turn, piece)
        await self._save(turn, understood, reply)

    # --- the stages ------------------------------------------------------------------------------

    async def _begin(self, incoming: IncomingMessage) -> TurnBegun | AlreadyAnswered:
        with self._observer.stage("begin"):
            return await self._conversations.begin_turn(
                venue=incoming.venue,
                user_id=incoming.user_id,
                channel=incoming.channel,
                conversation_id=incoming.conversation_id,
                message_id=incoming.message_id,
                token=secrets.token_hex(8),
                new_id=secrets.token_hex(12),
                now=self._clock.now(),
                lease_s=TURN_LEASE_S,
                idle_s=IDLE_S,
                history=HISTORY_TURNS,
            )

    def _open(self, venue: Venue, begun: TurnBegun, incoming: IncomingMessage) -> _Turn:
        stored = None if begun.state is None else decode(begun.state)
        state = stored if isinstance(stored, DialogueState) else DialogueState()
        message = GuestMessage(incoming.text, incoming.user_id, incoming.channel, self._clock.now())
        phone = self._phone_of(incoming.user_id)
        return _Turn(
            venue=venue,
            begun=begun,
            message=message,
            message_id=incoming.message_id,
            phone=phone,
            started=self._clock.monotonic(),
            state=state if state.language else replace(state, language=venue.language),
            history=[Exchange(each.message, each.reply) for each in begun.history],
            recordings=[{"venue": venue.id, "phone": phone}],
        )

    async def _open_ears(self, turn: _Turn) -> bool:
        """What has to be known before the message is read. True as in `_own_up`.

        While a person has the conversation no news is told in it: it waits until we answer again.
        """
        if self._front_desk is not None:
            turn.taken = await self._front_desk.is_taken(turn.begun.conversation_id)
        if turn.taken:
            turn.recordings.append({"taken": True})
        else:
            await self._hear_news(turn)
            await self._hear_prompt(turn)
        return await self._own_up(turn)

    async def _hear_prompt(self, turn: _Turn) -> None:
        if self._prompts is None:
            return
        turn.prompt = await self._prompts.prompt_for(
            venue=turn.venue, user_id=turn.message.user_id, phone=turn.phone
        )
        if turn.prompt is not None:
            turn.recordings.append({"prompt": encode(turn.prompt)})

    async def _keep_silent(self, turn: _Turn) -> Mapping[str, Any]:
        """Keep the message for the person who has the conversation.

        What was being arranged is theirs from now on, so that a later "yes" is not taken for an answer
        to something that we had asked before.
        """
        for offer in turn.state.offers:
            if offer.hold_id:
                await self._reservations.release(offer.hold_id)
        turn.state = silenced(turn.state, now=turn.message.at)
        return await self._save(turn, await self._understand(turn), "")

    async def _hear_news(self, turn: _Turn) -> None:
        """Say first what has come of the guest's bookings since they last wrote."""
        if self._news is None:
            return
        turn.notices = await self._news.untold(
            venue=turn.venue.id, user_id=turn.message.user_id, phone=turn.phone
        )
        news = [News(each.kind, each.booking, each.before) for each in turn.notices]
        if news:
            turn.acts.extend(news)
            turn.recordings.append({"news": encode(news)})

    async def _strike_news(self, turn: _Turn) -> None:
        """What was told need not be told again, nor what this turn has brought about itself."""
        if self._news is None:
            return
        if turn.notices:
            await self._news.told(turn.notices)
        done = {a.booking.code for a in turn.acts if isinstance(a, Booked | Moved | Cancelled)}
        if done:
            await self._news.heard_of(
                done, venue=turn.venue.id, user_id=turn.message.user_id, phone=turn.phone
            )

    async def _own_up(self, turn: _Turn) -> bool:
        """Say first what turns wrote that died before they could say so.

        True where one of them was an earlier try of this very message: then nothing is left to be
        done about it.
        """
        settled = False
        for number in (*_unheard(turn.begun), *turn.begun.unfinished):
            written = await self._bookings.written_by(
                conversation_id=turn.begun.conversation_id, turn=number
            )
            if not written:
                continue
            same = number == turn.begun.number
            settled = settled or same
            told = [await self._told_late(booking, earlier=not same) for booking in written]
            turn.acts.extend(told)
            turn.recordings.append({"told": encode(told), "settled": settled})
            if not _was_overtaken(turn.begun):
                last = written[-1].code if written[-1].is_open else None
                now = turn.message.at
                turn.state = replace(finished(turn.state), last_booking=last, updated_at=now)
        return settled

    async def _told_late(self, written: Booking, *, earlier: bool) -> Act:
        """What a booking that was written by a turn that died is to the guest now."""
        booking = written
        if self._settlement is not None and written.is_live:
            booking = await self._settlement.wait(written)
            if booking.status is BookingStatus.CANCELLED:
                return News(NoticeKind.NOT_CONFIRMED, booking)
        if booking.status is BookingStatus.CANCELLED:
            return Cancelled(booking)
        if booking.status in UNCONFIRMED:
            return Received(booking, Purpose.MOVE if booking.sequence > 0 else None)
        if booking.sequence > 0:
            return Moved(booking, booking)
        return Booked(booking, earlier=earlier)

    async def _understand(self, turn: _Turn) -> Understanding:
        if turn.taken:
            return Understanding((Intent.HANDOFF,), turn.state.language)
        with self._observer.stage("router"):
            routed = await self._router.run(
                message=turn.message,
                state=as_asked(turn.state, turn.prompt, now=turn.message.at),
                venue=turn.venue,
                history=turn.history,
            )
        turn.receipts.append(routed.receipt)
        return routed.understanding

    async def _decide(self, turn: _Turn, understood: Understanding) -> None:
        """Take the dialogue on, action by action, until there is only something to say."""
        here = Here(
            turn.venue, turn.message.at, understood, turn.phone, turn.last_reply, turn.prompt
        )
        errand = self._errand(turn)
        step = next_step(turn.state, here)
        for _ in range(MAX_ACTIONS):
            await self._take(turn, step)
            if step.action is None:
                break
            outcome = await self._actions.carry_out(step.action, errand)
            turn.recordings.append({"action": encode(step.action), "outcome": encode(outcome)})
            step = conclude(step.state, step.action, outcome, here)
        turn.receipts.extend(errand.receipts)
        if errand.source:
            turn.availability = {"source": errand.source, "age_s": errand.age_s}

    async def _take(self, turn: _Turn, step: Step) -> None:
        turn.state = step.state
        turn.acts.extend(step.acts)
        for hold_id in step.release:
            await self._reservations.release(hold_id)
        if step.answered and self._prompts is not None:
            # Before the turn is saved: a guest who has said that they come must not be cancelled for
            # want of an answer, whatever becomes of this turn.
            await self._prompts.answered(step.answered)

    def _errand(self, turn: _Turn) -> Errand:
        return Errand(
            venue=turn.venue,
            user_id=turn.message.user_id,
            channel=turn.message.channel,
            phone=turn.phone,
            language=turn.state.language,
            conversation_id=turn.begun.conversation_id,
            turn=turn.begun.number,
            message_id=turn.message_id,
            words=turn.message.text,
            now=turn.message.at,
        )

    def _plan(self, turn: _Turn) -> ReplyPlan:
        return ReplyPlan(
            venue=turn.venue,
            language=turn.state.language,
            acts=tuple(turn.acts),
            now=turn.message.at,
            message=turn.message.text,
            guest_name=turn.state.details.name,
            last_reply=turn.last_reply,
            turn=turn.begun.number,
            history=turn.history,
        )

    def _worded(self, turn: _Turn, done: ReplyDone) -> str:
        turn.receipts.append(done.receipt)
        turn.stopped = done.stopped
        turn.recordings.append({"worded_by": done.receipt.source})
        return done.text

    async def _save(self, turn: _Turn, understood: Understanding, reply: str) -> Mapping[str, Any]:
        """Keep the turn, and say in one line what it was."""
        await self._hand_over(turn)
        latency_ms = (self._clock.monotonic() - turn.started) * 1000
        response = chat_answer(
            venue=turn.venue,
            conversation_id=turn.begun.conversation_id,
            message_id=turn.message_id,
            reply=reply,
            understood=understood,
            acts=turn.acts,
            state=turn.state,
            phone=turn.phone,
            receipts=turn.receipts,
            latency_ms=latency_ms,
            availability=turn.availability,
        )
        record = TurnRecord(
            conversation_id=turn.begun.conversation_id,
            number=turn.begun.number,
            message_id=turn.message_id,
            at=turn.message.at,
            message=turn.message.text,
            reply=reply,
            response=response,
            understanding=encode(understood),
            recordings=tuple(turn.recordings),
        )
        with self._observer.stage("save"):
            await self._conversations.end_turn(
                begun=turn.begun, record=record, state=encode(turn.state), now=self._clock.now()
            )
        await self._strike_news(turn)
        self._log(turn, response)
        self._observer.completed(
            CompletedTurn(
                conversation_id=turn.begun.conversation_id,
                at=turn.message.at,
                status=response["status"],
                duration_s=latency_ms / 1000,
                receipts=turn.receipts,
                stopped=turn.stopped,
            )
        )
        return response

    async def _hand_over(self, turn: _Turn) -> None:
        reason = _needs_a_person(turn.acts)
        if reason is None or self._front_desk is None:
            return
        await self._front_desk.hand_over(
            turn.venue,
            turn.begun.conversation_id,
            turn.message.user_id,
            turn.message.channel,
            reason,
            turn.message.at,
        )

    def _stage(self, turn: _Turn, stage: Literal["router", "logic", "human"]) -> StageDone:
        latest = next((r for r in reversed(turn.receipts) if r.agent == stage), None)
        if latest is None:
            return StageDone(stage, 0.0, "local")
        return StageDone(stage, round(latest.latency_ms, 1), latest.source)

    def _log(self, turn: _Turn, response: Mapping[str, Any]) -> None:
        receipts = turn.receipts
        log.info(
            "turn.completed",
            conversation_id=turn.begun.conversation_id,
            turn=turn.begun.number,
            venue=turn.venue.id,
            guest=self._guest_key(turn.message.user_id),
            channel=turn.message.channel,
            language=response["language"],
            intent=response["intent"],
            status=response["status"],
            action=response["action"],
            offers=len(response["offers"]),
            sources={receipt.agent: receipt.source for receipt in receipts},
            fell_back={r.agent: r.fallback_reason for r in receipts if r.fallback_reason},
            stopped=list(turn.stopped),
            model_calls=sum(receipt.calls for receipt in receipts),
            tokens_in=sum(receipt.tokens_in for receipt in receipts),
            tokens_out=sum(receipt.tokens_out for receipt in receipts),
            cost_usd=response["receipt"]["cost_usd"],
            duration_ms=response["receipt"]["latency_ms"],
        )


def _needs_a_person(acts: Sequence[Act]) -> HandoverReason | None:
    for act in reversed(acts):
        match act:
            case Escalated(asked=asked):
                return HandoverReason.ASKED if asked else HandoverReason.STUCK
            case LargeParty():
                return HandoverReason.LARGE_PARTY
            case _:
                pass
    return None


def _unheard(begun: TurnBegun) -> tuple[int, ...]:
    """The turn before this one, where it was ended in the background (which knows no message): its
    answer waits for a message that was not sent again."""
    last = begun.history[-1] if begun.history else None
    if last is None or last.message or last.number > begun.number:
        return ()
    return (last.number,)


def _was_overtaken(begun: TurnBegun) -> bool:
    """Whether later turns have ended already, so that the state is theirs."""
    return any(turn.number > begun.number for turn in begun.history)
