"""How many come, in every way people say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.understanding import Party
from infrastructure.local.understanding.party import find_parties
from infrastructure.local.understanding.text import Said

SAID = [
    ("mesa para 4", Party(4, 4)),
    ("mesa para cuatro a las nueve", Party(4, 4)),
    ("una mesa pa 5", Party(5, 5)),
    ("somos seis", Party(6, 6)),
    ("seremos unos diez", Party(10, 10)),
    ("vamos a ser 7 en total", Party(7, 7)),
    ("reserva para 2 personas mañana", Party(2, 2)),
    ("para el viernes, 3 pax", Party(3, 3)),
    ("8 comensales", Party(8, 8)),
    ("un par de personas", Party(2, 2)),
    ("una docena de personas", Party(12, 12)),
    ("veinticinco personas", Party(25, 25)),
    ("treinta y dos comensales", Party(32, 32)),
    ("somos cuatro y un bebé", Party(5, 5, babies=1)),
    ("2 adultos y 2 niños", Party(4, 4, children=2)),
    ("cuatro adultos, dos niños y un bebé", Party(7, 7, children=2, babies=1)),
    ("6 personas, 2 de ellas niños", Party(6, 6, children=2)),
    ("8 personas incluidos 3 niños", Party(8, 8, children=3)),
    ("mi mujer y yo", Party(2, 2)),
    ("yo y tres amigos", Party(4, 4)),
    ("para mí y mi marido", Party(2, 2)),
    ("mi novio, mi hermana y yo", Party(3, 3)),
    ("iremos solo yo y mis padres", Party(3, 3)),
    ("un grupo de 8 o 9", Party(8, 9)),
    ("seremos 5 o 6", Party(5, 6)),
    ("de 10 a 12 personas", Party(10, 12)),
    ("solo yo", Party(1, 1)),
    ("nosotros dos", Party(2, 2)),
    ("mesa para una pareja", Party(2, 2)),
    ("table for two", Party(2, 2)),
    ("a table for 12 please", Party(12, 12)),
    ("party of ten", Party(10, 10)),
    ("there will be five of us", Party(5, 5)),
    ("can you fit 9 of us", Party(9, 9)),
    ("we're 3", Party(3, 3)),
    ("4 adults and 2 children", Party(6, 6, children=2)),
    ("2+1 kids", Party(3, 3, children=1)),
    ("three adults, one kid and a baby", Party(5, 5, children=1, babies=1)),
    ("8 people including 2 children", Party(8, 8, children=2)),
    ("my wife and I", Party(2, 2)),
    ("me and 5 others", Party(6, 6)),
    ("it's just my colleague and me", Party(2, 2)),
    ("my wife, my three kids and myself", Party(5, 5, children=3)),
    ("my family of 5", Party(5, 5)),
    ("a couple", Party(2, 2)),
    ("half a dozen people", Party(6, 6)),
    ("5 to 7 people", Party(5, 7)),
    ("just me", Party(1, 1)),
    ("both of us", Party(2, 2)),
    ("table for 7 at 8pm", Party(7, 7)),
]

NOT_SAID = [
    "-4 personas",
    "4,5 personas",
    "12 personas y media",
    "2 and a half people",
    "1e9 personas",
    "0 personas",
    "reserva a las 4",
    "para el 4 de mayo",
    "table 7",
    "la mesa 12",
    "7 pm",
    "in 3 days",
    "dentro de 2 semanas",
    "for one in the afternoon",
    "can you search for one for me",
    "hola",
    "",
    "50 euros",
]


@pytest.mark.parametrize(("text", "party"), SAID)
def test_a_party_is_counted(text: str, party: Party) -> None:
    assert find_parties(Said.of(text), expected=False)[-1].party == party


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_is_no_party_is_not_read_as_one(text: str) -> None:
    assert find_parties(Said.of(text), expected=False) == []


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("4", Party(4, 4)),
        ("cuatro", Party(4, 4)),
        ("４", Party(4, 4)),
        ("4️⃣", Party(4, 4)),
        ("04", Party(4, 4)),
        ("2-3", Party(2, 3)),
        ("4 o 5", Party(4, 5)),
        ("seis, gracias", Party(6, 6)),
        ("ten please", Party(10, 10)),
    ],
)
def test_a_bare_number_answers_how_many(text: str, party: Party) -> None:
    assert find_parties(Said.of(text), expected=True)[-1].party == party
    assert find_parties(Said.of(text), expected=False) == []


@pytest.mark.parametrize("text", ["-4", "4.0", "4,5", "1e2", "8pm", "a las 8", "20:30", "12 personas y media"])  # fmt: skip
def test_a_number_that_is_no_count_answers_nothing(text: str) -> None:
    assert find_parties(Said.of(text), expected=True) == []


@pytest.mark.parametrize(
    ("text", "kept", "taken_back"),
    [
        ("somos 5, no 4", 5, 4),
        ("no somos 4, somos 5", 5, 4),
        ("we are five not four", 5, 4),
        ("seremos 6 en vez de 4", 6, 4),
        ("8 people instead of 6", 8, 6),
    ],
)
def test_a_number_taken_back_is_marked(text: str, kept: int, taken_back: int) -> None:
    mentions = find_parties(Said.of(text), expected=False)
    assert {m.party.low: m.negated for m in mentions} == {kept: False, taken_back: True}


@given(st.text(max_size=300))
def test_spans_lie_in_the_text_and_parties_are_sensible(text: str) -> None:
    said = Said.of(text)
    for mention in find_parties(said, expected=True):
        assert 0 <= mention.start < mention.end <= len(said.text)
        assert 1 <= mention.party.low <= mention.party.high
