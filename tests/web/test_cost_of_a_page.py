"""What every page would cost if it were not kept from it."""

import subprocess
import sys

import pytest
import streamlit as st
from streamlit.runtime.app_session import AppSession

from playground.web.unwatched import watch_no_files

_OPENS_THE_FIRST_PRESET = """if True:
    import sys
    from playground.network import trace
    from playground.network.memory import training_memory
    from playground.presets import PRESETS
    from playground.web import server
    spec = next(iter(PRESETS.values())).spec
    training_memory(spec, trace(spec))
    spec.data.load()
    print(*sorted({"captum", "onnx", "pandas", "sklearn", "sympy", "torch._dynamo"} & set(sys.modules)))"""


def test_scripts_do_not_search_all_of_memory_for_garbage() -> None:
    assert st.get_option("runner.postScriptGC") is False


def test_the_first_page_imports_nothing_large() -> None:
    """Each of these takes 25 to 120 MB and up to a second, in which the first visitor waits."""
    done = subprocess.run([sys.executable, "-c", _OPENS_THE_FIRST_PRESET], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.split() == []


def test_a_session_that_continues_does_not_look_for_the_files_of_all_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AppSession, "register_file_watchers", AppSession.register_file_watchers)
    watch_no_files()
    AppSession.register_file_watchers(None)  # type: ignore[arg-type] - as Streamlit's session manager does; it touches no session
