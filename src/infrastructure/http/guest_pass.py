"""What our own chat page shows instead of an API key, so that guests need none.

Whoever can open the page gets a pass; it opens the chat alone, and there only for guests whom the
page itself has named (`web-` and 96 random bits). So a pass speaks for nobody else: not for a guest of
another channel, whose id may be their phone number. It is signed, never stored, and ends by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials

from application.access import Scope
from application.ports.clock import Clock
from infrastructure.http.auth import API_KEY, BEARER, needs
from infrastructure.http.problems import Problem

LIFETIME_S = 24 * 3600

_PURPOSE = b"guest pass\x00"
_OF_THE_PAGE = re.compile(r"web-[0-9a-f]{24}")


class GuestPasses:
    """Makes passes and knows its own."""

    def __init__(self, key: bytes, *, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def issue(self) -> str:
        ends = str(int(self._clock.now().timestamp()) + LIFETIME_S)
        return f"{ends}.{self._mac(ends)}"

    def is_valid(self, given: str) -> bool:
        ends, _, mac = given.partition(".")
        genuine = hmac.compare_digest(mac.encode(), self._mac(ends).encode())
        return genuine and self._clock.now().timestamp() < int(ends)

    def _mac(self, ends: str) -> str:
        return hmac.new(self._key, _PURPOSE + ends.encode(), hashlib.sha256).hexdigest()


_check_key = needs(Scope.GUEST)


async def needs_pass_or_key(
    request: Request,
    api_key: Annotated[str | None, Depends(API_KEY)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    x_guest_pass: Annotated[str, Header(max_length=200, include_in_schema=False)] = "",
) -> bool:
    """Lets our page and callers with a key through. True: only a pass was shown.

    Raises: Problem 401, 403.
    """
    if not api_key and not bearer and request.app.state.parts.passes.is_valid(x_guest_pass):
        return True
    await _check_key(request, api_key, bearer)
    return False


ByPass = Annotated[bool, Depends(needs_pass_or_key)]


def check_guest(user_id: str, *, by_pass: bool) -> None:
    """Raises: Problem 403 where a pass would speak for somebody whom the page has not named."""
    if by_pass and not _OF_THE_PAGE.fullmatch(user_id):
        raise Problem(
            HTTPStatus.FORBIDDEN, "wrong_guest", "A page's pass speaks for that page's guests only."
        )
