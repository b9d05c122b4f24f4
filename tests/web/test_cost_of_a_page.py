"""What every page would cost if it were not kept from it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.runtime.app_session import AppSession

from playground.web.script_loops import close_loops_of_idle_sessions
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


_TRACES_A_TANH = """if True:
    import sys
    from playground.network import trace
    from playground.presets import PRESETS
    from playground.web import server
    server._warm()
    trace(PRESETS["playground_2d"].spec)
    print("torch._dynamo.convert_frame" in sys.modules)
    server.runs().close()"""


def test_no_network_makes_the_server_import_the_compiler(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TRACES_A_TANH],
        env=os.environ | {"PLAYGROUND_DATA": str(tmp_path)}, capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False"]


def test_a_session_that_continues_does_not_look_for_the_files_of_all_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AppSession, "register_file_watchers", AppSession.register_file_watchers)
    watch_no_files()
    AppSession.register_file_watchers(None)  # type: ignore[arg-type] - as Streamlit's session manager does; it touches no session


def test_a_session_has_an_event_loop_only_while_its_script_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is the one that Streamlit gives a new session."""
    first = asyncio.new_event_loop()
    session = SimpleNamespace(_script_event_loop=first, _scriptrunner=None)
    seen: list[bool] = []

    def begins(each: SimpleNamespace) -> None:
        seen.append(each._script_event_loop.is_closed())
        each._scriptrunner = "runs"

    def has_ended(each: SimpleNamespace, runner: object) -> None:
        each._scriptrunner = runner

    monkeypatch.setattr(AppSession, "_create_scriptrunner", begins)
    monkeypatch.setattr(AppSession, "_handle_scriptrunner_event_on_event_loop", has_ended)
    close_loops_of_idle_sessions()
    for _ in range(2):
        AppSession._create_scriptrunner(session)  # type: ignore[arg-type,call-arg]
        AppSession._handle_scriptrunner_event_on_event_loop(session, "runs")  # type: ignore[arg-type,call-arg]
        seen.append(session._script_event_loop.is_closed())
        AppSession._handle_scriptrunner_event_on_event_loop(session, None)  # type: ignore[arg-type,call-arg]
        seen.append(session._script_event_loop.is_closed())
    assert seen == [False, False, True] * 2
    assert first.is_closed()


def test_streamlit_closes_and_opens_the_loops_of_scripts_where_we_expect_it() -> None:
    """Fails if another version of Streamlit keeps these loops elsewhere; then open files must be counted again (`benchmarks.faults`)."""
    names = {*AppSession.__init__.__code__.co_names, *AppSession._create_scriptrunner.__code__.co_names}
    assert {"_script_event_loop", "_scriptrunner"} <= names
    assert "_scriptrunner" in AppSession._handle_scriptrunner_event_on_event_loop.__code__.co_names
