"""Upload your own text: files, a table with a column of sentences, or pasted text; how to read it, and the resulting dataset."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground.catalog.datasets import DataError
from playground.catalog.datasets.own_text import MAX_CLASSES, MAX_LENGTH, MAX_SYMBOLS, MAX_WINDOW
from playground.catalog.sequences.vocabulary import Unit
from playground.own import PASTED, Prepared, TableDraft, TextChoices, TextDraft, guess_text, prepare_text, read_texts
from playground.own.table import TABLES
from playground.own.targets import like_classes
from playground.own.texts import Learn, text_columns
from playground.web import session
from playground.web.held_files import Files, HeldFile, digest_of, hold, read_all, take
from playground.web.markup import quoted
from playground.web.panels.own import WAY, notes, preview, refused, remembered, remembering
from playground.web.panels.own_reading import read_as_chosen, reading, table_as_read
from playground.web.upload_limit import upload_megabytes
from playground.web.upload_reading import reads

_FILES, _TYPED = "own.text.files", "own.text.typed"
_UPLOADER = "own.text.uploader"
_LEARN: dict[Learn, str] = {"classes": "Classes", "value": "A value", "next": "What comes next"}
_UNITS: dict[Unit, str] = {"words": "Words", "characters": "Characters"}
_MOST_TYPED = 500_000
_EXAMPLE = "Paste a story, a song, code …: a network can learn to write on."


def text() -> None:
    """From the files to training, step by step."""
    st.file_uploader(
        "Text files, a ZIP with one folder of text files per class, or a table (CSV) with a column of sentences",
        key=_UPLOADER, accept_multiple_files=True, on_change=_store, max_upload_size=upload_megabytes(),
    )  # fmt: skip
    files: Files = session.choice(_FILES, ())
    if not files:
        typed = st.text_area(
            "Or paste text", remembered(_TYPED, ""), max_chars=_MOST_TYPED, height=160, placeholder=_EXAMPLE, **remembering(_TYPED)
        )
        files = ((PASTED, hold(typed.encode("utf-8", "replace"))),) if typed.strip() else ()
    if not files:
        st.caption("You can review the data before anything is stored or trained.")
        return
    try:
        draft = _draft(files)
        if draft is None:
            return
        guessed = guess_text(draft)
    except DataError as error:
        refused(error)
        return
    _about(draft)
    if files[0][0] != PASTED and not session.widget(_UPLOADER):
        st.button("Use other text", key="own_text_other", icon=":material/close:", on_click=session.choose, args=(_FILES, ()))
    choices = _choices(draft, guessed, f"own.text.{_digest(files)}.{_columns_in(draft)}")
    try:
        with st.spinner("Reading the text …", show_time=True):
            prepared = _prepared(files, reading(files[0][1]) if _is_table(files) else (), choices)
    except DataError as error:
        refused(error)
        return
    st.subheader("Resulting dataset", anchor=False)
    preview(prepared, "train_text")


def use_as_text(name: str, content: HeldFile) -> None:
    """Shows this table as text. A callback."""
    session.choose(_FILES, ((name, content),))
    session.pick(WAY, "text")


def _store() -> None:
    """All files in the uploader."""
    session.choose(_FILES, take(_UPLOADER))


def _digest(files: Files) -> str:
    """Tells uploads apart; pasted text stays the same one while it is edited."""
    return "pasted" if files[0][0] == PASTED else digest_of(files)


def _is_table(files: Files) -> bool:
    return len(files) == 1 and files[0][0].lower().endswith(TABLES)


def _draft(files: Files) -> TableDraft | TextDraft | None:
    """The table or the texts; None if the table cannot be read, which is said."""
    if _is_table(files):
        name, content = files[0]
        return table_as_read(content, name)
    with st.spinner("Reading the text …", show_time=True):
        return _texts(files)


@reads(kept=4)
def _texts(files: Files) -> TextDraft:
    return read_texts(read_all(files))


@reads(kept=4)
def _prepared(files: Files, chosen: tuple[tuple[str, Any], ...], choices: TextChoices) -> Prepared:
    name, content = files[0]
    return prepare_text(read_as_chosen(content, name, chosen) if _is_table(files) else _texts(files), choices)


def _columns_in(draft: TableDraft | TextDraft) -> str:
    return f"{len(draft.columns)}.{draft.header}" if isinstance(draft, TableDraft) else ""


def _about(draft: TableDraft | TextDraft) -> None:
    if isinstance(draft, TableDraft):
        notes(draft.notes)
        return
    characters, count = sum(map(len, draft.texts)), len(draft.texts)
    st.markdown(f"**{quoted(draft.name)}**: {characters:,} characters in {'1 text' if count == 1 else f'{count:,} texts'}.")
    notes(draft.notes)


def _choices(draft: TableDraft | TextDraft, guessed: TextChoices, prefix: str) -> TextChoices:
    """The widgets, with guessed defaults. prefix: prefix of their names."""
    left, right = st.columns(2, gap="medium")
    with left:
        if isinstance(draft, TableDraft):
            learn, column, target = _columns(draft, guessed, prefix)
        else:
            ways: list[Learn] = ["classes", "next"] if draft.has_classes else ["next"]
            learn, column, target = _picked("Predict", f"{prefix}.learn", ways, guessed.learn, _LEARN), guessed.text, guessed.target
        share = st.slider("Test share (%)", 5, 90, remembered(f"{prefix}.share", 20), **remembering(f"{prefix}.share"))
    with right:
        usual = guessed.unit if learn == guessed.learn else "characters" if learn == "next" else "words"
        named = f"{prefix}.unit.{learn}"
        unit = _picked("Read", named, list(_UNITS), usual, _UNITS)
        most = MAX_CLASSES if learn == "next" else MAX_SYMBOLS
        size = st.number_input(
            "Vocabulary", 2, most, min(remembered(f"{prefix}.most", 5000), most), **remembering(f"{prefix}.most"),
            help=f"At most so many different {unit}; rarer ones count as unknown. A character is a Unicode code point",
        )  # fmt: skip
        label, longest, about = f"Longest text ({unit})", MAX_LENGTH, "Longer texts are cut"
        if learn == "next":
            label, longest, about = f"Window ({unit})", MAX_WINDOW, "How much the network sees before it predicts"
        named = f"{prefix}.length.{learn}.{unit}"
        length = st.number_input(
            label, 2 if learn == "next" else 1, longest, remembered(named, None), placeholder="automatic", help=about,
            **remembering(named),
        )  # fmt: skip
    return TextChoices(learn, column, target, unit, size, length, test_share=share / 100)


def _columns(draft: TableDraft, guessed: TextChoices, prefix: str) -> tuple[Learn, int, int]:
    """What to read and what to predict."""
    title: Callable[[int], str] = lambda position: draft.columns[position].name  # noqa: E731
    texts = [column.position for column in text_columns(draft)]
    named = f"{prefix}.text"
    column = st.selectbox(
        "Text", texts, texts.index(remembered(named, guessed.text, texts)), format_func=title, help="The column that the network reads",
        **remembering(named),
    )  # fmt: skip
    targets = [each.position for each in draft.columns if each.position != column and each.kind != "empty"]
    usual_target = guessed.target if guessed.target in targets else targets[-1] if targets else column
    named = f"{prefix}.target.{column}"
    wanted = remembered(named, usual_target, targets)
    usual: Learn = "next" if not targets else "classes" if like_classes(draft.columns[wanted]) else "value"
    ways: list[Learn] = [way for way in _LEARN if targets or way == "next"]
    learn = _picked("Predict", f"{prefix}.learn.{column}.{wanted}", ways, usual, _LEARN)
    if learn == "next":
        return learn, column, column
    target = st.selectbox(
        "Target", targets, targets.index(wanted), format_func=title, help="The column to predict", **remembering(named)
    )  # fmt: skip
    return learn, column, target


def _picked(label: str, name: str, options: list[Any], usual: Any, titles: dict[Any, str]) -> Any:
    usual = usual if usual in options else options[0]
    chosen = st.segmented_control(
        label, options, format_func=titles.__getitem__, default=remembered(name, usual, options), required=True, **remembering(name)
    )
    return chosen or usual
