"""The HTTP application: routes, errors, limits and pages, around what the composition root opens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from application.access import Scope
from infrastructure.http import (
    booking_pages,
    cache,
    chat,
    conflicts,
    conversations,
    health,
    metrics,
    ops_page,
    pages,
    pings,
    posts,
    problems,
    staff,
    staff_page,
    venues,
    waitlist,
)
from infrastructure.http.auth import Gate
from infrastructure.http.guest_pass import GuestPasses
from infrastructure.http.links import BookingLinks
from infrastructure.http.middleware import BodyLimits, OnRequest, RequestEdge
from infrastructure.http.parts import Opened, Parts
from infrastructure.http.post_watch import PostWatch
from infrastructure.http.turns import LiveTurns

MAX_BODY_BYTES = 64 * 1024
"""4,000 characters take 48 KB at most, each of them written as two escapes."""

BODY_TIMEOUT_S = 10.0

DRAIN_S = 20.0
"""How long running turns may take to end when the server stops."""


def create_http(
    open_parts: Callable[[], AbstractAsyncContextManager[Opened]],
    *,
    version: str,
    api_keys: Sequence[tuple[Scope, str]] = (),
    is_loopback: bool = True,
    public_url: str | None = None,
    body_timeout_s: float = BODY_TIMEOUT_S,
    on_request: OnRequest | None = None,
) -> FastAPI:
    """The app. `open_parts` is entered when the server starts and left after the last turn has ended.

    `api_keys` come on top of those in the ledger. `is_loopback`: only this machine can reach the
    server, so that it is open while there is no key at all. `public_url`: where guests reach it, for
    links in what they are told. `on_request` hears of every request.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_parts() as opened:
            turns = LiveTurns(opened.conversation)
            days = staff_page.watch(
                reservations=opened.reservations,
                conflicts=opened.conflicts,
                messages=opened.messages,
                waitlist=opened.waitlist,
                front_desk=opened.front_desk,
                posts=opened.posts,
            )
            post_watch = None if opened.posts is None else PostWatch(opened.posts)

            def end_streams() -> None:
                days.close()
                if post_watch is not None:
                    post_watch.close()

            app.state.end_streams = end_streams
            app.state.parts = Parts(
                reservations=opened.reservations,
                turns=turns,
                gate=Gate(
                    fixed=api_keys,
                    keys=opened.keys,
                    clock=opened.clock,
                    open_if_unkeyed=is_loopback,
                ),
                clock=opened.clock,
                links=BookingLinks(opened.links_key, public_url=public_url),
                passes=GuestPasses(opened.links_key, clock=opened.clock),
                probes=opened.probes,
                days=days,
                conflicts=opened.conflicts,
                hear_ping=opened.hear_ping,
                cache=opened.cache,
                figures=opened.figures,
                ops=opened.ops,
                conversations=opened.conversations,
                posts=opened.posts,
                post_watch=post_watch,
                messages=opened.messages,
                waitlist=opened.waitlist,
                front_desk=opened.front_desk,
            )
            try:
                yield
            finally:
                await turns.drain(DRAIN_S)

    app = FastAPI(
        title="anfitrion",
        version=version,
        summary="A reservation engine that guests talk to in their own words.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses={
            "default": {
                "description": "What went wrong (RFC 9457)",
                "content": {
                    problems.MEDIA_TYPE: {"schema": problems.ProblemDocument.model_json_schema()}
                },
            }
        },
    )
    problems.install(app)
    for part in (
        chat,
        posts,
        booking_pages,
        venues,
        staff,
        staff_page,
        conflicts,
        conversations,
        waitlist,
        pings,
        health,
        cache,
        metrics,
    ):
        app.include_router(part.router)
    pages.install(app)
    ops_page.install(app)
    app.add_middleware(BodyLimits, max_bytes=MAX_BODY_BYTES, timeout_s=body_timeout_s)
    app.add_middleware(RequestEdge, on_request=on_request)
    return app
