"""Near values: never one that may have changed since it was read."""

from __future__ import annotations

from application.ports.cache import Namespace
from infrastructure.caching.lifetimes import Lifetime
from infrastructure.caching.near import Kept, Near
from infrastructure.caching.tier import Entry

PLACE: Namespace[str] = Namespace("place", ttl_s=100, shortest_s=50, longest_s=400)


def kept(value: str) -> Kept:
    return Kept(Entry(value, 0.0, 10.0, 0.0), Lifetime(PLACE), until=10.0)


def near(size: int = 10) -> Near:
    cache = Near(size=size)
    cache.trust(is_true=True)
    return cache


def test_what_was_read_is_kept() -> None:
    cache = near()
    cache.keep("k", cache.begin("k"), kept("a"))
    assert cache.kept["k"].value == "a"


def test_what_changed_while_it_was_read_is_not_kept() -> None:
    cache = near()
    token = cache.begin("k")
    cache.drop("k")
    cache.keep("k", token, kept("old"))
    assert not cache.kept


def test_what_was_flushed_while_it_was_read_is_not_kept() -> None:
    cache = near()
    token = cache.begin("k")
    cache.drop_all()
    cache.keep("k", token, kept("old"))
    assert not cache.kept


def test_an_earlier_reader_cannot_put_its_value_over_that_of_a_later_one() -> None:
    cache = near()
    early = cache.begin("k")
    late = cache.begin("k")
    cache.keep("k", late, kept("new"))
    cache.keep("k", early, kept("old"))
    assert cache.kept["k"].value == "new"


def test_nothing_is_kept_while_no_news_arrive_nor_what_was_read_before_they_did() -> None:
    cache = Near(size=10)
    cache.keep("k", cache.begin("k"), kept("a"))
    token = cache.begin("k")
    cache.trust(is_true=True)
    cache.keep("k", token, kept("a"))
    assert not cache.kept
    cache.keep("k", cache.begin("k"), kept("a"))
    cache.trust(is_true=False)
    assert not cache.kept


def test_it_is_bounded_and_spares_what_is_used() -> None:
    cache = near(size=3)
    for name in "abc":
        cache.keep(name, cache.begin(name), kept(name))
    cache.kept["a"].was_used = True
    cache.keep("d", cache.begin("d"), kept("d"))
    assert set(cache.kept) == {"a", "c", "d"}
    for name in "efg":
        cache.keep(name, cache.begin(name), kept(name))
    assert len(cache.kept) == 3
    assert "a" not in cache.kept, "spared once"


def test_readers_leave_no_trace() -> None:
    cache = near()
    for key in ("a", "a", "b"):
        cache.end(key, cache.begin(key))
    assert not cache._reading
