"""No session watches files, not even one that continues after a lost connection."""

import streamlit as st
from streamlit.runtime.app_session import AppSession


def watch_no_files() -> None:
    """With `server.fileWatcherType = "none"`, Streamlit watches no files for a new session, but forgets the setting when one continues. It
    then looks for the files of all imported modules, thousands with torch: 0.7 s for each visitor whose network failed for a moment, in
    which the whole server stands still."""
    if st.get_option("server.fileWatcherType") == "none":
        AppSession.register_file_watchers = lambda self: None  # type: ignore[method-assign]
