"""Sequences of numbers: one small chart per example, one line per feature."""

import html

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data
from playground.web.dataset_previews.examples import answer, firsts
from playground.web.svg import svg_image

_SHOWN = 6
_LINES = 10
"""At most this many features are drawn, each in its own color."""
_POINTS = 200
_WIDE, _HIGH = 90.0, 36.0


def preview(dataset: Dataset, data: Data) -> str:
    """Training examples, of different classes if there are classes, each with its target below. All charts share both axes."""
    rows = firsts(dataset, data.train, _SHOWN)
    shown = [np.asarray(data.train.inputs[row], np.float64) for row in rows]
    ends = np.nanmin(shown), np.nanmax(shown)
    figures = []
    for row, sequence in zip(rows, shown, strict=True):
        text = answer(dataset, data.train.targets[row])
        steps = int((~np.isnan(sequence).any(axis=1)).sum())
        image = svg_image(_WIDE, _HIGH, _lines(sequence, *ends), f"{steps} steps of {dataset.title}: {text}", "column")
        figures.append(f"<figure>{image}<figcaption>{html.escape(text)}</figcaption></figure>")
    return f'<div class="pg-table"><div class="pg-columns">{"".join(figures)}</div></div>'


def caption(dataset: Dataset) -> str:
    """How to read the plot."""
    features, below = dataset.tensor.size("features"), "class" if dataset.classes else "target"
    lines = "The line is the sequence over time" if features == 1 else f"Each line is one of {features} features over time"
    if features > _LINES:
        lines = f"Each line is one of the first {_LINES} of {features} features over time"
    return f"{lines}; below it is its {below}."


def _lines(sequence: Array, low: float, high: float) -> str:
    """sequence: (L, F); what is NaN is left out."""
    length = len(sequence)
    share = max(1, -(-length // _POINTS))
    lines = []
    for feature, values in enumerate(sequence[::share, :_LINES].T):
        points = " ".join(
            f"{step * share / max(1, length - 1) * _WIDE:.1f},{2 + (high - value) / max(high - low, 1e-12) * (_HIGH - 4):.1f}"
            for step, value in enumerate(values.tolist())
            if value == value
        )
        lines.append(f'<polyline class="line class-{feature}" points="{points}"/>')
    return "".join(lines)
