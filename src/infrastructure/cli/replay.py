"""`anfitrion replay`: a conversation from its log, worked out again."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from infrastructure.cli.app import FAILED, Json, fail, print_json, settings_of

if TYPE_CHECKING:
    from application.replay import ReplayReport
    from infrastructure.cli.program import Program
    from infrastructure.settings import Settings


def add(cli: typer.Typer, program: Program) -> None:
    @cli.command()
    def replay(
        conversation: Annotated[str, typer.Argument(help="The conversation's id.")],
        json: Json = False,
    ) -> None:
        """Replay a conversation; exit 1 where it would come out differently. Nothing is written."""
        from application.replay import ReplayImpossible
        from domain.errors import AnfitrionError

        try:
            report = asyncio.run(_replay(program, settings_of(program), conversation))
        except (ReplayImpossible, AnfitrionError) as error:
            fail(str(error))
        if json:
            print_json(asdict(report))
        else:
            _print(report)
        if not report.is_same:
            raise typer.Exit(FAILED)


async def _replay(program: Program, settings: Settings, conversation: str) -> ReplayReport:
    from application.replay import replay_conversation

    venues = {venue.id: venue for venue in program.venues(settings)}
    async with program.ledger(settings) as ledger:
        turns = await ledger.conversations.turns(conversation_id=conversation)
    return await replay_conversation(
        conversation, turns=turns, venue_of=venues.__getitem__, human=program.local_human()
    )


def _print(report: ReplayReport) -> None:
    for turn in report.turns:
        typer.echo(f"turn {turn.number}: {'; '.join(turn.differences) or 'the same'}")
