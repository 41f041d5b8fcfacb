"""What a fresh checkout starts with: targets that exist, versions that are pinned, and nothing private."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = {"run", "test", "slow", "lint", "lock"}
ADDRESS = re.compile(r"://|index-url|find-links")
SOMEBODYS_OWN = re.compile(r"(?<![\w.:/])/(?:home|Users|root|work)/\w")


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _pins() -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        pins: list[str] = tomllib.load(file)["tool"]["uv"]["constraint-dependencies"]
    return pins


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")
def test_make_lists_its_targets_and_each_has_something_to_do() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^make (\w+)", listed, re.MULTILINE)) - {"help"} == TARGETS
    for target in TARGETS:
        planned = subprocess.run(
            ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert "uv run" in planned.stdout, target


def test_every_step_of_the_ci_is_a_target() -> None:
    steps = re.findall(r"^step (\w+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert steps[0] == "test"
    assert set(steps) <= TARGETS


def test_every_package_is_pinned_exactly_and_no_pin_names_a_host() -> None:
    pins = _pins()
    assert pins
    assert all(re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ;|$)", pin) for pin in pins)
    assert not [pin for pin in pins if ADDRESS.search(pin)]


def test_the_image_installs_the_same_versions_by_their_hashes() -> None:
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    requirements = [line for line in locked.splitlines() if re.match(r"\w", line)]
    assert not [line for line in locked.splitlines() if ADDRESS.search(line)]
    assert locked.count("--hash=sha256:") >= len(requirements)
    assert {_pinned(line) for line in requirements} == {_pinned(pin) for pin in _pins()}


def _pinned(requirement: str) -> str:
    return requirement.split(";")[0].split("\\")[0].strip()


def test_the_file_that_names_registries_is_not_kept() -> None:
    tracked = _tracked()
    assert "uv.lock" not in tracked
    assert not [name for name in tracked if name.startswith((".venv/", ".uv/", "data/"))]
    assert ".env" not in tracked


def test_no_file_names_a_folder_of_somebodys_own_machine() -> None:
    found = []
    for name in _tracked():
        text = (ROOT / name).read_bytes().decode("utf-8", "replace")
        found += [f"{name}: {match.group()}" for match in SOMEBODYS_OWN.finditer(text)]
    assert found == []
