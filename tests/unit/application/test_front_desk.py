"""Conversations that need a person: listed, taken, answered in the same thread, handed back."""

from __future__ import annotations

from datetime import UTC, datetime

from application.front_desk import FrontDesk, Speaker
from application.ports.conversations import TurnBegun, TurnRecord
from application.ports.handovers import HandoverReason
from infrastructure.memory import MemoryLedger
from tests.fakes.clock import StillClock
from tests.support.aftercare import Aftercare, Way

MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)


class Street:
    def __init__(self) -> None:
        self.clock = StillClock(MONDAY)
        self.whatsapp = Way("webhook", wants=lambda letter: letter.channel == "whatsapp")
        self.aftercare = Aftercare(MemoryLedger(), self.clock, ways=[self.whatsapp])

    @property
    def desk(self) -> FrontDesk:
        return self.aftercare.front_desk

    async def turn(self, number: int, said: str, reply: str) -> None:
        conversations = self.aftercare.ledger.conversations
        self.clock.move(60)
        now = self.clock.now()
        begun = await conversations.begin_turn(
            venue=self.aftercare.venue.id,
            user_id="ana",
            channel="whatsapp",
            conversation_id=None,
            message_id=f"m{number}",
            token="t",
            new_id="c1",
            now=now,
            lease_s=30,
            idle_s=3600,
            history=5,
        )
        assert isinstance(begun, TurnBegun)
        record = TurnRecord("c1", begun.number, f"m{number}", now, said, reply, {})
        await conversations.end_turn(begun=begun, record=record, state={}, now=now)

    async def escalate(self) -> None:
        await self.desk.hand_over(
            self.aftercare.venue,
            "c1",
            "ana",
            "whatsapp",
            HandoverReason.ASKED,
            self.clock.now(),
        )


async def test_a_conversation_that_needs_a_person_is_listed_once_with_the_last_words() -> None:
    street = Street()
    await street.turn(1, "quiero hablar con alguien", "Le paso con el equipo.")
    await street.escalate()
    await street.turn(2, "¿hola?", "")
    await street.escalate()
    [waiting] = await street.desk.open_ones(street.aftercare.venue.id)
    assert (waiting.handover.user_id, waiting.handover.reason) == ("ana", HandoverReason.ASKED)
    assert (waiting.last_words, waiting.last_at) == ("¿hola?", street.clock.now())
    assert not await street.desk.is_taken("c1")


async def test_from_the_moment_that_staff_take_it_the_engine_is_silent_until_they_hand_it_back() -> (
    None
):
    street = Street()
    await street.escalate()
    assert await street.desk.take("c1") is not None
    assert await street.desk.is_taken("c1")
    assert await street.desk.hand_back("c1")
    assert not await street.desk.is_taken("c1")
    assert not await street.desk.hand_back("c1")
    assert await street.desk.take("c1") is None
    assert list(await street.desk.open_ones(street.aftercare.venue.id)) == []


async def test_whoever_writes_takes_the_conversation_and_the_words_go_out() -> None:
    street = Street()
    await street.turn(1, "quiero hablar con alguien", "Le paso con el equipo.")
    await street.escalate()
    first = await street.desk.say("c1", "Soy Marta, dígame.", key="k1")
    again = await street.desk.say("c1", "Soy Marta, dígame.", key="k1")
    assert first is not None
    assert first == again
    assert await street.desk.is_taken("c1")
    await street.aftercare.work()
    assert [letter.text for letter in street.whatsapp.letters] == ["Soy Marta, dígame."]
    assert len(await street.aftercare.posts()) == 1


async def test_nobody_writes_into_a_conversation_that_is_not_on_the_list() -> None:
    street = Street()
    await street.turn(1, "hola", "Hola.")
    assert await street.desk.say("c1", "Hola", key="k1") is None
    assert await street.aftercare.posts() == []


async def test_the_thread_has_everybodys_words_in_their_order() -> None:
    street = Street()
    await street.turn(1, "quiero hablar con alguien", "Le paso con el equipo.")
    await street.escalate()
    street.clock.move(60)
    await street.desk.say("c1", "Soy Marta, dígame.", key="k1")
    await street.turn(2, "¿puedo llevar un perro?", "")
    thread = await street.desk.thread("c1")
    assert thread is not None
    assert [(line.speaker, line.text) for line in thread.lines] == [
        (Speaker.GUEST, "quiero hablar con alguien"),
        (Speaker.ENGINE, "Le paso con el equipo."),
        (Speaker.STAFF, "Soy Marta, dígame."),
        (Speaker.GUEST, "¿puedo llevar un perro?"),
    ]
    assert thread.handover is not None


async def test_the_thread_shows_a_reminder_that_came_in_between() -> None:
    street = Street()
    await street.aftercare.book(NINE)
    await street.aftercare.work()
    street.clock.move((datetime(2026, 11, 26, 18, tzinfo=UTC) - street.clock.at).total_seconds())
    await street.turn(1, "quiero hablar con alguien", "Le paso con el equipo.")
    await street.escalate()
    street.clock.move(2 * 3600)
    await street.aftercare.work()
    thread = await street.desk.thread("c1")
    assert thread is not None
    last = thread.lines[-1]
    assert last.speaker is Speaker.HOUSE
    assert last.card is not None
    assert last.card["asks"]


async def test_a_conversation_that_nobody_has_had_has_no_thread() -> None:
    assert await Street().desk.thread("c9") is None
