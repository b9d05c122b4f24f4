"""What is explained: pickers by kind of data."""

from collections.abc import Callable

import streamlit as st

from playground.catalog.datasets.examples import DataError
from playground.catalog.encodings import Picture
from playground.runs.without_folders import without_folders
from playground.web.generations import load
from playground.web.markup import quoted
from playground.web.networks import Network
from playground.web.panels import explain_images, explain_sequences
from playground.web.panels.explain_picked import Picked

PICKERS: dict[Picture, Callable[[Network], Picked | None]] = {
    "images": explain_images.pick,
    "series": explain_sequences.pick_numbers,
    "symbols": explain_sequences.pick_symbols,
}


def pick(network: Network) -> Picked | None:
    """The pickers, and what is picked; None, with a message, if there is nothing yet."""
    data = network.run.spec.data
    try:
        load(data)
        return PICKERS[data.encoding.picture](network)
    except DataError as error:
        st.error(quoted(f"The test examples cannot be shown. {without_folders(str(error))}"))
        return None
