"""The path of a message over a ledger in memory."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from application.conversation import Accepted, Answered, StageDone, Words
from application.ports.holds import Hold
from application.replay import replay_conversation
from domain.booking import BookingStatus, spoken_code
from domain.errors import SlotTaken
from domain.understanding import ByOrder, Intent, Party
from domain.when import ClockTime, DaysAhead, Weekday, When
from tests.unit.application.stand_ins import House
from tests.unit.domain.dialogue.desk import says

WISH: dict[str, Any] = {
    "when": When(Weekday(5), ClockTime(9)),
    "party": Party(4, 4),
    "name": "Laura Gil",
}


async def book(house: House, *, user_id: str = "ana") -> dict[str, Any]:
    await house.hears("a table", says(Intent.BOOK, **WISH), user_id=user_id)
    return await house.hears("yes", says(Intent.AFFIRM), user_id=user_id)


async def all_bookings(house: House) -> list[Any]:
    return list(await house.reservations.bookings_on(house.venue, day=None))


async def test_a_message_is_accepted_passes_three_stages_and_is_answered() -> None:
    house = House()
    house.router.understandings["hola"] = says(Intent.GREET)
    events = await house.events("hola")
    assert isinstance(events[0], Accepted)
    assert [e.stage for e in events if isinstance(e, StageDone)] == ["router", "logic", "human"]
    assert "".join(e.text for e in events if isinstance(e, Words)) == "Greet Help"
    assert isinstance(events[-1], Answered)


async def test_an_exact_wish_is_offered_held_and_booked_on_a_yes() -> None:
    house = House()
    offer = await house.hears("a table", says(Intent.BOOK, **WISH))
    assert (offer["status"], offer["action"], len(offer["offers"])) == ("offering", "none", 1)
    assert offer["offers"][0]["start"] == "2026-11-27T21:00:00+01:00"
    assert offer["receipt"]["availability"] == {"source": "ledger", "age_s": 0.0}
    assert await all_bookings(house) == []
    booked = await house.hears("yes", says(Intent.AFFIRM))
    assert (booked["status"], booked["action"]) == ("confirmed", "schedule_appointment")
    (written,) = await all_bookings(house)
    assert spoken_code(booked["booking"]["code"]) == written.code
    assert written.status is BookingStatus.CONFIRMED
    assert booked["booking"]["guest_name"] == "Laura Gil"


@pytest.mark.parametrize("races", [1, 2, 3])
async def test_whoever_is_outrun_at_table_after_table_gets_the_last_that_is_left(
    monkeypatch: pytest.MonkeyPatch, races: int
) -> None:
    house = House()
    outrun(house, monkeypatch, races=races)
    offered = await house.hears("a table", says(Intent.BOOK, **WISH | {"party": Party(2, 2)}))
    assert offered["response"] == "Offered"
    (offer,) = offered["offers"]
    assert offer["start"] == "2026-11-27T21:00:00+01:00"


async def test_whoever_is_outrun_at_every_table_hears_of_other_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    outrun(house, monkeypatch, races=4)
    offered = await house.hears("a table", says(Intent.BOOK, **WISH | {"party": Party(2, 2)}))
    assert offered["offers"]
    assert "2026-11-27T21:00:00+01:00" not in [offer["start"] for offer in offered["offers"]]


async def test_where_everything_seems_free_and_nothing_can_be_had_nobody_is_told_it_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()

    async def never(**given: Any) -> Hold:
        raise SlotTaken

    monkeypatch.setattr(house.ledger.holds, "place", never)
    told = await house.hears("a table", says(Intent.BOOK, **WISH))
    assert told["response"] == "Trouble"


def outrun(house: House, monkeypatch: pytest.MonkeyPatch, *, races: int) -> None:
    """So many times somebody else holds the very table just before the guest would."""
    hold, others = house.ledger.holds.place, count()

    async def late(**given: Any) -> Hold:
        other = next(others)
        if other < races:
            await hold(**given | {"hold_id": f"other-{other}", "holder": f"other-{other}"})
        return await hold(**given)

    monkeypatch.setattr(house.ledger.holds, "place", late)


async def test_a_repeated_message_gets_the_first_answer_and_books_once() -> None:
    house = House()
    await house.hears("a table", says(Intent.BOOK, **WISH))
    first = await house.hears("yes", says(Intent.AFFIRM), message_id="m2")
    again = await house.hears("yes", says(Intent.AFFIRM), message_id="m2")
    assert first == again
    assert len(await all_bookings(house)) == 1


async def test_a_turn_that_died_after_its_write_is_told_when_the_message_comes_again() -> None:
    house = House()
    await house.hears("a table", says(Intent.BOOK, **WISH))
    house.human.fails = 1
    with pytest.raises(RuntimeError):
        await house.hears("yes", says(Intent.AFFIRM), message_id="m2")
    (written,) = await all_bookings(house)
    told = await house.hears("yes", says(Intent.AFFIRM), message_id="m2")
    assert (told["status"], told["response"]) == ("confirmed", "Booked")
    assert spoken_code(told["booking"]["code"]) == written.code
    assert await all_bookings(house) == [written]


async def test_a_turn_that_died_after_its_write_is_told_with_the_next_message() -> None:
    house = House()
    await house.hears("a table", says(Intent.BOOK, **WISH))
    house.human.fails = 1
    with pytest.raises(RuntimeError):
        await house.hears("yes", says(Intent.AFFIRM), message_id="m2")
    house.clock.pass_time(minutes=2)
    told = await house.hears("thanks", says(Intent.THANKS), message_id="m3")
    assert told["response"] == "Booked Thanked"
    assert len(await all_bookings(house)) == 1


async def test_the_background_ends_a_turn_that_died_and_the_answer_waits_for_its_message() -> None:
    house = House()
    await house.hears("a table", says(Intent.BOOK, **WISH))
    house.human.fails = 1
    with pytest.raises(RuntimeError):
        await house.hears("yes", says(Intent.AFFIRM), message_id="m2")
    house.clock.pass_time(minutes=2)
    (abandoned,) = await house.ledger.conversations.abandoned(now=house.clock.now(), limit=10)
    await house.conversation.finish_turn(abandoned)
    assert await house.ledger.conversations.abandoned(now=house.clock.now(), limit=10) == []
    told = await house.hears("yes", says(Intent.AFFIRM), message_id="m2")
    assert told["response"] == "Booked"
    assert len(await all_bookings(house)) == 1


async def test_a_guest_moves_and_cancels_and_the_code_stays() -> None:
    house = House()
    code = (await book(house))["booking"]["code"]
    await house.hears("later", says(Intent.RESCHEDULE, when=When(time=ClockTime(10))))
    moved = await house.hears("ok", says(Intent.AFFIRM))
    assert (moved["status"], moved["booking"]["code"]) == ("moved", code)
    assert moved["booking"]["start"] == "2026-11-27T22:00:00+01:00"
    asked = await house.hears("cancel", says(Intent.CANCEL))
    assert asked["status"] == "awaiting_confirmation"
    cancelled = await house.hears("yes", says(Intent.AFFIRM))
    assert (cancelled["status"], cancelled["action"]) == ("cancelled", "cancel_appointment")


async def test_a_guest_never_sees_another_ones_bookings() -> None:
    house = House()
    await book(house, user_id="ana")
    seen = await house.hears("mine?", says(Intent.CHECK_BOOKING), user_id="eva")
    assert seen["response"] == "NoBookings"
    assert seen["booking"] is None


async def test_the_second_guest_for_the_last_table_is_offered_what_is_left() -> None:
    house = House()
    eight: dict[str, Any] = {**WISH, "party": Party(8, 8)}
    first = await house.hears("eight", says(Intent.BOOK, **eight), user_id="ana")
    second = await house.hears("eight", says(Intent.BOOK, **eight), user_id="eva")
    assert len(first["offers"]) == 1
    starts = {offer["start"] for offer in second["offers"]}
    assert "2026-11-27T21:00:00+01:00" not in starts


async def test_a_held_slot_comes_back_when_its_time_has_run_out() -> None:
    house = House()
    eight: dict[str, Any] = {**WISH, "party": Party(8, 8)}
    await house.hears("eight", says(Intent.BOOK, **eight), user_id="ana")
    house.clock.pass_time(minutes=11)
    second = await house.hears("eight", says(Intent.BOOK, **eight), user_id="eva")
    assert second["offers"][0]["start"] == "2026-11-27T21:00:00+01:00"


async def test_a_number_in_the_channel_is_the_phone_of_the_booking() -> None:
    house = House()
    await book(house, user_id="+34600111222")
    (written,) = await all_bookings(house)
    assert written.guest.phone == "+34600111222"


async def test_a_conversation_replays_to_the_same_actions_and_words() -> None:
    house = House()
    answers = [
        await house.hears("a table", says(Intent.BOOK, when=When(DaysAhead(3), ClockTime(9)))),
        await house.hears("four", says(party=Party(4, 4))),
        await house.hears("the first", says(choice=ByOrder(1))),
        await house.hears("Laura", says(name="Laura")),
    ]
    conversation_id = answers[0]["conversation_id"]
    turns = await house.ledger.conversations.turns(conversation_id=conversation_id)
    report = await replay_conversation(
        conversation_id, turns=turns, venue_of=house.reservations.venue, human=house.human
    )
    assert report.is_same, report
    assert [turn.reply for turn in report.turns] == [answer["response"] for answer in answers]
