"""What every `Handovers` promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from application.ports.handovers import Handover, HandoverReason
from domain.venue import VenueId
from infrastructure.database.engine import open_ledger
from tests.support.ledgers import NOW, VENUE, AnyLedger

MINUTE = timedelta(minutes=1)
ANAS = Handover(
    conversation_id="c1",
    venue=VENUE,
    user_id="ana",
    channel="chat",
    reason=HandoverReason.ASKED,
    since=NOW,
)
EVAS = replace(
    ANAS,
    conversation_id="c2",
    user_id="eva",
    reason=HandoverReason.LARGE_PARTY,
    since=NOW - MINUTE,
)


async def test_those_who_wait_for_a_person_are_listed_longest_waiting_first(
    ledger: AnyLedger,
) -> None:
    assert await ledger.handovers.open_ones(venue=VENUE) == []
    away = replace(ANAS, conversation_id="c3", venue=VenueId("elsewhere"))
    for handover in (ANAS, EVAS, away):
        assert await ledger.handovers.open(handover=handover)
    assert await ledger.handovers.open_ones(venue=VENUE) == [EVAS, ANAS]
    assert await ledger.handovers.of(conversation_id="c1") == ANAS
    assert await ledger.handovers.of(conversation_id="unknown") is None


async def test_a_conversation_that_is_listed_stays_as_it_is(ledger: AnyLedger) -> None:
    await ledger.handovers.open(handover=ANAS)
    again = replace(ANAS, reason=HandoverReason.STUCK, since=NOW + MINUTE)
    assert not await ledger.handovers.open(handover=again)
    assert await ledger.handovers.open_ones(venue=VENUE) == [ANAS]


async def test_a_person_has_it_from_when_they_first_took_it(ledger: AnyLedger) -> None:
    assert await ledger.handovers.take(conversation_id="c1", now=NOW) is None
    await ledger.handovers.open(handover=ANAS)
    taken = replace(ANAS, taken_at=NOW + MINUTE)
    for minutes in (1, 2):
        now = NOW + minutes * MINUTE
        assert await ledger.handovers.take(conversation_id="c1", now=now) == taken
    assert await ledger.handovers.of(conversation_id="c1") == taken
    assert await ledger.handovers.open_ones(venue=VENUE) == [taken]


async def test_what_was_handed_back_is_off_the_list_and_may_be_listed_again(
    ledger: AnyLedger,
) -> None:
    assert not await ledger.handovers.hand_back(conversation_id="c1", now=NOW)
    for minutes in (1, 2):
        listed = replace(ANAS, since=NOW + minutes * MINUTE)
        assert await ledger.handovers.open(handover=listed)
        assert await ledger.handovers.of(conversation_id="c1") == listed
        await ledger.handovers.take(conversation_id="c1", now=NOW + 3 * MINUTE)
        assert await ledger.handovers.hand_back(conversation_id="c1", now=NOW + 4 * MINUTE)
        assert not await ledger.handovers.hand_back(conversation_id="c1", now=NOW + 4 * MINUTE)
        assert await ledger.handovers.of(conversation_id="c1") is None
        assert await ledger.handovers.open_ones(venue=VENUE) == []
        assert await ledger.handovers.take(conversation_id="c1", now=NOW) is None


async def test_of_many_who_list_a_conversation_at_once_one_was_first(store_url: str) -> None:
    first, second = await open_ledger(store_url), await open_ledger(store_url)
    try:
        for _ in range(2):
            opened = await asyncio.gather(
                *(ledger.handovers.open(handover=ANAS) for ledger in [first, second] * 4)
            )
            assert sum(opened) == 1
            assert await first.handovers.open_ones(venue=VENUE) == [ANAS]
            back = await asyncio.gather(
                *(
                    ledger.handovers.hand_back(conversation_id="c1", now=NOW)
                    for ledger in (first, second)
                )
            )
            assert sorted(back) == [False, True]
    finally:
        await first.close()
        await second.close()
