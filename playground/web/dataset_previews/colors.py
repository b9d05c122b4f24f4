"""The color of an example, the same in every plot of data."""

from playground.catalog.datasets.base import Dataset


def dot_color(dataset: Dataset, target: float, span: float) -> tuple[str, float]:
    """The CSS class of a dot's color, and its opacity. span: the largest absolute value."""
    if not dataset.classes:
        return ("blue" if target >= 0 else "orange"), 0.25 + 0.75 * min(1.0, abs(target) / span)
    if len(dataset.classes) == 2:
        return ("blue" if target == 1 else "orange"), 1.0
    return f"class-{int(target) % 10}", 1.0
