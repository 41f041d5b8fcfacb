"""`anfitrion serve`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from infrastructure.cli.app import fail, settings_of, wrong_use

if TYPE_CHECKING:
    from infrastructure.cli.program import Program
    from infrastructure.settings import Settings


def add(cli: typer.Typer, program: Program) -> None:
    @cli.command()
    def serve(
        host: Annotated[str | None, typer.Option(help="Instead of the setting HOST.")] = None,
        port: Annotated[str | None, typer.Option(help="Instead of the setting PORT.")] = None,
    ) -> None:
        """Start the server."""
        from domain.errors import AnfitrionError

        settings = settings_of(program, host=host, port=port)
        program.configure_logging(settings)
        try:
            app = program.create_app(settings)
            if not settings.is_loopback and not asyncio.run(_has_keys(program, settings)):
                wrong_use(
                    f"HOST: must be a loopback address while there are no API keys, got "
                    f'"{settings.host}"; set API_KEYS, or run: anfitrion keys create staff'
                )
        except AnfitrionError as error:
            fail(str(error))
        started = program.serve(app, host=settings.host, port=settings.port, on_listening=_announce)
        if not started:
            fail("the server could not start")


async def _has_keys(program: Program, settings: Settings) -> bool:
    if settings.fixed_keys:
        return True
    async with program.ledger(settings) as ledger:
        return any(key.revoked_at is None for key in await ledger.keys.all())


def _announce(address: str) -> None:
    typer.echo(f"anfitrion is at {address}")
