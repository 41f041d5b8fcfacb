"""Which refused wishes count, under which hour, and when a guest counts as lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from application.demand import KEPT, Demand, VenueDemand
from application.ports.turn_observer import CompletedTurn
from domain.availability import RefusalCode, Wish
from domain.dialogue import Search, SearchDone
from tests.fakes.clock import StillClock
from tests.support.house import sample_venues

FRIDAY = date(2026, 11, 27)
AT_NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)
"""21:00 on the house's clock."""


class Talk:
    def __init__(self) -> None:
        self.clock = StillClock()
        self.demand = Demand(clock=self.clock)
        self.venue = next(venue for venue in sample_venues() if venue.id == "la-terraza")

    def refused(
        self,
        conversation: str,
        code: RefusalCode | None = RefusalCode.NO_RESOURCE,
        wished: datetime | None = AT_NINE,
        wish: Wish | None = None,
    ) -> None:
        wish = wish or Wish(FRIDAY, covers=4, earliest=1260, latest=1260, target=1260)
        search = Search((wish,), exact=wished is not None)
        found = SearchDone((), code, wished, FRIDAY)
        self.demand.searched(conversation, self.venue, search, found)

    def goes_on(self, conversation: str, status: str = "offering") -> None:
        self.demand.completed(CompletedTurn(conversation, self.clock.now(), status, 0.1, (), ()))

    def told(self) -> VenueDemand:
        return self.demand.by_venue()[self.venue.id]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_a_refused_wish_counts_under_the_hour_of_the_houses_clock(talk: Talk) -> None:
    talk.refused("a")
    talk.refused("b", RefusalCode.PACING)
    (hour,) = talk.told().hours
    assert (hour.hour, hour.reasons) == (21, {"no_resource": 1, "pacing": 1})


def test_who_asks_for_the_same_again_counts_once(talk: Talk) -> None:
    talk.refused("a")
    talk.refused("a")
    assert talk.told().refused == 1


@pytest.mark.parametrize("code", [None, RefusalCode.PAST, RefusalCode.OFF_GRID])
def test_nobody_was_turned_away_by_a_slip_or_by_success(
    talk: Talk, code: RefusalCode | None
) -> None:
    talk.refused("a", code)
    assert talk.demand.by_venue() == {}


def test_who_took_something_else_was_saved(talk: Talk) -> None:
    talk.refused("a")
    talk.goes_on("a", "confirmed")
    talk.clock.move(3600)
    assert (talk.told().saved, talk.told().lost) == (1, 0)


def test_a_guest_is_lost_after_a_quarter_of_an_hours_silence(talk: Talk) -> None:
    talk.refused("a")
    talk.clock.move(14 * 60)
    talk.goes_on("a")
    talk.clock.move(15 * 60)
    assert (talk.told().open, talk.told().lost) == (1, 0)
    talk.clock.move(1)
    assert (talk.told().open, talk.told().lost, talk.told().covers_lost) == (0, 1, 4)
    assert talk.told().hours[0].lost == 1


def test_some_hours_count_under_the_best_of_them_and_a_whole_day_under_none(talk: Talk) -> None:
    some_hours = Wish(FRIDAY, covers=2, earliest=1200, latest=1320, target=1230)
    whole_day = Wish(FRIDAY, covers=2, earliest=780, latest=1470, target=1260)
    after_midnight = Wish(FRIDAY, covers=2, earliest=1455, latest=1455, target=1455)
    talk.refused("a", wished=None, wish=whole_day)
    talk.refused("b", wished=None, wish=after_midnight)
    talk.refused("c", wished=None, wish=some_hours)
    assert [each.hour for each in talk.told().hours] == [20, 0, None]


def test_after_a_week_it_is_forgotten(talk: Talk) -> None:
    talk.refused("a")
    talk.clock.move((KEPT - timedelta(minutes=1)).total_seconds())
    talk.refused("b")
    assert talk.told().refused == 2
    talk.clock.move(120)
    talk.refused("c")
    assert talk.told().refused == 2
    talk.goes_on("a", "confirmed")
    assert talk.told().saved == 0
