"""The house's own words, one file per language, and the voice that fills them in."""

from __future__ import annotations

from collections.abc import Mapping

from domain.acts import Act
from infrastructure.local.words import en, es
from infrastructure.local.words.voice import Voice, Wording

LANGUAGES: Mapping[str, tuple[type[Voice], Mapping[type[Act], Wording]]] = {
    "es": (es.Spanish, es.WORDS),
    "en": (en.English, en.WORDS),
}
"""The voice of each language, and how it words each act."""

__all__ = ["LANGUAGES", "Voice", "Wording"]
