"""The human agent's twin: every act has its words, and all of them are true."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.claims import ClaimCheck, facts_of
from application.ports.agents import ReplyDone, ReplyPlan, ReplyText
from application.wording import fold, split_sentences
from domain import acts
from domain.acts import Act
from domain.availability import RefusalCode
from domain.booking import BookingStatus
from domain.venue import Venue
from infrastructure.local.human import LocalHuman
from infrastructure.local.words import LANGUAGES
from tests.unit.infrastructure.local.plans import (
    CLINIC,
    FRIDAY,
    NOW,
    RESTAURANT,
    at,
    booking,
    every_act,
    offer,
    plan,
)

CHECK = ClaimCheck()
NINE = at(RESTAURANT, FRIDAY, 21 * 60)
PLACES = [RESTAURANT, CLINIC]


def word(*words: Act, **own: object) -> str:
    return LocalHuman().word(plan(*words, **own))  # type: ignore[arg-type]


def untrue(said: ReplyPlan, text: str) -> list[str]:
    facts = facts_of(said)
    return [
        f"{sentence!r}: {verdict.reasons}"
        for sentence in split_sentences(text)
        if not (verdict := CHECK.check(sentence, facts)).allowed
    ]


# --- every act ------------------------------------------------------------------------------------


def test_every_act_has_words_in_every_language() -> None:
    for _, words in LANGUAGES.values():
        assert set(words) == set(get_args(Act))


def test_the_examples_cover_every_act() -> None:
    assert {type(act) for act in every_act(RESTAURANT, NINE)} == set(get_args(Act))


@pytest.mark.parametrize("formal", [True, False])
@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("house", PLACES, ids=lambda v: str(v.id))
def test_every_act_is_worded_plainly_and_truly(house: Venue, language: str, formal: bool) -> None:
    venue = replace(house, formal=formal)
    for act in every_act(venue, NINE):
        for turn in range(3):
            said = plan(act, venue=venue, language=language, turn=turn, guest_name="Laura Gil")
            text = LocalHuman().word(said)
            assert text.strip(), act
            assert not re.search(r"[{}<>|]|None|\*\*|  ", text), (act, text)
            assert untrue(said, text) == [], act


starts = st.integers(0, 100 * 96).map(lambda n: NOW + timedelta(minutes=15 * n))


@settings(max_examples=25, deadline=None)
@given(
    start=starts,
    house=st.sampled_from(PLACES),
    language=st.sampled_from(list(LANGUAGES)),
    turn=st.integers(1, 3),
)
def test_its_words_pass_the_claim_check_at_any_time(
    start: datetime, house: Venue, language: str, turn: int
) -> None:
    for act in every_act(house, start):
        said = plan(act, venue=house, language=language, turn=turn)
        assert untrue(said, LocalHuman().word(said)) == [], act


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("house", PLACES, ids=lambda v: str(v.id))
def test_no_sentence_is_said_twice_running(house: Venue, language: str) -> None:
    data = (acts.SayAgain, acts.HouseSays, acts.HouseFacts, acts.News)  # told once
    for act in every_act(house, NINE):
        if isinstance(act, data):
            continue
        first = plan(act, venue=house, language=language, turn=4)
        before = LocalHuman().word(first)
        again = LocalHuman().word(replace(first, last_reply=before, turn=5))
        repeated = own_sentences(before) & own_sentences(again)
        assert not repeated, (act, repeated)


def own_sentences(text: str) -> set[str]:
    """Without what is data: numbered lines, weekdays' hours, codes, phones, answers to one word."""
    spoken = (fold(s) for s in split_sentences(text))
    return {
        s
        for s in spoken
        if not re.match(r"\d\.|[\w'é]+: (de|from)|(code|codigo|el codigo es)\b", s)
        and not any(word in s for word in STANDING)
    }


# Said with the reason, each time: what the rule is, whether it is confirmed.
STANDING = (
    "antelacion",
    "notice",
    "days ahead",
    "por aqui puedo",
    "here i can",
    "ese dia abrimos",
    "that day we are",
    "abrimos 13",
    "abrimos 20",
    "we are open 13",
    "we are open 20",
    "confirmada.",
    "confirmed.",
    "confirmed yet.",
    "numero me basta",
    "number will do",
    "dia y el mes",
    "day and the month",
    "apellido",
    "surname",
    "cifras, por favor",
    "digits, please",
    "urgen",
)


# --- how things are said --------------------------------------------------------------------------


def test_a_booking_is_said_with_party_day_time_place_name_and_code() -> None:
    text = word(acts.Booked(booking(RESTAURANT, NINE)), turn=2)
    assert text == (
        "¡Listo! Queda reservada tu mesa para 4 personas el viernes 27 de noviembre a las 21:00,"
        " en la terraza, a nombre de Laura Gil. Tu código es 7K2-9MA-XY4, por si necesitas cambiarla."
    )
    text = word(acts.Booked(booking(RESTAURANT, NINE)), language="en", turn=2)
    assert text == (
        "All set! Your table for 4 people on Friday 27 November at 9:00 pm, on the terrace,"
        " in the name of Laura Gil, is booked. Your code is 7K2-9MA-XY4, in case you need to change it."
    )


def test_the_house_speaks_in_its_own_tone() -> None:
    act = acts.Booked(booking(RESTAURANT, NINE))
    formal = word(act, venue=replace(RESTAURANT, formal=True), turn=2)
    assert "su mesa" in formal
    assert "Su código" in formal


def test_today_and_tomorrow_are_named_with_their_date() -> None:
    tonight = at(RESTAURANT, NOW.date(), 21 * 60)
    assert "hoy, sábado 21 de noviembre, a las 21:00" in word(
        acts.Kept(booking(RESTAURANT, tonight))
    )
    tomorrow = booking(RESTAURANT, tonight + timedelta(days=1))
    assert "tomorrow, Sunday 22 November, at 9:00 pm" in word(acts.Kept(tomorrow), language="en")


def test_a_start_after_midnight_cannot_be_taken_for_the_wrong_night() -> None:
    late = booking(RESTAURANT, at(RESTAURANT, FRIDAY, 24 * 60 + 15))
    spanish, english = word(acts.Kept(late)), word(acts.Kept(late), language="en")
    assert (
        "a las 00:15 de la madrugada del sábado 28 de noviembre (la noche del viernes)" in spanish
    )
    assert "at 12:15 am on Saturday 28 November (during Friday night)" in english


def test_a_far_date_is_said_with_its_year() -> None:
    far = booking(RESTAURANT, NINE + timedelta(days=364))
    assert "viernes 26 de noviembre de 2027" in word(acts.Kept(far))


def test_several_offers_are_numbered_and_told_apart() -> None:
    offers = (offer(RESTAURANT, NINE), offer(RESTAURANT, NINE + timedelta(minutes=30), second=True))
    text = word(acts.Offered(offers, refusal=RefusalCode.NO_RESOURCE, wished=NINE), turn=2)
    assert text == (
        "El viernes 27 de noviembre a las 21:00 ya no queda mesa libre. Tengo mesa para 4 personas el"
        " viernes 27 de noviembre:\n1. 21:00, en la terraza\n2. 21:30, dentro\n¿Cuál te va mejor?"
    )


def test_a_clinic_names_who_will_see_the_patient() -> None:
    nine = at(CLINIC, FRIDAY, 9 * 60)
    text = word(acts.Offered((offer(CLINIC, nine),)), venue=CLINIC, turn=3)
    assert (
        "cita de limpieza dental el viernes 27 de noviembre a las 09:00 con la Dra. Lucía Rojas"
        in text
    )
    text = word(acts.Offered((offer(CLINIC, nine),)), venue=CLINIC, turn=3, language="en")
    assert "a cleaning appointment on Friday 27 November at 9:00 am with Dra. Lucía Rojas" in text


def test_an_offer_that_is_kept_says_until_when() -> None:
    text = word(acts.Offered((offer(RESTAURANT, NINE, held=True),)))
    assert "hasta las 11:10" in text


def test_a_question_is_answered_before_the_pending_one_is_put_again() -> None:
    text = word(acts.HouseSays("parking", "Hay parking al lado."), acts.Ask(acts.Detail.DATE))
    assert text.startswith("Hay parking al lado. ¿")
    assert text.endswith("?")


def test_what_is_received_is_never_called_confirmed() -> None:
    waiting = booking(RESTAURANT, NINE, status=BookingStatus.RECEIVED)
    for language in LANGUAGES:
        text = fold(word(acts.Received(waiting), language=language))
        assert "7k2-9ma-xy4" in text
        assert "recib" in text or "received" in text
        assert "todavia no" in text or "aun no" in text or "n't confirmed" in text or "not" in text


def test_a_reason_of_the_logic_agent_is_said_only_if_it_is_true() -> None:
    offers = (offer(RESTAURANT, NINE),)
    true = acts.Offered(offers, reason="La mesa está en la terraza.")
    false = acts.Offered(
        offers, reason="La mesa está junto a la ventana y hay un 10% de descuento."
    )
    assert "La mesa está en la terraza." in word(true)
    assert "descuento" not in word(false)


def test_a_language_it_does_not_speak_is_answered_in_the_venues() -> None:
    assert word(acts.Thanked(), language="pt", turn=3) == "¡De nada!"


async def test_it_streams_sentences_that_join_to_the_whole() -> None:
    said = plan(acts.Greet(), acts.Booked(booking(RESTAURANT, NINE)), acts.Ask(acts.Detail.DATE))
    pieces = [piece async for piece in LocalHuman().run(said)]
    *texts, done = pieces
    assert isinstance(done, ReplyDone)
    assert len(texts) >= 4
    assert "".join(t.text for t in texts if isinstance(t, ReplyText)) == done.text
    assert (done.receipt.agent, done.receipt.source) == ("human", "local")


def test_its_clock_is_the_venues() -> None:
    instant = datetime(2026, 11, 27, 13, tzinfo=UTC)
    text = word(acts.Kept(booking(CLINIC, instant)), venue=CLINIC)
    assert "a las 09:00" in text
