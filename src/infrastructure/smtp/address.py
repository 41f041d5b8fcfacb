"""The mail server as one URL: `smtp://user:password@host:587`, `smtps://…`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465}
_QUESTIONS = {"starttls": {"on": True, "off": False}}


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    """The connection is encrypted from its first byte."""
    starttls: bool = False
    """It becomes encrypted before anything is said, or nothing is said."""


def read_mail_server(url: str) -> MailServer:
    """`smtp` begins in the clear and then insists on STARTTLS, but for a server on this very machine;
    `?starttls=off` and `?starttls=on` say otherwise. `smtps` is encrypted from the beginning.

    Raises: ValueError, without the URL in its text: it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        asked = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        raise ValueError("the mail server's URL cannot be read") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("the mail server's URL is smtp://… or smtps://… with a host")
    if not asked.keys() <= _QUESTIONS.keys():
        raise ValueError("the mail server's URL has a query that means nothing here")
    tls = parts.scheme == "smtps"
    starttls = not tls and not _is_this_machine(parts.hostname)
    if "starttls" in asked:
        word = asked["starttls"][-1]
        if tls or word not in _QUESTIONS["starttls"]:
            raise ValueError("starttls is on or off, and only for smtp://")
        starttls = _QUESTIONS["starttls"][word]
    return MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=starttls,
    )


def _is_this_machine(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
