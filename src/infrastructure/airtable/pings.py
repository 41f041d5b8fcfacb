"""Whether a ping really comes from Airtable."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_SCHEME = b"hmac-sha256="


def verify(body: bytes, header: str | None, secret_base64: str) -> bool:
    """Whether `header` (X-Airtable-Content-MAC) signs exactly these bytes; in constant time.

    A ping that is sent again verifies again: it carries no data, and reading payloads twice is
    harmless.
    """
    try:
        secret = base64.b64decode(secret_base64, validate=True)
    except (binascii.Error, ValueError):
        return False
    if not secret or header is None:
        # Anybody can sign with an empty secret.
        return False
    expected = _SCHEME + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()
    # As bytes: compare_digest takes no text beyond ASCII.
    return hmac.compare_digest(expected, header.encode(errors="replace"))
