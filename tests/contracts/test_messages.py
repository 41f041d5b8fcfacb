"""What every `Messages` promises."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.ports.messages import Message, MessageKind, MessageState
from domain.booking import Booking, BookingStatus
from domain.guest import Guest
from domain.venue import VenueId
from infrastructure.database.engine import open_ledger
from tests.support.ledgers import (
    EIGHT,
    NOW,
    VENUE,
    AnyLedger,
    SqlEvidence,
    booking,
    codes,
    moved_to,
    once,
    placement,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ELSEWHERE = VenueId("elsewhere")
ANAS = booking("AAA", placement())
PHONE = ANAS.guest.phone
ALL = EIGHT + timedelta(days=30)


def about(of: Booking, kind: MessageKind = MessageKind.REMINDER, **fields: Any) -> Message:
    """A message about a booking as it stands; its key says which, when and of which kind."""
    made = Message(
        key=f"{kind.value} {of.code} {of.sequence}",
        kind=kind,
        venue=of.venue,
        guest=of.guest,
        channel=of.channel,
        due_at=of.start - timedelta(hours=24),
        code=of.code,
        start=of.start,
        sequence=of.sequence,
    )
    return replace(made, **fields)


REMINDER = about(ANAS, asks=True, facts={"ahead_s": 86400})
NO_ANSWER = about(ANAS, MessageKind.NO_ANSWER, due_at=EIGHT - 4 * HOUR)
CONFIRMATION = about(ANAS, MessageKind.CONFIRMATION, due_at=NOW)


async def book(ledger: AnyLedger, *bookings: Booking) -> None:
    for each in bookings:
        await ledger.bookings.book(
            booking=each,
            placement=placement(*each.resources, start=each.start),
            hold_id=None,
            limit=99,
            once=once(each.code),
            actor="guest",
            now=NOW,
        )


async def move(ledger: AnyLedger, before: Booking, by: timedelta) -> Booking:
    placed = placement(*before.resources, start=before.start + by)
    return await ledger.bookings.move(
        changed=moved_to(before, placed),
        placement=placed,
        hold_id=None,
        once=once(f"move {before.code} {before.version}"),
        actor="guest",
        now=NOW,
    )


async def unplanned(
    ledger: AnyLedger, *, venues: Iterable[VenueId] = (VENUE,), limit: int = 99, **limits: Any
) -> list[str]:
    limits = {"now": NOW, "until": ALL, **limits}
    return codes(await ledger.messages.unplanned(venues=set(venues), limit=limit, **limits))


async def sent(ledger: AnyLedger, message: Message, *, after: timedelta = timedelta(0)) -> None:
    await ledger.messages.plan(messages=[message])
    assert await ledger.messages.end(key=message.key, state=MessageState.SENT, now=NOW + after)


async def prompt(ledger: AnyLedger, **who: Any) -> str | None:
    wanted = {"venue": VENUE, "user_id": "ana", "phone": "", "since": NOW - HOUR, **who}
    found = await ledger.messages.prompt(**wanted)
    return None if found is None else found.key


# --- planning ----------------------------------------------------------------------------------


async def test_a_message_is_found_as_it_was_planned(ledger: AnyLedger) -> None:
    bare = Message(
        key="offer 1",
        kind=MessageKind.WAITLIST_OFFER,
        venue=VENUE,
        guest=Guest("eva"),
        channel="whatsapp",
        due_at=NOW,
    )
    full = about(
        ANAS,
        MessageKind.STAFF,
        key="words",
        guest=Guest("ana", "Ana", PHONE, "ana@example.org", "es"),
        facts={"nested": {"list": [1, None, "ñ"]}, "flag": True},
        text="Buenas tardes, Ana",
        ways=("chat", "email"),
        tries=2,
        asks=True,
    )
    assert await ledger.messages.plan(messages=[bare, full]) == 2
    assert await ledger.messages.get(key="offer 1") == bare
    assert await ledger.messages.get(key="words") == full
    assert await ledger.messages.get(key="unknown") is None


async def test_planning_a_key_again_changes_nothing(ledger: AnyLedger) -> None:
    assert await ledger.messages.plan(messages=[]) == 0
    assert await ledger.messages.plan(messages=[REMINDER]) == 1
    other = replace(REMINDER, text="something else", due_at=NOW)
    assert await ledger.messages.plan(messages=[other, CONFIRMATION]) == 1
    assert await ledger.messages.get(key=REMINDER.key) == REMINDER
    await ledger.messages.end(key=REMINDER.key, state=MessageState.VOID, now=NOW)
    assert await ledger.messages.plan(messages=[REMINDER]) == 0
    assert await ledger.messages.due(now=ALL, limit=9) == [CONFIRMATION.key]


async def test_of_many_processes_that_plan_the_same_each_message_is_planned_once(
    store_url: str,
) -> None:
    first, second = await open_ledger(store_url), await open_ledger(store_url)
    messages = [about(booking(f"B{i}", placement())) for i in range(6)]
    try:
        planned = await asyncio.gather(
            *(
                ledger.messages.plan(messages=messages[::step])
                for ledger in (first, second)
                for step in (1, -1, 1)
            )
        )
    finally:
        await first.close()
        await second.close()
    assert sum(planned) == len(messages)
    rows = await SqlEvidence(store_url).read("SELECT key, state FROM messages")
    assert sorted(rows) == sorted((each.key, "planned") for each in messages)


# --- what has not been planned yet ---------------------------------------------------------------


async def test_unplanned_are_confirmed_bookings_to_come_of_these_venues_by_start(
    ledger: AnyLedger,
) -> None:
    later = booking("BBB", placement("T2", start=EIGHT + HOUR))
    sooner = booking("CCC", placement("T3", start=EIGHT - HOUR))
    unconfirmed = booking("DDD", placement("T4"), status=BookingStatus.CONFIRMING)
    away = booking("EEE", placement("T5"), venue=ELSEWHERE)
    await book(ledger, ANAS, later, sooner, unconfirmed, away)
    assert await unplanned(ledger) == ["CCC", "AAA", "BBB"]
    assert await unplanned(ledger, limit=2) == ["CCC", "AAA"]
    assert await unplanned(ledger, venues=(ELSEWHERE,)) == ["EEE"]
    assert await unplanned(ledger, venues=(VENUE, ELSEWHERE)) == ["CCC", "AAA", "EEE", "BBB"]
    assert await unplanned(ledger, venues=()) == []


async def test_unplanned_start_after_now_and_until_the_end_included(ledger: AnyLedger) -> None:
    await book(ledger, ANAS)
    assert await unplanned(ledger, until=EIGHT) == ["AAA"]
    assert await unplanned(ledger, until=EIGHT - MINUTE) == []
    assert await unplanned(ledger, now=EIGHT - MINUTE) == ["AAA"]
    assert await unplanned(ledger, now=EIGHT) == []


@pytest.mark.parametrize("state", list(MessageState))
async def test_a_booking_with_a_follow_up_in_any_state_is_planned(
    ledger: AnyLedger, state: MessageState
) -> None:
    await book(ledger, ANAS)
    await ledger.messages.plan(messages=[replace(NO_ANSWER, state=state)])
    assert await unplanned(ledger) == []


@pytest.mark.parametrize("kind", [MessageKind.STAFF, MessageKind.NEWS, MessageKind.WAITLIST_OFFER])
async def test_what_else_is_written_about_a_booking_is_no_plan_for_it(
    ledger: AnyLedger, kind: MessageKind
) -> None:
    await book(ledger, ANAS)
    await ledger.messages.plan(messages=[about(ANAS, kind)])
    assert await unplanned(ledger) == ["AAA"]


async def test_a_booking_that_moves_is_planned_anew_and_again_when_it_moves_back(
    ledger: AnyLedger,
) -> None:
    await book(ledger, ANAS)
    await ledger.messages.plan(messages=[CONFIRMATION, REMINDER])
    for by in (HOUR, -HOUR):
        before = await ledger.bookings.get(code=ANAS.code)
        assert before is not None
        moved = await move(ledger, before, by)
        assert await unplanned(ledger) == ["AAA"]
        await ledger.messages.plan(messages=[about(moved)])
        assert await unplanned(ledger) == []


async def test_follow_ups_take_the_place_of_those_planned_before_the_booking_moved(
    ledger: AnyLedger,
) -> None:
    words = about(ANAS, MessageKind.STAFF)
    other = about(booking("BBB", placement("T2")))
    await ledger.messages.plan(messages=[CONFIRMATION, REMINDER, NO_ANSWER, words, other])
    await ledger.messages.end(key=CONFIRMATION.key, state=MessageState.SENT, now=NOW)
    moved = about(replace(ANAS, sequence=1))
    await ledger.messages.plan(messages=[moved])
    expected = {other.key, words.key, moved.key}
    assert set(await ledger.messages.due(now=ALL, limit=9)) == expected
    for message, state in ((REMINDER, MessageState.VOID), (CONFIRMATION, MessageState.SENT)):
        found = await ledger.messages.get(key=message.key)
        assert found is not None
        assert found.state is state
    # Somebody who is late and plans for the booking as it was undoes nothing.
    await ledger.messages.plan(messages=[REMINDER])
    assert set(await ledger.messages.due(now=ALL, limit=9)) == expected


# --- delivering ----------------------------------------------------------------------------------


async def test_due_are_planned_messages_whose_time_has_come_longest_due_first(
    ledger: AnyLedger,
) -> None:
    await ledger.messages.plan(messages=[NO_ANSWER, REMINDER, CONFIRMATION])
    assert await ledger.messages.due(now=NOW - MINUTE, limit=9) == []
    assert await ledger.messages.due(now=NOW, limit=9) == [CONFIRMATION.key]
    keys = [CONFIRMATION.key, REMINDER.key, NO_ANSWER.key]
    assert await ledger.messages.due(now=EIGHT, limit=9) == keys
    assert await ledger.messages.due(now=EIGHT, limit=2) == keys[:2]


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.VOID, MessageState.FAILED])
async def test_a_message_ends_once_and_keeps_when_it_was_sent(
    ledger: AnyLedger, state: MessageState
) -> None:
    await ledger.messages.plan(messages=[REMINDER])
    assert await ledger.messages.end(key=REMINDER.key, state=state, now=NOW)
    for other in (MessageState.SENT, MessageState.VOID):
        assert not await ledger.messages.end(key=REMINDER.key, state=other, now=EIGHT)
    assert not await ledger.messages.end(key="unknown", state=state, now=NOW)
    found = await ledger.messages.get(key=REMINDER.key)
    sent_at = NOW if state is MessageState.SENT else None
    assert found == replace(REMINDER, state=state, sent_at=sent_at)
    assert await ledger.messages.due(now=ALL, limit=9) == []


async def test_of_many_who_end_a_message_at_once_one_does(store_url: str) -> None:
    first, second = await open_ledger(store_url), await open_ledger(store_url)
    try:
        await first.messages.plan(messages=[REMINDER])
        ended = await asyncio.gather(
            *(
                ledger.messages.end(key=REMINDER.key, state=state, now=NOW)
                for ledger in (first, second)
                for state in (MessageState.SENT, MessageState.VOID)
            )
        )
    finally:
        await first.close()
        await second.close()
    assert sorted(ended) == [False, False, False, True]


async def test_each_way_that_has_succeeded_is_noted_once_with_its_words(ledger: AnyLedger) -> None:
    await ledger.messages.plan(messages=[REMINDER])
    for way in ("email", "chat", "email"):
        await ledger.messages.delivered(key=REMINDER.key, way=way, text="Le esperamos.")
    await ledger.messages.delivered(key="unknown", way="chat", text="")
    found = await ledger.messages.get(key=REMINDER.key)
    assert found == replace(REMINDER, ways=("email", "chat"), text="Le esperamos.")


async def test_ways_that_succeed_at_once_are_all_noted(store_url: str) -> None:
    first, second = await open_ledger(store_url), await open_ledger(store_url)
    ways = [f"way {i}" for i in range(6)]
    try:
        await first.messages.plan(messages=[REMINDER])
        await asyncio.gather(
            *(
                ledger.messages.delivered(key=REMINDER.key, way=way, text="Hola")
                for ledger, way in zip([first, second] * 3, ways, strict=True)
            )
        )
        found = await first.messages.get(key=REMINDER.key)
    finally:
        await first.close()
        await second.close()
    assert found is not None
    assert sorted(found.ways) == ways


async def test_a_postponed_message_is_due_then_and_counts_its_tries(ledger: AnyLedger) -> None:
    await ledger.messages.plan(messages=[CONFIRMATION])
    for tries in (1, 2):
        later = NOW + tries * HOUR
        await ledger.messages.postpone(key=CONFIRMATION.key, due_at=later)
        assert await ledger.messages.due(now=later - MINUTE, limit=9) == []
        assert await ledger.messages.due(now=later, limit=9) == [CONFIRMATION.key]
        found = await ledger.messages.get(key=CONFIRMATION.key)
        assert found == replace(CONFIRMATION, due_at=later, tries=tries)
    await ledger.messages.end(key=CONFIRMATION.key, state=MessageState.SENT, now=NOW)
    before = await ledger.messages.get(key=CONFIRMATION.key)
    await ledger.messages.postpone(key=CONFIRMATION.key, due_at=EIGHT)
    assert await ledger.messages.get(key=CONFIRMATION.key) == before


async def test_void_ends_the_follow_ups_of_a_booking_and_leaves_what_tells_of_its_end(
    ledger: AnyLedger,
) -> None:
    news, words = about(ANAS, MessageKind.NEWS), about(ANAS, MessageKind.STAFF)
    other = about(booking("BBB", placement("T2")))
    await ledger.messages.plan(messages=[CONFIRMATION, REMINDER, NO_ANSWER, news, words, other])
    await ledger.messages.end(key=CONFIRMATION.key, state=MessageState.SENT, now=NOW)
    assert await ledger.messages.void(code=ANAS.code) == 2
    assert await ledger.messages.void(code=ANAS.code) == 0
    left = await ledger.messages.due(now=ALL, limit=9)
    assert set(left) == {news.key, words.key, other.key}
    found = await ledger.messages.get(key=CONFIRMATION.key)
    assert found is not None
    assert found.state is MessageState.SENT


async def test_failed_messages_are_listed_latest_first(ledger: AnyLedger) -> None:
    assert await ledger.messages.failed(venue=VENUE, since=NOW) == []
    early, late = replace(CONFIRMATION, due_at=NOW - MINUTE), replace(CONFIRMATION, key="late")
    away = replace(CONFIRMATION, key="away", venue=ELSEWHERE)
    await ledger.messages.plan(messages=[early, late, REMINDER, away])
    for message in (early, late, away):
        await ledger.messages.end(key=message.key, state=MessageState.FAILED, now=NOW)
    failed = replace(late, state=MessageState.FAILED)
    assert await ledger.messages.failed(venue=VENUE, since=NOW) == [failed]
    keys = [each.key for each in await ledger.messages.failed(venue=VENUE, since=NOW - HOUR)]
    assert keys == [late.key, early.key]


# --- what a guest's short answer is about ----------------------------------------------------------


async def test_a_prompt_is_the_latest_sent_message_that_asks_and_is_unanswered(
    ledger: AnyLedger,
) -> None:
    assert await prompt(ledger) is None
    await ledger.messages.plan(messages=[REMINDER])
    assert await prompt(ledger) is None
    await sent(ledger, replace(CONFIRMATION, key="silent"), after=2 * MINUTE)
    await ledger.messages.end(key=REMINDER.key, state=MessageState.SENT, now=NOW)
    assert await prompt(ledger) == REMINDER.key
    await sent(ledger, replace(REMINDER, key="next"), after=MINUTE)
    assert await prompt(ledger) == "next"
    for _ in range(2):
        await ledger.messages.answered(key="next", now=NOW + HOUR)
    assert await prompt(ledger) == REMINDER.key
    await ledger.messages.answered(key="unknown", now=NOW)


async def test_a_prompt_was_sent_after_since(ledger: AnyLedger) -> None:
    await sent(ledger, REMINDER)
    assert await prompt(ledger, since=NOW) is None
    assert await prompt(ledger, since=NOW - MINUTE) == REMINDER.key


async def test_the_first_answer_to_a_message_stands(ledger: AnyLedger) -> None:
    await sent(ledger, REMINDER)
    for minutes in (1, 2):
        await ledger.messages.answered(key=REMINDER.key, now=NOW + minutes * MINUTE)
    found = await ledger.messages.get(key=REMINDER.key)
    assert found is not None
    assert found.answered_at == NOW + MINUTE


async def test_a_prompt_is_found_by_user_id_or_by_a_proven_phone(ledger: AnyLedger) -> None:
    await sent(ledger, REMINDER)
    assert await prompt(ledger, user_id="other", phone=PHONE) == REMINDER.key
    assert await prompt(ledger, user_id="other", phone="+34600000009") is None
    assert await prompt(ledger, user_id="other") is None
    assert await prompt(ledger, venue=ELSEWHERE, phone=PHONE) is None


async def test_nobody_without_a_name_of_their_own_hears_what_others_were_asked(
    ledger: AnyLedger,
) -> None:
    """Staff write bookings down without a user, and guests leave no phone."""
    await sent(ledger, replace(REMINDER, guest=Guest(user_id="")))
    assert await prompt(ledger, user_id="", phone="") is None
