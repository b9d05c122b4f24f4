"""One class out of several."""

from typing import ClassVar, Literal

import torch
from torch import Tensor

from playground.catalog.tasks.base import Task, softmax_or_sigmoid


class Multiclass(Task):
    """Each example belongs to one of several classes; the network gives one number a class, and the largest is its answer."""

    title: ClassVar[str] = "Multi-class classification"
    source: ClassVar[str] = "Bridle 1990, Neurocomputing NATO ASI F 68:227 (softmax)"

    kind: Literal["multiclass"] = "multiclass"

    def encode(self, targets: Tensor, outputs: int) -> Tensor:
        return targets.to(torch.int64)

    def probabilities(self, outputs: Tensor) -> Tensor:
        return softmax_or_sigmoid(outputs)

    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return outputs.argmax(dim=1) == targets
