"""Data whose inputs can all be seen in one picture."""

from typing import Literal

from playground.catalog.datasets.base import Dataset


def domain(data: Dataset) -> Literal["line", "plane"] | None:
    """What predictions for all inputs can be plotted over, between the bounds of the dataset; None if inputs have too many dimensions."""
    if data.family == "curves" and data.shape == (1,):
        return "line"
    return "plane" if data.family == "points" and data.shape == (2,) else None
