"""Prompts, the waitlist and a person's silence, over a ledger in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from application.ports.handovers import HandoverReason
from application.replay import replay_conversation
from application.reservations import StaffChange
from domain.booking import BookingStatus
from domain.dialogue import PlaceFree, Prompt, Reminded
from domain.understanding import Intent, Party
from domain.venue import Policy, Venue
from domain.waitlist import WaitlistStatus
from domain.when import ClockTime, Weekday, When
from tests.unit.application.stand_ins import House
from tests.unit.domain.dialogue.desk import says
from tests.unit.domain.houses import restaurant

FRIDAY_NINE = When(Weekday(5), ClockTime(9))
WISH: dict[str, Any] = {"when": FRIDAY_NINE, "party": Party(4, 4), "name": "Laura Gil"}
EIGHT: dict[str, Any] = {**WISH, "party": Party(8, 8)}
"""There is one table for eight."""
YES, NO = says(Intent.AFFIRM), says(Intent.DENY)


@dataclass
class OnePrompt:
    """What the house has asked, until it is answered."""

    prompt: Prompt | None = None
    keys: list[str] = field(default_factory=list)

    async def prompt_for(self, *, venue: Venue, user_id: str, phone: str) -> Prompt | None:
        return self.prompt

    async def answered(self, key: str) -> None:
        self.keys.append(key)
        self.prompt = None


@dataclass
class OneDesk:
    """Staff who may have taken every conversation there is."""

    taken: bool = False
    listed: list[HandoverReason] = field(default_factory=list)

    async def is_taken(self, conversation_id: str) -> bool:
        return self.taken

    async def hand_over(
        self,
        venue: Venue,
        conversation_id: str,
        user_id: str,
        channel: str,
        reason: HandoverReason,
        now: datetime,
    ) -> None:
        self.listed.append(reason)


async def booked(house: House, **wish: Any) -> Any:
    """A booking of Ana's, as it stands."""
    await house.hears("a table", says(Intent.BOOK, **(WISH | wish)))
    await house.hears("yes, book it", YES)
    return (await house.reservations.bookings_on(house.venue, day=None))[-1]


async def turns_of(house: House, answer: dict[str, Any]) -> Any:
    return await house.ledger.conversations.turns(conversation_id=answer["conversation_id"])


async def replays(house: House, answer: dict[str, Any]) -> bool:
    report = await replay_conversation(
        answer["conversation_id"],
        turns=await turns_of(house, answer),
        venue_of=house.reservations.venue,
        human=house.human,
    )
    assert report.is_same, report
    return report.is_same


# --- prompts -------------------------------------------------------------------------------------


async def test_a_yes_to_a_reminder_is_answered_and_noted() -> None:
    prompts = OnePrompt()
    house = House(prompts=prompts)
    booking = await booked(house)
    house.clock.pass_time(hours=2)
    prompts.prompt = Reminded("r1", booking, house.clock.now())
    answer = await house.hears("sí", YES)
    assert (answer["status"], answer["response"]) == ("answered", "Expected")
    assert answer["booking"]["start"] == "2026-11-27T21:00:00+01:00"
    assert prompts.keys == ["r1"]
    assert await replays(house, answer)


async def test_a_no_to_a_reminder_cancels_that_booking() -> None:
    prompts = OnePrompt()
    house = House(prompts=prompts)
    booking = await booked(house)
    await booked(house, when=When(Weekday(4), ClockTime(9)))
    house.clock.pass_time(hours=2)
    prompts.prompt = Reminded("r1", booking, house.clock.now())
    answer = await house.hears("no", NO)
    assert (answer["status"], answer["action"]) == ("cancelled", "cancel_appointment")
    left = await house.reservations.bookings_on(house.venue, day=None, status=None)
    assert {b.code for b in left if b.status is BookingStatus.CANCELLED} == {booking.code}
    assert await replays(house, answer)


async def test_a_booking_cancelled_meanwhile_is_not_expected() -> None:
    prompts = OnePrompt()
    house = House(prompts=prompts)
    booking = await booked(house)
    await house.hears("cancel", says(Intent.CANCEL))
    await house.hears("yes, cancel", YES)
    prompts.prompt = Reminded("r1", booking, house.clock.now())
    answer = await house.hears("sí", YES)
    assert answer["response"] == "CannotDo"


async def test_a_prompt_is_answered_before_the_turn_is_saved() -> None:
    """Else a guest who said that they come could be cancelled for want of an answer."""
    prompts = OnePrompt()
    house = House(prompts=prompts)
    booking = await booked(house)
    prompts.prompt = Reminded("r1", booking, house.clock.now())
    house.human.fails = 1
    with pytest.raises(RuntimeError):
        await house.hears("sí", YES)
    assert prompts.keys == ["r1"]


async def test_another_wish_leaves_the_prompt_open() -> None:
    prompts = OnePrompt()
    house = House(prompts=prompts)
    prompts.prompt = Reminded("r1", await booked(house), house.clock.now())
    await house.hears("hola", says(Intent.GREET))
    assert prompts.keys == []


# --- the waitlist --------------------------------------------------------------------------------


async def no_table_left() -> House:
    """One table for eight, which Eva has, and nothing near nine."""
    house = House(venue=restaurant(policy=Policy(max_party=8)))
    for hour in (8, 10):
        wish = EIGHT | {"when": When(Weekday(5), ClockTime(hour)), "name": f"Eva {hour}"}
        await house.hears(f"eight at {hour}", says(Intent.BOOK, **wish), user_id="eva")
        await house.hears(f"yes {hour}", YES, user_id="eva")
    return house


async def test_a_guest_joins_the_waitlist_once() -> None:
    house = await no_table_left()
    answer = await house.hears("put me on", says(Intent.WAITLIST, **EIGHT))
    assert (answer["status"], answer["action"]) == ("waitlisted", "join_waitlist")
    assert answer["intent"] == "waitlist"
    again = await house.hears("put me on!", says(Intent.WAITLIST, **EIGHT))
    assert (again["status"], again["action"]) == ("waitlisted", "none")
    (entry,) = await house.ledger.waitlist.listed()
    assert (entry.covers, entry.guest.name, entry.guest.user_id) == (8, "Laura Gil", "ana")
    assert entry.earliest <= 21 * 60 <= entry.latest
    assert await replays(house, again)


async def test_a_freed_place_is_booked_with_a_yes() -> None:
    house = await no_table_left()
    await house.hears("put me on", says(Intent.WAITLIST, **EIGHT))
    (entry,) = await house.ledger.waitlist.listed()
    for booking in await house.reservations.bookings_on(house.venue, day=None):
        await house.reservations.change_for_staff(
            booking.code,
            StaffChange(status=BookingStatus.CANCELLED),
            idempotency_key=f"c-{booking.code}",
        )
    assert await house.waitlist.sweep() == 1
    offered = await house.ledger.waitlist.get(id=entry.id)
    assert offered is not None
    assert offered.offer is not None
    prompts = OnePrompt(
        PlaceFree("p1", entry.id, offered.offer, house.clock.now(), guest=offered.guest)
    )
    house = replace(house, prompts=prompts)
    answer = await house.hears("sí", YES)
    assert (answer["status"], answer["action"]) == ("confirmed", "schedule_appointment")
    assert prompts.keys == ["p1"]
    taken_up = await house.ledger.waitlist.get(id=entry.id)
    assert taken_up is not None
    assert taken_up.status is WaitlistStatus.BOOKED


async def test_a_guest_leaves_the_waitlist() -> None:
    house = await no_table_left()
    await house.hears("put me on", says(Intent.WAITLIST, **EIGHT))
    answer = await house.hears("take me off", says(Intent.WAITLIST, Intent.CANCEL))
    assert answer["response"] == "WaitlistOver"
    assert await house.ledger.waitlist.listed() == []
    again = await house.hears("take me off!", says(Intent.WAITLIST, Intent.CANCEL))
    assert again["response"] == "NotWaiting"


async def test_what_is_waited_for_is_shown_with_the_bookings() -> None:
    house = await no_table_left()
    await house.hears("put me on", says(Intent.WAITLIST, **EIGHT))
    answer = await house.hears("mine?", says(Intent.CHECK_BOOKING))
    assert (answer["response"], answer["status"]) == ("OnWaitlist", "answered")


# --- a person ------------------------------------------------------------------------------------


async def test_an_escalated_turn_is_listed_for_staff() -> None:
    desk = OneDesk()
    house = House(front_desk=desk)
    answer = await house.hears("a person!", says(Intent.HANDOFF))
    assert answer["status"] == "escalated"
    await house.hears("99", says(Intent.BOOK, party=Party(99, 99)))
    for text in ("a", "b", "c"):
        await house.hears(text, says(Intent.OUT_OF_SCOPE, certain=False))
    assert desk.listed == [
        HandoverReason.ASKED,
        HandoverReason.LARGE_PARTY,
        HandoverReason.STUCK,
    ]


async def test_while_a_person_has_it_a_message_is_kept_and_not_answered() -> None:
    desk = OneDesk()
    house = House(front_desk=desk)
    first = await house.hears("hola", says(Intent.GREET))
    desk.taken = True
    del house.router.understandings["hola"]
    answer = await silent(house, "is anybody there?")
    assert (answer["response"], answer["status"], answer["action"]) == ("", "escalated", "none")
    assert answer["receipt"]["agents"] == []
    assert answer["conversation_id"] == first["conversation_id"]
    turns = await turns_of(house, answer)
    assert [turn.message for turn in turns] == ["hola", "is anybody there?"]
    assert await replays(house, answer)
    again = await silent(house, "is anybody there?", message_id=answer["message_id"])
    assert again == answer


async def silent(house: House, text: str, **own: Any) -> dict[str, Any]:
    """A message that no agent may be asked about: the router would not know it."""
    events = await house.events(text, **own)
    return dict(events[-1].response)  # type: ignore[union-attr]


async def test_what_was_on_offer_is_given_back_and_no_later_yes_books_it() -> None:
    desk = OneDesk()
    house = House(front_desk=desk)
    offered = await house.hears("eight", says(Intent.BOOK, **EIGHT))
    assert len(offered["offers"]) == 1
    desk.taken = True
    await silent(house, "wait, a question")
    desk.taken = False
    await house.hears("yes", YES)
    assert await house.reservations.bookings_on(house.venue, day=None) == []
    free = await house.hears("eight too", says(Intent.BOOK, **EIGHT), user_id="eva")
    assert free["offers"][0]["start"] == "2026-11-27T21:00:00+01:00"


async def test_a_prompt_waits_while_a_person_has_the_conversation() -> None:
    desk, prompts = OneDesk(), OnePrompt()
    house = House(front_desk=desk, prompts=prompts)
    prompts.prompt = Reminded("r1", await booked(house), house.clock.now())
    desk.taken = True
    await silent(house, "sí")
    assert prompts.keys == []


async def test_a_write_that_died_unsaid_is_told_even_then() -> None:
    desk = OneDesk()
    house = House(front_desk=desk)
    await house.hears("a table", says(Intent.BOOK, **WISH))
    house.human.fails = 1
    with pytest.raises(RuntimeError):
        await house.hears("yes", YES, message_id="m2")
    desk.taken = True
    answer = await silent(house, "yes", message_id="m2")
    assert answer["response"] == "Booked"
