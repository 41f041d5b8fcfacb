"""Phrase tables as regular expressions that a non-programmer can correct.

A phrase is written in lower case without accents. A space stands for any run of spaces, `*` after
a letter for the rest of a word, `(a|b)` for a choice and `?` for "may
be missing" (` ?` is a space that may be missing); it matches whole words only.
"""

from __future__ import annotations

import re
from functools import lru_cache

_REST_OF_WORD = re.compile(r"(?<=\w)(?<!\\\w)\*")
"""Not where a class of characters is repeated, as in `\\W*`."""


def phrase(text: str) -> str:
    """One phrase as a regular expression."""
    spaced = _REST_OF_WORD.sub(r"\\w*", text).replace(" ?", r"\s*").replace(" ", r"\s+")
    return spaced.replace("(", "(?:").replace("(?:?", "(?")


def cue(*phrases: str) -> re.Pattern[str]:
    """Any of the phrases, as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(phrase, phrases))})(?!\w)")


@lru_cache(maxsize=1)
def filler() -> re.Pattern[str]:
    """Words that add nothing: courtesies, openings, hesitations."""
    return cue(
        "hola*",
        "buenas( tardes| noches)?",
        "buenos dias",
        "buen dia",
        "que tal",
        "saludos",
        "hello",
        "hi",
        "hey",
        "hiya",
        "good (morning|afternoon|evening|day)",
        "there",
        "por favor",
        "porfa*",
        "x favor",
        "xfa",
        "pls",
        "plz",
        "please",
        "plis",
        "si es posible",
        "if possible",
        "if you can",
        "gracias",
        "muchas gracias",
        "mil gracias",
        "muchisimas gracias",
        "thanks( a lot| so much)?",
        "thank you( so much| very much)?",
        "thx",
        "ty",
        "cheers",
        "grax",
        "grcs",
        "pues",
        "bueno",
        "mira",
        "oye",
        "eh+",
        "um+",
        "ay+",
        "uy+",
        "oh+",
        "oo+h+",
        "ah+",
        "wow",
        "uh+",
        "hm+",
        "a ver",
        "disculp*",
        "perdon*",
        "perdone",
        "sorry",
        "excuse me",
        "well",
        "so",
        "ya",
        "amig[oa]",
        "jefe",
        "crack",
        "tio",
        "senor(ita|a)?",
        "caballero",
        "dear",
        "mate",
        "man",
        "guys",
        "buddy",
        "jaja*",
        "jeje*",
        "haha*",
        "lol",
    )
