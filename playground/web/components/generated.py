"""Text that the network of a run writes while it trains."""

from playground.catalog.datasets.base import Dataset
from playground.web.components.loader import component
from playground.web.routes.generate import LONGEST


def generated(address: str | None, dataset: Dataset, *, key: str) -> None:
    """A prompt, settings for sampling, and the text with which the newest weights of the run at this address continue it; for None, an
    empty frame that says what to do. dataset: of the run, whose task is to predict the next symbol.

    Root: `.pg-generated`, with data-run, data-step and data-characters."""
    unit = dataset.encoding.preprocessing.get("unit", "symbols")
    data = {"run": address, "unit": unit, "longest": LONGEST, "reads": dataset.tensor.size("length")}
    component("generated")(key=key, data=data, height="content")
