"""The modules that begin, mark and end sequences. Each class needs nothing but torch: its source is copied into generated scripts."""

import torch
from torch import nn


class SymbolTable(nn.Embedding):
    """A learned vector for every symbol, zeros for symbol 0, which is padding.

    Initialized with a standard deviation of 0.02 (Devlin et al. 2019, arXiv:1810.04805), like learned positions: with PyTorch's 1, which
    is much larger than theirs, transformers barely learn word order."""

    def __init__(self, vocabulary: int, width: int) -> None:
        super().__init__(vocabulary, width, padding_idx=0)

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, std=0.02)
        self._fill_padding_idx_with_zero()

    def extra_repr(self) -> str:
        return f"{self.num_embeddings}, {self.embedding_dim}"


class LearnedPositions(nn.Module):
    """Adds a learned vector to every step, one for each position (Gehring et al. 2017, arXiv:1705.03122). length: the most steps."""

    def __init__(self, length: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.normal_(torch.empty(length, width), std=0.02))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, width) → the same shape."""
        return x + self.weight[: x.shape[1]]

    def extra_repr(self) -> str:
        return ", ".join(map(str, self.weight.shape))


class SinusoidalPositions(nn.Module):
    """Adds waves of different lengths to every step: at feature 2i of step t sin(t · 10000^(−2i / width)), at feature 2i + 1 the cosine
    (Vaswani et al. 2017, arXiv:1706.03762)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, width) → the same shape."""
        steps, features = (torch.arange(size, device=x.device) for size in x.shape[1:])
        angles = steps.unsqueeze(1) * 10000 ** (-(features - features % 2) / x.shape[2])  # (L, width)
        return x + torch.where(features % 2 == 0, angles.sin(), angles.cos()).to(x.dtype)


class ClassToken(nn.Module):
    """Puts a learned step before the first one, in which attention can gather what the whole sequence is about (Devlin et al. 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.normal_(torch.empty(width), std=0.02))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, width) → (N, L + 1, width)."""
        return torch.cat((self.weight.expand(x.shape[0], 1, -1), x), dim=1)

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor:
        """mask: bool (N, L), which steps are valid → (N, L + 1): the new step always is."""
        return torch.cat((torch.ones_like(mask[:, :1]), mask), dim=1)

    def extra_repr(self) -> str:
        return str(len(self.weight))


class Patches(nn.Conv2d):
    """Cuts an image into squares, row by row, and turns each into one step with its own features (Dosovitskiy et al. 2021)."""

    def __init__(self, channels: int, width: int, size: int, bias: bool = True) -> None:
        super().__init__(channels, width, size, stride=size, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, C, H, W) → (N, ⌊H / size⌋ · ⌊W / size⌋, width)."""
        return super().forward(x).flatten(2).transpose(1, 2)

    def extra_repr(self) -> str:
        settings = f"size={self.stride[0]}, bias={self.bias is not None}"
        return f"{self.in_channels}, {self.out_channels}, {settings}"


class SequencePool(nn.Module):
    """One vector from the valid steps of a sequence: their mean or maximum, or the first or last of them. Of no steps, zeros."""

    takes_mask = True

    def __init__(self, how: str = "mean") -> None:
        super().__init__()
        self.how = how

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, L, F) → (N, F). mask: bool (N, L), which steps are valid; other steps come after the end."""
        if self.how == "first":
            pooled = x[:, 0]
        elif mask is None:
            pooled = x.mean(dim=1) if self.how == "mean" else x.amax(dim=1) if self.how == "max" else x[:, -1]
        elif self.how == "mean":
            pooled = (x * mask.unsqueeze(2)).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)
        elif self.how == "max":
            pooled = x.masked_fill(~mask.unsqueeze(2), torch.finfo(x.dtype).min).amax(dim=1)
        else:
            last = (mask.sum(dim=1) - 1).clamp(min=0)
            pooled = x.gather(1, last[:, None, None].expand(-1, 1, x.shape[2])).squeeze(1)
        return pooled if mask is None else pooled * mask.any(dim=1, keepdim=True)

    def mask_after(self, mask: torch.Tensor) -> None:
        """There are no steps after it."""

    def extra_repr(self) -> str:
        return f"how={self.how!r}"
