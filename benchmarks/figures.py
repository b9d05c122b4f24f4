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

    def __str__(self) -> str:
        sign = "≥" if self.better == "higher" else "≤"
        verdict = "reached" if self.reached else "NOT REACHED"
        return f"{self.name}: {self.value:.3g} {self.unit} ({sign} {self.target:g} {self.unit}: {verdict})"


def report(figures: Sequence[Figure]) -> None:
    """Prints one line per figure, then all of them as JSON."""
    for figure in figures:
        print(figure)
    print(
        json.dumps({figure.name: {"value": round(figure.value, 3), "unit": figure.unit, "reached": figure.reached} for figure in figures})
    )


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
