"""Tables: the distribution of each column, and the first rows."""

import html

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data, Split
from playground.web.dataset_previews.colors import dot_color
from playground.web.svg import svg_image

_MOST_COLUMNS = 12
_MOST_CLASSES = 10
_FIRST_ROWS = 8
_BINS = 16
_DRAWN = 150
_WIDE, _HIGH = 90.0, 36.0


def preview(dataset: Dataset, data: Data) -> str:
    """A plot of each of the first columns, and the first training rows."""
    names = dataset.feature_names[:_MOST_COLUMNS]
    columns = "".join(_column(dataset, data.train, index, name) for index, name in enumerate(names))
    more = len(dataset.feature_names) - len(names)
    rest = f"<p>and {more} more column{'s' if more > 1 else ''}</p>" if more > 0 else ""
    return f'<div class="pg-table">{_legend(dataset)}<div class="pg-columns">{columns}</div>{rest}{_rows(dataset, data.train)}</div>'


def caption(dataset: Dataset) -> str:
    """How to read the plot."""
    if dataset.classes:
        return "Histograms of the training rows, one color per class: columns that separate the colors are informative."
    return "Each column of the training rows against the target: columns with a slope are informative."


def _column(dataset: Dataset, train: Split, index: int, name: str) -> str:
    values = np.asarray(train.inputs[:, index], float)
    drawn = _histogram(dataset, values, train.targets) if dataset.classes else _slope(values, train.targets)
    ends = f"{values.min():.4g} to {values.max():.4g}"
    image = svg_image(_WIDE, _HIGH, drawn, f"{name}: {ends} among the training rows", "column")
    return f'<figure title="{html.escape(f"{name}, {ends}", quote=True)}">{image}<figcaption>{html.escape(name)}</figcaption></figure>'


def _histogram(dataset: Dataset, values: Array, targets: Array) -> str:
    """A histogram with stacked classes."""
    edges = np.histogram_bin_edges(values, _BINS)
    counts = [np.histogram(values[targets == label], edges)[0] for label in range(min(len(dataset.classes), _MOST_CLASSES))]
    highest, width = max(1, int(np.sum(counts, axis=0).max())), _WIDE / (len(edges) - 1)
    bars, below = [], np.zeros(len(edges) - 1)
    for label, each in enumerate(counts):
        color, _ = dot_color(dataset, label, 1)
        for index in np.flatnonzero(each):
            top, tall = _HIGH * (1 - (below[index] + each[index]) / highest), _HIGH * each[index] / highest
            bars.append(f'<rect class="bar {color}" x="{index * width:.1f}" y="{top:.1f}" width="{width - 0.6:.1f}" height="{tall:.1f}"/>')
        below = below + each
    return "".join(bars)


def _slope(values: Array, targets: Array) -> str:
    """The target against the column, one dot per row."""
    share = max(1, -(-len(values) // _DRAWN))
    x, y = _spread(values)[::share], _spread(np.asarray(targets, float).reshape(len(values), -1)[:, 0])[::share]
    dots = zip(3 + x * (_WIDE - 6), 3 + (1 - y) * (_HIGH - 6), strict=True)
    return "".join(f'<circle class="of-train" cx="{a:.1f}" cy="{b:.1f}" r="0.9" opacity="0.7"/>' for a, b in dots)


def _spread(values: Array) -> Array:
    """Scaled to 0 … 1."""
    spread: Array = (values - values.min()) / max(float(values.max() - values.min()), 1e-12)
    return spread


def _legend(dataset: Dataset) -> str:
    entries = []
    for label, name in enumerate(dataset.classes[:_MOST_CLASSES]):
        color, _ = dot_color(dataset, label, 1)
        dot = svg_image(8, 8, f'<circle class="{color}" cx="4" cy="4" r="3" opacity="1"/>', "", "dot")
        entries.append(f"<span>{dot}{html.escape(name)}</span>")
    more = len(dataset.classes) - len(entries)
    if more > 0:
        entries.append(f"<span>and {more} more, not shown</span>")
    return f'<div class="pg-classes">{"".join(entries)}</div>' if entries else ""


def _rows(dataset: Dataset, train: Split) -> str:
    """The first rows, collapsed."""
    names = dataset.feature_names[:_MOST_COLUMNS]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in (dataset.target_title, *names))
    body = "".join(
        f"<tr><td>{html.escape(_target(dataset, target))}</td>{''.join(f'<td>{value:.4g}</td>' for value in row[: len(names)])}</tr>"
        for row, target in zip(train.inputs[:_FIRST_ROWS], train.targets[:_FIRST_ROWS], strict=True)
    )
    return f"<details><summary>First training rows</summary><div><table><tr>{head}</tr>{body}</table></div></details>"


def _target(dataset: Dataset, target: Array) -> str:
    return dataset.classes[int(target)] if dataset.classes else " ".join(f"{value:.4g}" for value in np.atleast_1d(target))
