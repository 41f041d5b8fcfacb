"""A second opinion on what an English message wants, for messages that come out of the blue.

A linear model over words and pairs of words, which knows the rules' own verdict as one more feature.
It mostly tells talk that concerns the house from talk that does not. Trained by
`scripts/train_understanding.py`; the weights are in `intents.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from domain.understanding import Intent
from infrastructure.local.understanding.deciding import (
    ABOUT_A_PLACE,
    BOOKING_NOUN,
    TAKES_BOOKINGS,
)
from infrastructure.local.understanding.intents import OFF_TOPIC

MAX_WORDS = 80
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=1)
def default_classifier() -> Classifier:
    data = files(__package__).joinpath("intents.json").read_text(encoding="utf-8")
    return Classifier(json.loads(data))


class Classifier:
    """The intent with the highest sum of weights."""

    def __init__(self, model: dict[str, object]) -> None:
        """`model`: `labels`, `bias` and `weights` (feature to label weights)."""
        labels, bias, weights = model["labels"], model["bias"], model["weights"]
        assert isinstance(labels, list)
        assert isinstance(bias, list)
        assert isinstance(weights, dict)
        self._labels = [Intent(label) for label in labels]
        self._bias: list[float] = bias
        self._weights: dict[str, list[tuple[int, float]]] = {
            feature: [(int(pairs[i]), pairs[i + 1]) for i in range(0, len(pairs), 2)]
            for feature, pairs in weights.items()
        }

    def decide(self, plain: str, rule: Intent) -> tuple[Intent, float]:
        """The likeliest intent, and how far it lies above the one the rules found."""
        scores = list(self._bias)
        for feature in features(plain, rule):
            for label, weight in self._weights.get(feature, ()):
                scores[label] += weight
        best = max(range(len(scores)), key=scores.__getitem__)
        if rule not in self._labels:
            return rule, 0.0
        return self._labels[best], scores[best] - scores[self._labels.index(rule)]


_SIGNALS = {
    "off_topic": OFF_TOPIC,
    "booking": BOOKING_NOUN,
    "place": ABOUT_A_PLACE,
    "takes_bookings": TAKES_BOOKINGS,
}
STEM = 4
"""Letters that stand for a word and its relatives ("rese" for reserve and reservation)."""


def features(plain: str, rule: Intent) -> Iterable[str]:
    """Words, stems, pairs of neighbours, the rules' verdict and signals, of a folded text."""
    words = [_DIGIT.sub("0", word) for word in _WORD.findall(plain)[:MAX_WORDS]]
    return {
        f"rule={rule.value}",
        f"length={min(len(words) // 3, 5)}",
        f"first={words[0] if words else ''}",
        *(f"{name}={pattern.search(plain) is not None}" for name, pattern in _SIGNALS.items()),
        *words,
        *(f"~{word[:STEM]}" for word in words),
        *(f"{a} {b}" for a, b in pairwise(["<s>", *words, "</s>"])),
    }
