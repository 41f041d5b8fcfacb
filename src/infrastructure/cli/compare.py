"""`anfitrion compare`: the same scripted guests through two model settings."""

from __future__ import annotations

import asyncio
import logging
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infrastructure.cli.app import fail, json_text, print_json, settings_of, wrong_use

if TYPE_CHECKING:
    from infrastructure.cli.program import Compared, Program
    from infrastructure.settings import Settings

_AGENTS = ("router", "logic", "human")
_NEXT_AGENT = re.compile(r",(?=(?:router|logic|human)=)")
_SHOWN = 20
"""How often progress is shown, all in all."""
_STANDARD_OUTPUT = Path("-")

_Setting = Annotated[
    str,
    typer.Option(
        metavar="SETTING",
        help="`local`, a litellm model name for all agents, or router=…,logic=…,human=…;"
        " agents that are not named are local.",
    ),
]


def add(cli: typer.Typer, program: Program) -> None:
    @cli.command()
    def compare(
        a: _Setting,
        b: _Setting,
        scenario: Annotated[
            Path | None,
            typer.Option(
                metavar="DIR",
                exists=True,
                file_okay=False,
                help="A folder of scenarios (*.yaml); the packaged ones if not given.",
            ),
        ] = None,
        repeats: Annotated[int, typer.Option(min=1, help="How often each is played.")] = 1,
        at_once: Annotated[int, typer.Option(min=1, help="How many guests talk at once.")] = 4,
        json: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Save all numbers; `-` prints them.")
        ] = None,
        html: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Save a report with charts.")
        ] = None,
    ) -> None:
        """Play scripted guests through two model settings and put the numbers side by side.

        Judged by the bookings that stand in the end and by what was read out, never by wording.
        """
        with tempfile.TemporaryDirectory() as folder:
            sides = [
                (setting, _settings(program, option, setting, Path(folder)))
                for option, setting in (("--a", a), ("--b", b))
            ]
            # What falls back is counted; a line for each would drown the progress.
            program.configure_logging(sides[0][1], level=logging.ERROR)
            try:
                compared = asyncio.run(_compared(program, sides, scenario, repeats, at_once))
            except ValueError as error:
                fail(str(error))
        _save(compared, json, html)


async def _compared(
    program: Program,
    sides: list[tuple[str, Settings]],
    scenarios: Path | None,
    repeats: int,
    at_once: int,
) -> Compared:
    def show(done: int, of: int) -> None:
        if done % max(1, of // _SHOWN) == 0 or done == of:
            typer.echo(f"{done}/{of} dialogues", err=True)

    return await program.compare(
        sides, scenarios=scenarios, repeats=repeats, at_once=at_once, on_played=show
    )


def _settings(program: Program, option: str, setting: str, folder: Path) -> Settings:
    """The settings of one side, with a folder of its own; ends the command where they cannot be met."""
    wanted = _models(option, setting)
    models = {f"{agent}_model": name for agent, name in wanted.items()}
    settings = settings_of(program, **models, data_dir=folder, logic_shadow_rate=0)
    for choice in program.agents(settings):
        if wanted.get(choice.agent, "local") != "local" and not choice.models:
            wrong_use(f"{option}: {choice.agent}: {choice.reason}")
    return settings


def _models(option: str, setting: str) -> dict[str, str]:
    """The model of each agent, as SETTING names them."""
    parts = _NEXT_AGENT.split(setting)
    if "=" not in setting:
        return dict.fromkeys(_AGENTS, setting)
    named = dict.fromkeys(_AGENTS, "local")
    for part in parts:
        agent, is_named, model = part.partition("=")
        if not is_named or agent not in _AGENTS:
            wrong_use(
                f'{option}: must be `local`, a model or router=…,logic=…,human=…, got "{part}"'
            )
        named[agent] = model
    return named


def _save(compared: Compared, json: Path | None, html: Path | None) -> None:
    numbers = compared.as_json()
    if json == _STANDARD_OUTPUT:
        print_json(numbers)
    else:
        typer.echo(compared.as_table())
    try:
        if json is not None and json != _STANDARD_OUTPUT:
            json.write_text(json_text(numbers), encoding="utf-8")
        if html is not None:
            html.write_text(compared.as_html(), encoding="utf-8")
    except OSError as error:
        fail(str(error))
