"""Callbacks that run to completion, whatever else the page sends meanwhile."""

import threading
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.safe_session_state import SafeSessionState


def finish_callbacks() -> None:
    """Streamlit interrupts a script wherever it uses the session state, and starts it again for the page's next message: also before the
    callbacks of its own message have been called, and in the middle of one. A click has then no effect, or half of one, if another message
    follows immediately, such as a component's report. With this, a script can be interrupted only after its callbacks.

    Requires `runner.fastReruns = false`; otherwise Streamlit discards a script that has not begun, together with its callbacks."""
    apply, interrupt = SafeSessionState.on_script_will_rerun, ScriptRunner._maybe_handle_execution_control_request
    script = threading.local()

    def applying(state: SafeSessionState, *arguments: Any, **named: Any) -> None:
        script.in_callbacks = True
        try:
            apply(state, *arguments, **named)
        finally:
            script.in_callbacks = False

    def interrupting(runner: ScriptRunner) -> None:
        if not getattr(script, "in_callbacks", False):
            interrupt(runner)

    SafeSessionState.on_script_will_rerun = applying  # type: ignore[method-assign,assignment]
    ScriptRunner._maybe_handle_execution_control_request = interrupting  # type: ignore[method-assign,assignment]
