"""Requests and responses as the emulator's parts see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.errors import ApiError

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Request:
    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The path's parts, decoded one by one: a table's name may hold a slash."""
        return tuple(unquote(part) for part in self.raw_path.strip("/").split("/"))

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """Names and values in the order given; a name may come several times."""
        return parse_qsl(self.raw_query, keep_blank_values=True)

    @property
    def url_length(self) -> int:
        host = self.headers.get("host", "")
        return len("http://") + len(host) + len(self.raw_path) + 1 + len(self.raw_query)

    def json(self) -> dict[str, Any]:
        """Raises: ApiError where the body is no JSON object."""
        try:
            value = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise errors.unparseable() from error
        if not isinstance(value, dict):
            raise errors.invalid_request("the body is not an object")
        return value


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, orjson.dumps(value), {"content-type": JSON})


def refusal(error: ApiError) -> Response:
    headers = {"content-type": JSON}
    if error.reason:
        headers["x-emulator-reason"] = error.reason.encode("ascii", "backslashreplace").decode()
    if error.retry_after_s is not None:
        headers["retry-after"] = str(error.retry_after_s)
    return Response(error.status, orjson.dumps(error.body()), headers)


def html(status: int, title: str) -> Response:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Response(status, page.encode(), {"content-type": "text/html"})


def only(body: Mapping[str, Any], *allowed: str) -> None:
    """Refuse keys that nobody documented: a mistyped one must not pass unseen."""
    for key in body:
        if key not in allowed:
            raise errors.invalid_request(f'unknown key "{key}"')
