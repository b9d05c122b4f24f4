"""Moving the pixels of a batch: one affine map an image, black where nothing comes from."""

import torch
from torch import Tensor
from torch.nn import functional as F


def warp(images: Tensor, back: tuple[Tensor, Tensor, Tensor, Tensor], shift: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """Images (N, C, H, W) in [0, 1] → the same, where each pixel p shows what was at B (p − c − t) + c, c the middle of the image.

    back: B row by row, (N,) each, over (x to the right, y down) in pixels; shift: t, (N,) each, in pixels. Bilinear, black outside.
    kornia's warp_affine gives the same, but inverts and normalises matrices and lays out its grid number by number: about three times
    the time for a batch of digits on a CPU."""
    height, width = images.shape[-2:]
    x = (torch.arange(width, device=images.device) - (width - 1) / 2).view(1, 1, width)
    y = (torch.arange(height, device=images.device) - (height - 1) / 2).view(1, height, 1)
    if shift is not None:
        x, y = x - _each(shift[0]), y - _each(shift[1])
    xx, xy, yx, yy = (_each(entry) for entry in back)
    across, down = (xx * x + xy * y) * (2 / width), (yx * x + yy * y) * (2 / height)  # the image from −1 to 1
    places = torch.stack([across, down], dim=1).permute(0, 2, 3, 1)  # (N, H, W, 2); stacking at the end would copy number by number
    return F.grid_sample(images, places.to(images.dtype), mode="bilinear", padding_mode="zeros", align_corners=False).clamp(0, 1)


def _each(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1)
