"""Pings from the booking store: something has changed there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from infrastructure.http.parts import PartsHere
from infrastructure.http.problems import Problem

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.post("/airtable", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
async def airtable(
    request: Request,
    parts: PartsHere,
    x_airtable_content_mac: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """A ping says only that there is something to read, so a stranger's would cost a request at most;
    it is refused all the same. The signature is over the raw bytes."""
    if parts.hear_ping is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no_webhook", "No booking store sends pings here.")
    if not await parts.hear_ping(await request.body(), x_airtable_content_mac):
        raise Problem(HTTPStatus.UNAUTHORIZED, "bad_signature", "The signature does not fit.")
    # Airtable counts only an empty answer as delivered.
    return Response(status_code=HTTPStatus.NO_CONTENT)
