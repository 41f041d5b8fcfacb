"""`anfitrion airtable`: what concerns a base of Airtable."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from infrastructure.cli.app import FAILED, Json, fail, print_json, settings_of, wrong_use

if TYPE_CHECKING:
    from infrastructure.cli.program import AirtableBase, PreparedBase, Program

Result = TypeVar("Result")


class Language(StrEnum):
    ENGLISH = "en"
    SPANISH = "es"


_FINDING = ("verdict", "item", "detail")

_EMULATOR = "tests.support.airtable_emulator"
_NOT_HERE = (
    "the emulator comes with the source and not with the installed package: "
    "clone the project, run `uv sync` there, then `uv run anfitrion …`"
)


_NO_BASE = (
    "AIRTABLE_API_KEY and AIRTABLE_BASE_ID: must be set, to a token and to a base's id (app…)"
)


def add(cli: typer.Typer, program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="A base of Airtable, and its stand-in.")
    cli.add_typer(group, name="airtable")

    @group.command()
    def init(
        sample: Annotated[
            bool, typer.Option("--sample", help="Write the two sample venues too.")
        ] = False,
        language: Annotated[
            Language | None,
            typer.Option(help="Of what is made; the base's own, or Spanish, where none is given."),
        ] = None,
        json: Json = False,
    ) -> None:
        """Make the tables and columns that a base lacks; leave what is there as it is."""
        say = _nothing if json else typer.echo

        async def prepare(base: AirtableBase) -> PreparedBase:
            chosen = None if language is None else language.value
            return await base.init(language=chosen, sample=sample, say=say)

        prepared = _with_base(program, prepare)
        if json:
            print_json({name: getattr(prepared, name) for name in ("made", "by_hand", "rows")})
            return
        if not prepared.made:
            typer.echo("nothing was missing")
        typer.echo("\nby hand, in Airtable:")
        for line in prepared.by_hand:
            typer.echo(f"- {line}")
        typer.echo("\nnext: anfitrion airtable check")

    @group.command()
    def check(json: Json = False) -> None:
        """Say what is right in a base and what a person has to repair; exit 1 on a fault."""
        findings = _with_base(program, lambda base: base.check())
        if json:
            print_json([{name: getattr(each, name) for name in _FINDING} for each in findings])
        else:
            for each in findings:
                typer.echo(f"{each.verdict:<8} {each.item:<12} {each.detail}")
        if any(each.verdict == "repair" for each in findings):
            raise typer.Exit(FAILED)

    @group.command()
    def sync(json: Json = False) -> None:
        """Read every booking from yesterday on, and all hours and tables, and apply what changed."""

        def on_window(start: datetime, rows: int) -> None:
            if not json:
                typer.echo(f"from {start.date().isoformat()}: {rows} rows so far")

        def on_elsewhere() -> None:
            if not json:
                typer.echo("a running server is doing it …")

        found = _with_base(
            program, lambda base: base.sync(on_window=on_window, on_elsewhere=on_elsewhere)
        )
        if json:
            print_json({name: getattr(found, name) for name in ("rows", "edits", "gone")})
            return
        typer.echo(f"{found.rows} rows read, {found.edits} edits applied, {found.gone} rows gone")

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
        checkout = emulators_checkout()
        arguments = ["--port", str(port), "--soft" if soft else "--strict"]
        arguments += ["--latency", str(latency)]
        arguments += ["--monthly", str(monthly)] if monthly is not None else []
        arguments += ["--state", str(state.resolve())] if state else []
        raise typer.Exit(_run(checkout, arguments))


def _with_base(program: Program, do: Callable[[AirtableBase], Awaitable[Result]]) -> Result:
    """What comes of it, or the end of the command with one line."""
    from application.errors import DependencyError

    settings = settings_of(program)
    if not settings.uses_airtable:
        wrong_use(_NO_BASE)
    program.configure_logging(settings, level=logging.WARNING)

    async def run() -> Result:
        async with program.airtable(settings) as base:
            return await do(base)

    try:
        return asyncio.run(run())
    except DependencyError as error:
        fail(str(error))


def _nothing(_line: str) -> None:
    """JSON is printed at the end, alone."""


def emulators_checkout() -> Path:
    """The source tree that this file, or the folder we are in, belongs to; without one the end of the
    command with one line."""
    program = Path(*_EMULATOR.split("."), "__main__.py")
    places = [Path(__file__).resolve().parents[3], Path.cwd()]
    found = next((place for place in places if (place / program).is_file()), None)
    if found is None:
        fail(_NOT_HERE)
    return found


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
