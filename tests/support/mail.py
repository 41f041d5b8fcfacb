"""A mail server to send to: what it was handed, and what it is told to answer."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Inbox:
    """What has arrived. `says` answers the commands it names instead of the server: `RCPT`, `DATA`."""

    says: dict[str, str] = field(default_factory=dict)
    arrived: list[EmailMessage] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    recipients: list[Sequence[str]] = field(default_factory=list)
    port: int = 0

    def mails(self, *, to: str = "") -> list[EmailMessage]:
        return [mail for mail in self.arrived if to in mail["To"]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        if "DATA" in self.says:
            return self.says["DATA"]
        content = envelope.original_content
        assert content is not None
        mail = message_from_bytes(content, policy=POLICY)
        assert isinstance(mail, EmailMessage)
        self.arrived.append(mail)
        self.sessions.append(session)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


@contextmanager
def mail_server(
    inbox: Inbox | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    port: int = 0,
) -> Iterator[Inbox]:
    """A server on this machine, on a thread of its own, for as long as the block lasts."""
    inbox = inbox or Inbox()
    loop = asyncio.new_event_loop()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        right = isinstance(data, LoginPassword) and login is not None
        right = right and (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=right, handled=False)

    talks: list[SMTP] = []

    def protocol() -> SMTP:
        talk = SMTP(
            inbox,
            hostname="mail.test",
            ident="test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            # aiosmtpd warns of passwords in the clear, and a warning is an error here.
            auth_required=login is not None and starttls is not None,
            auth_require_tls=starttls is not None,
            authenticator=authenticate if login else None,
            loop=loop,
        )
        talks.append(talk)
        return talk

    async def listen() -> asyncio.Server:
        return await loop.create_server(protocol, "127.0.0.1", port, ssl=tls)

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:

        async def end() -> None:
            server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for talk in talks:
                if talk.transport is not None:
                    talk.transport.close()
            await asyncio.sleep(0.01)  # a connection is closed in the loop's next rounds

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
