"""Where an English message names people, day, time and guest: a linear-chain model with few weights.

The rules say what words mean; this says where they stand in messages whose wording no rule foresaw
("we'll be four, Anders, seven-ish"). Trained by `scripts/train_understanding.py`; the weights are in
`spans.json`. Features are words, shapes and small word lists around each token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

SLOTS = ("people", "date", "time", "first_name", "last_name")
MAX_TOKENS = 120
"""Longer messages are read this far: nobody gives a booking's details later than that."""

TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_")

_LISTS = {
    "weekday": "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun",
    "month": "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec",
    "number": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty couple dozen",
    "people": "people persons person guests guest adults adult kids kid children child diners ppl pax us friends others family members seats wife husband baby babies boyfriend girlfriend mom dad mother father brother sister colleague boss partner",
    "part": "morning afternoon evening night noon midnight tonight lunch dinner breakfast brunch lunchtime dinnertime noontime midday",
    "near": "today tomorrow tonight now week weeks month day days next this coming weekend later",
    "ordinal": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth st nd rd th",
    "clock": "am pm p a m o clock quarter half past hours hrs hr hour minutes min",
}
_KINDS: dict[str, list[str]] = {}
for _kind, _words in _LISTS.items():
    for _word in _words.split():
        _KINDS.setdefault(_word, []).append(_kind)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A slot and where it stands, [start, end)."""

    slot: str
    start: int
    end: int


@lru_cache(maxsize=1)
def default_tagger() -> Tagger:
    data = files(__package__).joinpath("spans.json").read_text(encoding="utf-8")
    return Tagger(json.loads(data))


class Tagger:
    """The most likely sequence of labels under additive weights."""

    def __init__(self, model: dict[str, object]) -> None:
        """`model`: `labels`, `state` (feature to label weights) and `steps` (label to label)."""
        labels, state, steps = model["labels"], model["state"], model["steps"]
        assert isinstance(labels, list)
        assert isinstance(state, dict)
        assert isinstance(steps, list)
        self._labels: list[str] = labels
        self._state: dict[str, list[tuple[int, float]]] = {
            feature: [(int(pairs[i]), pairs[i + 1]) for i in range(0, len(pairs), 2)]
            for feature, pairs in state.items()
        }
        # steps[j][i]: from label i to label j, so that a column is one list.
        self._into: list[list[float]] = [list(column) for column in zip(*steps, strict=True)]

    def tag(self, text: str, requested: Sequence[str] = ()) -> list[Tagged]:
        """The first span of each slot, in order; `requested`: the slots the last reply asked for."""
        places = [match.span() for match in TOKEN.finditer(text)][:MAX_TOKENS]
        if not places:
            return []
        labels = self._decode([self._scores(fs) for fs in features(text, places, requested)])
        return list(_spans(places, [self._labels[label] for label in labels]))

    def _scores(self, features_: Sequence[str]) -> list[float]:
        scores = [0.0] * len(self._labels)
        state = self._state
        for feature in features_:
            for label, weight in state.get(feature, ()):
                scores[label] += weight
        return scores

    def _decode(self, scores: list[list[float]]) -> list[int]:
        best = scores[0]
        back: list[list[int]] = []
        for row in scores[1:]:
            came_from: list[int] = []
            reached: list[float] = []
            for label, own in enumerate(row):
                totals = [b + step for b, step in zip(best, self._into[label], strict=True)]
                top = max(totals)
                came_from.append(totals.index(top))
                reached.append(top + own)
            back.append(came_from)
            best = reached
        path = [best.index(max(best))]
        for came_from in reversed(back):
            path.append(came_from[path[-1]])
        return path[::-1]


def _spans(places: Sequence[tuple[int, int]], labels: Sequence[str]) -> Iterator[Tagged]:
    seen: set[str] = set()
    current: Tagged | None = None
    for (start, end), label in zip(places, labels, strict=True):
        slot = label[2:]
        if current is not None and label == f"I-{current.slot}":
            current = Tagged(current.slot, current.start, end)
            continue
        if current is not None:
            yield current
            current = None
        if label != "O" and slot not in seen:
            seen.add(slot)
            current = Tagged(slot, start, end)
    if current is not None:
        yield current


# --- features ------------------------------------------------------------------------------------


def features(
    text: str, places: Sequence[tuple[int, int]], requested: Sequence[str] = ()
) -> list[list[str]]:
    """What the model sees of each token: itself, its neighbours, what had been asked for."""
    words = [text[start:end] for start, end in places]
    plain = [_plain(word) for word in words]
    shapes = [_shape(word) for word in words]
    kinds = [_KINDS.get(word, ()) for word in plain]
    count = len(words)
    around = ["<s>", "<s>", "<s>", *plain, "</s>", "</s>", "</s>"]
    all_lower = text == text.lower()
    asked = list(requested) or ["none"]
    rows = []
    for i in range(count):
        row = ["bias", *_own(words[i], plain[i], shapes[i], all_lower=all_lower)]
        row += [f"kind={kind}" for kind in kinds[i]]
        row += [f"asked={slot}" for slot in asked]
        row += [f"asked={slot}|{shapes[i]}" for slot in asked]
        row += _context(around, i + 3)
        for step in (-2, -1, 1, 2):
            if 0 <= i + step < count:
                row.append(f"shape{step:+d}={shapes[i + step]}")
                row += [f"kind{step:+d}={kind}" for kind in kinds[i + step]]
        row.append(f"glued={int(i > 0 and places[i][0] == places[i - 1][1])}")
        if i == 0:
            row.append("first")
        if i == count - 1:
            row.append("last")
        if count <= 3:
            row += [f"short={count}", f"short|{shapes[i]}"]
        rows.append(row)
    return rows


def _own(word: str, plain: str, shape: str, *, all_lower: bool) -> list[str]:
    own = [f"word={plain}", f"shape={shape}"]
    if word.isdecimal():
        own += [f"size={_size(word)}", f"digits={word if len(word) < 3 else 'long'}"]
    elif word.isalpha():
        own += [f"end={plain[-3:]}", f"end={plain[-2:]}", f"start={plain[:2]}"]
    if all_lower:
        own.append(f"lower|{shape}")
    return own


def _context(around: Sequence[str], at: int) -> list[str]:
    before2, before, word, after, after2 = around[at - 2 : at + 3]
    return [
        f"word-3={around[at - 3]}",
        f"word-2={before2}",
        f"word-1={before}",
        f"word+1={after}",
        f"word+2={after2}",
        f"word+3={around[at + 3]}",
        f"words-2-1={before2}|{before}",
        f"words-1+0={before}|{word}",
        f"words+0+1={word}|{after}",
        f"words+1+2={after}|{after2}",
    ]


def _plain(word: str) -> str:
    """Lower case; of a number only its length."""
    return "0" * min(len(word), 6) if word.isdecimal() else word.lower()


def _shape(word: str) -> str:
    if word.isdecimal():
        return f"d{min(len(word), 5)}"
    if not word.isalpha():
        return word
    if word.isupper():
        return "X"
    return "Xx" if word[0].isupper() else "x"


def _size(digits: str) -> str:
    """The range a number is in: hours, days of a month, minutes, years."""
    value = int(digits[:6])
    for limit, name in ((12, "1-12"), (24, "13-24"), (31, "25-31"), (59, "32-59")):
        if value <= limit:
            return name
    return "year" if 1900 < value < 2100 else "big"
