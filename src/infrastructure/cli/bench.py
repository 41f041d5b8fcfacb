"""`anfitrion bench`: measurements of this program on this machine, as a table or as JSON."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infrastructure.cli.airtable import emulators_checkout
from infrastructure.cli.app import Json, print_json, settings_of

if TYPE_CHECKING:
    from infrastructure.cli.program import Program

# What can be measured without more words, by the name of its module in `infrastructure.benchmarks`.
_SUBJECTS = {
    "availability": "Search on a day and on a month: 40 tables, 300 bookings a day.",
    "cache": "Redis cache: near hits, hits, size and news, side by side with bare clients.",
    "engine": "CPU of one message: on the twins, and on a provider that answers at once.",
    "load": "Latency, errors and memory with 1 to 1,000 conversations at once.",
    "startup": "Start of `serve` to its first answer, and its memory.",
    "tokens": "Tokens that models are sent: a call, a turn, early and late in a dialogue.",
}


def add(cli: typer.Typer, program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="Measure the program on this machine.")
    cli.add_typer(group, name="bench")
    for name, summary in _SUBJECTS.items():
        _add_subject(group, program, name, summary)

    @group.command()
    def contention(
        database: Annotated[str, typer.Option(help="A ledger; a SQLite file if empty.")] = "",
        json: Json = False,
    ) -> None:
        """3,000 holds on 60 slots, from 50 tasks and from 4 processes."""
        with tempfile.TemporaryDirectory() as folder:
            url = database or f"sqlite:///{folder}/contention.db"
            _show(program.measure("contention", url), json=json)

    @group.command()
    def airtable(json: Json = False) -> None:
        """Bookings a second through Airtable's emulator, and how soon staff's edits are seen."""
        checkout = emulators_checkout()
        program.configure_logging(settings_of(program), level=logging.WARNING)
        _show(program.measure("airtable", str(checkout)), json=json)


def _add_subject(group: typer.Typer, program: Program, name: str, summary: str) -> None:
    @group.command(name=name, help=summary)
    def measure(json: Json = False) -> None:
        program.configure_logging(settings_of(program), level=logging.WARNING)
        _show(program.measure(name), json=json)


def _show(result: Mapping[str, Any], *, json: bool) -> None:
    if json:
        print_json(result)
        return
    for path, value in _lines(result):
        typer.echo(f"{path:<48} {value}")


def _lines(result: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """A nested result as lines: the path to a value, and the value."""
    for name, value in result.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _lines(value, f"{path} · ")
        else:
            yield path, f"{value:.3g}" if isinstance(value, float) else str(value)
