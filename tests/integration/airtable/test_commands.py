"""`anfitrion airtable init` and `check` as they are typed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from application.store_keeper import Pass
from infrastructure.airtable.care import BaseCare
from infrastructure.airtable.schema import BaseMap
from infrastructure.airtable.wire import Wire
from infrastructure.cli.app import build
from infrastructure.clock import SystemClock
from infrastructure.memory.allowance import MemoryAllowance
from infrastructure.settings import Settings
from tests.support.airtable_emulator.client import Control, RunningEmulator
from tests.support.bases import tables
from tests.support.commands import _WithoutLogging


class QuickBase(BaseCare):
    """A base without a ledger: it can be made ready and looked at."""

    async def sync(
        self, *, on_window: Callable[[datetime, int], None], on_elsewhere: Callable[[], None]
    ) -> Pass:
        raise NotImplementedError


class WithBase(_WithoutLogging):
    """Its base is that of the settings, at a speed that Airtable would not allow; what is remembered
    of it stays in memory."""

    def __init__(self) -> None:
        self.kept: BaseMap | None = None

    async def keep(self, found: BaseMap) -> None:
        self.kept = found

    @asynccontextmanager
    async def airtable(self, settings: Settings) -> AsyncIterator[QuickBase]:  # type: ignore[override]
        assert settings.airtable_api_key is not None
        assert settings.airtable_base_id is not None
        wire = Wire(
            token=settings.airtable_api_key.get_secret_value(),
            base=settings.airtable_base_id,
            endpoint_url=settings.airtable_endpoint_url,
            allowance=MemoryAllowance(),
            budget_rps=1000.0,
            clock=SystemClock(),
        )
        try:
            kept = self.kept.to_json() if self.kept else None
            yield QuickBase(wire, clock=SystemClock(), remembered=kept, remember=self.keep)
        finally:
            await wire.aclose()


def run(*arguments: str, program: _WithoutLogging | None = None) -> Result:
    return CliRunner().invoke(build(program or WithBase()), ["airtable", *arguments])


@pytest.fixture
def control(
    emulator: RunningEmulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Control:
    """The base that the settings name, empty."""
    monkeypatch.chdir(tmp_path_factory.mktemp("home"))
    monkeypatch.setenv("AIRTABLE_API_KEY", emulator.token)
    monkeypatch.setenv("AIRTABLE_BASE_ID", emulator.base)
    monkeypatch.setenv("AIRTABLE_ENDPOINT_URL", emulator.url)
    return emulator.control


@pytest.mark.parametrize("command", ["init", "check"])
def test_without_a_base_in_the_settings_one_line_says_so(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("home"))
    for name in ("AIRTABLE_API_KEY", "AIRTABLE_BASE_ID"):
        monkeypatch.delenv(name, raising=False)
    stopped = run(command)
    assert stopped.exit_code == 2
    assert stopped.stdout == ""
    assert stopped.stderr.splitlines() == [
        "AIRTABLE_API_KEY and AIRTABLE_BASE_ID: must be set, to a token and to a base's id (app…)"
    ]


def test_init_says_what_it_makes_what_is_left_by_hand_and_what_is_next(control: Control) -> None:
    made = run("init", "--sample", "--language", "en")
    assert made.exit_code == 0, made.output
    lines = made.stdout.splitlines()
    assert lines[0] == "made the table Venues"
    assert "Resources: wrote 12 rows of La Terraza" in lines
    assert any(line.startswith("- Bookings: make a grid view “Today”") for line in lines)
    assert lines[-1] == "next: anfitrion airtable check"
    again = run("init", "--sample")
    assert again.stdout.splitlines()[0] == "nothing was missing"


def test_init_speaks_spanish_where_nothing_is_said(control: Control) -> None:
    assert run("init").exit_code == 0
    assert "Reservas" in tables(control)


def test_init_as_json_prints_json_only(control: Control) -> None:
    made = json.loads(run("init", "--json").stdout)
    assert made["rows"] == 0
    assert "made the table Reservas" in made["made"]
    assert made["by_hand"]


def test_check_passes_a_base_that_is_right_and_fails_one_that_is_not(control: Control) -> None:
    run("init", "--sample", "--language", "en")
    right = run("check")
    assert right.exit_code == 0, right.output
    assert right.stdout.splitlines()[0].startswith("ok ")
    control.staff("delete_field", table="Bookings", field="Start")
    wrong = run("check")
    assert wrong.exit_code == 1
    assert "the column Start is not there" in wrong.stdout
    found = json.loads(run("check", "--json").stdout)
    assert {"verdict", "item", "detail"} == set(found[0])
    assert "repair" in {each["verdict"] for each in found}


def test_what_init_has_made_is_known_again_when_staff_have_renamed_it(control: Control) -> None:
    program = WithBase()
    run("init", "--sample", "--language", "en", program=program)
    control.staff("rename_field", table="Bookings", field="Start", name="When")
    assert run("check", program=program).exit_code == 0
    assert run("init", program=program).stdout.startswith("nothing was missing")
    assert run("check").exit_code == 1


def test_a_token_that_is_not_known_ends_in_one_plain_line(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRTABLE_API_KEY", "patNOBODY")
    stopped = run("init")
    assert stopped.exit_code == 1
    assert stopped.stderr.splitlines() == [
        "Airtable does not know the token; set AIRTABLE_API_KEY to a valid one"
    ]
    assert run("check").exit_code == 1


def test_a_token_without_the_right_to_make_tables_is_told_the_scopes(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    control.put_token("patREADER", scopes=["data.records:read", "schema.bases:read"])
    monkeypatch.setenv("AIRTABLE_API_KEY", "patREADER")
    stopped = run("init")
    assert stopped.exit_code == 1
    assert "schema.bases:write" in stopped.stderr
    assert tables(control) == []


def test_sync_reads_everything_and_says_what_it_found(
    control: Control, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert run("init", "--sample", "--language", "en").exit_code == 0
    start = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    (venue,) = [r for r in control.records("Venues") if r["fields"]["Key"] == "la-terraza"]
    cells = {"Name": "Ana", "Start": start, "Status": "Confirmed", "Venue": [venue["id"]]}
    control.create("Bookings", cells)
    synced = run("sync", "--json", program=_WithoutLogging())
    printed = synced.stdout[synced.stdout.index("{") :]  # after the log, which is not set up here
    assert json.loads(printed) == {"rows": 1, "edits": 1, "gone": 0}
    again = run("sync", program=_WithoutLogging())
    assert "1 rows read, 0 edits applied, 0 rows gone" in again.stdout
