"""A message made readable: cleaned of what cannot be seen, and folded for looking words up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_VARIATION = {0xFE0E, 0xFE0F, 0x20E3, *range(0x1F3FB, 0x1F400)}
"""Emoji dress: variation selectors, the keycap of 4️⃣, skin tones."""
_QUOTES = {"‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"'}
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_BLANK_RUN = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")


class _Cleaning(dict[int, str]):
    """Translation table that works out each character once."""

    def __missing__(self, code: int) -> str:
        self[code] = result = _cleaned(chr(code))
        return result


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = result = _folded(chr(code))
        return result


def _cleaned(char: str) -> str:
    if char in "\n\r\t":
        return "\n" if char == "\n" else " "
    if ord(char) in _VARIATION or unicodedata.category(char) in _INVISIBLE:
        return ""
    digit = unicodedata.digit(char, None)
    if digit is not None and unicodedata.category(char) == "Nd":
        return str(digit)
    if 0xFF01 <= ord(char) <= 0xFF5E:
        return unicodedata.normalize("NFKC", char)
    return char


def _folded(char: str) -> str:
    """One lower-case character without accent; always exactly one, so that spans stay true."""
    if char in _QUOTES:
        return _QUOTES[char]
    if char in _DASHES:
        return _DASHES[char]
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char


_CLEANING = _Cleaning()
_FOLDING = _Folding()


def clean(text: str) -> str:
    """The message without invisible characters, digits of every script as 0-9, spaces single."""
    seen = unicodedata.normalize("NFC", text).translate(_CLEANING)
    return _BLANK_RUN.sub(" ", seen).strip()


def fold(text: str) -> str:
    """The same text, as long as before, in lower case and without accents."""
    return text.translate(_FOLDING)


def word_set(words: str) -> frozenset[str]:
    """The words of a table, written with spaces between them."""
    return frozenset(words.split())


def _slips(words: Iterable[str]) -> dict[str, str]:
    """Every word with two neighbouring letters swapped, and the word that was meant."""
    return {
        f"{word[:i]}{word[i + 1]}{word[i]}{word[i + 2 :]}": word
        for word in words
        for i in range(len(word) - 1)
        if word[i] != word[i + 1]
    }


_MEANT = _slips(
    word_set("""
    cancelar cancela cancelo cancel anular anulo reservar reserva reservas reservalo cambiar cambio mover
    confirmo confirmar confirmado perfecto acuerdo estupendo gracias nombre quiero quisiera necesito personas
    change booking reservation appointment confirm perfect please thanks people
    """)
)
"""What decides about a message, and is mistyped in a hurry: "canclear", "de acuredo"."""
_LETTERS = re.compile(r"[a-z]{5,}")


def mended(plain: str) -> str:
    """The same text, as long as before, with swapped letters put right in the words that decide."""
    return _LETTERS.sub(lambda word: _MEANT.get(word[0], word[0]), plain)


@dataclass(frozen=True)
class Said:
    """A message. `text` is what is quoted back, `plain` what the tables are matched against."""

    text: str
    plain: str

    @classmethod
    def of(cls, message: str) -> Said:
        text = clean(message)
        return cls(text, mended(fold(text)))

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(_WORD.findall(self.plain))

    def without(self, spans: list[tuple[int, int]]) -> Said:
        """The message with these spans blotted out, every other character where it was."""
        text, plain = list(self.text), list(self.plain)
        for start, end in spans:
            text[start:end] = plain[start:end] = "_" * (end - start)
        return Said("".join(text), "".join(plain))
