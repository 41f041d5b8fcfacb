"""The chat page and the interface's documentation: files of ours, nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

_PAGES = Path(__file__).parent / "pages"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# Swagger UI writes style attributes.
_DOCS_POLICY = _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


class _Assets(StaticFiles):
    """Files that a browser may keep, and asks about each time whether they are still right."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def install(app: FastAPI) -> None:
    chat = (_PAGES / "chat.html").read_text(encoding="utf-8")
    docs = (_PAGES / "docs.html").read_text(encoding="utf-8")

    @app.get("/", include_in_schema=False)
    async def chat_page() -> HTMLResponse:
        return HTMLResponse(chat, headers={"Content-Security-Policy": _POLICY})

    @app.get("/docs", include_in_schema=False)
    async def docs_page() -> HTMLResponse:
        return HTMLResponse(docs, headers={"Content-Security-Policy": _DOCS_POLICY})

    app.mount("/assets", _Assets(directory=_PAGES / "assets"))
    app.mount("/docs/assets", _Assets(directory=str(files("fastapi_offline") / "static")))
