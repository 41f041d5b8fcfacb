"""Whole talks about what follows a booking: the app's real parts, the local twins, a clock we move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from domain.venue import Venue, VenueId
from domain.waitlist import WaitlistStatus
from infrastructure.http.parts import Parts
from tests.support.house import House, open_house

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
"""A Tuesday, eleven in Madrid."""
ANA, EVA = "+34600111222", "+34600999888"


@dataclass
class Talk:
    """The house, and one guest's words after another."""

    house: House
    replies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def parts(self) -> Parts:
        transport = self.house.client._transport
        assert isinstance(transport, httpx.ASGITransport)
        parts: Parts = transport.app.state.parts  # type: ignore[attr-defined]
        return parts

    async def says(self, text: str, *, guest: str = ANA) -> dict[str, Any]:
        self.house.clock.move(timedelta(seconds=20))
        answered = await self.house.say(
            text,
            venue="la-terraza",
            guest=guest,
            channel="whatsapp",
            message_id=self.house.next_id("message"),
        )
        assert answered.status_code == 200, answered.text
        reply: dict[str, Any] = answered.json()
        self.replies.append(reply)
        return reply

    async def books(self, what: str, *, guest: str = ANA) -> dict[str, Any]:
        """A booking, by its words and a yes."""
        await self.says(what, guest=guest)
        booked = await self.says("sí", guest=guest)
        assert booked["status"] == "confirmed", booked["response"]
        return dict(booked["booking"])

    async def work(self) -> list[str]:
        """What the background would do now: plan, offer and deliver; the keys of what was sent."""
        messages, waitlist = self.parts.messages, self.parts.waitlist
        assert messages is not None
        assert waitlist is not None
        await messages.plan()
        await waitlist.sweep()
        due = list(await messages.due())
        for key in due:
            await messages.deliver(key)
        return due

    async def posts(self, *, guest: str = ANA) -> list[str]:
        assert self.parts.posts is not None
        found = await self.parts.posts.after(venue=self.venue.id, user_id=guest, id=0)
        return [post.text for post in found]

    @property
    def venue(self) -> Venue:
        return self.parts.reservations.venue(VenueId("la-terraza"))

    def status_of(self, booking: dict[str, Any]) -> str:
        code = booking["code"].replace("-", "")
        return self.house.ledger.bookings()[code].status


@pytest_asyncio.fixture
async def talk(tmp_path: Path, empty_ledger: Path) -> AsyncIterator[Talk]:
    async with open_house(tmp_path, start=START, template=empty_ledger) as house:
        yield Talk(house)


async def reminded(talk: Talk) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two bookings, and the day before the first its reminder in the guest's thread."""
    first = await talk.books("mesa para 4 el jueves a las nueve de la noche, a nombre de Laura Gil")
    second = await talk.books("mesa para 2 el domingo a las nueve de la noche")
    await talk.work()
    talk.house.clock.move(datetime(2026, 11, 25, 20, 1, tzinfo=UTC) - talk.house.clock.now())
    await talk.work()
    (reminder,) = await talk.posts()
    assert "Responda SÍ" in reminder or "Responde SÍ" in reminder
    return first, second


@pytest.mark.parametrize("yes", ["sí", "ok confirmo", "allí estaremos", "hasta mañana", "yes"])
async def test_a_yes_to_the_reminder_is_understood_without_asking_which(
    talk: Talk, yes: str
) -> None:
    first, second = await reminded(talk)
    answer = await talk.says(yes)
    assert answer["booking"]["code"] == first["code"]
    assert (answer["status"], answer["action"]) == ("answered", "none")
    assert {talk.status_of(first), talk.status_of(second)} == {"confirmed"}
    # It is answered: the same word again is about nothing.
    assert (await talk.says("sí"))["booking"] is None


@pytest.mark.parametrize("no", ["no", "cancela", "no puedo", "can't make it", "no podremos ir"])
async def test_a_no_to_the_reminder_cancels_that_booking_and_no_other(talk: Talk, no: str) -> None:
    first, second = await reminded(talk)
    answer = await talk.says(no)
    assert (answer["status"], answer["action"]) == ("cancelled", "cancel_appointment")
    assert (talk.status_of(first), talk.status_of(second)) == ("cancelled", "confirmed")


@pytest.mark.parametrize("doubt", ["no, gracias", "¿hasta cuándo puedo cancelar?", "no sé"])
async def test_nothing_is_cancelled_on_a_doubtful_word(talk: Talk, doubt: str) -> None:
    first, second = await reminded(talk)
    await talk.says(doubt)
    assert {talk.status_of(first), talk.status_of(second)} == {"confirmed"}


async def test_another_time_moves_the_booking_of_the_reminder(talk: Talk) -> None:
    first, second = await reminded(talk)
    offered = await talk.says("¿puede ser a las diez?")
    assert offered["status"] == "offering", offered["response"]
    moved = await talk.says("sí")
    assert (moved["status"], moved["booking"]["code"]) == ("moved", first["code"])
    assert moved["booking"]["start"] == "2026-11-26T22:00:00+01:00"
    assert talk.status_of(second) == "confirmed"


async def test_a_question_beside_the_yes_is_answered_too(talk: Talk) -> None:
    first, _ = await reminded(talk)
    answer = await talk.says("sí, ¿hay parking?")
    assert answer["booking"]["code"] == first["code"]
    assert "parking" in answer["response"].lower() or "aparca" in answer["response"].lower()


async def test_a_request_beside_the_yes_is_noted(talk: Talk) -> None:
    first, _ = await reminded(talk)
    await talk.says("sí, y necesitamos una trona")
    code = first["code"].replace("-", "")
    assert "trona" in talk.house.ledger.bookings()[code].notes


async def test_a_new_booking_after_the_reminder_is_a_new_booking(talk: Talk) -> None:
    first, _ = await reminded(talk)
    third = await talk.books("quiero reservar otra mesa para el viernes a las nueve, somos 2")
    assert third["code"] != first["code"]
    assert talk.status_of(first) == "confirmed"
    # And the reminder can still be answered.
    assert (await talk.says("confirmo que vamos el jueves"))["booking"] is not None


# --- the waitlist --------------------------------------------------------------------------------

TWELVE = "mesa para 12 el viernes a las nueve de la noche, a nombre de {}"
"""Two places of the house seat so many."""


async def full_for_twelve(talk: Talk) -> list[dict[str, Any]]:
    names = ("Eva Uno", "Eva Dos")
    return [await talk.books(TWELVE.format(name), guest=EVA) for name in names]


async def wait(talk: Talk) -> dict[str, Any]:
    """Ana asks for the same table, and joins the waitlist for it."""
    return await talk.says(
        "apúntame en la lista de espera para el viernes a las nueve de la noche, somos 12,"
        " a nombre de Laura Gil"
    )


async def test_a_freed_place_is_offered_and_booked_with_one_word(talk: Talk) -> None:
    taken = await full_for_twelve(talk)
    joined = await wait(talk)
    assert (joined["status"], joined["action"]) == ("waitlisted", "join_waitlist")
    assert joined["intent"] == "waitlist"
    await talk.work()
    assert await talk.posts() == []
    await talk.says(f"cancela la reserva {taken[0]['code']}", guest=EVA)
    await talk.says("sí", guest=EVA)
    assert talk.status_of(taken[0]) == "cancelled"
    await talk.work()
    (offer,) = await talk.posts()
    assert "liberado" in offer
    booked = await talk.says("sí")
    assert (booked["status"], booked["booking"]["party_size"]) == ("confirmed", 12)
    assert booked["booking"]["guest_name"] == "Laura Gil"
    assert await entry_status(talk) == WaitlistStatus.BOOKED


async def test_a_no_leaves_the_place_to_others(talk: Talk) -> None:
    taken = await full_for_twelve(talk)
    await wait(talk)
    await talk.says(f"cancela la reserva {taken[0]['code']}", guest=EVA)
    await talk.says("sí", guest=EVA)
    await talk.work()
    answer = await talk.says("no, gracias")
    assert answer["status"] == "answered"
    assert await entry_status(talk) == WaitlistStatus.DECLINED
    free = await talk.says(TWELVE.format("Pia"), guest="+34600777666")
    assert free["offers"][0]["start"] == "2026-11-27T21:00:00+01:00"


async def test_a_late_yes_hears_that_the_place_has_gone(talk: Talk) -> None:
    taken = await full_for_twelve(talk)
    await wait(talk)
    await talk.says(f"cancela la reserva {taken[0]['code']}", guest=EVA)
    await talk.says("sí", guest=EVA)
    await talk.work()
    talk.house.clock.move(timedelta(hours=2))
    await talk.work()
    other = await talk.books(TWELVE.format("Pia"), guest="+34600777666")
    answer = await talk.says("sí")
    assert answer["status"] != "confirmed"
    assert talk.status_of(other) == "confirmed"


async def test_a_guest_hears_what_they_wait_for_and_leaves_the_list(talk: Talk) -> None:
    await full_for_twelve(talk)
    await wait(talk)
    shown = await talk.says("¿qué reservas tengo?")
    assert "lista de espera" in shown["response"]
    left = await talk.says("quítame de la lista de espera")
    assert "lista de espera" in left["response"]
    assert await entry_status(talk) == WaitlistStatus.REMOVED


async def test_nothing_free_leads_to_the_waitlist_with_a_yes(talk: Talk) -> None:
    """The whole day is full for twelve."""
    for hour in ("13:00", "14:30", "20:00", "22:30"):
        for name in ("Uno", "Dos"):
            await talk.says(
                f"mesa para 12 el viernes a las {hour}, a nombre de Eva {name}",
                guest=f"+3460000{hour[:2]}{name[0]}",
            )
            await talk.says("sí", guest=f"+3460000{hour[:2]}{name[0]}")
    asked = await talk.says(TWELVE.format("Laura Gil"))
    if asked["offers"]:
        asked = await talk.says("ninguna me va bien")
    assert "lista de espera" in asked["response"]
    joined = await talk.says("sí, apúntame")
    assert joined["status"] == "waitlisted", joined["response"]


async def entry_status(talk: Talk) -> WaitlistStatus:
    assert talk.parts.waitlist is not None
    (entry,) = await talk.parts.waitlist.on_day(talk.venue.id, datetime(2026, 11, 27).date())
    return entry.status


# --- a person ------------------------------------------------------------------------------------


async def test_staff_answer_in_the_same_thread_and_the_engine_is_silent_until_handed_back(
    talk: Talk,
) -> None:
    desk = talk.parts.front_desk
    assert desk is not None
    asked = await talk.says("quiero hablar con una persona")
    assert (asked["status"], asked["action"]) == ("escalated", "escalate")
    (waiting,) = await desk.open_ones(talk.venue.id)
    conversation = waiting.handover.conversation_id
    assert conversation == asked["conversation_id"]
    # Listed, but not taken yet: the engine still answers.
    assert (await talk.says("¿hay parking?"))["response"]
    await desk.say(conversation, "Hola, soy Marta. ¿En qué ayudo?", key="s1")
    silent = await talk.says("queremos cerrar la terraza para una boda")
    assert (silent["response"], silent["status"], silent["action"]) == ("", "escalated", "none")
    assert silent["receipt"]["agents"] == []
    await desk.hand_back(conversation)
    assert (await talk.says("¿a qué hora abrís el viernes?"))["status"] == "answered"
    thread = await desk.thread(conversation)
    assert thread is not None
    assert [line.speaker.value for line in thread.lines] == [
        *("guest", "engine", "guest", "engine"),
        *("staff", "guest", "guest", "engine"),
    ]
