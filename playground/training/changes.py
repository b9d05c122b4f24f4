"""What changes in a run while it goes on."""

import math
from typing import Any

from playground.network import checked_change
from playground.network.changing import after
from playground.spec import Change, ExperimentSpec


class Changes:
    """The changes of a spec in their order, and those that are made while the run goes on. Which of them have been made is counted, so that
    none is made twice when the run continues from a checkpoint."""

    def __init__(self, spec: ExperimentSpec) -> None:
        self._spec = spec
        self._made = 0
        self.next_step = 0.0
        """After this step there is a change to be made; infinite if there is none."""
        self._look_ahead()

    def in_effect(self, start: int) -> ExperimentSpec:
        """The settings of an epoch that begins after so many steps: what was changed before the last of them is in effect."""
        return after(self._spec, start - 1) if self._spec.changes else self._spec

    def due(self, step: int) -> tuple[Change, ...]:
        """Those that are to be made after this step and have not been; they count as made."""
        changes = self._spec.changes
        first = self._made
        while self._made < len(changes) and changes[self._made].step <= step:
            self._made += 1
        self._look_ahead()
        return changes[first : self._made]

    def add(self, step: int, path: str, value: float) -> Change:
        """One that is made now, after this step. Raises: SpecError, with path, rule, value and remedy, if it cannot be made."""
        change = checked_change(self._spec, step, path, value)
        self._spec = self._spec.with_change(change)
        self._made += 1
        return change

    def state(self) -> list[tuple[int, str, float]]:
        """For a checkpoint: those that have been made; see `restore`."""
        return [(change.step, change.path, change.value) for change in self._spec.changes[: self._made]]

    def restore(self, state: Any) -> None:
        """Raises: ValueError if the spec has others."""
        self._made = len(state)
        if self.state() != [tuple(entry) for entry in state]:
            raise ValueError("the checkpoint has other changes than the spec")
        self._look_ahead()

    def _look_ahead(self) -> None:
        changes = self._spec.changes
        self.next_step = changes[self._made].step if self._made < len(changes) else math.inf
