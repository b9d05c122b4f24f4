"""Sequences of numbers as lines, and their values as a map of steps × features."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from playground.catalog.datasets.examples import Array
from playground.web.components.step_maps import StepMap, step_maps
from playground.web.dataset_previews.series import lines
from playground.web.panels.explain_picked import Picked
from playground.web.svg import svg_image

MAX_STEPS = 400
MAX_ROWS = 64
_WIDE, _HIGH = 180.0, 44.0


@dataclass(frozen=True, eq=False)
class PickedSeries(Picked):
    """x: (1, L, F). numbers: its valid steps in the units of the data (l, F). features: their names."""

    readings: ClassVar[Mapping[str, str]] = {
        "saliency": "Blue: a slightly larger number here would strengthen {target}. Orange: it would weaken it.",
        "integrated_gradients": "Blue numbers are evidence for {target}, orange ones against it. They add up to the change from the "
        "baseline.",
        "grad_cam": "Blue: around these steps the layer's maps are evidence for {target}. The resolution is that of the maps.",
        "occlusion": "Blue: this number is evidence for {target}, since that output is lower without it. Orange: it is higher.",
    }

    numbers: Array
    features: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(str(step + 1) for step in range(len(self.numbers)))

    def shown(self) -> str:
        low, high = float(self.numbers.min()), float(self.numbers.max())
        body = lines(np.asarray(self.numbers, np.float64), len(self.numbers), low, high, _WIDE, _HIGH)
        text = f"{self.title}: {len(self.numbers)} steps of {len(self.features)} features, from {low:.3g} to {high:.3g}"
        return svg_image(_WIDE, _HIGH, body, text, "sequence-lines")

    def explained(self, values: Tensor, description: str, overlaid: bool) -> str:
        return ""

    def draw(self, values: Tensor, description: str, key: str) -> None:
        own = values[0, : len(self.numbers)].numpy()
        joined, steps = summed(own, MAX_STEPS)
        end = float(np.abs(joined).max()) or 1.0
        rows = joined.T[:MAX_ROWS]
        shown = StepMap("values", "Value", self.features[:MAX_ROWS], rows, -end, end, ends=("against", "for"))
        step_maps(description, steps, [shown], noun="", key=key)


def summed(values: Array, most: int) -> tuple[Array, tuple[str, ...]]:
    """Values (L, F) and the names of their steps; if there are more than `most`, sums of as many neighboring steps as needed: the sum of
    all stays the same."""
    together = -(-len(values) // most)
    starts = range(0, len(values), together)
    names = tuple(str(start + 1) if together == 1 else f"{start + 1}–{min(start + together, len(values))}" for start in starts)
    return np.add.reduceat(values, list(starts), axis=0), names
