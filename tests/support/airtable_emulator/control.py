"""The second set of paths, under `/_control`: what no client of Airtable could do.

It needs no token, counts as no request and suffers no fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tests.support.airtable_emulator import errors, invariants, metadata, state, wire
from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.emulator import Emulator, Latency, RequestLog
from tests.support.airtable_emulator.errors import ApiError
from tests.support.airtable_emulator.faults import Plan, Scripted
from tests.support.airtable_emulator.ids import API_USER, new_id
from tests.support.airtable_emulator.limits import Limits
from tests.support.airtable_emulator.model import Base, Token, User, new_world
from tests.support.airtable_emulator.pings import Pinger
from tests.support.airtable_emulator.queries import Show
from tests.support.airtable_emulator.staff import Staff
from tests.support.airtable_emulator.webhooks import WebhookSettings
from tests.support.airtable_emulator.wire import Request, Response

PREFIX = "_control"

_plan = TypeAdapter(Plan)
_scripted = TypeAdapter(list[Scripted])
_limits = TypeAdapter(Limits)
_latency = TypeAdapter(Latency)
_webhook_settings = TypeAdapter(WebhookSettings)
_rules = TypeAdapter(invariants.Rules)


class ControlApi:
    def __init__(self, emulator: Emulator, pinger: Pinger) -> None:
        self._emulator = emulator
        self._pinger = pinger
        self._staff = Staff(emulator)

    async def answer(self, request: Request) -> Response:
        """A mistake in the request is a 422 that says what is wrong."""
        try:
            body = request.json() if request.body else {}
            if request.segments[1:] == ("state",):
                return await self._state(request)
            return wire.answer(await self._do(request, body))
        except ApiError as error:
            return wire.answer({"error": f"{error} ({error.reason})"}, status=422)
        except ValidationError as error:
            return wire.answer({"error": str(error)}, status=422)
        except (KeyError, TypeError) as error:
            return wire.answer({"error": f"missing or wrong: {error}"}, status=422)

    async def _do(self, request: Request, body: dict[str, Any]) -> Any:
        match request.method, request.segments[1:]:
            case "POST", ("reset",):
                await self._pinger.stop()
                self._emulator.load(new_world())
                return {}
            case "POST", ("staff", base_id, deed):
                return await self._staff.do(self._base(base_id), deed, body)
            case "POST", ("check", base_id):
                base = self._base(base_id)
                rules = _rules.validate_python(body)
                return invariants.check(base, self._emulator.reader(base), rules).json()
            case "GET", ("truth", base_id, table):
                return self._truth(self._base(base_id), table)
            case "GET", ("schema", base_id):
                return metadata.schema(self._base(base_id), visible_fields=True)
            case "POST", ("cursors", "kill"):
                self._emulator.cursors.kill()
                return {}
            case _, ("clock" | "requests" | "faults" as what, *rest):
                return self._instruments(request.method, (what, *rest), body)
        return self._settings(request, body)

    def _instruments(self, method: str, path: tuple[str, ...], body: dict[str, Any]) -> Any:
        match method, path:
            case "GET", ("clock",):
                return self._clock()
            case "POST", ("clock",):
                return self._move_clock(body)
            case "GET", ("requests",):
                return self._requests()
            case "POST", ("requests", "reset"):
                self._emulator.requests = RequestLog()
                return {}
            case "GET", ("faults",):
                return {"hits": {str(name): n for name, n in self._emulator.faults.hits.items()}}
            case "PUT", ("faults",):
                self._emulator.faults.clear()
                self._emulator.faults.plan = _plan.validate_python(body)
                return {}
            case "POST", ("faults", "next"):
                self._emulator.faults.script += _scripted.validate_python(body["faults"])
                return {}
            case "DELETE", ("faults",):
                self._emulator.faults.clear()
                return {}
        raise errors.not_found()

    def _settings(self, request: Request, body: dict[str, Any]) -> Any:
        emulator = self._emulator
        match request.method, request.segments[1:]:
            case "PATCH", ("limits",):
                changed = _changed(_limits, emulator.limiter.limits, body)
                emulator.limiter.limits = changed
                emulator.limiter.forget()
                return asdict(changed)
            case "PATCH", ("latency",):
                emulator.latency = _changed(_latency, emulator.latency, body)
                return asdict(emulator.latency)
            case "PATCH", ("webhooks",):
                emulator.webhook_settings = _changed(
                    _webhook_settings, emulator.webhook_settings, body
                )
                return asdict(emulator.webhook_settings)
            case "PATCH", ("cursors",):
                emulator.cursors.life_s = float(body["life_s"])
                return {}
            case "POST", ("bases",):
                return self._create_base(body)
            case "PUT", ("tokens", secret):
                return self._put_token(secret, body)
            case "DELETE", ("tokens", secret):
                emulator.world.tokens.pop(secret, None)
                emulator.changed()
                return {}
        raise errors.not_found()

    async def _state(self, request: Request) -> Response:
        if request.method == "PUT":
            await self._pinger.stop()
            state.load(self._emulator, request.body)
            return wire.answer({})
        return Response(200, state.dump(self._emulator), {"content-type": "application/json"})

    def _base(self, base_id: str) -> Base:
        base = self._emulator.world.bases.get(base_id)
        if base is None:
            raise errors.invalid_request(f"no base {base_id}")
        return base

    def _truth(self, base: Base, name: str) -> dict[str, Any]:
        """Every record as it is now, with who made it; nothing of it is stale, paged or limited."""
        table = base.table_by(name)
        if table is None:
            raise errors.invalid_request(f"no table {name}")
        reader = self._emulator.reader(base)
        show = Show(comment_count=True)
        return {
            "records": [
                show.record(reader, table, each) | {"source": each.source, "number": each.number}
                for each in table.records.values()
            ]
        }

    def _clock(self) -> dict[str, Any]:
        clock = self._emulator.clock
        return {"now": iso(clock.now()), "frozen": clock.is_frozen}

    def _move_clock(self, body: Mapping[str, Any]) -> dict[str, Any]:
        clock = self._emulator.clock
        if "set" in body:
            clock.set(datetime.fromisoformat(body["set"]))
        if "freeze" in body:
            clock.freeze(bool(body["freeze"]))
        if "advance_s" in body:
            clock.advance(float(body["advance_s"]))
        self._emulator.changed()
        return self._clock()

    def _requests(self) -> dict[str, Any]:
        log = self._emulator.requests
        return {
            "total": log.total,
            "by_status": {str(status): count for status, count in log.by_status.items()},
            "by_kind": log.by_kind,
            "by_base": log.by_base,
            "cpu_ms_per_request": log.cpu_s * 1000 / log.total if log.total else 0.0,
            "last": [asdict(each) for each in log.last],
        }

    def _create_base(self, body: Mapping[str, Any]) -> dict[str, Any]:
        base = Base(body.get("id") or new_id("app"), body["name"])
        self._emulator.world.bases[base.id] = base
        self._emulator.changed()
        return {"id": base.id}

    def _put_token(self, secret: str, body: Mapping[str, Any]) -> dict[str, Any]:
        world = self._emulator.world
        user = body.get("user", API_USER)
        if user not in world.users:
            world.users[user] = User(user, f"{user}@example.com", user)
        old = world.tokens.get(secret, Token(user))
        names = {each.name for each in fields(Token)}
        given = {key: value for key, value in body.items() if key in names}
        for key in ("scopes", "bases"):
            if given.get(key) is not None:
                given[key] = tuple(given[key])
        world.tokens[secret] = replace(old, **given)
        self._emulator.changed()
        return {}


def _changed(adapter: TypeAdapter[Any], old: Any, body: Mapping[str, Any]) -> Any:
    return adapter.validate_python({**asdict(old), **body})
