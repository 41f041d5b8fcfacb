"""Chat completions over one long-lived connection pool."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import orjson

from application.errors import ModelUnavailable
from application.ports.language_model import Completion, Prompt, Usage
from application.ports.model_figures import ModelFigures
from infrastructure.chat_completions import best_format, is_about_format, request_of

_ADDRESSES = {"openai": "https://api.openai.com/v1", "deepseek": "https://api.deepseek.com"}
_EXTRAS: Mapping[str, Mapping[str, Any]] = {
    "openai": {},
    "deepseek": {"thinking": {"type": "disabled"}},
}
"""DeepSeek's newer models think before they answer unless told not to."""
_DIFFERENT = ("openai/o1", "openai/o3", "openai/o4", "openai/gpt-5")
"""Models that take other parameters; litellm knows them."""
_MAX_CONNECTIONS = 100
"""To one provider at once; more guests than that wait for a free one instead of for a new one."""
_STATUS_REASONS = {401: "unconfigured", 403: "unconfigured", 404: "unconfigured", 408: "timeout",
                   429: "rate_limited", 504: "timeout"}  # fmt: skip


def can_serve(name: str) -> bool:
    """Whether this adapter speaks to a model of this litellm name."""
    return name.partition("/")[0] in _ADDRESSES and not name.startswith(_DIFFERENT)


class OpenAICompatibleModel:
    """One model by its litellm name, of OpenAI, DeepSeek or a server that speaks like them."""

    def __init__(
        self,
        name: str,
        *,
        api_key: str | None,
        figures: ModelFigures,
        reads_schemas: bool,
        api_base: str | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        if not can_serve(name):
            raise ValueError(f"{name} is not a model this adapter can serve")
        provider, _, model = name.partition("/")
        self.name = name
        self.figures = figures
        self._url = f"{(api_base or _ADDRESSES[provider]).rstrip('/')}/chat/completions"
        self._headers = {
            "Authorization": f"Bearer {api_key or ''}",
            "Content-Type": "application/json",
        }
        self._fixed = {"model": model, **_EXTRAS[provider]}
        self._format = best_format(name, reads_schemas=reads_schemas)
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def complete(self, prompt: Prompt) -> Completion:
        async with self._answer(prompt) as response:
            with _translated():
                answer = orjson.loads(await response.read())
                message = answer["choices"][0]["message"]
                return Completion(message.get("content") or "", self._usage(answer.get("usage")))

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Usage]:
        usage = Usage(self.name)
        finished = False
        begun = False
        async with self._answer(prompt, stream=True) as response:
            events = _events(response)
            while True:
                with _translated(after_first=begun):
                    event = await anext(events, None)
                    if event is None:
                        break
                    text, ended = _delta(event)
                    usage = self._usage(event["usage"]) if event.get("usage") else usage
                finished = finished or ended
                if text:
                    begun = True
                    yield text
        if not (begun and finished):
            raise ModelUnavailable("cut_stream" if begun else "server_error")
        yield usage

    @asynccontextmanager
    async def _answer(
        self, prompt: Prompt, *, stream: bool = False
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The provider's answer; once in the life of a model asked for in a plainer format."""
        while True:
            response = await self._post(prompt, stream=stream)
            try:
                if response.status == 200:
                    yield response
                    return
                refusal = await _text_of(response)
            finally:
                response.release()
            plainer = self._format.plainer
            if not (
                response.status == 400 and prompt.schema and plainer and is_about_format(refusal)
            ):
                raise _failure(response)
            self._format = plainer

    async def _post(self, prompt: Prompt, *, stream: bool) -> aiohttp.ClientResponse:
        request = {**self._fixed, **request_of(prompt, self._format)}
        if stream:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
        with _translated():
            return await self._pool().post(
                self._url, data=orjson.dumps(request), headers=self._headers
            )

    def _pool(self) -> aiohttp.ClientSession:
        """Opened on the first call, because it belongs to the loop that runs then."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_MAX_CONNECTIONS, keepalive_timeout=60),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=self._timeout_s, sock_read=self._timeout_s
                ),
            )
        return self._session

    def _usage(self, usage: Mapping[str, Any] | None) -> Usage:
        if not usage:
            return Usage(self.name)
        details = usage.get("prompt_tokens_details") or {}
        cached = details.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or 0
        tokens_in, tokens_out = usage["prompt_tokens"], usage["completion_tokens"]
        return Usage(
            self.name,
            tokens_in=tokens_in,
            tokens_cached=cached,
            tokens_out=tokens_out,
            cost_usd=self.figures.price_usd(
                tokens_in=tokens_in, tokens_cached=cached, tokens_out=tokens_out
            ),
        )


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """The JSON objects of a stream of server-sent events, up to `[DONE]`."""
    async for line in response.content:
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            return
        yield orjson.loads(data)


def _delta(event: Mapping[str, Any]) -> tuple[str, bool]:
    """What a piece says, and whether it is the last one; what a model thinks is left out."""
    text, ended = "", False
    for choice in event.get("choices", ()):
        text += (choice.get("delta") or {}).get("content") or ""
        ended = ended or choice.get("finish_reason") is not None
    return text, ended


async def _text_of(response: aiohttp.ClientResponse) -> str:
    with _translated():
        return (await response.content.read(4096)).decode(errors="replace")


def _failure(response: aiohttp.ClientResponse) -> ModelUnavailable:
    status = response.status
    reason = _STATUS_REASONS.get(status, "server_error" if status >= 500 else "refused")
    return ModelUnavailable(reason, retry_after_s=_retry_after(response.headers))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by a Retry-After header; its other form, a date, is not used by providers."""
    try:
        return max(float(headers.get("retry-after", "")), 0.0)
    except ValueError:
        return None


@contextmanager
def _translated(*, after_first: bool = False) -> Iterator[None]:
    """aiohttp's errors, and answers that are no completions, in the program's own words.

    Raises: ModelUnavailable; once a first piece has been given out, as a cut stream.
    """
    try:
        yield
    except TimeoutError as error:
        raise ModelUnavailable("cut_stream" if after_first else "timeout") from error
    except (aiohttp.ClientError, OSError) as error:
        raise ModelUnavailable("cut_stream" if after_first else "connection") from error
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise ModelUnavailable("cut_stream" if after_first else "server_error") from error
