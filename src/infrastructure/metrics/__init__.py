"""Figures for Prometheus and for the dashboard.

Several processes on one machine may count together: each writes its figures into files of a folder
that all of them share, and whichever is asked adds them up. Without it each process serves its own.

The library behind it has to be told of the folder before it is imported: so what is here imports it late,
and nothing else of this package is imported before `open_measurements`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.metrics.watched import Watched

if TYPE_CHECKING:
    from application.ports.clock import Clock
    from infrastructure.metrics.figures import Figures
    from infrastructure.metrics.measurements import Measurements

__all__ = ["Watched", "open_figures", "open_measurements"]

SHARED = "PROMETHEUS_MULTIPROC_DIR"


def open_measurements(*, clock: Clock, shared_dir: Path | None = None) -> Measurements:
    """The figures of this process, beginning at zero. `shared_dir` is made where it is missing.

    Raises: RuntimeError where figures of this process are already kept in another way.
    """
    # The library reads it once, when it is imported; what counts is what the settings say.
    if shared_dir is None:
        os.environ.pop(SHARED, None)
    else:
        shared_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[SHARED] = str(shared_dir)
    from infrastructure.metrics.measurements import Measurements

    return Measurements(clock=clock, shared_dir=shared_dir)


@asynccontextmanager
async def open_figures(
    measurements: Measurements, watched: Watched | None = None
) -> AsyncIterator[Figures]:
    """What `/metrics` and `/metrics/dashboard` answer with."""
    from infrastructure.metrics.figures import Figures

    figures = Figures(measurements, watched or Watched())
    await figures.open()
    try:
        yield figures
    finally:
        await figures.aclose()
