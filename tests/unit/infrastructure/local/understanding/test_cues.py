"""The notation of the phrase tables."""

from __future__ import annotations

import pytest

from infrastructure.local.understanding.cues import cue


@pytest.mark.parametrize("text", ["reserva", "reservas", "una reservación ya"])
def test_a_star_after_a_letter_is_the_rest_of_a_word(text: str) -> None:
    assert cue("reserva*").search(text)


def test_a_star_after_a_class_of_characters_repeats_it_also_no_times() -> None:
    ends = cue("^mis citas\\W*$")
    assert ends.search("mis citas")
    assert ends.search("mis citas?!")
    assert not ends.search("mis citas no")
