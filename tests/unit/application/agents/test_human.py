"""The model-backed human agent: whatever the model says, what the guest reads is true and whole."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from application.agents.human import PROMPT, ModelHuman
from application.claims import ClaimCheck, facts_of
from application.errors import ModelUnavailable
from application.ports.agents import ReplyDone, ReplyPlan, ReplyText
from application.wording import split_sentences
from domain import acts
from domain.venue import ServiceId
from infrastructure.local.human import LocalHuman
from tests.fakes.scripted_model import Answer, Cut, ScriptedModel
from tests.unit.infrastructure.local.plans import (
    FRIDAY,
    RESTAURANT,
    at,
    booking,
    every_act,
    offer,
    plan,
)

NINE = at(RESTAURANT, FRIDAY, 21 * 60)
BOOKED = plan(
    acts.Booked(booking(RESTAURANT, NINE)), message="sí, soy Laura Gil", guest_name="Laura Gil"
)
TRUE = (
    "¡Perfecto, ⟨NAME1⟩! Tu mesa para 4 está reservada el viernes 27 de noviembre a las 21:00."
    " El código es ⟨CODE1⟩."
)


async def worded(said: ReplyPlan, *answers: Answer) -> tuple[list[str], ReplyDone, ScriptedModel]:
    model = ScriptedModel(list(answers))
    pieces = [piece async for piece in ModelHuman(model, LocalHuman(), ClaimCheck()).run(said)]
    *texts, done = pieces
    assert isinstance(done, ReplyDone)
    released = [piece.text for piece in texts if isinstance(piece, ReplyText)]
    assert "".join(released) == done.text
    return released, done, model


def is_true(said: ReplyPlan, text: str) -> bool:
    facts = facts_of(said)
    return all(ClaimCheck().check(s, facts).allowed for s in split_sentences(text))


async def test_true_sentences_are_streamed_with_names_and_codes_back_in_place() -> None:
    released, done, _ = await worded(BOOKED, TRUE)
    assert len(released) == 3
    assert "7K2-9MA-XY4" in done.text
    assert "⟨" not in done.text
    assert (done.receipt.source, done.receipt.fallback_reason) == ("model", None)
    assert done.stopped == ()


async def test_no_name_phone_or_code_is_sent() -> None:
    _, _, model = await worded(BOOKED, TRUE)
    sent = model.prompts[0].system + model.prompts[0].user
    for secret in ("Laura", "Gil", "7K2", "600111222"):
        assert secret not in sent


async def test_the_prompt_is_constant_and_the_facts_come_ready_worded() -> None:
    _, _, model = await worded(BOOKED, TRUE)
    prompt = model.prompts[0]
    assert prompt.system == PROMPT
    said = json.loads(prompt.user)
    assert said["lang"] == "es"
    assert "viernes 27 de noviembre a las 21:00" in said["facts"][0]


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ("Tu mesa está reservada el viernes a las 20:00.", "time"),
        ("Reservado para 5 personas.", "party"),
        ("Tu código es QQQ-111-ZZZ.", "code"),
        ("Te regalamos el postre.", "policy"),
        ("La mesa de al lado es de la familia Rojas.", "person"),
        ("Más en https://evil.example.", "link"),
    ],
)
async def test_a_lie_is_replaced_by_the_houses_own_words(lie: str, reason: str) -> None:
    released, done, _ = await worded(BOOKED, lie)
    assert lie not in done.text
    assert "7K2-9MA-XY4" in done.text
    assert is_true(BOOKED, done.text)
    assert reason in done.stopped
    assert done.receipt.fallback_reason == "claim_check"
    assert done.receipt.source == "local"
    assert len(released) == 1


async def test_after_true_sentences_a_lie_is_replaced_so_that_the_whole_is_true_and_complete() -> (
    None
):
    _, done, _ = await worded(BOOKED, "¡Qué bien, Laura! Confirmado para 6 personas a las 22:00.")
    assert done.text.startswith("¡Qué bien, Laura! ")
    assert "6 personas" not in done.text
    assert "7K2-9MA-XY4" in done.text
    assert is_true(BOOKED, done.text)
    assert (done.receipt.source, done.receipt.fallback_reason) == ("model", "claim_check")


async def test_nothing_is_confirmed_that_is_only_offered() -> None:
    said = plan(acts.Offered((offer(RESTAURANT, NINE),)))
    _, done, _ = await worded(said, "¡Listo! Queda reservada para el viernes a las 21:00.")
    assert "reservada" not in done.text
    assert done.text.endswith("?")
    assert "outcome" in done.stopped


async def test_a_cut_stream_is_finished_by_the_house_and_never_ends_in_half_a_sentence() -> None:
    _, done, _ = await worded(BOOKED, Cut("¡Perfecto, Laura! Tu mesa para 4 está res"))
    assert "está res " not in done.text
    assert done.text.startswith("¡Perfecto, Laura! ")
    assert "7K2-9MA-XY4" in done.text
    assert done.receipt.fallback_reason == "cut_stream"


async def test_a_stream_that_breaks_before_its_first_sentence_is_left_to_the_caller() -> None:
    with pytest.raises(ModelUnavailable):
        await worded(BOOKED, Cut("Tu mesa"))
    with pytest.raises(ModelUnavailable):
        await worded(BOOKED, ModelUnavailable("timeout"))


async def test_half_a_sentence_at_the_token_limit_is_not_said() -> None:
    model = ScriptedModel(["¡Perfecto, Laura! Tu mesa para 4 personas el"], tokens_out=10_000)
    agent = ModelHuman(model, LocalHuman(), ClaimCheck())
    *_, done = [piece async for piece in agent.run(BOOKED)]
    assert isinstance(done, ReplyDone)
    assert "personas el " not in done.text.replace("4 personas el viernes", "")
    assert "7K2-9MA-XY4" in done.text


@pytest.mark.parametrize(
    ("said", "thin"),
    [
        (BOOKED, "¡Tu mesa queda reservada, Laura!"),
        (plan(acts.Ask(acts.Detail.DATE)), "¡Claro que sí!"),
        (plan(acts.Offered((offer(RESTAURANT, NINE),))), "Miro las opciones."),
        (plan(acts.Cancelled(booking(RESTAURANT, NINE))), "Muy bien, Laura."),
        (plan(acts.HouseSays("parking", "Hay parking en la calle Mayor 5.")), "Sí, hay parking."),
        (plan(acts.HouseSays("dogs", "Los perros son bienvenidos en la terraza.")), "¡Claro!"),
        (plan(acts.HouseSays("dress", "Sin etiqueta, ven como estés a gusto.")), "Con gusto."),
        (plan(acts.HouseFacts("services", ("Revisión", "Limpieza dental"))), "Por supuesto."),
        (
            plan(acts.OpeningHours(None, (), ((ServiceId("dinner"), 5, ((1200, 1470),)),))),
            "Abrimos de noche.",
        ),
    ],
)
async def test_what_the_guest_needs_and_the_model_left_out_is_added(
    said: ReplyPlan, thin: str
) -> None:
    _, done, _ = await worded(said, thin)
    assert done.text.startswith(thin)
    assert len(done.text) > len(thin)
    assert is_true(said, done.text)
    assert done.receipt.fallback_reason == "incomplete"


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("Los perros son bienvenidos en la terraza.", "En la terraza, perros bienvenidos."),
        ("No hay código de vestimenta. Ven como estés a gusto.", "No hay código de vestimenta."),
    ],
)
async def test_an_answer_of_the_house_may_be_told_in_other_words(answer: str, reply: str) -> None:
    _, done, _ = await worded(plan(acts.HouseSays("topic", answer)), reply)
    assert done.text == reply


async def test_emphasis_is_taken_off() -> None:
    _, done, _ = await worded(plan(acts.Ask(acts.Detail.DATE)), "**¿Para qué día sería?**")
    assert done.text == "¿Para qué día sería?"


async def test_an_answer_in_a_language_nobody_here_reads_is_not_passed_on() -> None:
    _, done, _ = await worded(BOOKED, "Ваш столик забронирован на 20:00.")
    assert done.stopped == ("time", "language") or "language" in done.stopped
    assert "7K2-9MA-XY4" in done.text


LIES: Sequence[str] = (
    "Su mesa está confirmada para mañana a las 19:15.",
    "Done! You're booked for 9 people on Monday at 7 pm, code AAA-222-CCC.",
    "El depósito es de 50 €.",
    "La reserva de la señora Pérez es a las 21:00, teléfono 911 555 444.",
    "Cancelled as you wished.",
    "Pase por https://phish.example/pay.",
    "Reservierung bestätigt für Montag um 18 Uhr.",
)


async def test_a_lying_model_gets_no_lie_through_whatever_the_turn_is() -> None:
    for number, act in enumerate(every_act(RESTAURANT, NINE)):
        lie = LIES[number % len(LIES)]
        if isinstance(act, acts.News) and "Cancelled" in lie:
            continue  # no lie where the house has cancelled
        said = plan(act, language="en" if number % 2 else "es")
        _, done, _ = await worded(said, lie)
        assert lie not in done.text
        assert is_true(said, done.text)


async def test_a_truthful_model_is_let_through_whatever_the_turn_is() -> None:
    for act in every_act(RESTAURANT, NINE):
        said = plan(act)
        truth = LocalHuman().word(said)
        _, done, _ = await worded(said, truth)
        assert (done.text, done.stopped) == (truth, ()), act


async def test_the_prompt_is_not_repeated_to_a_guest() -> None:
    _, done, _ = await worded(plan(acts.Thanked(), language="en"), PROMPT)
    assert "prompt" in done.stopped
    assert "receptionist" not in done.text


@pytest.mark.parametrize("endless", ["Miro las opciones. " * 500, "miro las opciones y " * 500])
async def test_a_model_that_does_not_stop_is_stopped(endless: str) -> None:
    _, done, _ = await worded(plan(acts.Ask(acts.Detail.DATE)), endless)
    assert len(done.text) < 200
    assert "?" in done.text
