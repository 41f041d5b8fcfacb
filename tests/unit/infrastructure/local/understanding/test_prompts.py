"""Short answers to a reminder or a freed place, and what is said of the waitlist."""

from __future__ import annotations

import pytest

from domain.dialogue import DialogueState, Expecting
from domain.understanding import Intent, Understanding
from infrastructure.local.router import LocalRouter
from tests.unit.infrastructure.local.plans import RESTAURANT

ROUTER = LocalRouter()


def read(text: str, expecting: Expecting = Expecting.COMING, language: str = "es") -> Understanding:
    state = DialogueState(language=language, expecting=expecting)
    return ROUTER.understand(text, state=state, venue=RESTAURANT)


COMING = """
sí|ok confirmo|allí estaremos|ahí estaré|confirmo|confirmado|confirmo la reserva|vale gracias|👍
sí, confirmo mi reserva|hasta mañana|nos vemos|sí vamos|contad con nosotros|claro que sí|asistiremos
perfecto, nos vemos mañana|sí, iremos todos|gracias por avisar, allí estaremos|iremos sin falta
yes|we'll be there|I confirm|confirmed|yes please confirm my booking|see you tomorrow|see you then
we are coming|yes we will be there|count on us|looking forward to it|Yep!|I'm coming|will be there
"""

NOT_COMING = """
no|no puedo|no podemos ir|al final no podremos ir, lo siento|no vamos|no iremos|imposible|no podré
me es imposible ir|no voy a poder ir
can't make it|we can't come|sorry we won't make it|not coming|we're not coming
"""

CALLED_OFF = """
cancela|CANCELA|cancélala por favor|anúlala|cancelar|cancela la reserva|tenemos que cancelar
cancel|cancel it please|unfortunately we have to cancel|please cancel my booking
"""

DOUBTFUL = """
no sé|¿hasta cuándo puedo cancelar?|what if I cancel?|¿puedo cancelar más tarde?|hola|gracias
¿hay parking?|no, gracias
"""


def phrases(block: str) -> list[str]:
    return [phrase for line in block.strip().splitlines() for phrase in line.split("|")]


@pytest.mark.parametrize("text", phrases(COMING))
def test_ways_to_say_that_one_comes(text: str) -> None:
    said = read(text)
    assert said.intents == (Intent.AFFIRM,)
    assert said.certain
    assert not said.when


@pytest.mark.parametrize("text", phrases(NOT_COMING))
def test_ways_to_say_that_one_does_not(text: str) -> None:
    said = read(text)
    assert said.intent in {Intent.DENY, Intent.CANCEL}
    assert Intent.AFFIRM not in said.intents
    assert said.certain or said.intent is Intent.CANCEL


@pytest.mark.parametrize("text", phrases(CALLED_OFF))
def test_ways_to_call_it_off(text: str) -> None:
    said = read(text)
    assert said.intents == (Intent.CANCEL,)
    assert said.certain


@pytest.mark.parametrize("text", phrases(DOUBTFUL))
def test_what_is_no_plain_answer_is_never_certain(text: str) -> None:
    said = read(text)
    assert not said.certain
    assert Intent.AFFIRM not in said.intents


@pytest.mark.parametrize("text", ["sí, ¿hay parking?", "yes, is there parking?"])
def test_a_yes_with_a_question_is_both(text: str) -> None:
    for expecting in (Expecting.COMING, Expecting.PLACE, Expecting.WAITLIST):
        said = read(text, expecting)
        assert {*said.intents} == {Intent.AFFIRM, Intent.ENQUIRE}
        assert said.topic == "parking"


@pytest.mark.parametrize("text", ["¿puede ser a las diez?", "can we do ten instead?", "a las diez"])
def test_another_time_is_one(text: str) -> None:
    said = read(text)
    assert said.when.time is not None
    assert said.party is None
    assert said.intent in {Intent.CORRECT, Intent.INFORM}


@pytest.mark.parametrize(
    "text", ["quiero reservar otra mesa para el sábado a las 9", "book another table for Friday"]
)
def test_one_more_booking_is_no_correction_of_the_first(text: str) -> None:
    assert read(text).intent is Intent.BOOK


def test_more_people_are_not_an_hour() -> None:
    said = read("sí, pero seremos 5")
    assert said.party is not None
    assert said.party.low == 5
    assert Intent.AFFIRM in said.intents


@pytest.mark.parametrize(
    "text",
    [
        "quítame de la lista de espera",
        "bórrame de la lista de espera por favor",
        "ya no quiero estar en la lista de espera",
        "quiero salir de la lista de espera",
        "dame de baja de la lista de espera",
        "take me off the waitlist",
        "remove me from the waiting list",
        "I don't want to be on the waitlist any more",
    ],
)
def test_leaving_the_waitlist(text: str) -> None:
    said = read(text, Expecting.NOTHING)
    assert said.intents[:2] == (Intent.WAITLIST, Intent.CANCEL)


@pytest.mark.parametrize(
    "text",
    [
        "apúntame en la lista de espera para el viernes a las nueve, somos cuatro",
        "ponme en lista de espera",
        "¿tenéis lista de espera?",
        "no puedo a esa hora, ponme en la lista de espera",
        "put me on the waitlist for Friday at nine, four of us",
        "do you have a waiting list?",
    ],
)
def test_joining_is_not_leaving(text: str) -> None:
    said = read(text, Expecting.NOTHING)
    assert said.intents[0] is Intent.WAITLIST
    assert not {Intent.CANCEL, Intent.CHECK_BOOKING} & {*said.intents}


@pytest.mark.parametrize(
    "text", ["¿sigo en la lista de espera?", "am I still on the waiting list?"]
)
def test_asking_whether_one_is_on_it(text: str) -> None:
    assert read(text, Expecting.NOTHING).intents == (Intent.WAITLIST, Intent.CHECK_BOOKING)


@pytest.mark.parametrize("text", ["sí", "apúntame", "sí, apúntame", "yes put me on it", "yes"])
def test_ways_to_say_yes_to_the_waitlist(text: str) -> None:
    said = read(text, Expecting.WAITLIST)
    assert said.intents == (Intent.AFFIRM,)
    assert said.certain


@pytest.mark.parametrize(
    "text",
    ["sí", "me la quedo", "nos la quedamos", "la queremos", "resérvala", "I'll take it", "ok"],
)
def test_ways_to_take_a_freed_place(text: str) -> None:
    said = read(text, Expecting.PLACE)
    assert Intent.AFFIRM in said.intents or said.intents == (Intent.BOOK,)
    assert not said.when


@pytest.mark.parametrize("text", ["no", "no, gracias", "paso", "no la quiero", "no thanks"])
def test_ways_to_leave_it(text: str) -> None:
    said = read(text, Expecting.PLACE)
    assert Intent.DENY in said.intents
    assert Intent.AFFIRM not in said.intents


@pytest.mark.parametrize("text", ["otro día", "mejor otro día", "another day", "no, otra fecha"])
def test_another_day_is_no_yes_to_the_waitlist(text: str) -> None:
    said = read(text, Expecting.WAITLIST)
    assert Intent.DENY in said.intents
    assert Intent.AFFIRM not in said.intents


def test_a_question_about_the_place_changes_nothing() -> None:
    said = read("¿es en la terraza?", Expecting.PLACE)
    assert said.intents == (Intent.ENQUIRE,)
    assert not said.preferences


def test_elsewhere_a_goodbye_is_no_promise() -> None:
    assert read("hasta mañana", Expecting.NOTHING).intent is Intent.GOODBYE
    assert read("allí estaremos", Expecting.NOTHING).intent is not Intent.AFFIRM
