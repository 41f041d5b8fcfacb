"""Modules of ours in processes of their own, which end with this one, whatever ends it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PATIENCE_S = 30.0


@contextmanager
def running_module(name: str, *arguments: str, folder: Path) -> Iterator[IO[str]]:
    """`python -m name` in a folder; gives what it prints. It must end when its standard input does."""
    process = subprocess.Popen(  # noqa: S603 - our own module with our own arguments
        [sys.executable, "-m", name, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(_PATIENCE_S)
