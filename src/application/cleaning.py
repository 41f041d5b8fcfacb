"""What a guest typed, made safe to keep and to show, with its meaning untouched."""

from __future__ import annotations

import unicodedata

MAX_MESSAGE = 4000
"""Characters of one message, after cleaning."""

# Tabs and line ends become the whitespace they stand for; the other control characters go.
_CONTROL = dict.fromkeys((*range(32), *range(127, 160))) | {
    ord("\t"): " ",
    ord("\n"): "\n",
}


def clean_text(text: str) -> str:
    """Normalised (NFC), without control characters, line ends as `\\n`, trimmed.

    Emoji, joiners and every script stay as they were typed.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return unicodedata.normalize("NFC", lines.translate(_CONTROL)).strip()


def has_control(text: str) -> bool:
    """Whether a text that names something (a user, a message) holds characters no name has."""
    return any(ord(character) in _CONTROL for character in text)
