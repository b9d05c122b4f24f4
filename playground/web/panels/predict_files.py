"""Many new inputs: a CSV file with rows, or image files, and a table of the answers to download."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground.catalog.datasets.examples import DataError
from playground.catalog.messages import counted
from playground.own.decoding import ENDINGS
from playground.predicting import Predictions, predict_images, predict_table, results_csv
from playground.predicting.results import results_table, table_csv
from playground.web.held_files import Files, HeldFile, read_all, take
from playground.web.links import page_link
from playground.web.markup import quoted
from playground.web.networks import Network, NetworkError, network_at
from playground.web.panels.predict import default_of, fitted
from playground.web.panels.which_network import Choice
from playground.web.reading import why_not_drawable
from playground.web.upload_limit import upload_megabytes
from playground.web.upload_reading import reads

_MOST_SHOWN = 1000
_MOST_PROBLEMS = 5
_MOST_IMAGES = 1000
_FOLLOW_SECONDS = 1.0


def table(choice: Choice) -> None:
    """Rows from a CSV file, predicted with the newest weights."""
    st.subheader("Many rows at once", anchor=False)
    key = f"predict.{choice.address}.table"
    st.file_uploader(
        "A CSV file with the same columns, in any order",
        type=["csv", "tsv", "txt"],
        key=key,
        max_upload_size=upload_megabytes(),
    )
    st.fragment(_table, run_every=_follow(choice))(choice, next(iter(take(key)), None))


def images(choice: Choice) -> None:
    """Images from files, predicted with the newest weights."""
    key = f"predict.{choice.address}.images"
    st.file_uploader(
        "One or more images",
        type=[ending.removeprefix(".") for ending in ENDINGS],
        accept_multiple_files=True,
        key=key,
        max_upload_size=upload_megabytes(),
    )
    files = take(key)
    if len(files) > _MOST_IMAGES:
        st.warning(f"Only the first {_MOST_IMAGES:,} of {len(files):,} images are predicted at once.")
    st.fragment(_images, run_every=_follow(choice))(choice, files[:_MOST_IMAGES])


def _follow(choice: Choice) -> float | None:
    return _FOLLOW_SECONDS if choice.moving else None


def _table(choice: Choice, file: tuple[str, HeldFile] | None) -> None:
    found = fitted(choice)
    if found is None:
        return
    network, columns = found
    if file is None:
        names = [column.name for column in columns.columns.columns]
        example = table_csv(names, [[default_of(columns, position) for position in range(len(names))]])
        st.download_button(
            "Download a template", example, "rows.csv", "text/csv", icon=":material/table:", on_click="ignore",
            help="A CSV file with the columns that this network takes, and a row to replace by your own",
        )  # fmt: skip
        return
    try:
        predictions = _predicted_table(network, *file)
    except DataError as error:
        st.error(quoted(str(error)[:1].upper() + str(error)[1:]))
        return
    _results(network, predictions, "row")


def _images(choice: Choice, files: Files) -> None:
    try:
        network = network_at(choice.address)
    except NetworkError as error:
        (st.info if error.waiting else st.error)(str(error))
        return
    if not files:
        st.caption("Images are prepared like those that the network was trained on.")
        if why_not_drawable(network.run.spec) is None:
            page_link("draw", "Draw a digit instead", "draw")
        return
    try:
        predictions = _predicted_images(network, files)
    except DataError as error:
        st.error(quoted(str(error)[:1].upper() + str(error)[1:]))
        return
    _results(network, predictions, "image")


@reads(kept=4)
def _predicted_table(network: Network, name: str, content: HeldFile) -> Predictions:
    return predict_table(network.run, content.read(), name)


@reads(kept=4)
def _predicted_images(network: Network, files: Files) -> Predictions:
    return predict_images(network.run, read_all(files))


def _results(network: Network, found: Predictions, noun: str) -> None:
    """What was noted, what went wrong, the answers, and the file."""
    count = len(found.predictions)
    problems = [prediction for prediction in found.predictions if prediction.problem]
    if problems:
        named = "".join(f"\n- {quoted(prediction.name)}: {quoted(prediction.problem)}" for prediction in problems[:_MOST_PROBLEMS])
        more = f"\n- … {len(problems) - _MOST_PROBLEMS:,} more" if len(problems) > _MOST_PROBLEMS else ""
        st.warning(f"{len(problems):,} of {counted(count, noun)} cannot be predicted:\n{named}{more}")
    for note in found.notes:
        st.caption(quoted(note))
    names, rows = results_table(found.predictions[:_MOST_SHOWN], network.run.classes, found.columns)
    shown = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    if not problems:
        del shown["problem"]
    st.dataframe(shown, hide_index=True, placeholder="–", column_config=_formats(names, network.run.classes))
    if count > _MOST_SHOWN:
        st.caption(f"The first {_MOST_SHOWN:,} of {counted(count, noun)}; the file has all of them.")
    st.download_button(
        f"Download {counted(count, noun)} with answers (CSV)", partial(results_csv, found.predictions, network.run.classes, found.columns),
        "predictions.csv", "text/csv",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _formats(names: Sequence[str], classes: Sequence[str]) -> dict[str, Any]:
    """Shares as bars, so that the eye finds the largest; values with separated thousands."""
    if classes:
        shares = names[2 : 3 + len(classes)]
        return {name: st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1) for name in shares}
    return {name: st.column_config.NumberColumn(format="localized") for name in names[1 : names.index("problem")]}
