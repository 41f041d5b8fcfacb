"""Commands run in the process of the tests."""

from __future__ import annotations

import logging

from typer.testing import CliRunner, Result

from infrastructure.cli.app import build
from infrastructure.settings import Settings
from main import _Program


class _WithoutLogging(_Program):
    """Leaves the log alone: loggers would keep a runner's stream, which is closed at its end."""

    def configure_logging(self, settings: Settings, *, level: int = logging.INFO) -> None:
        pass


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(_WithoutLogging()), list(arguments))
