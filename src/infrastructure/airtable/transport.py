"""One request on one of a few threads, by pyairtable, which blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from pyairtable import Api
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

from application.ports.clock import Clock
from infrastructure.airtable.errors import AirtableAway, failure_of, translated

AIRTABLE = "https://api.airtable.com"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and what it is called in the figures."""

    kind: str
    method: str
    path: str
    """Below `/v0/`, with ids that hold no slash."""
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    options: Mapping[str, Any] | None = None
    """Those of a list, as pyairtable names them: it moves them from a long URL into the body."""
    may_be_empty: bool = False


class TooLate(Exception):
    """No thread was quick enough to use the turn; nothing was sent."""


class Transport:
    """At most `threads` requests at once; the others wait for a thread."""

    def __init__(
        self,
        *,
        token: str,
        endpoint_url: str | None,
        threads: int,
        clock: Clock,
        connect_timeout_s: float,
        read_timeout_s: float,
    ) -> None:
        # Checked here, because an error about the header would quote it.
        if not token or not all("!" <= sign <= "~" for sign in token):
            raise ValueError("the Airtable token holds a space or sign that no token has")
        self._api = Api(
            token,
            endpoint_url=endpoint_url or AIRTABLE,
            timeout=(connect_timeout_s, read_timeout_s),  # type: ignore[arg-type] # passed on as it is
            # Its retries would send a write again that was carried out.
            retry_strategy=None,
        )
        _set_up(self._api.session, token, threads)
        self._clock = clock
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="airtable")

    async def send(self, call: Call, *, before_s: float | None = None) -> Any:
        """The answer's JSON; None only where it may be empty.

        With `before_s`, by the clock's monotonic time: only if a thread comes to it by then.

        Raises: AirtableAway, AirtableRefused, TooLate.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._send, call, before_s)

    async def aclose(self) -> None:
        """Ends when the requests under way have ended."""
        await asyncio.to_thread(self._threads.shutdown)
        self._api.session.close()

    def _send(self, call: Call, before_s: float | None) -> Any:
        if before_s is not None and self._clock.monotonic() > before_s:
            raise TooLate
        url = self._api.build_url(*call.path.split("/"))
        with translated():
            answer = self._api.request(
                call.method,
                url,
                fallback=None if call.options is None else ("POST", f"{url}/listRecords"),
                options=dict(call.options or {}),
                params=dict(call.params),
                json=call.json,
            )
        if answer is None and not call.may_be_empty:
            raise AirtableAway("broken_answer", ambiguous=True)
        return answer


def _set_up(session: Session, token: str, threads: int) -> None:
    """Make one session fit for several threads: nothing in it changes from here on."""

    def sign(request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    # With an `auth` of its own a session does not look for another one in ~/.netrc.
    session.auth = sign
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=threads)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.hooks["response"].append(_refuse_failures)


def _refuse_failures(response: Response, **_: Any) -> None:
    """Before pyairtable looks at it, which does not know every shape of an error's body, and before
    a redirect would turn a write into a read.

    Raises: AirtableAway, AirtableRefused.
    """
    if not 200 <= response.status_code < 300:
        raise failure_of(response)
