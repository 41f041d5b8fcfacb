"""`anfitrion check`: one line for each thing the server needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from infrastructure.cli.app import FAILED, Json, print_json

if TYPE_CHECKING:
    from infrastructure.cli.program import Program
    from infrastructure.settings import Settings

# A model that ends this soon is worth a warning.
_SOON = timedelta(days=90)


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    item: str
    verdict: Verdict
    detail: str


def add(cli: typer.Typer, program: Program) -> None:
    @cli.command()
    def check(json: Json = False) -> None:
        """Check settings, venue files, zone table, database and models; exit 1 on a fault."""
        findings = []
        for finding in find(program):
            findings.append(finding)
            if not json:
                typer.echo(f"{finding.verdict:<8} {finding.item:<14} {finding.detail}")
        if json:
            print_json([asdict(finding) for finding in findings])
        if any(finding.verdict is Verdict.FAULT for finding in findings):
            raise typer.Exit(FAILED)


def find(program: Program) -> Iterator[Finding]:
    from infrastructure.settings import SettingsError

    try:
        settings = program.settings()
    except SettingsError as error:
        for line in error.lines:
            yield Finding("settings", Verdict.FAULT, line)
        return
    yield Finding("settings", Verdict.OK, _address(settings))
    yield Finding("zone table", Verdict.OK, program.zone_table())
    yield _venues(program, settings)
    yield asyncio.run(_database(program, settings))
    yield asyncio.run(_cache(program, settings))
    if settings.uses_airtable:
        yield from asyncio.run(_airtable(program, settings))
    yield from _models(program, settings)


def _address(settings: Settings) -> str:
    return f"{settings.host}:{settings.port}, data in {settings.data_dir}"


def _venues(program: Program, settings: Settings) -> Finding:
    from domain.errors import AnfitrionError

    try:
        venues = program.venues(settings)
    except AnfitrionError as error:
        return Finding("venues", Verdict.FAULT, str(error))
    return Finding("venues", Verdict.OK, ", ".join(venue.id for venue in venues))


async def _database(program: Program, settings: Settings) -> Finding:
    from application.errors import DependencyError

    kind = settings.ledger_url.partition(":")[0]
    began = time.perf_counter()
    try:
        async with program.ledger(settings) as ledger:
            keys = [key for key in await ledger.keys.all() if key.revoked_at is None]
    except (DependencyError, ValueError, RuntimeError, OSError) as error:
        return Finding("database", Verdict.FAULT, f"{kind}: {error}")
    took_ms = (time.perf_counter() - began) * 1000
    count = len(keys) + len(settings.fixed_keys)
    if not count and not settings.is_loopback:
        return Finding("database", Verdict.FAULT, f"{kind}: no API keys for HOST {settings.host}")
    return Finding("database", Verdict.OK, f"{kind}, opened in {took_ms:.0f} ms, {count} API keys")


async def _cache(program: Program, settings: Settings) -> Finding:
    try:
        health = await program.cache_health(settings)
    except ValueError as error:
        return Finding("cache", Verdict.FAULT, str(error))
    kind = settings.redis_address.partition("://")[0]
    if health.status == "healthy":
        return Finding("cache", Verdict.OK, f"{kind}, answers in {health.latency_ms:.1f} ms")
    # Without it everything goes on, a little slower.
    return Finding("cache", Verdict.WARNING, f"{kind}: {health.status}, {health.reason}")


async def _airtable(program: Program, settings: Settings) -> list[Finding]:
    from application.errors import DependencyError

    try:
        async with program.airtable(settings) as base:
            found = await base.check()
    except DependencyError as error:
        return [Finding("airtable", Verdict.FAULT, str(error))]
    faults = [each for each in found if each.verdict == "repair"]
    if not faults:
        return [Finding("airtable", Verdict.OK, f"base {settings.airtable_base_id}")]
    return [Finding("airtable", Verdict.FAULT, f"{each.item}: {each.detail}") for each in faults]


def _models(program: Program, settings: Settings) -> Iterator[Finding]:
    for choice in program.agents(settings):
        item = f"{choice.agent} model"
        if not choice.models:
            yield Finding(item, Verdict.OK, f"local ({choice.reason})")
        for model in choice.models:
            yield _model(program, item, model)


def _model(program: Program, item: str, model: str) -> Finding:
    ends = program.end_of_life(model)
    today = datetime.now(UTC).date()
    if ends is None or ends > today + _SOON:
        return Finding(item, Verdict.OK, model)
    tense = "ended" if ends <= today else "ends"
    return Finding(item, Verdict.WARNING, f"{model} {tense} on {ends.isoformat()}: choose another")
