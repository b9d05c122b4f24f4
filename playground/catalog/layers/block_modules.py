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
    """Branches side by side on the same input, joined along the channels or added (Szegedy et al. 2015, arXiv:1409.4842).

    steps: whether they output sequences, which are joined along the features."""

    def __init__(self, *branches: nn.Module, join: str = "concatenate", steps: bool = False) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.join = join
        self.steps = steps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, …) → (N, sum of the branches' channels, …), of sequences (N, L, sum of their features); if they are added, the output
        shape of each branch."""
        outputs = [branch(x) for branch in self.branches]
        if self.steps:
            outputs = [output.transpose(1, 2) for output in outputs]
        joined = torch.stack(outputs).sum(dim=0) if self.join == "add" else torch.cat(outputs, dim=1)
        return joined.transpose(1, 2) if self.steps else joined

    def extra_repr(self) -> str:
        return f"join={self.join!r}, steps={self.steps!r}"
