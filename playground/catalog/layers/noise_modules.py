"""The module of noise. It needs nothing but torch: its source is copied into generated scripts."""

import torch
from torch import nn


class GaussianNoise(nn.Module):
    """y = x + sigma · n with n ~ N(0, 1), drawn anew for every number in every step; in evaluation mode the identity (Bishop 1995)."""

    def __init__(self, sigma: float = 0.1) -> None:
        super().__init__()
        self.sigma = sigma

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, …) → the same shape."""
        if not self.training:
            return x
        order = sorted(range(x.ndim), key=x.stride, reverse=True)  # noise is drawn in the order of memory
        noise = torch.randn_like(x.permute(order)).permute([order.index(axis) for axis in range(x.ndim)])
        return x + self.sigma * noise

    def extra_repr(self) -> str:
        return f"sigma={self.sigma!r}"
