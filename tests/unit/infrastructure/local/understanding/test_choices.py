"""Which of the offers is meant, and refusing them all."""

from __future__ import annotations

import pytest

from domain.understanding import ByComparison, ByFeature, ByOrder, OfferChoice, Relative
from infrastructure.local.understanding.choices import find_choice, refuses_all, wants_shift
from infrastructure.local.understanding.text import Said

CHOICES: list[tuple[str, OfferChoice]] = [
    ("la primera", ByOrder(1)),
    ("la segunda por favor", ByOrder(2)),
    ("me quedo con la tercera", ByOrder(3)),
    ("la última", ByOrder(-1)),
    ("opción 2", ByOrder(2)),
    ("la opción dos", ByOrder(2)),
    ("la 3", ByOrder(3)),
    ("2", ByOrder(2)),
    ("A ver la 3", ByOrder(3)),
    ("the first one", ByOrder(1)),
    ("second one please", ByOrder(2)),
    ("option b", ByOrder(2)),
    ("number 3", ByOrder(3)),
    ("the last", ByOrder(-1)),
    ("la más tarde", ByComparison(Relative.LATER)),
    ("the later one", ByComparison(Relative.LATER)),
    ("la más temprana", ByComparison(Relative.EARLIER)),
    ("the earliest", ByComparison(Relative.EARLIER)),
    ("lo antes posible", ByComparison(Relative.EARLIER)),
    ("cualquiera", ByComparison(Relative.ANY)),
    ("cualquiera de las dos", ByComparison(Relative.ANY)),
    ("me da igual", ByComparison(Relative.ANY)),
    ("la que sea", ByComparison(Relative.ANY)),
    ("whichever", ByComparison(Relative.ANY)),
    ("either is fine", ByComparison(Relative.ANY)),
    ("you choose", ByComparison(Relative.ANY)),
    ("la otra", ByComparison(Relative.OTHER)),
    ("the other one", ByComparison(Relative.OTHER)),
    ("la de la terraza", ByFeature("terraza")),
    ("the one on the terrace", ByFeature("terrace")),
    ("the one with Dra. Rojas", ByFeature("Dra. Rojas")),
]


@pytest.mark.parametrize(("text", "choice"), CHOICES)
def test_an_offer_is_picked(text: str, choice: OfferChoice) -> None:
    found = find_choice(Said.of(text), offered=3)
    assert found is not None
    assert found[0] == choice


@pytest.mark.parametrize("text", ["9", "4 personas", "mesa para 2", "sí", "el 2 de mayo"])
def test_what_picks_nothing_is_no_choice(text: str) -> None:
    assert find_choice(Said.of(text), offered=3) is None


def test_without_offers_a_number_is_no_choice() -> None:
    assert find_choice(Said.of("2"), offered=0) is None


@pytest.mark.parametrize(
    "text",
    [
        "ninguna",
        "ninguna me sirve",
        "no me va bien ninguna",
        "no me conviene",
        "none of them work for me",
        "neither",
        "those don't work",
        "¿tienen otras opciones?",
        "do you have other times?",
    ],
)
def test_all_offers_can_be_refused(text: str) -> None:
    assert refuses_all(Said.of(text))


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("¿no hay algo más tarde?", Relative.LATER),
        ("un poco más tarde", Relative.LATER),
        ("anything later?", Relative.LATER),
        ("¿y más temprano?", Relative.EARLIER),
        ("something earlier", Relative.EARLIER),
        ("la segunda", None),
    ],
)
def test_later_or_earlier_than_what_was_offered(text: str, which: Relative | None) -> None:
    assert wants_shift(Said.of(text)) is which
