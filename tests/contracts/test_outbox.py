"""What every `Outbox` promises, and what changes of bookings put on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from application.errors import Fenced
from application.ports.notices import Notice, NoticeKind
from application.ports.outbox import Backlog, Waiting
from domain.booking import Booking, BookingCode, BookingId, BookingStatus
from domain.errors import SlotTaken
from domain.floor import Placement
from infrastructure.database.engine import open_ledger
from tests.support import deeds
from tests.support.ledgers import (
    EIGHT,
    NOW,
    VENUE,
    SqlEvidence,
    StoreLedger,
    booking,
    committers_fence,
    overtaken_fence,
    placement,
    store_row,
)

MINUTE = timedelta(minutes=1)
LATER = placement(start=EIGHT + timedelta(hours=3))


async def book(
    ledger: StoreLedger, code: str = "AAA", *, table: str = "T1", now: datetime = NOW
) -> Booking:
    status = BookingStatus.CONFIRMING
    return await deeds.book(ledger, code, placement(table), status=status, now=now)


async def move(
    ledger: StoreLedger, before: Booking, placed: Placement = LATER, *, now: datetime = NOW
) -> Booking:
    return await deeds.move(ledger, before, placed, now=now)


async def set_status(ledger: StoreLedger, of: Booking, status: BookingStatus) -> Booking:
    return await deeds.set_status(ledger, of, status, version=of.version, actor="guest")


async def settle(
    ledger: StoreLedger, of: Booking, *, fence: int | None = None, now: datetime = NOW
) -> Booking | None:
    return await ledger.outbox.settle(
        booking=of.id,
        version=of.version,
        row=store_row(of),
        fence=await committers_fence(ledger) if fence is None else fence,
        now=now,
    )


async def settled(ledger: StoreLedger, of: Booking) -> Booking:
    after = await settle(ledger, of)
    assert after is not None
    return after


async def waiting(ledger: StoreLedger, *, limit: int = 9, now: datetime = NOW) -> Sequence[Waiting]:
    return await ledger.outbox.waiting(limit=limit, now=now)


async def heard(ledger: StoreLedger) -> list[Notice]:
    notices = await ledger.notices.untold(venue=VENUE, user_id="ana", phone="")
    return [replace(notice, id=0) for notice in notices]


async def trail(ledger: StoreLedger, of: Booking) -> list[tuple[str, str]]:
    return [(line.actor, line.action) for line in await ledger.bookings.audit(code=of.code)]


# What is put on it


async def test_a_new_booking_waits_for_the_store(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger)
    assert await waiting(store_ledger) == [Waiting(made, seen=None, since=NOW, tries=0)]
    assert await store_ledger.outbox.pending(booking=made.id)


async def test_a_booking_that_is_refused_does_not_wait(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger)
    with pytest.raises(SlotTaken):
        await book(store_ledger, "BBB")
    assert [each.booking for each in await waiting(store_ledger)] == [made]


async def test_every_change_waits_and_keeps_its_place_in_line(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger)
    await book(store_ledger, "BBB", table="T2", now=NOW + MINUTE)
    fence = await committers_fence(store_ledger)
    await store_ledger.outbox.postpone(
        booking=made.id, until=NOW + 9 * MINUTE, fence=fence, now=NOW
    )
    at = NOW + 2 * MINUTE
    moved = await move(store_ledger, made, now=at)
    edited = await store_ledger.bookings.edit(
        changed=replace(moved, notes="trona"), once=None, actor="guest", now=at
    )
    first, second = await waiting(store_ledger, now=at)
    assert first == Waiting(edited, seen=None, since=NOW, tries=0)
    assert second.booking.code == "BBB"
    cancelled = await set_status(store_ledger, edited, BookingStatus.CANCELLED)
    assert (await waiting(store_ledger, now=at))[0].booking == cancelled


async def test_a_change_that_changes_nothing_does_not_wait(store_ledger: StoreLedger) -> None:
    made = await settled(store_ledger, await book(store_ledger))
    assert await book(store_ledger) == replace(made, status=BookingStatus.CONFIRMING)
    await set_status(store_ledger, made, BookingStatus.CONFIRMED)
    assert await waiting(store_ledger) == []


async def test_a_confirmed_booking_that_moves_waits_for_the_stores_answer_again(
    store_ledger: StoreLedger,
) -> None:
    made = await settled(store_ledger, await book(store_ledger))
    assert made.status is BookingStatus.CONFIRMED
    moved = await move(store_ledger, made)
    assert moved.status is BookingStatus.CONFIRMING
    assert await store_ledger.bookings.get(code=made.code) == moved
    again = await settled(store_ledger, moved)
    assert again == replace(moved, status=BookingStatus.CONFIRMED)


async def test_a_received_booking_that_moves_stays_received(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger)
    received = await store_ledger.outbox.defer(code=made.code, now=NOW)
    assert received is not None
    assert (await move(store_ledger, received)).status is BookingStatus.RECEIVED


async def test_a_ledger_without_a_booking_store_queues_nothing(
    store_ledger: StoreLedger, store_url: str, store_evidence: SqlEvidence
) -> None:
    alone = await open_ledger(store_url)
    try:
        made = await book(alone)
        confirmed = await set_status(alone, made, BookingStatus.CONFIRMED)
        moved = await move(alone, confirmed)
    finally:
        await alone.close()
    assert moved.status is BookingStatus.CONFIRMED
    assert await store_evidence.read("SELECT * FROM outbox") == []


# What is taken from it


async def test_the_oldest_come_first_and_no_more_than_asked_for(store_ledger: StoreLedger) -> None:
    await book(store_ledger, "CCC", table="T1", now=NOW)
    await book(store_ledger, "BBB", table="T2", now=NOW - MINUTE)
    await book(store_ledger, "AAA", table="T3", now=NOW)
    codes = [each.booking.code for each in await waiting(store_ledger)]
    assert codes == ["BBB", "AAA", "CCC"]
    codes = [each.booking.code for each in await waiting(store_ledger, limit=2)]
    assert codes == ["BBB", "AAA"]


async def test_a_postponed_booking_is_left_alone_until_then_and_counts_its_tries(
    store_ledger: StoreLedger,
) -> None:
    made = await book(store_ledger)
    fence = await committers_fence(store_ledger)
    until = NOW + 5 * MINUTE
    for _ in range(2):
        await store_ledger.outbox.postpone(booking=made.id, until=until, fence=fence, now=NOW)
    assert await waiting(store_ledger, now=NOW + 4 * MINUTE) == []
    assert await waiting(store_ledger, now=until) == [Waiting(made, None, since=NOW, tries=2)]
    assert await store_ledger.outbox.pending(booking=made.id)


async def test_the_backlog_says_how_many_wait_and_since_when(store_ledger: StoreLedger) -> None:
    assert await store_ledger.outbox.backlog() == Backlog(waiting=0, oldest=None)
    await book(store_ledger, "AAA", table="T1", now=NOW)
    await book(store_ledger, "BBB", table="T2", now=NOW - MINUTE)
    assert await store_ledger.outbox.backlog() == Backlog(waiting=2, oldest=NOW - MINUTE)


async def test_a_waiting_booking_comes_with_its_row_as_it_was_last_seen(
    store_ledger: StoreLedger,
) -> None:
    made = await settled(store_ledger, await book(store_ledger))
    moved = await move(store_ledger, made)
    seen = store_row(replace(made, status=BookingStatus.CONFIRMING))
    assert [each.seen for each in await waiting(store_ledger)] == [seen]
    fence = await committers_fence(store_ledger)
    newer = replace(seen, notes="de staff")
    await store_ledger.mirror.note(row=newer, booking=made.id, fence=fence)
    assert await waiting(store_ledger) == [Waiting(moved, newer, since=NOW, tries=0)]


# What the store's answer does


@pytest.mark.parametrize("deferred", [False, True])
async def test_what_the_store_has_is_confirmed_without_a_new_version(
    store_ledger: StoreLedger, store_evidence: SqlEvidence, *, deferred: bool
) -> None:
    made = await book(store_ledger)
    if deferred:
        await store_ledger.outbox.defer(code=made.code, now=NOW)
    after = await settle(store_ledger, made)
    assert after == replace(made, status=BookingStatus.CONFIRMED)
    assert await store_ledger.bookings.get(code=made.code) == after
    assert await store_evidence.bookings() == {"AAA": "confirmed"}
    assert await store_evidence.read("SELECT * FROM outbox") == []
    assert not await store_ledger.outbox.pending(booking=made.id)
    received = [("engine", "received")] if deferred else []
    expected = [("guest", "booked"), *received, ("engine", "confirmed")]
    assert await trail(store_ledger, made) == expected
    assert await store_ledger.mirror.record_of(booking=made.id) == store_row(made).record


async def test_settling_again_changes_nothing(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger)
    await store_ledger.outbox.defer(code=made.code, now=NOW)
    first = await settle(store_ledger, made)
    assert await settle(store_ledger, made) == first
    assert await trail(store_ledger, made) == [
        ("guest", "booked"),
        ("engine", "received"),
        ("engine", "confirmed"),
    ]
    assert len(await heard(store_ledger)) == 1


async def test_an_older_version_in_the_store_settles_nothing(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger)
    moved = await move(store_ledger, made)
    assert await settle(store_ledger, made) == moved
    assert await waiting(store_ledger) == [Waiting(moved, store_row(made), since=NOW, tries=0)]
    assert await settle(store_ledger, moved) == replace(moved, status=BookingStatus.CONFIRMED)
    assert await waiting(store_ledger) == []


async def test_a_booking_that_is_not_waiting_for_an_answer_keeps_its_status(
    store_ledger: StoreLedger,
) -> None:
    made = await settled(store_ledger, await book(store_ledger))
    seated = await set_status(store_ledger, made, BookingStatus.SEATED)
    assert await settle(store_ledger, seated) == seated
    assert (await trail(store_ledger, made))[-1] == ("guest", "seated")


async def test_a_booking_that_is_gone_cannot_be_settled(store_ledger: StoreLedger) -> None:
    assert await settle(store_ledger, booking("ZZZ", placement())) is None


# What a guest who would not wait hears


async def test_a_guest_who_waited_gets_no_notice(store_ledger: StoreLedger) -> None:
    await settle(store_ledger, await book(store_ledger))
    assert await heard(store_ledger) == []


async def test_a_booking_nobody_waits_for_is_received_and_its_outcome_a_notice(
    store_ledger: StoreLedger,
) -> None:
    made = await book(store_ledger)
    for _ in range(2):
        received = await store_ledger.outbox.defer(code=made.code, now=NOW)
        assert received == replace(made, status=BookingStatus.RECEIVED)
    assert await heard(store_ledger) == []
    after = await settled(store_ledger, made)
    assert await heard(store_ledger) == [Notice(NoticeKind.CONFIRMED, after)]


async def test_a_move_nobody_waits_for_is_confirmed_by_a_notice(store_ledger: StoreLedger) -> None:
    made = await settled(store_ledger, await book(store_ledger))
    moved = await move(store_ledger, made)
    received = await store_ledger.outbox.defer(code=made.code, now=NOW)
    assert received == replace(moved, status=BookingStatus.RECEIVED)
    after = await settled(store_ledger, moved)
    assert await heard(store_ledger) == [Notice(NoticeKind.CONFIRMED, after)]


async def test_a_cancellation_nobody_waits_for_is_a_notice_too(store_ledger: StoreLedger) -> None:
    made = await settled(store_ledger, await book(store_ledger))
    cancelled = await set_status(store_ledger, made, BookingStatus.CANCELLED)
    assert await store_ledger.outbox.defer(code=made.code, now=NOW) == cancelled
    assert await settle(store_ledger, cancelled) == cancelled
    assert await heard(store_ledger) == [Notice(NoticeKind.CANCELLATION_STORED, cancelled)]


async def test_a_guest_who_was_told_received_hears_of_the_version_that_is_stored_in_the_end(
    store_ledger: StoreLedger,
) -> None:
    made = await book(store_ledger)
    received = await store_ledger.outbox.defer(code=made.code, now=NOW)
    assert received is not None
    moved = await move(store_ledger, received)
    await settle(store_ledger, made)
    assert await heard(store_ledger) == []
    after = await settled(store_ledger, moved)
    assert await heard(store_ledger) == [Notice(NoticeKind.CONFIRMED, after)]


async def test_what_is_settled_already_cannot_be_deferred(store_ledger: StoreLedger) -> None:
    after = await settled(store_ledger, await book(store_ledger))
    assert await store_ledger.outbox.defer(code=after.code, now=NOW) == after
    assert await heard(store_ledger) == []
    assert await store_ledger.outbox.defer(code=BookingCode("ZZZ"), now=NOW) is None


# Who may write


async def test_a_committer_that_was_overtaken_writes_nothing(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger)
    overtaken = await overtaken_fence(store_ledger)
    with pytest.raises(Fenced):
        await settle(store_ledger, made, fence=overtaken)
    with pytest.raises(Fenced):
        await store_ledger.outbox.postpone(
            booking=made.id, until=NOW + MINUTE, fence=overtaken, now=NOW
        )
    assert await waiting(store_ledger) == [Waiting(made, seen=None, since=NOW, tries=0)]
    assert await store_ledger.mirror.record_of(booking=made.id) is None


async def test_of_two_processes_that_settle_at_once_the_one_that_was_overtaken_is_fenced(
    store_ledger: StoreLedger, store_url: str
) -> None:
    overtaken = await overtaken_fence(store_ledger)
    fence = await committers_fence(store_ledger)
    other = await open_ledger(store_url, queues_for_store=True)
    made = [await book(store_ledger, f"B{i}", table=f"T{i}") for i in range(6)]
    try:
        results = await asyncio.gather(
            *(settle(store_ledger, each, fence=fence) for each in made),
            *(settle(other, each, fence=overtaken) for each in made),
            return_exceptions=True,
        )
    finally:
        await other.close()
    assert results[:6] == [replace(each, status=BookingStatus.CONFIRMED) for each in made]
    assert [type(result) for result in results[6:]] == [Fenced] * 6


async def test_a_lease_that_changes_hands_while_others_settle_leaves_nothing_half_done(
    store_ledger: StoreLedger,
) -> None:
    fence = await committers_fence(store_ledger)
    made = [await book(store_ledger, f"B{i}", table=f"T{i}") for i in range(6)]
    after_it_ran_out = NOW + timedelta(hours=2)
    results = await asyncio.gather(
        *(settle(store_ledger, each, fence=fence) for each in made),
        store_ledger.leases.take(
            name="committer",
            holder="next",
            until=after_it_ran_out + MINUTE,
            now=after_it_ran_out,
        ),
        return_exceptions=True,
    )
    assert results.pop() == fence + 1
    for each, result in zip(made, results, strict=True):
        stands = await store_ledger.bookings.get(code=each.code)
        if isinstance(result, Fenced):
            assert stands == each
            assert await store_ledger.outbox.pending(booking=each.id)
        else:
            assert result == stands == replace(each, status=BookingStatus.CONFIRMED)
            assert not await store_ledger.outbox.pending(booking=each.id)


async def test_guests_who_give_up_while_the_store_answers_are_told_one_outcome(
    store_ledger: StoreLedger,
) -> None:
    fence = await committers_fence(store_ledger)
    made = [await book(store_ledger, f"B{i}", table=f"T{i}") for i in range(6)]
    results = await asyncio.gather(
        *(store_ledger.outbox.defer(code=each.code, now=NOW) for each in made),
        *(settle(store_ledger, each, fence=fence) for each in made),
    )
    told_received = {b.code for b in results[:6] if b and b.status is BookingStatus.RECEIVED}
    assert {notice.booking.code for notice in await heard(store_ledger)} == told_received
    assert not await store_ledger.outbox.pending(booking=BookingId("b0"))
    assert await waiting(store_ledger) == []
