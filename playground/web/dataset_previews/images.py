"""Image datasets: some images of each class."""

import html

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data, Split
from playground.web.image_grid import image_grid

_ROWS = 3
_SIDE = 4
_MOST_NAMED = 10
"""Up to this many classes get a column of images each; if there are more, each class gets one image."""
_MOST_SHOWN = 60
_LETTERS = 55
"""Maximum total length of the class names shown above the columns."""


def preview(dataset: Dataset, data: Data) -> str:
    """Three rows of training images, with one column per class and its name above; one image each for many classes; some images without
    classes."""
    names = dataset.classes
    if not names:
        shown = list(data.train.inputs[: _ROWS * _MOST_NAMED])
        return _framed(image_grid(shown, min(len(shown), _MOST_NAMED), f"{len(shown)} training images of {dataset.title}"))
    if len(names) > _MOST_NAMED:
        firsts = [_of_class(data.train, label, 1)[0] for label in range(min(len(names), _MOST_SHOWN))]
        return _framed(image_grid(firsts, _MOST_NAMED, f"A training image of each class: {', '.join(names[: len(firsts)])}"))
    columns = [_of_class(data.train, label, _ROWS) for label in range(len(names))]
    shown = [column[row] for row in range(_ROWS) for column in columns]
    return _framed(image_grid(shown, len(names), f"Up to three training images of each class: {', '.join(names)}"), names)


def thumbnail(dataset: Dataset) -> str:
    """A square of training images."""
    shown = list(dataset.preview().train.inputs[: _SIDE**2])
    return image_grid(shown, _SIDE, f"{_SIDE**2} examples of {dataset.title}")


def caption(dataset: Dataset) -> str:
    """How to read the plot."""
    count = len(dataset.classes)
    if count > _MOST_NAMED:
        return f"One training image from each of the {'first ' * (count > _MOST_SHOWN)}{min(count, _MOST_SHOWN)} classes."
    return "Up to three training images from each class." if count else "Some of the training images."


def _of_class(split: Split, label: int, count: int) -> list[Array | None]:
    """The first images of a class, padded with None."""
    images: list[Array | None] = list(split.inputs[np.flatnonzero(split.targets == label)[:count]])
    return images + [None] * (count - len(images))


def _framed(shown: str, names: tuple[str, ...] = ()) -> str:
    """names: of the columns; in a line of text if they would not fit above the columns."""
    head = ""
    if names and max(map(len, names)) * len(names) <= _LETTERS:
        head = f"<div>{''.join(f'<span>{html.escape(name)}</span>' for name in names)}</div>"
    elif names:
        head = f"<p>{html.escape(', '.join(names))}</p>"
    return f'<div class="pg-thumbnails" style="--columns: {max(1, len(names))}">{head}{shown}</div>'
