"""Upload your own time series: the table as read, what to forecast from what, and the resulting dataset."""

from dataclasses import replace
from typing import Any

import streamlit as st

from playground.catalog.datasets import DataError
from playground.own import Prepared, SeriesChoices, TableDraft, guess_series, prepare_series
from playground.own.times import Gaps, Repeats, is_time
from playground.web.held_files import HeldFile
from playground.web.panels.own import notes, preview, refused, remembered, remembering
from playground.web.panels.own_reading import digest, read_as_chosen, reading
from playground.web.panels.own_table import uploaded_table
from playground.web.upload_reading import reads

_GAPS: dict[Gaps, str] = {"refuse": "Refuse the table", "fill": "Fill with the last known values", "ignore": "Count rows, not time"}
_REPEATS: dict[Repeats, str] = {"refuse": "Refuse the table", "average": "Average the rows of a time"}
_ROWS = -1
"""Stands for the order of the rows, instead of a column of times."""


def series() -> None:
    """From the file to training, step by step."""
    read = uploaded_table("A table with one row per time and a column of values (CSV)")
    if read is None:
        return
    name, content, draft = read
    try:
        with st.spinner("Reading the series …", show_time=True):
            guessed = _guessed(content, name, reading(content))
    except DataError as error:
        refused(error)
        return
    notes(draft.notes)
    choices = _choices(draft, guessed, f"own.series.{digest(content)}.{len(draft.columns)}.{draft.header}")
    try:
        with st.spinner("Reading the series …", show_time=True):
            prepared = _prepared(content, name, reading(content), choices)
    except DataError as error:
        refused(error)
        return
    st.subheader("Resulting dataset", anchor=False)
    preview(prepared, "train_series")


@reads(kept=4)
def _guessed(content: HeldFile, name: str, chosen: tuple[tuple[str, Any], ...]) -> SeriesChoices:
    return guess_series(read_as_chosen(content, name, chosen))


@reads(kept=4)
def _prepared(content: HeldFile, name: str, chosen: tuple[tuple[str, Any], ...], choices: SeriesChoices) -> Prepared:
    return prepare_series(read_as_chosen(content, name, chosen), choices)


def _choices(draft: TableDraft, guessed: SeriesChoices, prefix: str) -> SeriesChoices:
    """The widgets, with guessed defaults. prefix: prefix of their names."""
    left, right = st.columns(2, gap="medium")
    with left:
        times = [_ROWS, *(column.position for column in draft.columns if is_time(column) or column.kind in ("date", "number"))]
        usual = _ROWS if guessed.time is None else guessed.time
        time = st.selectbox(
            "Time", times, times.index(remembered(f"{prefix}.time", usual, times)), help="The column that says when each row was measured",
            format_func=lambda position: "Order of the rows" if position == _ROWS else draft.columns[position].name,
            **remembering(f"{prefix}.time"),
        )  # fmt: skip
        numbers = [column.position for column in draft.columns if column.kind == "number" and column.position != time]
        named = f"{prefix}.columns.{time}"
        kept = [position for position in remembered(named, guessed.columns) if position in numbers]
        columns = st.multiselect(
            "Columns", numbers, kept, format_func=lambda position: draft.columns[position].name, **remembering(named),
            help="What the network sees and forecasts",
        )  # fmt: skip
        share = st.slider("Test share (%)", 10, 90, remembered(f"{prefix}.share", 25), **remembering(f"{prefix}.share"))
    with right:
        window = st.number_input(
            "Window (steps)", 2, 2000, remembered(f"{prefix}.window", None), placeholder="automatic", **remembering(f"{prefix}.window"),
            help="How many past steps the network sees",
        )  # fmt: skip
        horizon = st.number_input(
            "Horizon (steps)", 1, 500, remembered(f"{prefix}.horizon", None), placeholder="automatic", **remembering(f"{prefix}.horizon"),
            help="How many steps it forecasts",
        )  # fmt: skip
        gaps, repeats = list(_GAPS), list(_REPEATS)
        gap = st.selectbox(
            "Missing times and values", gaps, gaps.index(remembered(f"{prefix}.gaps", guessed.gaps, gaps)), format_func=_GAPS.__getitem__,
            help="Count rows, not time: rows with missing values are left out, and the others count as evenly spaced",
            **remembering(f"{prefix}.gaps"),
        )  # fmt: skip
        repeat = st.selectbox(
            "Repeated times", repeats, repeats.index(remembered(f"{prefix}.repeats", guessed.repeats, repeats)),
            format_func=_REPEATS.__getitem__,
            **remembering(f"{prefix}.repeats"),
        )  # fmt: skip
    return replace(
        guessed,
        columns=tuple(columns),
        time=None if time == _ROWS else time,
        window=window,
        horizon=horizon,
        gaps=gap,
        repeats=repeat,
        test_share=share / 100,
    )
