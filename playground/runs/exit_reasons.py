"""Why a worker process ended without reporting a result."""

import re
import signal
from contextlib import suppress
from pathlib import Path

_TERMINATING = frozenset(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
_SIGKILL = 9
_KILLS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))
USE_LESS_MEMORY = ("Try a smaller batch size, or fewer or smaller layers.", "Train fewer runs at the same time.")


def was_terminated(exit_code: int | None) -> bool:
    """Whether the process was asked to end from outside, for example by a system that shuts down."""
    return exit_code is not None and -exit_code in _TERMINATING


def out_of_memory_kills() -> int | None:
    """How many processes the system has ended so far because memory ran out, on this machine or in its control group; None if it does not
    say. Sources: proc(5), /proc/vmstat; https://docs.kernel.org/admin-guide/cgroup-v2.html, memory.events."""
    counts: list[int] = []
    for file in _KILLS:
        with suppress(OSError):
            counts += map(int, re.findall(r"^oom_kill (\d+)$", file.read_text(), re.MULTILINE))
    return sum(counts) if counts else None


def exit_reason(exit_code: int | None, ran_out_of_memory: bool | None = None) -> tuple[str, tuple[str, ...]]:
    """The reason in plain words, and what to try. exit_code: negative for a signal, None if unknown. ran_out_of_memory: whether the system
    has ended processes meanwhile because memory ran out; None if unknown."""
    if exit_code is None:
        return "The training process and the process it was forked from are gone, for an unknown reason.", ()
    if exit_code == -_SIGKILL:
        if ran_out_of_memory is False:
            return "The training process was killed from outside (signal 9); the computer had not run out of memory.", ()
        likely = "" if ran_out_of_memory else "most likely "
        return f"The training process was killed (signal 9), {likely}because the computer ran out of memory.", USE_LESS_MEMORY
    if was_terminated(exit_code):
        return f"The training process was terminated from outside ({_signal_name(-exit_code)}).", ()
    if exit_code < 0:
        advice = ("Resume it; if it crashes again, train on the device “cpu”.",)
        return f"The training process crashed ({_signal_name(-exit_code)}).", advice
    return f"The training process ended without a result (exit status {exit_code}); see the server's log.", ()


def _signal_name(number: int) -> str:
    try:
        description = signal.strsignal(number)
    except ValueError:
        description = None
    return f"signal {number}, {description.lower()}" if description else f"signal {number}"
