"""A mail server, and a ledger on which processes of their own send what follows a booking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.mail import Inbox, mail_server
from tests.support.night_watch import Watch, night_watch

OpenWatch = Callable[..., Watch]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as inbox:
        yield inbox


@pytest.fixture
def open_watch(tmp_path: Path, inbox: Inbox) -> Iterator[OpenWatch]:
    with ExitStack() as stack:

        def open_one(start: datetime, *, venue: str = "restaurant") -> Watch:
            return stack.enter_context(
                night_watch(tmp_path, start=start, venue=venue, mail_port=inbox.port)
            )

        yield open_one
