"""What every `StoreState` promises."""

from __future__ import annotations

import asyncio

import pytest

from application.errors import Fenced
from application.ports.store_state import Document
from tests.support.ledgers import StoreLedger, committers_fence, overtaken_fence

VALUE = {"cursor": 7, "tables": {"Reservas": ["fld1", "fld2"]}, "secret": None, "name": "Café"}


async def test_a_document_is_found_as_it_was_put(store_ledger: StoreLedger) -> None:
    state = store_ledger.store_state
    assert await state.get(name="schema") is None
    assert await state.put(name="schema", value=VALUE) == 1
    assert await state.get(name="schema") == Document(VALUE, 1)


async def test_the_revision_grows_by_one_with_every_change(store_ledger: StoreLedger) -> None:
    state = store_ledger.store_state
    assert await state.revisions() == {}
    for revision in (1, 2, 3):
        assert await state.put(name="schema", value={"at": revision}) == revision
    await state.put(name="feed", value={})
    assert await state.revisions() == {"schema": 3, "feed": 1}
    assert await state.get(name="schema") == Document({"at": 3}, 3)


async def test_revisions_that_are_put_at_once_are_all_counted(store_ledger: StoreLedger) -> None:
    state = store_ledger.store_state
    revisions = await asyncio.gather(*(state.put(name="feed", value={"n": n}) for n in range(8)))
    assert sorted(revisions) == list(range(1, 9))


async def test_a_committer_that_was_overtaken_cannot_put(store_ledger: StoreLedger) -> None:
    state = store_ledger.store_state
    overtaken = await overtaken_fence(store_ledger)
    with pytest.raises(Fenced):
        await state.put(name="feed", value=VALUE, fence=overtaken)
    assert await state.revisions() == {}
    fence = await committers_fence(store_ledger)
    assert await state.put(name="feed", value=VALUE, fence=fence) == 1


async def test_without_any_committer_every_fence_is_refused(store_ledger: StoreLedger) -> None:
    with pytest.raises(Fenced):
        await store_ledger.store_state.put(name="feed", value={}, fence=1)
