"""The pictures that a network makes of pictures, for a run that shows them."""

import torch
from torch import Tensor

from playground.catalog.layers.base import Shape
from playground.training.events import View

SHOWN = 10
"""Test examples: the first ones."""


def reconstruction(step: int, inputs: Tensor, outputs: Tensor, targets: Tensor, shape: Shape) -> View:
    """inputs: (M, *shape) in [0, 1] of the first M ≤ 10 examples; outputs, targets: (N, D) of the same size → (3, M, *shape): what went in,
    what came out, what was wanted."""
    rows = [each[: len(inputs)].detach().to("cpu", torch.float32).reshape(-1, *shape) for each in (inputs, outputs, targets)]
    return View("reconstruction", step, torch.stack(rows).clamp(0, 1).numpy())
