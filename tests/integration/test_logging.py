"""Log lines: one form for all, guests under a keyed hash, no frame's variables."""

from __future__ import annotations

import io
import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from infrastructure.logging import configure, keyed_hash, log_key


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    yield
    structlog.configure(**ours)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_our_lines_and_the_libraries_have_one_form() -> None:
    stream = io.StringIO()
    configure("json", stream=stream)
    structlog.get_logger().info("booking.confirmed", party_size=4)
    logging.getLogger("somebody").warning("watch %s", "out")
    logging.getLogger("httpx").info("GET https://example.org/?phone=600111222")
    ours, theirs = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (ours["event"], ours["level"], ours["party_size"]) == ("booking.confirmed", "info", 4)
    assert (theirs["event"], theirs["level"]) == ("watch out", "warning")
    assert ours["timestamp"].endswith("Z")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_variables(log_format: str) -> None:
    stream = io.StringIO()
    configure("json" if log_format == "json" else "console", stream=stream)
    try:
        name = "".join(["Lau", "ra"])
        raise KeyError(len(name))
    except KeyError:
        structlog.get_logger().exception("turn.failed")
    assert "KeyError" in stream.getvalue()
    assert "Laura" not in stream.getvalue()


def test_a_guest_has_one_name_in_the_logs_and_another_elsewhere(tmp_path: Path) -> None:
    here = keyed_hash(log_key(tmp_path / "data" / "log.key"))
    again = keyed_hash(log_key(tmp_path / "data" / "log.key"))
    elsewhere = keyed_hash(log_key(tmp_path / "other" / "log.key"))
    assert here("+34600111222") == again("+34600111222")
    assert here("+34600111222") != elsewhere("+34600111222")
    assert here("+34600111222") != here("+34600111223")
    assert stat.S_IMODE((tmp_path / "data" / "log.key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["log.key"]
