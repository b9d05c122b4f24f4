"""The modules of blocks. Each class needs nothing but torch: its source is copied into generated scripts."""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """y = body(x) + shortcut(x) (He et al. 2016, arXiv:1512.03385)."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, …) → the output shape of body and shortcut."""
        out: torch.Tensor = self.body(x) + self.shortcut(x)
        return out


class ParallelBlock(nn.Module):
    """Branches side by side on the same input, joined along the channels or added (Szegedy et al. 2015, arXiv:1409.4842)."""

    def __init__(self, *branches: nn.Module, join: str = "concatenate") -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.join = join

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, C, …) → (N, sum of the branches' channels, …), or, if they are added, the output shape of each branch."""
        outputs = [branch(x) for branch in self.branches]
        if self.join == "add":
            return torch.stack(outputs).sum(dim=0)
        return torch.cat(outputs, dim=1)

    def extra_repr(self) -> str:
        return f"join={self.join!r}"
