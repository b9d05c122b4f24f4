"""Middle column: the network editor, and presets to start from."""

from typing import Any

import streamlit as st

from playground.catalog.layers import LAYERS, Layer
from playground.network import Trace
from playground.paths import item, split_path
from playground.presets import PRESETS
from playground.shorthand import ShorthandError
from playground.spec import ExperimentSpec, SpecError
from playground.web import edits, session
from playground.web.components.network import network_editor
from playground.web.panels.lock_note import lock_note
from playground.web.panels.preset_data import ask_for_data, cannot_open, open_preset
from playground.web.when_opened import when_opened

KEY = "network"
_LAYER_PIXELS, _FRAME_PIXELS = 60, 90
_WRAPPING = {
    "wrap_residual": "wrap {} in a residual block",
    "wrap_parallel": "wrap {} in parallel branches",
    "unwrap": "unwrap {}",
}


def network(spec: ExperimentSpec, traced: Trace) -> None:
    """The editor, with the presets above it. If a link hides the editor, it stays on the page, invisible, since it updates the address."""
    limits = session.limits()
    if not limits.hides("network", "presets"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
            if not limits.hides("network"):
                st.subheader("Network", anchor=False, width="content")
            if not limits.hides("presets"):
                _presets()
        ask_for_data()
    lock_note("network")
    with st.container(key="pg-hidden" if limits.hides("network") else "pg-editor", gap="xsmall"):
        _editor(spec, traced, locked=limits.locks("network"))


def _presets() -> None:
    off = not any(session.allows(preset.spec) for preset in PRESETS.values())
    with st.popover("Presets", icon=":material/apps:", key=f"{session.revision()}.presets", disabled=off):
        when_opened("presets", _menu_of_presets)


def _menu_of_presets() -> None:
    with st.container(key="pg-presets", gap=None):
        for preset in PRESETS.values():
            refused = cannot_open(preset)
            st.button(
                f"**{preset.title}**  \n:small[{preset.help}]",
                key=f"{session.revision()}.preset.{preset.name}",
                help=f"Cannot be opened. {refused}" if refused else None,
                type="tertiary",
                disabled=refused is not None,
                on_click=_open,
                args=(preset.name,),
            )


def _open(name: str) -> None:
    open_preset(name)


def _editor(spec: ExperimentSpec, traced: Trace, *, locked: bool) -> None:
    # Reserves space for the layers before the browser has drawn them, so that the page does not jump.
    st.html(f"<style>.st-key-{KEY} {{ min-height: {_FRAME_PIXELS + _LAYER_PIXELS * _height(spec.network)}px }}</style>")
    history = session.history()
    network_editor(
        spec, traced, key=KEY, on_edit=apply_edits, undo=history.undoes, redo=history.redoes, error=session.edit_error(),
        done=session.nonces(), token=session.spec_in_address(), base=session.token(spec), turns=session.turns(), disabled=locked,
    )  # fmt: skip


def _height(layers: tuple[Layer, ...]) -> int:
    """The minimum height in cards: of parallel branches, only the longest counts."""
    return sum(1 + max((_height(inner) for _, inner in layer.branches()), default=0) for layer in layers)


def apply_edits() -> None:
    """Applies the edits that the browser sent. One that cannot be applied is reported at its layer and leaves the spec unchanged.

    If an edit and a click on a button arrive together, Streamlit runs the button's callback first: callbacks that use the network must
    call this first."""
    sent = session.component_value(KEY, "edit")
    for operation in sent if isinstance(sent, list) else ():
        nonce = str(operation.get("nonce", "")) if isinstance(operation, dict) else ""
        if not session.first_time(nonce):
            continue
        try:
            _apply(operation)
        except SpecError as error:
            session.set_edit_error(*_refusal(operation, error))


def _refusal(operation: Any, error: SpecError) -> tuple[str, str | None]:
    """What was wrong with an edit, and where: at a layer, in the network's text such as "text[12:17]" (characters), or None."""
    op, path = (operation.get("op"), operation.get("path")) if isinstance(operation, dict) else (None, None)
    if op == "text":
        at, length = (error.at, error.length) if isinstance(error, ShorthandError) else (0, 0)
        words = error.problems[0].removeprefix("network: ")
        return words[:1].upper() + words[1:], f"text[{at}:{at + length}]"
    words = error.problems[0].split(": ", 1)[-1]
    if op == "set":
        return words, path if isinstance(path, str) else None
    return words[:1].upper() + words[1:], _beside(path) if op == "paste" else path if isinstance(path, str) else None


def _beside(path: object) -> str | None:
    """The path of the layer before a path, or of the first layer; None if it is not a valid path."""
    try:
        owner, index = split_path(str(path))
    except SpecError:
        return None
    return f"{owner}[{max(0, index - 1)}]"


def _apply(operation: Any) -> None:
    spec = session.spec()
    match operation.get("op") if isinstance(operation, dict) else None:
        case "undo":
            session.undo()
        case "redo":
            session.redo()
        case kind:
            # A fix may change settings other than the layers, whose widgets must show the new value.
            session.edit(edits.apply(spec, operation), _why(spec, operation), shown=kind != "fix")


def _why(spec: ExperimentSpec, operation: dict[str, Any]) -> str:
    match operation["op"]:
        case "add":
            return f"add {LAYERS[operation['kind']].spoken()}"
        case "add_branch":
            return "add a branch"
        case "remove_branch":
            return "remove a branch"
        case "set":
            return f"{operation['field']} of {item(spec, operation['path']).spoken()}"
        case "paste":
            return "paste layers"
        case "text":
            return "edit the network as text"
        case "fix":
            return str(operation["title"][:1].lower() + operation["title"][1:])
    count = edits.count_of(operation)
    what = item(spec, operation["path"]).spoken() if count == 1 else f"{count} layers"
    return _WRAPPING.get(operation["op"], f"{operation['op']} {{}}").format(what)
