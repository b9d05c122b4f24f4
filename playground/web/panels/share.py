"""Links to what is on the screen, and the settings as a file, out and in."""

from urllib.parse import urlsplit

import streamlit as st

from playground.parsing import MAX_JSON_BYTES, parse_spec
from playground.spec import ExperimentSpec, SpecError
from playground.web import session
from playground.web.current import Current
from playground.web.forms import message
from playground.web.markup import quoted

_SHOWN_PROBLEMS = 6


def share(spec: ExperimentSpec, current: Current | None) -> None:
    """A button that opens links and files."""
    with st.popover("Share", icon=":material/share:", width="stretch", key="share"):
        st.caption("A link to the settings on the screen: whoever opens it starts with a copy. The button at its right copies it.")
        st.code(_address(f"spec={session.token(spec)}"), language=None, wrap_lines=True)
        if current is not None:
            st.caption("A link to watch this run, live. It allows no control, which the address of this page does.")
            st.code(_address(f"run={current.run_id}"), language=None, wrap_lines=True)
        st.download_button(
            "Save the settings as a file",
            lambda: spec.to_json(indent=2),
            "experiment.json",
            "application/json",
            key="download",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )
        key = f"{session.revision()}.upload"
        st.file_uploader("Open settings from a file", type="json", key=key, on_change=_open, args=(key,), max_upload_size=20)
    message("upload")


def _open(key: str) -> None:
    """Reads an uploaded file. A bad one is told, and leaves the spec."""
    file = session.widget(key)
    if file is None:
        return
    name = str(file.name)[:60]
    try:
        if file.size > MAX_JSON_BYTES:
            raise SpecError(f"spec: must be at most {MAX_JSON_BYTES // 1000} kB of JSON, got {file.size // 1000:,} kB")
        session.edit(parse_spec(file.getvalue()), f"open {name}")
        session.tell("upload", f"The settings of {name} are open. Undo takes them back.", "note")
    except SpecError as error:
        shown = [f"- {quoted(problem)}" for problem in error.problems[:_SHOWN_PROBLEMS]]
        more = len(error.problems) - len(shown)
        rest = [f"- and {more} more"] if more > 0 else []
        session.refresh()
        session.tell("upload", "\n".join([f"{quoted(name)} was not opened; your settings are as they were.", *shown, *rest]))


def _address(query: str) -> str:
    """Of the playground page, with a query."""
    here = urlsplit(str(st.context.url or ""))
    path = here.path if here.path.rstrip("/").endswith("playground") else f"{here.path.rstrip('/')}/playground"
    return f"{here.scheme}://{here.netloc}{path}?{query}" if here.netloc else f"/playground?{query}"
