"""Exported files, made when they are downloaded."""

import threading
from collections.abc import Hashable
from dataclasses import dataclass

from cachetools import LRUCache, cached

from playground.catalog.datasets.examples import DataError
from playground.export.failure import ExportError
from playground.export.formats import FORMATS, ExportSource
from playground.runs.database import StoreError
from playground.runs.without_folders import without_folders
from playground.spec import ExperimentSpec, SpecError
from playground.web.networks import NetworkError, network_at, stamp_at

FAILURES = (SpecError, ExportError, DataError, NetworkError, StoreError)
"""Exceptions whose message tells the visitor why a file could not be made."""

_KEPT_FILES = 4
_KEPT_VISITS = 1000


@dataclass(frozen=True)
class ExportedFile:
    """name: of the format. network: the address of the run whose newest weights are exported; None for the settings alone.
    address: of the app. visit: of the visitor who downloads it."""

    name: str
    spec: ExperimentSpec
    network: str | None
    address: str
    visit: str

    def content(self) -> bytes:
        """The content of the file, made once for all visitors who request it until the weights change.

        Raises: one of FAILURES, which is also recorded for the visit, as Streamlit does not show why a download failed."""
        try:
            content = _content(self, None if self.network is None else stamp_at(self.network))
        except FAILURES as error:
            _record(self.visit, self.name, without_folders(str(error)))
            raise
        _record(self.visit, self.name, None)
        return content

    def source(self) -> ExportSource:
        """What is exported, with the newest weights."""
        if self.network is None:
            return ExportSource(self.spec, None, self.address)
        run = network_at(self.network).run
        return ExportSource(run.spec, run.model.state_dict(), self.address, run.step)


def _key(file: ExportedFile, stamp: Hashable) -> Hashable:
    return file.name, file.spec, file.network, file.address, stamp


@cached(LRUCache(_KEPT_FILES), key=_key, condition=threading.Condition())
def _content(file: ExportedFile, stamp: Hashable) -> bytes:
    """stamp: of the weights, so that newer ones are a new file."""
    return FORMATS[file.name].export(file.source())


_errors: LRUCache[str, dict[str, str]] = LRUCache(_KEPT_VISITS)
_errors_lock = threading.Lock()


def failures(visit: str) -> dict[str, str]:
    """Why the last downloads of a visit failed, by the name of the format."""
    with _errors_lock:
        return dict(_errors.get(visit, {}))


def clear_failures(visit: str) -> None:
    """Removes the recorded failures of a visit."""
    with _errors_lock:
        _errors.pop(visit, None)


def _record(visit: str, name: str, error: str | None) -> None:
    with _errors_lock:
        others = {other: message for other, message in _errors.pop(visit, {}).items() if other != name}
        if messages := others if error is None else {**others, name: error}:
            _errors[visit] = messages
