"""Generate datasets in separate processes, so that the server stays responsive and needs no memory for it."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

import streamlit as st

from playground.catalog.datasets import Data, DataError, Dataset
from playground.catalog.datasets.base import DIFFICULTY

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = (sys.executable, "-m", "playground.catalog.datasets.generating")
_LOADS_AT_ONCE = 8
_LOOK_SECONDS = 0.2


class Generations:
    """Runs one process at a time; all who need the same dataset wait for the same process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue = ThreadPoolExecutor(1, thread_name_prefix="generate")
        self._waiting: dict[Dataset, Future[None]] = {}
        self._counts: dict[Dataset, int] = {}
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def generate(self, dataset: Dataset) -> None:
        """Returns when the examples are in the array cache; only the calling thread waits.

        Raises: DataError if they cannot be generated."""
        plain = _plain(dataset)
        with self._lock:
            future = self._waiting.get(plain)
            if future is None:
                self._counts[plain] = 0
                future = self._waiting[plain] = self._queue.submit(self._run, plain)
        future.result()

    def count(self, dataset: Dataset) -> int | None:
        """How many examples have been generated; None if none are being generated."""
        return self._counts.get(_plain(dataset))

    def close(self) -> None:
        """Ends the process, if there is one, and starts no other."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.terminate()
        self._queue.shutdown(cancel_futures=True)

    def _run(self, dataset: Dataset) -> None:
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            with self._lock:
                if self._closed:
                    raise DataError(f"{dataset.title}: the server is closing")
                self._process = subprocess.Popen(
                    _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                )  # fmt: skip
            with self._process as process:
                assert process.stdin is not None
                assert process.stdout is not None
                with suppress(BrokenPipeError):
                    process.stdin.write(dataset.model_dump_json())
                    process.stdin.close()
                error = self._follow(dataset, process.stdout)
            if error is None and process.returncode != 0:
                logger.error("Generating %r ended with exit code %s", dataset, process.returncode)
                error = f"{dataset.title}: the examples could not be generated. Try again, or choose fewer or smaller ones."
            if error is not None:
                raise DataError(error)
        finally:
            with self._lock:
                self._process = None
                self._waiting.pop(dataset, None)
                self._counts.pop(dataset, None)

    def _follow(self, dataset: Dataset, lines: Iterable[str]) -> str | None:
        """Keeps the count; returns the error that the process reports."""
        for line in lines:
            message = json.loads(line)
            if isinstance(message, dict):
                return str(message["error"])
            self._counts[dataset] = message
        return None


@cache
def generations() -> Generations:
    """Those of this server."""
    return Generations()


def load(dataset: Dataset) -> Data:
    """`dataset.load()`, with a progress bar on the page while its examples are generated. Raises: DataError."""
    future, bar = _loads.submit(dataset.load), None
    while True:
        try:
            data = future.result(_LOOK_SECONDS)
        except TimeoutError:
            count, total = generations().count(dataset), getattr(dataset, "samples", 0)
            if count is not None:
                bar = bar or st.empty()
                bar.progress(min(count / total, 1.0) if total else 0.0, text=progress_text(dataset, count, total))
        else:
            if bar is not None:
                bar.empty()
            return data


_loads = ThreadPoolExecutor(_LOADS_AT_ONCE, thread_name_prefix="load data")


def progress_text(dataset: Dataset, count: int, total: int) -> str:
    """For example "Generating Colored shapes: 1,200 of 10,000 images"."""
    return f"Generating {dataset.title}" + (f": {count:,} of {total:,} images" if count and total else " …")


def _plain(dataset: Dataset) -> Dataset:
    """Without the settings that do not change which examples are generated."""
    kept = set(type(dataset).model_fields) - {*DIFFICULTY, "augmentations"}
    return type(dataset).model_validate(dataset.model_dump(include=kept))
