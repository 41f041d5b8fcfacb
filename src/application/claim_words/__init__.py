"""The words by which a sentence claims something, one file per language.

What these files hold is only ever read against facts: a word too many makes the house's own
templates speak where a model's sentence would have done, a word missing lets a claim through.
"""

from __future__ import annotations

from collections.abc import Mapping

from application.claim_words import de, en, es, fr, it, pt
from application.claim_words.words import Claim, Part, Words

WORDS: Mapping[str, Words] = {
    "es": es.WORDS,
    "en": en.WORDS,
    "pt": pt.WORDS,
    "fr": fr.WORDS,
    "it": it.WORDS,
    "de": de.WORDS,
}

__all__ = ["WORDS", "Claim", "Part", "Words"]
