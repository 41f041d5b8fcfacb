"""litellm on httpx, so that respx sees its traffic."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import respx

from infrastructure.litellm.model import LiteLLMModel

BASE = "https://provider.test/v1"
ADDRESS = f"{BASE}/chat/completions"


@pytest.fixture(scope="session")
def ready() -> LiteLLMModel:
    """litellm imported: everything that needs it imported comes after."""
    return LiteLLMModel("openai/gpt-4o", api_key="sk-test", api_base=BASE)


@pytest.fixture
async def wire(ready: LiteLLMModel, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[respx.Route]:
    import litellm

    monkeypatch.setattr(litellm, "disable_aiohttp_transport", True)
    await ready.aclose()
    with respx.mock(assert_all_called=False) as router:
        yield router.post(ADDRESS)
    await ready.aclose()


@pytest.fixture
def exceptions(ready: LiteLLMModel) -> dict[str, type[Exception]]:
    """Every exception class that litellm defines."""
    from litellm import exceptions as module

    return {
        name: each
        for name, each in vars(module).items()
        if isinstance(each, type)
        and issubclass(each, Exception)
        and each.__module__ == module.__name__
    }


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    """What litellm leaves open is collected here, and not in the middle of somebody else's test."""
    yield
    gc.collect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """litellm keeps connections of its own that nobody can close, and the collector complains."""
    mark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(mark)
