"""What every `Bookings` promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.ports.bookings import Once, facts_of
from domain.booking import Booking, BookingStatus
from domain.errors import (
    BookingChanged,
    BookingNotFound,
    DomainError,
    HoldExpired,
    IllegalTransition,
    KeyReused,
    PacingExceeded,
    SlotTaken,
    TooManyBookings,
)
from domain.floor import Charge
from domain.guest import Guest
from domain.venue import VenueId
from tests.support.deeds import book, hold, move, set_status
from tests.support.ledgers import (
    EIGHT,
    HOLD_TIME,
    NOW,
    VENUE,
    AnyLedger,
    Evidence,
    booking,
    cells_of,
    charge,
    codes,
    moved_to,
    once,
    owners,
    placement,
)

NINE = EIGHT + timedelta(hours=1)
HALF_PAST_NINE = EIGHT + timedelta(minutes=90)


# book


async def test_a_booking_takes_its_claims_and_is_read_back_as_it_was(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    placed = placement("T1", "T2", charges=[charge(4)])
    wanted = replace(
        booking("AAA", placed),
        notes="sin gluten, 🎂",
        channel="whatsapp",
        guest=Guest("ana", "Ana Ñandú", "+59170000000", "ana@example.org", "es"),
    )
    made = await ledger.bookings.book(
        booking=wanted,
        placement=placed,
        hold_id=None,
        limit=1,
        once=once("k"),
        actor="guest",
        now=NOW,
    )
    assert made == wanted
    assert await ledger.bookings.get(code=made.code) == wanted
    assert await evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (4, 1)}


async def test_a_booking_takes_over_the_claims_of_its_hold(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    placed = placement(charges=[charge(2, max_covers=2)])
    await hold(ledger, "h1", placed)
    await book(ledger, "AAA", placed, hold_id="h1")
    assert await evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}
    assert await ledger.holds.get(hold_id="h1", now=NOW) is None
    assert await ledger.holds.sweep(now=NOW + timedelta(days=1)) == 0
    await ledger.holds.release(hold_id="h1")
    assert len(await evidence.claims()) == 18


async def test_a_booking_may_differ_from_its_hold(ledger: AnyLedger, evidence: Evidence) -> None:
    await hold(ledger, "h1", placement("T1", "T2", charges=[charge(4)]))
    placed = placement("T1", start=EIGHT + timedelta(minutes=15), charges=[charge(2)])
    await book(ledger, "AAA", placed, hold_id="h1")
    assert await evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_hold_that_lapsed_is_no_harm_while_its_cells_are_free(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    placed = placement(charges=[charge(2, max_covers=2)])
    await hold(ledger, "h1", placed)
    await book(ledger, "AAA", placed, hold_id="h1", now=NOW + 2 * HOLD_TIME)
    assert owners(await evidence.claims()) == {"aaa"}
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_whoever_comes_back_after_the_hold_lapsed_finds_the_next_guest_there(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    placed = placement()
    await hold(ledger, "h1", placed)
    later = NOW + HOLD_TIME
    await book(ledger, "BBB", placed, user_id="berta", now=later)
    with pytest.raises((SlotTaken, HoldExpired)):
        await book(ledger, "AAA", placed, hold_id="h1", now=later)
    assert await evidence.bookings() == {"BBB": "confirmed"}
    assert owners(await evidence.claims()) == {"bbb"}


async def test_a_held_slot_cannot_be_booked_by_another(ledger: AnyLedger) -> None:
    await hold(ledger, "h1", placement())
    with pytest.raises(SlotTaken):
        await book(ledger, "BBB", placement(), user_id="berta")


async def test_a_refused_booking_leaves_nothing_behind(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    await book(ledger, "AAA", placement("T2", charges=[charge(4, max_covers=5)]))
    with pytest.raises(PacingExceeded):
        await book(ledger, "BBB", placement("T1", charges=[charge(2, max_covers=5)]))
    assert await evidence.bookings() == {"AAA": "confirmed"}
    assert owners(await evidence.claims()) == {"aaa"}
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (4, 1)}
    assert await ledger.bookings.audit(code=booking("BBB", placement()).code) == []
    assert await ledger.bookings.recall(once=once("book-BBB")) is None


async def test_a_guest_has_a_limit_of_open_bookings_to_come(ledger: AnyLedger) -> None:
    first = await book(ledger, "AAA", placement("T1"), limit=2)
    await book(ledger, "BBB", placement("T2"), limit=2)
    with pytest.raises(TooManyBookings) as refusal:
        await book(ledger, "CCC", placement("T3"), limit=2)
    assert refusal.value.limit == 2
    await book(ledger, "DDD", placement("T4"), user_id="berta", limit=2)
    await set_status(ledger, first, BookingStatus.CANCELLED)
    await book(ledger, "CCC", placement("T3"), limit=2)
    after_dinner = EIGHT + timedelta(hours=3)
    tomorrow = placement("T1", start=EIGHT + timedelta(days=1))
    await book(ledger, "EEE", tomorrow, limit=1, now=after_dinner)


async def test_one_guest_on_two_channels_cannot_pass_the_limit(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    outcomes = await asyncio.gather(
        book(ledger, "AAA", placement("T1"), limit=1),
        book(ledger, "BBB", placement("T2", start=EIGHT + timedelta(days=1)), limit=1),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Booking", "TooManyBookings"]
    assert len(await evidence.bookings()) == 1


async def test_of_fifty_guests_at_once_exactly_one_books_the_table(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    outcomes = await asyncio.gather(
        *(book(ledger, f"B{i}", placement(), user_id=f"guest-{i}") for i in range(50)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Booking) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SlotTaken) for outcome in outcomes) == 49
    assert len(await evidence.bookings()) == 1


# once


async def test_the_same_key_writes_once_and_returns_the_first_answer(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    first = await book(ledger, "AAA", placement(), key=once("k"))
    await set_status(ledger, first, BookingStatus.CANCELLED)
    again = await book(ledger, "BBB", placement(), key=once("k"))
    assert again == first
    assert await evidence.bookings() == {"AAA": "cancelled"}
    assert await evidence.claims() == {}


async def test_the_same_key_with_another_request_is_refused(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    await book(ledger, "AAA", placement("T1"), key=once("k", "table 1"))
    with pytest.raises(KeyReused):
        await book(ledger, "BBB", placement("T2"), key=once("k", "table 2"), user_id="berta")
    assert await evidence.bookings() == {"AAA": "confirmed"}
    assert owners(await evidence.claims()) == {"aaa"}


async def test_the_same_key_at_the_same_moment_writes_once(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    outcomes = await asyncio.gather(
        *(book(ledger, "AAA", placement(), key=once("k")) for _ in range(10))
    )
    assert len({outcome.id for outcome in outcomes}) == 1
    assert await evidence.bookings() == {"AAA": "confirmed"}


async def test_the_same_key_for_two_requests_at_the_same_moment_serves_one(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    outcomes = await asyncio.gather(
        *(
            book(
                ledger,
                f"B{i}",
                placement(f"T{i}", start=EIGHT + timedelta(days=i)),
                key=once("k", f"request {i}"),
                user_id=f"guest-{i}",
            )
            for i in range(6)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Booking) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, KeyReused) for outcome in outcomes) == 5
    assert len(await evidence.bookings()) == 1


async def test_every_kind_of_change_is_remembered_by_its_key(ledger: AnyLedger) -> None:
    made = await book(ledger, "AAA", placement())
    later = placement(start=NINE)
    moved = await move(ledger, made, later, key=once("m"))
    assert await move(ledger, made, later, key=once("m")) == moved
    renamed = replace(moved, notes="window")
    edited = await ledger.bookings.edit(changed=renamed, once=once("e"), actor="guest", now=NOW)
    assert (
        await ledger.bookings.edit(changed=renamed, once=once("e"), actor="guest", now=NOW)
        == edited
    )
    gone = await set_status(ledger, made, BookingStatus.CANCELLED, key=once("c"))
    assert await set_status(ledger, made, BookingStatus.CANCELLED, key=once("c")) == gone
    assert await ledger.bookings.recall(once=once("m")) == moved
    assert await ledger.bookings.recall(once=once("never")) is None
    with pytest.raises(KeyReused):
        await ledger.bookings.recall(once=once("m", "something else"))


async def test_what_a_turn_wrote_is_found_again_as_it_stood_then(ledger: AnyLedger) -> None:
    def of_turn(key: str) -> Once:
        return once(key, conversation_id="talk", turn=3)

    made = await book(ledger, "AAA", placement(), key=of_turn("b"))
    moved = await move(ledger, made, placement(start=NINE), key=of_turn("a"))
    await book(ledger, "BBB", placement("T2"), key=once("x", conversation_id="talk", turn=4))
    await set_status(ledger, moved, BookingStatus.CANCELLED)
    assert await ledger.bookings.written_by(conversation_id="talk", turn=3) == [made, moved]
    assert await ledger.bookings.written_by(conversation_id="talk", turn=1) == []


# move


async def test_a_moved_booking_keeps_its_code_and_gives_the_old_cells_back(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement("T1", charges=[charge(2, key="k@1")]))
    placed = placement("T2", start=NINE, charges=[charge(2, key="k@2")])
    moved = await move(ledger, made, placed)
    assert moved == replace(
        made,
        start=NINE,
        end=NINE + timedelta(minutes=90),
        resources=placed.slot.resources,
        version=2,
        sequence=1,
    )
    assert await ledger.bookings.get(code=made.code) == moved
    assert await evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await evidence.pacing() == {(VENUE, "k@2"): (2, 1)}


async def test_a_booking_can_move_onto_cells_that_it_has_itself(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    full = [charge(2, max_covers=2, max_parties=1)]
    made = await book(ledger, "AAA", placement(charges=full))
    placed = placement(start=EIGHT + timedelta(minutes=15), charges=full)
    await move(ledger, made, placed)
    assert await evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_changing_the_party_but_not_the_time_leaves_the_calendar_sequence(
    ledger: AnyLedger,
) -> None:
    made = await book(ledger, "AAA", placement())
    moved = await move(ledger, made, placement("T4"))
    assert (moved.version, moved.sequence) == (2, 0)


async def test_a_move_to_a_taken_slot_leaves_the_booking_untouched(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement("T1", charges=[charge(2)]))
    await book(ledger, "BBB", placement("T2"), user_id="berta")
    before = await evidence.claims()
    with pytest.raises(SlotTaken):
        await move(ledger, made, placement("T1", "T2"))
    assert await ledger.bookings.get(code=made.code) == made
    assert await evidence.claims() == before
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_move_into_a_full_window_leaves_the_booking_untouched(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    def full(key: str) -> list[Charge]:
        return [charge(2, key=key, max_covers=2)]

    made = await book(ledger, "AAA", placement("T1", charges=full("k@1")))
    await book(ledger, "BBB", placement("T2", start=NINE, charges=full("k@2")))
    before = await evidence.claims()
    with pytest.raises(PacingExceeded):
        await move(ledger, made, placement("T1", start=NINE, charges=full("k@2")))
    assert await evidence.claims() == before
    assert await evidence.pacing() == {(VENUE, "k@1"): (2, 1), (VENUE, "k@2"): (2, 1)}


async def test_a_move_takes_over_the_claims_of_its_hold(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement("T1", charges=[charge(2, key="k@1")]))
    placed = placement("T1", start=HALF_PAST_NINE, charges=[charge(2, key="k@2", max_covers=2)])
    await hold(ledger, "h1", placed)
    await move(ledger, made, placed, hold_id="h1")
    assert await evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await evidence.pacing() == {(VENUE, "k@2"): (2, 1)}
    assert await ledger.holds.get(hold_id="h1", now=NOW) is None


async def test_a_move_may_use_half_of_its_hold_and_half_of_its_own_cells(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement("T1"))
    await hold(ledger, "h1", placement("T1", start=HALF_PAST_NINE, charges=[charge(2)]))
    placed = placement("T1", start=NINE, charges=[charge(2)])
    await move(ledger, made, placed, hold_id="h1")
    assert await evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_stale_move_is_refused(ledger: AnyLedger) -> None:
    made = await book(ledger, "AAA", placement())
    await move(ledger, made, placement(start=NINE))
    with pytest.raises(BookingChanged):
        await move(ledger, made, placement("T2"), key=once("other"))


async def test_a_booking_that_is_over_cannot_move(ledger: AnyLedger) -> None:
    made = await book(ledger, "AAA", placement())
    gone = await set_status(ledger, made, BookingStatus.CANCELLED)
    with pytest.raises(IllegalTransition):
        await move(ledger, gone, placement("T2"))


async def test_an_unknown_booking_cannot_be_changed(ledger: AnyLedger) -> None:
    nobody = booking("ZZZ", placement())
    assert await ledger.bookings.get(code=nobody.code) is None
    with pytest.raises(BookingNotFound):
        await move(ledger, nobody, placement("T2"))
    with pytest.raises(BookingNotFound):
        await set_status(ledger, nobody, BookingStatus.CANCELLED)
    with pytest.raises(BookingNotFound):
        await ledger.bookings.edit(changed=nobody, once=None, actor="guest", now=NOW)


async def test_two_who_swap_tables_both_succeed_or_lose_nothing(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    at_eight, at_ten = placement("T1"), placement("T1", start=EIGHT + timedelta(hours=2))
    first = await book(ledger, "AAA", at_eight)
    second = await book(ledger, "BBB", at_ten, user_id="berta")
    outcomes = await asyncio.gather(
        move(ledger, first, at_ten), move(ledger, second, at_eight), return_exceptions=True
    )
    assert all(isinstance(outcome, Booking | SlotTaken) for outcome in outcomes)
    claims = await evidence.claims()
    assert set(claims) == cells_of(at_eight) | cells_of(at_ten)
    assert owners(claims) == {"aaa", "bbb"}


async def test_a_cancellation_and_a_move_at_once_end_as_if_one_came_first(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement(charges=[charge(2)]))
    outcomes = await asyncio.gather(
        set_status(ledger, made, BookingStatus.CANCELLED, version=made.version),
        move(ledger, made, placement("T2", charges=[charge(2)])),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Booking) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    stands = await ledger.bookings.get(code=made.code)
    assert stands is not None
    assert stands.version == 2
    claims = await evidence.claims()
    if stands.is_live:
        assert set(claims) == cells_of(placement("T2"))
    else:
        assert claims == {}
        assert await evidence.pacing() == {}


# set_status


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.NO_SHOW])
async def test_a_booking_that_ends_gives_its_claims_back(
    ledger: AnyLedger, evidence: Evidence, status: BookingStatus
) -> None:
    made = await book(ledger, "AAA", placement(charges=[charge(2)]))
    after = await set_status(ledger, made, status, version=1)
    assert after == replace(made, status=status, version=2)
    assert await evidence.claims() == {}
    assert await evidence.pacing() == {}
    await book(ledger, "BBB", placement(charges=[charge(2)]), user_id="berta")


async def test_a_booking_keeps_its_claims_while_it_lives(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement(), status=BookingStatus.CONFIRMING)
    for status in (BookingStatus.RECEIVED, BookingStatus.CONFIRMED, BookingStatus.SEATED):
        await set_status(ledger, made, status)
        assert len(await evidence.claims()) == 18
    await set_status(ledger, made, BookingStatus.COMPLETED)
    assert await evidence.claims() == {}


async def test_a_no_show_who_comes_after_all_gets_the_table_back_whatever_pacing_says(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    full = [charge(2, max_covers=2)]
    made = await book(ledger, "AAA", placement("T1", charges=full))
    gone = await set_status(ledger, made, BookingStatus.NO_SHOW)
    await book(ledger, "BBB", placement("T2", charges=full), user_id="berta")
    back = await set_status(ledger, gone, BookingStatus.SEATED)
    assert back.status is BookingStatus.SEATED
    claims = await evidence.claims()
    assert {cell for cell, owner in claims.items() if owner == "aaa"} == cells_of(placement("T1"))
    assert await evidence.pacing() == {(VENUE, "kitchen@1"): (4, 2)}


async def test_a_no_show_whose_table_was_given_away_stays_one(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement())
    gone = await set_status(ledger, made, BookingStatus.NO_SHOW)
    await book(ledger, "BBB", placement(), user_id="berta")
    with pytest.raises(SlotTaken):
        await set_status(ledger, gone, BookingStatus.SEATED)
    assert await evidence.bookings() == {"AAA": "no_show", "BBB": "confirmed"}
    assert owners(await evidence.claims()) == {"bbb"}


async def test_the_status_it_already_has_changes_nothing(ledger: AnyLedger) -> None:
    made = await book(ledger, "AAA", placement())
    assert await set_status(ledger, made, BookingStatus.CONFIRMED) == made
    assert len(await ledger.bookings.audit(code=made.code)) == 1


async def test_two_who_confirm_at_once_change_it_once(ledger: AnyLedger) -> None:
    made = await book(ledger, "AAA", placement(), status=BookingStatus.RECEIVED)
    outcomes = await asyncio.gather(
        *(set_status(ledger, made, BookingStatus.CONFIRMED, version=1) for _ in range(2))
    )
    assert {outcome.version for outcome in outcomes} == {2}
    trail = await ledger.bookings.audit(code=made.code)
    assert [entry.action for entry in trail] == ["booked", "confirmed"]


async def test_an_illegal_transition_writes_nothing(ledger: AnyLedger, evidence: Evidence) -> None:
    made = await book(ledger, "AAA", placement())
    gone = await set_status(ledger, made, BookingStatus.CANCELLED)
    with pytest.raises(IllegalTransition):
        await set_status(ledger, gone, BookingStatus.SEATED)
    assert await ledger.bookings.get(code=made.code) == gone
    assert await evidence.claims() == {}


async def test_a_stale_status_change_is_refused(ledger: AnyLedger) -> None:
    made = await book(ledger, "AAA", placement())
    await move(ledger, made, placement("T2"))
    with pytest.raises(BookingChanged):
        await set_status(ledger, made, BookingStatus.CANCELLED, version=1)
    await set_status(ledger, made, BookingStatus.CANCELLED, version=None)


# edit


async def test_an_edit_changes_who_comes_and_nothing_else(
    ledger: AnyLedger, evidence: Evidence
) -> None:
    made = await book(ledger, "AAA", placement())
    before = await evidence.claims()
    guest = replace(made.guest, name="Ana María", email="ana@example.org")
    changed = replace(moved_to(made, placement("T9")), guest=guest, notes="trona")
    edited = await ledger.bookings.edit(changed=changed, once=None, actor="guest", now=NOW)
    assert edited == replace(made, guest=guest, notes="trona", version=2)
    assert await ledger.bookings.get(code=made.code) == edited
    assert await evidence.claims() == before
    with pytest.raises(BookingChanged):
        await ledger.bookings.edit(changed=changed, once=None, actor="guest", now=NOW)


async def test_text_that_no_database_holds_does_not_break_one(ledger: AnyLedger) -> None:
    guest = Guest("ana\x00\ud83d", "A\x00na \ud83d")
    placed = placement()
    odd = replace(booking("AAA", placed), guest=guest, notes="a\x00\udfffb")
    await ledger.bookings.book(
        booking=odd,
        placement=placed,
        hold_id=None,
        limit=1,
        once=Once("k\x00", "f\ud800", "c\x00", 1),
        actor="guest",
        now=NOW,
    )
    found = await ledger.bookings.get(code=odd.code)
    assert found is not None
    assert found.notes.startswith("a")
    assert found.notes.endswith("b")
    assert len(await ledger.bookings.audit(code=odd.code)) == 1


# reading


async def test_a_guest_finds_their_open_bookings_to_come_by_start(ledger: AnyLedger) -> None:
    await book(ledger, "LATE", placement("T1", start=NINE))
    await book(ledger, "EARLY", placement("T2"))
    gone = await book(ledger, "GONE", placement("T3"))
    await set_status(ledger, gone, BookingStatus.CANCELLED)
    await book(ledger, "OTHER", placement("T4"), user_id="berta")
    found = await ledger.bookings.of_guest(venue=VENUE, user_id="ana", phone="", since=NOW)
    assert codes(found) == ["EARLY", "LATE"]
    ended = EIGHT + timedelta(minutes=90)
    found = await ledger.bookings.of_guest(venue=VENUE, user_id="ana", phone="", since=ended)
    assert codes(found) == ["LATE"]
    elsewhere = VenueId("elsewhere")
    assert await ledger.bookings.of_guest(venue=elsewhere, user_id="ana", phone="", since=NOW) == []


async def test_a_proven_phone_finds_bookings_made_on_another_channel(ledger: AnyLedger) -> None:
    await book(ledger, "AAA", placement())
    found = await ledger.bookings.of_guest(
        venue=VENUE, user_id="+34600000001", phone="+34600000001", since=NOW
    )
    assert codes(found) == ["AAA"]
    nobody = await ledger.bookings.of_guest(venue=VENUE, user_id="x", phone="", since=NOW)
    assert nobody == []


async def test_bookings_without_a_phone_are_not_found_by_an_empty_one(ledger: AnyLedger) -> None:
    placed = placement()
    await ledger.bookings.book(
        booking=replace(booking("AAA", placed), guest=Guest("ana")),
        placement=placed,
        hold_id=None,
        limit=1,
        once=once("k"),
        actor="guest",
        now=NOW,
    )
    assert await ledger.bookings.of_guest(venue=VENUE, user_id="b", phone="", since=NOW) == []


async def test_the_bookings_between_two_instants_start_there(ledger: AnyLedger) -> None:
    await book(ledger, "B", placement("T1"))
    await book(ledger, "A", placement("T2"))
    gone = await book(ledger, "C", placement("T3", start=NINE))
    await set_status(ledger, gone, BookingStatus.CANCELLED)
    between = ledger.bookings.between
    assert codes(await between(venue=VENUE, start=EIGHT, end=NINE)) == ["A", "B"]
    later = NINE + timedelta(minutes=1)
    assert codes(await between(venue=VENUE, start=EIGHT, end=later)) == ["A", "B", "C"]
    cancelled = await between(venue=VENUE, start=EIGHT, end=later, status=BookingStatus.CANCELLED)
    assert codes(cancelled) == ["C"]


async def test_the_versions_between_two_instants_grow_with_every_change_there(
    ledger: AnyLedger,
) -> None:
    async def versions() -> int:
        return await ledger.bookings.versions(venue=VENUE, start=EIGHT, end=NINE)

    seen = [await versions()]
    booked = await book(ledger, "A", placement("T1", start=EIGHT))
    await book(ledger, "B", placement("T2", start=NINE))
    seen.append(await versions())
    named = replace(booked, guest=replace(booked.guest, name="Otra"))
    edited = await ledger.bookings.edit(changed=named, once=None, actor="staff", now=NOW)
    seen.append(await versions())
    for status in (BookingStatus.SEATED, BookingStatus.COMPLETED):
        await ledger.bookings.set_status(
            code=edited.code, status=status, version=None, once=None, actor="staff", now=NOW
        )
        seen.append(await versions())
    assert seen == [0, 1, 2, 3, 4]
    assert await ledger.bookings.versions(venue=VenueId("else"), start=EIGHT, end=NINE) == 0


async def test_the_audit_trail_tells_who_did_what_with_before_and_after(ledger: AnyLedger) -> None:
    made = await book(ledger, "AAA", placement())
    moved = await move(ledger, made, placement("T2"))
    gone = await set_status(ledger, moved, BookingStatus.CANCELLED, now=NOW + HOLD_TIME)
    booked, shifted, cancelled = await ledger.bookings.audit(code=made.code)
    assert (booked.actor, booked.action, booked.at) == ("guest", "booked", NOW)
    assert (booked.before, booked.after) == (None, facts_of(made))
    assert (shifted.before, shifted.after) == (facts_of(made), facts_of(moved))
    assert (cancelled.actor, cancelled.action) == ("staff", "cancelled")
    assert (cancelled.at, cancelled.after) == (NOW + HOLD_TIME, facts_of(gone))
