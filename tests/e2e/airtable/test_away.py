"""While Airtable is away: nothing is refused, nothing is called confirmed, and nothing is lost."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from tests.e2e.airtable.conftest import OpenSite
from tests.support.airtable_site import LIVE, AirtableSite, Answer, evening, plain, until, utc

pytestmark = pytest.mark.slow

PHONE = "+34604000001"
AWAY = {"error_503_before": 1.0}


def _open(open_site: OpenSite, **settings: str) -> AirtableSite:
    site = open_site(STORE_DEADLINE_S="0.5", **settings)
    site.start()
    until(lambda: "store.read" in site.log())
    return site


def _goes_away(site: AirtableSite) -> None:
    site.grid.control.faults(rates=AWAY)


def _is_received(answer: Answer) -> None:
    assert answer["status"] == "received", answer
    assert "recibid" in answer["response"].lower()
    assert "confirmada" not in answer["response"].replace("no está confirmada", "").replace(
        "no la tengo confirmada", ""
    )


def test_a_booking_is_received_with_its_code_and_confirmed_in_a_later_turn(
    open_site: OpenSite,
) -> None:
    site = _open(open_site)
    guest = site.guest(PHONE)
    guest.asks_for(evening(4))
    _goes_away(site)
    received = guest.says("sí")
    _is_received(received)
    code = received["booking"]["code"]
    assert code in received["response"]
    assert not site.grid.has(code)
    in_between = guest.says("¿tenéis aparcamiento?")["response"]
    assert "está confirmada" not in in_between.replace("no está confirmada", "")

    site.grid.control.no_faults()
    until(lambda: site.grid.has(code) and site.booking(code)["status"] == "confirmed")
    told = guest.says("gracias")["response"]
    assert "confirmada" in told
    assert code in told
    assert site.grid.row(code)["Estado"] == "Confirmada"


def test_a_move_and_a_cancellation_are_received_too(open_site: OpenSite) -> None:
    site = _open(open_site)
    mover, leaver = site.guest(PHONE), site.guest("+34604000002")
    moved, left = mover.books(evening(4)), leaver.books(evening(4))
    mover.says("cámbiala a las diez de la noche, por favor")
    leaver.says("quiero cancelar mi reserva")
    _goes_away(site)
    assert "recibid" in mover.says("sí")["response"].lower()
    assert "recibid" in leaver.says("sí")["response"].lower()
    assert site.grid.row(moved)["Inicio"] == utc(evening(4))
    assert site.grid.row(left)["Estado"] == "Confirmada"

    site.grid.control.no_faults()
    until(lambda: site.grid.row(moved)["Inicio"] == utc(evening(4) + timedelta(hours=1)))
    until(lambda: site.grid.row(left)["Estado"] == "Cancelada")
    until(lambda: site.booking(moved)["status"] == "confirmed")
    assert "confirmada" in mover.says("gracias")["response"]
    assert "cancelada" in leaver.says("gracias")["response"]


def test_what_was_received_survives_the_death_of_the_server(open_site: OpenSite) -> None:
    site = _open(open_site)
    guest = site.guest(PHONE)
    guest.asks_for(evening(4))
    _goes_away(site)
    code = guest.says("sí")["booking"]["code"]
    site.kill()
    site.grid.control.no_faults()
    site.start()
    until(lambda: site.grid.has(code) and site.booking(code)["status"] == "confirmed")
    assert "confirmada" in guest.says("gracias")["response"]
    assert len(site.grid.rows()) == 1


def test_staff_who_take_the_place_meanwhile_have_it_and_the_guest_hears(
    open_site: OpenSite,
) -> None:
    site = _open(open_site)
    guest = site.guest(PHONE)
    guest.asks_for(evening(4), 12)
    _goes_away(site)
    received = guest.says("sí")
    _is_received(received)
    code = received["booking"]["code"]
    taken = [site.grid.writes(evening(4), each, Personas=2) for each in ("T9", "T10", "T11", "T12")]
    site.grid.control.no_faults()
    until(lambda: site.booking(code)["status"] == "cancelled")
    site.grid.adopted(*taken)
    (conflict,) = site.conflicts(code)
    assert conflict["kind"] == "not_confirmed"
    assert conflict["draft"]
    assert "no he podido confirmar" in guest.says("hola")["response"]
    assert not site.conflicts(code)
    until(lambda: {row["id"] for row in site.grid.rows() if row["Estado"] in LIVE} == set(taken))


def test_past_the_age_that_is_allowed_nobody_is_kept_waiting(open_site: OpenSite) -> None:
    site = open_site(STORE_DEADLINE_S="20", MAX_SHEET_AGE_S="1")
    site.start()
    until(lambda: "store.read" in site.log())
    _goes_away(site)
    site.grid.writes(evening(8), "T7")  # a ping, and with it a look that fails
    until(lambda: "store.unreachable" in site.log())
    guest = site.guest(PHONE)
    until(lambda: site.get("/health/ready")["dependencies"]["airtable"]["status"] != "ok")
    time.sleep(1.1)  # until what is known is older than it may be
    offered = guest.asks_for(evening(5))
    assert offered["receipt"]["availability"]["age_s"] > 1
    assert offered["offers"], "it still offers"
    answer = guest.says("sí")
    _is_received(answer)
    assert answer["receipt"]["latency_ms"] < 10_000, "the deadline of 20 s was not waited for"
    site.grid.control.no_faults()
    until(lambda: site.grid.has(plain(answer["booking"]["code"])))
