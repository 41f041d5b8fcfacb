"""A letter as an e-mail (RFC 5322): words, and the booking as a calendar file beside them.

Nothing that a guest has typed can add a header: control characters are taken out of every value, and
the standard library refuses what would still break a line.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from application.ports.messages import MessageKind
from application.ports.messenger import Letter, Undeliverable

MAX_NAME = 80
MAX_SUBJECT = 150
MAX_ADDRESS = 254  # RFC 5321 § 4.5.3.1.3, less the angle brackets

_SPACES = re.compile(r"\s+")
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\r?$", re.MULTILINE)


def as_email(letter: Letter, *, sender: str, now: datetime) -> EmailMessage:
    """`sender`: the house's address. The same letter is the same message: its Message-ID is made of
    its key.

    Raises: Undeliverable where the guest's address is none.
    """
    own = read_address(sender)
    email = EmailMessage(policy=SMTP)
    email["From"] = Address(display_name=_one_line(letter.venue.name, MAX_NAME), addr_spec=own)
    email["To"] = Address(
        display_name=_one_line(letter.guest.name, MAX_NAME), addr_spec=_guests_address(letter)
    )
    if letter.venue.contact.email:
        # Not checked when a house is set up: a mistake there shall not keep anybody uninformed.
        with suppress(ValueError):
            email["Reply-To"] = read_address(letter.venue.contact.email)
    email["Subject"] = _one_line(letter.subject, MAX_SUBJECT)
    email["Date"] = format_datetime(now)
    email["Message-ID"] = message_id(letter.key, sender=own)
    if letter.kind != MessageKind.STAFF:
        # No machine shall answer this one (RFC 3834).
        email["Auto-Submitted"] = "auto-generated"
    email.set_content(_readable(letter.text), charset="utf-8", cte="quoted-printable")
    if letter.calendar:
        method = _METHOD.search(letter.calendar)
        email.add_attachment(
            letter.calendar.decode(),
            subtype="calendar",
            charset="utf-8",
            cte="base64",
            filename="booking.ics",
            params={} if method is None else {"method": method[1].decode()},
        )
    return email


def message_id(key: str, *, sender: str) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def read_address(text: str) -> str:
    """An address that can stand in a header, its domain in ASCII; before the @ only ASCII is taken,
    because hardly any server takes more. Raises: ValueError."""
    local, _, domain = text.strip().rpartition("@")
    try:
        address = Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, MessageError):
        raise ValueError("not an e-mail address") from None
    if not address.username or len(address.addr_spec) > MAX_ADDRESS:
        raise ValueError("not an e-mail address")
    return address.addr_spec


def _guests_address(letter: Letter) -> str:
    try:
        return read_address(letter.guest.email)
    except ValueError as error:
        raise Undeliverable("not an e-mail address") from error


def _one_line(text: str, limit: int) -> str:
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return _SPACES.sub(" ", shown).strip()[:limit]


def _readable(text: str) -> str:
    """Without control characters but for ends of lines and tabs."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept) + "\n"
