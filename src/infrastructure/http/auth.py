"""Who may call what: keys from the settings, keys from the ledger, or none on a machine of one's own."""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from application.access import Scope, digest_of, opens_with, split_key
from application.ports.clock import Clock
from application.ports.keys import Keys
from infrastructure.http.problems import Problem

REMEMBERED_S = 30.0
"""How long a key that was looked up counts without asking again: a revoked one lives on that long."""

_MAX_REMEMBERED = 1000

API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key")
BEARER = HTTPBearer(auto_error=False, description="The same API key as a bearer token")


class Gate:
    """Lets a request through, or raises the problem that says why not.

    `open_if_unkeyed`: only this machine can reach us, so while no key exists anywhere its own
    requests pass without one.
    """

    def __init__(
        self,
        *,
        fixed: Sequence[tuple[Scope, str]],
        keys: Keys,
        clock: Clock,
        open_if_unkeyed: bool,
    ) -> None:
        self._fixed = tuple((scope, digest_of(key)) for scope, key in fixed)
        self._keys = keys
        self._clock = clock
        self._open_if_unkeyed = open_if_unkeyed
        self._remembered: dict[str, tuple[Scope, float]] = {}
        self._unkeyed = False
        self._unkeyed_until = -math.inf

    async def admit(self, presented: str, *, wanted: Scope, peer: str | None) -> None:
        """Raises: Problem 401 without a valid key, 403 with one that does not open this."""
        if _is_local(peer) and await self._is_open():
            return
        if not presented:
            raise _unauthorised("An API key is needed here: X-API-Key, or Authorization: Bearer.")
        scope = await self._scope_of(presented)
        if scope is None:
            raise _unauthorised("This API key is not valid.")
        if not scope.opens(wanted):
            raise Problem(
                HTTPStatus.FORBIDDEN, "wrong_scope", f"This needs a key with the scope {wanted}."
            )

    async def _scope_of(self, presented: str) -> Scope | None:
        digest = digest_of(presented)
        for fixed, known in self._fixed:
            if hmac.compare_digest(digest, known):
                return fixed
        now = self._clock.monotonic()
        remembered = self._remembered.get(digest)
        if remembered is not None and remembered[1] > now:
            return remembered[0]
        scope = await self._look_up(presented)
        self._remember(digest, scope, now + REMEMBERED_S)
        return scope

    def _remember(self, digest: str, scope: Scope | None, until: float) -> None:
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        if scope is None:
            self._remembered.pop(digest, None)
        else:
            self._remembered[digest] = (scope, until)

    async def _look_up(self, presented: str) -> Scope | None:
        parts = split_key(presented)
        if parts is None:
            return None
        key_id, secret = parts
        key = await self._keys.find(key_id=key_id)
        return Scope(key.scope) if key is not None and opens_with(key, secret) else None

    async def _is_open(self) -> bool:
        if not self._open_if_unkeyed or self._fixed:
            return False
        if self._unkeyed_until <= self._clock.monotonic():
            self._unkeyed = all(key.revoked_at for key in await self._keys.all())
            self._unkeyed_until = self._clock.monotonic() + REMEMBERED_S
        return self._unkeyed


def _is_local(peer: str | None) -> bool:
    """Whether a request comes from this machine; over a unix socket there is no peer address."""
    if peer is None:
        return True
    try:
        return ip_address(peer.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _unauthorised(detail: str) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"}
    )


def needs(wanted: Scope) -> Callable[..., Coroutine[Any, Any, None]]:
    """A dependency that lets only callers with this scope through."""

    async def check(
        request: Request,
        api_key: Annotated[str | None, Depends(API_KEY)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    ) -> None:
        gate: Gate = request.app.state.parts.gate
        presented = api_key or (bearer.credentials if bearer else "")
        peer = request.client.host if request.client else None
        await gate.admit(presented, wanted=wanted, peer=peer)

    return check
