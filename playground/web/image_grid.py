"""Grids of small images, grayscale or color, as a single `img`."""

import base64
import html
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.catalog.datasets.examples import Array

_WIDTH = 320
"""Approximate width of a grid in pixels, after enlarging."""


def image_grid(images: Array | Sequence[Array | None], columns: int, text: str) -> str:
    """uint8 images (C, H, W), row by row → an `img` with alternative text `text` and transparent gaps between the images. None leaves a
    cell empty. Images with neither 1 nor 3 channels are shown as the mean of their channels."""
    return _image(_laid_out(images, columns), text)


def _laid_out(images: Array | Sequence[Array | None], columns: int) -> NDArray[np.uint8]:
    """One image with an alpha channel: (rows·(H + 1) − 1, columns·(W + 1) − 1, C + 1)."""
    channels, height, width = next(image.shape for image in images if image is not None)
    seen = channels if channels in (1, 3) else 1
    rows = -(-len(images) // columns)
    laid = np.zeros((rows * (height + 1) - 1, columns * (width + 1) - 1, seen + 1), np.uint8)
    for index, image in enumerate(images):
        if image is None:
            continue
        top, left = index // columns * (height + 1), index % columns * (width + 1)
        colors = image if seen == channels else image.mean(axis=0, keepdims=True).round()
        laid[top : top + height, left : left + width, :seen] = colors.transpose(1, 2, 0)
        laid[top : top + height, left : left + width, seen] = 255
    return laid


def _image(pixels: NDArray[np.uint8], text: str) -> str:
    """Enlarged without smoothing, as an `img` with a data URL."""
    times = max(1, _WIDTH // pixels.shape[1])
    file = io.BytesIO()
    large = np.kron(pixels, np.ones((times, times, 1), np.uint8))
    Image.fromarray(large, "LA" if large.shape[2] == 2 else "RGBA").save(file, "PNG", optimize=False, compress_level=6)
    return f'<img src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}" alt="{html.escape(text, quote=True)}">'
