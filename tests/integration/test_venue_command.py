"""`anfitrion venue new`: what is typed becomes a house that the loader takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.hours import open_minutes
from domain.venue import ResourceKind, ServiceId, VenueKind
from infrastructure.cli.app import build
from infrastructure.venues.loader import load_venues
from main import _Program

MONDAY = date(2026, 11, 23)
USUAL = ""


def typed(folder: Path, *answers: str) -> Result:
    arguments = ["venue", "new", "--to", str(folder)]
    return CliRunner().invoke(build(_Program()), arguments, input="\n".join(answers) + "\n")


def restaurant(
    *, name: str = "Casa Ñandú", hours: tuple[str, ...] = (USUAL, "mon", USUAL, USUAL)
) -> tuple[str, ...]:
    house = (USUAL, name, USUAL, USUAL, USUAL, USUAL, USUAL, "+34910123456", "Calle: «Mayor» 1")
    return (*house, *hours, "2x2, 1x6", "10")


def test_a_restaurant_is_written_as_the_loader_reads_it(tmp_path: Path) -> None:
    shown = typed(tmp_path, *restaurant())
    assert shown.exit_code == 0, shown.output
    assert str(tmp_path / "casa-nandu.yaml") in shown.output
    (house,) = load_venues(tmp_path)
    assert (house.id, house.name, house.kind) == ("casa-nandu", "Casa Ñandú", VenueKind.RESTAURANT)
    assert [each.max_covers for each in house.resources] == [2, 2, 6]
    assert (house.policy.max_party, house.contact.address) == (10, "Calle: «Mayor» 1")
    assert open_minutes(house, MONDAY) == ((20 * 60, 24 * 60),)


def test_a_clinic_is_written_as_the_loader_reads_it(tmp_path: Path) -> None:
    answers = ("clinic", "Sonrisas", USUAL, "America/La_Paz", "es", "bo", "bob", USUAL, USUAL)
    shown = typed(
        tmp_path, *answers, USUAL, USUAL, "revisión 30, empaste 50", "Dra. Rojas, Dr. Quispe", "2"
    )
    assert shown.exit_code == 0, shown.output
    (house,) = load_venues(tmp_path)
    kinds = [each.kind for each in house.resources]
    assert kinds.count(ResourceKind.PRACTITIONER) == kinds.count(ResourceKind.ROOM) == 2
    assert {each.id for each in house.services} == {"revision", "empaste"}
    assert house.service(ServiceId("empaste")).needs == (
        ResourceKind.PRACTITIONER,
        ResourceKind.ROOM,
    )
    assert (house.country, house.currency, house.zone.key) == ("BO", "BOB", "America/La_Paz")


@pytest.mark.parametrize(
    ("place", "wrong", "hint"),
    [
        (0, "shop", "one of restaurant, clinic"),
        (2, "Casa Ñandú", "small letters"),
        (3, "Madrid", "Europe/Madrid"),
        (4, "spanish language", "codes such as"),
        (5, "Spain", "2 letters"),
        (9, "from one to four", "13:00-16:00"),
        (10, "someday", "days such as"),
        (13, "many", "six tables for two"),
        (14, "0", "a number from 1 to 99"),
    ],
)
def test_an_answer_that_makes_no_sense_is_asked_for_again(
    tmp_path: Path, place: int, wrong: str, hint: str
) -> None:
    answers = list(restaurant())
    answers.insert(place, wrong)
    shown = typed(tmp_path, *answers)
    assert shown.exit_code == 0, shown.output
    assert hint in shown.output
    assert len(load_venues(tmp_path)) == 1


def test_a_house_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    typed(tmp_path, *restaurant())
    before = (tmp_path / "casa-nandu.yaml").read_text(encoding="utf-8")
    shown = typed(tmp_path, *restaurant(hours=("-", USUAL, USUAL)))
    assert shown.exit_code == 1
    assert "already" in shown.output
    assert (tmp_path / "casa-nandu.yaml").read_text(encoding="utf-8") == before


def test_what_the_loader_refuses_is_not_written(tmp_path: Path) -> None:
    shown = typed(tmp_path, *restaurant(hours=("13:02-16:00", USUAL, USUAL, USUAL)))
    assert shown.exit_code == 1
    assert "13:02" in shown.output
    assert not any(tmp_path.iterdir())


def test_a_restaurant_that_never_opens_is_none(tmp_path: Path) -> None:
    shown = typed(tmp_path, *restaurant(hours=("-", "-")))
    assert shown.exit_code == 1
    assert "needs lunch or dinner" in shown.output
