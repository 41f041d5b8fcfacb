"""Decoded values in the process, kept only while news of every change arrive."""

from __future__ import annotations

from infrastructure.caching.lifetimes import Lifetime
from infrastructure.caching.tier import Entry


class Kept:
    """An entry that is near. `until` is monotonic."""

    __slots__ = ("entry", "lifetime", "until", "value", "was_used")

    def __init__(self, entry: Entry, lifetime: Lifetime, until: float) -> None:
        self.entry = entry
        self.value = entry.value
        self.lifetime = lifetime
        self.until = until
        self.was_used = False


class Near:
    """A bounded dictionary of entries.

    A value that is read from far may change while it is on its way. So whoever reads takes a token
    first, and the value is kept only if no news of its key came in between. News that come later
    find the value here and drop it.
    """

    def __init__(self, *, size: int, is_true: bool = False) -> None:
        self._size = size
        self._reading: dict[str, int] = {}
        self._tokens = 0
        self._is_true = is_true
        self.kept: dict[str, Kept] = {}

    @property
    def is_true(self) -> bool:
        """Whether news arrive; where they do not, nothing is kept."""
        return self._is_true

    def begin(self, key: str) -> int:
        """A token for a read of `key` that now begins. Of several readers the last one's counts."""
        self._tokens += 1
        self._reading[key] = self._tokens
        return self._tokens

    def keep(self, key: str, token: int, kept: Kept) -> None:
        """Keep what was read, unless it may have changed since `begin`."""
        if self._reading.get(key) != token or not self._is_true:
            return
        self.kept[key] = kept
        if len(self.kept) > self._size:
            self._make_room()

    def end(self, key: str, token: int) -> None:
        """The read is over, whatever came of it."""
        if self._reading.get(key) == token:
            del self._reading[key]

    def drop(self, key: str) -> None:
        """The key has changed, or will in a moment."""
        self.kept.pop(key, None)
        self._reading.pop(key, None)

    def drop_all(self) -> None:
        self.kept.clear()
        self._reading.clear()

    def trust(self, *, is_true: bool) -> None:
        """From now on news arrive, or no longer do. What was kept before counts in neither case."""
        self._is_true = is_true
        self.drop_all()

    def _make_room(self) -> None:
        """The oldest goes, but one that was used since it came or was last spared is spared once."""
        while True:
            key, kept = next(iter(self.kept.items()))
            del self.kept[key]
            if not kept.was_used:
                return
            kept.was_used = False
            self.kept[key] = kept
