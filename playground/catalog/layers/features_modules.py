"""The module of input features. It needs nothing but torch: its source is copied into generated scripts."""

from collections.abc import Callable

import torch
from torch import nn


class Features(nn.Module):
    """New features of an input, each a function of its features."""

    def __init__(self, formulas: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.formulas = formulas

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, …, features) → (N, …, formulas)."""
        return self.formulas(x)
