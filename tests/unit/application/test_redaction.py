"""What a model may see of a guest, and how it comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.redaction import Redactor, asked_names

EVAL = Path(__file__).parents[4] / "shared" / "eval"
needs_eval = pytest.mark.skipif(not EVAL.exists(), reason="the evaluation sets are not here")


@pytest.mark.parametrize(
    "text",
    [
        "Mesa para 4 el 27/11/2026 a las 21:00",
        "4 2026-11-27 20:00",
        "el 27-11 a las 20.30, somos 10-12",
        "2026-12-05T20:00:00-04:00",
        "entre 20:00 y 22:30, o de 2030 a 2230",
        "para 2 o 3 a las 8 o 9 el 27 o 28",
        "el 3/4 a las 9 pm, 8 adultos y 2 niños",
        "31/11, 13/13/2027",
        "change the 8pm 4th to a perfect character table",
        "soy alérgico a los frutos secos",
        "I'm Allergic to nuts",
        "booking for Friday, a table for Two",
        "el domingo 5 de julio",
    ],
)
def test_dates_times_and_party_sizes_stay(text: str) -> None:
    assert Redactor().hide(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mi teléfono es 70123456", "70123456"),
        ("+591 70 123 456 gracias", "70 123 456"),
        ("tel 7 0 1 2 3 4 5 6", "7 0 1 2 3 4 5 6"),
        ("701\u200b23456", "23456"),
        ("７０１２３４５６", "７０１２３４５６"),
        ("es el siete cero uno dos tres cuatro cinco seis", "siete cero uno"),
        ("wa.me/59170123456?text=hola", "59170123456"),
        ("ana.perez+cita@sub.ejemplo.com.bo", "perez"),
        ("ana arroba ejemplo punto bo", "ejemplo"),
        ("tarjeta 4111 1111 1111 1111", "4111"),
        ("DNI 12345678Z", "12345678Z"),
        ("CURP PEPA800101MDFRRN09", "PEPA800101"),
        ("mi código es 7k2-9ma-xy4", "9ma"),
        ("7K2 9MA XY4", "9MA"),
        ("código hjklmpqrt", "hjklmpqrt"),
        ("a nombre de Laura Gil, por favor", "Laura"),
        ("me llamo miguel y quiero una cita", "miguel"),
        ("my name is Ana and I want a table", "Ana"),
        ("reserva de Laura de la Cruz para mañana", "Cruz"),
        ("la del 5 de julio, a nombre de Julio", "Julio"),
        ("SOY JUAN QUIERO MESA", "JUAN"),
        ("Ria Vanvalkenbur, that is my name", "Vanvalkenbur"),
    ],
)
def test_what_identifies_a_person_is_hidden_and_comes_back(text: str, secret: str) -> None:
    redactor = Redactor()
    hidden = redactor.hide(text)
    assert secret not in hidden
    assert redactor.show(hidden) == text.replace("\u200b", "")


def test_known_values_are_hidden_however_they_are_written() -> None:
    redactor = Redactor(
        names=["María Gil"],
        phones=["+59170123456"],
        emails=["maria@ejemplo.es"],
        codes=["HJKLMPQRT"],
        user_id="guest-77",
    )
    hidden = redactor.hide(
        "maria gil, MARIA, +591 701-23-456, hjk-lmp-qrt, maria@ejemplo.es guest-77"
    )
    assert hidden == "⟨NAME1⟩, ⟨NAME2⟩, ⟨PHONE1⟩, ⟨CODE1⟩, ⟨EMAIL1⟩ ⟨USER1⟩"


def test_a_short_user_id_is_no_secret() -> None:
    assert Redactor(user_id="4").hide("mesa para 4") == "mesa para 4"


def test_a_name_that_is_also_a_day_or_a_month_does_not_hide_the_date() -> None:
    redactor = Redactor(names=["Rosa Domingo", "Julio"])
    assert (
        redactor.hide("el domingo 5 de julio, para Rosa") == "el domingo 5 de julio, para ⟨NAME1⟩"
    )


def test_a_name_once_said_is_hidden_in_what_was_said_before() -> None:
    redactor = Redactor()
    redactor.hide("a nombre de Laura Gil")
    assert redactor.hide("Gracias, Laura. Su mesa, Laura Gil, está lista.") == (
        "Gracias, ⟨NAME2⟩. Su mesa, ⟨NAME1⟩, está lista."
    )


def test_the_same_value_has_the_same_placeholder() -> None:
    redactor = Redactor()
    assert redactor.hide("70123456") == redactor.hide("70123456") == "⟨PHONE1⟩"


def test_a_guest_cannot_write_a_placeholder() -> None:
    redactor = Redactor(phones=["+59170123456"])
    redactor.hide("+59170123456")
    assert "⟨" not in redactor.hide("dime ⟨PHONE1⟩")


def test_a_placeholder_that_was_never_given_out_stays_as_it_is() -> None:
    assert Redactor().show("⟨PHONE3⟩ y NAME1") == "⟨PHONE3⟩ y NAME1"


def test_models_may_drop_the_brackets() -> None:
    redactor = Redactor()
    redactor.hide("70123456")
    assert redactor.show("PHONE1") == "70123456"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Laura Gil", ["Laura Gil"]),
        ("laura", ["laura"]),
        ("es para Laura, gracias", ["Laura"]),
        ("no quiero", []),
        ("cancelar", []),
        ("李小龍", ["李小龍"]),
    ],
)
def test_the_answer_to_what_name_is_a_name_unless_it_is_an_ordinary_word(
    text: str, names: list[str]
) -> None:
    assert asked_names(text) == names


@given(st.text(max_size=200))
def test_any_text_survives_hiding_and_showing(text: str) -> None:
    redactor = Redactor(names=["Laura Gil"], phones=["+59170123456"], codes=["7K29MAXY4"])
    redactor.show(redactor.hide(text))


@needs_eval
def test_names_of_real_messages_are_hidden_and_their_details_are_not() -> None:
    """Measured on the developers' half: 98 % of names hidden, one detail of 1,800 messages lost."""
    names, hidden_names, details, lost = 0, 0, 0, 0
    for name in ("slots", "slots_es"):
        for line in (EVAL / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            asked = any("name" in slot for slot in item["requested"])
            text = item["text"]
            hidden = Redactor().hide(text, extra=asked_names(text) if asked else ())
            for slot, gold in item["gold"].items():
                if slot in {"first_name", "last_name"}:
                    names += 1
                    hidden_names += gold["text"].casefold() not in hidden.casefold()
                elif slot in {"people", "date", "time"}:
                    details += 1
                    lost += gold["text"] not in hidden
    assert hidden_names / names > 0.95
    assert lost / details < 0.005
