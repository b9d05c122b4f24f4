"""How the layers of a network have been doing, over the steps of a run."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

MOST_MOMENTS = 120
"""About as many as a drawing has room for. Of more, those closest to their neighbors are left out, so that they are spread evenly."""


class LayerHistory:
    """What was measured of the layers at some steps, `MEASURES` by layers each time.

    measures, layers: how many there are."""

    def __init__(self, measures: int, layers: int) -> None:
        self._shape = (measures, layers)
        self._steps: list[int] = []
        self._moments: list[Tensor] = []

    def add(self, step: int, values: Tensor) -> None:
        """What was measured after `step` steps, (measures, layers). Of a step that is there already, as its weights have been changed, only
        the newest numbers stay; earlier steps are ignored."""
        if self._steps and step < self._steps[-1]:
            return
        if self._steps and step == self._steps[-1]:
            self._moments[-1] = torch.where(values.isnan(), self._moments[-1], values)
            return
        self._steps.append(step)
        self._moments.append(values)
        if len(self._steps) > MOST_MOMENTS:
            closest = min(range(1, len(self._steps) - 1), key=lambda row: self._steps[row + 1] - self._steps[row - 1])
            del self._steps[closest], self._moments[closest]

    @property
    def table(self) -> Tensor:
        """(1 + measures · layers, T): the steps, then for each measure a row for each layer."""
        rows = self._together().flatten(1).T
        return torch.cat([torch.tensor([self._steps], dtype=torch.float32), rows])

    def state(self) -> dict[str, Tensor]:
        """For a checkpoint."""
        return {"steps": torch.tensor(self._steps, dtype=torch.int64), "moments": self._together()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continues from a state. Raises: KeyError, ValueError, AttributeError if it is of another network."""
        moments: Tensor = state["moments"]
        if moments.shape[1:] != self._shape:
            raise ValueError(f"layers: {tuple(moments.shape[1:])} instead of {self._shape}")
        self._steps, self._moments = state["steps"].tolist(), list(moments)

    def _together(self) -> Tensor:
        """(T, measures, layers)"""
        return torch.stack(self._moments) if self._moments else torch.zeros(0, *self._shape)
