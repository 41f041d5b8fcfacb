"""A full reconcile because somebody wants one now: done here, or by the process that has the lease."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

from application.errors import StoreUnavailable
from application.ports.store_state import StoreState
from application.store_keeper import LAST_READING, WANTED, Pass, StoreKeeper

WAIT_S = 300.0
LOOK_EVERY_S = 0.3


async def sync(
    *,
    keeper: StoreKeeper,
    state: StoreState,
    on_window: Callable[[datetime, int], None],
    on_elsewhere: Callable[[], None],
) -> Pass:
    """Read every row from yesterday to the end of the booking window and apply it.

    `on_window` hears of each part; `on_elsewhere` is called where a running server does it instead.

    Raises: StoreUnavailable, also where that server does not get it done.
    """
    found = await keeper.sync(on_window=on_window)
    if found is not None:
        return found
    on_elsewhere()
    token = secrets.token_hex(8)
    await state.put(name=WANTED, value={"token": token})
    try:
        async with asyncio.timeout(WAIT_S):
            return await _done(state, token)
    except TimeoutError:
        raise StoreUnavailable("the running server has not finished the pass") from None


async def _done(state: StoreState, token: str) -> Pass:
    while True:
        document = await state.get(name=LAST_READING)
        if document is not None and document.value.get("token") == token:
            value = document.value
            return Pass(value["rows"], value["edits"], value["gone"])
        await asyncio.sleep(LOOK_EVERY_S)
