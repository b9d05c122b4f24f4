"""Live chart of a run's metrics."""

from collections.abc import Sequence
from dataclasses import asdict

from playground.catalog.metrics import DeclaredMetric
from playground.web import plotly_script
from playground.web.components.loader import component


def live_chart(address: str | None, *, key: str, metrics: Sequence[DeclaredMetric], height: int = 380) -> None:
    """The curves of the run at this address (for watching or control); for None, empty axes, with Plotly loaded for the first point.

    They follow the run without rerunning the script, and stay in place when the address changes. metrics: what to show before the run says
    it. height: of the chart, in pixels. Root: `.pg-live-chart`."""
    data = {"run": address, "metrics": [asdict(metric) for metric in metrics], "height": height, "plotly": plotly_script.PATH.lstrip("/")}
    component("live_chart")(key=key, data=data, height="content")
