"""The modules of blocks. Each class needs nothing but torch and the other modules: its source is
copied into generated scripts."""

import torch
from torch import nn

from playground.catalog.layers.network_modules import Chain, mask_after


class ResidualBlock(nn.Module):
    """y = body(x) + shortcut(x) (He et al. 2016, arXiv:1512.03385)."""

    takes_mask = True

    def __init__(self, body: Chain, shortcut: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, …) → the output shape of body and shortcut. mask: bool (N, L), which steps are valid."""
        inside = self.body(x) if mask is None else self.body(x, mask)
        out: torch.Tensor = inside + self.shortcut(x)
        return out

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor | None:
        """The mask of its output."""
        return mask_after(self.body, mask)


class ParallelBlock(nn.Module):
    """Branches side by side on the same input, joined along the channels or added (Szegedy et al. 2015, arXiv:1409.4842).

    steps: whether they output sequences, which are joined along the features."""

    takes_mask = True

    def __init__(self, *branches: Chain, join: str = "concatenate", steps: bool = False) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.join = join
        self.steps = steps

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, …) → (N, sum of the branches' channels, …), of sequences (N, L, sum of their features); if they are added, the output
        shape of each branch. mask: bool (N, L), which steps are valid."""
        outputs = [branch(x) if mask is None else branch(x, mask) for branch in self.branches]
        if self.steps:
            outputs = [output.transpose(1, 2) for output in outputs]
        joined = torch.stack(outputs).sum(dim=0) if self.join == "add" else torch.cat(outputs, dim=1)
        return joined.transpose(1, 2) if self.steps else joined

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor | None:
        """The steps that are valid in every branch; None if they output no sequences."""
        after = [valid for branch in self.branches if (valid := mask_after(branch, mask)) is not None]
        return torch.stack(after).all(dim=0) if self.steps else None

    def extra_repr(self) -> str:
        return f"join={self.join!r}, steps={self.steps!r}"
