"""Routes whose bodies are strict JSON and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from email.message import Message
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from infrastructure.http.problems import Problem
from infrastructure.http.strict_json import NotStrictJson, loads


class _StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return loads(await self.body())
        except NotStrictJson as error:
            raise Problem(HTTPStatus.BAD_REQUEST, "invalid_json", f"Bad JSON: {error}.") from error


class StrictRoute(APIRoute):
    """Reads bodies with `strict_json`, and only those that say they are JSON.

    A form on a stranger's page can send any body but not that content type without asking first,
    which keeps other sites from talking to a server that is open to its own machine.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            if self.body_field is not None and not _says_json(request):
                raise Problem(
                    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                    "not_json",
                    "Send the body with Content-Type: application/json.",
                )
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly


def _says_json(request: Request) -> bool:
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )
