"""Figures for Prometheus and for the dashboard.

Several processes on one machine may count together: each writes its figures into files of a folder
that all of them share, and whichever is asked adds them up. Without it each process serves its own.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.ports.clock import Clock
    from infrastructure.metrics.measurements import Measurements

SHARED = "PROMETHEUS_MULTIPROC_DIR"


def open_measurements(*, clock: Clock, shared_dir: Path | None = None) -> Measurements:
    """The figures of this process, beginning at zero. `shared_dir` is made where it is missing.

    Raises: RuntimeError where figures of this process are already kept in another way.
    """
    if shared_dir is not None:
        shared_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[SHARED] = str(shared_dir)  # the library reads it once, when it is imported
    from infrastructure.metrics.measurements import Measurements

    return Measurements(clock=clock, shared_dir=shared_dir)
