"""Matching what guests call things with what the venue calls them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from domain.venue import ResourceId, ServiceId, Venue

# Below this two words are different words; "limpiesa" for "limpieza" is 0.88.
_CLOSE = 0.8


def fold(text: str) -> str:
    """Lower case without accents and with single spaces: how names are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def closest_service(venue: Venue, said: str) -> ServiceId | None:
    """The service a guest's words name, or None where they name none."""
    names: dict[str, tuple[str, ...]] = {
        service.id: (service.id, *service.names.values(), *_flat(service.aliases))
        for service in venue.services
    }
    found = _closest(said, names)
    return None if found is None else ServiceId(found)


def closest_resource(venue: Venue, said: str) -> ResourceId | None:
    """The practitioner or table a guest names, or None where there is none of that name.

    One word of a name is enough ("la doctora Vargas") as long as it is nobody else's too.
    """
    names: dict[str, tuple[str, ...]] = {
        resource.id: (resource.id, resource.name) for resource in venue.resources
    }
    found = _closest(said, names) or _only_one_sharing_a_word(said, names)
    return None if found is None else ResourceId(found)


def _only_one_sharing_a_word(said: str, names: Mapping[str, Iterable[str]]) -> str | None:
    words = _telling_words(said)
    sharing = {key for key, group in names.items() if words & _telling_words(" ".join(group))}
    return sharing.pop() if len(sharing) == 1 else None


def _telling_words(text: str) -> frozenset[str]:
    """The words of a name without titles and particles, which everybody shares."""
    words = fold(text).replace(".", " ").split()
    return frozenset(word for word in words if len(word) > 3 and word not in _TITLES)


_TITLES = frozenset({"doctor", "doctora", "mesa", "table", "with", "dentista", "dentist"})


def _flat(aliases: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    return (alias for group in aliases.values() for alias in group)


def _closest(said: str, names: Mapping[str, Iterable[str]]) -> str | None:
    words = fold(said)
    if not words:
        return None
    folded = [(fold(name), key) for key, group in names.items() for name in group]
    exact = [key for name, key in folded if name == words]
    if exact:
        return exact[0]
    contained = [
        (len(name), key)
        for name, key in folded
        if _is_part(name, words) or (len(words) > 2 and _is_part(words, name))
    ]
    if contained:
        return max(contained)[1]
    scored = [(difflib.SequenceMatcher(None, words, name).ratio(), key) for name, key in folded]
    best, key = max(scored, default=(0.0, ""))
    return key if best >= _CLOSE else None


def _is_part(part: str, whole: str) -> bool:
    """Whether all words of `part` stand in `whole`, in order and side by side."""
    return f" {part} " in f" {whole} "
