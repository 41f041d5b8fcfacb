"""Pin every package exactly, in two ways, and name no registry in either.

`[tool.uv] constraint-dependencies` makes `uv run` on a fresh checkout resolve to exactly these
versions; `requirements.lock` has the hashes, for the container image. `uv.lock` names the index and
the file host of every package, so it is not kept in the repository.

    python .ci/lock.py UV
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "pyproject.toml"
HASHED = ROOT / "requirements.lock"

BEGIN = "# Exact versions; `make lock` writes them.\n"
BLOCK = re.compile(rf"{re.escape(BEGIN)}constraint-dependencies = \[\n.*?\n\]\n", re.DOTALL)
HOST = re.compile(r"https?://")


def main(uv: str) -> None:
    PROJECT.write_text(with_pins(PROJECT.read_text(encoding="utf-8"), []), encoding="utf-8")
    run(uv, "lock", "--upgrade")
    pins = export(uv, "--no-hashes").splitlines()
    PROJECT.write_text(with_pins(PROJECT.read_text(encoding="utf-8"), pins), encoding="utf-8")
    run(uv, "lock")
    hashed = export(uv)
    if HOST.search(hashed) or any(HOST.search(pin) for pin in pins):
        sys.exit("a pin names a host; nothing of that kind may stand in the repository")
    HASHED.write_text(hashed, encoding="utf-8")
    print(f"{len(pins)} packages pinned")


def export(uv: str, *options: str) -> str:
    """All packages of all groups, one requirement after another, without comments."""
    return run(
        uv,
        "export",
        "--frozen",
        "--all-groups",
        "--no-emit-project",
        "--no-header",
        "--no-annotate",
        "--format=requirements-txt",
        *options,
    )


def with_pins(project: str, pins: list[str]) -> str:
    """The project file with these pins in `[tool.uv]`, in the place of the ones before."""
    bare = BLOCK.sub("", project)
    if not pins:
        return bare
    lines = "".join(f"    {json.dumps(pin)},\n" for pin in pins)
    return bare.replace(
        "[tool.uv]\n", f"[tool.uv]\n{BEGIN}constraint-dependencies = [\n{lines}]\n", 1
    )


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1])
