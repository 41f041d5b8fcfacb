"""What the house writes of its own accord, in each language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.ports.aftercare import WAITLIST_OVER, MessageWords
from application.ports.messages import MessageKind
from domain.acts import Offer
from domain.venue import FollowUpPolicy, NoAnswer, Policy, Venue
from infrastructure.local.messages import word_message
from infrastructure.local.words import MESSAGES
from tests.unit.infrastructure.local.plans import (
    CLINIC,
    FRIDAY,
    NOW,
    RESTAURANT,
    at,
    booking,
    offer,
)

NINE = at(RESTAURANT, FRIDAY, 21 * 60)
BOOKED = booking(RESTAURANT, NINE)
PLACE = replace(offer(RESTAURANT, NINE, held=True), waitlist="e1")
LINK = "https://laterraza.example/b/abc"
WRITTEN = {MessageKind.NEWS, MessageKind.STAFF}
"""Worded elsewhere: by their act, and by staff."""


def message(kind: str, about: Any = BOOKED, language: str = "es", **own: Any) -> tuple[str, str]:
    house = own.pop("venue", RESTAURANT)
    word: MessageWords = word_message
    return word(kind, house, language, about, now=own.pop("now", NOW), **own)


def about_for(kind: str, house: Venue) -> Any:
    nine = at(house, FRIDAY, 21 * 60)
    special = {MessageKind.WAITLIST_OFFER: offer(house, nine, held=True), WAITLIST_OVER: FRIDAY}
    return special.get(kind, booking(house, nine))


def test_every_kind_has_words_in_every_language() -> None:
    kinds = {str(kind) for kind in MessageKind if kind not in WRITTEN} | {WAITLIST_OVER}
    for words in MESSAGES.values():
        assert {str(kind) for kind in words} == kinds


@pytest.mark.parametrize("house", [RESTAURANT, CLINIC], ids=lambda v: str(v.id))
@pytest.mark.parametrize("formal", [True, False])
@pytest.mark.parametrize("language", list(MESSAGES))
def test_every_message_is_worded_plainly(language: str, formal: bool, house: Venue) -> None:
    policy = Policy(
        cancel_cutoff=timedelta(hours=2), follow_up=FollowUpPolicy(no_answer=NoAnswer.CANCEL)
    )
    for venue in (replace(house, formal=formal), replace(house, formal=formal, policy=policy)):
        for kind in MESSAGES[language]:
            for asks in (True, False):
                own: dict[str, Any] = {
                    "venue": venue,
                    "language": language,
                    "asks": asks,
                    "link": LINK,
                }
                subject, text = message(kind, about_for(kind, venue), **own)
                assert subject.strip()
                assert "\n" not in subject
                assert not re.search(r"[{}<>|]|None|  |\n\n\n", subject + text), (kind, text)


def test_a_confirmation_says_what_when_where_the_code_and_until_when_it_can_be_cancelled() -> None:
    subject, text = message(MessageKind.CONFIRMATION, link=LINK)
    assert subject == "Reserva confirmada: viernes 27 de noviembre a las 21:00"
    assert text == (
        "Hola, Laura:\n\n"
        "Queda confirmada tu mesa para 4 personas el viernes 27 de noviembre a las 21:00,"
        " en la terraza. El código es 7K2-9MA-XY4.\n\n"
        "Puedes cambiarla o cancelarla en cualquier momento antes de la hora.\n\n"
        f"Ver, cambiar o cancelar: {LINK}\n\n"
        "La Terraza\n+34910123456"
    )
    subject, text = message(MessageKind.CONFIRMATION, language="en")
    assert subject == "Booking confirmed: Friday 27 November at 9:00 pm"
    assert text.startswith(
        "Hello Laura,\n\nYour table for 4 people on Friday 27 November at 9:00 pm"
    )


@pytest.mark.parametrize(
    ("change", "cancel", "spanish", "english"),
    [
        (24, 24, "cambiarla o cancelarla hasta 1 día antes", "cancel it up to 1 day before"),
        (0, 2, "hasta la hora y cancelarla hasta 2 horas antes", "cancel it up to 2 hours before"),
        (0.5, 0.5, "hasta 30 minutos antes", "up to 30 minutes before"),
        (1, 36, "1 hora antes y cancelarla hasta 36 horas", "1 hour before and cancel it up to 36"),
    ],
)
def test_the_house_says_how_late_a_booking_may_be_cancelled(
    change: float, cancel: float, spanish: str, english: str
) -> None:
    policy = Policy(change_cutoff=timedelta(hours=change), cancel_cutoff=timedelta(hours=cancel))
    venue = replace(RESTAURANT, policy=policy)
    assert spanish in message(MessageKind.CONFIRMATION, venue=venue)[1]
    assert english in message(MessageKind.CONFIRMATION, venue=venue, language="en")[1]


def test_a_reminder_that_asks_says_what_to_answer_and_another_gives_the_code() -> None:
    text = message(MessageKind.REMINDER, asks=True)[1]
    assert "Te recordamos tu mesa para 4 personas el viernes 27 de noviembre a las 21:00" in text
    assert "Responde SÍ para confirmarla o CANCELA para cancelarla." in text
    assert (
        "Reply YES to confirm it or CANCEL to cancel it."
        in (message(MessageKind.REMINDER, asks=True, language="en")[1])
    )
    plain = message(MessageKind.REMINDER)[1]
    assert "SÍ" not in plain
    assert "7K2-9MA-XY4" in plain


def test_a_reminder_says_when_a_booking_lapses_without_an_answer() -> None:
    policy = Policy(follow_up=FollowUpPolicy(no_answer=NoAnswer.CANCEL))
    venue = replace(RESTAURANT, policy=policy)
    said = "Sin respuesta, la cancelaremos el viernes 27 de noviembre a las 17:00."
    assert said in message(MessageKind.REMINDER, asks=True, venue=venue)[1]
    assert said not in message(MessageKind.REMINDER, asks=True)[1]


def test_tomorrow_is_named_with_its_date() -> None:
    day_before = NINE - timedelta(days=1)
    text = message(MessageKind.REMINDER, now=day_before)[1]
    assert "mañana, viernes 27 de noviembre, a las 21:00" in text


def test_a_freed_place_says_until_when_it_is_kept() -> None:
    text = message(MessageKind.WAITLIST_OFFER, PLACE, name="Laura Gil")[1]
    assert text.startswith("Hola, Laura:")
    assert "Se ha liberado una mesa para 4 personas el viernes 27 de noviembre a las 21:00" in text
    assert "Te la guardamos hasta las 11:10." in text
    assert "Responde SÍ" in text
    later = replace(PLACE, expires_at=NOW + timedelta(days=1))
    assert (
        "hasta mañana, domingo 22 de noviembre, a las 11:00"
        in (message(MessageKind.WAITLIST_OFFER, later)[1])
    )


def test_one_person_is_one_person() -> None:
    alone = booking(RESTAURANT, NINE, covers=1)
    assert "para 1 persona el" in message(MessageKind.CONFIRMATION, alone)[1]
    assert "for 1 person on" in message(MessageKind.CONFIRMATION, alone, language="en")[1]


def test_a_guests_language_is_kept_and_another_one_is_the_venues() -> None:
    assert "Reply YES" in message(MessageKind.REMINDER, language="en", asks=True)[1]
    assert "Responde SÍ" in message(MessageKind.REMINDER, language="fr", asks=True)[1]
    assert "Responde SÍ" in message(MessageKind.REMINDER, language="", asks=True)[1]


def test_who_left_the_waitlist_without_a_place_hears_for_which_day() -> None:
    subject, text = message(WAITLIST_OVER, FRIDAY)
    assert subject == "Lista de espera del viernes 27 de noviembre"
    assert "no ha quedado nada libre" in text


def test_a_nameless_guest_is_not_greeted_by_name() -> None:
    nobody = replace(BOOKED, guest=replace(BOOKED.guest, name=""))
    assert not message(MessageKind.CONFIRMATION, nobody)[1].startswith("Hola")


def test_an_offer_is_no_booking() -> None:
    with pytest.raises(AssertionError):
        message(MessageKind.CONFIRMATION, Offer("o", PLACE.slot, NOW))
