"""Comparing names that people type: of tables, columns, options, weekdays."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# They choose between the plain and the coloured look of a sign, and cannot be seen.
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def fold(name: str) -> str:
    """How names are compared: composed, without case, variation selectors and extra spaces."""
    plain = _VARIATION_SELECTORS.sub("", unicodedata.normalize("NFC", name)).casefold()
    return " ".join(unicodedata.normalize("NFC", plain).split())


@dataclass(frozen=True, slots=True)
class Names:
    """What something is called in the grid."""

    en: str
    es: str
    also: tuple[str, ...] = ()
    """Other names under which it is recognised, but never made."""

    def in_language(self, language: str) -> str:
        return self.es if language == "es" else self.en

    def are_right(self, name: str) -> bool:
        return fold(name) in {fold(self.en), fold(self.es)}

    def may_be(self, name: str) -> bool:
        return self.are_right(name) or fold(name) in {fold(each) for each in self.also}
