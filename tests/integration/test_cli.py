"""The command: what it prints, what it exits with, and what it leaves behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import Result

from tests.support.commands import run

SHARED = Path(__file__).parents[3] / "shared" / "eval"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for a command's settings and data."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@contextlib.contextmanager
def started(*arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which may keep its compiled code for the next one."""
    settings["PYTHONDONTWRITEBYTECODE"] = ""
    process = subprocess.Popen(
        [sys.executable, "-m", "main", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **settings},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line
    return found[0]


@pytest.mark.parametrize(
    "arguments", [(), ("serve",), ("chat",), ("check",), ("keys", "create"), ("bench",)]
)
def test_every_command_explains_itself(arguments: tuple[str, ...]) -> None:
    shown = run(*arguments, "--help")
    assert shown.exit_code == 0
    assert "Usage" in shown.output


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys, main\n"
        "from infrastructure.cli.app import build\n"
        "build(main._Program())\n"
        "print(*{'fastapi', 'sqlalchemy', 'litellm', 'pydantic', 'dbos'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == ""


def test_wrong_use_exits_with_2(home: Path) -> None:
    assert run("keys", "create", "boss").exit_code == 2
    assert run("understand", "nowhere.jsonl", "out.jsonl").exit_code == 2
    assert run("fly").exit_code == 2


@pytest.mark.parametrize("command", [("serve",), ("keys", "list"), ("chat",)])
def test_a_wrong_setting_stops_the_start_with_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PORT", "abc")
    stopped = run(*command)
    assert stopped.exit_code == 2
    assert stopped.stderr.splitlines() == [
        'PORT: must be a port number from 0 (any free one) to 65535, got "abc"'
    ]


def test_a_host_that_others_can_reach_needs_keys(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = run("serve", "--host", "0.0.0.0")
    assert stopped.exit_code == 2
    assert stopped.stderr.startswith("HOST: must be a loopback address while there are no API keys")


def test_a_key_is_made_listed_and_revoked(home: Path) -> None:
    made = run("keys", "create", "staff", "--label", "front desk")
    shown = made.stdout.strip()
    listed = json.loads(run("keys", "list", "--json").stdout)
    assert made.exit_code == 0
    assert re.fullmatch(r"anf_[0-9a-f]{8}_[0-9a-f]{40}", shown)
    assert [(key["scope"], key["label"]) for key in listed] == [("staff", "front desk")]
    assert shown.rpartition("_")[2] not in (home / "data" / "anfitrion.db").read_bytes().decode(
        "latin-1"
    )
    assert run("keys", "revoke", listed[0]["id"]).exit_code == 0
    assert run("keys", "revoke", "nobody").exit_code == 1
    assert json.loads(run("keys", "list", "--json").stdout)[0]["revoked_at"]


def findings(result: Result) -> dict[str, dict[str, Any]]:
    return {finding["item"]: finding for finding in json.loads(result.stdout)}


def test_check_is_content_with_a_fresh_machine(home: Path) -> None:
    checked = run("check", "--json")
    found = findings(checked)
    assert checked.exit_code == 0, checked.stdout
    assert "la-terraza" in found["venues"]["detail"]
    assert re.fullmatch(r"20\d\d[a-z]", found["zone table"]["detail"])
    assert found["database"]["detail"].startswith("sqlite")
    assert found["router model"]["detail"].startswith("local")
    assert len(run("check").stdout.splitlines()) == len(found)


def test_check_names_what_is_wrong(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "venues").mkdir()
    (home / "venues" / "casa.yaml").write_text("name: Casa\n", encoding="utf-8")
    monkeypatch.setenv("VENUES_DIR", str(home / "venues"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    checked = run("check", "--json")
    found = findings(checked)
    assert checked.exit_code == 1
    assert found["venues"]["verdict"] == "fault"
    assert "casa.yaml" in found["venues"]["detail"]
    assert found["database"]["verdict"] == "fault"


def test_an_unknown_conversation_cannot_be_replayed(home: Path) -> None:
    assert run("replay", "nothing").exit_code == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the shared evaluation files are not here")
def test_an_evaluation_file_is_understood_item_by_item(home: Path) -> None:
    items = (SHARED / "intents.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    (home / "intents.jsonl").write_text("\n".join(items), encoding="utf-8")
    done = run("understand", "intents.jsonl", "out.jsonl")
    written = (home / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert done.exit_code == 0, done.stderr
    assert [json.loads(line)["id"] for line in written] == [json.loads(i)["id"] for i in items]


def test_a_server_says_where_it_is_answers_and_ends(home: Path) -> None:
    with started("serve", PORT="0") as process:
        address = address_of(process)
        message = {"venue": "la-terraza", "user_id": "ana", "message": "hola"}
        with httpx.Client(base_url=address) as client:
            assert client.get("/health/ready").json()["status"] == "ok"
            assert client.post("/chat", json=message).json()["language"] == "es"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_a_message_being_answered_when_the_server_stops_is_answered(home: Path) -> None:
    with started("serve", PORT="0") as process:
        address = address_of(process)
        message = {"venue": "la-terraza", "user_id": "ana", "message": "hola"}
        with (
            httpx.Client(base_url=address) as client,
            client.stream("POST", "/chat/stream", json=message) as response,
        ):
            process.send_signal(signal.SIGTERM)
            assert "event: done" in response.read().decode()


def test_a_taken_port_is_a_failure_and_no_riddle(home: Path) -> None:
    with started("serve", PORT="0") as first:
        port = address_of(first).rpartition(":")[2]
        with started("serve", PORT=port) as second:
            _, complaint = second.communicate(timeout=30)
            assert second.returncode == 1
            assert "address already in use" in complaint


def test_a_guest_can_talk_in_the_terminal(home: Path) -> None:
    with started("chat", "--venue", "la-terraza") as process:
        said, _ = process.communicate("hola\n\n", timeout=60)
    assert process.returncode == 0
    assert "la-terraza" in said
    assert len([line for line in said.splitlines() if line.strip()]) >= 2


def test_three_ways_to_start_are_one(home: Path) -> None:
    began = time.monotonic()
    command = [sys.executable, "-m", "uvicorn", "main:create_app", "--factory", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if "Uvicorn running" in line:
                    break
                assert time.monotonic() - began < 30
            else:
                pytest.fail("the factory did not start")
        finally:
            process.terminate()
