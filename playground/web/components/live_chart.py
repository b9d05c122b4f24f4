"""Loss and accuracy of a run, drawn live."""

from playground.web import plotly_script
from playground.web.components.loader import component


def live_chart(address: str | None, *, key: str, accuracy: bool = True, height: int = 380) -> None:
    """The curves of the run at this address (to watch or to control); empty axes for None, with Plotly ready for the first point.

    They follow the run without any script running, and stay where they are when the address changes. accuracy: whether there is
    one (not for regression). height: of the drawing, in pixels. Root: `.pg-live-chart`."""
    data = {"run": address, "accuracy": accuracy, "height": height, "plotly": plotly_script.PATH.lstrip("/")}
    component("live_chart")(key=key, data=data, height="content")
