"""What a task declares: how the network's outputs are read."""

from abc import abstractmethod

import torch
from torch import Tensor

from playground.catalog.variant import Variant


class Task(Variant):
    """What is to be learned: which numbers the outputs are, and when an answer counts as right."""

    @abstractmethod
    def encode(self, targets: Tensor, outputs: int) -> Tensor:
        """Targets of the dataset as the loss takes them: (N,) or (N, D) → int64 (N,) for class outputs,
        float32 (N, 1) for one binary output, float32 (N, D) for values."""

    @abstractmethod
    def probabilities(self, outputs: Tensor) -> Tensor:
        """(N, K) raw outputs → (N, classes) probabilities that sum to 1; for regression the outputs themselves."""

    @abstractmethod
    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor | None:
        """(N, K) outputs and encoded targets → (N,) bool, or None where right and wrong have no meaning."""


def softmax_or_sigmoid(outputs: Tensor) -> Tensor:
    """(N, 1) logits of class 1 or (N, K) logits → (N, max(2, K)) probabilities."""
    if outputs.shape[1] == 1:
        positive = torch.sigmoid(outputs)
        return torch.cat([1 - positive, positive], dim=1)
    return torch.softmax(outputs, dim=1)
