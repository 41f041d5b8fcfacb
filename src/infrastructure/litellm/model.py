"""Any model that litellm knows, as a LanguageModel.

litellm does much beside the call: it reports, logs, retries, prices, caches. Here it only translates
between providers; everything else is switched off, or done by the layers of `resilience`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import AsyncIterator
from functools import lru_cache
from types import ModuleType
from typing import Any

from application.errors import ModelUnavailable
from application.ports.language_model import Completion, Prompt, Usage
from infrastructure.chat_completions import best_format, is_about_format, request_of
from infrastructure.litellm.errors import translated
from infrastructure.litellm.figures import Figures

_MAX_CONNECTIONS = 100
"""To one provider at once; more guests than that wait for a free one instead of for a new one."""
_NO_REASONING = {"reasoning_effort": "none"}


@lru_cache(maxsize=1)
def _litellm() -> ModuleType:
    """litellm, imported once and made quiet. Its settings are read from the environment at import."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ.setdefault("AIOHTTP_CONNECTOR_LIMIT", str(_MAX_CONNECTIONS))
    os.environ.setdefault("AIOHTTP_CONNECTOR_LIMIT_PER_HOST", str(_MAX_CONNECTIONS))
    os.environ.setdefault("LITELLM_LOG", "ERROR")
    with warnings.catch_warnings():
        # What its own models warn of is nothing that an operator could act on. They are built when
        # first used; here, so that the first guest does not wait for it.
        warnings.simplefilter("ignore")
        import litellm
        from litellm.types import utils

        utils.ModelResponse()
        utils.ModelResponseStream()

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.disable_streaming_logging = True
    # With it, a refusal is answered by a second request without the parameter, behind our back.
    litellm.drop_params = False
    litellm.success_callback = []
    litellm.failure_callback = []
    litellm.callbacks = []
    return litellm


class LiteLLMModel:
    """One model by its litellm name (`openai/gpt-4o`)."""

    def __init__(
        self,
        name: str,
        *,
        api_key: str | None = None,
        api_base: str | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        self.name = name
        self.figures = Figures(name)
        self._litellm = _litellm()
        self._format = best_format(name, reads_schemas=self.figures.facts.reads_schemas)
        self._fixed: dict[str, Any] = {
            "model": name,
            "api_key": api_key,
            "api_base": api_base,
            "timeout": timeout_s,
            "max_retries": 0,
            "num_retries": 0,
            "no-log": True,
        }
        self._supported = {
            *self._litellm.get_supported_openai_params(model=name),
            "messages",
        }

    async def aclose(self) -> None:
        """Closes the connections, which litellm keeps for all its models together."""
        from litellm.llms.custom_httpx.async_client_cleanup import close_litellm_async_clients

        await close_litellm_async_clients()  # type: ignore[no-untyped-call]
        self._litellm.in_memory_llm_clients_cache.flush_cache()

    async def complete(self, prompt: Prompt) -> Completion:
        response = await self._call(prompt)
        return Completion(_text(response.choices[0].message), self._usage(response.usage))

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Usage]:
        usage = Usage(self.name)
        begun = finished = False
        pieces = await self._call(prompt, stream=True, stream_options={"include_usage": True})
        while True:
            with translated(after_first=begun):
                piece = await anext(pieces, None)
            if piece is None:
                break
            if getattr(piece, "usage", None) is not None:
                usage = self._usage(piece.usage)
            for choice in piece.choices:
                finished = finished or bool(choice.finish_reason)
                if text := _text(choice.delta):
                    begun = True
                    yield text
        if not (begun and finished):
            raise ModelUnavailable("cut_stream" if begun else "server_error")
        yield usage

    async def _call(self, prompt: Prompt, **more: Any) -> Any:
        """One request; once in the life of a model a second one, with a plainer format of answer."""
        while True:
            try:
                with translated():
                    return await self._litellm.acompletion(**self._request(prompt), **more)
            except ModelUnavailable as error:
                plainer = self._format.plainer
                if (
                    plainer is None
                    or not prompt.schema
                    or not is_about_format(str(error.__cause__))
                ):
                    raise
                self._format = plainer

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        """What the model takes of what we would say; litellm refuses the rest before it is sent."""
        wanted = request_of(prompt, self._format)
        if self.name.startswith("deepseek/"):
            wanted |= _NO_REASONING
        return self._fixed | {key: value for key, value in wanted.items() if key in self._supported}

    def _usage(self, usage: Any) -> Usage:
        details = getattr(usage, "prompt_tokens_details", None)
        cached = getattr(details, "cached_tokens", None) or 0
        return Usage(
            self.name,
            tokens_in=usage.prompt_tokens,
            tokens_cached=cached,
            tokens_out=usage.completion_tokens,
            cost_usd=self.figures.price_usd(
                tokens_in=usage.prompt_tokens,
                tokens_cached=cached,
                tokens_out=usage.completion_tokens,
            ),
        )


def _text(message: Any) -> str:
    """What is said; what a reasoning model thinks (`reasoning_content`) is never shown."""
    return getattr(message, "content", None) or ""
