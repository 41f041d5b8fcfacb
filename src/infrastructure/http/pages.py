"""The guest's chat, its widget for a venue's own site, and the interface's documentation.

All of it is files of ours. The chat page carries what it needs to know of the houses, so that it asks
for nothing more before the first message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from domain.venue import Resource, ResourceKind, Venue
from infrastructure.http.json_bytes import Json
from infrastructure.http.parts import PartsHere
from infrastructure.http.texts import LANGUAGES, language_for, texts

PAGES = Path(__file__).parent / "pages"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}"
)
# Nothing on the chat page may make markup out of text, not even by mistake.
_CHAT_POLICY = _POLICY + "; require-trusted-types-for 'script'; trusted-types 'none'"
# Swagger UI writes style attributes.
_DOCS_POLICY = _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

router = APIRouter(include_in_schema=False)


class _Assets(StaticFiles):
    """Files that a browser may keep, and asks about each time whether they are still right."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


@router.get("/")
async def chat_page(
    parts: PartsHere,
    venue: Annotated[str, Query(max_length=64)] = "",
    lang: Annotated[str, Query(max_length=16)] = "",
    widget: bool = False,
    accept_language: Annotated[str, Header()] = "",
) -> HTMLResponse:
    """`venue`: that house alone. `widget`: inside a frame on a page that the house allows."""
    houses = [each for each in parts.reservations.venues if each.id == venue]
    houses = houses or list(parts.reservations.venues)
    spoken = houses[0].languages if len(houses) == 1 else ()
    language = language_for(asked=lang, accepted=accept_language, spoken=spoken)
    said = texts(language, "chat")
    # The other language, for the same house in the same frame.
    turned = f"/?lang={said['language_code']}"
    turned += f"&venue={houses[0].id}" if venue and len(houses) == 1 else ""
    turned += "&widget=true" if widget else ""
    known = {
        "language": language,
        "texts": {each: texts(each, "chat") for each in LANGUAGES},
        "venues": [_known(each) for each in houses],
        "pass": parts.passes.issue(),
        "now": parts.clock.now().isoformat(),
        "widget": widget,
    }
    page = _template("chat.html").substitute(
        {name: escape(text) for name, text in said.items()},
        lang=language,
        heading=escape(houses[0].name if len(houses) == 1 else said["title"]),
        body_class="framed" if widget else "whole",
        turned=escape(turned),
        venues="".join(
            f'<option value="{escape(each.id)}">{escape(each.name)}</option>' for each in houses
        ),
        one_venue="hidden" if len(houses) == 1 else "",
        many_venues="" if len(houses) == 1 else "hidden",
        # A data block, which a browser never runs; only "<" could end it early.
        known=json.dumps(known, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
    )
    ancestors = frame_ancestors(houses) if widget else "'none'"
    return HTMLResponse(
        page,
        headers={
            "Content-Security-Policy": _CHAT_POLICY.format(ancestors=ancestors),
            "Vary": "Accept-Language",
        },
    )


@router.get("/chat/pass")
async def guest_pass(parts: PartsHere) -> Json:
    """A fresh pass for a page that has been open for longer than its own lasts."""
    return Json({"pass": parts.passes.issue()})


@router.get("/widget.js")
async def widget_script() -> Response:
    """The chat as one script tag for any page; whether it opens there is said by the frame's policy."""
    said = {each: texts(each, "widget") for each in LANGUAGES}
    script = (PAGES / "widget.js").read_text(encoding="utf-8")
    return Response(
        script.replace("__TEXTS__", json.dumps(said, ensure_ascii=False)),
        media_type="text/javascript",
        headers={
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


@router.get("/docs")
async def docs_page() -> HTMLResponse:
    docs = (PAGES / "docs.html").read_text(encoding="utf-8")
    policy = _DOCS_POLICY.format(ancestors="'none'")
    return HTMLResponse(docs, headers={"Content-Security-Policy": policy})


def install(app: FastAPI) -> None:
    app.include_router(router)
    app.mount("/assets", _Assets(directory=PAGES / "assets"))
    app.mount("/docs/assets", _Assets(directory=str(files("fastapi_offline") / "static")))


def frame_ancestors(venues: Sequence[Venue]) -> str:
    """The pages that may frame the chat: our own, and those that every house shown in it allows."""
    first, *others = venues
    common = [
        origin
        for origin in first.widget_origins
        if all(origin in venue.widget_origins for venue in others)
    ]
    return " ".join(["'self'", *common])


def place_of(resource: Resource) -> str:
    """What a guest would call the place: the area of a table, the name of a person."""
    if resource.kind is ResourceKind.PRACTITIONER:
        return resource.name
    return resource.area


def _known(venue: Venue) -> Mapping[str, Any]:
    """What the page knows of a house: nothing that a guest may not."""
    policy = venue.policy
    return {
        "id": venue.id,
        "name": venue.name,
        "kind": venue.kind.value,
        "zone": venue.zone.key,
        "map_url": web_address(venue.contact.map_url),
        "places": {each.id: place_of(each) for each in venue.resources if place_of(each)},
        "services": [{"id": each.id, "names": dict(each.names)} for each in venue.services],
        "min_party": policy.min_party,
        "max_party": policy.max_party,
        "days_ahead": policy.booking_window.days,
    }


def web_address(url: str) -> str:
    """An address that a link may lead to: of the web, or none."""
    return url if url.startswith(("https://", "http://")) else ""


@cache
def _template(name: str) -> Template:
    return Template((PAGES / name).read_text(encoding="utf-8"))
