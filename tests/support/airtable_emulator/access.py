"""Who may do what: the token, its scopes and bases, its user's role."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.model import ROLES, Base, Token, World


def token_of(world: World, headers: Mapping[str, str]) -> Token:
    """Raises: ApiError where the header names no token that is known and alive."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    token = world.tokens.get(secret.strip())
    if scheme.lower() != "bearer" or token is None:
        raise errors.unauthenticated()
    return token


def base_of(world: World, token: Token, base_id: str) -> Base:
    """A base that is unknown and one that is not granted look the same."""
    base = world.bases.get(base_id)
    if base is None or (token.bases is not None and base_id not in token.bases):
        raise errors.no_permission_or_model(f"no base {base_id} for this token")
    return base


def need_scope(token: Token, scope: str) -> None:
    if scope not in token.scopes:
        raise errors.no_permission_or_model(f"the token lacks the scope {scope}")


def need_role(token: Token, role: str, what: str) -> None:
    if ROLES.index(token.role) < ROLES.index(role):
        raise errors.not_permitted(what)
