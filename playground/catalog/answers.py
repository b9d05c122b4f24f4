"""What a loss compares: one answer per example or, in tasks per step, one at every step that has a target."""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn

IGNORED: Final = -100
"""The target of steps without an answer, such as padding; that of PyTorch's losses."""


def answers(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Outputs (N, L, K) and classes (N, L) → those of the steps that have a target: (M, K) and (M,), sequence after sequence."""
    flat_outputs, flat_targets = outputs.flatten(0, 1), targets.flatten()
    rows = (flat_targets != IGNORED).nonzero().squeeze(1)
    if len(rows) == len(flat_targets):
        return flat_outputs, flat_targets
    return flat_outputs.index_select(0, rows), flat_targets.index_select(0, rows)


class StepLoss(nn.Module):
    """A loss of classes at every step: outputs (N, L, K), classes (N, L) → scalar, the mean over all steps that have a target.

    loss: of outputs (M, K) and encoded targets; encode: (M,) classes → targets encoded for it."""

    def __init__(self, loss: nn.Module, encode: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.loss, self.encode = loss, encode

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        outputs, targets = answers(outputs, targets)
        loss: Tensor = self.loss(outputs, self.encode(targets))
        return loss


def right_sequences(correct: Tensor, targets: Tensor) -> Tensor:
    """Whether all answers of a sequence are correct: (N,) bool. correct: (M,) bool, in the order of `answers`; targets: (N, L) classes."""
    wrong = torch.zeros_like(targets, dtype=torch.bool)
    wrong[targets != IGNORED] = ~correct
    return ~wrong.any(dim=1)
