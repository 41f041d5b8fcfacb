"""In whose name a booking stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.local.understanding.names import find_beneficiary, find_name, split_name
from infrastructure.local.understanding.text import Said

ANNOUNCED = [
    ("a nombre de María de la Cruz", "María de la Cruz"),
    ("mesa para 4, a nombre de Laura Gil, gracias", "Laura Gil"),
    ("a nombre de pedro garcía para mañana", "pedro garcía"),
    ("a nombre de la Sra. Gómez", "Gómez"),
    ("ponlo a nombre de Juan Pérez", "Juan Pérez"),
    ("me llamo ana", "ana"),
    ("me llamo ana y quiero una mesa", "ana"),
    ("hola, me llamo Íñigo Ñáñez", "Íñigo Ñáñez"),
    ("mi nombre es José Luis del Río", "José Luis del Río"),
    ("soy O'Neill", "O'Neill"),
    ("soy Carmen", "Carmen"),
    ("Mi nombre es Administrador Pérez, Administrador es mi nombre de pila.", "Administrador Pérez"),
    ("my name is Sarah O'Connor", "Sarah O'Connor"),
    ("name's Bob", "Bob"),
    ("the name is Van der Berg", "Van der Berg"),
    ("under the name Smith please", "Smith"),
    ("it's under Kasha", "Kasha"),
    ("Anders Holm is my name", "Anders Holm"),
    ("this is Tom Baker calling", "Tom Baker"),
    ("I'm John", "John"),
    ("reservation for Craig Dunnigan on Wednesday", "Craig Dunnigan"),
]  # fmt: skip

NO_NAME = [
    "soy alérgico a las nueces",
    "soy de Madrid",
    "soy celíaca",
    "soy el de ayer",
    "I'm looking for a table",
    "I'm allergic to nuts",
    "for Friday",
    "para mañana",
    "a table for two",
    "it's for dinner",
]

BARE = [
    ("Ana", "Ana"),
    ("ana pérez", "ana pérez"),
    ("ANA PÉREZ", "ANA PÉREZ"),
    ("Ana\nPérez", "Ana Pérez"),
    ("Ana & Luis", "Ana & Luis"),
    ("es Laura", "Laura"),
    ("sí, Laura Gil", "Laura Gil"),
    ("laura gil, gracias", "laura gil"),
    ("李小龍", "李小龍"),
    ("محمد", "محمد"),
    ("Nguyễn Thị Hồng Nhung", "Nguyễn Thị Hồng Nhung"),
    ("Łukasz Żółć", "Łukasz Żółć"),
    ("X Æ A-12", "X Æ A-12"),
    ("O'Neill-Ñáñez", "O'Neill-Ñáñez"),
]

NO_BARE_NAME = [
    "no",
    "¿por qué?",
    "quiero cambiar la hora",
    "8",
    "",
    "👍",
    "cancel it",
    "what for?",
    "https://x.example",
    "<b>Ana</b>",
]


@pytest.mark.parametrize(("text", "name"), ANNOUNCED)
def test_an_announced_name_is_found(text: str, name: str) -> None:
    found = find_name(Said.of(text), expected=False)
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize("text", NO_NAME)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert find_name(Said.of(text), expected=False) is None


@pytest.mark.parametrize(("text", "name"), BARE)
def test_a_bare_name_answers_the_question_for_it(text: str, name: str) -> None:
    found = find_name(Said.of(text), expected=True)
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize("text", NO_BARE_NAME)
def test_what_is_no_name_does_not_answer_it(text: str) -> None:
    assert find_name(Said.of(text), expected=True) is None


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("es para mi abuelita", "mi abuelita"),
        ("para mi tía Juana", "mi tía Juana"),
        ("para María", "María"),
        ("a check-up for my son", "my son"),
    ],
)
def test_an_appointment_for_somebody_else_says_for_whom(text: str, whom: str) -> None:
    found = find_beneficiary(Said.of(text))
    assert found is not None
    assert found.value == whom


@pytest.mark.parametrize("text", ["para mañana", "para cuatro", "para mi reserva", "una cita"])
def test_a_day_or_a_number_is_nobody(text: str) -> None:
    assert find_beneficiary(Said.of(text)) is None


def test_the_first_word_is_the_first_name() -> None:
    assert split_name("María de la Cruz") == ("María", "de la Cruz")
    assert split_name("Ana") == ("Ana", "")


@given(st.text(max_size=200), st.booleans())
def test_every_word_of_a_name_was_said(text: str, expected: bool) -> None:
    said = Said.of(text)
    found = find_name(said, expected=expected)
    if found is not None:
        assert found.value.strip()
        assert all(word in said.text for word in found.value.split())
