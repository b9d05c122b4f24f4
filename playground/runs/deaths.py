"""Why a worker process ended that had not said so itself."""

import signal

_ASKED_TO_END = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
_FEWER_BYTES = ("Try a smaller batch size, or fewer or smaller layers.", "Let fewer runs train at once.")


def was_asked_to_end(exit_code: int | None) -> bool:
    """Whether somebody outside asked the process to end, as a system does that shuts down."""
    return exit_code is not None and -exit_code in _ASKED_TO_END


def reason(exit_code: int | None) -> tuple[str, tuple[str, ...]]:
    """In plain words, and what to try. exit_code: negative for a signal, None where nobody knows it."""
    if exit_code is None:
        return "The training process and the one it came from are gone; nobody knows why. Start the run again.", ()
    if exit_code == -signal.SIGKILL:
        return "The training process was killed (signal 9), most likely because the computer ran out of memory.", _FEWER_BYTES
    if was_asked_to_end(exit_code):
        return f"The training process was asked to end from outside ({_named(-exit_code)}).", ()
    if exit_code < 0:
        return f"The training process crashed ({_named(-exit_code)}).", ("Start the run again; if it crashes again, try the device “cpu”.",)
    return f"The training process ended without a result (exit status {exit_code}); the server's log may say more.", ()


def _named(number: int) -> str:
    try:
        description = signal.strsignal(number)
    except ValueError:
        description = None
    return f"signal {number}, {description.lower()}" if description else f"signal {number}"
