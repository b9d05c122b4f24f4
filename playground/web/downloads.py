"""Downloads that run on the server, independent of who started them: one per dataset."""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Literal

from playground.artifacts.fetching import DownloadStoppedError
from playground.catalog.datasets import DataError, Downloaded
from playground.runs.without_folders import without_folders

logger = logging.getLogger(__name__)

_SPEED_SECONDS = 3.0
"""The speed is averaged over this time."""

Phase = Literal["downloading", "preparing", "failed", "stopped", "done"]


@dataclass(frozen=True)
class DownloadStatus:
    """here, total: bytes. speed: bytes per second, 0 if unknown. message: of a download that failed or was stopped."""

    phase: Phase
    here: int
    total: int
    speed: float
    message: str

    @property
    def active(self) -> bool:
        return self.phase in ("downloading", "preparing")


class _Download:
    """One download, in its own thread."""

    def __init__(self, kind: type[Downloaded]) -> None:
        self.kind = kind
        self.cancelled = threading.Event()
        self._reports: deque[tuple[float, int]] = deque(maxlen=4096)
        self._ended: tuple[Phase, str] | None = None
        threading.Thread(target=self._run, name=f"download {kind.name()}", daemon=True).start()

    def status(self) -> DownloadStatus:
        total = self.kind.needs.bytes
        reports = list(self._reports)
        here = reports[-1][1] if reports else self.kind.bytes_here()
        if self.cancelled.is_set():  # even if the thread is still waiting for the server
            return DownloadStatus("stopped", here, total, 0, "Canceled. What has been downloaded is kept.")
        if self._ended is not None:
            phase, message = self._ended
            return DownloadStatus(phase, here, total, 0, message)
        return DownloadStatus("preparing" if here >= total else "downloading", here, total, _speed(reports, time.monotonic()), "")

    def _run(self) -> None:
        try:
            self.kind.download(self._report, self.cancelled.is_set)
        except DownloadStoppedError as error:
            self._ended = "stopped", without_folders(str(error))
        except DataError as error:
            self._ended = "failed", without_folders(str(error))
        except Exception as error:
            logger.exception("The download of %s failed", self.kind.name())
            self._ended = "failed", f"The download failed with an unexpected error ({type(error).__name__}); see the server's log."
        else:
            self._ended = "done", ""

    def _report(self, here: int) -> None:
        self._reports.append((time.monotonic(), here))


class Downloads:
    """All downloads since the server started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._downloads: dict[str, _Download] = {}

    def start(self, kind: type[Downloaded]) -> None:
        """Starts, resumes or retries the download; does nothing if it is running."""
        with self._lock:
            download = self._downloads.get(kind.name())
            if download is None or not download.status().active:
                self._downloads[kind.name()] = _Download(kind)

    def cancel(self, kind: type[Downloaded]) -> None:
        """Cancels the download; what has been downloaded is kept."""
        with self._lock:
            download = self._downloads.get(kind.name())
            if download is not None and download.status().active:
                download.cancelled.set()

    def status(self, kind: type[Downloaded]) -> DownloadStatus | None:
        """Status of the last download; None if there was none."""
        download = self._downloads.get(kind.name())
        return None if download is None else download.status()

    def close(self) -> None:
        """Cancels all downloads."""
        with self._lock:
            for download in self._downloads.values():
                download.cancelled.set()


@cache
def downloads() -> Downloads:
    """The downloads of this server."""
    return Downloads()


def _speed(reports: list[tuple[float, int]], now: float) -> float:
    """Recent bytes per second at the time `now`; 0 if nothing was received recently."""
    recent = [report for report in reports if now - report[0] <= _SPEED_SECONDS]
    if len(recent) < 2 or now <= recent[0][0]:
        return 0.0
    return (recent[-1][1] - recent[0][1]) / (now - recent[0][0])
