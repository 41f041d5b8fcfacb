"""`anfitrion airtable`: what concerns a base of Airtable."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infrastructure.cli.app import fail

if TYPE_CHECKING:
    from infrastructure.cli.program import Program

_EMULATOR = "tests.support.airtable_emulator"
_NOT_HERE = (
    "the emulator comes with the source and not with the installed package: "
    "clone the project, run `uv sync` there, then `uv run anfitrion airtable emulator`"
)


def add(cli: typer.Typer, _program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="A base of Airtable, and its stand-in.")
    cli.add_typer(group, name="airtable")

    @group.command()
    def emulator(
        port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8090,
        soft: Annotated[
            bool,
            typer.Option(
                "--soft/--strict",
                help="Refuse only the requests over the limit, instead of all for 30 seconds.",
            ),
        ] = False,
        monthly: Annotated[
            int | None, typer.Option(help="Calls allowed in a calendar month.", min=0)
        ] = None,
        latency: Annotated[
            float, typer.Option(help="Median seconds of an answer, log-normal.", min=0)
        ] = 0.0,
        state: Annotated[
            Path | None, typer.Option(help="File that keeps the base between runs.")
        ] = None,
    ) -> None:
        """Speak Airtable's API on this machine, with token patTEST and base appTEST0000000001."""
        checkout = _checkout()
        if checkout is None:
            fail(_NOT_HERE)
        arguments = ["--port", str(port), "--soft" if soft else "--strict"]
        arguments += ["--latency", str(latency)]
        arguments += ["--monthly", str(monthly)] if monthly is not None else []
        arguments += ["--state", str(state.resolve())] if state else []
        raise typer.Exit(_run(checkout, arguments))


def _checkout() -> Path | None:
    """The source tree that this file, or the folder we are in, belongs to."""
    program = Path(*_EMULATOR.split("."), "__main__.py")
    places = [Path(__file__).resolve().parents[3], Path.cwd()]
    return next((place for place in places if (place / program).is_file()), None)


def _run(checkout: Path, arguments: list[str]) -> int:
    """Until it ends or is interrupted; it ends with this process too, whatever ends this one."""
    child = subprocess.Popen(  # noqa: S603 (our own program, found beside us)
        [sys.executable, "-m", _EMULATOR, "--until-stdin-closes", *arguments],
        cwd=checkout,
        stdin=subprocess.PIPE,
    )
    try:
        return child.wait()
    except KeyboardInterrupt:
        return child.wait()
