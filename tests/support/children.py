"""Python processes that tests start, talk to and kill."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Child:
    process: subprocess.Popen[str]

    def next_line(self) -> str:
        """What it prints next; empty once it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def finish(self, line: str = "") -> tuple[int, str]:
        """Send a line and wait for the end; returns exit status and error output."""
        _, errors = self.process.communicate(f"{line}\n", timeout=60)
        return self.process.returncode, errors

    def kill(self) -> list[str]:
        """SIGKILL; returns the whole lines that it had printed and nobody had read."""
        self.process.kill()
        output, _ = self.process.communicate(timeout=60)
        return [line.rstrip("\n") for line in output.splitlines(True) if line.endswith("\n")]


def start_child(code: str, *arguments: str) -> Child:
    """Run Python code that can import what this process can."""
    return Child(
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    )
