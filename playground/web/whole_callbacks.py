"""What a visitor does is done, and as a whole, whatever else arrives from the page meanwhile."""

import threading
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.safe_session_state import SafeSessionState


def finish_callbacks() -> None:
    """Streamlit breaks a script off wherever it uses the session state, to start again for the page's next message: even before the
    callbacks of its own message have been called, and in the middle of one. A click that another message follows at once, such as a
    report of a component, has no effect then, or half of one. With this, a script can be broken off only after its callbacks.

    Needs `runner.fastReruns = false`: otherwise a script that has not begun is dropped for the next one, with its callbacks."""
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
