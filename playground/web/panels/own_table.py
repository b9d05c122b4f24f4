"""Upload your own table: the file as read, what to predict from what, and the resulting dataset."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import streamlit as st

from playground.catalog.datasets import DataError
from playground.own import Column, Prepared, TableChoices, TableDraft, guess, prepare_table
from playground.own.giveaways import giveaways
from playground.own.guessing import task_of
from playground.own.preprocessing import Gaps
from playground.own.series import like_series
from playground.web import session
from playground.web.held_files import HeldFile, take
from playground.web.markup import quoted
from playground.web.panels.own import WAY, notes, preview, refused, remembered, remembering
from playground.web.panels.own_reading import digest, read_as_chosen, reading, table_as_read
from playground.web.panels.own_text import use_as_text
from playground.web.table_summary import columns_overview
from playground.web.upload_limit import upload_megabytes
from playground.web.upload_reading import reads

_FILE = "own.table.file"
_UPLOADER = "own.table.uploader"
_GAPS: dict[Gaps, str] = {"drop": "Drop the row", "mean": "Fill with the mean", "most_frequent": "Fill with the most frequent value"}
_TASKS: dict[Literal["classes", "value"], str] = {"classes": "Classes", "value": "A value"}
_MOST_GIVEAWAYS = 6
_MOST_ASKED = 30
"""Maximum number of columns with their own setting for missing values."""


def table() -> None:
    """From the file to training, step by step."""
    read = uploaded_table("A text file with one row per example, separated by commas, semicolons or tabs (CSV)")
    if read is None:
        return
    name, content, draft = read
    notes(draft.notes)
    _suggestion(draft, name, content)
    try:
        guessed = guess(draft)
    except DataError as error:
        refused(error)
        return
    prefix = f"own.table.{digest(content)}.{len(draft.columns)}.{draft.header}"
    choices = _choices(draft, guessed, prefix)
    st.html(columns_overview(draft, choices))
    try:
        others = {name: getattr(choices, name) for name in choices.__dataclass_fields__ if name != "by_column"}
        prepared = _prepared(content, name, reading(content), tuple(sorted(choices.by_column.items())), **others)
    except DataError as error:
        refused(error)
        return
    st.subheader("Resulting dataset", anchor=False)
    preview(prepared, "train_table", show_examples=False, beside_notes=partial(_leave_out, draft, choices, prefix))


def uploaded_table(label: str) -> tuple[str, HeldFile, TableDraft] | None:
    """The uploader, and how the file was read; the same table serves as rows and as a time series. → the file's name, its content and the
    table; None if there is none yet, or one that cannot be read, which is said."""
    st.file_uploader(label, key=_UPLOADER, on_change=_store, max_upload_size=upload_megabytes())
    file: tuple[str, HeldFile] | None = session.choice(_FILE, None)
    if file is None:
        st.caption("You can review the data before anything is stored or trained.")
        return None
    name, content = file
    draft = table_as_read(content, name)
    return None if draft is None else (name, content, draft)


def _suggestion(draft: TableDraft, name: str, content: HeldFile) -> None:
    """Sentences are better read word by word, and values in time as a series."""
    sentences = [column.name for column in draft.columns if column.has_sentences]
    if not sentences and not like_series(draft):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="pg-own-suggestion"):
        if sentences:
            st.markdown(f"A network for text can read “{quoted(sentences[0])}” word by word.", width="content")
            st.button(
                "Use as text", key="own_use_as_text", icon=":material/notes:", type="primary", on_click=use_as_text, args=(name, content)
            )
        else:
            st.markdown("A network can forecast what comes next in this time series.", width="content")
            st.button(
                "Use as time series",
                key="own_use_as_series",
                icon=":material/timeline:",
                type="primary",
                on_click=session.pick,
                args=(WAY, "series"),
            )


def _leave_out(draft: TableDraft, choices: TableChoices, prefix: str) -> None:
    """A button for each feature that gives the target away; the notes on the dataset say how."""
    used = [column for column in draft.columns if column.position not in {*choices.dropped, choices.target} and column.kind != "empty"]
    found = giveaways(draft.columns[choices.target], used, choices.task)
    if not found:
        return
    with st.container(horizontal=True, key="pg-own-giveaways"):
        for column in [giveaway.column for giveaway in found[:_MOST_GIVEAWAYS]]:
            others = [each.position for each in used if each is not column]
            st.button(
                f"Leave out “{quoted(column.name)}”", key=f"own_leave_out_{column.position}", icon=":material/visibility_off:",
                on_click=session.pick, args=(_features_key(prefix, choices.target), others),
            )  # fmt: skip


def _features_key(prefix: str, target: int) -> str:
    return f"{prefix}.features.{target}"


def _store() -> None:
    """The file, or None if it was removed."""
    session.choose(_FILE, next(iter(take(_UPLOADER)), None))


@reads(kept=4)
def _prepared(
    content: HeldFile, name: str, chosen: tuple[tuple[str, Any], ...], by_column: tuple[tuple[int, Gaps], ...], **choices: Any
) -> Prepared:
    return prepare_table(read_as_chosen(content, name, chosen), TableChoices(by_column=dict(by_column), **choices))


def _choices(draft: TableDraft, guessed: TableChoices, prefix: str) -> TableChoices:
    """The widgets for target, features and preprocessing, with guessed defaults. prefix: prefix of their names."""
    title = _title(draft)
    every = [column.position for column in draft.columns]
    left, right = st.columns(2, gap="medium")
    with left:
        wanted = remembered(f"{prefix}.target", guessed.target, every)
        target = st.selectbox("Target", every, wanted, format_func=title, help="The column to predict", **remembering(f"{prefix}.target"))
        tasks = list(_TASKS)
        usual = guessed.task if target == guessed.target else task_of(draft.columns[target])
        named = f"{prefix}.task.{target}"
        task = st.segmented_control(
            "Predict", tasks, format_func=_TASKS.__getitem__, default=remembered(named, usual, tasks), required=True, **remembering(named)
        )
        scale = task == "value" and st.toggle(
            "Standardize the target (mean 0, standard deviation 1)", remembered(f"{prefix}.scale", True), **remembering(f"{prefix}.scale"),
            help="Without it, large values such as prices are hard to learn",
        )  # fmt: skip
        share = st.slider("Test share (%)", 5, 90, remembered(f"{prefix}.share", 20), **remembering(f"{prefix}.share"))
    with right:
        features = [column.position for column in draft.columns if column.position != target and column.kind != "empty"]
        usual_features = [position for position in features if position not in guessed.dropped]
        named = _features_key(prefix, target)
        kept = [each for each in remembered(named, usual_features) if each in features]
        used = st.multiselect("Features", features, kept, format_func=title, **remembering(named))
        gaps = list(_GAPS)
        named = f"{prefix}.gaps"
        usual_gaps = gaps.index(remembered(named, guessed.missing, gaps))
        missing = st.selectbox("Missing values", gaps, usual_gaps, format_func=_GAPS.__getitem__, **remembering(named))
        by_column = _by_column([draft.columns[each] for each in used if draft.columns[each].missing], missing, prefix)
        most = 20
        if any(draft.columns[each].kind != "number" for each in used):
            most = st.number_input(
                "Maximum categories per column", 2, 1000, remembered(f"{prefix}.most", 20), **remembering(f"{prefix}.most"),
                help="Each category becomes a feature; rarer categories share one, “other”",
            )  # fmt: skip
    return TableChoices(
        target=target,
        task=task or "classes",
        dropped=frozenset(features) - frozenset(used),
        missing=missing,
        by_column=by_column,
        most_categories=most,
        scale_target=bool(scale) if task == "value" else True,
        test_share=share / 100,
    )


def _by_column(gappy: list[Column], usual: Gaps, prefix: str) -> dict[int, Gaps]:
    """Exceptions for the missing values of single columns."""
    if not gappy:
        return {}
    chosen: dict[int, Gaps] = {}
    with st.expander(f"Missing values by column · {len(gappy):,} column{'s' if len(gappy) > 1 else ''}"):
        for column in gappy[:_MOST_ASKED]:
            named = f"{prefix}.gaps.{column.position}"
            options: list[Gaps | Literal[""]] = ["", *_GAPS]
            picked = st.selectbox(
                quoted(f"{column.name} · {column.missing:,} missing"), options, options.index(remembered(named, "", options)),
                format_func=lambda gap: _GAPS[gap] if gap else f"Default ({_GAPS[usual].lower()})", **remembering(named),
            )  # fmt: skip
            if picked:
                chosen[column.position] = picked
    return chosen


def _title(draft: TableDraft) -> Callable[[int], str]:
    return lambda position: draft.columns[position].name
