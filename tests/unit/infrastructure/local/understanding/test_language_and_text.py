"""Cleaning, folding and telling the language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.local.understanding.language import language_of
from infrastructure.local.understanding.text import Said, clean, fold


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("quiero una mesa", "es"),
        ("hola", "es"),
        ("me llamo ana", "es"),
        ("¿parking?", "es"),
        ("mañana", "es"),
        ("somos 4", "es"),
        ("a table for two", "en"),
        ("thanks", "en"),
        ("tomorrow at eight", "en"),
        ("I'm John", "en"),
        ("yes please", "en"),
    ],
)
def test_a_message_shows_its_language(text: str, language: str) -> None:
    other = "en" if language == "es" else "es"
    assert language_of(Said.of(text), otherwise=other) == language


@pytest.mark.parametrize("text", ["4", "ok", "Ana", "👍", "21:00", "no", "", "7K2-9MA-XY4"])
def test_what_shows_no_language_leaves_the_conversations(text: str) -> None:
    assert language_of(Said.of(text), otherwise="es") == "es"
    assert language_of(Said.of(text), otherwise="en") == "en"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\x00b", "ab"),
        ("hola\u200b\u200d", "hola"),
        ("４ personas", "4 personas"),
        ("٤", "4"),
        ("4️⃣", "4"),
        ("👍🏽", "👍"),
        ("\u202eabc\u202c", "abc"),
        ("  a   b ", "a b"),
        ("Zoe\u0308", "Zoë"),
    ],
)
def test_what_cannot_be_seen_is_cleaned_away(written: str, read: str) -> None:
    assert clean(written) == read


@given(st.text(max_size=200))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert clean(clean(text)) == clean(text)
