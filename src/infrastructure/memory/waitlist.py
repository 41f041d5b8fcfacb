"""The waitlist in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from domain.venue import VenueId
from domain.waitlist import ON_THE_LIST, WaitlistEntry, WaitlistId, joined_again


class MemoryWaitlist:
    def __init__(self) -> None:
        self._entries: dict[WaitlistId, WaitlistEntry] = {}

    async def join(self, *, entry: WaitlistEntry) -> WaitlistEntry:
        if entry.id in self._entries:
            return self._entries[entry.id]
        wish = _wish(entry)
        for before in await self.listed():
            if _wish(before) == wish and _is_of(before, entry.guest.user_id, entry.guest.phone):
                again = joined_again(before, entry)
                return before if again == before else self._store(again)
        self._entries[entry.id] = entry
        return entry

    async def get(self, *, id: WaitlistId) -> WaitlistEntry | None:
        return self._entries.get(id)

    async def change(self, *, changed: WaitlistEntry) -> WaitlistEntry | None:
        before = self._entries.get(changed.id)
        if before is None or before.version != changed.version:
            return None
        return self._store(replace(changed, venue=before.venue, created_at=before.created_at))

    async def on_day(self, *, venue: VenueId, day: date) -> Sequence[WaitlistEntry]:
        return _longest_waiting(
            each for each in self._entries.values() if (each.venue, each.day) == (venue, day)
        )

    async def listed(self) -> Sequence[WaitlistEntry]:
        return _longest_waiting(
            each for each in self._entries.values() if each.status in ON_THE_LIST
        )

    async def of_guest(
        self, *, venue: VenueId, user_id: str, phone: str
    ) -> Sequence[WaitlistEntry]:
        found = [
            each
            for each in await self.listed()
            if each.venue == venue and _is_of(each, user_id, phone)
        ]
        return sorted(found, key=lambda each: each.day)

    def _store(self, changed: WaitlistEntry) -> WaitlistEntry:
        after = replace(changed, version=changed.version + 1)
        self._entries[after.id] = after
        return after


def _wish(entry: WaitlistEntry) -> tuple[object, ...]:
    return entry.venue, entry.day, entry.covers, entry.service


def _is_of(entry: WaitlistEntry, user_id: str, phone: str) -> bool:
    guest = entry.guest
    return (user_id != "" and guest.user_id == user_id) or (phone != "" and guest.phone == phone)


def _longest_waiting(entries: Iterable[WaitlistEntry]) -> list[WaitlistEntry]:
    return sorted(entries, key=lambda each: (each.created_at, each.id))
