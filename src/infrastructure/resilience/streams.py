"""Waiting for the pieces of a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from application.errors import ModelUnavailable
from application.ports.language_model import Usage

Piece = str | Usage


@asynccontextmanager
async def closing(pieces: AsyncIterator[Piece]) -> AsyncIterator[AsyncIterator[Piece]]:
    """Close a stream whatever happens, so that its connection goes back at once."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


async def next_piece(pieces: AsyncIterator[Piece], *, seconds: float, reason: str) -> Piece | None:
    """The next piece, or None at the end.

    Raises: ModelUnavailable with `reason` where it does not come within `seconds`.
    """
    try:
        async with asyncio.timeout(seconds):
            return await anext(pieces, None)
    except TimeoutError as error:
        raise ModelUnavailable(reason) from error
