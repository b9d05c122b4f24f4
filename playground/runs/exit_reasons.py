"""Why a worker process ended without reporting a result."""

import signal

_TERMINATING = frozenset(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
_SIGKILL = 9
USE_LESS_MEMORY = ("Try a smaller batch size, or fewer or smaller layers.", "Train fewer runs at the same time.")


def was_terminated(exit_code: int | None) -> bool:
    """Whether the process was asked to end from outside, for example by a system that shuts down."""
    return exit_code is not None and -exit_code in _TERMINATING


def exit_reason(exit_code: int | None) -> tuple[str, tuple[str, ...]]:
    """The reason in plain words, and what to try. exit_code: negative for a signal, None if unknown."""
    if exit_code is None:
        return "The training process and the process it was forked from are gone, for an unknown reason.", ()
    if exit_code == -_SIGKILL:
        return "The training process was killed (signal 9), most likely because the computer ran out of memory.", USE_LESS_MEMORY
    if was_terminated(exit_code):
        return f"The training process was terminated from outside ({_signal_name(-exit_code)}).", ()
    if exit_code < 0:
        advice = ("Start the run again; if it crashes again, try the device “cpu”.",)
        return f"The training process crashed ({_signal_name(-exit_code)}).", advice
    return f"The training process ended without a result (exit status {exit_code}); see the server's log.", ()


def _signal_name(number: int) -> str:
    try:
        description = signal.strsignal(number)
    except ValueError:
        description = None
    return f"signal {number}, {description.lower()}" if description else f"signal {number}"
