"""One emulator for a run of tests, with the sample houses' base to be put back for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.airtable_emulator.client import RunningEmulator, start_emulator
from tests.support.airtable_site import AirtableSite, Grid, prepared_base

OpenSite = Callable[..., AirtableSite]


@pytest.fixture(scope="session")
def emulator() -> Iterator[RunningEmulator]:
    with start_emulator() as running:
        yield running


@pytest.fixture(scope="session")
def base_as_made(emulator: RunningEmulator) -> bytes:
    return prepared_base(emulator)


@pytest.fixture
def open_site(emulator: RunningEmulator, base_as_made: bytes, tmp_path: Path) -> Iterator[OpenSite]:
    """Makes the site of a test, on a base as it was made; its servers end with the test."""
    opened: list[AirtableSite] = []

    def open_one(**given: object) -> AirtableSite:
        Grid(emulator.control).put_back(base_as_made)
        site = AirtableSite(tmp_path / "data", emulator, **given)  # type: ignore[arg-type]
        opened.append(site)
        return site

    yield open_one
    for site in opened:
        site.close()
