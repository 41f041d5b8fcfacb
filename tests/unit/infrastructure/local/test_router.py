"""The router's twin over whole messages, in the state of the dialogue they come in."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.agents import GuestMessage, RouterAgent
from domain.dialogue import Details, DialogueState, Expecting, Task
from domain.understanding import ByComparison, ByOrder, Intent, Party, Relative, Understanding
from domain.venue import HouseAnswer, Venue
from domain.when import ClockTime, DayPart, DaysAhead, PartOfDay, TimeSpan, Weekday, When, Which
from infrastructure.local.router import LocalRouter
from tests.unit.infrastructure.local.understanding.houses import CLINIC, RESTAURANT, offers

ROUTER = LocalRouter()
NEW = DialogueState()
OFFERED = DialogueState(
    language="es",
    task=Task.BOOK,
    expecting=Expecting.OFFER,
    offers=offers(21, 21.5, 22),
    details=Details(covers=4, time=ClockTime(9)),
)
ONE_OFFERED = DialogueState(
    language="es", task=Task.BOOK, expecting=Expecting.OFFER, offers=offers(21)
)


def read(
    text: str, state: DialogueState = NEW, venue: Venue = RESTAURANT, last_reply: str = ""
) -> Understanding:
    return ROUTER.understand(text, state=state, venue=venue, last_reply=last_reply)


def asked(expecting: Expecting) -> DialogueState:
    return DialogueState(language="es", task=Task.BOOK, expecting=expecting)


# --- what the guest wants --------------------------------------------------------------------------

OPENINGS = [
    ("quiero reservar una mesa", Intent.BOOK),
    ("quería una mesa para cuatro", Intent.BOOK),
    ("¿tenéis sitio para 6 mañana?", Intent.BOOK),
    ("¿hay mesa para esta noche?", Intent.BOOK),
    ("mesa para 2 hoy a las 9", Intent.BOOK),
    ("necesito una cita", Intent.BOOK),
    ("me gustaría ir a cenar el sábado", Intent.BOOK),
    ("resérvame algo para el viernes", Intent.BOOK),
    ("QUIERO RESERVAR YA, GRACIAS", Intent.BOOK),
    ("Hola, buenas, quisiera reservar para 3", Intent.BOOK),
    ("I'd like to book a table", Intent.BOOK),
    ("table for two tonight please", Intent.BOOK),
    ("do you have anything free on Saturday?", Intent.BOOK),
    ("can you fit 5 of us tomorrow?", Intent.BOOK),
    ("could I make a reservation for Friday", Intent.BOOK),
    ("quiero cancelar mi reserva", Intent.CANCEL),
    ("anula la mesa del viernes", Intent.CANCEL),
    ("no podremos ir esta noche", Intent.CANCEL),
    ("ya no voy a ir, cancela", Intent.CANCEL),
    ("borra mi cita de mañana", Intent.CANCEL),
    ("please cancel my booking", Intent.CANCEL),
    ("I need to cancel, something came up", Intent.CANCEL),
    ("we can't make it tonight, cancel the table please", Intent.CANCEL),
    ("quiero cambiar mi reserva", Intent.RESCHEDULE),
    ("¿puedo mover la cita al lunes?", Intent.RESCHEDULE),
    ("cámbiala del viernes al sábado", Intent.RESCHEDULE),
    ("aplaza mi reserva una hora", Intent.RESCHEDULE),
    ("reprogramar mi turno", Intent.RESCHEDULE),
    ("can I move my booking to nine?", Intent.RESCHEDULE),
    ("I need to change my reservation", Intent.RESCHEDULE),
    ("reschedule my appointment please", Intent.RESCHEDULE),
    ("¿a qué hora es mi reserva?", Intent.CHECK_BOOKING),
    ("¿tengo una reserva para mañana?", Intent.CHECK_BOOKING),
    ("quiero consultar mi cita", Intent.CHECK_BOOKING),
    ("is my booking confirmed?", Intent.CHECK_BOOKING),
    ("what time is my reservation?", Intent.CHECK_BOOKING),
    ("¿qué reservas tengo?", Intent.CHECK_BOOKING),
    ("¿qué tengo reservado con vosotros?", Intent.CHECK_BOOKING),
    ("¿tengo algo a mi nombre?", Intent.CHECK_BOOKING),
    ("enséñame mis reservas", Intent.CHECK_BOOKING),
    ("recuérdame cuándo es mi cita", Intent.CHECK_BOOKING),
    ("si no contesto, mantened la reserva", Intent.CHECK_BOOKING),
    ("what bookings do I have?", Intent.CHECK_BOOKING),
    ("which reservations have we got with you?", Intent.CHECK_BOOKING),
    ("what have I booked?", Intent.CHECK_BOOKING),
    ("do I have anything booked for next week?", Intent.CHECK_BOOKING),
    ("list my bookings please", Intent.CHECK_BOOKING),
    ("remind me what time my table is", Intent.CHECK_BOOKING),
    ("please keep our table, we are on our way", Intent.CHECK_BOOKING),
    ("¿a qué hora abrís?", Intent.ENQUIRE),
    ("¿atendéis los domingos?", Intent.ENQUIRE),
    ("¿trabajan por las tardes?", Intent.ENQUIRE),
    ("do you work weekends?", Intent.ENQUIRE),
    ("¿dónde estáis?", Intent.ENQUIRE),
    ("¿tenéis parking?", Intent.ENQUIRE),
    ("¿cuánto cuesta el menú?", Intent.ENQUIRE),
    ("¿aceptáis tarjeta?", Intent.ENQUIRE),
    ("what time do you close?", Intent.ENQUIRE),
    ("where are you located?", Intent.ENQUIRE),
    ("is there parking nearby?", Intent.ENQUIRE),
    ("can I bring my dog?", Intent.ENQUIRE),
    ("What are your rules for large groups?", Intent.ENQUIRE),
    ("hola", Intent.GREET),
    ("buenas tardes", Intent.GREET),
    ("hi there", Intent.GREET),
    ("good evening", Intent.GREET),
    ("muchas gracias", Intent.THANKS),
    ("gracias!", Intent.THANKS),
    ("thanks a lot", Intent.THANKS),
    ("adiós", Intent.GOODBYE),
    ("hasta luego", Intent.GOODBYE),
    ("bye!", Intent.GOODBYE),
    ("¿qué puedes hacer?", Intent.HELP),
    ("what can you do?", Intent.HELP),
    ("¿eres un robot?", Intent.BOT_IDENTITY),
    ("are you a real person?", Intent.BOT_IDENTITY),
    ("who are you", Intent.BOT_IDENTITY),
    ("quiero hablar con una persona", Intent.HANDOFF),
    ("pásame con el encargado", Intent.HANDOFF),
    ("can I talk to a human?", Intent.HANDOFF),
    ("let me speak to the manager", Intent.HANDOFF),
    ("¿puedes repetir?", Intent.REPEAT),
    ("say that again please", Intent.REPEAT),
    ("otra vez, por favor", Intent.REPEAT),
    ("¿otra vez?", Intent.REPEAT),
    ("again, please", Intent.REPEAT),
    ("hola, ¿puedes repetir?", Intent.REPEAT),
    ("hola otra vez", Intent.GREET),
    ("buenas de nuevo", Intent.GREET),
    ("hi again!", Intent.GREET),
    ("¿cómo estás?", Intent.SMALLTALK),
    ("jajaja", Intent.SMALLTALK),
    ("ponme en lista de espera", Intent.WAITLIST),
    ("avísame si se libera algo", Intent.WAITLIST),
    ("put me on the waiting list", Intent.WAITLIST),
    ("pon una alarma a las 8", Intent.OUT_OF_SCOPE),
    ("¿qué tiempo hará mañana?", Intent.OUT_OF_SCOPE),
    ("recuérdame comprar leche", Intent.OUT_OF_SCOPE),
    ("asdf qwer zxcv", Intent.OUT_OF_SCOPE),
    ("what's the weather in Lima", Intent.OUT_OF_SCOPE),
    ("somos 5", Intent.INFORM),
    ("el viernes a las nueve", Intent.INFORM),
    ("tomorrow at 8pm", Intent.INFORM),
    ("soy alérgico al marisco", Intent.INFORM),
    ("a nombre de Laura Gil", Intent.INFORM),
    ("no, mejor a las diez", Intent.CORRECT),
    ("somos 5, no 4", Intent.CORRECT),
    ("perdón, el sábado", Intent.CORRECT),
    ("actually make it 8", Intent.CORRECT),
    ("Please disregard my last message, we are five not four.", Intent.CORRECT),
    ("Ignora mi mensaje anterior, mejor a las 21:00 y no a las 20:00.", Intent.CORRECT),
    ("sí, pero a las 10", Intent.CORRECT),
]


@pytest.mark.parametrize(("text", "intent"), OPENINGS)
def test_what_a_guest_wants_out_of_the_blue(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


AT_THE_CLINIC = [
    ("quiero una limpieza el lunes", Intent.BOOK),
    ("necesito turno con el dentista", Intent.BOOK),
    ("I need a cleaning next Tuesday", Intent.BOOK),
    ("me duele una muela", Intent.SYMPTOM),
    ("my tooth hurts", Intent.SYMPTOM),
    ("tengo fiebre", Intent.SYMPTOM),
    ("¿cuánto cuesta una extracción?", Intent.ENQUIRE),
    ("quiero cambiar mi cita con el doctor Quispe", Intent.RESCHEDULE),
]


@pytest.mark.parametrize(("text", "intent"), AT_THE_CLINIC)
def test_what_a_patient_wants(text: str, intent: Intent) -> None:
    assert read(text, venue=CLINIC).intent is intent


YES = """sí|si|sip|claro|claro que sí|vale|dale|ok|okey|perfecto|ok perfecto|de acuerdo|me parece bien|está bien|
adelante|confirmo|correcto|eso es|por supuesto|genial|venga|va|sí, por favor|vale, gracias|👍|✅|yes|yep|yeah|
yup|sure|of course|sounds good|that works|go ahead|perfect|great|yes please|book it|okay|that's right|do it"""
NO = """no|nop|no gracias|mejor no|para nada|no, gracias|ninguna me sirve|no me va bien|ninguna|👎|nope|no thanks|
no thank you|not really|I don't think so|none of those|that doesn't work for me|nah|never mind"""


@pytest.mark.parametrize("text", [word.strip() for word in YES.split("|")])
def test_a_yes_to_an_offer_is_certain(text: str) -> None:
    said = read(text, ONE_OFFERED)
    assert said.intent is Intent.AFFIRM
    assert said.certain


@pytest.mark.parametrize("text", [word.strip() for word in NO.split("|")])
def test_a_no_to_offers_is_a_no(text: str) -> None:
    assert read(text, OFFERED).intent is Intent.DENY


def test_a_plain_no_is_certain() -> None:
    assert read("no, gracias", OFFERED).certain
    assert read("nope", ONE_OFFERED).certain


def test_a_yes_to_nothing_is_not_certain() -> None:
    assert not read("sí").certain


# --- two wishes and digressions --------------------------------------------------------------------


def test_a_question_beside_a_booking_is_kept_beside_it() -> None:
    said = read("¿tienen parking? y quiero reservar para 4 mañana a las 21:00")
    assert said.intents == (Intent.BOOK, Intent.ENQUIRE)
    assert said.topic == "parking"
    assert said.party == Party(4, 4)
    assert said.when == When(DaysAhead(1), ClockTime(21, twenty_four=True))


def test_a_topics_word_in_a_booking_is_no_question() -> None:
    assert read("¿puedo reservar para 4 con el perro?").intents == (Intent.BOOK,)


def test_cancelling_one_and_booking_another() -> None:
    said = read("cancela la del viernes y reserva otra para el sábado")
    assert said.intents == (Intent.CANCEL, Intent.BOOK)
    assert said.previous == When(Weekday(5))
    assert said.when == When(Weekday(6))


def test_two_wishes_are_two_in_english_as_well() -> None:
    said = read("Cancel my Friday booking and book me a table for 4 on Saturday at 9pm")
    assert said.intents == (Intent.CANCEL, Intent.BOOK)
    assert said.previous.day == Weekday(5)
    assert said.when.day == Weekday(6)
    assert said.party == Party(4, 4)


def test_a_second_thought_in_the_same_breath_counts() -> None:
    said = read("a las nueve... no, mejor a las diez de la noche", asked(Expecting.TIME))
    assert isinstance(said.when.time, ClockTime)
    assert said.when.time.hour == 10


def test_a_pronoun_is_no_hour() -> None:
    said = read("yes, that one", ONE_OFFERED)
    assert said.wants(Intent.AFFIRM)
    assert not said.when


def test_no_longer_needed_is_a_no() -> None:
    assert read("ya no hace falta", ONE_OFFERED).intent is Intent.DENY
    assert read("vale, mejor no", ONE_OFFERED).intent is Intent.DENY


def test_a_service_refused_is_not_the_service_wanted() -> None:
    said = read("sorry, I need a cleaning, not a check-up", venue=CLINIC)
    assert said.service == "cleaning"


def test_a_practitioner_is_not_the_guests_name() -> None:
    said = read("with Dra Rojas then", venue=CLINIC)
    assert said.provider == "Dra Rojas"
    assert said.name == ""


def test_what_follows_a_name_like_code_is_no_wish() -> None:
    said = read("Laura Gil'); DROP TABLE bookings;--", asked(Expecting.NAME))
    assert said.intent is Intent.INFORM
    assert said.name == "Laura Gil"
    assert said.language == "es"


def test_a_yes_with_another_time_is_first_a_correction() -> None:
    said = read("sí, pero a las 10", ONE_OFFERED)
    assert said.intents == (Intent.CORRECT, Intent.AFFIRM)
    assert said.when.time == ClockTime(10)


def test_a_yes_with_the_offered_time_is_a_yes() -> None:
    assert read("sí, a las nueve", ONE_OFFERED).wants(Intent.AFFIRM)
    assert read("sí, a las nueve", ONE_OFFERED).intent is not Intent.CORRECT


def test_insults_are_noticed_and_no_wish() -> None:
    for text in ("eres un idiota", "qué mierda de servicio", "fuck you", "you are useless"):
        said = read(text)
        assert said.abusive
        assert not said.wants(Intent.BOOK)


def test_what_is_off_topic_brings_no_details() -> None:
    said = read("pon una alarma a las 8")
    assert not said.when
    assert said.party is None


# --- which booking, and to when --------------------------------------------------------------------

MOVES = [
    ("cámbiala del viernes al sábado", When(Weekday(5)), When(Weekday(6))),
    ("cambiar la reserva de las 9 a las 10", When(time=ClockTime(9)), When(time=ClockTime(10))),
    ("pasa mi reserva del viernes para el sábado", When(Weekday(5)), When(Weekday(6))),
    ("mueve la cita de mañana a las 8", When(DaysAhead(1)), When(time=ClockTime(8))),
    ("cambiar mi cita a las 7", When(), When(time=ClockTime(7))),
    ("quiero cambiar mi reserva del viernes", When(Weekday(5)), When()),
    ("cambia la reserva para el sábado", When(), When(Weekday(6))),
    ("move my Friday booking to Saturday", When(Weekday(5)), When(Weekday(6))),
    ("change my booking from Friday to Saturday", When(Weekday(5)), When(Weekday(6))),
    ("move my reservation to Saturday", When(), When(Weekday(6))),
]


@pytest.mark.parametrize(("text", "previous", "when"), MOVES)
def test_a_move_says_from_when_to_when(text: str, previous: When, when: When) -> None:
    said = read(text)
    assert said.intent is Intent.RESCHEDULE
    assert (said.previous, said.when) == (previous, when)


def test_a_booking_to_cancel_is_referred_to_not_wished_for() -> None:
    said = read("cancela la reserva de mañana")
    assert said.previous == When(DaysAhead(1))
    assert not said.when


def test_the_answer_to_which_booking_refers_to_it() -> None:
    state = DialogueState(language="es", task=Task.CANCEL, expecting=Expecting.WHICH_BOOKING)
    assert read("la del viernes", state).previous == When(Weekday(5))


def test_the_new_time_is_a_wish() -> None:
    state = DialogueState(language="es", task=Task.MOVE, expecting=Expecting.NEW_TIME)
    assert read("a las 10", state).when == When(time=ClockTime(10))
    assert read("10", state).when == When(time=ClockTime(10))


# --- corrections -----------------------------------------------------------------------------------


def test_only_the_corrected_value_is_read() -> None:
    assert read("somos 5, no 4").party == Party(5, 5)
    assert read("we are five not four").party == Party(5, 5)
    said = read("mejor a las 21:00 y no a las 20:00")
    assert said.when.time == ClockTime(21, twenty_four=True)


def test_a_bare_number_is_people_where_people_are_asked_for_and_an_hour_where_times_are() -> None:
    assert read("8", asked(Expecting.PARTY_SIZE)).party == Party(8, 8)
    assert read("8", asked(Expecting.TIME)).when.time == ClockTime(8)
    assert read("actually make it 8").party == Party(8, 8)


# --- choosing from offers --------------------------------------------------------------------------


def test_an_offer_is_picked_by_number_and_order_for_certain() -> None:
    for text in ("la segunda", "2", "la 2", "opción 2", "the second one"):
        said = read(text, OFFERED)
        assert said.choice == ByOrder(2)
        assert said.certain, text


def test_an_offer_is_picked_by_its_time() -> None:
    said = read("la de las nueve y media", OFFERED)
    assert said.choice is None
    assert said.when.time == ClockTime(9, 30)


def test_an_offer_is_picked_by_comparison() -> None:
    assert read("la más tarde", OFFERED).choice == ByComparison(Relative.LATER)
    assert read("whichever", OFFERED).choice == ByComparison(Relative.ANY)
    said = read("cualquiera de las dos", OFFERED)
    assert said.choice == ByComparison(Relative.ANY)
    assert said.party is None
    assert not said.when


def test_later_than_everything_offered_is_an_open_time() -> None:
    said = read("¿no hay nada más tarde?", OFFERED)
    assert said.when.time == TimeSpan(ClockTime(22, 15, twenty_four=True), None)
    said = read("something earlier?", OFFERED)
    assert said.when.time == TimeSpan(None, ClockTime(20, 45, twenty_four=True))


# --- details ---------------------------------------------------------------------------------------


def test_all_details_of_one_message_are_read_in_any_order() -> None:
    one = read("Mesa para 4 el viernes a las nueve, a nombre de Laura Gil")
    other = read("a nombre de Laura Gil, el viernes a las nueve, mesa para 4")
    for said in (one, other):
        assert said.party == Party(4, 4)
        assert said.when == When(Weekday(5), ClockTime(9))
        assert said.name == "Laura Gil"


def test_contacts_are_read_and_not_taken_for_times() -> None:
    said = read("mi tel es 612 34 56 78 y mi correo ana@correo.example")
    assert said.phone == "+34612345678"
    assert said.email == "ana@correo.example"
    assert not said.when


def test_a_baby_needs_a_high_chair() -> None:
    said = read("somos cuatro y un bebé")
    assert said.party == Party(5, 5, babies=1)
    assert "high_chair" in said.preferences


def test_services_and_people_are_found_with_their_typos() -> None:
    said = read("quiero una limpiesa con la dra rojas", venue=CLINIC)
    assert said.service == "cleaning"
    assert said.provider == "dra rojas"
    assert read("para cenar el viernes").service == "dinner"


def test_the_short_forms_of_messengers_are_read() -> None:
    said = read("queria mesa xa 4 el viernes x la noche")
    assert (said.intent, said.party) == (Intent.BOOK, Party(4, 4))
    assert said.when == When(Weekday(5), PartOfDay(DayPart.NIGHT))
    assert read("una mesa xa mañana xa dos").party == Party(2, 2)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("quiero canclear mi reserva", Intent.CANCEL),
        ("I want to cacnel my booking", Intent.CANCEL),
        ("quiero una mesa para una persona mañana", Intent.BOOK),
        ("mesa para 4 mañana, una persona es celíaca", Intent.BOOK),
        ("una persona, por favor", Intent.HANDOFF),
    ],
)
def test_a_wish_is_seen_through_swapped_letters_and_common_words(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


@pytest.mark.parametrize(
    "text", ["pefrecto", "de acuredo", "ay sí, muchas gracias", "oh that's wonderful, yes please!"]
)
def test_a_yes_is_seen_through_swapped_letters_and_sighs(text: str) -> None:
    assert read(text, ONE_OFFERED).intent is Intent.AFFIRM


def test_a_surname_that_is_a_feast_or_a_dentists_belongs_to_the_name() -> None:
    feast = read("a las 21:00, a nombre de Paula Reyes", asked(Expecting.TIME))
    dentist = read("a las cuatro, soy Julia Rojas", asked(Expecting.TIME), CLINIC)
    alone = read("Julia Rojas", asked(Expecting.NAME), CLINIC)
    assert (feast.name, feast.when.day) == ("Paula Reyes", None)
    assert (dentist.name, dentist.provider) == ("Julia Rojas", "")
    assert (alone.name, alone.provider) == ("Julia Rojas", "")


def test_one_of_the_party_is_not_the_party() -> None:
    assert read("mesa para 4 el viernes, una persona es celíaca").party == Party(4, 4)
    assert read("mesa para una persona").party == Party(1, 1)


@pytest.mark.parametrize("text", ["no, perdona, para 5", "no wait, for 5"])
def test_before_any_time_is_known_a_correction_is_about_people(text: str) -> None:
    state = DialogueState(
        language="es", task=Task.BOOK, expecting=Expecting.TIME, details=Details(covers=4)
    )
    understood = read(text, state)
    assert (understood.party, understood.when) == (Party(5, 5), When())


def test_an_infinitive_may_carry_its_pronoun() -> None:
    assert read("necesito sacarme una muela", venue=CLINIC).service == "extraction"


def test_ones_own_first_visit_is_no_choice() -> None:
    assert read("es mi primera visita", ONE_OFFERED).choice is None


def test_a_table_can_be_asked_for_by_number() -> None:
    assert read("la mesa 7 para el viernes").provider == "mesa 7"


def test_an_appointment_for_somebody_else_is_noted_for_staff() -> None:
    assert "mi hijo" in read("necesito una cita para mi hijo", venue=CLINIC).requests


# --- certainty -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expecting"),
    [
        ("4", Expecting.PARTY_SIZE),
        ("somos 4", Expecting.PARTY_SIZE),
        ("cuatro, gracias", Expecting.PARTY_SIZE),
        ("el viernes", Expecting.DATE),
        ("mañana", Expecting.DATE),
        ("a las nueve", Expecting.TIME),
        ("9", Expecting.TIME),
        ("Laura Gil", Expecting.NAME),
        ("a nombre de Laura Gil", Expecting.NAME),
        ("612 34 56 78", Expecting.PHONE),
        ("7K2-9MA-XY4", Expecting.CODE),
        ("1234", Expecting.LAST4),
    ],
)
def test_a_bare_answer_to_what_was_asked_needs_no_model(text: str, expecting: Expecting) -> None:
    said = read(text, asked(expecting))
    assert said.intent is Intent.INFORM
    assert said.certain


@pytest.mark.parametrize(
    "text",
    [
        "mesa para 4 el viernes",
        "somos 4 pero igual viene alguien más, depende del trabajo",
        "no sé, lo que tú veas",
        "asdf",
        "",
    ],
)
def test_anything_more_is_left_to_a_model(text: str) -> None:
    assert not read(text, asked(Expecting.PARTY_SIZE)).certain


def test_the_last_reply_tells_what_was_asked_where_the_state_does_not() -> None:
    assert read("no", last_reply="¿Algo más?").intent is Intent.DENY
    said = read("bien, gracias", last_reply="Hola, ¿cómo estás?")
    assert said.intent is Intent.SMALLTALK
    said = read("perfecto, gracias", last_reply="Reserva confirmada.")
    assert said.intent is Intent.THANKS


# --- robustness ------------------------------------------------------------------------------------


async def test_the_twin_is_a_router_and_says_so_in_its_receipt() -> None:
    router: RouterAgent = ROUTER
    message = GuestMessage(text="hola", user_id="u", channel="chat", at=offers(21)[0].expires_at)
    routed = await router.run(message=message, state=NEW, venue=RESTAURANT, history=())
    assert routed.understanding.intent is Intent.GREET
    assert (routed.receipt.source, routed.receipt.model) == ("local", "local")


@given(
    st.text(max_size=400), st.sampled_from(list(Expecting)), st.sampled_from([RESTAURANT, CLINIC])
)
def test_no_text_raises(text: str, expecting: Expecting, venue: Venue) -> None:
    said = read(text, DialogueState(expecting=expecting, offers=offers(21)), venue)
    assert said.intents


@given(st.lists(st.sampled_from([text for text, _ in OPENINGS]), min_size=1, max_size=4))
def test_messages_run_together_never_raise(texts: list[str]) -> None:
    assert read(" ".join(texts), OFFERED).intents


HOSTILE = [
    "a" * 4000,
    "1 " * 2000,
    "y " * 2000,
    "no " * 1300,
    "a.b@" * 1000,
    "." * 4000,
    "(" * 4000,
    "1" * 4000,
    "7K2-" * 1000,
    "a nombre de Ana " * 250,
    "is my name " * 360,
    "my wife and " * 330,
    "the " * 1000,
    "somos 4 y " * 400,
    "reserva una mesa para 4 mañana a las 9 " * 100,
    "👍" * 4000,
    "un par de " * 400,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_the_longest_message_is_read_in_bounded_time(text: str) -> None:
    def spent() -> float:
        began = time.process_time()
        read(text[:4000], asked(Expecting.NAME))
        return time.process_time() - began

    # Measured 5 to 40 ms each; the bound leaves room for a busy machine.
    assert min(spent() for _ in range(3)) < 0.1


# --- things counted, leave taken, questions beside a wish ------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["sí, y 2 tronas", "sí, con 3 copas de cava", "vale, y 2 sillas de bebé", "perfecto y un carrito",
     "yes, and 2 high chairs", "yes please, and 3 extra plates", "sure, and one high chair"],
)  # fmt: skip
def test_a_number_of_things_beside_a_yes_is_no_time(text: str) -> None:
    said = read(text, ONE_OFFERED)
    assert said.wants(Intent.AFFIRM)
    assert (said.when, said.party) == (When(), None)


@pytest.mark.parametrize("text", ["9 mejor", "9 works", "mejor 9 gracias", "9 thanks", "9 pues"])
def test_a_number_before_a_word_that_counts_nothing_is_still_a_time(text: str) -> None:
    time = read(text, asked(Expecting.TIME)).when.time
    assert isinstance(time, ClockTime)
    assert time.hour == 9


@pytest.mark.parametrize(
    "text",
    ["gracias, hasta el jueves", "nos vemos el viernes", "hasta el sábado entonces",
     "perfecto, nos vemos mañana a las 9", "see you on Friday", "thanks, see you Thursday!",
     "great, until Saturday then"],
)  # fmt: skip
def test_a_goodbye_with_a_day_wishes_for_nothing(text: str) -> None:
    said = read(text)
    assert said.intent is Intent.GOODBYE
    assert not said.when


@pytest.mark.parametrize(
    ("text", "day"),
    [("gracias, hasta el jueves", 4), ("muchas gracias, nos vemos el viernes", 5),
     ("hasta el sábado", 6), ("adiós, hasta el viernes a las nueve", 5),
     ("thanks, see you on Friday", 5), ("see you Friday at nine!", 5)],
)  # fmt: skip
def test_a_goodbye_beside_an_offer_names_its_day_and_is_no_yes(text: str, day: int) -> None:
    said = read(text, ONE_OFFERED)
    assert said.intents == (Intent.GOODBYE,)
    assert said.when.day == Weekday(day)


@pytest.mark.parametrize("text", ["no, gracias, hasta el jueves", "no thanks, see you on Friday"])
def test_a_no_with_a_goodbye_is_a_no(text: str) -> None:
    said = read(text, ONE_OFFERED)
    assert said.intent is Intent.DENY
    assert not said.when


def test_until_thursday_is_a_goodbye_only_where_no_day_is_asked_for_or_with_thanks() -> None:
    assert read("hasta el jueves", asked(Expecting.DATE)).when.day is not None
    assert read("gracias, hasta el jueves", asked(Expecting.DATE)).intent is Intent.GOODBYE
    assert read("muchas gracias, nos vemos el jueves", asked(Expecting.NAME)).name == ""


@pytest.mark.parametrize(
    "text", ["podemos esperar hasta el jueves, gracias", "¿tenéis mesa hasta el jueves? gracias"]
)
def test_a_wish_that_lasts_until_a_day_stays_one_beside_an_offer(text: str) -> None:
    assert read(text, ONE_OFFERED).when.day is not None


@pytest.mark.parametrize(
    "text", ["hasta el jueves no puedo, ¿hay mesa el viernes?", "¿abrís hasta el jueves?"]
)
def test_until_a_day_among_other_words_is_no_goodbye(text: str) -> None:
    assert read(text).intent is not Intent.GOODBYE


@pytest.mark.parametrize(
    "text",
    ["¿se admiten mascotas?", "¿tenéis parking?",
     "is there anywhere to park?", "are dogs allowed?", "¿tenéis dónde aparcar?"],
)  # fmt: skip
def test_a_question_beside_an_offer_is_only_a_question(text: str) -> None:
    said = read(text, ONE_OFFERED)
    assert said.intents == (Intent.ENQUIRE,)
    assert said.topic
    assert not said.preferences


@pytest.mark.parametrize("text", ["¿puedo llevar a mi perro?", "can we bring our dog?"])
def test_who_asks_whether_to_bring_a_dog_brings_one(text: str) -> None:
    said = read(text, ONE_OFFERED)
    assert said.intents == (Intent.ENQUIRE, Intent.INFORM)
    assert said.preferences == {"dogs"}


def test_a_day_in_a_question_about_opening_is_no_new_wish() -> None:
    said = read("¿abrís los domingos?", ONE_OFFERED)
    assert said.intents == (Intent.ENQUIRE,)
    assert said.topic == "hours"


def test_a_wish_in_the_form_of_a_question_is_still_a_wish() -> None:
    said = read("¿puede ser en la terraza?", ONE_OFFERED)
    assert said.intent is Intent.CORRECT
    assert "terrace" in said.preferences


@pytest.mark.parametrize("text", ["how do I get there?", "¿cómo llego?", "what's the address?"])
def test_the_house_answers_under_its_own_name_what_guests_call_otherwise(text: str) -> None:
    answer = HouseAnswer(
        "location",
        {"es": ("dirección", "ubicación", "cómo llegar"), "en": ("address", "directions")},
        {"es": "…"},
    )
    house = replace(RESTAURANT, answers=(answer,))
    assert read(text, venue=house).topic == "location"
    assert read(text).topic == "address"


@pytest.mark.parametrize(
    "text",
    ["sí, y una trona", "2 tronas", "y dos tronas, por favor", "una silla alta", "one high chair",
     "yes, and two high chairs", "con un carrito"],
)  # fmt: skip
def test_what_is_counted_for_a_child_is_no_party(text: str) -> None:
    assert read(text, asked(Expecting.PARTY_SIZE)).party is None


@pytest.mark.parametrize("text", ["4 y 2 tronas", "somos 4, y una trona", "four, and a high chair"])
def test_a_party_is_counted_without_its_high_chairs(text: str) -> None:
    assert read(text, asked(Expecting.PARTY_SIZE)).party == Party(4, 4)


# --- one's own bookings ------------------------------------------------------------------------------

LONG_BOOKED = DialogueState(language="en", updated_at=datetime(2026, 11, 21, 14, tzinfo=UTC))
STATES = {
    "nothing said": NEW,
    "booked": LONG_BOOKED,
    "several offered": OFFERED,
    "one offered": ONE_OFFERED,
    "moving": DialogueState(task=Task.MOVE, expecting=Expecting.NEW_TIME),
    "cancelling": DialogueState(task=Task.CANCEL, expecting=Expecting.CANCEL_YES),
    "which one": DialogueState(task=Task.CANCEL, expecting=Expecting.WHICH_BOOKING),
    "menu": DialogueState(expecting=Expecting.MENU),
    **{
        f"{detail} asked": asked(detail)
        for detail in (
            Expecting.PARTY_SIZE,
            Expecting.DATE,
            Expecting.TIME,
            Expecting.NAME,
            Expecting.PHONE,
        )
    },
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.parametrize(
    "text",
    ["¿qué reservas tengo?", "mis reservas", "mis citas", "qué tengo reservado", "¿tengo cita?",
     "¿tengo alguna reserva?", "¿tengo una reserva con vosotros?", "cuándo es mi cita",
     "¿a qué hora es mi reserva?", "¿cuándo tengo cita?", "a qué hora tengo la mesa",
     "¿cuántas citas tengo?", "¿tengo algo reservado?", "gracias, ¿cuándo era mi reserva?",
     "sí, pero ¿qué reservas tengo?", "¿está confirmada mi reserva?",
     "what bookings do I have", "my bookings", "show me my reservations", "do I have a booking?",
     "do I have any reservations with you?", "have I got a booking?", "what have I booked?",
     "which appointments do I have", "when is my appointment?", "what time is our table?",
     "ok and what bookings do I have?", "is my booking confirmed?"],
)  # fmt: skip
def test_asking_for_ones_bookings_is_that_whatever_is_being_talked_of(
    text: str, state: DialogueState
) -> None:
    said = read(text, state)
    assert said.intent is Intent.CHECK_BOOKING
    assert not said.wants(Intent.AFFIRM)
    assert said.name == ""


@pytest.mark.parametrize(
    "reply",
    ["All set! Your table for 2 people tomorrow at 8:30 pm is booked. Your code is M7R-5AM-CC9.",
     "Done! Booked: your table for 2 people tomorrow. The code is M7R-5AM-CC9."],
)  # fmt: skip
def test_our_own_reply_asks_only_what_the_state_says(reply: str) -> None:
    said = read("can you check my booking?", LONG_BOOKED, last_reply=reply)
    assert said.intent is Intent.CHECK_BOOKING
    assert read("is there a table for two?", LONG_BOOKED, last_reply=reply).intent is Intent.BOOK


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cancela mis reservas", Intent.CANCEL),
        ("cancel my bookings", Intent.CANCEL),
        ("quiero cambiar mis citas", Intent.RESCHEDULE),
        ("I'd like to change my bookings", Intent.RESCHEDULE),
        ("confirma la reserva", Intent.AFFIRM),
        ("¿tengo que pagar la reserva?", Intent.ENQUIRE),
    ],
)
def test_what_is_to_be_done_with_bookings_is_no_asking_for_them(text: str, intent: Intent) -> None:
    assert read(text, ONE_OFFERED).intent is intent


@pytest.mark.parametrize("text", ["¿qué citas tenéis?", "¿qué mesas hay?", "¿qué horas quedan?"])
def test_what_the_house_has_is_no_asking_for_ones_own(text: str) -> None:
    assert read(text).intent is Intent.BOOK


@pytest.mark.parametrize(
    "text",
    ["do I need a reservation?", "¿tengo que reservar?", "when can I book?", "so is it booked?",
     "¿entonces está reservada?", "¿reservo yo o lo haces tú?"],
)  # fmt: skip
def test_a_question_about_booking_is_no_yes_to_an_offer(text: str) -> None:
    said = read(text, ONE_OFFERED)
    assert said.intent in {Intent.ENQUIRE, Intent.CHECK_BOOKING}
    assert not said.wants(Intent.AFFIRM)


@pytest.mark.parametrize(
    "text", ["¿puedes reservarla?", "can you book it for me?", "could you book that table?"]
)
def test_a_polite_order_to_book_is_one(text: str) -> None:
    assert read(text, ONE_OFFERED).intent in {Intent.BOOK, Intent.AFFIRM}


# --- who signs beside an offer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("Laura Gil, 600111222", "Laura Gil", "+34600111222"),
        ("laura gil 600 111 222", "laura gil", "+34600111222"),
        ("Laura Gil tel. 600111222", "Laura Gil", "+34600111222"),
        ("María de la Cruz\n600111222", "María de la Cruz", "+34600111222"),
        ("Laura, +34 600 111 222", "Laura", "+34600111222"),
        ("John Smith 600111222", "John Smith", "+34600111222"),
        ("Ana Gil", "Ana Gil", ""),
        ("a nombre de Ana Gil", "Ana Gil", ""),
        ("llámame al 600111222", "", "+34600111222"),
        ("600111222", "", "+34600111222"),
    ],
)
def test_a_name_and_a_phone_beside_an_offer_are_details_and_no_yes(
    text: str, name: str, phone: str
) -> None:
    said = read(text, ONE_OFFERED)
    assert (said.intents, said.name, said.phone) == ((Intent.INFORM,), name, phone)


@pytest.mark.parametrize(
    "text", ["sí, Laura Gil, 600111222", "vale, laura gil 600111222", "yes, Laura Gil 600111222"]
)
def test_a_yes_before_the_name_is_one(text: str) -> None:
    said = read(text, ONE_OFFERED)
    assert said.wants(Intent.AFFIRM)
    assert said.name.lower() == "laura gil"


@pytest.mark.parametrize(
    "text",
    ["Muy Bien", "Perfecto", "Genial Gracias", "Sí Por Favor", "Terraza", "MEJOR NO", "Hola",
     "Ni Hablar", "Sounds Good", "Yes Please", "Mañana Mejor", "No Gracias"],
)  # fmt: skip
def test_capitals_alone_make_no_name(text: str) -> None:
    assert read(text, ONE_OFFERED).name == ""


def test_an_unasked_name_is_read_only_where_an_offer_waits() -> None:
    assert read("Ana Gil").name == ""


WHICH_SATURDAY = replace(
    asked(Expecting.DATE), day_options=(date(2026, 11, 21), date(2026, 11, 28))
)


@pytest.mark.parametrize(
    "text", ["el próximo", "el que viene", "el siguiente", "hoy no", "the next one", "not today"]
)
def test_of_two_such_days_the_next_one_is_the_later(text: str) -> None:
    assert read(text, WHICH_SATURDAY).choice == ByComparison(Relative.LATER)
    assert read(text, ONE_OFFERED).choice is None


@pytest.mark.parametrize("text", ["el próximo sábado", "next Saturday", "el sábado que viene"])
def test_the_next_saturday_is_a_day_and_no_choice(text: str) -> None:
    said = read(text, WHICH_SATURDAY)
    assert said.choice is None
    assert isinstance(said.when.day, Weekday)
    assert said.when.day.which is not Which.BARE
