"""Label values that stay few and plain, whatever comes."""

from __future__ import annotations

import re

_WORD = re.compile(r"[\w./:{}@-]{1,80}")

OTHER = "other"


class Words:
    """Lets the first `most` words through and calls every later one "other".

    All of them are words of our own code and settings; this bounds a mistake.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= self._most or not _WORD.fullmatch(word):
                return OTHER
            known = self._known[word] = word
        return known
