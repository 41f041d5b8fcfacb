"""Sends e-mail. Each message has a connection of its own: a house sends a few hundred a day."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import aiosmtplib

from application.ports.clock import Clock
from application.ports.messenger import Letter, MessengerUnavailable, Undeliverable
from infrastructure.smtp.address import read_mail_server
from infrastructure.smtp.letters import as_email, read_address

TIMEOUT_S = 20.0
"""For each answer of the server."""
DEADLINE_S = 60.0
"""For a whole message; well below the sender's lease."""


class SmtpMessenger:
    """`url` as `read_mail_server` reads it; `sender` is the address letters come from."""

    name = "email"
    can_be_answered = False
    """Answers go to the house's own mailbox, which nobody here reads."""

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        clock: Clock,
        tls_context: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Raises: ValueError. `tls_context`: whose certificates count, where not the usual ones."""
        self._server = read_mail_server(url)
        self._sender = read_address(sender)
        self._clock = clock
        self._tls_context = tls_context
        self._timeout_s = timeout_s

    def reaches(self, letter: Letter) -> bool:
        return bool(letter.guest.email)

    async def send(self, letter: Letter) -> None:
        """Raises: MessengerUnavailable, Undeliverable."""
        email = as_email(letter, sender=self._sender, now=self._clock.now())
        with _translated():
            async with asyncio.timeout(DEADLINE_S):
                await self._hand_over(email)

    async def _hand_over(self, email: EmailMessage) -> None:
        server = self._server
        await aiosmtplib.send(
            email,
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.tls,
            start_tls=server.starttls,
            tls_context=self._tls_context,
            timeout=self._timeout_s,
        )


@contextmanager
def _translated() -> Iterator[None]:
    """The vendor's errors as the port's.

    What the server says about the recipient or the message is final where it says so (5xx). What it
    says about us (name, password, sender) is a matter of the settings: those may be put right, and the
    guest has done nothing wrong.
    """
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _refused(min(each.code for each in error.recipients)) from error
    except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
        raise _refused(error.code) from error
    except aiosmtplib.SMTPResponseException as error:
        raise MessengerUnavailable(f"{type(error).__name__} {error.code}") from error
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        # ValueError: the vendor's, for a command that cannot be made of what it was given.
        raise MessengerUnavailable(type(error).__name__) from error


def _refused(code: int) -> Exception:
    if 500 <= code < 600:
        return Undeliverable(f"refused with {code}")
    return MessengerUnavailable(f"put off with {code}")
