"""Gaussian smoothing as two matrix products: one matrix a side, faster than a convolution for the small images here."""

import torch
from torch import Tensor

_FAR = 60
"""Pixels beyond the line that are summed over: five deviations of the widest Gaussian here."""


def gaussian_rows(pixels: int, sigma: Tensor) -> Tensor:
    """Weights (N, pixels, pixels) with which each pixel of a line is smoothed; row i is for pixel i. sigma: (N,), in pixels.

    They are those of an endless line, where they sum to 1: near the ends they sum to less, as nothing comes from outside."""
    reach = pixels + _FAR  # of a Gaussian, more than the line can see of itself on either side
    offsets = torch.arange(-reach, reach + 1, device=sigma.device)
    weights = (-(offsets**2) / (2 * sigma.unsqueeze(1) ** 2)).exp()
    weights = weights / weights.sum(1, keepdim=True)
    index = torch.arange(pixels, device=sigma.device)
    return weights[:, index.unsqueeze(1) - index + reach]


def smooth(fields: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Fields (N, C, H, W), smoothed with the weights (N, H, H) down and (N, W, W) across; either N may be 1 there."""
    return rows.unsqueeze(1) @ fields @ columns.unsqueeze(1).mT
