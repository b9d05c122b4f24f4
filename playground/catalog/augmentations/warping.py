"""Warp the images of a batch; areas outside the source are black."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F


def warp(images: Tensor, back: tuple[Tensor, Tensor, Tensor, Tensor], shift: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """Images (N, C, H, W) in [0, 1] → same shape and range; pixel p shows the source at B (p − c − t) + c, c the center of the image.

    back: B row by row, (N,) each, for (x to the right, y down) in pixels; shift: t, (N,) each, in pixels. Bilinear, black outside.
    kornia's warp_affine gives the same result, but takes about three times as long for a batch of digits on a CPU."""
    height, width = images.shape[-2:]
    x = (torch.arange(width, device=images.device) - (width - 1) / 2).view(1, 1, width)
    y = (torch.arange(height, device=images.device) - (height - 1) / 2).view(1, height, 1)
    if shift is not None:
        x, y = x - _each(shift[0]), y - _each(shift[1])
    xx, xy, yx, yy = (_each(entry) for entry in back)
    across, down = (xx * x + xy * y) * (2 / width), (yx * x + yy * y) * (2 / height)  # the image from −1 to 1
    return sample(images, torch.stack([across, down], dim=1))  # faster than stacking on the last axis, which copies element by element


def sample(images: Tensor, points: Tensor, outside: Literal["zeros", "border"] = "zeros") -> Tensor:
    """Images (N, C, H, W) in [0, 1] → their values at `points` (N, 2, H, W), x and y from −1 to 1 between the image's edges. Bilinear.

    outside: black, or the nearest border pixel."""
    grid = points.permute(0, 2, 3, 1).to(images.dtype)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode=outside, align_corners=False).clamp(0, 1)


def axes(images: Tensor) -> tuple[Tensor, Tensor]:
    """Coordinates of the pixel centers, x (1, 1, W) and y (1, H, 1), from −1 to 1 between the image's edges."""
    x, y = ((2 * torch.arange(pixels, device=images.device) + 1) / pixels - 1 for pixels in (images.shape[-1], images.shape[-2]))
    return x.view(1, 1, -1), y.view(1, -1, 1)


def _each(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1)
