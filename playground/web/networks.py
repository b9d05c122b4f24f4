"""The networks for Draw and Explain, by address: pretrained ones and runs. Each snapshot is read only once."""

import logging
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from cachetools import LRUCache

from playground.artifacts.storage import StorageError
from playground.catalog.datasets.examples import Data
from playground.explain import Observer
from playground.explain.attention import ATTENTION, AttentionLayer, attention_layers
from playground.presets import name_of
from playground.runs import RunNotFound, history
from playground.runs.database import StoreError
from playground.runs.directory import SNAPSHOT, WEIGHTS, LoadedRun, load_run
from playground.runs.run_error import RunError
from playground.spec import ExperimentSpec
from playground.web.pretrained import PRETRAINED
from playground.web.server import runs

_KEPT = 12

logger = logging.getLogger(__name__)

Stamp = tuple[tuple[int, int] | None, ...]
"""Modification time and size of the files with weights, None for missing files."""


class NetworkError(Exception):
    """A network cannot be used: the message says why. waiting: whether it may become available."""

    def __init__(self, message: str, waiting: bool = False) -> None:
        super().__init__(message)
        self.waiting = waiting


class MissingNetworkError(NetworkError):
    """There is no network at this address, and there never will be."""


@dataclass(frozen=True, eq=False)
class Network:
    """One state of one network; compared and cached by identity. Derived values are computed on first use."""

    address: str
    title: str
    stamp: Stamp
    run: LoadedRun

    @cached_property
    def data(self) -> Data:
        """Its training and test data. Raises: DataError."""
        return self.run.spec.data.load()

    @cached_property
    def attention_layers(self) -> tuple[AttentionLayer, ...]:
        """Its layers with attention in them."""
        return attention_layers(self.run.spec)

    @cached_property
    def attention(self) -> Observer:
        """Looks at the attention in all of them."""
        return Observer(self.run.model, [layer.path for layer in self.attention_layers], ATTENTION)


_networks: LRUCache[tuple[Path, int | None], Network] = LRUCache(_KEPT)
_lock = threading.Lock()


def network_at(address: str, step: int | None = None) -> Network:
    """The newest state of the network at this address: a pretrained one by its name, or that of a run.

    step: of its history, to get its state after that step; the nearest one that is still kept.
    Raises: MissingNetworkError if there is none; NetworkError if it has no weights yet, or they cannot be read."""
    torch.set_num_threads(1)  # single images are faster on one thread, and the other cores are for training
    directory, title = _location(address)
    stamp = _stamp(directory)
    earlier = history.steps(directory) if step is not None else ()
    step = min(earlier, key=lambda kept: abs(kept - (step or 0)), default=None)
    key = directory, step
    with _lock:
        known = _networks.get(key)
    if known is not None and (known.stamp == stamp or step is not None):  # the weights of an earlier step never change
        return known
    if not any(stamp):
        raise NetworkError("This network has no weights yet. Predictions start as soon as training has begun.", waiting=True)
    try:
        loaded = load_run(directory, step)
    except RunError as error:
        raise NetworkError(_without_paths(error, directory)) from None
    network = Network(address, title or name_of(loaded.spec), stamp, loaded)
    with _lock:
        _networks[key] = network
    return network


def history_at(address: str) -> tuple[int, ...]:
    """The earlier steps of which the network at this address has weights, in order; () if unknown at the moment.

    Raises: MissingNetworkError if there is none."""
    try:
        return history.steps(_location(address)[0])
    except MissingNetworkError:
        raise
    except NetworkError:
        return ()


def spec_at(address: str) -> ExperimentSpec:
    """The experiment of the network at this address, even if it has no weights yet.

    Raises: MissingNetworkError if there is none; NetworkError if it cannot be read."""
    if address in PRETRAINED:
        return PRETRAINED[address].spec
    try:
        return runs().info(runs().resolve(address).run_id).spec
    except RunNotFound as error:
        raise MissingNetworkError(str(error)) from None
    except StoreError as error:
        raise NetworkError(f"Runs cannot be read at the moment: {error}", waiting=True) from None


def stamp_at(address: str) -> Stamp:
    """Changes whenever the network at this address does; cheap. () if unknown at the moment.

    Raises: MissingNetworkError if there is none."""
    try:
        return _stamp(_location(address)[0])
    except MissingNetworkError:
        raise
    except NetworkError:
        return ()


def _location(address: str) -> tuple[Path, str | None]:
    """The directory of the network, and its title if it has one."""
    if address in PRETRAINED:
        return PRETRAINED[address].directory, PRETRAINED[address].title
    try:
        return runs().files(runs().resolve(address).run_id), None
    except RunNotFound as error:
        raise MissingNetworkError(str(error)) from None
    except StoreError as error:
        raise NetworkError(f"Runs cannot be read at the moment: {error}", waiting=True) from None
    except StorageError as error:
        logger.warning("A run cannot be fetched: %s", error.detail)
        raise NetworkError(f"This network cannot be read: {error}.", waiting=True) from None


def _stamp(directory: Path) -> Stamp:
    return tuple(_file_stamp(directory / name) for name in (WEIGHTS, SNAPSHOT))


def _file_stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _without_paths(error: RunError, directory: Path) -> str:
    """The error message without paths on the server, which visitors should not see."""
    return str(error).replace(f"{directory}/", "").replace(str(directory), "this run")
