"""A plane for drawing points."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from playground.catalog.datasets import Dataset, OwnPoints
from playground.own import MAX_CLASSES, MAX_POINTS
from playground.web.components.loader import component

Drawn = tuple[float, float, int]

_MOST_BENEATH = 1000
"""Maximum number of background points that are drawn."""


def points(drawn: Sequence[Drawn], labels: Sequence[str], onto: Dataset | None, *, key: str, on_points_change: Callable[[], None]) -> None:
    """The plane. drawn: the initial points. labels: of the classes, in the order of their colors. onto: dataset shown in the background.

    Root: `.pg-points` (data-points, data-class). Its state `points` holds the points, which `points_of` parses."""
    data = {
        "points": [list(each) for each in drawn],
        "labels": list(labels),
        "bounds": list(OwnPoints.bounds),
        "most": MAX_POINTS,
        "background": _beneath(onto) if onto else None,
    }
    component("points")(key=key, data=data, on_points_change=on_points_change)


def points_of(sent: object) -> tuple[Drawn, ...]:
    """The valid points that the component sent under `points`."""
    return tuple((x, y, int(label)) for x, y, label in filter(_is_point, sent))[:MAX_POINTS] if isinstance(sent, list) else ()


def _is_point(each: Any) -> bool:
    return (
        isinstance(each, list | tuple)
        and len(each) == 3
        and all(isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) for value in each)
        and each[2] in range(MAX_CLASSES)
    )


@lru_cache(maxsize=8)
def _beneath(dataset: Dataset) -> dict[str, list[float]]:
    data = dataset.examples().train
    x, targets = data.inputs[:_MOST_BENEATH], data.targets[:_MOST_BENEATH]
    return {"x1": x[:, 0].round(3).tolist(), "x2": x[:, 1].round(3).tolist(), "target": targets.tolist()}
