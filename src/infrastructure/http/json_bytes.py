"""JSON out: what handlers answer with, straight to bytes."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response


def as_json(value: Any) -> bytes:
    return orjson.dumps(value)


class Json(Response):
    """An answer whose shape the handler has made itself: nothing is validated a second time."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return as_json(content)
