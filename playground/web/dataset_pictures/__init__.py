"""Pictures of datasets, a file a family. HTML, in the theme's colours."""

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
    """What the dataset looks like: training images of each class, its points, its columns, or its curve.

    Raises: DataError if it cannot be loaded."""
    return pictured(dataset, dataset.load())


def pictured(dataset: Dataset, data: Data) -> str:
    """The picture of examples that are at hand: of data that is kept nowhere yet."""
    return _PICTURES[dataset.family](dataset, data)


def caption(dataset: Dataset) -> str:
    """How to read its picture, in a sentence."""
    return _CAPTIONS[dataset.family](dataset)


@lru_cache(maxsize=16)
def digits(dataset: Dataset, columns: int, rows: int) -> str:
    """A sheet of training images, as an `img`."""
    return sheet(list(dataset.load().train.inputs[: columns * rows]), columns, f"{columns * rows} examples of {dataset.title}")


__all__ = ["caption", "digits", "picture", "pictured"]
