"""One emulator for a run of tests, with the sample houses' base to be put back when it is needed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.airtable_emulator.client import RunningEmulator, start_emulator
from tests.support.airtable_site import AirtableSite, Grid
from tests.support.bases import sample_base
from tests.support.nursery import Nursery, open_nursery

OpenSite = Callable[..., AirtableSite]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with open_nursery() as opened:
        yield opened


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with start_emulator() as running:
        yield running


@pytest.fixture(scope="module")
def base_as_made(emulator: RunningEmulator) -> bytes:
    return sample_base(emulator)


@pytest.fixture
def open_site(
    emulator: RunningEmulator, base_as_made: bytes, nursery: Nursery, tmp_path: Path
) -> Iterator[OpenSite]:
    """Makes a site on a base as it was made; its servers end with the test."""
    opened: list[AirtableSite] = []

    def open_one(**given: object) -> AirtableSite:
        Grid(emulator.control).put_back(base_as_made)
        folder = tmp_path / f"site-{len(opened)}"
        site = AirtableSite(folder, emulator, nursery=nursery, **given)  # type: ignore[arg-type]
        opened.append(site)
        return site

    yield open_one
    for site in opened:
        site.close()


@pytest.fixture(scope="module")
def emulator_apart() -> Iterator[RunningEmulator]:
    """For a house that stays open over several tests, while others put theirs back."""
    with start_emulator() as running:
        Grid(running.control).put_back(sample_base(running))
        yield running


@pytest.fixture(scope="module")
def shared_site(
    emulator_apart: RunningEmulator, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AirtableSite]:
    """A house that several tests visit, each on an evening and with a guest of its own."""
    site = AirtableSite(tmp_path_factory.mktemp("shared"), emulator_apart, nursery=nursery)
    site.start()
    yield site
    site.close()
