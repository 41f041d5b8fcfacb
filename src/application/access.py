"""API keys: what they open, how they are made and how a presented one is checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from enum import StrEnum

from application.ports.keys import ApiKey

_MARK = "anf"
_ID_BYTES = 4
# 160 bits: no list of hashes can be searched for it, which is why a plain SHA-256 is enough.
_SECRET_BYTES = 20


class Scope(StrEnum):
    """What a key opens. Staff and ops may also do what a guest's channel may."""

    GUEST = "guest"
    STAFF = "staff"
    OPS = "ops"

    def opens(self, wanted: Scope) -> bool:
        return self is wanted or wanted is Scope.GUEST


def make_key(*, scope: Scope, label: str, now: datetime) -> tuple[ApiKey, str]:
    """A new key as it is kept, and the one text that opens with it; nobody can read that again."""
    key_id = secrets.token_hex(_ID_BYTES)
    secret = secrets.token_hex(_SECRET_BYTES)
    kept = ApiKey(
        id=key_id, digest=digest_of(secret), scope=scope.value, label=label, created_at=now
    )
    return kept, f"{_MARK}_{key_id}_{secret}"


def split_key(presented: str) -> tuple[str, str] | None:
    """The id and the secret in a presented key, or None where it is not one of ours."""
    mark, _, rest = presented.partition("_")
    key_id, _, secret = rest.partition("_")
    if mark != _MARK or not key_id.isalnum() or not key_id.isascii() or not secret:
        return None
    return key_id, secret


def opens_with(key: ApiKey, secret: str) -> bool:
    """Whether a secret belongs to a key that has not been revoked; takes the same time either way."""
    return hmac.compare_digest(key.digest, digest_of(secret)) and key.revoked_at is None


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
