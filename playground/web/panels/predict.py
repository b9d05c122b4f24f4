"""One new row: a form with the columns as they were, and the network's answer to it."""

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from playground.catalog.datasets.columns import FittedColumns, TableColumn
from playground.catalog.datasets.examples import DataError
from playground.catalog.messages import counted
from playground.own.columns import number_text
from playground.predicting import Prediction, predict_rows
from playground.predicting.rows import columns_of
from playground.runs.run_error import RunError
from playground.web import session
from playground.web.links import page_link
from playground.web.markup import percent, quoted
from playground.web.networks import Network, NetworkError, network_at, spec_at
from playground.web.panels.which_network import Choice

_FOLLOW_SECONDS = 1.0
_MOST_FIELDS = 60
"""Columns in the form; further ones count as missing."""
_MOST_BARS = 10
_MISSING = "missing"
_DIGITS = 6


def introduction() -> None:
    """What this page is."""
    st.title("Predict", anchor=False)
    st.caption("Give a trained network something new, and see its answer: a row of your table, a point, or an image.")


def takes_rows(choice: Choice) -> bool:
    """Whether the network takes rows of columns; otherwise it takes images."""
    return not spec_at(choice.address).data.tensor.has("height", "width")


def form(choice: Choice) -> None:
    """The fields and the answer, which follows every change and, while the network trains, its newest weights."""
    st.fragment(_form, run_every=_FOLLOW_SECONDS if choice.moving else None)(choice)


def next_steps(choice: Choice) -> None:
    """Where to go from here."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if session.run() is None:
            st.markdown("To predict rows of your own table, upload it and train a network on it.", width="content")
            page_link("data", "Use your own data", "upload_file")
        page_link("playground", "Train a network", "hub")


def fitted(choice: Choice) -> tuple[Network, FittedColumns] | None:
    """The newest state of the network and its columns; None, with a message, if there is nothing to predict with yet."""
    try:
        network = network_at(choice.address)
        return network, columns_of(network.run)
    except NetworkError as error:
        if error.waiting:
            st.info(str(error), icon=":material/hourglass_empty:")
        else:
            st.error(str(error))
    except (DataError, RunError) as error:
        st.error(f"Rows cannot be predicted. {error}")
    return None


def default_of(columns: FittedColumns, position: int) -> float | str:
    """What a field begins with: the mean of the training rows, or the most frequent category."""
    column, start = columns.columns.columns[position], columns.columns.starts[position]
    fillings = columns.fillings[start : start + len(column.titles)]
    if column.kind == "category":
        return column.titles[fillings.index(max(fillings))]
    return round(float(f"{fillings[0]:.4g}"), _decimals(columns, start))


def _decimals(columns: FittedColumns, feature: int) -> int:
    """Digits after the decimal point that the values of a column of numbers have."""
    return columns.decimals[feature] if columns.decimals else _DIGITS


def _form(choice: Choice) -> None:
    found = fitted(choice)
    if found is None:
        return
    network, columns = found
    answer, fields = st.columns([2, 3], gap="large")
    with fields:
        row = _fields(columns, choice.address)
    with answer:
        _answer(network, columns, row)


def _fields(columns: FittedColumns, address: str) -> dict[str, Any]:
    """One field for each column. → the row."""
    row: dict[str, Any] = {}
    shown = columns.columns.columns[:_MOST_FIELDS]
    with st.container(key="pg-predict-fields", horizontal=True, gap="small"):
        for position, column in enumerate(shown):
            key = f"predict.{address}.{position}"
            session.begin_with(key, default_of(columns, position))
            row[column.name] = _number(columns, position, column, key) if column.kind == "number" else _category(column, key)
    if rest := columns.columns.columns[_MOST_FIELDS:]:
        st.caption(f"The {len(rest):,} other columns count as missing here; predict from a CSV file to give them values.")
        row |= dict.fromkeys((column.name for column in rest), None)
    return row


def _number(columns: FittedColumns, position: int, column: TableColumn, key: str) -> float | None:
    index = columns.columns.starts[position]
    low, high = columns.lows[index], columns.highs[index]
    value: float | None = st.number_input(
        quoted(column.name),
        value=None,
        step=_step(low, high, _decimals(columns, index)),
        format=f"%.{_DIGITS}g",
        placeholder=_MISSING,
        key=key,
        width=220,
        help=f"In training from {number_text(low)} to {number_text(high)}. Clear the field if the value is missing.",
    )
    return value


def _category(column: TableColumn, key: str) -> str | None:
    known = ", ".join(column.categories[:20])
    value: str | None = st.selectbox(
        quoted(column.name),
        [*column.titles, _MISSING],
        key=key,
        width=220,
        help=f"In training: {quoted(known)}{' …' if len(column.categories) > 20 else ''}",
    )
    return None if value == _MISSING and not column.knows(_MISSING) else value


def _step(low: float, high: float, decimals: int) -> float:
    """A power of ten, about a hundredth of the range, but no finer than the values are."""
    return 10.0 ** max(-decimals, math.floor(math.log10((high - low) / 50))) if high > low else 1.0


def _answer(network: Network, columns: FittedColumns, row: Mapping[str, Any]) -> None:
    try:
        found = predict_rows(network.run, [row])
    except DataError as error:
        st.error(str(error)[:1].upper() + str(error)[1:])
        return
    (prediction,) = found.predictions
    if prediction.problem:
        st.error(prediction.problem)
        return
    st.html(_shown(prediction, columns.target, f"{network.title}, after {counted(network.run.step, 'step')}"))
    for note in found.notes:
        st.caption(quoted(note.replace(" (row 1)", "")))
    if network.run.caveat:
        st.caption(network.run.caveat)


def _shown(prediction: Prediction, target: str, origin: str) -> str:
    """The answer as HTML: a value in its units, or the class and the probabilities of the likeliest ones."""
    answer = prediction.answer
    origin = f'<p class="pg-predicted-of">{escape(origin)}</p>'
    if "probabilities" not in answer or target in answer:
        ((name, value),) = answer.items()
        text = value_text(value)
        return _section(text, f'<p class="pg-predicted-of">{escape(name)}</p><p class="pg-predicted-answer">{escape(text)}</p>{origin}')
    shares = sorted(answer["probabilities"].items(), key=lambda pair: -pair[1])
    bars = "".join(
        f'<div class="pg-one-share"><span>{escape(name)}</span><i><b style="width:{100 * share:.1f}%"></b></i>'
        f"<em>{percent(share)}</em></div>"
        for name, share in shares[:_MOST_BARS]
    )
    more = f'<p class="pg-predicted-of">and {len(shares) - _MOST_BARS:,} other classes</p>' if len(shares) > _MOST_BARS else ""
    lead = f'<p class="pg-predicted-of">{escape(target)}</p>' if target != "Target" else ""
    answered = f'<p class="pg-predicted-answer">{escape(answer["label"])} <small>{percent(answer["confidence"])}</small></p>'
    return _section(answer["label"], f'{lead}{answered}<div class="pg-shares">{bars}</div>{more}{origin}')


def _section(answer: str, content: str) -> str:
    return f'<section class="pg-predicted" aria-live="polite" data-answer="{escape(answer, quote=True)}">{content}</section>'


def value_text(value: float) -> str:
    """A value in full, to six digits: 412,000, 0.0312."""
    size = abs(value)
    if size and not 1e-4 <= size < 1e15:
        return f"{value:.3g}".replace("-", "−")
    digits = max(0, _DIGITS - len(str(int(size))))
    text = f"{value:,.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
