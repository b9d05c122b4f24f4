"""Plots of datasets, one file per picture that an encoding can have. HTML, in the colors of the theme."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data
from playground.catalog.encodings import Picture
from playground.web.dataset_previews import curves, images, points, series, symbols, tables


@dataclass(frozen=True)
class _Drawing:
    """draw: the plot. caption: how to read it, in one sentence. thumbnail: a smaller plot for cards, if the plot is too large for them.
    column_width: of a class in pixels, for plots with one column per class that should not be wider than that."""

    draw: Callable[[Dataset, Data], str]
    caption: Callable[[Dataset], str]
    thumbnail: Callable[[Dataset], str] | None = None
    column_width: int | None = None


PICTURES: dict[Picture, _Drawing] = {
    "images": _Drawing(images.preview, images.caption, images.thumbnail, column_width=120),
    "points": _Drawing(points.preview, points.caption),
    "table": _Drawing(tables.preview, tables.caption),
    "curve": _Drawing(curves.preview, curves.caption),
    "series": _Drawing(series.preview, series.caption, series.thumbnail),
    "symbols": _Drawing(symbols.preview, symbols.caption, symbols.thumbnail),
}


@lru_cache(maxsize=64)
def preview(dataset: Dataset) -> str:
    """Shows the dataset: training images of each class, points, columns, the curve, or sequences.

    Raises: DataError if it cannot be loaded."""
    return preview_of(dataset, dataset.preview())


def preview_of(dataset: Dataset, data: Data) -> str:
    """The same for examples that are already loaded, such as data that is not stored yet."""
    return PICTURES[dataset.encoding.picture].draw(dataset, data)


def caption(dataset: Dataset) -> str:
    """How to read the plot, in one sentence."""
    return PICTURES[dataset.encoding.picture].caption(dataset)


@lru_cache(maxsize=64)
def thumbnail(dataset: Dataset) -> str:
    """A small picture of the dataset for a card.

    Raises: DataError if it cannot be loaded."""
    draw = PICTURES[dataset.encoding.picture].thumbnail
    return preview(dataset) if draw is None else draw(dataset)


def column_width(dataset: Dataset) -> int | None:
    """The width that one class of the plot should have at most, in pixels; None if the plot can be as wide as the page."""
    return PICTURES[dataset.encoding.picture].column_width if dataset.classes else None


__all__ = ["PICTURES", "caption", "column_width", "preview", "preview_of", "thumbnail"]
