"""Numbers instead of classes."""

from typing import ClassVar, Literal

import torch
from torch import Tensor

from playground.catalog.tasks.base import Task


class Regression(Task):
    """Each example has a value; the network gives a number that should come close to it."""

    title: ClassVar[str] = "Regression"
    source: ClassVar[str] = "Legendre 1805, Nouvelles méthodes (least squares)"

    kind: Literal["regression"] = "regression"

    def encode(self, targets: Tensor, outputs: int) -> Tensor:
        values = targets.to(torch.float32)
        return values.unsqueeze(1) if values.ndim == 1 else values

    def probabilities(self, outputs: Tensor) -> Tensor:
        return outputs

    def correct(self, outputs: Tensor, targets: Tensor) -> None:
        return None
