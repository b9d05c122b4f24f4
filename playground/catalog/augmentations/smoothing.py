"""Gaussian smoothing as two matrix products, one per axis: faster than a convolution for small images."""

import torch
from torch import Tensor

_FAR = 60
"""Pixels beyond the ends that the normalization sums over: five standard deviations of the widest Gaussian used."""


def gaussian_rows(pixels: int, sigma: Tensor) -> Tensor:
    """Smoothing weights (N, pixels, pixels) for a line of pixels; row i is for pixel i. sigma: (N,), in pixels.

    They are normalized on an infinite line, so near the ends they sum to less than 1 (zero padding)."""
    reach = pixels + _FAR
    offsets = torch.arange(-reach, reach + 1, device=sigma.device)
    weights = (-(offsets**2) / (2 * sigma.unsqueeze(1) ** 2)).exp()
    weights = weights / weights.sum(1, keepdim=True)
    index = torch.arange(pixels, device=sigma.device)
    return weights[:, index.unsqueeze(1) - index + reach]


def smooth(fields: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Fields (N, C, H, W), smoothed with the weights (N, H, H) vertically and (N, W, W) horizontally; their N may be 1."""
    return rows.unsqueeze(1) @ fields @ columns.unsqueeze(1).mT
