"""How the text of an uploaded table was read: questions where several readings are plausible, and every part of it to correct."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import streamlit as st

from playground.catalog.datasets import DataError
from playground.catalog.messages import counted
from playground.own import OwnDataError, Question, TableDraft, TableFormat, read_table
from playground.own.encodings import ENCODINGS
from playground.own.table_format import DELIMITERS, THOUSANDS, Type, line_numbers, lines_of
from playground.web import session
from playground.web.held_files import HeldFile
from playground.web.markup import quoted
from playground.web.panels.own import refused
from playground.web.table_summary import file_lines, first_rows
from playground.web.upload_reading import reads

_ANY = "any"
_DELIMITERS = {sign: name.capitalize() for sign, name in DELIMITERS.items()}
_QUOTES = {'"': "Double quotes", "'": "Single quotes", "": "None"}
_ESCAPES = {False: "Doubled", True: "After a backslash"}
_DECIMALS = {".": "Point (1.5)", ",": "Comma (1,5)"}
_THOUSANDS = {_ANY: "Any", **{sign: name.capitalize() for sign, name in THOUSANDS.items()}}
_TYPES: dict[Type | None, str] = {
    None: "Automatic",
    "number": "Numbers",
    "category": "Categories or codes",
    "date": "Dates",
    "text": "Text",
}
_KINDS = {"number": "numbers", "category": "categories", "date": "dates", "empty": "empty"}
_MOST_CODES = 50
_MOST_COLUMNS = 30
"""Maximum number of columns whose types are offered together; others are found by name."""


def table_as_read(content: HeldFile, name: str) -> TableDraft | None:
    """Shows how the table was read, with fields to correct it. Returns the table; None, after showing why, if it cannot be read."""
    file = _file(content)
    chosen: dict[str, Any] = session.choice(file, {})
    try:
        with st.spinner("Reading the table …", show_time=True):
            draft = read_as_chosen(content, name, _frozen(chosen))
    except DataError as error:
        refused(error)
        with st.expander("How the file was read", expanded=bool(chosen)):
            _controls(file, TableFormat(**chosen), (), chosen)
        return None
    st.markdown(f"**{quoted(draft.name)}** has {counted(draft.rows, 'row')} and {counted(len(draft.columns), 'column')}.")
    for number, question in enumerate(draft.questions):
        _question(file, question, number, draft.format)
    st.html(first_rows(draft))
    with st.expander("How the file was read" + (" · corrected" if chosen else ""), expanded=bool(chosen)):
        _controls(file, draft.format, tuple(draft.columns), chosen)
        st.caption("The first lines of the file")
        st.html(_file_lines(content, draft.format))
    return draft


def reading(content: HeldFile) -> tuple[tuple[str, Any], ...]:
    """The corrections of a file, to compare and to read it with."""
    return _frozen(session.choice(_file(content), {}))


@reads(kept=4)
def read_as_chosen(content: HeldFile, name: str, chosen: tuple[tuple[str, Any], ...]) -> TableDraft:
    """The table with these fields of its format, and the others detected."""
    return read_table(content.read(), name, **dict(chosen))


def digest(content: HeldFile) -> str:
    """Tells files apart."""
    return content.digest[:12]


@lru_cache(maxsize=8)
def _file_lines(content: HeldFile, table: TableFormat) -> str:
    return file_lines(content.read(), table)


def _file(content: HeldFile) -> str:
    return f"own.reading.{digest(content)}"


def _frozen(chosen: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(chosen.items()))


def _question(file: str, question: Question, number: int, table: TableFormat) -> None:
    answer = question.answer(table)
    titles = [option.title for option in question.options]
    key = f"{file}.question.{number}.{answer}.{question.text}"
    with st.container(border=True, key=f"pg-own-question-{number}"):
        st.radio(
            quoted(question.text), range(len(titles)), answer, format_func=titles.__getitem__, key=key,
            captions=[quoted(option.result) for option in question.options],
            on_change=_answer, args=(file, question, key, table),
        )  # fmt: skip


def _answer(file: str, question: Question, key: str, table: TableFormat) -> None:
    picked = session.widget(key)
    if picked is not None:
        answered = question.answered(question.options[picked], table)
        _correct(file, {field: getattr(answered, field) for field in question.fields})


def _correct(file: str, fields: Mapping[str, Any]) -> None:
    session.choose(file, {**session.choice(file, {}), **fields})
    session.clear_message(file)


def _take(file: str, field: str, key: str, parse: Callable[[Any], Any]) -> None:
    """A correction from a widget; one that cannot be understood is kept out, with a message."""
    try:
        _correct(file, {field: parse(session.widget(key))})
    except OwnDataError as error:
        session.set_message(file, quoted(f"{str(error)[:1].upper()}{str(error)[1:]}."))


def _controls(file: str, table: TableFormat, columns: tuple[Any, ...], chosen: Mapping[str, Any]) -> None:
    """A widget for each field of the format. Its key contains the value, so that it follows what is detected anew."""

    def keep(field: str, value: Any, parse: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
        key = f"{file}.{field}.{value}"
        return {"key": key, "on_change": _take, "args": (file, field, key, parse)}

    def select(label: str, field: str, options: Mapping[Any, str], value: Any, about: str | None = None, none: Any = None) -> None:
        names = list(options) if value in options else [value, *options]
        st.selectbox(
            label, names, names.index(value), format_func=lambda name: options.get(name, str(name)), help=about,
            **keep(field, value, lambda picked: None if none is not None and picked == none else picked),
        )  # fmt: skip

    left, middle, right = st.columns(3, gap="medium")
    with left:
        header = line_numbers(table.header)
        st.text_input(
            "Lines with the column names", header, placeholder="none", help="Such as 1, or 1-2 where two lines are joined; empty for none",
            **keep("header", header, lines_of),
        )  # fmt: skip
        st.number_input("Line of the first row", 1, None, table.first_row, **keep("first_row", table.first_row, int))
        out = line_numbers(table.left_out)
        st.text_input(
            "Lines left out", out, placeholder="none", help="Such as totals and notes below the rows: 120, 122-124",
            **keep("left_out", out, lines_of),
        )  # fmt: skip
        st.text_input(
            "Comments begin with",
            table.comment,
            max_chars=5,
            placeholder="none",
            **keep("comment", table.comment, lambda text: text.strip()),
        )
    with middle:
        select("Cells are separated by", "delimiter", _DELIMITERS, table.delimiter)
        select("Quotation marks", "quote", _QUOTES, table.quote, "Around cells that contain the separator")
        select("Quotation marks inside", "backslash", _ESCAPES, table.backslash)
        select("Encoding", "encoding", _encodings(table.encoding), table.encoding, "How letters are stored; wrong ones show as Ã¼ or �")
    with right:
        select("Decimal sign", "decimal", _DECIMALS, table.decimal)
        select("Thousands sign", "thousands", _THOUSANDS, _ANY if table.thousands is None else table.thousands, none=_ANY)
        _missing_codes(table, columns, keep)
    if message := session.message(file):
        st.error(message.text, icon=":material/error:")
    if columns:
        _types(file, table, columns)
    st.button(
        "Reset to what was detected", key=f"{file}.reset", icon=":material/restart_alt:", disabled=not chosen, on_click=_reset, args=(file,)
    )


def _encodings(current: str) -> dict[str, str]:
    """The encodings to choose from, each title once."""
    names: dict[str, str] = {}
    for name, title in ENCODINGS.items():
        names.setdefault(title, name)
    return {name: title for title, name in {**names, ENCODINGS[current]: current}.items()}


def _reset(file: str) -> None:
    session.choose(file, {})
    session.clear_message(file)


def _missing_codes(table: TableFormat, columns: tuple[Any, ...], keep: Callable[..., dict[str, Any]]) -> None:
    """The codes for missing values that occur, or were added; the others of the format stay as they are."""
    occurring = {text for column in columns for text in column.missing_as if text}
    usual = set(TableFormat().missing)
    codes = [code for code in table.missing if code in occurring or code not in usual][:_MOST_CODES]
    hidden = tuple(code for code in table.missing if code not in codes)
    stray = [text for column in columns for text in column.notation.stray if text not in table.missing]
    st.multiselect(
        "Missing values, besides empty cells", list(dict.fromkeys([*codes, *stray[:_MOST_CODES]])), codes, accept_new_options=True,
        placeholder="none found", help="Texts such as NA, and numbers such as -200 or 9999",
        **keep("missing", tuple(codes), lambda picked: (*hidden, *(code.strip() for code in picked))),
    )  # fmt: skip


def _types(file: str, table: TableFormat, columns: tuple[Any, ...]) -> None:
    """What each column is, and whether its missing values are a category."""
    st.markdown("**Columns**")
    if len(columns) > _MOST_COLUMNS:
        columns = _found(file, columns)
    slots = st.columns(3, gap="medium")
    types: list[Type | None] = list(_TYPES)
    for index, column in enumerate(columns):
        own = table.column(column.position)
        with slots[index % len(slots)]:
            key = f"{file}.type.{column.position}.{own.type}.{column.kind}"
            titles = {**_TYPES, None: f"Automatic ({_KINDS[column.kind]})" if own.type is None else _TYPES[None]}
            st.selectbox(
                quoted(column.name), types, types.index(own.type), format_func=titles.__getitem__, key=key, on_change=_retype,
                args=(file, table, column.position, key, "type"),
            )  # fmt: skip
            if column.kind == "category" and column.missing_as:
                key = f"{file}.gap.{column.position}.{own.missing_is_category}"
                st.checkbox(
                    "Missing is a category", own.missing_is_category, key=key, on_change=_retype,
                    args=(file, table, column.position, key, "missing_is_category"),
                )  # fmt: skip


def _found(file: str, columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Of many columns, the first ones whose name contains what is searched."""
    searched = st.text_input(f"Find one of {len(columns):,} columns", key=f"{file}.find", placeholder="part of its name").strip().casefold()
    found = [column for column in columns if searched in column.name.casefold()]
    if not found:
        st.caption("No column has this in its name.")
    elif len(found) > _MOST_COLUMNS:
        st.caption(f"The first {_MOST_COLUMNS} of {len(found):,}; all others are read as detected unless you find and change them.")
    return tuple(found[:_MOST_COLUMNS])


def _retype(file: str, table: TableFormat, position: int, key: str, field: str) -> None:
    own = replace(table.column(position), **{field: session.widget(key)})
    _correct(file, {"columns": table.with_column(position, own).columns})
