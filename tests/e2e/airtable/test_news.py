"""How the house hears of staff's edits: by signed pings, by looking, and after everything was lost."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.airtable.conftest import OpenSite
from tests.support.airtable_site import AirtableSite, evening, until

PINGS = "/webhooks/airtable"


def _cancelled_by_staff(site: AirtableSite, phone: str) -> str:
    code = site.guest(phone).books(evening(4))
    site.grid.changes(str(site.grid.row(code)["id"]), Estado="Cancelada")
    return code


def _webhooks(site: AirtableSite) -> int:
    kinds = site.grid.control.requests()["by_kind"]
    return int(kinds.get("POST /bases/{base}/webhooks", 0))


def test_a_ping_brings_an_edit_long_before_the_next_look(open_site: OpenSite) -> None:
    site = open_site()
    site.start()  # looks every 25 s only
    until(lambda: "store.read" in site.log())
    code = _cancelled_by_staff(site, "+34603000001")
    until(lambda: site.booking(code)["status"] == "cancelled", within_s=15)
    assert _webhooks(site) == 1


def test_a_ping_that_nobody_signed_is_refused(open_site: OpenSite) -> None:
    site = open_site()
    site.start()
    until(lambda: _webhooks(site))
    body = {"base": {"id": "appTEST0000000001"}, "webhook": {"id": "ach00000000000000"}}
    assert site.post(PINGS, body).status_code == httpx.codes.UNAUTHORIZED
    headers = {"X-Airtable-Content-MAC": "hmac-sha256=" + "0" * 64}
    assert site.post(PINGS, body, headers=headers).status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.slow
def test_a_house_without_a_public_address_looks_for_itself(open_site: OpenSite) -> None:
    site = open_site()
    site.start(pinged=False)  # looks every 5 s
    code = _cancelled_by_staff(site, "+34603000002")
    until(lambda: site.booking(code)["status"] == "cancelled")
    assert "ha cancelado" in site.guest("+34603000002").says("hola")["response"]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_an_edit_whose_ping_is_lost_is_found_at_the_next_look(open_site: OpenSite) -> None:
    site = open_site()
    site.start()
    until(lambda: "store.read" in site.log())
    site.grid.control.faults(rates={"ping_lost": 1.0})
    code = _cancelled_by_staff(site, "+34603000003")
    until(lambda: site.booking(code)["status"] == "cancelled", within_s=90)
    assert site.grid.control.fault_hits()["ping_lost"] >= 1


@pytest.mark.slow
def test_what_staff_did_while_no_server_ran_is_applied_at_the_start(open_site: OpenSite) -> None:
    site = open_site()
    site.start()
    code = site.guest("+34603000004").books(evening(4))
    site.kill()
    site.grid.control.delete("Reservas", str(site.grid.row(code)["id"]))
    typed = site.grid.writes(evening(5), "T7")
    site.start()
    until(lambda: site.booking(code)["status"] == "cancelled")
    site.grid.adopted(typed)
    assert "ha cancelado" in site.guest("+34603000004").says("hola")["response"]
