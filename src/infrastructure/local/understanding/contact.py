"""E-mails, phone numbers, booking codes and last four digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

import phonenumbers

from domain.booking import CODE_ALPHABET, CODE_LENGTH, spoken_code
from infrastructure.local.understanding.cues import cue
from infrastructure.local.understanding.numbers import WORDS
from infrastructure.local.understanding.text import Said

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stands."""

    value: str
    span: Span


# --- e-mail --------------------------------------------------------------------------------------

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}(?![\w@])")
_SPOKEN_EMAIL = re.compile(
    r"(?<!\w)([\w.-]{1,40})\s+(?:arroba|at)\s+([\w-]{1,40})\s+(?:punto|dot)\s+([a-z]{2,10})(?!\w)"
)


def find_email(said: Said) -> Found | None:
    """An e-mail address, written or read out ("ana arroba correo punto es")."""
    if "@" in said.plain and (match := _EMAIL.search(said.plain)):
        return Found(said.text[match.start() : match.end()], match.span())
    if match := _SPOKEN_EMAIL.search(said.plain):
        return Found(f"{match[1]}@{match[2]}.{match[3]}", match.span())
    return None


# --- phone ---------------------------------------------------------------------------------------

_PHONE = re.compile(r"(?<![\w/:.,@-])(?:tel:)?(\+?\(?\d[\d ().-]{4,22}\d)(?![\w@])")
MAX_NUMBERS = 4
"""Runs of digits tried as phone numbers; a message with more is noise."""
_PHONE_WORDS = cue(
    "tel",
    "telf?",
    "tlf",
    "telefono*",
    "movil",
    "celular",
    "cel",
    "numero",
    "whatsapp",
    "wasap",
    "contacto",
    "phone",
    "mobile",
    "cell",
    "number",
    "call me",
    "reach me",
    "llam*",
)
_DATE_SHAPE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2,4}")


def find_phone(said: Said, *, country: str, expected: bool) -> Found | None:
    """A phone number: E.164 where it is one of the venue's country or international, else as said."""
    for match in islice(_PHONE.finditer(said.plain), MAX_NUMBERS):
        written = match[1].strip()
        if not 6 <= sum(c.isdigit() for c in written) <= 16 or _DATE_SHAPE.fullmatch(written):
            continue
        international = _international(written, country)
        if international:
            return Found(international, match.span())
        if expected or _PHONE_WORDS.search(said.plain):
            return Found(said.text[match.start(1) : match.end(1)].strip(), match.span())
    return None


def as_e164(said: str, country: str) -> str:
    """A number of a country (ISO 3166-1) in E.164 where it is one, else as said."""
    return _international(said, country) or said


def _international(written: str, country: str) -> str:
    """E.164, or empty where the digits are no valid number."""
    for attempt in (written, f"+{written.removeprefix('00')}" if written.startswith("00") else ""):
        if not attempt:
            continue
        try:
            number = phonenumbers.parse(attempt, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


# --- booking code --------------------------------------------------------------------------------

_SYMBOL = f"[{CODE_ALPHABET}{CODE_ALPHABET.lower()}]"
_GROUPED_CODE = re.compile(
    rf"(?<![\w-]){_SYMBOL}{{3}}[\s.\-]{{1,3}}{_SYMBOL}{{3}}[\s.\-]{{1,3}}{_SYMBOL}{{3}}(?![\w-])"
)
_WHOLE_CODE = re.compile(rf"(?<![\w-]){_SYMBOL}{{{CODE_LENGTH}}}(?![\w-])")
_SPELLED_CODE = re.compile(
    rf"(?<![\w-])(?:{_SYMBOL}{{1,3}}[\s,.\-]{{1,3}}){{2,8}}{_SYMBOL}{{1,3}}(?![\w-])"
)
_CODE_WORDS = cue(
    "codigo*",
    "localizador",
    "clave",
    "referencia",
    "code",
    "reference",
    "confirmation number",
    "booking number",
)
_LIKE_A_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)[a-z0-9](?:-?[a-z0-9]){2,14}(?![\w-])")

_LETTER_NAMES = {
    "A": "a alfa alpha", "C": "ce c charlie see", "E": "e echo", "F": "efe f foxtrot", "H": "hache h hotel aitch",
    "J": "jota j juliet juliett jay", "K": "ka k kilo kay", "L": "ele l lima", "M": "eme m mike", "P": "pe p papa pee",
    "Q": "cu q quebec cue", "R": "erre ere r romeo", "T": "te t tango tee", "W": "w whisky whiskey uve_doble doble_ve doble_u double_u",
    "X": "equis x xray x-ray ex", "Y": "ye y yankee i_griega why",
}  # fmt: skip
_SPOKEN_SYMBOL = {name.replace("_", " "): letter for letter, names in _LETTER_NAMES.items() for name in names.split()} | {
    word: str(value) for word, value in WORDS.items() if 2 <= value <= 9
} | {digit: digit for digit in "23456789"}  # fmt: skip
_SPOKEN = "|".join(sorted((re.escape(name) for name in _SPOKEN_SYMBOL), key=len, reverse=True))
_SPOKEN_CODE = re.compile(rf"(?<!\w)(?:(?:{_SPOKEN})[\s,.-]+){{8}}(?:{_SPOKEN})(?!\w)")
_SPOKEN_PART = re.compile(rf"(?<!\w)(?:{_SPOKEN})(?!\w)")


def find_code(said: Said, *, expected: bool) -> Found | None:
    """A booking code as written or read aloud; where one was asked for, anything that looks like it."""
    hinted = expected or _CODE_WORDS.search(said.plain) is not None
    for pattern in (_WHOLE_CODE, _GROUPED_CODE, _SPELLED_CODE):
        for match in pattern.finditer(said.text):
            code = spoken_code(match[0])
            # Without a digit and unannounced, nine such letters may be a word ("CARAMELAR").
            if len(code) == CODE_LENGTH and (hinted or any(c.isdigit() for c in code)):
                return Found(code, match.span())
    if not hinted:
        return None
    if aloud := _SPOKEN_CODE.search(said.plain):
        symbols = (_SPOKEN_SYMBOL[part] for part in _SPOKEN_PART.findall(aloud[0]))
        return Found("".join(symbols), aloud.span())
    if alike := _LIKE_A_CODE.search(said.plain):
        return Found(spoken_code(alike[0]), alike.span())
    return None


# --- last four digits ----------------------------------------------------------------------------

_LAST4 = re.compile(r"(?<![\w+-])\d(?:[\s.-]?\d){3}(?![\w-])")
_LAST4_WORDS = cue(
    "(ultimos|ultimas) (4|cuatro)( digitos| cifras| numeros)?",
    "last (4|four)( digits)?",
    "termina* en",
    "acaba* en",
    "ends? (in|with)",
    "ending (in|with)",
)
_DIGIT_WORDS = {word: value for word, value in WORDS.items() if value <= 9} | {
    "cero": 0,
    "zero": 0,
    "oh": 0,
}
_SPOKEN_LAST4 = re.compile(
    rf"(?<!\w)(?:(?:{'|'.join(_DIGIT_WORDS)})[\s,]+){{3}}(?:{'|'.join(_DIGIT_WORDS)})(?!\w)"
)


def find_last4(said: Said, *, expected: bool) -> Found | None:
    """Four digits, where a phone's last four were asked for or are said to be that."""
    hint = _LAST4_WORDS.search(said.plain)
    if not (expected or hint):
        return None
    if match := _LAST4.search(said.plain, hint.end() if hint else 0):
        return Found("".join(c for c in match[0] if c.isdigit()), match.span())
    if match := _SPOKEN_LAST4.search(said.plain):
        digits = (_DIGIT_WORDS[word] for word in match[0].replace(",", " ").split())
        return Found("".join(map(str, digits)), match.span())
    return None
