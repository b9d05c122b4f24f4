"""Sequences of numbers: one small chart per example, one line per feature."""

import html

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data, Split
from playground.web.dataset_previews.examples import answer, chosen
from playground.web.svg import svg_image

_SHOWN = 8
_LINES = 10
"""At most this many features are drawn, each in its own color."""
_POINTS = 200
_WIDE, _HIGH = 90.0, 36.0
_CARD_ROWS = 3


def preview(dataset: Dataset, data: Data) -> str:
    """Training examples, of different classes if there are classes, each with its target below, or continued by it if it is a forecast.
    All charts share both axes."""
    rows = chosen(dataset, data.train, _SHOWN)
    shown = [_continued(dataset, data.train, row) for row in rows]
    ends = np.nanmin(shown), np.nanmax(shown)
    figures = []
    for row, sequence in zip(rows, shown, strict=True):
        below = "" if _is_forecast(dataset) else answer(dataset, data.train.targets[row])
        steps = int((~np.isnan(sequence[: dataset.shape[0]]).any(axis=1)).sum())
        text = f"{steps} steps of {dataset.title}{f': {below}' if below else ', and the next ones'}"
        image = svg_image(_WIDE, _HIGH, lines(sequence, dataset.shape[0], *ends, _WIDE, _HIGH), text, "column")
        figures.append(f"<figure>{image}<figcaption>{html.escape(below)}</figcaption></figure>")
    return f'<div class="pg-table"><div class="pg-columns">{"".join(figures)}</div></div>'


def thumbnail(dataset: Dataset) -> str:
    """Some training examples, one below the other."""
    data = dataset.preview()
    shown = [_continued(dataset, data.train, row) for row in chosen(dataset, data.train, _CARD_ROWS)]
    ends = np.nanmin(shown), np.nanmax(shown)
    charts = (lines(sequence, dataset.shape[0], *ends, _WIDE, _HIGH) for sequence in shown)
    body = "".join(f'<g transform="translate(0 {row * _HIGH:g})">{chart}</g>' for row, chart in enumerate(charts))
    return svg_image(_WIDE, _CARD_ROWS * _HIGH, body, f"Some examples of {dataset.title}", "series")


def caption(dataset: Dataset) -> str:
    """How to read the plot."""
    features, below = dataset.tensor.size("features"), f"below it is its {'class' if dataset.classes else 'target'}"
    if _is_forecast(dataset):
        below = "dashed is what comes next, the target"
    lines = "The line is the sequence over time" if features == 1 else f"Each line is one of {features} features over time"
    if features > _LINES:
        lines = f"Each line is one of the first {_LINES} of {features} features over time"
    return f"{lines}; {below}."


def _is_forecast(dataset: Dataset) -> bool:
    return dataset.task.name() == "forecast"


def _continued(dataset: Dataset, split: Split, row: int) -> Array:
    """A sequence (L, F); of forecasts followed by the values to predict: (L + horizon, F)."""
    sequence = np.asarray(split.inputs[row], np.float64)
    return np.concatenate([sequence, split.targets[row].reshape(-1, sequence.shape[1])]) if _is_forecast(dataset) else sequence


def lines(sequence: Array, length: int, low: float, high: float, wide: float, tall: float) -> str:
    """A sequence (L, F) as the body of an SVG image, one line per feature; what is NaN is left out. Steps from `length` on are dashed.
    low, high: the values at the bottom and at the top."""
    share = max(1, -(-len(sequence) // _POINTS))
    x = np.arange(len(sequence)) / max(1, len(sequence) - 1) * wide
    drawn = []
    for feature, values in enumerate(sequence[:, :_LINES].T):
        y = 2 + (high - values) / max(high - low, 1e-12) * (tall - 4)
        for part, dashed in ((slice(0, length, share), ""), (slice(length - 1, None, share), " ahead")):
            points = " ".join(f"{across:.1f},{down:.1f}" for across, down in zip(x[part], y[part], strict=True) if not np.isnan(down))
            if points and (not dashed or len(sequence) > length):
                drawn.append(f'<polyline class="line class-{feature}{dashed}" points="{points}"/>')
    return "".join(drawn)
