"""The process: its address, its options, its state file, and that it ends with who started it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest
from pyairtable import Api, Table

from tests.integration.airtable_emulator.listener import until
from tests.support.airtable_emulator.client import Control, RunningEmulator, start_emulator
from tests.support.airtable_emulator.ids import TEST_BASE, TEST_TOKEN
from tests.support.children import start_child

ROWS = f"/v0/{TEST_BASE}/Bookings"
AUTHORIZED = {"authorization": f"Bearer {TEST_TOKEN}"}
NAME = {"name": "Name", "type": "singleLineText"}


def get(emulator: RunningEmulator, path: str) -> httpx.Response:
    return httpx.get(emulator.url + path, headers=AUTHORIZED, trust_env=False)


def test_it_starts_strict_with_the_test_token_and_an_empty_base() -> None:
    with start_emulator() as emulator:
        emulator.control.freeze()
        assert get(emulator, f"/v0/meta/bases/{TEST_BASE}/tables").json() == {"tables": []}
        path = f"/v0/bases/{TEST_BASE}/webhooks"
        assert [get(emulator, path).status_code for _ in range(5)] == [200] * 4 + [429]


def test_its_options_set_the_limits() -> None:
    with start_emulator(soft=True, monthly=3, latency=0.01) as emulator:
        path = f"/v0/bases/{TEST_BASE}/webhooks"
        assert [get(emulator, path).status_code for _ in range(4)] == [200] * 3 + [429]
        assert emulator.control.requests()["last"][0]["took_ms"] > 2


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_state_file_survives_a_restart(tmp_path: Path, ending: signal.Signals) -> None:
    file = tmp_path / "airtable.json"
    with start_emulator(unlimited=True, state=file) as emulator:
        emulator.control.staff("create_table", name="Bookings", fields=[NAME])
        hook = {"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}}
        path = f"{emulator.url}/v0/bases/{TEST_BASE}/webhooks"
        made = httpx.post(path, json=hook, headers=AUTHORIZED, trust_env=False).json()["id"]
        api = Api(TEST_TOKEN, endpoint_url=emulator.url)
        created = api.table(TEST_BASE, "Bookings").create({"Name": "Laura"})
        api.session.close()
        emulator.control.advance(3600)
        before = emulator.control.now()
        if ending is signal.SIGKILL:
            until(lambda: file.exists() and b'"Laura"' in file.read_bytes())
        os.kill(emulator.process.pid, ending)
        emulator.process.wait()
    with start_emulator(unlimited=True, state=file) as emulator:
        assert get(emulator, ROWS).json()["records"] == [created]
        payloads = get(emulator, f"/v0/bases/{TEST_BASE}/webhooks/{made}/payloads").json()
        assert len(payloads["payloads"]) == 1
        if ending is signal.SIGTERM:
            assert emulator.control.now() > before


def test_state_is_dumped_and_loaded(control: Control, bookings: Table) -> None:
    created = bookings.create({"Name": "Laura", "Start": "2026-03-29T18:00:00Z"})
    state = control.dump()
    bookings.delete(created["id"])
    control.load(state)
    assert bookings.all() == [created]


def test_reset_begins_anew(control: Control, http: httpx.Client) -> None:
    control.revoke_token()
    control.reset()
    assert http.get(f"meta/bases/{TEST_BASE}/tables").json() == {"tables": []}


def test_it_ends_with_the_process_that_started_it() -> None:
    child = start_child(
        "import sys, time\n"
        "from tests.support.airtable_emulator.client import start_emulator\n"
        "with start_emulator() as emulator:\n"
        "    print(emulator.process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    emulator = int(child.next_line())
    assert is_running(emulator)
    child.kill()
    until(lambda: not is_running(emulator))


def is_running(process: int) -> bool:
    if sys.platform != "linux":
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        # Ended, though nobody has asked for its status yet.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_answers_at_once() -> None:
    """No 40 ms of Nagle's algorithm between head and body."""
    with start_emulator(unlimited=True) as emulator, httpx.Client(trust_env=False) as client:
        url = f"{emulator.url}/v0/bases/{TEST_BASE}/webhooks"
        client.get(url, headers=AUTHORIZED)
        began = time.perf_counter()
        for _ in range(10):
            client.get(url, headers=AUTHORIZED)
        assert time.perf_counter() - began < 0.3
