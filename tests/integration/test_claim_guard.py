"""The claim check against drafts that somebody else wrote: what a tool said, what a model made of it."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from application.claims import Claim, ClaimCheck, Entry, Facts, Standing
from application.wording import split_sentences

CASES = Path(__file__).parents[3] / "shared" / "eval" / "robustness" / "claim_guard.jsonl"

OWN_CASES = Path(__file__).with_name("claim_drafts.jsonl")
"""This project's own, in the same form; each batch was written before it was measured."""

_BOOKED = frozenset({Claim.BOOKED, Claim.EXISTS, Claim.DONE, Claim.AWAITED})
_RECEIVED = frozenset({Claim.RECEIVED, Claim.EXISTS, Claim.FOLLOW_UP})
_STANDINGS = {
    "confirmed": (Standing.BOOKED, _BOOKED),
    "pending_confirmation": (Standing.RECEIVED, _RECEIVED),
    "pending": (Standing.RECEIVED, _RECEIVED),
    "received": (Standing.RECEIVED, _RECEIVED),
    "cancelled": (Standing.CANCELLED, frozenset({Claim.CANCELLED, Claim.EXISTS, Claim.DONE})),
}
_UNSETTLED = (Standing.RECEIVED, frozenset({Claim.EXISTS}))


def facts_of_state(state: dict[str, Any], language: str) -> Facts:
    """The facts of a case: what the tool said stands, nothing else does."""
    entries: list[Entry] = []
    claims: set[Claim] = set()
    lengths: set[int] = set()
    tool, result = str(state.get("tool")), state.get("result")
    for booking in (state.get("booking"), *state.get("bookings", ())):
        if booking:
            standing, true = _STANDINGS.get(booking.get("status", "confirmed"), _UNSETTLED)
            entries.append(_entry(standing, booking))
            claims |= true
    if entries and result == "ok" and tool in ("modify_booking", "move_booking", "reschedule"):
        claims.add(Claim.MOVED)
    hold = state.get("hold")
    if hold:
        entries.append(_entry(Standing.OFFERED, hold))
        claims |= {Claim.HELD, Claim.FREE}
        lengths.add(hold.get("expires_in_s", 0) // 60)
    day = date.fromisoformat(state["date"]) if "date" in state else None
    for time in state.get("available", ()):
        hour, minute = map(int, time.split(":"))
        entries.append(Entry(Standing.OFFERED, day, hour * 60 + minute))
        claims.add(Claim.FREE)
    match result:
        case "conflict":
            claims.add(Claim.FULL)
        case "unknown_timeout":
            claims |= {Claim.FOLLOW_UP, Claim.RECEIVED}
        case "rejected" if "closed" in state.get("reason", ""):
            claims.add(Claim.CLOSED)
        case "rejected":
            claims.add(Claim.FULL)
    if tool == "availability" and not state.get("available"):
        claims.add(Claim.FULL)
    if "waitlist" in tool and result == "ok":
        claims |= {Claim.WAITLISTED, Claim.DONE, Claim.FOLLOW_UP}
    return Facts(
        language=language,
        entries=tuple(entries),
        claims=frozenset(claims),
        days=frozenset() if day is None else frozenset({day}),
        lengths=frozenset(lengths),
        wish_known=False,
    )


def _entry(standing: Standing, booking: dict[str, Any]) -> Entry:
    start = datetime.fromisoformat(booking["start"]) if "start" in booking else None
    return Entry(
        standing,
        start.date() if start else None,
        start.hour * 60 + start.minute if start else None,
        covers=booking.get("party"),
        code=booking.get("code", ""),
    )


def _verdict(case: dict[str, Any]) -> str:
    facts = facts_of_state(case["state"], case["lang"])
    check = ClaimCheck()
    allowed = all(check.check(s, facts).allowed for s in split_sentences(case["draft"]))
    return "allow" if allowed else "block"


def _judged(file: Path) -> tuple[list[str], list[str]]:
    """The ids of false drafts that passed and of true ones that were stopped."""
    if not file.exists():
        pytest.skip("the shared evaluation sets are not beside this checkout")
    cases = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    wrong = [case for case in cases if _verdict(case) != case["verdict"]]
    missed = [case["id"] for case in wrong if case["verdict"] == "block"]
    stopped = [case["id"] for case in wrong if case["verdict"] == "allow"]
    return missed, stopped


def test_at_most_one_false_draft_of_others_passes_and_one_true_one_is_stopped() -> None:
    missed, stopped = _judged(CASES)
    assert len(missed) <= 1, f"passed although false: {missed}"
    assert len(stopped) <= 1, f"stopped although true: {stopped}"


def test_of_our_own_drafts_no_more_are_misjudged_than_were() -> None:
    """265 false and 213 true ones; what is missed are idioms that name no date, time, code or price."""
    missed, stopped = _judged(OWN_CASES)
    assert len(missed) <= 4, f"passed although false: {missed}"
    assert len(stopped) <= 7, f"stopped although true: {stopped}"
