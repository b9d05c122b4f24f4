"""An uploaded time series with its split and one window."""

import html

import numpy as np

from playground.catalog.datasets import OwnSeries
from playground.own import Prepared
from playground.own.columns import number_text
from playground.own.times import time_text
from playground.web.svg import svg_image

CAPTION = (
    "The whole series in time: the training part, then the test part. Shaded is the first test window, which the network sees; dashed is "
    "what it then forecasts."
)
_COLUMNS = 4
"""At most this many columns are drawn, each with its own scale."""
_POINTS = 600
_WIDE, _HIGH = 240.0, 60.0


def series_picture(prepared: Prepared) -> str:
    """One chart per column; the columns beyond the first ones are only named."""
    dataset, upload = prepared.dataset, prepared.upload
    assert isinstance(dataset, OwnSeries)
    cut = len(upload.inputs) - (len(prepared.data.test) + dataset.window + dataset.horizon - 1)
    names = upload.description["features"]
    ends = [time_text(float(upload.targets[index]), bool(upload.description["dated"])) for index in (0, cut, -1)]
    charts = "".join(
        _chart(np.asarray(upload.inputs[:, index]), name, cut, dataset.window, dataset.horizon, ends)
        for index, name in enumerate(names[:_COLUMNS])
    )
    more = len(names) - _COLUMNS
    rest = f"<p>and {more:,} more column{'s' if more > 1 else ''}, not shown</p>" if more > 0 else ""
    return f'<div class="pg-own-series">{charts}{rest}</div>'


def _chart(values: np.ndarray, name: str, cut: int, window: int, horizon: int, ends: list[str]) -> str:
    low, high = float(values.min()), float(values.max())

    def across(step: float) -> float:
        return step / max(1, len(values) - 1) * _WIDE

    def line(first: int, last: int, kind: str) -> str:
        """Of many steps only some are drawn, among them the last one."""
        steps = np.unique(np.linspace(first, last, min(_POINTS, last - first + 1)).round().astype(int))
        heights = 2 + (high - values[steps]) / max(high - low, 1e-12) * (_HIGH - 4)
        points = " ".join(f"{across(step):.2f},{y:.2f}" for step, y in zip(steps, heights, strict=True))
        return f'<polyline class="line {kind}" points="{points}"/>'

    body = (
        f'<rect class="gap" x="{across(cut):.2f}" y="0" width="{across(window):.2f}" height="{_HIGH:g}"/>'
        + line(0, cut - 1, "of-train")
        + line(cut, cut + window - 1, "of-test")
        + line(cut + window - 1, cut + window + horizon - 1, "of-test ahead")
        + (line(cut + window + horizon - 1, len(values) - 1, "of-test") if cut + window + horizon < len(values) else "")
    )
    text = f"{name}: {number_text(low)} to {number_text(high)}; training from {ends[0]}, test from {ends[1]} to {ends[2]}"
    picture = svg_image(_WIDE, _HIGH, body, text, "series-chart")
    marks = (
        f'<span class="pg-of-train">training from {html.escape(ends[0])}</span>'
        f'<span class="pg-of-test">test from {html.escape(ends[1])} to {html.escape(ends[2])}</span>'
    )
    size = f"{number_text(low)} to {number_text(high)}"
    return f"<figure><figcaption><strong>{html.escape(name)}</strong> <span>{size}</span></figcaption>{picture}<div>{marks}</div></figure>"
