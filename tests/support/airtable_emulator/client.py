"""For tests: an emulator in a process of its own, and the hands of staff, clock and faults.

with start_emulator() as emulator:
    api = Api(emulator.token, endpoint_url=emulator.url, retry_strategy=None)
    emulator.control.staff("create", table="Bookings", fields={"Name": "Laura"})
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.support.airtable_emulator.ids import TEST_BASE, TEST_TOKEN

_CHECKOUT = Path(__file__).resolve().parents[3]


class ControlError(Exception):
    """The control API did not understand."""


class Control:
    """Everything under `/_control`. Blocking; each call takes a millisecond or two."""

    def __init__(self, url: str, base: str = TEST_BASE) -> None:
        self.base = base
        # Loopback is not reached through whatever proxy this machine is set up with.
        self._http = httpx.Client(base_url=f"{url}/_control/", timeout=30, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def reset(self) -> None:
        """An empty base, the first token, no faults, no latency, the limits of the start."""
        self._post("reset")

    # Staff

    def staff(self, deed: str, /, base: str | None = None, **given: Any) -> dict[str, Any]:
        """See `staff.Staff` for the deeds: create, update, type, duplicate, delete, rename_field …"""
        return self._post(f"staff/{base or self.base}/{deed}", given)

    def create(self, table: str, fields: Mapping[str, Any]) -> str:
        """Staff add a row; returns its id."""
        return str(self.staff("create", table=table, fields=fields)["id"])

    def update(self, table: str, record: str, fields: Mapping[str, Any]) -> None:
        self.staff("update", table=table, record=record, fields=fields)

    def type(
        self,
        table: str,
        field: str,
        text: str,
        *,
        record: str | None = None,
        interval_s: float = 0.0,
    ) -> str:
        """Staff type a cell key by key, each of which is saved; returns the row's id."""
        typed = self.staff(
            "type", table=table, record=record, field=field, text=text, interval_s=interval_s
        )
        return str(typed["id"])

    def duplicate(self, table: str, record: str, fields: Mapping[str, Any]) -> str:
        """Staff copy a row and change these cells; returns the copy's id."""
        return str(self.staff("duplicate", table=table, record=record, fields=fields)["id"])

    def delete(self, table: str, *records: str) -> None:
        self.staff("delete", table=table, records=records)

    # Time, limits, faults

    def now(self) -> str:
        return str(self._get("clock")["now"])

    def advance(self, seconds: float) -> None:
        self._post("clock", {"advance_s": seconds})

    def set_clock(self, instant: str) -> None:
        """An ISO instant with its offset."""
        self._post("clock", {"set": instant})

    def freeze(self, frozen: bool = True) -> None:
        self._post("clock", {"freeze": frozen})

    def limits(self, **limits: Any) -> None:
        """`mode` (strict, soft, off), `per_base`, `per_user`, `penalty_s`, `monthly`, `plural_body`,
        `retry_after`; what is not named stays. The windows start empty."""
        self._call("PATCH", "limits", limits)

    def latency(self, median_s: float, *, sigma: float = 0.4, seed: int = 0) -> None:
        self._call("PATCH", "latency", {"median_s": median_s, "sigma": sigma, "seed": seed})

    def faults(self, *, seed: int = 0, rates: Mapping[str, float], **plan: float) -> None:
        """By rate from now on; `slow_s`, `stale_s`, `late_s` and `retry_after_s` say how much."""
        self._call("PUT", "faults", {"seed": seed, "rates": dict(rates), **plan})

    def next_fault(self, fault: str, **script: Any) -> None:
        """The next request that fits: `times`, `skip`, `method`, `path` (a regular expression)."""
        self._post("faults/next", {"faults": [{"fault": fault, **script}]})

    def no_faults(self) -> None:
        self._call("DELETE", "faults")

    def fault_hits(self) -> dict[str, int]:
        return dict(self._get("faults")["hits"])

    def cursor_life(self, seconds: float) -> None:
        self._call("PATCH", "cursors", {"life_s": seconds})

    def kill_cursors(self) -> None:
        self._post("cursors/kill")

    def webhook_settings(self, **settings: Any) -> None:
        """`most_records_per_payload`, `ping_delay_s`, `ping_timeout_s`."""
        self._call("PATCH", "webhooks", settings)

    # Access

    def create_base(self, name: str) -> str:
        return str(self._post("bases", {"name": name})["id"])

    def put_token(self, token: str, **given: Any) -> None:
        """`user`, `scopes`, `bases` (None for all) and `role`; what is not named stays."""
        self._call("PUT", f"tokens/{token}", given)

    def revoke_token(self, token: str = TEST_TOKEN) -> None:
        self._call("DELETE", f"tokens/{token}")

    # Truth

    def records(self, table: str, base: str | None = None) -> list[dict[str, Any]]:
        """Every row as it is now, with `source` (who made it) and `number`."""
        return list(self._get(f"truth/{base or self.base}/{quote(table, safe='')}")["records"])

    def schema(self, base: str | None = None) -> dict[str, Any]:
        return self._get(f"schema/{base or self.base}")

    def check(self, base: str | None = None, **rules: Any) -> dict[str, Any]:
        """See `invariants.Rules`; the report's `ok` says it in one word."""
        return self._post(f"check/{base or self.base}", rules)

    def requests(self) -> dict[str, Any]:
        """`total`, `by_status`, `by_kind`, `by_base`, `cpu_ms_per_request` and the `last` ones."""
        return self._get("requests")

    def reset_requests(self) -> None:
        self._post("requests/reset")

    def dump(self) -> bytes:
        return self._http.get("state").content

    def load(self, state: bytes) -> None:
        self._checked(self._http.put("state", content=state))

    def _get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path)

    def _post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._call("POST", path, body or {})

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        return self._checked(self._http.request(method, path, json=body))

    def _checked(self, response: httpx.Response) -> dict[str, Any]:
        answer: dict[str, Any] = response.json()
        if response.status_code != 200:
            raise ControlError(answer["error"])
        return answer


@dataclass(frozen=True)
class RunningEmulator:
    url: str
    control: Control
    process: subprocess.Popen[str]
    token: str = TEST_TOKEN
    base: str = TEST_BASE


@contextmanager
def start_emulator(**options: Any) -> Iterator[RunningEmulator]:
    """An emulator on a free port; it ends with this process too, also when that is killed.

    Options are those of the command, with underscores: `soft=True`, `latency=0.3`, `state=path`.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.airtable_emulator", *_arguments(options)],
        cwd=_CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the emulator did not start, status {process.wait()}")
    url = line.split()[-1]
    control = Control(url)
    try:
        yield RunningEmulator(url, control, process)
    finally:
        control.close()
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


def _arguments(options: Mapping[str, Any]) -> list[str]:
    arguments = ["--until-stdin-closes"]
    for name, value in {"port": 0, **options}.items():
        if value is not False and value is not None:
            arguments.append(f"--{name.replace('_', '-')}")
            arguments += [] if value is True else [str(value)]
    return arguments
