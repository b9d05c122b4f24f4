"""Experiments to start from, as cards with previews of their data and network."""

from typing import Any

import streamlit as st

from playground.catalog.datasets import DataError
from playground.catalog.messages import counted
from playground.network import trace
from playground.paths import layer_count
from playground.presets import PRESETS, Preset, search
from playground.web.classroom import lockable
from playground.web.dataset_previews import thumbnail
from playground.web.markup import quoted
from playground.web.network_sketch import network_sketch
from playground.web.panels.lock_note import lock_note
from playground.web.panels.own import remembered, remembering
from playground.web.panels.preset_data import cannot_open

_COLUMNS = 3
_FIRST = "mlp_784_256_10"
_SEARCH = "home.search"


def start() -> str | None:
    """The button that most people start with. Returns the name of its preset if it was just pressed."""
    pressed = _opens(PRESETS[_FIRST], "Start with digits", key="start", type="primary", icon=":material/play_arrow:")
    return _FIRST if pressed else None


def cards() -> str | None:
    """One card per preset that matches the search, by subject. Returns the name of the one that was just opened."""
    lock_note(*lockable())
    wanted = st.text_input(
        "Search", remembered(_SEARCH, ""), max_chars=80, placeholder="Search: attention, LSTM, text, time series …", width=360,
        icon=":material/search:", label_visibility="collapsed", **remembering(_SEARCH),
    )  # fmt: skip
    groups = search(wanted)
    if not groups:
        st.info(f"No preset matches “{quoted(wanted)}”. Try another word, or clear the search to see all.", icon=":material/search_off:")
    opened = [name for subject, presets in groups.items() if (name := _group(subject, presets)) is not None]
    return opened[0] if opened else None


def _group(subject: str, presets: tuple[Preset, ...]) -> str | None:
    st.subheader(subject, anchor=False)
    opened = None
    for row in range(0, len(presets), _COLUMNS):
        drawn = [(preset, _picture(preset), _numbers(preset)) for preset in presets[row : row + _COLUMNS]]  # no card waits empty for them
        for column, (preset, picture, numbers) in zip(st.columns(_COLUMNS, gap="small"), drawn, strict=False):
            with column, st.container(border=True, key=f"pg-preset-{preset.name}", gap="small"):
                if _card(preset, picture, numbers):
                    opened = preset.name
    return opened


def _picture(preset: Preset) -> str:
    return f'<div class="pg-preset">{_data_picture(preset)}{network_sketch(preset.spec)}</div>'


def _numbers(preset: Preset) -> str:
    return f"{counted(layer_count(preset.spec), 'layer')} · {counted(trace(preset.spec).parameters, 'parameter')}"


def _card(preset: Preset, picture: str, numbers: str) -> bool:
    st.html(picture)
    st.markdown(f"**{preset.title}**")
    st.caption(f"{preset.help}")
    words, button = st.columns([3, 1.2], vertical_alignment="center")
    words.caption(numbers)
    with button:
        return _opens(preset, "Open", key=f"open_{preset.name}", width="stretch")


def _opens(preset: Preset, label: str, **look: Any) -> bool:
    """A button that opens a preset; disabled, with the reason, if the preset would change something that the link locks."""
    refused = cannot_open(preset)
    what = f"Cannot be opened. {refused}" if refused else f"Open “{preset.title}” in the playground"
    return st.button(label, help=what, disabled=refused is not None, **look)


def _data_picture(preset: Preset) -> str:
    try:
        return thumbnail(preset.spec.data)
    except DataError as error:
        return f"<p>{error}</p>"
