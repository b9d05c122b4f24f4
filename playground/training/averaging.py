"""A second set of weights: the moving average of the weights during training."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


class Average:
    """Exponential moving average of a model's weights, less noisy than the weights of a single step (Polyak and Juditsky 1992, SIAM J.
    Control Optim. 30:838).

    After step t: average ← d·average + (1 − d)·weights, d = min(decay, (1 + t)/(10 + t)), so that the initial weights are soon forgotten.
    The running statistics of batch normalization are averaged too; counters, such as its number of batches, are copied."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model = copy.deepcopy(model).requires_grad_(False)
        self._decay, self._steps = decay, 0
        both = list(zip(self.model.state_dict().values(), model.state_dict().values(), strict=True))
        self._mine = [mine for mine, _ in both if mine.is_floating_point()]
        self._theirs = [theirs for mine, theirs in both if mine.is_floating_point()]
        self._counts = [(mine, theirs) for mine, theirs in both if not mine.is_floating_point()]

    @torch.no_grad()
    def update(self) -> None:
        """Updates the average after a step."""
        self._steps += 1
        decay = min(self._decay, (1 + self._steps) / (10 + self._steps))
        torch._foreach_lerp_(self._mine, self._theirs, 1 - decay)
        for mine, theirs in self._counts:
            mine.copy_(theirs)

    def state(self) -> dict[str, Any]:
        """For a checkpoint; see `restore`."""
        return {"weights": self.model.state_dict(), "steps": self._steps}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.model.load_state_dict(state["weights"])
        self._steps = state["steps"]
