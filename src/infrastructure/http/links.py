"""Links to one booking, which nobody can guess.

A link's token is the booking's code and 144 bits of HMAC-SHA256 over it, so a made-up link is refused
without asking the ledger, and nothing has to be stored. Whoever has the key can make links to every
booking: it lies in DATA_DIR, readable by the server's user alone, and servers that share a ledger
share it. A new key ends all links that were sent.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from domain.booking import CODE_LENGTH, BookingCode

_PURPOSE = b"booking page\x00"
_MAC_BYTES = 18
"""144 bits, which base64 writes as 24 characters without padding."""


class BookingLinks:
    """Makes tokens and reads them. `public_url`: where guests reach this server, where that is known."""

    def __init__(self, key: bytes, *, public_url: str | None = None) -> None:
        self._key = key
        self._base = (public_url or "").rstrip("/")

    def token(self, code: BookingCode) -> str:
        return code + self._mac(code)

    def code(self, token: str) -> BookingCode | None:
        """The booking that a token opens; None for one that was not made with our key."""
        code = BookingCode(token[:CODE_LENGTH])
        genuine = hmac.compare_digest(token[CODE_LENGTH:].encode(), self._mac(code).encode())
        return code if genuine else None

    def path(self, code: BookingCode) -> str:
        return f"/b/{self.token(code)}"

    def url(self, code: BookingCode) -> str:
        """Absolute where the public address is known, else from this server's root."""
        return self._base + self.path(code)

    def _mac(self, code: str) -> str:
        digest = hmac.new(self._key, _PURPOSE + code.encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
