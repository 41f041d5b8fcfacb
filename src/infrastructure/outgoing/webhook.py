"""Hands messages to another program: n8n, a provider of SMS, the house's own.

One POST of JSON for each. The address comes from the settings alone, redirects are not followed and
nothing of the answer but its status is read, so that nobody else decides where a request goes.

Whoever receives it checks `X-Anfitrion-Signature`: `v1=` and the HMAC-SHA256, in hexadecimal digits, of
the `X-Anfitrion-Timestamp`, a full stop and the raw body. The same message has the same
`Idempotency-Key`; 409 says that it was taken before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from application.ports.clock import Clock
from application.ports.messenger import Letter, MessengerUnavailable, Undeliverable
from domain.booking import BookingCode, shown_code

TIMEOUT_S = 10.0

_OWN_CHANNELS = frozenset({"chat", "staff", "walk_in"})
"""Channels behind which there is no account that anybody else could write to."""

_ABOUT_US = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""What is said about the address, the secret or the hour, and not about this message."""


class WebhookMessenger:
    name = "webhook"
    can_be_answered = True
    """Whoever brings our words to a channel brings the guest's words from there to `POST /chat`."""

    def __init__(
        self, url: str, *, secret: str, clock: Clock, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._url = url
        self._secret = secret.encode()
        self._clock = clock
        self._client = httpx.AsyncClient(
            timeout=timeout_s, follow_redirects=False, trust_env=False, headers={"Accept": "*/*"}
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    def reaches(self, letter: Letter) -> bool:
        """A number or an address, or an account at a channel that is not our own."""
        guest = letter.guest
        elsewhere = bool(guest.user_id) and letter.channel not in _OWN_CHANNELS
        return bool(guest.phone or guest.email) or elsewhere

    async def send(self, letter: Letter) -> None:
        """Raises: MessengerUnavailable, Undeliverable."""
        body = json.dumps(_body(letter), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": quote(letter.key, safe=":+-._~"),
            "X-Anfitrion-Timestamp": timestamp,
            "X-Anfitrion-Signature": signature(self._secret, timestamp, body),
        }
        try:
            request = self._client.build_request("POST", self._url, content=body, headers=headers)
            answer = await self._client.send(request, stream=True)
            await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise MessengerUnavailable(type(error).__name__) from error
        _check(answer.status_code)


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()


def _check(status: int) -> None:
    if 200 <= status < 300 or status == HTTPStatus.CONFLICT:
        return
    if 400 <= status < 500 and status not in _ABOUT_US:
        raise Undeliverable(f"refused with {status}")
    raise MessengerUnavailable(f"answered {status}")


def _body(letter: Letter) -> dict[str, Any]:
    guest = letter.guest
    return {
        "key": letter.key,
        "kind": letter.kind,
        "venue": {"id": letter.venue.id, "name": letter.venue.name},
        "guest": {
            "user_id": guest.user_id,
            "name": guest.name,
            "phone": guest.phone,
            "email": guest.email,
            "language": guest.language,
        },
        "channel": letter.channel,
        "subject": letter.subject,
        "text": letter.text,
        "asks": letter.asks,
        "booking": {"code": shown_code(BookingCode(letter.code)), "link": letter.link}
        if letter.code
        else None,
    }
