"""The way to a guest who is not writing to us at the moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from domain.guest import Guest
from domain.venue import Venue


class MessengerUnavailable(Exception):
    """It could not be sent now, or nobody knows whether it was: try again later."""


class Undeliverable(Exception):
    """It will never be taken: the address does not exist, or nobody may write there."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one guest, ready to be read."""

    key: str
    """The same letter sent again has the same key, so that the other side can tell."""
    kind: str
    """As in `MessageKind`."""
    venue: Venue
    guest: Guest
    channel: str
    subject: str
    text: str
    """Plain text in the guest's language."""
    code: str = ""
    """Of the booking it is about."""
    link: str = ""
    """The booking's page; empty where we do not know our own address."""
    calendar: bytes = b""
    """An iCalendar file; empty where there is nothing for a calendar."""
    asks: bool = False
    card: Mapping[str, Any] | None = None
    """What a page shows beside the words: see `Post.card`."""


class Messenger(Protocol):
    """One way: e-mail, a webhook, WhatsApp, the conversation itself."""

    @property
    def name(self) -> str: ...

    @property
    def can_be_answered(self) -> bool:
        """Whether what the guest answers to it comes back to us as a message in their conversation."""
        ...

    def reaches(self, letter: Letter) -> bool:
        """Whether this guest can be written to in this way at all."""
        ...

    async def send(self, letter: Letter) -> None:
        """Hand it over. Raises: MessengerUnavailable, Undeliverable."""
        ...
