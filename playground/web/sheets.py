"""Sheets of small images, grey or in colour, as one picture in the page."""

import base64
import html
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.catalog.datasets.examples import Array

_WIDTH = 320
"""Pixels that a sheet is enlarged to, about."""


def sheet(images: Array, columns: int, text: str) -> str:
    """(N, C, H, W) uint8, C 1 or 3, row after row → an `img` that says `text`, with transparent lines between the images."""
    return _image(_laid_out(images, columns), text)


def _laid_out(images: Array, columns: int) -> NDArray[np.uint8]:
    """One picture, its last number the opacity: (rows·(H + 1) − 1, columns·(W + 1) − 1, C + 1)."""
    channels, height, width = images.shape[1:]
    rows = -(-len(images) // columns)
    laid = np.zeros((rows * (height + 1) - 1, columns * (width + 1) - 1, channels + 1), np.uint8)
    for place, image in enumerate(images):
        top, left = place // columns * (height + 1), place % columns * (width + 1)
        laid[top : top + height, left : left + width, :channels] = image.transpose(1, 2, 0)
        laid[top : top + height, left : left + width, channels] = 255
    return laid


def _image(pixels: NDArray[np.uint8], text: str) -> str:
    """Enlarged without smoothing, as an `img` with its bytes in it."""
    times = max(1, _WIDTH // pixels.shape[1])
    file = io.BytesIO()
    large = np.kron(pixels, np.ones((times, times, 1), np.uint8))
    Image.fromarray(large, "LA" if large.shape[2] == 2 else "RGBA").save(file, "PNG", optimize=False, compress_level=6)
    return f'<img src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}" alt="{html.escape(text, quote=True)}">'
