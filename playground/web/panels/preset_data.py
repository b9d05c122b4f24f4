"""Open a preset. Your own data is not replaced without asking: it stays where the network of the preset can learn from it, if you like."""

import streamlit as st

from playground.own import OwnDataset
from playground.presets import PRESETS, Preset
from playground.web import edits, session
from playground.web.links import PAGES
from playground.web.markup import quoted
from playground.web.panels.train_on import adapted_to, use

_ASKED = "preset.asked"


def cannot_open(preset: Preset) -> str | None:
    """Why the link does not allow this preset, not even with your own data, as a sentence; None if it does."""
    refused, data = session.refusal(preset.spec), session.spec().data
    if refused is None or not isinstance(data, OwnDataset):
        return refused
    kept = adapted_to(preset.spec, data)
    return refused if edits.misfit(preset, kept) else session.refusal(kept.spec)


def open_preset(name: str) -> bool:
    """Opens a preset; a run stays on the screen, marked as made with other settings. Returns False if the visitor is asked first what
    becomes of the own data, by `ask_for_data`."""
    if isinstance(session.spec().data, OwnDataset):
        session.choose(_ASKED, name)
        return False
    preset = PRESETS[name]
    session.edit(preset.spec, f"preset {preset.title}")
    return True


def ask_for_data() -> None:
    """The question, while it is not answered; every page that opens presets shows it."""
    name = session.choice(_ASKED, None)
    if name is None:
        return
    if isinstance(session.spec().data, OwnDataset):
        _dialog(PRESETS[name])
    else:
        _answered()


def _answered() -> None:
    session.choose(_ASKED, None)


@st.dialog("Which data?", icon=":material/database:", on_dismiss=_answered)
def _dialog(preset: Preset) -> None:
    data = session.spec().data
    kept = adapted_to(preset.spec, data)
    why = edits.misfit(preset, kept) or session.refusal(kept.spec)
    name = quoted(getattr(data, "called", "") or data.title)
    st.markdown(f"“{preset.title}” comes with {preset.spec.data.title}. You are using your own data, “{name}”.")
    if why is not None:
        st.markdown(f"Your data cannot be kept. {quoted(why)}")
    elif kept.notes:
        st.caption(f"With your data: {quoted(' '.join(kept.notes))}")
    with st.container(horizontal=True):
        keep = st.button("Keep my data", key="preset_keep_data", type="primary", icon=":material/upload_file:", disabled=why is not None)
        refused = session.refusal(preset.spec)
        replace = st.button(
            "Use the preset's data", key="preset_use_data", icon=":material/database:", disabled=refused is not None, help=refused
        )
        if keep or replace:
            use(kept if keep else edits.Adapted(preset.spec), f"preset {preset.title}")
            _answered()
            st.switch_page(PAGES / "playground.py")
