"""`anfitrion chat`: a conversation in the terminal, over the same interface as everybody else's."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from application.access import Scope
from infrastructure.cli.app import fail, settings_of, wrong_use

if TYPE_CHECKING:
    import httpx

    from infrastructure.cli.program import Program
    from infrastructure.settings import Settings

_LIVING_S = 60.0


def add(cli: typer.Typer, program: Program) -> None:
    @cli.command()
    def chat(
        venue: Annotated[
            str | None, typer.Option(help="Which venue; the first by default.")
        ] = None,
        url: Annotated[str, typer.Option(help="A running server; one of its own if empty.")] = "",
        user: Annotated[str, typer.Option(help="Who is talking.")] = "terminal",
        key: Annotated[
            str, typer.Option(envvar="ANFITRION_KEY", help="An API key for --url.")
        ] = "",
    ) -> None:
        """Talk to the house in the terminal. An empty line or Ctrl-D ends it."""
        from domain.errors import AnfitrionError

        try:
            server = _elsewhere(url, key) if url else _own(program, settings_of(program))
            asyncio.run(_talk(server, venue, user))
        except AnfitrionError as error:
            fail(str(error))
        except (KeyboardInterrupt, EOFError):
            typer.echo()


@asynccontextmanager
async def _elsewhere(url: str, key: str) -> AsyncIterator[tuple[str, str]]:
    yield url, key


@asynccontextmanager
async def _own(program: Program, settings: Settings) -> AsyncIterator[tuple[str, str]]:
    """A server in this process that only this command can talk to."""
    key = secrets.token_hex(16)
    closed = settings.model_copy(update={"api_keys": ((Scope.GUEST, _secret(key)),)})
    program.configure_logging(closed, level=logging.WARNING)
    async with program.serving(program.create_app(closed)) as url:
        yield url, key


def _secret(key: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(key)


async def _talk(
    server: AbstractAsyncContextManager[tuple[str, str]], venue: str | None, user: str
) -> None:
    import httpx

    async with server as (url, key):
        headers = {"X-API-Key": key} if key else {}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=_LIVING_S) as client:
            try:
                house = await _choose(client, venue)
                typer.echo(f"{house['name']} ({house['id']})\n")
                while text := await asyncio.to_thread(_ask):
                    await _say(client, house["id"], user, text)
            except httpx.HTTPError as error:
                fail(f"The server at {url} does not answer: {type(error).__name__}.")


def _ask() -> str:
    return input("> ").strip()


async def _choose(client: httpx.AsyncClient, wanted: str | None) -> dict[str, Any]:
    answered = await client.get("/venues")
    if answered.is_error:
        fail(answered.json().get("detail", f"HTTP {answered.status_code}"))
    venues: dict[str, dict[str, Any]] = {venue["id"]: venue for venue in answered.json()["venues"]}
    if wanted is not None and wanted not in venues:
        wrong_use(f"--venue: must be one of {', '.join(venues)}, got {wanted}")
    return venues[wanted or next(iter(venues))]


async def _say(client: httpx.AsyncClient, venue: str, user: str, text: str) -> None:
    """Send one message and print the reply as it comes."""
    import orjson

    message = {"venue": venue, "user_id": user, "message": text, "channel": "terminal"}
    async with client.stream("POST", "/chat/stream", json=message) as response:
        if response.is_error:
            await response.aread()
            typer.echo(response.json().get("detail", f"HTTP {response.status_code}"), err=True)
            return
        event = ""
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "token":
                typer.echo(orjson.loads(value)["text"], nl=False)
            elif name == "data" and event == "error":
                typer.echo(orjson.loads(value)["detail"], err=True)
    typer.echo("\n")
