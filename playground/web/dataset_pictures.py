"""Pictures of datasets: examples by class, points of the plane, images before and after augmentation. HTML, in the theme's colours."""

import base64
import html
import io
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from playground.catalog.augmentations import pipeline
from playground.catalog.datasets import Images
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array
from playground.web.svg import svg_image

PREVIEWED = 5
"""Images in the preview of augmentation: few, and so large that a small turn is seen."""
_DRAWS = 24
"""Random changes of an image that the two in the preview are taken from."""
_DRAWN_POINTS = 400


@lru_cache(maxsize=64)
def picture(dataset: Dataset) -> str:
    """What the dataset looks like: a few training images of each class, or all its points.

    Raises: DataError if it cannot be loaded."""
    return _by_class(dataset) if dataset.family == "images" else _scatter(dataset)


@lru_cache(maxsize=16)
def digits(dataset: Dataset, columns: int, rows: int) -> str:
    """A sheet of training images, as an `img`."""
    images = dataset.load().train.inputs[: columns * rows, 0]
    return _image(_sheet(images, columns), f"{columns * rows} examples of {dataset.title}")


@lru_cache(maxsize=64)
def before_and_after(dataset: Images, seed: int) -> str:
    """Training images as they are, and below each two of what augmentation makes of it: the strongest change and its contrary.

    The chance that each is changed is 1 here, whatever its probability, and of several random changes those are shown: a preview
    that shows nothing tells nothing."""
    images = _one_a_class(dataset)
    images = (images[1::2] if len(images) >= 2 * PREVIEWED else images)[:PREVIEWED]
    change = pipeline([each.model_copy(update={"probability": 1.0}) for each in dataset.augmentations])
    rows = [("before", images, "")]
    if change is not None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            batch = dataset.numbers(images)
            draws = torch.stack([change(batch) for _ in range(_DRAWS)])
        strongest, contrary = (_bytes(each) for each in extremes(batch, draws))
        rows += [("after", strongest, ", changed at random"), ("", contrary, ", changed the other way")]
    lines = (
        f"<span>{name}</span>" + _image(_sheet(row[:, 0], len(row)), f"{len(row)} training images{words}") for name, row, words in rows
    )
    return f'<div class="pg-before-after">{"".join(lines)}</div>'


def extremes(images: torch.Tensor, draws: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each image's random changes the one farthest from the image, and the one farthest from that: left and right of a turn.

    images: (N, C, H, W), draws: (D, N, C, H, W) → twice (N, C, H, W). Distances are mean absolute differences."""
    each = torch.arange(len(images))
    strongest = draws[(draws - images).abs().mean(dim=(2, 3, 4)).argmax(dim=0), each]
    return strongest, draws[(draws - strongest).abs().mean(dim=(2, 3, 4)).argmax(dim=0), each]


def _by_class(dataset: Dataset) -> str:
    """Three rows of training images, a column a class, with the class above."""
    split = dataset.load().train
    columns = [split.inputs[np.flatnonzero(split.targets == label)[:3], 0] for label in range(len(dataset.classes))]
    rows = np.concatenate([np.stack([column[row] for column in columns]) for row in range(3)])
    names = "".join(f"<span>{html.escape(name)}</span>" for name in dataset.classes)
    sheet = _image(_sheet(rows, len(columns)), f"Three training images of each class: {', '.join(dataset.classes)}")
    return f'<div class="pg-thumbnails" style="--columns: {len(columns)}"><div>{names}</div>{sheet}</div>'


def _one_a_class(dataset: Dataset) -> Array:
    split = dataset.load().train
    return np.stack([split.inputs[np.flatnonzero(split.targets == label)[0]] for label in range(len(dataset.classes))])


def _bytes(images: torch.Tensor) -> NDArray[np.uint8]:
    return (images * 255).round().clamp(0, 255).to(torch.uint8).numpy()


def _sheet(images: Array, columns: int) -> NDArray[np.uint8]:
    """(N, H, W) uint8 → one picture, grey and opacity, with transparent lines between: (rows·(H+1) − 1, columns·(W+1) − 1, 2)."""
    rows, height, width = -(-len(images) // columns), images.shape[1], images.shape[2]
    sheet = np.zeros((rows * (height + 1) - 1, columns * (width + 1) - 1, 2), np.uint8)
    for place, image in enumerate(images):
        top, left = place // columns * (height + 1), place % columns * (width + 1)
        sheet[top : top + height, left : left + width, 0] = image
        sheet[top : top + height, left : left + width, 1] = 255
    return sheet


def _image(sheet: NDArray[np.uint8], text: str) -> str:
    """A greyscale picture with transparency, enlarged without smoothing, as an `img` with its bytes in it."""
    times = max(1, 320 // sheet.shape[1])
    file = io.BytesIO()
    Image.fromarray(np.kron(sheet, np.ones((times, times, 1), np.uint8)), "LA").save(file, "PNG", optimize=False, compress_level=6)
    return f'<img src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}" alt="{html.escape(text, quote=True)}">'


def _scatter(dataset: Dataset) -> str:
    """All points, filled for training and open for the test, in the colours of the boundary's picture."""
    low, high = dataset.bounds
    data = dataset.load()
    spans = [np.abs(np.asarray(split.targets, float)).max(initial=1e-9) for split in (data.train, data.test)]
    dots = []
    for split, name in ((data.train, "train"), (data.test, "test")):
        share = max(1, -(-len(split) * 2 // _DRAWN_POINTS))
        targets = np.asarray(split.targets[::share], float).reshape(-1)
        for (x, y), target in zip(split.inputs[::share], targets, strict=True):
            colour, strength = _colour(dataset, target, max(spans))
            place = f'cx="{(x - low) / (high - low) * 100:.1f}" cy="{(high - y) / (high - low) * 100:.1f}"'
            dots.append(f'<circle class="{name} {colour}" {place} r="1.25" opacity="{strength:.2f}"/>')
    text = f"{len(data.train)} training points and {len(data.test)} test points of {dataset.title}"
    return svg_image(100, 100, f'<path class="axes" d="M50 0V100M0 50H100"/>{"".join(dots)}', text, "scatter")


def _colour(dataset: Dataset, target: float, span: float) -> tuple[str, float]:
    """The class of a dot's colour, and how strong it is."""
    if not dataset.classes:
        return ("blue" if target >= 0 else "orange"), 0.25 + 0.75 * min(1.0, abs(target) / span)
    if len(dataset.classes) == 2:
        return ("blue" if target == 1 else "orange"), 1.0
    return f"class-{int(target) % 10}", 1.0
