"""Small numbers, in digits and in words, Spanish and English."""

from __future__ import annotations

_UNITS = {
    1: "un uno una one",
    2: "dos two",
    3: "tres three",
    4: "cuatro four",
    5: "cinco five",
    6: "seis six",
    7: "siete seven",
    8: "ocho eight",
    9: "nueve nine",
    10: "diez ten",
    11: "once eleven",
    12: "doce twelve",
    13: "trece thirteen",
    14: "catorce fourteen",
    15: "quince fifteen",
    16: "dieciseis sixteen",
    17: "diecisiete seventeen",
    18: "dieciocho eighteen",
    19: "diecinueve nineteen",
    20: "veinte twenty",
    21: "veintiun veintiuno veintiuna",
    22: "veintidos",
    23: "veintitres",
    24: "veinticuatro",
    25: "veinticinco",
    26: "veintiseis",
    27: "veintisiete",
    28: "veintiocho",
    29: "veintinueve",
    30: "treinta thirty",
    40: "cuarenta forty",
    50: "cincuenta fifty",
    100: "cien hundred",
}
_GROUPS = {
    2: ("un par", "a couple", "couple"),
    6: ("media docena", "half a dozen"),
    12: ("una docena", "a dozen", "dozen"),
}

WORDS = {word: value for value, words in _UNITS.items() for word in words.split()}
_TENS = [word for word, value in WORDS.items() if 20 <= value < 100 and value % 10 == 0]
_ONES = [word for word, value in WORDS.items() if value < 10]
_PHRASES = {phrase: value for value, phrases in _GROUPS.items() for phrase in phrases}

NUMBER = (
    r"(?:\d{1,4}"
    rf"|(?:{'|'.join(_TENS)})(?:\s+y\s+|[\s-])(?:{'|'.join(_ONES)})(?!\w)"
    rf"|(?:{'|'.join(_PHRASES)})(?!\w)"
    rf"|(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})(?!\w))"
)
"""A number as a piece of a regular expression, on folded text."""


def read_number(text: str) -> int:
    """The value of something that `NUMBER` matched."""
    if text.isdigit():
        return int(text)
    words = text.replace("-", " ").split()
    group = _PHRASES.get(" ".join(words))
    if group is not None:
        return group
    return sum(WORDS[word] for word in words if word != "y")
