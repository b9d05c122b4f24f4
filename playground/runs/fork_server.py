"""A process that has imported torch and trained a little, from which workers are forked without delay.

`multiprocessing`'s forkserver does the same for programs in general. Workers of a Streamlit server have other requirements: the main
module must not run again (Streamlit makes every page script `__main__`), the server's import path applies whatever folder it was
started in, any thread can ask for the exit status, and all processes end with the server."""

import os
import selectors
import signal
import socket
import struct
import sys
import threading
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NoReturn

from playground.runs.child_process import ChildProcess

_NUMBER = struct.Struct("<q")
_START = "playground.runs.fork_server"
_QUIET = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A process with an initialized CUDA driver or with threads cannot be forked: GPUs are counted without the driver, NumPy starts no threads.
The spec sets the number of threads that torch uses."""
_HUGE_PAGES = "glibc.malloc.hugetlb=1"
"""Weights and gradients on pages of 2 MB, if the kernel provides them on request: a step of a dense network is 2 to 3 % faster (The GNU C
Library manual, "Memory Allocation Tunables"). Other C libraries ignore it."""


class ForkServerError(Exception):
    """No worker can be started; the message says why."""


def require_fork() -> None:
    """Raises: ForkServerError on a system that cannot fork a process, such as Windows."""
    if not hasattr(os, "fork"):
        raise ForkServerError(
            "training in worker processes needs Linux or macOS (on Windows, use the Windows Subsystem for Linux); "
            "the command line, python -m playground, also works here"
        )


class Worker:
    """A worker process as seen by its server. One thread may use `connection` and `exit_code`, any thread may send and kill."""

    def __init__(self, connection: "Connection", status: int) -> None:
        self.connection = connection
        self._status = status
        self._sending = threading.Lock()
        self.process_id = self._read()
        if self.process_id is None:
            self.close()
            raise ForkServerError("the process that workers are forked from could not start one; see the server's log")

    def send(self, message: object) -> None:
        """Sends a message. Does nothing if the worker is gone: `exit_code` reports that."""
        with self._sending, suppress(OSError):
            self.connection.send(message)

    def exit_code(self) -> int | None:
        """Waits for the process to end. Its exit status, negative for a signal; None if the fork server ended too."""
        return self._read()

    def kill(self) -> None:
        if self.process_id is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process_id, signal.SIGKILL)

    def close(self) -> None:
        """After the process has ended."""
        self.process_id = None
        self.connection.close()
        os.close(self._status)

    def _read(self) -> int | None:
        data = b""
        while len(data) < _NUMBER.size:
            part = os.read(self._status, _NUMBER.size - len(data))
            if not part:
                return None
            data += part
        return int(_NUMBER.unpack(data)[0])


class ForkServer:
    """Starts the process on first use, or earlier with `start`, and again if it has ended."""

    def __init__(self) -> None:
        self._process = ChildProcess(_START, _environment)

    def start(self) -> None:
        """Returns immediately; the process gets ready in the background.

        Raises: ForkServerError if this system cannot fork."""
        require_fork()
        self._process.start()

    def worker(self) -> Worker:
        """A new process that waits for its `Job`.

        Raises: ForkServerError if none can be started."""
        require_fork()
        ours, theirs = Pipe()
        status, status_theirs = os.pipe()
        try:
            self._process.send([theirs.fileno(), status_theirs])
        except OSError as error:
            ours.close()
            os.close(status)
            raise ForkServerError(f"no process can be started ({error.strerror})") from error
        finally:
            theirs.close()
            os.close(status_theirs)
        return Worker(ours, status)

    def close(self) -> None:
        """Ends the process. Workers that are still running end by themselves."""
        self._process.end()


def _environment() -> dict[str, str]:
    """Our own environment plus settings for a process that forks and trains. The user's own tunables come last and win."""
    tunables = [_HUGE_PAGES, *filter(None, [os.environ.get("GLIBC_TUNABLES")])]
    return os.environ | _QUIET | {"GLIBC_TUNABLES": ":".join(tunables)}


def serve(channel_descriptor: int) -> NoReturn:
    """The main function of the fork server: gets ready, then forks a worker for every two descriptors received (the worker's connection,
    and the pipe for its process id and exit status), until the server has gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # only the server decides when this process ends
        signal.signal(number, signal.SIG_IGN)
    channel = socket.socket(fileno=channel_descriptor)
    from playground.runs import preload

    preload.warm_up()
    wakeup, wakeup_writer = os.pipe()
    for descriptor in (wakeup, wakeup_writer):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup_writer, warn_on_full_buffer=False)
    statuses: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        selector.register(wakeup, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if wakeup in ready:
                os.read(wakeup, 4096)
                _report_ended(statuses)
            if channel in ready:
                request, descriptors, _, _ = socket.recv_fds(channel, 1, 2)
                if not request:
                    os._exit(0)  # skips the slow teardown of torch
                connection, status = descriptors
                process_id = os.fork()
                if process_id == 0:
                    signal.set_wakeup_fd(-1)
                    for descriptor in (channel.detach(), wakeup, wakeup_writer, status, *statuses.values()):
                        os.close(descriptor)
                    _become_worker(connection)
                statuses[process_id] = status
                os.close(connection)
                _report(status, process_id)


def _report_ended(statuses: dict[int, int]) -> None:
    while statuses:
        process_id, wait_status = os.waitpid(-1, os.WNOHANG)
        if process_id == 0:
            return
        status = statuses.pop(process_id)
        _report(status, os.waitstatus_to_exitcode(wait_status))
        os.close(status)


def _report(status: int, number: int) -> None:
    with suppress(BrokenPipeError):  # the server has gone
        os.write(status, _NUMBER.pack(number))


def _become_worker(connection: int) -> NoReturn:
    """Runs in the forked process, which never returns to the loop of the fork server."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        from playground.runs.worker import work

        work(Connection(connection))
        code = 0
    except BaseException:  # noqa: BLE001 - every error goes to the server's log and shows in the exit status
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
