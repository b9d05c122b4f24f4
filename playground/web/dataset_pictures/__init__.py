"""Plots of datasets, one file per family. HTML, in the colors of the theme."""

from collections.abc import Callable
from functools import lru_cache

from playground.catalog.datasets.base import Dataset, Family
from playground.catalog.datasets.examples import Data
from playground.web.dataset_pictures import curves, images, points, tables
from playground.web.sheets import sheet

_PICTURES: dict[Family, Callable[[Dataset, Data], str]] = {
    "images": images.picture, "points": points.picture, "tables": tables.picture, "curves": curves.picture,
}  # fmt: skip
_CAPTIONS: dict[Family, Callable[[Dataset], str]] = {
    "images": images.caption, "points": points.caption, "tables": tables.caption, "curves": curves.caption,
}  # fmt: skip


@lru_cache(maxsize=64)
def picture(dataset: Dataset) -> str:
    """Shows the dataset: training images of each class, points, columns, or the curve.

    Raises: DataError if it cannot be loaded."""
    return pictured(dataset, dataset.preview())


def pictured(dataset: Dataset, data: Data) -> str:
    """The same for examples that are already loaded, such as data that are not stored yet."""
    return _PICTURES[dataset.family](dataset, data)


def caption(dataset: Dataset) -> str:
    """How to read the plot, in one sentence."""
    return _CAPTIONS[dataset.family](dataset)


@lru_cache(maxsize=16)
def digits(dataset: Dataset, columns: int, rows: int) -> str:
    """A grid of training images, as an `img`."""
    return sheet(list(dataset.load().train.inputs[: columns * rows]), columns, f"{columns * rows} examples of {dataset.title}")


__all__ = ["caption", "digits", "picture", "pictured"]
