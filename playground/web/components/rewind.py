"""Looking back at a run."""

from collections.abc import Callable

from playground.web.components.loader import component


def rewind(address: str | None, *, key: str, why: str = "", on_asked_change: Callable[[], None]) -> None:
    """A slider over the past of the run at this address; all components that follow the run then show that moment. For None, its place.

    why: why the visitor cannot start a run that goes on from such a moment, "" if they can. on_asked_change: called when they want that:
    {"run": address, "step"} under "asked" of the component's value. Root: `.pg-rewind`, with data-step and data-moments."""
    component("rewind")(key=key, data={"run": address, "why": why}, height="content", on_asked_change=on_asked_change)
