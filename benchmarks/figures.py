"""A measured figure and its target."""

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One line of the table. value, target: in `unit`. better: on which side of the target it is reached."""

    name: str
    value: float
    unit: str
    target: float
    better: Literal["higher", "lower"]

    @property
    def reached(self) -> bool:
        return self.value >= self.target if self.better == "higher" else self.value <= self.target

    @property
    def row(self) -> str:
        """Its row for docs/performance.md."""
        return f"| {self.name} | {self._sign} {self.target:g} {self.unit} | {self.value:.3g} {self.unit} |".replace("  |", " |")

    @property
    def _sign(self) -> str:
        return "≥" if self.better == "higher" else "≤"

    def __str__(self) -> str:
        verdict = "reached" if self.reached else "NOT REACHED"
        return f"{self.name}: {self.value:.3g} {self.unit} ({self._sign} {self.target:g} {self.unit}: {verdict})"


def report(figures: Sequence[Figure]) -> None:
    """Prints one line per figure, then their rows for docs/performance.md, then all of them as JSON."""
    for figure in figures:
        print(figure)
    for figure in figures:
        print(figure.row)
    print(
        json.dumps({figure.name: {"value": round(figure.value, 3), "unit": figure.unit, "reached": figure.reached} for figure in figures})
    )


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
