"""Moving the pixels of a batch: one affine map an image, black where nothing comes from."""

import torch
from torch import Tensor


def warp(images: Tensor, linear: Tensor, shift: Tensor | None = None) -> Tensor:
    """Images (N, C, H, W) in [0, 1] under x ↦ A (x − c) + c + t, c the middle of the image, by bilinear interpolation; outside is black.

    linear: A, (N, 2, 2) over (x to the right, y down) in pixels. shift: t, (N, 2) in pixels."""
    from kornia.geometry.transform import warp_affine

    height, width = images.shape[-2:]
    middle = torch.tensor([(width - 1) / 2, (height - 1) / 2], device=images.device)
    offset = middle - linear @ middle
    if shift is not None:
        offset = offset + shift
    matrix = torch.cat([linear, offset.unsqueeze(2)], dim=2)
    moved: Tensor = warp_affine(images, matrix.to(images.dtype), (height, width), padding_mode="zeros")
    return moved.clamp(0, 1)
