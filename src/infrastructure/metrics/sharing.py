"""Files of processes that count together."""

from __future__ import annotations

import os
import re
from pathlib import Path

from prometheus_client import CollectorRegistry, multiprocess

_OF_A_PROCESS = re.compile(r"gauge_live[a-z]+_(\d+)\.db")


def merged(folder: Path) -> CollectorRegistry:
    """The figures of all processes together."""
    _forget_the_dead(folder)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return registry


def leave(folder: Path) -> None:
    """This process ends: what it has now counts no longer, what it has counted does."""
    multiprocess.mark_process_dead(os.getpid(), path=str(folder))  # type: ignore[no-untyped-call]


def _forget_the_dead(folder: Path) -> None:
    """A process that was killed could not leave."""
    found = (_OF_A_PROCESS.fullmatch(file.name) for file in folder.iterdir())
    for pid in {int(match[1]) for match in found if match}:
        if not _is_alive(pid):
            multiprocess.mark_process_dead(pid, path=str(folder))  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
