"""`anfitrion understand`: what a router makes of an evaluation file."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infrastructure.cli.app import fail, settings_of

if TYPE_CHECKING:
    from infrastructure.cli.program import Program
    from infrastructure.settings import Settings

_SHOW_EVERY = 100


def add(cli: typer.Typer, program: Program) -> None:
    @cli.command()
    def understand(
        items: Annotated[Path, typer.Argument(metavar="IN", exists=True, dir_okay=False)],
        predictions: Annotated[Path, typer.Argument(metavar="OUT", dir_okay=False)],
        agent: Annotated[str, typer.Option(help="`local`, or a litellm model name.")] = "local",
    ) -> None:
        """Understand every item of an evaluation file; write predictions for its scorer."""
        settings = settings_of(program)
        began = time.perf_counter()
        try:
            count = asyncio.run(_understand(program, settings, items, predictions, agent))
        except (ValueError, OSError) as error:
            fail(str(error))
        took_s = time.perf_counter() - began
        each_ms = took_s * 1000 / count if count else 0.0
        typer.echo(f"{count} items in {took_s:.1f} s, {each_ms:.2f} ms each", err=True)


async def _understand(
    program: Program, settings: Settings, items: Path, predictions: Path, agent: str
) -> int:
    done = 0
    async for done in program.understand(settings, items, predictions, agent=agent):
        if done % _SHOW_EVERY == 0:
            typer.echo(f"{done} …", err=True)
    return done
