"""Files to take along, made when somebody asks for one."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass

from playground.catalog.datasets.examples import DataError
from playground.export.failure import ExportError
from playground.export.formats import FORMATS, Luggage
from playground.runs.store import StoreError
from playground.spec import ExperimentSpec, SpecError
from playground.web.networks import NetworkError, network_at, stamp_at

FAILURES = (SpecError, ExportError, DataError, NetworkError, StoreError)
"""What keeps a file from being made, told in plain words."""

_KEPT = 4

_VISITS = 1000

_made: "OrderedDict[Hashable, Future[bytes]]" = OrderedDict()
_failed: "OrderedDict[str, dict[str, str]]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Parcel:
    """One file. network: address of the run whose newest weights go along; None for the settings alone. address: of the app.
    visit: of whoever asks."""

    name: str
    spec: ExperimentSpec
    network: str | None
    address: str
    visit: str

    def content(self) -> bytes:
        """Made once for all who ask at the same time, and for who asks again while nothing has changed.

        Raises: what keeps it from being made; one of FAILURES is kept for the visit, as Streamlit tells nobody why a download failed."""
        try:
            stamp = None if self.network is None else stamp_at(self.network)
            made = once((self.name, self.spec, self.network, self.address, stamp), lambda: FORMATS[self.name].pack(self._luggage()))
        except FAILURES as error:
            _tell(self.visit, self.name, str(error))
            raise
        _tell(self.visit, self.name, None)
        return made

    def _luggage(self) -> Luggage:
        if self.network is None:
            return Luggage(self.spec, None, self.address)
        run = network_at(self.network).run
        return Luggage(run.spec, run.model.state_dict(), self.address, run.step)


def once(key: Hashable, make: Callable[[], bytes]) -> bytes:
    """What `make` gives; the last few are kept. Where another thread is making it already, waits for that one."""
    with _lock:
        found = _made.get(key)
        future = found or Future()
        _made[key] = future
        _made.move_to_end(key)
        while len(_made) > _KEPT:
            _made.popitem(last=False)
    if found is None:
        try:
            future.set_result(make())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is asked for
            with _lock:
                _made.pop(key, None)
            future.set_exception(error)
    return future.result()


def failures(visit: str) -> dict[str, str]:
    """What went wrong with the files that were asked for last, by the name of the format."""
    with _lock:
        return dict(_failed.get(visit, {}))


def forget_failures(visit: str) -> None:
    """They were read."""
    with _lock:
        _failed.pop(visit, None)


def _tell(visit: str, name: str, why: str | None) -> None:
    with _lock:
        told = _failed.pop(visit, {})
        told.pop(name, None)
        if why is not None:
            told[name] = why
        if told:
            _failed[visit] = told
        while len(_failed) > _VISITS:
            _failed.popitem(last=False)
