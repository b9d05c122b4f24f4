"""Downloads that go on in the server, whoever asked for them and whoever looks on: one a dataset."""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Literal

from playground.catalog.datasets import DataError, Downloaded
from playground.catalog.datasets.fetching import DownloadStoppedError

logger = logging.getLogger(__name__)

_SPEED_SECONDS = 3.0
"""The speed is that of so long."""

Phase = Literal["downloading", "preparing", "failed", "stopped", "done"]


@dataclass(frozen=True)
class Standing:
    """How a download stands. here, total: bytes. speed: bytes per second, 0 while unknown. message: of one that failed or was stopped."""

    phase: Phase
    here: int
    total: int
    speed: float
    message: str

    @property
    def active(self) -> bool:
        return self.phase in ("downloading", "preparing")


class _Download:
    """One download, in a thread of its own."""

    def __init__(self, kind: type[Downloaded]) -> None:
        self.kind = kind
        self.cancelled = threading.Event()
        self._heard: deque[tuple[float, int]] = deque(maxlen=4096)
        self._ended: tuple[Phase, str] | None = None
        threading.Thread(target=self._run, name=f"download {kind.name()}", daemon=True).start()

    def standing(self) -> Standing:
        total = self.kind.needs.bytes
        heard = list(self._heard)
        here = heard[-1][1] if heard else self.kind.bytes_here()
        if self.cancelled.is_set():  # whatever the thread still waits for
            return Standing("stopped", here, total, 0, "Cancelled. What has come is kept.")
        if self._ended is not None:
            phase, message = self._ended
            return Standing(phase, here, total, 0, message)
        return Standing("preparing" if here >= total else "downloading", here, total, _speed(heard, time.monotonic()), "")

    def _run(self) -> None:
        try:
            self.kind.download(self._hear, self.cancelled.is_set)
        except DownloadStoppedError as error:
            self._ended = "stopped", str(error)
        except DataError as error:
            self._ended = "failed", str(error)
        except Exception as error:
            logger.exception("The download of %s failed", self.kind.name())
            self._ended = "failed", f"The download met an error it did not expect ({type(error).__name__}); the server's log says more."
        else:
            self._ended = "done", ""

    def _hear(self, here: int) -> None:
        self._heard.append((time.monotonic(), here))


class Downloads:
    """All downloads since the server started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._downloads: dict[str, _Download] = {}

    def start(self, kind: type[Downloaded]) -> None:
        """Begins, goes on or tries again; where it is under way, nothing."""
        with self._lock:
            known = self._downloads.get(kind.name())
            if known is None or not known.standing().active:
                self._downloads[kind.name()] = _Download(kind)

    def cancel(self, kind: type[Downloaded]) -> None:
        """Ends it; what has come is kept."""
        with self._lock:
            known = self._downloads.get(kind.name())
            if known is not None and known.standing().active:
                known.cancelled.set()

    def standing(self, kind: type[Downloaded]) -> Standing | None:
        """How its last download stands; None where there was none."""
        known = self._downloads.get(kind.name())
        return None if known is None else known.standing()

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            for each in self._downloads.values():
                each.cancelled.set()


@cache
def downloads() -> Downloads:
    """The downloads of this server."""
    return Downloads()


def _speed(heard: list[tuple[float, int]], now: float) -> float:
    """Bytes per second of late, at the time `now`; 0 where nothing came lately."""
    recent = [each for each in heard if now - each[0] <= _SPEED_SECONDS]
    if len(recent) < 2 or now <= recent[0][0]:
        return 0.0
    return (recent[-1][1] - recent[0][1]) / (now - recent[0][0])
