"""The three columns of the Playground page; a column that a link hides completely makes room for the others."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.web.classroom import Limits

_WIDTHS = {"left": 22, "middle": 45, "right": 33}
_MIDDLE = ("network", "presets", "loss", "optimizer", "schedule", "training")


def columns(limits: Limits) -> tuple[DeltaGenerator | None, DeltaGenerator, DeltaGenerator | None]:
    """Left, middle and right column, None if empty. The middle always exists, since the network editor updates the address; it takes no
    space if all of it is hidden."""
    empty = {"left": limits.hides("data", "augmentation", "batches"), "middle": limits.hides(*_MIDDLE), "right": limits.hides("output")}
    seen = [name for name in _WIDTHS if not empty[name]]
    columns = dict(zip(seen, st.columns([_WIDTHS[name] for name in seen], gap="medium"), strict=True)) if seen else {}
    return columns.get("left"), columns.get("middle") or st.container(), columns.get("right")
