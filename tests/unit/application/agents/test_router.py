"""The model-backed router: what it sends, and what it makes of an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from application.agents.router import HISTORY_CHARS, PROMPTS, ModelRouter
from application.errors import AnswerInvalid, ModelUnavailable
from application.ports.agents import Exchange, GuestMessage, Routed
from domain.booking import BookingCode
from domain.dialogue import Details, DialogueState, Expecting
from domain.understanding import ByComparison, ByFeature, ByOrder, Intent, Party, Relative
from domain.venue import HouseAnswer
from domain.when import ClockTime, Weekday
from infrastructure.litellm.figures import Figures
from infrastructure.local.dates import DateReader
from tests.fakes.scripted_model import ScriptedModel
from tests.unit.domain.houses import NOW, restaurant

USER = "+59170123456"


def answer(*intents: str, **details: Any) -> str:
    return json.dumps({"intents": intents or ["inform"], "lang": "es", **details})


async def route(
    text: str,
    *answers: Any,
    state: DialogueState | None = None,
    history: tuple[Exchange, ...] = (),
    model: ScriptedModel | None = None,
    **venue: Any,
) -> Routed:
    model = model or ScriptedModel(list(answers))
    return await ModelRouter(model, DateReader()).run(
        message=GuestMessage(text, USER, "chat", NOW),
        state=state or DialogueState(),
        venue=restaurant(**venue),
        history=history,
    )


async def test_the_guests_own_words_become_expressions() -> None:
    text = "Mesa para 4 el viernes a las nueve de la noche, a nombre de Laura Gil, 70123456"
    routed = await route(
        text,
        answer(
            "book",
            date="el viernes",
            time="a las nueve",
            people="4",
            name="⟨NAME1⟩",
            phone="⟨PHONE1⟩",
        ),
    )
    said = routed.understanding
    assert said.intents == (Intent.BOOK,)
    assert said.language == "es"
    assert said.when.day == Weekday(5)
    assert isinstance(said.when.time, ClockTime)
    assert said.when.time.part is not None, "the evening was said, though the model left it out"
    assert said.party == Party(4, 4)
    assert (said.name, said.phone) == ("Laura Gil", "70123456")
    assert said.words["date"] == "el viernes"


async def test_the_wish_and_the_booking_to_change_are_kept_apart() -> None:
    routed = await route(
        "Quiero cambiar la del viernes a las 9 al sábado a las 10",
        answer("reschedule", previous="la del viernes a las 9", date="sábado", time="a las 10"),
    )
    said = routed.understanding
    assert said.previous.day == Weekday(5)
    assert said.when.day == Weekday(6)
    assert isinstance(said.previous.time, ClockTime)
    assert isinstance(said.when.time, ClockTime)
    assert (said.previous.time.hour, said.when.time.hour) == (9, 10)


async def test_what_the_guest_did_not_say_is_dropped() -> None:
    routed = await route(
        "quiero una mesa",
        answer(
            "book", date="el viernes", time="21:00", people="4", name="Laura", phone="70123456",
            email="a@b.es", code="7K29MAXY4", service="dinner", person="T1", allergies=["nueces"],
        ),
    )  # fmt: skip
    said = routed.understanding
    assert not said.when
    assert said.party is None
    assert not any([said.name, said.phone, said.email, said.code, said.service, said.provider])
    assert said.allergies == ()


@pytest.mark.parametrize(
    ("text", "people", "party"),
    [
        ("somos cuatro", "4", Party(4, 4)),
        ("seremos 8 o 9", "8-9", Party(8, 9)),
        ("4 adultos y 2 niños", "6", Party(6, 6)),
        ("my wife and I", "2", Party(2, 2)),
        ("mi mujer y yo", "20", None),
        ("una mesa", "4", None),
    ],
)
async def test_a_party_counts_where_the_message_bears_it_out(
    text: str, people: str, party: Party | None
) -> None:
    assert (await route(text, answer(people=people))).understanding.party == party


async def test_children_are_part_of_the_party() -> None:
    routed = await route("4 adultos y 2 niños", answer(people="6", children=2))
    assert routed.understanding.party == Party(6, 6, children=2)


@pytest.mark.parametrize(
    ("pick", "choice"),
    [
        ("2", ByOrder(2)),
        ("-1", ByOrder(-1)),
        ("later", ByComparison(Relative.LATER)),
        ("la de la terraza", ByFeature("la de la terraza")),
        ("the blue one", None),
    ],
)
async def test_offers_are_picked_in_several_ways(pick: str, choice: object) -> None:
    state = DialogueState(expecting=Expecting.OFFER, offers=(object(),))  # type: ignore[arg-type]
    routed = await route("la de la terraza", answer("affirm", pick=pick), state=state)
    assert routed.understanding.choice == choice


async def test_nothing_is_picked_where_nothing_was_offered() -> None:
    assert (await route("la segunda", answer("affirm", pick="2"))).understanding.choice is None


async def test_an_allergy_counts_even_when_it_is_worded_a_little_differently() -> None:
    routed = await route(
        "mi hija tiene alergia al cacahuete", answer(allergies=["alergia a cacahuetes"])
    )
    assert routed.understanding.allergies == ("alergia a cacahuetes",)
    assert routed.understanding.requests == ("alergia a cacahuetes",)


async def test_only_known_preferences_count() -> None:
    routed = await route("en la terraza", answer(likes=["terrace", "moonlight"]))
    assert routed.understanding.preferences == frozenset({"terrace"})


async def test_the_houses_own_topics_come_first() -> None:
    own = HouseAnswer("aparcamiento", {"es": ("parking", "dónde aparco")}, {"es": "Detrás."})
    routed = await route("¿hay parking?", answer("enquire", topic="parking"), answers=(own,))
    assert routed.understanding.topic == "aparcamiento"


async def test_four_digits_are_read_here_and_never_sent() -> None:
    model = ScriptedModel([answer("inform")])
    state = DialogueState(expecting=Expecting.LAST4, claimed=BookingCode("7K29MAXY4"))
    routed = await route("son 3456", model=model, state=state)
    assert routed.understanding.last4 == "3456"
    assert "3456" not in model.prompts[0].user


async def test_nothing_that_identifies_a_guest_is_sent() -> None:
    model = ScriptedModel([answer("inform")])
    state = DialogueState(
        details=Details(name="Laura Gil", phone="+34600111222", email="laura@ejemplo.es"),
        last_booking=BookingCode("HJKLMPQRT"),
    )
    history = (Exchange("soy Laura Gil", "Hola, Laura. Su código es HJK-LMP-QRT."),)
    await route(
        "llámame al 600 111 222 o a laura@ejemplo.es", model=model, state=state, history=history
    )
    sent = model.prompts[0].system + model.prompts[0].user
    for secret in ("Laura", "600", "laura@", "HJK", USER):
        assert secret not in sent


async def test_an_answer_that_does_not_fit_is_asked_for_once_more() -> None:
    model = ScriptedModel(["I think they want a table", answer("book")])
    routed = await route("una mesa", model=model)
    assert routed.understanding.intent is Intent.BOOK
    assert "valid JSON" in model.prompts[1].user
    assert routed.receipt.calls == 2
    assert routed.receipt.tokens_in == 200


async def test_two_answers_that_do_not_fit_are_a_failure() -> None:
    with pytest.raises(AnswerInvalid):
        await route("una mesa", '{"intents": ["fly"]}', '{"intents": []}')


async def test_json_between_fences_is_read() -> None:
    routed = await route("hola", f"```json\n{answer('greet')}\n```")
    assert routed.understanding.intent is Intent.GREET


async def test_the_models_failure_is_the_routers() -> None:
    with pytest.raises(ModelUnavailable):
        await route("hola", ModelUnavailable("timeout"))


async def test_the_prompt_is_the_same_whatever_the_conversation_and_the_house() -> None:
    model = ScriptedModel([answer("inform")])
    for number in range(3):
        history = (Exchange(f"hola {number}", f"¿Para cuántos? {number}"),)
        await route(f"somos {number}", model=model, history=history, name=f"House {number}")
    assert {prompt.system for prompt in model.prompts} == {PROMPTS[Expecting.NOTHING]}


DIALOGUES: tuple[tuple[tuple[str, Expecting, str], ...], ...] = (
    (
        ("Hola, quería reservar una mesa", Expecting.NOTHING, ""),
        ("Somos cuatro, el viernes por la noche", Expecting.PARTY_SIZE, "Con mucho gusto. ¿Para cuántas personas?"),
        ("A las nueve si puede ser", Expecting.TIME, "¿A qué hora les gustaría venir el viernes 27 de noviembre?"),
        ("¿Tienen algo en la terraza?", Expecting.OFFER, "Puedo ofrecerle el viernes 27 de noviembre a las 21:00 para 4 personas. ¿Le va bien?"),
        ("a nombre de Laura Gil, y uno es celíaco", Expecting.NAME, "Perfecto. ¿A nombre de quién hago la reserva?"),
        ("Muchas gracias, ¿hay aparcamiento cerca?", Expecting.NOTHING, "Reserva confirmada para el viernes 27 de noviembre a las 21:00. Su código es ABC."),
    ),
    (
        ("Hi, I'd like to move my booking from Friday to Saturday at half past eight", Expecting.NOTHING, ""),
        ("Actually could we make it five people instead of four?", Expecting.OFFER, "I can move it to Saturday 28 November at 20:30. Shall I?"),
        ("Yes please, and could we sit somewhere quiet? It's my mother's birthday", Expecting.OFFER, "I can move it to Saturday 28 November at 20:30 for 5 people. Shall I?"),
    ),
)  # fmt: skip


async def test_a_call_takes_at_most_300_tokens_on_average() -> None:
    """Counted with GPT-4o's tokenizer, the JSON schema included."""
    figures = Figures("openai/gpt-4o")
    counts: list[int] = []
    for dialogue in DIALOGUES:
        model = ScriptedModel([answer("inform")])
        history: list[Exchange] = []
        for text, expecting, reply in dialogue:
            if reply:
                history[-1] = Exchange(history[-1].guest, reply)
            await route(
                text, model=model, state=DialogueState(expecting=expecting), history=tuple(history)
            )
            history.append(Exchange(text, ""))
        counts += [figures.count_tokens(prompt) for prompt in model.prompts]
    assert sum(counts) / len(counts) <= 300, counts


async def test_a_call_does_not_grow_with_the_conversation() -> None:
    model = ScriptedModel([answer("inform")])
    long = tuple(Exchange(f"pregunta {n} " * 8, f"respuesta {n} " * 8) for n in range(20))
    await route("vale", model=model, history=long[:2])
    await route("vale", model=model, history=long)
    first, last = (len(prompt.user) for prompt in model.prompts)
    assert abs(last - first) < 20
    assert last < HISTORY_CHARS + 80


def test_every_question_the_house_can_have_asked_is_known_to_the_prompt() -> None:
    assert set(PROMPTS) == set(Expecting)
