"""Memory of a server with all its processes: the proportional set size, in which pages that processes share are counted once."""

import threading
from types import TracebackType
from typing import Self

import psutil


def family_mb(process_id: int) -> float:
    """MB of a process and all that descend from it."""
    root = psutil.Process(process_id)
    return sum(_mb(process) for process in (root, *root.children(recursive=True)))


def idle_mb(process_id: int) -> tuple[float, float]:
    """MB of the server, and of the fork server with its workers."""
    root = psutil.Process(process_id)
    return _mb(root), sum(_mb(process) for process in root.children(recursive=True))


def _mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 1e6
    except psutil.NoSuchProcess:  # it has just ended
        return 0.0


class Peak:
    """The largest memory during a block, looked at every few seconds."""

    def __init__(self, process_id: int, every_seconds: float = 3.0) -> None:
        self._process_id, self._every_seconds = process_id, every_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.mb = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self._every_seconds):
            self.mb = max(self.mb, family_mb(self._process_id))
