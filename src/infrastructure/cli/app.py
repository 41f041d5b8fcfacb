"""`anfitrion`: the commands and what they share."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from infrastructure.cli.program import Program
    from infrastructure.settings import Settings

FAILED = 1
WRONG_USE = 2

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def build(program: Program) -> typer.Typer:
    """The command line around a program."""
    from infrastructure.cli import (
        airtable,
        bench,
        check,
        compare,
        keys,
        replay,
        serve,
        talk,
        understand,
        venue,
    )

    cli = typer.Typer(
        name="anfitrion",
        help="A reservation engine that guests talk to in their own words.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        # Plain help: the coloured one costs a tenth of a second at every start.
        rich_markup_mode=None,
    )
    for command in (serve, talk, check, venue, understand, compare, keys, airtable, replay, bench):
        command.add(cli, program)
    return cli


def settings_of(program: Program, **given: object) -> Settings:
    """The settings, or the end of the command with one line for each fault."""
    from infrastructure.settings import SettingsError

    try:
        return program.settings(**{name: v for name, v in given.items() if v is not None})
    except SettingsError as error:
        wrong_use(*error.lines)


def wrong_use(*lines: str) -> NoReturn:
    _complain(lines)
    raise typer.Exit(WRONG_USE)


def fail(*lines: str) -> NoReturn:
    _complain(lines)
    raise typer.Exit(FAILED)


def _complain(lines: tuple[str, ...]) -> None:
    for line in lines:
        typer.echo(line, err=True)


def print_json(value: Any) -> None:
    sys.stdout.write(json_text(value))


def json_text(value: Any) -> str:
    import orjson

    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode() + "\n"
