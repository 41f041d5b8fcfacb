"""The venue's own words: services, people, tables and topics."""

from __future__ import annotations

import pytest

from infrastructure.local.understanding.house import House
from infrastructure.local.understanding.text import Said
from tests.unit.infrastructure.local.understanding.houses import CLINIC, RESTAURANT

THE_CLINIC = House(CLINIC)
THE_RESTAURANT = House(RESTAURANT)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("una limpieza", "cleaning"),
        ("quiero una limpiesa", "cleaning"),
        ("limpiezas", "cleaning"),
        ("sacar una muela", "extraction"),
        ("una extracion", "extraction"),
        ("I need a cleaning, not a check-up", "cleaning"),
        ("revisión en vez de limpieza", "check-up"),
        ("hola", None),
    ],
)
def test_a_service_is_found_with_its_typos(text: str, service: str | None) -> None:
    found = THE_CLINIC.service(Said.of(text))
    assert (found[0] if found else None) == service


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("con la Dra. Rojas", "Dra. Rojas"),
        ("con rojas el lunes", "rojas"),
        ("el doctor quispe", "doctor quispe"),
        ("with Dr House on Thursday", "Dr House"),
        ("una cita", None),
    ],
)
def test_somebody_is_asked_for_by_name(text: str, who: str | None) -> None:
    found = THE_CLINIC.provider(Said.of(text))
    assert (found[0] if found else None) == who


def test_a_table_is_asked_for_by_number() -> None:
    found = THE_RESTAURANT.provider(Said.of("la mesa 12, por favor"))
    assert found is not None
    assert found[0] == "mesa 12"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("¿se puede aparcar?", "parking"),
        ("can we bring the dog", "dogs"),
        ("¿a qué hora abren?", "hours"),
        ("¿dónde están?", "address"),
        ("how do I get there?", "address"),
        ("how do we get to you by metro?", "address"),
        ("what's the best way to get there?", "address"),
        ("¿cómo llegamos?", "address"),
        ("¿por dónde se va?", "address"),
        ("what's your phone number", "phone"),
        ("¿cuánto cuesta?", "prices"),
        ("asdf", None),
    ],
)
def test_a_question_is_about_a_topic_of_the_house_or_a_common_one(
    text: str, topic: str | None
) -> None:
    found = THE_RESTAURANT.topic(Said.of(text))
    assert (found[0] if found else None) == topic
