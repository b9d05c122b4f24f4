"""The event loops of scripts, open only while a script runs."""

import asyncio
from typing import Any

from streamlit.runtime.app_session import AppSession


def close_loops_of_idle_sessions() -> None:
    """Streamlit gives every session an event loop for scripts with coroutines, which ours are not, until the session ends: three open files
    for each page, and for each of the last 128 visitors who left, since they may come back. With this, a session has one while its script
    runs."""
    create, handle = AppSession._create_scriptrunner, AppSession._handle_scriptrunner_event_on_event_loop

    def creating(session: AppSession, *arguments: Any) -> None:
        if session._script_event_loop.is_closed():
            session._script_event_loop = asyncio.new_event_loop()
        create(session, *arguments)

    def handling(session: AppSession, *arguments: Any, **named: Any) -> None:
        handle(session, *arguments, **named)
        if session._scriptrunner is None and not session._script_event_loop.is_running():
            session._script_event_loop.close()

    AppSession._create_scriptrunner = creating  # type: ignore[method-assign,assignment]
    AppSession._handle_scriptrunner_event_on_event_loop = handling  # type: ignore[method-assign,assignment]
