"""Sharing: links for one person or a class, comparing settings, and saving and opening settings files."""

import streamlit as st

from playground.parsing import parse_spec
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError
from playground.web import session
from playground.web.components.dialog_keys import dialog_keys
from playground.web.current import Current
from playground.web.forms import message
from playground.web.links import playground_address
from playground.web.markup import quoted
from playground.web.panels.class_link import class_link
from playground.web.panels.compare import compare
from playground.web.panels.privacy import has_upload, leave, shared
from playground.web.panels.standing_dialog import close, is_open, opener
from playground.web.server import runs

_SHOWN_PROBLEMS = 6
_NAME = "share"
_FILE = "upload"
"""Name of the message on an opened file."""


def share(spec: ExperimentSpec, current: Current | None) -> None:
    """A button for a dialog with links and files; it stays open until the visitor closes it or opens other settings from it."""
    about = "Share these settings as a link, compare them with others, or save them to a file"
    if opener(_NAME, "Share", ":material/share:", about):
        _dialog(spec, current)


def opened_file() -> None:
    """The message on the last opened file; the dialog itself shows it while open."""
    if not is_open(_NAME):
        message(_FILE)


def _dismissed() -> None:
    """Closed by the visitor, who has seen any message on the file."""
    close(_NAME)
    session.clear_message(_FILE)


@st.dialog("Share", width="medium", icon=":material/share:", on_dismiss=_dismissed)
def _dialog(spec: ExperimentSpec, current: Current | None) -> None:
    link, of_class, comparing, file = st.tabs(["Link", "Link for a class", "Compare", "File"])
    dialog_keys("share_keys")
    spec = _repeatable(spec, current)
    with link:
        _links(spec, current)
    with of_class:
        class_link(spec)
    with comparing:
        if compare(spec):
            close(_NAME)
    with file:
        _file(spec)
    if not is_open(_NAME):  # other settings were opened: the whole page must be redrawn
        st.rerun()


def _repeatable(spec: ExperimentSpec, current: Current | None) -> ExperimentSpec:
    """The settings; if those of the run on the screen, with what it has chosen, so that its losses can be repeated bit for bit."""
    status = runs().status(current.run_id) if current is not None and current.info.spec == spec else {}
    return spec.computed_with(status["threads"], status["memory_format"]) if status.get("threads") else spec


def _links(spec: ExperimentSpec, current: Current | None) -> None:
    st.caption("A link to the current settings: anyone who opens it starts with a copy. Copy it with the button on its right.")
    given = shared(spec, "opens this link", "share_link_data")
    address = playground_address(spec=session.token(given), access=leave(given), **session.link_limits().address())
    st.code(address, language=None, wrap_lines=True)
    if current is not None:
        uses = " It uses your data, which is shared with it." if has_upload(current.info.spec) else ""
        st.caption(f"A link to watch this run live. Unlike the address of this page, it does not let others control the run.{uses}")
        st.code(playground_address(run=current.run_id), language=None, wrap_lines=True)


def _file(spec: ExperimentSpec) -> None:
    given = shared(spec, "has this file and may read the data", "share_file_data")
    st.download_button(
        "Save settings to a file",
        lambda: given.to_json(indent=2),
        "experiment.json",
        "application/json",
        key="download",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
    key = f"{session.revision()}.upload"
    st.file_uploader("Open settings from a file", type="json", key=key, on_change=_open, args=(key,), max_upload_size=1)
    message(_FILE)


def _open(key: str) -> None:
    """Reads an uploaded file. An invalid one leaves the spec unchanged, with a message."""
    file = session.widget(key)
    if file is None:
        return
    name = str(file.name)[:60]
    try:
        if file.size > MAX_SPEC_BYTES:
            raise SpecError(f"spec: must be at most {MAX_SPEC_BYTES // 1000} kB of JSON, got {file.size // 1000:,} kB")
        if session.edit(parse_spec(file.getvalue()), f"open {name}"):
            session.set_message(_FILE, f"Opened the settings in {quoted(name)}. Undo restores your previous ones.", "note")
        close(_NAME)
    except SpecError as error:
        shown = [f"- {quoted(problem)}" for problem in error.problems[:_SHOWN_PROBLEMS]]
        more = len(error.problems) - len(shown)
        rest = [f"- and {more} more"] if more > 0 else []
        session.refresh()
        session.set_message(_FILE, "\n".join([f"{quoted(name)} was not opened; your settings are unchanged.", *shown, *rest]))
