"""Airtable's ids: three letters for the kind of thing and fourteen base-62 characters."""

from __future__ import annotations

import random
import re
import string

_ALPHABET = string.ascii_letters + string.digits
_SHAPE = re.compile(r"[a-z]{3}[A-Za-z0-9]{14}")

TEST_TOKEN = "patTEST"
TEST_BASE = "appTEST0000000001"
API_USER = "usrTEST0000000001"
STAFF_USER = "usrSTAFF000000001"

_random = random.SystemRandom()


def new_id(prefix: str) -> str:
    return prefix + "".join(_random.choices(_ALPHABET, k=14))


def is_id(text: object, prefix: str) -> bool:
    return isinstance(text, str) and text.startswith(prefix) and bool(_SHAPE.fullmatch(text))
