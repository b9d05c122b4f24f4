"""The network of a run while it learns."""

from dataclasses import asdict

from playground.training.views import DeclaredView
from playground.web.components.loader import component


def network_picture(address: str, view: DeclaredView, *, key: str) -> None:
    """The picture of the network of the run at this address. view: what such a run declares, shown until the run itself has said it.

    Root: `.pg-network`, with data-run, data-layers, data-step and data-frames."""
    component("network_picture")(key=key, data={"run": address, "view": asdict(view)}, height="content")
