"""A grid of small images, one of which can be selected."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.catalog.datasets.examples import Array
from playground.web.components.loader import component


@dataclass(frozen=True)
class Thumbnail:
    """number: the value of `picked` when it is selected. pixels: uint8 (H, W), or (H, W, 3) in color. mark: short text below the image.
    wrong: whether the mark is a mistake. title: description of the image."""

    number: int
    pixels: Array
    mark: str
    wrong: bool
    title: str


def thumbnails(pictures: Sequence[Thumbnail], picked: int | None, *, key: str, label: str, on_picked_change: Callable[[], None]) -> None:
    """The grid; its state `picked` is the number of the image selected by click or arrow keys. Root: `.pg-sheet`."""
    data = {
        "label": label,
        "picked": picked,
        "pictures": [
            {
                "number": each.number,
                "side": list(each.pixels.shape[:2]),
                "pixels": base64.b64encode(each.pixels.tobytes()).decode(),
                "mark": each.mark,
                "wrong": each.wrong,
                "title": each.title,
            }
            for each in pictures
        ],
    }
    component("thumbnails")(key=key, data=data, on_picked_change=on_picked_change)
