"""Several observers of turns, as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from application.ports.turn_observer import CompletedTurn, Stage, TurnObserver


class Observers:
    def __init__(self, *observers: TurnObserver) -> None:
        self._observers = observers

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        with ExitStack() as stack:
            for observer in self._observers:
                stack.enter_context(observer.stage(name))
            yield

    def completed(self, turn: CompletedTurn) -> None:
        for observer in self._observers:
            observer.completed(turn)
