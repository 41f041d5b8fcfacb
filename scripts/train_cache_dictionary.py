"""Trains the dictionary that day sheets are compressed with, on days of the sample venues.

    uv run python scripts/train_cache_dictionary.py

Writes src/infrastructure/redis/sheets.zdict, the same bytes at every run. Small days teach most: a large
one is soon its own dictionary. Values written with another dictionary are unreadable, so whoever
trains a new one raises `SCHEMA` in src/application/cache_keys.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import zstandard

from infrastructure.benchmarks.sample_days import sample_day, sample_days
from infrastructure.redis.values import CODECS
from infrastructure.venues.loader import load_venues
from infrastructure.zones import use_packaged_zones

TARGET = Path(__file__).parent.parent / "src/infrastructure/redis/sheets.zdict"
BYTES = 8 * 1024
FIRST_DAY = date(2026, 11, 23)


def main() -> None:
    use_packaged_zones()
    encode = CODECS["sheet"].encode
    samples: list[bytes | bytearray | memoryview] = [encode(day) for day in days() if day]
    trained = zstandard.train_dictionary(BYTES, samples, d=6, steps=20, level=1, threads=1)
    TARGET.write_bytes(trained.as_bytes())
    print(f"{len(samples)} days, {len(trained)} bytes, {TARGET.name}")


def days() -> Iterator[tuple[object, ...]]:
    for venue in load_venues(None):
        for seed in range(8):
            for offset in range(60):
                random = Random(f"{seed} {offset} {venue.id}")  # noqa: S311 - samples, no secrets
                day = FIRST_DAY + timedelta(days=3 * offset)
                yield sample_day(venue, day, parties=random.randrange(1, 14), random=random)
        for seed in range(2):
            yield from sample_days(venue, days=28, seed=seed)


if __name__ == "__main__":
    main()
