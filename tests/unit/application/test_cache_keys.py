"""Keys: one for each different thing, none for a person, and nothing that runs into the next part."""

from __future__ import annotations

import re
from datetime import date
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.cache_keys import (
    NAMESPACES,
    PREFIX,
    SHEETS,
    answer_key,
    everything_of,
    rate_key,
    sheet_key,
    venue_key,
)
from domain.venue import VenueId

DAY = date(2026, 11, 28)
PHONE = "+59170123456"

texts = st.text(max_size=12)
hard = st.sampled_from(["", ":", "a:b", "*", "?", "[a]", "a", "b", "%3A", "/", "-", "_", "ñ", "1"])
parts = hard | texts
hashes = st.text("0123456789abcdef", min_size=16, max_size=32)
revisions = st.dictionaries(st.integers(0, 99), st.integers(0, 99), max_size=3)

sheets = st.tuples(
    st.just("sheet"), parts, st.dates(), st.tuples(st.integers(), st.integers()), revisions
)
venues = st.tuples(st.just("venue"), parts, parts)
answers = st.tuples(
    st.just("answer"),
    parts,
    parts,
    st.text("abc ", max_size=8),
    parts,
    st.sampled_from(["guest", "staff"]),
)
rates = st.tuples(st.just("rate"), parts, parts, hashes)


def key_of(thing: tuple[object, ...]) -> str | None:
    match thing:
        case (
            "sheet",
            str(venue),
            date() as day,
            (int(first), int(end)),
            dict(counted),
        ):
            return sheet_key(VenueId(venue), day, window=(first, end), revisions=counted)
        case ("venue", str(venue), str(version)):
            return venue_key(VenueId(venue), version=version)
        case ("answer", str(venue), str(language), str(question), str(version), who):
            return answer_key(
                VenueId(venue),
                language=language,
                question=question,
                version=version,
                guest_class="staff" if who == "staff" else "guest",
            )
        case ("rate", str(venue), str(what), str(guest)):
            return rate_key(VenueId(venue), what=what, guest_hash=guest)
    raise AssertionError(thing)


def meaning(thing: tuple[object, ...]) -> tuple[object, ...]:
    """What of it makes a difference: questions count without double spaces."""
    if thing[0] == "answer":
        return (*thing[:3], " ".join(str(thing[3]).split()), *thing[4:])
    return thing


any_thing = sheets | venues | answers | rates


@given(any_thing, any_thing)
def test_different_things_have_different_keys(
    one: tuple[object, ...], two: tuple[object, ...]
) -> None:
    if meaning(one) == meaning(two):
        assert key_of(one) == key_of(two)
    else:
        assert key_of(one) != key_of(two)


@given(any_thing)
def test_a_key_is_its_prefix_venue_and_namespace_and_no_pattern(thing: tuple[object, ...]) -> None:
    key = key_of(thing)
    assert key is not None
    assert key.startswith(PREFIX)
    _venue, namespace = key.removeprefix(PREFIX).split(":")[:2]
    assert namespace == thing[0]
    assert not re.search(r"[*?\[\]\\\s]", key)
    assert fnmatchcase(key, everything_of(VenueId(str(thing[1]))))
    assert not fnmatchcase(key, everything_of(VenueId(str(thing[1]) + "x")))


@given(st.text(max_size=40))
def test_no_key_shows_what_a_guest_wrote(question: str) -> None:
    key = answer_key(
        VenueId("v"), language="es", question=question, version="7", guest_class="guest"
    )
    if key is not None:
        assert re.fullmatch(re.escape(PREFIX) + "v:answer:es:guest:7:[0-9a-f]{32}", key)


@pytest.mark.parametrize(
    "question",
    [
        f"¿me llamáis al {PHONE}?",
        "escribid a laura@example.com",
        "soy ⟨NAME1⟩, ¿hay parking?",
        "mi código es 7012-3456",
        "600 12 34 56",
    ],
)
def test_a_question_with_something_personal_has_no_key(question: str) -> None:
    key = answer_key(
        VenueId("v"), language="es", question=question, version="1", guest_class="guest"
    )
    assert key is None


def test_the_same_question_in_other_clothes_has_the_same_key() -> None:
    keys = {
        answer_key(VenueId("v"), language="es", question=asked, version="1", guest_class="guest")
        for asked in ("¿Tenéis parking?", "teneis  PARKING", "¿¿tenéis parking??")
    }
    assert len(keys) == 1
    staff = answer_key(
        VenueId("v"), language="es", question="tenéis parking", version="1", guest_class="staff"
    )
    elsewhere = answer_key(
        VenueId("w"), language="es", question="tenéis parking", version="1", guest_class="guest"
    )
    assert not keys & {staff, elsewhere}


@pytest.mark.parametrize("guest", [PHONE, PHONE.strip("+"), "ana", "", "g" * 16])
def test_a_guest_is_never_named_but_by_a_hash(guest: str) -> None:
    with pytest.raises(ValueError, match="hash"):
        rate_key(VenueId("v"), what="chat", guest_hash=guest)


def test_a_sheet_has_another_key_after_every_change_of_its_days() -> None:
    def key(counted: dict[int, int]) -> str:
        return sheet_key(VenueId("v"), DAY, window=(0, 9), revisions=counted)

    assert key({1: 2, 2: 0}) == key({2: 0, 1: 2})
    assert len({key({1: 2, 2: 0}), key({1: 2, 2: 1}), key({1: 3, 2: 0})}) == 3


def test_every_namespace_has_its_own_name() -> None:
    names = [each.name for each in NAMESPACES]
    assert len(set(names)) == len(names)
    assert everything_of(VenueId("v"), SHEETS) == f"{PREFIX}v:sheet:*"
