"""Live chart of a run's metrics, with earlier runs beside it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from playground.catalog.metrics import DeclaredMetric
from playground.web import plotly_script
from playground.web.components.loader import component
from playground.web.earlier import Earlier


def live_chart(
    address: str | None,
    *,
    key: str,
    metrics: Sequence[DeclaredMetric],
    height: int = 380,
    earlier: Sequence[Earlier] = (),
    note: str = "",
    named: str = "",
    on_screen: bool = True,
    visited: Sequence[str] = (),
    on_asked_change: Callable[[], None] | None = None,
) -> None:
    """The curves of the run at this address (for watching or control); for None, empty axes, with Plotly loaded for the first point.

    They follow the run without rerunning the script, and stay in place when the address changes. metrics: what to show before the run says
    it. height: of the chart, in pixels. note: what empty axes say. earlier: runs whose curves are drawn as well, and that `run_table` lists
    with their numbers. named: its name, or what it has differently from them. on_screen: whether it is listed as "this run". visited:
    addresses of this visit's runs, which the browser remembers across a reload. on_asked_change: called when the visitor asks for
    something: {"do": "open", "remove" or "recall", "runs": addresses} under "asked" of the component's value. Root: `.pg-live-chart`."""
    data = {
        "run": address,
        "metrics": [asdict(metric) for metric in metrics],
        "height": height,
        "plotly": plotly_script.PATH.lstrip("/"),
        "earlier": [asdict(run) for run in earlier],
        "note": note,
        "named": named,
        "on_screen": on_screen,
        "visited": list(visited),
    }
    component("live_chart")(key=key, data=data, height="content", on_asked_change=on_asked_change or (lambda: None))


def run_table(*, key: str) -> None:
    """Where the chart of this page lists the runs, with their numbers and buttons. Root: `.pg-runs`."""
    component("run_table")(key=key, data={}, height="content")
