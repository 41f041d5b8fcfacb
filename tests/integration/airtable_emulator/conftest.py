"""One emulator for the folder; before each test a base with every kind of field is put back into it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from pyairtable import Api, Base, Table

from tests.integration.airtable_emulator.furniture import furnish
from tests.support.airtable_emulator.client import Control, RunningEmulator, start_emulator


@pytest.fixture(scope="session")
def furnished() -> Iterator[tuple[RunningEmulator, bytes]]:
    with start_emulator(unlimited=True) as emulator:
        furnish(emulator.control)
        yield emulator, emulator.control.dump()


@pytest.fixture
def emulator(furnished: tuple[RunningEmulator, bytes]) -> RunningEmulator:
    running, state = furnished
    running.control.load(state)
    return running


@pytest.fixture
def control(emulator: RunningEmulator) -> Control:
    return emulator.control


@pytest.fixture
def api(emulator: RunningEmulator) -> Iterator[Api]:
    api = Api(emulator.token, endpoint_url=emulator.url, retry_strategy=None, timeout=(3, 20))
    yield api
    api.session.close()


@pytest.fixture
def base(api: Api, emulator: RunningEmulator) -> Base:
    return api.base(emulator.base)


@pytest.fixture
def bookings(base: Base) -> Table:
    return base.table("Bookings")


@pytest.fixture(scope="session")
def client(furnished: tuple[RunningEmulator, bytes]) -> Iterator[httpx.Client]:
    running, _ = furnished
    headers = {"authorization": f"Bearer {running.token}"}
    with httpx.Client(base_url=f"{running.url}/v0/", headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def http(client: httpx.Client, emulator: RunningEmulator) -> httpx.Client:
    """Plain HTTP below `/v0/`, for what pyairtable never sends."""
    return client


@pytest.fixture
def rows(emulator: RunningEmulator) -> str:
    """The path of the bookings."""
    return f"{emulator.base}/Bookings"


@pytest.fixture
def fields(control: Control) -> dict[str, str]:
    """Field ids of the bookings by name."""
    return field_ids(control, "Bookings")


def field_ids(control: Control, table: str) -> dict[str, str]:
    found = next(each for each in control.schema()["tables"] if each["name"] == table)
    return {each["name"]: each["id"] for each in found["fields"]}
