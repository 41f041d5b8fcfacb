"""Every subject of `anfitrion bench` measures something, and the tokens stay within their limits."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from infrastructure.benchmarks import airtable, availability, cache, engine, load, startup, tokens
from infrastructure.cli import bench

# Of input tokens, on average over all calls and all turns.
MOST_A_CALL = 300
MOST_A_TURN = 600

CHECKOUT = Path(__file__).parents[2]

SUBJECTS = {"availability", "cache", "engine", "load", "startup", "tokens"}


def numbers(measured: object) -> Iterator[float]:
    """All that is measured, however deep."""
    if isinstance(measured, Mapping):
        for each in measured.values():
            yield from numbers(each)
    else:
        assert isinstance(measured, int | float), measured
        yield measured


def must_be_measured(measured: Mapping[str, Any]) -> None:
    """Finite numbers that are the same after a trip through JSON, and no failed message."""
    found = list(numbers(json.loads(json.dumps(measured))))
    assert found
    assert all(math.isfinite(number) and number >= 0 for number in found), measured
    assert '"errors": 0' in json.dumps(measured) or "errors" not in json.dumps(measured)


def test_every_subject_is_measured_here() -> None:
    assert set(bench._SUBJECTS) == SUBJECTS  # contention and airtable are commands of their own


def test_a_result_is_printed_as_json() -> None:
    command = [sys.executable, "-m", "main", "bench", "tokens", "--json"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)
    must_be_measured(json.loads(printed.stdout))


def test_availability_is_measured() -> None:
    must_be_measured(availability.run(days=1, repeat=20))


@pytest.mark.slow
async def test_the_cache_is_measured() -> None:
    must_be_measured(await cache.run(rounds=2, reads=100, times=20, writes=20))


@pytest.mark.slow
def test_the_engine_is_measured() -> None:
    must_be_measured(engine.run(messages=14, repeat=1))


@pytest.mark.slow
def test_load_is_measured() -> None:
    must_be_measured(load.run(concurrencies=(4,), open_conversations=20, lasting_s=3))


def test_the_start_is_measured() -> None:
    must_be_measured(startup.run(repeat=1))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_airtable_is_measured_and_never_asked_too_often() -> None:
    amounts = airtable.Amounts(burst=30, lone=2, naive=2, edits=2, unannounced=2, quiet_s=0.5)
    measured: Any = await airtable.run(str(CHECKOUT), amounts)
    must_be_measured(measured)
    for each in ("burst", "lone booking", "naive: check, create, verify"):
        assert measured[each]["answers_429"] == 0
    # Writing in groups, beside three requests for each booking.
    assert measured["burst"]["requests_per_booking"]["all"] < 1
    assert measured["naive: check, create, verify"]["requests_per_booking"]["all"] == 3


async def test_the_models_are_sent_little_and_no_more_at_the_end_than_at_the_beginning() -> None:
    measured: Any = await tokens.run(["restaurant, Spanish", "clinic, English"])
    assert measured["tokens_a_call"]["all"]["mean"] <= MOST_A_CALL
    assert measured["tokens_a_turn"]["mean"] <= MOST_A_TURN
    assert measured["calls_a_turn"]["median"] <= 2
    assert 0.9 <= measured["turns_11_20_to_2_10"]["all"] <= 1.1
