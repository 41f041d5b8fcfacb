"""`anfitrion airtable emulator`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from infrastructure.cli import airtable
from infrastructure.cli.app import build
from main import _Program
from tests.integration.airtable_emulator.listener import until
from tests.support.airtable_emulator.ids import TEST_BASE, TEST_TOKEN


def test_it_starts_the_emulator_and_ends_it_when_interrupted(tmp_path: Path) -> None:
    command = ["airtable", "emulator", "--port", "0", "--soft", "--state", "here.json"]
    with subprocess.Popen(
        [sys.executable, "-m", "main", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        # A group of its own, as a terminal gives it: an interrupt reaches all of it.
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        assert process.stdout.readline() == f"token {TEST_TOKEN}, base {TEST_BASE}\n"
        url = f"{found[0]}/v0/meta/bases/{TEST_BASE}/tables"
        headers = {"authorization": f"Bearer {TEST_TOKEN}"}
        assert httpx.get(url, headers=headers, trust_env=False).json() == {"tables": []}
        control = f"{found[0]}/_control/clock"
        httpx.post(control, json={"advance_s": 1}, trust_env=False)
        until(lambda: (tmp_path / "here.json").exists())
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=10) == 0


def test_without_the_source_it_says_in_one_line_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(airtable, "__file__", str(tmp_path / "a" / "b" / "c" / "airtable.py"))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(build(_Program()), ["airtable", "emulator"])
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert "clone the project" in result.output


def test_the_group_explains_itself() -> None:
    result = CliRunner().invoke(build(_Program()), ["airtable", "--help"])
    assert result.exit_code == 0
    assert "emulator" in result.output
