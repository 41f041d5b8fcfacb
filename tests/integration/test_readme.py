"""The README does what it says: its commands run, its names exist, its dialogue is the engine's own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from infrastructure.settings import Settings
from scripts.readme_dialogue import MARKS, hold

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PATIENCE_S = 60.0

EXERCISED = {
    "make run": "test_make_run_opens_a_page_that_answers",
    "make test": "test_make_test_runs_the_suite",
    "uv run anfitrion chat --venue la-terraza": "test_a_guest_can_talk_in_the_terminal",
    "uv run anfitrion check": "test_check_finds_nothing_wrong",
}

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")
# `uv run` says which uv it is, wherever `make` has put it.
UV = os.environ.get("UV") or shutil.which("uv")
needs_uv = pytest.mark.skipif(UV is None, reason="uv is not here; `make run` puts it into .uv/bin")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A data folder of its own, and a uv that installs nothing: whoever runs tests has done that."""
    # Under `make test` a make of our own would take itself for a part of that one.
    inherited = {
        name: value for name, value in os.environ.items() if "MAKE" not in name and name != "MFLAGS"
    }
    return {
        **inherited,
        "PATH": os.pathsep.join([str(Path(UV or "").parent), os.environ["PATH"]]),
        "DATA_DIR": str(tmp_path / "data"),
        "UV_NO_SYNC": "1",
        "UV_OFFLINE": "1",
        "PYTHONDONTWRITEBYTECODE": "",
    }


def run(command: str, environment: dict[str, str], said: str = "") -> str:
    done = subprocess.run(
        command.split(),
        cwd=ROOT,
        env=environment,
        input=said,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_command_of_the_readme_is_run_by_a_test() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    commands = {line.partition("#")[0].strip() for block in blocks for line in block.splitlines()}
    assert commands - {""} == set(EXERCISED)
    assert all(name in globals() for name in EXERCISED.values())


@needs_make
@needs_uv
def test_make_run_opens_a_page_that_answers(environment: dict[str, str]) -> None:
    port = _free_port()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env={**environment, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}" in process.stdout.readline()
        page = httpx.get(f"http://127.0.0.1:{port}/")
        venues = httpx.get(f"http://127.0.0.1:{port}/venues").json()["venues"]
    finally:
        os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
        process.communicate(timeout=PATIENCE_S)
    assert page.status_code == 200
    assert "<html" in page.text
    assert {venue["id"] for venue in venues} == {"la-terraza", "clinica-sonrisa"}
    _wait_until_closed(port)


@needs_make
def test_make_test_runs_the_suite(environment: dict[str, str]) -> None:
    would_do = run("make -n test", environment)
    assert re.search(r'uv run pytest .*-m "not slow"', would_do.strip())


@needs_uv
def test_a_guest_can_talk_in_the_terminal(environment: dict[str, str]) -> None:
    said = "hola\n¿tenéis parking?\n\n"
    shown = run("uv run anfitrion chat --venue la-terraza", environment, said)
    assert "La Terraza" in shown
    assert len([line for line in shown.splitlines() if line.strip(" >")]) >= 3


@needs_uv
def test_check_finds_nothing_wrong(environment: dict[str, str]) -> None:
    assert "la-terraza" in run("uv run anfitrion check", environment)


def test_the_settings_table_names_settings_that_exist() -> None:
    _, _, rest = README.partition("## Settings")
    table = [line.split("|")[1] for line in rest.split("##")[0].splitlines() if "|" in line]
    named = re.findall(r"`([A-Z_]+)`", "".join(table))
    assert "PORT" in named
    assert {name.lower() for name in named} <= Settings.model_fields.keys()


def test_every_path_and_link_of_the_readme_exists() -> None:
    quoted = re.findall(r"`([\w./-]+(?:/|\.md|\.example|\.py))`", README)
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert "src/domain/" in quoted
    assert [path for path in (*quoted, *linked) if not (ROOT / path).exists()] == []


async def test_the_dialogue_of_the_readme_is_what_the_engine_says() -> None:
    shown = MARKS.search(README)
    assert shown is not None
    held = _without_codes(await hold())
    advice = "run: uv run python scripts/readme_dialogue.py --write"
    assert _without_codes(shown[0]).strip() == held.strip(), advice


def _without_codes(text: str) -> str:
    masked, count = re.subn(r"\b[A-Z2-9]{3}-[A-Z2-9]{3}-[A-Z2-9]{3}\b", "CODE", text)
    assert count >= 1
    return masked


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_closed(port: int) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        with socket.socket() as calling:
            if calling.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
    pytest.fail("the server goes on after Ctrl-C")
