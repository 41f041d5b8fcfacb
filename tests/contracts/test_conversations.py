"""What every `Conversations` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from application.errors import ConversationBusy
from application.ports.conversations import AbandonedTurn, AlreadyAnswered, TurnBegun, TurnRecord
from domain.venue import VenueId
from tests.support.deeds import book
from tests.support.ledgers import NOW, VENUE, AnyLedger, once, placement

LEASE_S = 30.0
IDLE_S = 3600.0
AFTER_LEASE = NOW + timedelta(seconds=LEASE_S)


async def ask(
    ledger: AnyLedger,
    message_id: str,
    *,
    venue: VenueId = VENUE,
    user_id: str = "ana",
    conversation_id: str | None = None,
    token: str | None = None,
    new_id: str | None = None,
    now: datetime = NOW,
    history: int = 10,
) -> TurnBegun | AlreadyAnswered:
    return await ledger.conversations.begin_turn(
        venue=venue,
        user_id=user_id,
        channel="chat",
        conversation_id=conversation_id,
        message_id=message_id,
        token=token or f"token-{message_id}-{now.timestamp()}",
        new_id=new_id or f"talk-{message_id}",
        now=now,
        lease_s=LEASE_S,
        idle_s=IDLE_S,
        history=history,
    )


async def begin(
    ledger: AnyLedger,
    message_id: str,
    *,
    user_id: str = "ana",
    conversation_id: str | None = None,
    token: str | None = None,
    now: datetime = NOW,
    history: int = 10,
) -> TurnBegun:
    begun = await ask(
        ledger,
        message_id,
        user_id=user_id,
        conversation_id=conversation_id,
        token=token,
        now=now,
        history=history,
    )
    assert isinstance(begun, TurnBegun)
    return begun


def answer_to(begun: TurnBegun, message_id: str, *, now: datetime = NOW) -> TurnRecord:
    return TurnRecord(
        conversation_id=begun.conversation_id,
        number=begun.number,
        message_id=message_id,
        at=now,
        message=f"¿{message_id}?",
        reply=f"re: {message_id}",
        response={"conversation_id": begun.conversation_id, "offers": [{"resources": ["T1"]}]},
        understanding={"intent": "book", "party_size": 4},
        recordings=[{"agent": "router", "answer": {"x": None}}],
    )


async def end(
    ledger: AnyLedger, begun: TurnBegun, message_id: str, *, now: datetime = NOW
) -> TurnRecord:
    record = answer_to(begun, message_id, now=now)
    state = {"after": message_id, "number": begun.number}
    await ledger.conversations.end_turn(begun=begun, record=record, state=state, now=now)
    return record


async def write_a_booking(ledger: AnyLedger, begun: TurnBegun, code: str = "AAA") -> None:
    key = once(f"k-{code}", conversation_id=begun.conversation_id, turn=begun.number)
    await book(ledger, code, placement(), key=key)


async def test_a_first_message_starts_a_conversation(ledger: AnyLedger) -> None:
    begun = await ask(ledger, "m1", new_id="talk", token="t")
    assert begun == TurnBegun(
        conversation_id="talk", number=1, token="t", state=None, history=[], started_at=NOW
    )


async def test_the_next_message_finds_state_and_history(ledger: AnyLedger) -> None:
    first = await end(ledger, await begin(ledger, "m1"), "m1")
    begun = await begin(ledger, "m2")
    assert (begun.conversation_id, begun.number) == ("talk-m1", 2)
    assert begun.state == {"after": "m1", "number": 1}
    assert list(begun.history) == [first]


async def test_history_is_a_window_of_the_last_turns_oldest_first(ledger: AnyLedger) -> None:
    records = [await end(ledger, await begin(ledger, f"m{i}"), f"m{i}") for i in range(1, 6)]
    begun = await begin(ledger, "m6", history=2)
    assert list(begun.history) == records[-2:]
    assert await ledger.conversations.turns(conversation_id="talk-m1") == records
    last = await ledger.conversations.turns(conversation_id="talk-m1", last=2)
    assert last == records[-2:]
    await ledger.conversations.drop_turn(begun=begun)
    assert (await begin(ledger, "m7", history=0)).history == []


async def test_a_repeated_message_gets_the_first_answer_again(ledger: AnyLedger) -> None:
    record = await end(ledger, await begin(ledger, "m1"), "m1")
    await end(ledger, await begin(ledger, "m2"), "m2")
    assert await ask(ledger, "m1") == AlreadyAnswered(record)
    assert await ask(ledger, "m1", conversation_id="another") == AlreadyAnswered(record)
    assert isinstance(await ask(ledger, "m9"), TurnBegun)


async def test_a_repeated_message_is_answered_while_another_is_under_way(
    ledger: AnyLedger,
) -> None:
    record = await end(ledger, await begin(ledger, "m1"), "m1")
    await begin(ledger, "m2")
    assert await ask(ledger, "m1") == AlreadyAnswered(record)


async def test_message_ids_belong_to_their_venue_and_guest(ledger: AnyLedger) -> None:
    await end(ledger, await begin(ledger, "m1"), "m1")
    assert isinstance(await ask(ledger, "m1", user_id="berta", new_id="b"), TurnBegun)
    elsewhere = await ask(ledger, "m1", venue=VenueId("elsewhere"), new_id="e")
    assert isinstance(elsewhere, TurnBegun)


async def test_nobody_else_answers_while_the_lease_runs(ledger: AnyLedger) -> None:
    begun = await begin(ledger, "m1")
    for message_id in ("m1", "m2"):
        with pytest.raises(ConversationBusy):
            await ask(ledger, message_id, token="other")
    almost = AFTER_LEASE - timedelta(microseconds=1)
    with pytest.raises(ConversationBusy):
        await ask(ledger, "m2", now=almost)
    assert await ledger.conversations.turns(conversation_id=begun.conversation_id) == []


async def test_the_same_token_may_begin_again(ledger: AnyLedger) -> None:
    begun = await begin(ledger, "m1", token="t")
    again = await begin(ledger, "m1", token="t")
    assert (again.conversation_id, again.number) == (begun.conversation_id, begun.number)


async def test_of_two_processes_that_begin_at_once_one_wins(ledger: AnyLedger) -> None:
    outcomes = await asyncio.gather(
        *(ask(ledger, "m1", token=f"t{i}", new_id=f"talk-{i}") for i in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, TurnBegun) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ConversationBusy) for outcome in outcomes) == 7


async def test_two_first_messages_at_once_do_not_start_two_conversations(
    ledger: AnyLedger,
) -> None:
    outcomes = await asyncio.gather(ask(ledger, "m1"), ask(ledger, "m2"), return_exceptions=True)
    assert sum(isinstance(outcome, TurnBegun) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ConversationBusy) for outcome in outcomes) == 1


async def test_after_the_lease_somebody_else_takes_over_the_same_turn(ledger: AnyLedger) -> None:
    slow = await begin(ledger, "m1")
    quick = await begin(ledger, "m1", now=AFTER_LEASE)
    assert (quick.conversation_id, quick.number) == (slow.conversation_id, slow.number)
    record = await end(ledger, quick, "m1", now=AFTER_LEASE)
    with pytest.raises(ConversationBusy):
        await end(ledger, slow, "m1", now=AFTER_LEASE)
    assert await ledger.conversations.turns(conversation_id="talk-m1") == [record]


async def test_a_slow_answer_counts_where_nobody_came_in_between(ledger: AnyLedger) -> None:
    begun = await begin(ledger, "m1")
    record = await end(ledger, begun, "m1", now=AFTER_LEASE + timedelta(hours=1))
    assert await ledger.conversations.turns(conversation_id="talk-m1") == [record]


async def test_ending_a_turn_twice_is_no_error(ledger: AnyLedger) -> None:
    begun = await begin(ledger, "m1")
    record = await end(ledger, begun, "m1")
    await end(ledger, begun, "m1")
    assert await ledger.conversations.turns(conversation_id="talk-m1") == [record]


async def test_a_dropped_turn_changes_nothing(ledger: AnyLedger) -> None:
    await end(ledger, await begin(ledger, "m1"), "m1")
    begun = await begin(ledger, "m2")
    await ledger.conversations.drop_turn(begun=begun)
    await ledger.conversations.drop_turn(begun=begun)
    again = await begin(ledger, "m3")
    assert again.number == 2
    assert again.state == {"after": "m1", "number": 1}
    assert len(await ledger.conversations.turns(conversation_id="talk-m1")) == 1


async def test_a_turn_that_lost_its_lease_cannot_drop_its_successors(ledger: AnyLedger) -> None:
    slow = await begin(ledger, "m1")
    quick = await begin(ledger, "m1", now=AFTER_LEASE)
    await ledger.conversations.drop_turn(begun=slow)
    with pytest.raises(ConversationBusy):
        await ask(ledger, "m2", now=AFTER_LEASE)
    await end(ledger, quick, "m1", now=AFTER_LEASE)


async def test_an_idle_conversation_is_not_continued_unless_it_is_named(
    ledger: AnyLedger,
) -> None:
    await end(ledger, await begin(ledger, "m1"), "m1")
    days_later = NOW + timedelta(days=3)
    named = await begin(ledger, "m2", conversation_id="talk-m1", now=days_later)
    assert (named.conversation_id, named.number) == ("talk-m1", 2)
    await end(ledger, named, "m2", now=days_later)
    weeks_later = NOW + timedelta(days=30)
    assert (await begin(ledger, "m3", now=weeks_later)).conversation_id == "talk-m3"


async def test_the_conversation_with_the_latest_turn_continues(ledger: AnyLedger) -> None:
    minute = timedelta(minutes=1)
    await end(ledger, await begin(ledger, "m1"), "m1")
    long_after = NOW + timedelta(hours=2)
    await end(ledger, await begin(ledger, "m2", now=long_after), "m2", now=long_after)
    back = await begin(ledger, "m3", conversation_id="talk-m1", now=long_after + minute)
    await end(ledger, back, "m3", now=long_after + minute)
    begun = await begin(ledger, "m4", now=long_after + 2 * minute)
    assert begun.conversation_id == "talk-m1"


@pytest.mark.parametrize("foreign", ["talk-m1", "unknown"])
async def test_a_conversation_that_is_not_theirs_is_treated_as_not_given(
    ledger: AnyLedger, foreign: str
) -> None:
    await end(ledger, await begin(ledger, "m1", user_id="berta"), "m1")
    begun = await begin(ledger, "m2", conversation_id=foreign)
    assert begun.conversation_id == "talk-m2"
    assert begun.history == []


async def test_a_turn_that_wrote_a_booking_and_never_ended_is_found(ledger: AnyLedger) -> None:
    begun = await begin(ledger, "m1")
    await write_a_booking(ledger, begun)
    await begin(ledger, "m2", user_id="berta")
    abandoned = ledger.conversations.abandoned
    assert await abandoned(now=NOW, limit=9) == []
    left = AbandonedTurn(
        conversation_id="talk-m1", turn=1, venue=VENUE, user_id="ana", message_id="m1"
    )
    assert await abandoned(now=AFTER_LEASE, limit=9) == [left]
    assert await abandoned(now=AFTER_LEASE, limit=0) == []
    finished = await begin(ledger, "m1", now=AFTER_LEASE)
    await end(ledger, finished, "m1", now=AFTER_LEASE)
    assert await abandoned(now=AFTER_LEASE, limit=9) == []


async def test_the_next_message_does_not_hide_an_abandoned_turn(ledger: AnyLedger) -> None:
    await write_a_booking(ledger, await begin(ledger, "m1"))
    later = AFTER_LEASE + timedelta(seconds=1)
    following = await begin(ledger, "m2", now=later)
    assert (following.conversation_id, following.number) == ("talk-m1", 2)
    await end(ledger, following, "m2", now=later)
    found = await ledger.conversations.abandoned(now=later, limit=9)
    assert [(turn.turn, turn.message_id) for turn in found] == [(1, "m1")]
    finished = await begin(ledger, "m1", now=later)
    assert finished.number == 1
    await end(ledger, finished, "m1", now=later)
    kept = await ledger.conversations.turns(conversation_id="talk-m1")
    assert [turn.message_id for turn in kept] == ["m1", "m2"]
    assert (await begin(ledger, "m3", now=later)).number == 3


async def test_a_turn_that_wrote_a_booking_and_was_dropped_is_abandoned_at_once(
    ledger: AnyLedger,
) -> None:
    begun = await begin(ledger, "m1")
    await write_a_booking(ledger, begun)
    await ledger.conversations.drop_turn(begun=begun)
    found = await ledger.conversations.abandoned(now=NOW, limit=9)
    assert [turn.message_id for turn in found] == ["m1"]
    assert (await begin(ledger, "m2")).number == 2


async def test_what_guests_type_is_kept_whatever_it_is(ledger: AnyLedger) -> None:
    begun = await begin(ledger, "m\x00\ud800", user_id="u\ud800\x00")
    record = TurnRecord(
        conversation_id=begun.conversation_id,
        number=begun.number,
        message_id="m\x00\ud800",
        at=NOW,
        message="ñ\x00 \ud83d 🎂",
        reply="¿?\udfff",
        response={"text": "\ud800", "list": ["\x00", {"\udfff": 1.5}]},
    )
    await ledger.conversations.end_turn(begun=begun, record=record, state={"x": "\ud800"}, now=NOW)
    again = await ask(ledger, "m\x00\ud800", user_id="u\ud800\x00")
    assert isinstance(again, AlreadyAnswered)
    assert again.turn.message.endswith("🎂")
