"""The house's own words, one file per language, and the voice that fills them in."""

from __future__ import annotations

from collections.abc import Mapping

from domain.acts import Act
from infrastructure.local.words import en, es
from infrastructure.local.words.voice import MessageWording, Voice, Wording

LANGUAGES: Mapping[str, tuple[type[Voice], Mapping[type[Act], Wording]]] = {
    "es": (es.Spanish, es.WORDS),
    "en": (en.English, en.WORDS),
}
"""The voice of each language, and how it words each act."""

MESSAGES: Mapping[str, Mapping[str, MessageWording]] = {"es": es.MESSAGES, "en": en.MESSAGES}
"""How each language words each kind of message of the house's own."""

__all__ = ["LANGUAGES", "MESSAGES", "MessageWording", "Voice", "Wording"]
