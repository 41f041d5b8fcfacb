"""`anfitrion keys`: API keys in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from application.access import Scope, make_key
from infrastructure.cli.app import Json, fail, print_json, settings_of

if TYPE_CHECKING:
    from application.ports.keys import ApiKey, Keys
    from infrastructure.cli.program import Program

T = TypeVar("T")


def add(cli: typer.Typer, program: Program) -> None:
    group = typer.Typer(no_args_is_help=True, help="API keys: make, list and revoke them.")
    cli.add_typer(group, name="keys")

    def with_keys(work: Callable[[Keys], Awaitable[T]]) -> T:
        from domain.errors import AnfitrionError

        settings = settings_of(program)

        async def run() -> T:
            async with program.ledger(settings) as ledger:
                return await work(ledger.keys)

        try:
            return asyncio.run(run())
        except AnfitrionError as error:
            fail(str(error))

    @group.command()
    def create(
        scope: Annotated[Scope, typer.Argument(help="What it opens.")],
        label: Annotated[str, typer.Option(help="Who or what uses it.")] = "",
        json: Json = False,
    ) -> None:
        """Make a key and print it, once: only its hash is kept."""
        key, shown = make_key(scope=scope, label=label[:100], now=datetime.now(UTC))
        with_keys(lambda keys: keys.add(key=key))
        if json:
            print_json({"id": key.id, "scope": key.scope, "label": key.label, "key": shown})
            return
        typer.echo(shown)
        typer.echo("Keep it now: it cannot be shown again.", err=True)

    @group.command(name="list")
    def list_keys(json: Json = False) -> None:
        """List keys, without their secrets."""
        keys = with_keys(lambda keys: keys.all())
        if json:
            print_json([_shown(key) for key in keys])
            return
        for key in keys:
            state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "live"
            typer.echo(f"{key.id}  {key.scope:<5}  {key.created_at:%Y-%m-%d}  {state}  {key.label}")
        if not keys:
            typer.echo("There are no keys.", err=True)

    @group.command()
    def revoke(key_id: Annotated[str, typer.Argument(help="Its id, as listed.")]) -> None:
        """Revoke a key. Running servers stop taking it within half a minute."""
        now = datetime.now(UTC)
        if not with_keys(lambda keys: keys.revoke(key_id=key_id, now=now)):
            fail("There is no key with that id.")
        typer.echo(f"{key_id} is revoked.")


def _shown(key: ApiKey) -> dict[str, str | None]:
    return {
        "id": key.id,
        "scope": key.scope,
        "label": key.label,
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }
