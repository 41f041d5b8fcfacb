"""Two model settings, the same guests: played, counted, put side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.venue import Venue
from infrastructure.comparison.figures import figures_of
from infrastructure.comparison.playing import OpenHouse, Played, play
from infrastructure.comparison.report import as_html, as_table
from infrastructure.comparison.scenarios import Scenario, ScenarioError


@dataclass(slots=True)
class Comparison:
    """What was played on each side, in order."""

    scenarios: Sequence[Scenario]
    repeats: int
    settings: tuple[str, str]
    played: dict[str, list[Played]] = field(default_factory=lambda: {"a": [], "b": []})

    @property
    def done(self) -> int:
        return sum(map(len, self.played.values()))

    def as_table(self) -> str:
        return as_table(self.as_json())

    def as_html(self) -> str:
        return as_html(self.as_json())

    @property
    def runs(self) -> int:
        return len(self.scenarios) * self.repeats * len(self.played)

    def as_json(self) -> dict[str, Any]:
        """Everything that the table and the report show, and each scenario's verdicts."""
        return {
            "scenarios": len(self.scenarios),
            "repeats": self.repeats,
            "sides": {
                name: {"setting": setting, **figures_of(self.played[name])}
                for name, setting in zip(self.played, self.settings, strict=True)
            },
            "by_scenario": [self._verdicts(scenario) for scenario in self.scenarios],
        }

    def _verdicts(self, scenario: Scenario) -> dict[str, Any]:
        return {
            "id": scenario.id,
            "goal": scenario.goal,
            "manner": list(scenario.manner),
            **{name: _verdict(scenario, played) for name, played in self.played.items()},
        }


def _verdict(scenario: Scenario, played: Sequence[Played]) -> dict[str, Any]:
    own = [each for each in played if each.scenario == scenario.id]
    return {
        "successes": sum(each.is_success for each in own),
        "faults": sorted({fault for each in own for fault in each.faults}),
    }


async def compare(
    comparison: Comparison,
    workers: Sequence[Mapping[str, OpenHouse]],
    venues: Mapping[str, Venue],
    *,
    on_played: Callable[[], None],
) -> None:
    """Plays every scenario on both sides, as many at a time as there are workers.

    A worker has its own houses for each side: what they ask is never asked together with another
    dialogue's identical request, which would be counted once. The sides alternate, so that a
    provider's bad minute strikes both.

    Raises: ScenarioError where a scenario is about a venue or a topic that is not there.
    """
    for scenario in comparison.scenarios:
        _check(scenario, venues)
    jobs = _jobs(comparison)

    async def work(houses: Mapping[str, OpenHouse]) -> None:
        for side, repeat, scenario in jobs:
            played = await play(scenario, houses[side], venues, repeat=repeat)
            comparison.played[side].append(played)
            on_played()

    async with asyncio.TaskGroup() as group:
        for houses in workers:
            group.create_task(work(houses))


def _jobs(comparison: Comparison) -> Iterator[tuple[str, int, Scenario]]:
    for repeat in range(comparison.repeats):
        for scenario in comparison.scenarios:
            for side in comparison.played:
                yield side, repeat, scenario


def _check(scenario: Scenario, venues: Mapping[str, Venue]) -> None:
    if scenario.venue not in venues:
        raise ScenarioError(f"{scenario.id}: there is no venue {scenario.venue}")
    topics = {answer.topic for answer in venues[scenario.venue].answers}
    for topic in scenario.asks:
        if topic not in topics:
            raise ScenarioError(f"{scenario.id}: {scenario.venue} has no answer about {topic}")
