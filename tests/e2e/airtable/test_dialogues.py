"""Booking, moving and cancelling in words, judged by the rows of the base."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.support.airtable_site import AirtableSite, evening, plain, until, utc

SMALL = "+34602000001"


def test_what_is_called_confirmed_moved_and_cancelled_is_so_in_the_base(
    shared_site: AirtableSite,
) -> None:
    guest, grid = shared_site.guest(SMALL), shared_site.grid
    start = evening(2)
    offered = guest.asks_for(start)
    assert [datetime.fromisoformat(each["start"]) for each in offered["offers"]] == [start]
    assert not grid.rows(), "an offer is no row"

    booked = guest.says("sí")
    assert (booked["status"], booked["action"]) == ("confirmed", "schedule_appointment")
    (row,) = grid.rows()
    assert row["Código"] == plain(booked["booking"]["code"])
    assert (row["Inicio"], row["Personas"]) == (utc(start), 4)
    assert (row["Estado"], row["Teléfono"], row["Nombre"]) == ("Confirmada", SMALL, "Laura Gil")
    assert grid.keys_of(row) == tuple(booked["booking"]["resources"])

    guest.says("cámbiala a las diez de la noche, por favor")
    moved = guest.says("sí")
    assert (moved["status"], moved["action"]) == ("moved", "reschedule_appointment")
    (row,) = grid.rows()
    assert row["Inicio"] == utc(start + timedelta(hours=1))
    assert row["Estado"] == "Confirmada"

    guest.says("quiero cancelar mi reserva")
    cancelled = guest.says("sí")
    assert (cancelled["status"], cancelled["action"]) == ("cancelled", "cancel_appointment")
    (row,) = grid.rows()
    assert row["Estado"] == "Cancelada"


def test_an_answer_says_how_old_its_knowledge_of_the_base_is(shared_site: AirtableSite) -> None:
    receipt = shared_site.guest("+34602000002").asks_for(evening(3))["receipt"]
    assert 0 <= receipt["availability"]["age_s"] < 60


def test_a_question_about_free_tables_costs_no_request(shared_site: AirtableSite) -> None:
    guest, control = shared_site.guest("+34602000003"), shared_site.grid.control
    guest.asks_for(evening(4))

    def rows_read_and_written() -> list[int]:
        done = control.requests()["by_kind"]
        return [done.get(f"{verb} /{{base}}/{{table}}", 0) for verb in ("POST", "PATCH", "GET")]

    def ten_questions_cost_nothing() -> bool:
        before = rows_read_and_written()
        for days in range(5, 15):
            assert shared_site.starts(evening(days).date(), 4)
        return rows_read_and_written() == before

    # What earlier guests have done may be on its way to the base still: then once more.
    until(ten_questions_cost_nothing)
