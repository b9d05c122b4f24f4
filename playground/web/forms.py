"""Forms generated from the declarations in the catalog: one widget per setting, with its range, help and unit."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from pydantic import BaseModel

from playground.catalog.variant import Registry
from playground.spec import SpecError
from playground.web import edits, session
from playground.web.fields import Field, fields

_LARGEST_SPAN = 100_000
"""Settings with a larger range, such as a seed, get a number field instead of a slider."""

NUMBER = "%.6g"
"""How the browser writes a number: small values are not rounded to 0.00, and 0.1 + 0.2 is 0.3."""


def form(
    value: BaseModel, path: str, *, only: Sequence[str] | None = None, columns: int = 1, sliders: bool = False, disabled: bool = False
) -> None:
    """Widgets for the settings of `value`, the part of the spec at `path` ("" for the spec itself). Changes by the user edit the spec.

    only: names of the settings, in this order; None for all, with advanced ones behind a button. sliders: use sliders where the range
    allows. columns: number of columns."""
    known = {field.name: field for field in fields(type(value))}
    chosen = [known[name] for name in only] if only is not None else list(known.values())
    rare = [field for field in chosen if field.advanced and only is None]

    def widgets(shown: Sequence[Field]) -> None:
        with st.container(gap="small"):
            for row in range(0, len(shown), columns):  # row by row, since columns are stacked on a phone, and the order should stay
                cells = st.columns(columns, gap="small") if columns > 1 else [st.container()]
                for cell, field in zip(cells, shown[row : row + columns], strict=False):
                    with cell:
                        inner = f"{path}.{field.name}" if path else field.name
                        setting(field, getattr(value, field.name), inner, slider=sliders, disabled=disabled)

    widgets([field for field in chosen if field not in rare])
    if rare:
        changed = sum(getattr(value, field.name) != field.default for field in rare)
        with st.popover(f"More · {changed} changed" if changed else "More", width="stretch", key=f"{session.revision()}.{path}.more"):
            widgets(rare)


def setting(
    field: Field,
    value: Any,
    path: str,
    *,
    slider: bool = False,
    disabled: bool = False,
    messages: bool = True,
    label: str = "",
    key: str = "",
    change: Callable[[str, Any], None] | None = None,
) -> None:
    """The widget of one setting, with any error message below it; disabled if the link locks the setting. messages: False if the caller
    shows the message elsewhere, with `message`. label: instead of the setting's title. change: called with the path and the new value
    instead of editing the spec, by a widget with this key."""
    key = key or f"{session.revision()}.{path}"
    disabled = disabled or session.limits().locks(path)
    arguments = (field, path, key, change)
    common: dict[str, Any] = {"key": key, "help": field.hint, "disabled": disabled, "on_change": _changed, "args": arguments}
    label = label or (f"{field.title} ({field.unit})" if field.unit else field.title)
    if field.kind == "switch":
        st.toggle(label, value, **common)
    elif field.kind == "numbers":
        st.text_input(label, value if isinstance(value, str) else ", ".join(f"{each:g}" for each in value), **common)
    elif field.kind == "choice":
        st.selectbox(label, field.options, field.options.index(value), format_func=field.label, **common)
    elif field.logarithmic:
        powers = _powers(field, value)
        st.selectbox(label, powers, powers.index(f"{value:g}"), accept_new_options=True, filter_mode="prefix", **common)
    elif slider and field.stops:
        st.select_slider(label, sorted({*field.stops, value}), value, format_func="{:g}".format, **common)
    elif slider and not field.optional and field.span <= _LARGEST_SPAN:
        number = float if field.kind == "number" else int
        st.slider(
            label,
            number(field.minimum or 0),
            number(field.maximum or 0),
            number(value),
            number(field.step),
            format="%d" if field.kind == "integer" else NUMBER,
            **common,
        )
    else:
        _typed(label, field, None if field.word and value == field.word else value, common)
    if messages:
        message(path)


def choice(
    registry: Registry[Any],
    current: str,
    label: str,
    path: str,
    on_pick: Callable[[str], None],
    *,
    disabled: bool = False,
    titled: bool = True,
) -> None:
    """A menu of the variants in a registry. path: of the current one in the spec. on_pick: called with the kind that the user picked."""
    key = f"{session.revision()}.{path}.kind"
    kinds = registry.kinds()
    st.selectbox(
        label,
        kinds,
        kinds.index(current),
        format_func=lambda kind: registry[kind].title,
        key=key,
        help=registry[current].help(),
        disabled=disabled or session.limits().locks(path),
        label_visibility="visible" if titled else "collapsed",
        on_change=_picked,
        args=(key, on_pick),
    )
    message(path)


def _picked(key: str, on_pick: Callable[[str], None]) -> None:
    kind = session.widget(key)
    if kind is not None:
        on_pick(kind)


def message(name: str) -> None:
    """Shows the message of this name, if there is one."""
    shown = session.message(name)
    if shown is not None:
        is_error = shown.level == "error"
        (st.error if is_error else st.info)(shown.text, icon=":material/error:" if is_error else ":material/info:")


def _typed(label: str, field: Field, value: Any, common: dict[str, Any]) -> None:
    placeholder = field.none if field.optional else None
    bounds = field.minimum, field.maximum
    if field.kind == "integer":
        low, high = (None if bound is None else int(bound) for bound in bounds)
        st.number_input(label, low, high, value, step=1, format="%d", placeholder=placeholder, **common)
    else:
        least, most = (None if bound is None else float(bound) for bound in bounds)
        step = 1.0 if field.span > 1000 else min(field.step, 0.01)
        st.number_input(label, least, most, value, step=step, format=NUMBER, placeholder=placeholder, **common)


def _powers(field: Field, value: float) -> list[str]:
    """1, 3, 10, … over six powers of ten around the default, and the current value, as text."""
    lowest, highest = field.default / 1000, min(field.maximum or 1.0, field.default * 1000)
    grid = [digit * 10.0**power for power in range(-7, 3) for digit in (1, 3)]
    return [f"{power:g}" for power in sorted({*(power for power in grid if lowest <= power <= highest), value})]


def _changed(field: Field, path: str, key: str, change: Callable[[str, Any], None] | None = None) -> None:
    """Applies a widget's new value to the spec; if it is not allowed, shows why, and the widget shows the spec's value again."""
    entered = session.widget(key)
    try:
        value = _number(entered, path) if field.logarithmic else _numbers(entered, path, field) if field.kind == "numbers" else entered
        if value is None and field.word:
            value = field.word
        if change is not None:
            change(path, value)
            return
        session.edit(edits.set_field(session.spec(), path, value), f"{field.title.lower()} {entered}", shown=not field.logarithmic)
    except SpecError as error:
        session.refresh()
        session.set_message(path, _explained(error, field))


def _number(text: object, path: str) -> float:
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SpecError(f"{path}: must be a number such as 0.001 or 1e-3, got {str(text)[:40]!r}")
    return value


def _numbers(text: object, path: str, field: Field) -> object:
    """One of the field's options, or numbers separated by commas, semicolons or spaces; next to semicolons, commas are decimal commas."""
    entered = str(text).strip()
    if entered.lower() in field.options:
        return entered.lower()
    parts = entered.replace(",", ".").split(";") if ";" in entered else entered.replace(",", " ").split()
    try:
        return [float(part) for part in parts]
    except ValueError:
        words = " or ".join(f"“{option}”" for option in field.options)
        raise SpecError(f"{path}: must be {words}, or numbers such as 1, 2, 5; got {entered[:40]!r}") from None


def _explained(error: SpecError, field: Field) -> str:
    """The error with the setting's title instead of its path."""
    return f"{field.title}: {error.problems[0].split(': ', 1)[-1]}"
