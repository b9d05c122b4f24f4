"""The process that workers are forked from: it has imported torch and trained a little, so that a worker has nothing to wait for.

`multiprocessing`'s forkserver does the same for programs at large. Workers of a Streamlit server need less, and other things: no second
run of the main module (Streamlit makes every page script `__main__`), the server's own import path whatever folder it was
started in, a known exit status whichever thread asks, and an end with the server."""

import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NoReturn

_NUMBER = struct.Struct("<q")
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from playground.runs.nursery import serve; serve(int(sys.argv[2]))"
_QUIET = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A process with a woken CUDA driver or with threads cannot be forked: GPUs are counted without the driver, NumPy starts no threads.
How many threads torch trains on is the spec's."""
_HUGE_PAGES = "glibc.malloc.hugetlb=1"
"""Weights and gradients on pages of 2 MB, where the kernel has them for who asks: a step of a dense network is 2 to 3 % faster (The GNU C
Library manual, "Memory Allocation Tunables"). Other C libraries do not read it."""


class NurseryError(Exception):
    """No worker can be had; the message says why."""


class Worker:
    """A worker process as its server sees it. One thread may use `connection` and `exit_code`, any may send and kill."""

    def __init__(self, connection: "Connection", status: int) -> None:
        self.connection = connection
        self._status = status
        self._sending = threading.Lock()
        self.process_id = self._read()
        if self.process_id is None:
            self.close()
            raise NurseryError("the process that workers come from could not start one; the server's log says why")

    def send(self, message: object) -> None:
        """Says something, unless the worker is gone: then its end is what there is to hear."""
        with self._sending, suppress(OSError):
            self.connection.send(message)

    def exit_code(self) -> int | None:
        """Waits for the end: the exit status, negative for a signal, None where the nursery ended too and nobody knows."""
        return self._read()

    def kill(self) -> None:
        if self.process_id is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process_id, signal.SIGKILL)

    def close(self) -> None:
        """After its end."""
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


class Nursery:
    """Starts the process when it is first needed, or earlier with `start`, and again should it ever end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def start(self) -> None:
        """Returns at once; the process gets ready meanwhile."""
        with self._lock:
            self._running_channel()

    def worker(self) -> Worker:
        """A fresh process that waits for its `Job`.

        Raises: NurseryError if there is none to be had."""
        ours, theirs = Pipe()
        status, status_theirs = os.pipe()
        try:
            self._request([theirs.fileno(), status_theirs])
        except OSError as error:
            ours.close()
            os.close(status)
            raise NurseryError(f"no process can be started ({error.strerror})") from error
        finally:
            theirs.close()
            os.close(status_theirs)
        return Worker(ours, status)

    def close(self) -> None:
        """Ends the process; workers that still run are not its children's concern and end by themselves."""
        with self._lock:
            self._end()

    def _request(self, descriptors: list[int]) -> None:
        with self._lock:
            try:
                socket.send_fds(self._running_channel(), [b"1"], descriptors)
            except (BrokenPipeError, ConnectionResetError):  # it ended since we looked
                self._end()
                socket.send_fds(self._running_channel(), [b"1"], descriptors)

    def _running_channel(self) -> socket.socket:
        if self._channel is not None and self._process is not None and self._process.poll() is None:
            return self._channel
        self._end()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            path = json.dumps([os.path.abspath(place) for place in sys.path])  # noqa: PTH100 - "" is the current folder
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, path, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(),
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
            self._process.kill()  # it may still be getting ready, and has nothing to lose
            self._process.wait()
            self._process = None


def _environment() -> dict[str, str]:
    """Our own, made ready for a process that is forked and trains; what somebody set for its memory comes last and wins."""
    tunables = [_HUGE_PAGES, *filter(None, [os.environ.get("GLIBC_TUNABLES")])]
    return os.environ | _QUIET | {"GLIBC_TUNABLES": ":".join(tunables)}


def serve(channel_descriptor: int) -> NoReturn:
    """The nursery itself: gets ready, then forks a worker for every two descriptors that come (its connection; where its id and its exit
    status go), until the server has gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the server ends us, and only it knows when
        signal.signal(number, signal.SIG_IGN)
    channel = socket.socket(fileno=channel_descriptor)
    from playground.runs import preload

    preload.get_ready()
    woken, waking = os.pipe()
    for descriptor in (woken, waking):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    statuses: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if woken in ready:
                os.read(woken, 4096)
                _report_ended(statuses)
            if channel in ready:
                request, descriptors, _, _ = socket.recv_fds(channel, 1, 2)
                if not request:
                    os._exit(0)  # without taking torch apart piece by piece
                connection, status = descriptors
                process_id = os.fork()
                if process_id == 0:
                    signal.set_wakeup_fd(-1)
                    for descriptor in (channel.detach(), woken, waking, status, *statuses.values()):
                        os.close(descriptor)
                    _become_worker(connection)
                statuses[process_id] = status
                os.close(connection)
                _tell(status, process_id)


def _report_ended(statuses: dict[int, int]) -> None:
    while statuses:
        process_id, wait_status = os.waitpid(-1, os.WNOHANG)
        if process_id == 0:
            return
        status = statuses.pop(process_id)
        _tell(status, os.waitstatus_to_exitcode(wait_status))
        os.close(status)


def _tell(status: int, number: int) -> None:
    with suppress(BrokenPipeError):  # a server that has gone does not want to know
        os.write(status, _NUMBER.pack(number))


def _become_worker(connection: int) -> NoReturn:
    """In the forked process, which never returns into the nursery's loop."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        from playground.runs.worker import work

        work(Connection(connection))
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, it goes to the server's log, and the exit status says that it did
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
