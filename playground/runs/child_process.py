"""A process of the server that works for many runs: file descriptors are sent to it, and it ends with the server."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from importlib import import_module; "
    "import_module(sys.argv[2]).serve(int(sys.argv[3]))"
)


class ChildProcess:
    """Starts when needed, or earlier with `start`, and again if it has ended.

    module: whose function `serve(channel)` the process runs. It must end when the channel does, the descriptor of a socket (AF_UNIX) from
    which it receives descriptors, each time with one byte. environment: of the process, with the server's import path."""

    def __init__(self, module: str, environment: Callable[[], Mapping[str, str]]) -> None:
        self._module, self._environment = module, environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def start(self) -> None:
        """Returns immediately; the process gets ready in the background."""
        with self._lock:
            self._running_channel()

    def send(self, descriptors: Sequence[int]) -> None:
        """Raises: OSError if the process cannot be started."""
        with self._lock:
            try:
                socket.send_fds(self._running_channel(), [b"1"], descriptors)
            except (BrokenPipeError, ConnectionResetError):  # it has ended since the check
                self._end()
                socket.send_fds(self._running_channel(), [b"1"], descriptors)

    def end(self) -> None:
        with self._lock:
            self._end()

    def _running_channel(self) -> socket.socket:
        if self._channel is not None and self._process is not None and self._process.poll() is None:
            return self._channel
        self._end()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            path = json.dumps([os.path.abspath(folder) for folder in sys.path])  # noqa: PTH100 - "" is the current folder
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, path, self._module, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=self._environment(),
            )
        self._channel = ours
        return ours

    def _end(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.5)
            self._process.kill()  # it may still be getting ready; nothing is lost
            self._process.wait()
            self._process = None
