"""Plots of datasets, one file per family. HTML, in the colors of the theme."""

from collections.abc import Callable
from functools import lru_cache

from playground.catalog.datasets.base import Dataset, Family
from playground.catalog.datasets.examples import Data
from playground.web.dataset_previews import curves, images, points, tables
from playground.web.image_grid import image_grid

_PREVIEWS: dict[Family, Callable[[Dataset, Data], str]] = {
    "images": images.preview, "points": points.preview, "tables": tables.preview, "curves": curves.preview,
}  # fmt: skip
_CAPTIONS: dict[Family, Callable[[Dataset], str]] = {
    "images": images.caption, "points": points.caption, "tables": tables.caption, "curves": curves.caption,
}  # fmt: skip


@lru_cache(maxsize=64)
def preview(dataset: Dataset) -> str:
    """Shows the dataset: training images of each class, points, columns, or the curve.

    Raises: DataError if it cannot be loaded."""
    return preview_of(dataset, dataset.preview())


def preview_of(dataset: Dataset, data: Data) -> str:
    """The same for examples that are already loaded, such as data that is not stored yet."""
    return _PREVIEWS[dataset.family](dataset, data)


def caption(dataset: Dataset) -> str:
    """How to read the plot, in one sentence."""
    return _CAPTIONS[dataset.family](dataset)


@lru_cache(maxsize=16)
def training_images(dataset: Dataset, columns: int, rows: int) -> str:
    """A grid of training images, as an `img`."""
    return image_grid(list(dataset.load().train.inputs[: columns * rows]), columns, f"{columns * rows} examples of {dataset.title}")


__all__ = ["caption", "preview", "preview_of", "training_images"]
