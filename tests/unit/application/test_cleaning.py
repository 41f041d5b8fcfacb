"""Cleaning what guests type: nothing dangerous stays, nothing meant is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.cleaning import clean_text, has_control


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  hola  ", "hola"),
        ("a\x00b\x1b[31mc\x7f\x9f", "ab[31mc"),
        ("una\r\ndos\rtres\tcuatro", "una\ndos\ntres cuatro"),
        ("man\u0303ana", "mañana"),
        ("👩\u200d👩\u200d👧 للأربعة", "👩\u200d👩\u200d👧 للأربعة"),
        ("\x00\x07", ""),
    ],
)
def test_text_keeps_its_meaning(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    cleaned = clean_text(typed)
    assert clean_text(cleaned) == cleaned
    assert not has_control(cleaned.replace("\n", ""))
