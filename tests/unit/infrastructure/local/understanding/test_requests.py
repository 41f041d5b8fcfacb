"""Allergies, occasions, wishes and preferences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.local.understanding.requests import find_requests
from infrastructure.local.understanding.text import Said


@pytest.mark.parametrize(
    ("text", "allergy"),
    [
        ("soy alérgico a los frutos secos", "soy alérgico a los frutos secos"),
        ("mesa para 2, mi hija es celíaca", "mi hija es celíaca"),
        ("soy alérgica al marisco y a las nueces, gracias", "soy alérgica al marisco y a las nueces"),
        ("necesitamos menú sin gluten", "necesitamos menú sin gluten"),
        ("intolerante a la lactosa", "intolerante a la lactosa"),
        ("I'm allergic to shellfish", "I'm allergic to shellfish"),
        ("one of us is vegan. thanks", "one of us is vegan"),
        ("gluten free please", "gluten free please"),
    ],
)  # fmt: skip
def test_an_allergy_is_carried_in_the_guests_words(text: str, allergy: str) -> None:
    asked = find_requests(Said.of(text))
    assert asked.allergies == (allergy,)
    assert allergy in asked.requests


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("es el cumpleaños de mi madre", "es el cumpleaños de mi madre"),
        ("mesa para 4, es nuestro aniversario", "es nuestro aniversario"),
        ("it's my wife's birthday!", "it's my wife's birthday"),
        ("llevaremos un carrito de bebé", "llevaremos un carrito de bebé"),
        ("vamos con el perro", "vamos con el perro"),
        ("Soy sorda, ¿pueden escribirme?", "Soy sorda"),
        ("nota: mesa lejos de la puerta", "mesa lejos de la puerta"),
    ],
)
def test_a_wish_is_carried_in_the_guests_words(text: str, request_: str) -> None:
    assert request_ in find_requests(Said.of(text)).requests


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("en la terraza", {"terrace"}),
        ("fuera, si puede ser", {"terrace"}),
        ("preferimos dentro", {"inside"}),
        ("junto a la ventana", {"window"}),
        ("un sitio tranquilo", {"quiet"}),
        ("con trona", {"high_chair"}),
        ("necesitamos dos tronas y una sillita", {"high_chair"}),
        ("una persona en silla de ruedas", {"wheelchair"}),
        ("mi padre tiene movilidad reducida", {"wheelchair"}),
        ("en la barra", {"bar"}),
        ("outside please", {"terrace"}),
        ("somewhere quiet by the window", {"quiet", "window"}),
        ("a high chair for the baby", {"high_chair"}),
        ("indoors", {"inside"}),
        ("wheelchair access", {"wheelchair"}),
        ("Olvida lo que dije de la terraza, adentro está bien.", {"inside"}),
        ("dentro mejor que en la terraza", {"inside"}),
        ("no en la terraza", set()),
        ("inside rather than outside", {"inside"}),
        ("mesa para 4 a las 9", set()),
    ],
)
def test_preferences_are_keys_and_what_is_refused_is_none(text: str, keys: set[str]) -> None:
    assert find_requests(Said.of(text)).preferences == keys


def test_a_feature_that_only_some_houses_have_counts_only_there() -> None:
    said = Said.of("con vistas y con el perro")
    assert find_requests(said).preferences == frozenset()
    assert find_requests(said, features=frozenset({"dogs", "view"})).preferences == {"dogs", "view"}


@pytest.mark.parametrize("text", ["¿tienen menú sin gluten?", "do you have vegan options?"])
def test_a_question_about_the_house_is_no_wish(text: str) -> None:
    assert find_requests(Said.of(text)).requests == ()


@given(st.text(max_size=400))
def test_every_request_stands_in_the_text(text: str) -> None:
    said = Said.of(text)
    assert all(request in said.text for request in find_requests(said).requests)
