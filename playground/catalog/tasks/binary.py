"""One class or the other."""

from typing import ClassVar, Literal

import torch
from torch import Tensor

from playground.catalog.tasks.base import Task, softmax_or_sigmoid


class Binary(Task):
    """Each example belongs to one of two classes; the network gives one number, positive for the second class, or one number a class."""

    title: ClassVar[str] = "Binary classification"
    source: ClassVar[str] = "Cox 1958, J. R. Stat. Soc. B 20:215 (logistic regression)"

    kind: Literal["binary"] = "binary"

    def encode(self, targets: Tensor, outputs: int) -> Tensor:
        return targets.to(torch.float32).unsqueeze(1) if outputs == 1 else targets.to(torch.int64)

    def probabilities(self, outputs: Tensor) -> Tensor:
        return softmax_or_sigmoid(outputs)

    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor:
        if outputs.shape[1] == 1:
            return ((outputs > 0) == (targets > 0.5)).squeeze(1)
        return outputs.argmax(dim=1) == targets
