"""A ping is ours only where its signature fits the very bytes that came."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from infrastructure.airtable.pings import verify

SHARED = Path(__file__).parents[4] / "shared" / "eval" / "robustness"
CASES = SHARED / "webhook_signatures.jsonl"


def lines() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_shared_cases_are_judged_as_they_say() -> None:
    secret = lines()[0]["airtable_mac_secret_base64"]
    cases = [each for each in lines()[1:] if each["scheme"] == "airtable"]
    assert cases
    for case in cases:
        judged = verify(base64.b64decode(case["body_b64"]), case["header"], secret)
        assert case["valid"] in (judged, None), case["name"]


SECRET = base64.b64encode(b"a secret of some length").decode()


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("hmac-sha256=ñandú", SECRET),
        ("hmac-sha256=\udcff", SECRET),
        ("", SECRET),
        ("hmac-sha256=", SECRET),
        ("hmac-sha256=" + "0" * 64, "no base64!"),
        ("hmac-sha256=" + "0" * 64, "ñ"),
    ],
)
def test_what_is_no_signature_is_refused_without_an_error(header: str, secret: str) -> None:
    assert not verify(b"{}", header, secret)


def test_nobody_can_sign_with_an_empty_secret() -> None:
    forged = hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    assert not verify(b"{}", f"hmac-sha256={forged}", "")
